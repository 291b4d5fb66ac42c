"""Logistic regression: a convex loss on real data, on two features, on all, and on sparse columns."""

from lrviz.ui import session
from lrviz.ui.logistic import page
from lrviz.ui.logistic.view import View

board = session.board(page.PAGE, default=page.SCENE)
view, problems = View.parse(session.view())

page.head(view, problems)
page.sidebar(board, view)  # before any progress bar: while that asks how far it is, the browser tells its old choices
page.parts(board, view)
page.links(board)
