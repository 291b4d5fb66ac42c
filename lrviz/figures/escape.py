"""How long each method takes to leave a place, from a cloud of starts: the median, the spread, and theory's answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lrviz.declare import Array
from lrviz.figures.style import Part, layout, log_axis
from lrviz.palette import MARKERS, Theme

ROW, FRAME = 30, 96
"""The height of a row, and of what is above and below them."""


@dataclass(frozen=True)
class Row:
    """One method or schedule. Steps by which 5, 50 and 95 of 100 starts had left; infinite where fewer had."""

    name: str
    run: int | None
    """The number of the run whose colour it has; None for a method in ink."""
    steps: Array
    predicted: Array
    """NaN where theory has no answer."""


def times(rows: Sequence[Row], steps: int, theme: Theme) -> go.Figure:
    """A row each, the first above. steps: how many the runs were given; what takes longer has its sign there."""
    height = np.arange(float(len(rows)))[::-1]
    every = np.array([row.steps for row in rows])
    predicted = np.array([row.predicted for row in rows])
    colours = [theme.ink if row.run is None else theme.runs[row.run] for row in rows]
    symbols = [MARKERS[0] if row.run is None else MARKERS[row.run] for row in rows]
    finite = np.concatenate([every, predicted]).ravel()
    least = max(float(finite[np.isfinite(finite)].min(initial=steps)), 1.0)
    shown = np.minimum(np.maximum(every, least), steps)
    traces = [
        _spread(shown[k, 0], shown[k, 2], height[k], colours[k]) for k in range(len(rows)) if every[k, 0] <= steps
    ]
    here = np.isfinite(every[:, 1])
    traces.append(
        _marks(shown[here, 1], height[here], [symbols[k] for k in np.flatnonzero(here)], "measured: median, 5 to 95 %")
        | {"customdata": [row.name for row in rows if np.isfinite(row.steps[1])]}
    )
    traces[-1]["marker"] |= {"size": 11, "color": [colours[k] for k in np.flatnonzero(here)]}
    there = np.isfinite(predicted[:, 1])
    theory = _marks(predicted[there, 1], height[there], "diamond-tall-open", "theory: median")
    theory["marker"] |= {"size": 17, "color": theme.ink, "line": {"width": 1.6}}
    traces += (
        [theory | {"customdata": [row.name for row in rows if np.isfinite(row.predicted[1])]}] if there.any() else []
    )
    late = [
        {
            "x": np.log10(steps),
            "y": height[k],
            "text": f"<b>most: more than {steps:,} →</b>",
            "xanchor": "right",
            "showarrow": False,
            "font": {"color": colours[k], "size": 13},
        }
        for k in np.flatnonzero(~here)
    ]
    look = layout(theme) | {
        "height": FRAME + ROW * len(rows),
        "xaxis": log_axis(least, float(steps))
        | {"gridcolor": theme.rule, "title": {"text": "steps until it has left"}},
        "yaxis": {
            "tickvals": height,
            "ticktext": [row.name for row in rows],
            "range": [-0.7, len(rows) - 0.3],
            "zeroline": False,
            "showgrid": False,
            "automargin": True,
        },
        "annotations": late,
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 13}},
    }
    if steps < 1000 * least:
        look["xaxis"] |= {"dtick": "D2"}
    return go.Figure({"data": traces, "layout": look})


def _spread(low: float, high: float, height: float, colour: str) -> Part:
    stroke = {"color": colour, "width": 3}
    x, y = np.array([low, high]), np.array([height, height])
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "line": stroke,
        "opacity": 0.55,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _marks(x: Array, y: Array, symbol: str | list[str], name: str) -> Part:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": {"symbol": symbol},
        "name": name,
        "hovertemplate": "%{customdata}<br>%{x:,} steps<extra></extra>",
    }
