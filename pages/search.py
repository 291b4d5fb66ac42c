"""Search: grid, random, Bayesian and halving, sample by sample, beside the truth."""

from lrviz.ui import session
from lrviz.ui.search import page

board = session.board(page.PAGE, default=page.SCENE)
view, problems = page.view_of(board.scene)

page.head(board, problems)
page.sidebar(board, view)  # before any progress bar: while that asks how far it is, the browser tells its old choices
page.searches(board, view)
page.links(board)
