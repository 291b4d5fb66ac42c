"""A scene from above, and the curves of its runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from lrviz.declare import Array
from lrviz.figures.style import Part, dash, layout, line, log_axis, see_through
from lrviz.numerals import point, rounded
from lrviz.palette import MARKERS, Theme
from lrviz.scene import Scene
from lrviz.simulation import Trajectory
from lrviz.surfaces import Box, Surface
from lrviz.tables import end

GRID = 160
"""Points of the contour along each side; finer is not visible, and costs 4 bytes each on the wire."""
WIDEST = 1.8
"""The ground is drawn for a picture up to so many times as wide as high, or as high as wide."""
MOST_BANDS, MOST_LINEAR_BANDS = 16, 10
MOST_DOTS = 80
"""A path of up to so many steps shows each as a dot."""
DECADES = 12
"""How far below its start the loss axis reaches: what is lower is mostly rounding."""


def contour(scene: Scene, trajectories: Sequence[Trajectory], theme: Theme) -> go.Figure:
    """The surface from above, with the runs' paths, the start, the minima and the saddles."""
    with np.errstate(over="ignore", invalid="ignore"):  # a start may lie at the edge of what numbers can hold
        return _contour(scene, trajectories, theme)


def _contour(scene: Scene, trajectories: Sequence[Trajectory], theme: Theme) -> go.Figure:
    names, box = scene.names(short=True), np.array(scene.surface.box)
    paths = [_visible(trajectory, box) for trajectory in trajectories]
    halo = {"color": theme.halo, "width": 5.4}
    # All casings first: each path shows through the gaps of those above it.
    casings = [line(x, y, halo) | {"hoverinfo": "skip", "showlegend": False} for x, y in paths]
    drawn = [
        _path(name, number, trajectory, path, theme)
        for number, (name, trajectory, path) in enumerate(zip(names, trajectories, paths, strict=True))
    ]
    ground, labels = _ground(scene.surface, theme)
    labels += _departures(names, trajectories, box, theme)
    axis = {"showgrid": False, "zeroline": False, "ticks": "outside", "tickcolor": theme.line, "constrain": "range"}
    look = layout(theme) | {
        "xaxis": axis | {"range": list(box[0]), "title": {"text": "x", "standoff": 8}},
        "yaxis": axis | {"range": list(box[1]), "title": {"text": "y", "standoff": 8}, "scaleanchor": "x"},
        "annotations": labels,
        "legend": {
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "x": 0,
            "font": {"size": 14},
            "itemsizing": "constant",
        },
        "uirevision": scene.surface.slug,
    }
    return go.Figure({"data": [ground, *casings, *drawn, *_landmarks(scene, theme)], "layout": look})


def curves(scene: Scene, trajectories: Sequence[Trajectory], theme: Theme) -> go.Figure:
    """The loss and the learning rate of each run, step by step, over one time axis."""
    loss_axis, rate_axis = _loss_axis(scene, trajectories), _rate_axis(trajectories)
    traces = []
    for number, (name, trajectory) in enumerate(zip(scene.names(short=True), trajectories, strict=True)):
        stroke = {"color": theme.runs[number], "width": 2.2, "dash": dash(number)}
        for label, values, axis in (("loss", trajectory.loss, loss_axis), ("η", trajectory.eta, rate_axis)):
            # A log axis has no place for 0.
            shown = np.where(values > 0, values, np.nan) if axis.get("type") == "log" else values
            hover = f"{name}<br>step %{{x:,}}<br>{label} %{{y:.3g}}<extra></extra>"
            place = {"yaxis": "y" if label == "loss" else "y2", "hovertemplate": hover}
            traces.append(line(np.arange(float(len(values))), shown, stroke) | place)
    grid = {"gridcolor": theme.rule, "zeroline": False}
    look = layout(theme) | {
        "xaxis": {"range": [0, scene.steps], "showgrid": False, "zeroline": False, "title": "step", "anchor": "y2"},
        "yaxis": grid | loss_axis | {"domain": [0.38, 1], "title": "loss"},
        "yaxis2": grid | rate_axis | {"domain": [0, 0.28], "title": "ηₜ"},
        "annotations": list(_ends(scene, trajectories, loss_axis, theme)),
        "showlegend": False,
    }
    look["margin"] = look["margin"] | {"r": 96, "l": 68}
    return go.Figure({"data": traces, "layout": look})


