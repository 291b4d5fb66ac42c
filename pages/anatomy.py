"""The anatomy page."""

from lrviz.ui import session

session.board("anatomy")
