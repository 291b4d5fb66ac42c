"""The playground: one to six runs on one surface, under the hand."""

from lrviz.ui import playground, session

board = session.board(playground.PAGE)
session.restructured()  # whatever was: all of the page is drawn now

playground.head(board.scene)
playground.notes()
playground.stage_and_numbers()
playground.sidebar(board)  # last: a choice made there is seen on the stage a moment sooner
