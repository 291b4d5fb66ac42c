"""Charts that are held in the hand: curves over η with the run beside them, in frames, with a readout.

One component draws all of them, on a canvas; everything but a pick happens in the browser.
"""

from lrviz.ui.chart.component import last_frame, last_pick, last_second, show
from lrviz.ui.chart.parts import Axis, Band, Chart, Dots, Level, Line, Mark, Panel, Zone

__all__ = [
    "Axis",
    "Band",
    "Chart",
    "Dots",
    "Level",
    "Line",
    "Mark",
    "Panel",
    "Zone",
    "last_frame",
    "last_pick",
    "last_second",
    "show",
]
