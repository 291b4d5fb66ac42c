"""What gradient noise costs: the floor of the loss against η, constant against decayed rates, and many workers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from lrviz.declare import Array
from lrviz.figures.style import Part, dash, layout, line, log_axis, see_through
from lrviz.palette import MARKERS, Theme

HEIGHT = 360
ERRORS = 2
"""So many standard errors are shown on both sides."""
SHORT = 60
"""An axis over a smaller ratio than this has more ticks than powers of ten."""
DECADES = 9
"""A logarithmic axis reaches so far down at most."""


def floor(
    measured: tuple[Array, Array, Array],
    theory: tuple[Array, Array],
    linear: Array,
    limit: float,
    eta: float,
    theme: Theme,
) -> go.Figure:
    """The floor against η. measured: η, loss, error. theory: η, loss. linear: the loss if it were as η.

    limit, eta: rates to mark: where the spread begins to grow, and that of the scene.
    """
    blue, orange = theme.runs[:2]
    etas, losses, errors = measured
    shown = np.concatenate([losses, theory[1]])
    shown = shown[np.isfinite(shown) & (shown > 0)]
    lines = [
        _line(*theory, orange, 1, "theory", 2.0),
        _line(theory[0], linear, theme.ink2, 2, "in proportion to η", 1.4),
    ]
    points = _points(etas, losses, errors, blue, 0, "measured, η")
    traces = [*(lines if np.isfinite(theory[1]).any() else []), points]
    bottom = float(shown.min()) if shown.size else 0.1
    top = min(float(shown.max()), 1e4 * bottom) if shown.size else 1.0
    axes = {
        "xaxis": _axis(theme, "η") | _log(float(etas.min()), float(etas.max())),
        "yaxis": _axis(theme, "mean loss above the minimum") | _log(bottom, top),
    }
    told = [(limit, "limit of the spread"), (eta, "η of this scene")]
    told = [(rate, text) for rate, text in told if etas.min() <= rate <= etas.max()]
    marks = [_upright(rate, theme) for rate, _ in told]
    notes = [_note(np.log10(rate), text, theme) for rate, text in told]
    return go.Figure({"data": traces, "layout": _layout(theme) | axes | {"shapes": marks, "annotations": notes}})


def decay(ways: Sequence[tuple[str, Array, Array, Array | None]], theme: Theme) -> go.Figure:
    """The mean loss step by step of some ways to spend them: each a name, the losses, their errors, and theory's."""
    traces: list[Part] = []
    largest = max((float(np.nanmax(loss, initial=0.0)) for _, loss, _, _ in ways), default=1.0) or 1.0
    least = min((float(np.nanmin(_positive(loss), initial=largest)) for _, loss, _, _ in ways), default=0.1)
    least = max(least, largest * 10.0**-DECADES)
    for number, (name, loss, error, theory) in enumerate(ways):
        steps, colour = np.arange(float(len(loss))), theme.runs[number]
        high, low = loss + ERRORS * error, np.maximum(loss - ERRORS * error, least)
        traces.append(
            {
                "type": "scatter",
                "x": np.concatenate([steps, steps[::-1]]),
                "y": np.concatenate([high, low[::-1]]),
                "fill": "toself",
                "fillcolor": see_through(colour, 0.18),
                "line": {"width": 0},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
        stroke = {"color": colour, "width": 2.2, "dash": dash(number)}
        hover = f"{name}<br>step %{{x:,}}<br>%{{y:.3g}}<extra></extra>"
        traces.append(line(steps, _positive(loss), stroke) | {"name": name, "hovertemplate": hover})
        if theory is not None:
            thin = {"color": theme.ink, "width": 1.1, "dash": "2px,3px"}
            first = {"name": "theory", "showlegend": number == 0, "hoverinfo": "skip"}
            traces.append(line(steps, _positive(theory), thin) | first)
    axes = {
        "xaxis": _axis(theme, "step") | {"range": [0, max(len(loss) - 1 for _, loss, _, _ in ways)]},
        "yaxis": _axis(theme, "mean loss above the minimum") | _log(least, largest),
    }
    return go.Figure({"data": traces, "layout": _layout(theme) | axes})


def scaling(workers: Array, measured: tuple[Array, Array], theory: Array, theme: Theme) -> go.Figure:
    """The loss at the end against the number of workers K. measured: loss, error; what the rule promises is a level."""
    blue, orange = theme.runs[:2]
    losses, errors = measured
    shown = np.concatenate([losses, theory])
    shown = shown[np.isfinite(shown) & (shown > 0)]
    bottom = float(shown.min()) if shown.size else 0.1
    top = min(float(shown.max()), 1e3 * bottom) if shown.size else 1.0
    level = np.full(len(workers), losses[0] if len(losses) else np.nan)
    traces = [
        _line(workers, level, theme.ink2, 2, "what the rule promises", 1.4),
        *([_line(workers, theory, orange, 1, "theory", 2.0)] if np.isfinite(theory).any() else []),
        _points(workers, losses, errors, blue, 0, "measured, K"),
    ]
    high = np.isfinite(losses) & (losses > top)
    notes = [_above(number, theme) for number in workers[high | ~np.isfinite(losses)]]
    ticks = {"tickmode": "array", "tickvals": workers, "ticktext": [f"{number:g}" for number in workers]}
    axes = {
        "xaxis": _axis(theme, "workers K") | log_axis(float(workers.min()), float(workers.max())) | ticks,
        "yaxis": _axis(theme, "mean loss at the end") | _log(bottom, top),
    }
    return go.Figure({"data": traces, "layout": _layout(theme) | axes | {"annotations": notes}})


# ---- parts


def _positive(values: Array) -> Array:
    """What a logarithmic axis has a place for."""
    with np.errstate(invalid="ignore"):
        positive: Array = np.where(np.isfinite(values) & (values > 0), values, np.nan)
    return positive


def _line(x: Array, y: Array, colour: str, number: int, name: str, width: float) -> Part:
    stroke = {"color": colour, "width": width, "dash": dash(number)}
    return line(x, _positive(y), stroke) | {"name": name, "hoverinfo": "skip"}


def _points(x: Array, y: Array, errors: Array, colour: str, number: int, name: str) -> Part:
    title, symbol = name.split(", ")
    with np.errstate(over="ignore"):
        bars = ERRORS * errors
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": _positive(y),
        "error_y": {
            "type": "data",
            "array": np.where(np.isfinite(bars), bars, 0.0),
            "color": colour,
            "thickness": 1.6,
            "width": 4,
        },
        "marker": {"symbol": MARKERS[number], "size": 9, "color": colour, "line": {"color": "rgba(0,0,0,0)"}},
        "name": title,
        "hovertemplate": f"{symbol} = %{{x:.3g}}<br>%{{y:.3g}}<extra></extra>",
    }


def _log(bottom: float, top: float) -> Part:
    """A logarithmic axis; a short one has ticks at 2 and 5 too."""
    short = {"dtick": "D2"} if top < SHORT * bottom else {}
    return log_axis(bottom, top) | short


def _axis(theme: Theme, title: str) -> Part:
    return {"gridcolor": theme.rule, "zeroline": False, "title": {"text": title, "standoff": 8}}


def _upright(x: float, theme: Theme) -> Part:
    """A line across the picture at x."""
    stroke = {"color": theme.ink2, "width": 1.4, "dash": "5px,4px"}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain", "line": stroke}


def _note(x: float, text: str, theme: Theme) -> Part:
    place = {"x": x, "xanchor": "right", "yref": "y domain", "y": 0.02, "yanchor": "bottom", "textangle": -90}
    return {"text": text, "showarrow": False, "font": {"color": theme.ink2, "size": 13}} | place


def _above(x: float, theme: Theme) -> Part:
    """An arrow at the top for what is off the scale."""
    place = {"x": np.log10(x), "yref": "y domain", "y": 1, "yanchor": "top"}
    return {"text": "<b>↑</b>", "showarrow": False, "font": {"color": theme.runs[0], "size": 20}} | place


def _layout(theme: Theme) -> Part:
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 14}}
    margin = {"l": 68, "r": 12, "t": 40, "b": 52}
    return layout(theme) | {"height": HEIGHT, "legend": legend, "margin": margin}
