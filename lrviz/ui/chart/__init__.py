"""Charts that are held in the hand: curves and planes in frames, perhaps with a run beside them, and with a readout.

One component draws all of them, on a canvas; everything but a pick happens in the browser.
"""

from lrviz.ui.chart.component import last_frame, last_pick, last_second, show
from lrviz.ui.chart.layers import Axis, Band, Dots, Layer, Level, Line, Mark, Zone
from lrviz.ui.chart.parts import Chart, Panel
from lrviz.ui.chart.plane import Divide, Field, Path, Plane, PlaneLayer, Points

__all__ = [
    "Axis",
    "Band",
    "Chart",
    "Divide",
    "Dots",
    "Field",
    "Layer",
    "Level",
    "Line",
    "Mark",
    "Panel",
    "Path",
    "Plane",
    "PlaneLayer",
    "Points",
    "Zone",
    "last_frame",
    "last_pick",
    "last_second",
    "show",
]
