"""What all Plotly figures share: the theme's colours and type, lines and axes."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from lrviz.declare import Array
from lrviz.palette import DASHES, Theme

Part: TypeAlias = dict[str, Any]
"""A piece of a figure."""

HEIGHT = 500
_FONT = '"Source Sans", "Source Sans Pro", sans-serif'


def line(x: Array, y: Array, stroke: Part) -> Part:
    """A line through points."""
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "line": stroke}


def dash(number: int) -> str:
    """A run's dashes, by Plotly's name."""
    return ",".join(f"{length}px" for length in DASHES[number].split()) or "solid"


def see_through(colour: str, alpha: float) -> str:
    """A hexadecimal colour with an opacity, as CSS writes it."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"rgba({red}, {green}, {blue}, {alpha})"


def layout(theme: Theme) -> Part:
    """The theme's colours, and text that can be read from the back row."""
    return {
        "template": None,
        "height": HEIGHT,
        "dragmode": False,  # a swipe or a wheel over the picture scrolls the page
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 15, "color": theme.ink2},
        "margin": {"l": 56, "r": 8, "t": 34, "b": 48},
        "hoverlabel": {
            "bgcolor": theme.paper,
            "font": {"color": theme.ink, "size": 14, "family": _FONT},
            "bordercolor": theme.line,
        },
    }


def log_axis(bottom: float, top: float) -> Part:
    """A logarithmic axis with a little room at both ends."""
    low, high = np.log10(bottom), np.log10(top)
    margin = max(0.04 * (high - low), 0.12)
    dtick = max(1, round((high - low) / 6))
    return {"type": "log", "range": [low - margin, high + margin], "exponentformat": "power", "dtick": dtick}