def contour_text(scene: Scene, trajectories: Sequence[Trajectory]) -> str:
    """The contour figure in words."""
    paths = [
        f"{name} goes from {point(scene.start)} to {point(trajectory.theta[end(trajectory)])}"
        for name, trajectory in zip(scene.names(), trajectories, strict=True)
    ]
    minima = [point(minimum) for minimum in scene.surface.minima[:4]]
    marked = f" Minima at {', '.join(minima)}." if minima else ""
    return f"Contour map of the {scene.surface.title} surface. {'; '.join(paths)}.{marked}"


def curves_text(scene: Scene, trajectories: Sequence[Trajectory]) -> str:
    """The curves in words."""
    parts = [
        f"{name}: loss from {rounded(trajectory.loss[0])} to {rounded(trajectory.loss[end(trajectory)])}"
        for name, trajectory in zip(scene.names(), trajectories, strict=True)
    ]
    return f"Loss and learning rate over {scene.steps:,} steps. {'; '.join(parts)}."


# ---- the ground


def _ground(surface: Surface, theme: Theme) -> tuple[Part, list[Part]]:
    """The contour of the surface, and the labels of its lines."""
    x, y, loss = _sampled(surface.box, surface)
    height, decades = _heights(surface, loss)
    (left, right), (bottom, top) = surface.box
    framed = height[np.ix_((y >= bottom) & (y <= top), (x >= left) & (x <= right))]
    low, high = float(framed.min()), float(framed.max())
    fine = (
        [size for size in (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0) if (high - low) / size <= MOST_BANDS] if decades else []
    )
    size = fine[0] if fine else (high - low) / MOST_LINEAR_BANDS
    trace = {
        "type": "contour",
        "x": x.astype(np.float32),
        "y": y.astype(np.float32),
        "z": height.astype(np.float32),
        "zmin": low,
        "zmax": high,
        "zauto": False,
        "contours": {"start": np.floor(low / size) * size, "end": float(height.max()), "size": size},
        "colorscale": [[i / (len(theme.ramp) - 1), colour] for i, colour in enumerate(theme.ramp)],
        "line": {"color": see_through(theme.contour.color, theme.contour.decade_alpha), "width": 0.8},
        "showscale": False,
        "hoverinfo": "skip",
    }
    return trace, list(_decade_labels(x, y, height, surface.box, theme)) if decades else []


def _sampled(box: Box, surface: Surface) -> tuple[Array, Array, Array]:
    """Coordinates beyond the box on all sides, so that a picture of any shape is filled, and the loss there."""
    (left, right), (bottom, top) = box
    half = WIDEST / 2 * max(right - left, top - bottom)
    x = np.linspace((left + right) / 2 - half, (left + right) / 2 + half, GRID)
    y = np.linspace((bottom + top) / 2 - half, (bottom + top) / 2 + half, GRID)
    return x, y, surface.loss(np.stack(np.meshgrid(x, y)))


def _heights(surface: Surface, loss: Array) -> tuple[Array, bool]:
    """What is drawn: log₁₀ of the loss above the lowest, or the loss itself where there is no lowest."""
    finite = np.isfinite(loss)
    if not finite.any() or np.ptp(loss[finite]) == 0:
        return np.zeros_like(loss), False
    loss = np.where(finite, loss, loss[finite].max())  # beyond all numbers is drawn as high as numbers go
    if not surface.bounded_below:
        return loss, False
    above = loss - np.fmin(float(surface.infimum), float(loss.min()))  # no minimum may be known
    # Below what one point in two hundred reaches, the grid is too coarse to tell where a line runs.
    floor = max(float(np.quantile(above, 0.005)), 1e-7 * float(above.max()))
    return np.log10(np.maximum(above, floor)), True


