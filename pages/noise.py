"""The noise page."""

from lrviz.ui import session

session.board("noise")
