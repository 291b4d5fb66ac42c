"""Stability: what becomes of a run for any two of its numbers, and why."""

from lrviz.ui import session
from lrviz.ui.stability import page

board = session.board(page.PAGE, default=page.SCENE)
view, problems = page.view_of(board.scene)

page.head(board.scene, view)
page.notes(problems)
found = page.the_map(board, view)
page.below(board, view, found)
page.sidebar(board, view)  # last: a choice made there is seen on the map a moment sooner
