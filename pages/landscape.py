"""Loss landscape: a plane through a network's loss, with the paths of training on it."""

from lrviz.ui import session
from lrviz.ui.landscape import page

board = session.board(page.PAGE, default=page.SCENE)

page.head(board)
page.sidebar(board)
page.landscape(board)
page.range_test(board)
page.links(board)
