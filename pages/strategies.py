"""Strategies: fixed, decayed, cyclical, adaptive and automatic rates compared, each claim with what was measured."""

from lrviz.ui import session
from lrviz.ui.strategies import page

board = session.board(page.PAGE, default=page.SCENE)

page.head()
page.overview()
page.tuning()
page.measure()
page.claims()