def _decade_labels(x: Array, y: Array, height: Array, box: Box, theme: Theme) -> Iterator[Part]:
    """The loss, once for each power of ten, where its line comes nearest to the box's upper right corner."""
    (left, right), (bottom, top) = box
    placed: list[tuple[float, float]] = []
    for decade in range(int(np.ceil(height.min())), int(np.floor(height.max())) + 1):
        rows, columns = np.nonzero(np.abs(height - decade) < 0.05)
        across, up = (x[columns] - left) / (right - left), (y[rows] - bottom) / (top - bottom)
        inside = (np.abs(across - 0.5) < 0.46) & (np.abs(up - 0.5) < 0.46)
        for x_, y_ in placed:
            inside = inside & (np.hypot(across - x_, up - y_) > 0.06)
        if not inside.any():
            continue
        best = np.argmax(np.where(inside, up + 0.6 * across, -np.inf))
        placed.append((float(across[best]), float(up[best])))
        text = {0: "1", 1: "10"}.get(decade, f"10<sup>{decade}</sup>".replace("-", "−"))
        font = {"color": theme.ink2, "size": 12}
        yield {"x": x[columns[best]], "y": y[rows[best]], "text": text, "showarrow": False, "font": font}


# ---- on the ground


def _visible(trajectory: Trajectory, box: Array) -> tuple[Array, Array]:
    """The path up to the step that takes it ten boxes away, that step cut short: browsers draw longer lines wrong."""
    middle, reach = box.mean(axis=1), 10 * (box[:, 1] - box[:, 0])
    far = np.abs(trajectory.theta - middle) > reach
    path = np.where(far, np.nan, trajectory.theta)
    gone = np.flatnonzero(far.any(axis=1))
    if len(gone) and gone[0] > 0:
        before, move = trajectory.theta[gone[0] - 1], trajectory.theta[gone[0]] - trajectory.theta[gone[0] - 1]
        path[gone[0]] = before + move / max(1.0, float(np.max(np.abs(move) / reach)))
        path[gone[0] + 1 :] = np.nan
    return path[:, 0], path[:, 1]


def _path(name: str, number: int, trajectory: Trajectory, path: tuple[Array, Array], theme: Theme) -> Part:
    x, y = path
    colour, dots = theme.runs[number], trajectory.steps <= MOST_DOTS
    sizes = np.full(len(x), 6 if dots else 0)
    sizes[end(trajectory)] = 14
    where = "step %{customdata[0]:,}<br>(%{x:.4g}, %{y:.4g})<br>loss %{customdata[1]:.3g}"
    return line(x, y, {"color": colour, "width": 2.6, "dash": dash(number)}) | {
        "name": name,
        "mode": "lines+markers",
        "marker": {
            "symbol": MARKERS[number],
            "size": sizes,
            "color": colour,
            "opacity": 1,
            "line": {"color": theme.halo, "width": 1.5},
        },
        "customdata": np.column_stack([np.arange(len(x)), trajectory.loss]),
        "hovertemplate": f"{name}<br>{where}<extra></extra>",
    }


def _landmarks(scene: Scene, theme: Theme) -> Iterator[Part]:
    """Stars at the minima, crosses at the saddles, a ring at the start."""
    # Where there are very many minima, only the best one is large.
    large = (np.arange(len(scene.surface.minima)) == 0) | (len(scene.surface.minima) <= 8)
    star = {"symbol": "star", "size": np.where(large, 17, 5)}
    casing = {"color": theme.halo, "width": np.where(large, 1.5, 0)}
    thin = {"color": theme.ink, "width": 2.4}
    for name, points, marker in (
        ("minimum", scene.surface.minima, star | {"line": casing}),
        ("saddle", scene.surface.saddles, {"symbol": "x-thin", "size": 11, "line": thin}),
        ("start", (scene.start,), {"symbol": "circle-cross-open", "size": 17, "line": thin}),
    ):
        if points:
            x, y = zip(*points, strict=True)
            yield {
                "type": "scatter",
                "x": x,
                "y": y,
                "mode": "markers",
                "name": name,
                "marker": {"color": theme.ink, "opacity": 1} | marker,
                "hovertemplate": f"{name} (%{{x:.4g}}, %{{y:.4g}})<extra></extra>",
            }


