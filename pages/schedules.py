"""Schedules: several of one method on one surface, and what each change of η did."""

from lrviz.ui import session
from lrviz.ui.schedules import page

board = session.board(page.PAGE, default=page.SCENE)
session.restructured()  # whatever was: all of the page is drawn now

page.head(board.scene)
page.notes(board.scene)
page.gallery(board.scene)
page.stage_and_words()
page.sidebar(board)
