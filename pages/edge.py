"""Edge of stability: the curvature that training comes to, beside 2/η."""

from lrviz.ui import session
from lrviz.ui.edge import page

board = session.board(page.PAGE, default=page.SCENE)

page.head(board)
page.sidebar(board)
page.training(board)
page.range_test(board)
page.links(board)
