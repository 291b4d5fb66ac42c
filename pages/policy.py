"""Reinforcement: REINFORCE learns to balance a pole, at several η and with several seeds at once."""

from lrviz.ui import session
from lrviz.ui.policy import page
from lrviz.ui.policy.view import View

board = session.board(page.PAGE, default=page.SCENE)
view, problems = View.parse(session.view())

page.head(problems)
page.sidebar(board, view)  # before any progress bar: while that asks how far it is, the browser tells its old choices
page.learning(board, view)
page.links(board)