def _departures(names: Sequence[str], trajectories: Sequence[Trajectory], box: Array, theme: Theme) -> Iterator[Part]:
    """An arrow where each path that ends out of view leaves the box, and how far it got; the words stand in a list."""
    row = 0
    for name, trajectory, colour in zip(names, trajectories, theme.runs, strict=False):
        theta = trajectory.theta[: end(trajectory) + 1]
        away = float(np.hypot(*(theta[-1] - np.clip(theta[-1], *box.T))))
        if away == 0:
            continue
        (x, y), (across, up) = _departure(theta, box)
        arrow = {"x": x, "y": y, "ax": -40 * across, "ay": 40 * up, "text": ""}
        yield arrow | {"arrowcolor": colour, "arrowwidth": 3, "arrowhead": 2}
        words = {"text": f"<b>{name}: {rounded(away, 2)} away</b>", "font": {"color": colour, "size": 14}}
        corner = {"xref": "paper", "yref": "paper", "x": 0.99, "y": 0.99, "xanchor": "right", "yanchor": "top"}
        yield words | corner | {"showarrow": False, "align": "right", "yshift": -20 * row, "bgcolor": theme.halo}
        row += 1


def _departure(theta: Array, box: Array) -> tuple[Array, Array]:
    """Where a path that ends outside crosses the box's edge for the last time, and its direction there.

    A path that was never inside is shown at the point of the edge that is nearest to its end.
    """
    inside = np.flatnonzero(((theta >= box[:, 0]) & (theta <= box[:, 1])).all(axis=1))
    if len(inside):
        at = theta[inside[-1]]
        move = theta[inside[-1] + 1] - at
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = (np.where(move > 0, box[:, 1], box[:, 0]) - at) / move
        at = at + np.nanmin(np.clip(shares, 0, 1)) * move
    else:
        at, move = np.clip(theta[-1], *box.T), theta[-1] - box.mean(axis=1)
    direction = move / np.abs(move).max()  # before its length is taken: it may be near the largest number
    return at, direction / np.hypot(*direction)


# ---- the curves


def _loss_axis(scene: Scene, trajectories: Sequence[Trajectory]) -> Part:
    """A log axis up to a thousand times the start's loss; a linear one where the loss has no lowest value."""
    losses = np.concatenate([trajectory.loss for trajectory in trajectories])
    losses = losses[np.isfinite(losses)]
    start = abs(float(losses[0])) if losses.size else 1.0
    if not scene.surface.bounded_below:
        span = max(4 * min(start, 1e300), 1.0)
        shown = np.clip(losses, -span, span) if losses.size else np.array([-1.0, 1.0])
        return {"range": [float(shown.min()) - 0.05 * span, float(shown.max()) + 0.05 * span]}
    positive = losses[losses > 0]
    top = min(float(positive.max()), 1e3 * start) if start and positive.size else 1.0
    bottom = max(float(positive.min()), 10.0**-DECADES * top) if positive.size else 0.1
    return log_axis(min(bottom, top / 10), top)


def _rate_axis(trajectories: Sequence[Trajectory]) -> Part:
    rates = np.concatenate([trajectory.eta for trajectory in trajectories])
    rates = rates[rates > 0]
    top, bottom = (float(rates.max()), float(rates.min())) if rates.size else (1.0, 1.0)
    if top <= 10 * bottom:
        return {"range": [0, 1.15 * top], "nticks": 4}
    return log_axis(max(bottom, 1e-6 * top), top)


def _ends(scene: Scene, trajectories: Sequence[Trajectory], axis: Part, theme: Theme) -> Iterator[Part]:
    """Each loss curve's name at its right end, moved apart where two would touch; ↑ and ↓ where it leaves the axis."""
    low, high = axis["range"]
    losses = np.array([trajectory.loss[end(trajectory)] for trajectory in trajectories])
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log10(np.maximum(losses, 0)) if axis.get("type") == "log" else losses
        heights = (values - low) / (high - low)
    shown = np.nan_to_num(np.clip(heights, 0.0, 1.0))
    for above, below in pairwise(np.argsort(-shown, kind="stable")):
        shown[below] = min(shown[below], shown[above] - 0.075)
    for number, name in enumerate(scene.names(short=True)):
        mark = " ↑" if heights[number] > 1 else " ↓" if heights[number] < 0 else ""
        font = {"color": theme.runs[number], "size": 14}
        place = {
            "xref": "paper",
            "x": 1.01,
            "xanchor": "left",
            "yref": "y domain",
            "y": shown[number],
            "yanchor": "middle",
        }
        yield {"text": f"<b>{name}{mark}</b>", "font": font, "showarrow": False} | place
