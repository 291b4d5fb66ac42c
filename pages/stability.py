"""The stability page."""

from lrviz.ui import session

session.board("stability")
