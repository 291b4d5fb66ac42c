"""Range test: one run in which η rises, what the rules read off it, and the truth beside it."""

from lrviz.ui import session
from lrviz.ui.range_test import page

board = session.board(page.PAGE, default=page.SCENE)

page.head(board)
page.sidebar(board)
study = page.test(board)
page.rules(study)
page.reasons(study)
page.links(board)
