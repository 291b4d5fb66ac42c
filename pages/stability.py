"""Stability: what becomes of a run for any two of its numbers, and why."""

from lrviz.ui import session
from lrviz.ui.stability import page

board = session.board(page.PAGE, default=page.SCENE)
view, problems = page.view_of(board.scene)

page.head(board.scene, view)
page.notes(problems)
found, size = page.the_map(board, view)
page.sidebar(
    board, view
)  # after the map, which comes a moment sooner; before a progress bar may tell old choices again
page.below(board, view, found, size)
