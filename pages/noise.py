"""Noise: hundreds of seeds of one run, beside theory, and what noise costs."""

from lrviz.ui import session
from lrviz.ui.noise import page

board = session.board(page.PAGE, default=page.SCENE)

page.head(board)
page.cloud(board)
page.sidebar(board)
page.links(board)
page.costs(board)  # last: it takes longer than all the rest
