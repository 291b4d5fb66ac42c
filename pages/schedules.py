"""The schedules page."""

from lrviz.ui import session

session.board("schedules")
