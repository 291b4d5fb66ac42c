"""The anatomy page: one step of one run, taken apart."""

from lrviz.ui import anatomy, session

board = anatomy.board()
session.restructured()  # whatever was: all of the page is drawn now

anatomy.head()
anatomy.notes()
anatomy.step()
anatomy.sidebar(board)
