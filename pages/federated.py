"""Federated: clients that step on losses of their own, and a server that puts together what they found."""

from lrviz.ui import session
from lrviz.ui.federated import page
from lrviz.ui.federated.view import View

board = session.board(page.PAGE, default=page.SCENE)
view, problems = View.parse(session.view())

page.head(problems)
page.sidebar(board, view)  # before any progress bar: while that asks how far it is, the browser tells its old choices
page.plane(board, view)
page.drift(view)
page.digits(board, view)
page.ranged(board, view)
page.links(board)
