"""Meta-gradient: how the loss at the end changes with η, and learning η from it."""

from lrviz.ui import session
from lrviz.ui.meta_gradient import page

board = session.board(page.PAGE, default=page.SCENE)
session.restructured()  # whatever was: all of the page is drawn now

page.head(board)
page.sidebar(board)
page.slopes(board)
page.links(board)
