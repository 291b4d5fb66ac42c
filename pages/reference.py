"""Reference: everything that there is, with its formula, its numbers and what it was compared with."""

from lrviz.ui.reference import page

page.show()
