"""Transfer: early layers at a lower rate, one rate for all, or from scratch."""

from lrviz.ui import session
from lrviz.ui.transfer import page

board = session.board(page.PAGE, default=page.SCENE)

page.head(board)
page.sidebar(board)  # before any progress bar: while that asks how far it is, the browser tells its old choices
page.transfers(board)
page.links(board)
