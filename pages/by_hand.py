"""By hand: look for the best η run by run, and see afterwards what that was worth."""

from lrviz.ui import session
from lrviz.ui.by_hand import page

board = session.board(page.PAGE, default=page.SCENE)

page.head(board)
page.sidebar(board)  # before any progress bar: while that asks how far it is, the browser tells its old choices
page.exercise(board)
