"""The anatomy page: one step of one run, taken apart."""

from lrviz.ui.anatomy.page import DEFAULT, PAGE, board, head, notes, sidebar, step

__all__ = ["DEFAULT", "PAGE", "board", "head", "notes", "sidebar", "step"]
