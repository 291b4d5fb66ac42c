"""Network: a small network on the digits, at several η at once."""

from lrviz.ui import session
from lrviz.ui.network import page
from lrviz.ui.network.view import View

board = session.board(page.PAGE, default=page.SCENE)
view, problems = View.parse(session.view())

page.head(problems)
page.sidebar(board, view)  # before any progress bar: while that asks how far it is, the browser tells its old choices
if page.training(board, view):
    page.every_rate(board, view)
    page.ranged(board, view)
page.links(board)
