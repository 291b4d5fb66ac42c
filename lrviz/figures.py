"""Plotly figures: pure functions of a scene, its runs and a theme."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lrviz.declare import Array
from lrviz.numerals import point, rounded
from lrviz.palette import DASHES, MARKERS, Theme
from lrviz.scene import Scene
from lrviz.simulation import Trajectory
from lrviz.surfaces import Surface
from lrviz.tables import end

GRID = 140
"""Points of the contour along each side; finer is not visible, and costs 4 bytes each on the wire."""
MOST_BANDS = 16
MOST_DOTS = 80
"""A path of up to so many steps shows each as a dot."""
PATH_WIDTH, CASING_WIDTH = 2.6, 5.4
DECADES = 12
"""How far below its start the loss axis reaches; lower values are rounding."""


def contour(scene: Scene, trajectories: Sequence[Trajectory], theme: Theme) -> go.Figure:
    """The surface from above, with the runs' paths, the start, the minima and the saddles."""
    figure = go.Figure()
    box = np.array(scene.surface.box)
    _add_ground(figure, scene.surface, theme)
    names = scene.names(short=True)
    for trajectory in trajectories:  # all casings first: each path shows through the gaps of those above it
        x, y = _visible(trajectory, box)
        casing = {"color": theme.halo, "width": CASING_WIDTH}
        figure.add_scatter(x=x, y=y, mode="lines", line=casing, hoverinfo="skip", showlegend=False)
    for number, (name, trajectory) in enumerate(zip(names, trajectories, strict=True)):
        _add_path(figure, name, number, trajectory, box, theme)
    _add_points(figure, scene, theme)
    for number, (name, trajectory) in enumerate(zip(names, trajectories, strict=True)):
        _add_departure(figure, name, theme.runs[number], trajectory, box)
    (left, right), (bottom, top) = scene.surface.box
    axis = {"showgrid": False, "zeroline": False, "ticks": "outside", "tickcolor": theme.line, "constrain": "domain"}
    figure.update_xaxes(range=[left, right], title="x", **axis)
    figure.update_yaxes(range=[bottom, top], title="y", scaleanchor="x", **axis)
    figure.update_layout(
        legend={"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0, "font": {"size": 14}},
        uirevision=f"{type(scene.surface).__name__}",
    )
    return _dressed(figure, theme, height=560)


def curves(scene: Scene, trajectories: Sequence[Trajectory], theme: Theme) -> go.Figure:
    """The loss and the learning rate of each run, step by step, over one time axis."""
    low = _floor(scene, trajectories)
    logarithmic = scene.surface.bounded_below
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.1)
    for number, (name, trajectory) in enumerate(zip(scene.names(short=True), trajectories, strict=True)):
        line = {"color": theme.runs[number], "width": 2.2, "dash": _dash(number)}
        steps = np.arange(trajectory.steps + 1)
        for row, values, label in ((1, trajectory.loss, "loss"), (2, trajectory.eta, "η")):
            # A straight line on a log axis has no place for 0.
            shown = np.where(values > 0, values, np.nan) if logarithmic or row == 2 else values
            hover = f"{name}<br>step %{{x:,}}<br>{label} %{{y:.3g}}<extra></extra>"
            figure.add_scatter(
                x=steps[: len(values)], y=shown, mode="lines", line=line, hovertemplate=hover, row=row, col=1
            )
    grid = {"gridcolor": theme.rule, "zeroline": False, "ticks": ""}
    figure.update_xaxes(range=[0, max(trajectory.steps for trajectory in trajectories)], showgrid=False, zeroline=False)
    figure.update_xaxes(title="step", row=2, col=1)
    figure.update_yaxes(row=1, col=1, title="loss", **_loss_axis(scene, trajectories, low), **grid)
    figure.update_yaxes(row=2, col=1, title="ηₜ", **_rate_axis(trajectories), **grid)
    _label_ends(figure, scene, trajectories, theme)
    figure.update_layout(showlegend=False, hovermode="closest")
    figure = _dressed(figure, theme, height=560)
    return figure.update_layout(margin={"r": 96})


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


def _add_ground(figure: go.Figure, surface: Surface, theme: Theme) -> None:
    (left, right), (bottom, top) = surface.box
    x, y = np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)
    loss = surface.loss(np.stack(np.meshgrid(x, y)))
    height, decades = _heights(surface, loss)
    low, high = float(height.min()), float(height.max())
    size = next((s for s in (0.25, 0.5, 1.0, 2.0) if (high - low) / s <= MOST_BANDS), (high - low) / MOST_BANDS)
    if not decades:
        size = (high - low) / MOST_BANDS
    start = np.floor(low / size) * size
    shares = np.linspace(0, 1, len(theme.ramp))
    figure.add_contour(
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        z=height.astype(np.float32),
        contours={"start": start, "end": high, "size": size},
        colorscale=[[share, colour] for share, colour in zip(shares, theme.ramp, strict=True)],
        line={"color": theme.contour, "width": 0.8},
        showscale=False,
        hoverinfo="skip",
    )
    if decades:
        _label_decades(figure, x, y, height, theme)


def _heights(surface: Surface, loss: Array) -> tuple[Array, bool]:
    """What the contour is drawn of: log₁₀ of the loss above the lowest, or the loss where there is no lowest."""
    if not surface.bounded_below:
        return loss, False
    minima = np.array(surface.minima).T
    above = loss - min(float(surface.loss(minima).min()), float(loss.min()))
    top = np.log10(above.max())
    return np.log10(np.maximum(above, 10 ** (top - 6))), True  # bands below a millionth of the top cannot be told apart


def _label_decades(figure: go.Figure, x: Array, y: Array, height: Array, theme: Theme) -> None:
    """The loss, where a line at a power of ten crosses a diagonal strip that keeps clear of the edges."""
    for decade in range(int(np.ceil(height.min())), int(np.floor(height.max())) + 1):
        inner = np.abs(height[8:-8, 8:-8] - decade)
        rows, columns = np.nonzero(inner < 0.04)
        if not len(rows):
            continue
        corner = np.argmax(rows + 0.6 * columns)  # the one farthest to the upper right
        label = "1" if decade == 0 else "10" if decade == 1 else f"10<sup>{decade}</sup>".replace("-", "−")
        figure.add_annotation(
            x=x[columns[corner] + 8],
            y=y[rows[corner] + 8],
            text=label,
            showarrow=False,
            font={"color": theme.ink2, "size": 12},
        )


# ---- the paths


def _visible(trajectory: Trajectory, box: Array) -> tuple[Array, Array]:
    """The path, but for what is more than ten boxes away: browsers draw such lines wrong."""
    middle, size = box.mean(axis=1), box[:, 1] - box[:, 0]
    away = np.abs(trajectory.theta - middle) > 10 * size
    kept = np.where(away.any(axis=1, keepdims=True), np.nan, trajectory.theta)
    gone = np.flatnonzero(away.any(axis=1))
    if len(gone) and gone[0] > 0:  # the step on which it leaves is drawn, shortened to where it leaves
        before, beyond = trajectory.theta[gone[0] - 1], trajectory.theta[gone[0]]
        share = 5 * np.hypot(*size) / np.hypot(*(beyond - before))
        kept[gone[0]] = before + min(share, 1.0) * (beyond - before)
    return kept[:, 0], kept[:, 1]


def _add_path(figure: go.Figure, name: str, number: int, trajectory: Trajectory, box: Array, theme: Theme) -> None:
    x, y = _visible(trajectory, box)
    colour, last = theme.runs[number], end(trajectory)
    dots = trajectory.steps <= MOST_DOTS
    sizes = np.full(len(x), 6 if dots else 0)
    sizes[last] = 14
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        name=name,
        line={"color": colour, "width": PATH_WIDTH, "dash": _dash(number)},
        marker={
            "symbol": MARKERS[number],
            "size": sizes,
            "color": colour,
            "opacity": 1,
            "line": {"color": theme.halo, "width": 1.5 if dots else 0},
        },
        customdata=np.column_stack([np.arange(len(x)), trajectory.loss]),
        hovertemplate=f"{name}<br>step %{{customdata[0]:,}}<br>(%{{x:.4g}}, %{{y:.4g}})<br>loss %{{customdata[1]:.3g}}<extra></extra>",
    )


def _add_points(figure: go.Figure, scene: Scene, theme: Theme) -> None:
    outlined = {"color": theme.ink, "line": {"color": theme.halo, "width": 1.5}}
    many = len(scene.surface.minima) > 8
    if scene.surface.minima:
        x, y = zip(*scene.surface.minima, strict=True)
        size = np.where(np.arange(len(x)) == 0, 17, 5) if many else np.full(len(x), 17)
        marker = outlined | {"symbol": "star", "size": size}
        figure.add_scatter(
            x=x,
            y=y,
            mode="markers",
            name="minimum",
            marker=marker,
            hovertemplate="minimum (%{x:.4g}, %{y:.4g})<extra></extra>",
        )
    if scene.surface.saddles:
        x, y = zip(*scene.surface.saddles, strict=True)
        marker = {"symbol": "x-thin", "size": 11, "line": {"color": theme.ink, "width": 2.5}}
        figure.add_scatter(
            x=x,
            y=y,
            mode="markers",
            name="saddle",
            marker=marker,
            hovertemplate="saddle (%{x:.4g}, %{y:.4g})<extra></extra>",
        )
    ring = {"symbol": "circle-cross-open", "size": 17, "color": theme.ink, "line": {"width": 2.2}}
    figure.add_scatter(
        x=[scene.start[0]],
        y=[scene.start[1]],
        mode="markers",
        name="start",
        marker=ring,
        hovertemplate="start (%{x:.4g}, %{y:.4g})<extra></extra>",
    )


def _add_departure(figure: go.Figure, name: str, colour: str, trajectory: Trajectory, box: Array) -> None:
    """An arrow at the edge, and how far it is, for a path that ends out of view."""
    theta = trajectory.theta[end(trajectory)]
    clipped = np.clip(theta, *box.T)
    distance = float(np.hypot(*(theta - clipped)))
    if distance == 0:
        return
    middle, size = box.mean(axis=1), box[:, 1] - box[:, 0]
    direction = (theta - middle) / np.abs((theta - middle) / (size / 2)).max()  # reaches to the edge of the box
    x, y = middle + 0.97 * direction
    unit = direction / size
    dx, dy = 46 * unit / np.hypot(*unit)
    text = f"<b>{name}: {rounded(distance, 2)} away</b>"
    figure.add_annotation(
        x=x,
        y=y,
        ax=-dx,
        ay=dy,
        text=text,
        arrowcolor=colour,
        arrowwidth=3,
        arrowhead=2,
        font={"color": colour, "size": 14},
    )


# ---- the curves


def _floor(scene: Scene, trajectories: Sequence[Trajectory]) -> float:
    start = float(trajectories[0].loss[0])
    return (start if start > 0 else 1.0) * 10.0**-DECADES


def _loss_axis(scene: Scene, trajectories: Sequence[Trajectory], low: float) -> dict[str, object]:
    """A log axis from what the runs reach up to a thousand times their start; linear where there is no lowest loss."""
    losses = np.concatenate([trajectory.loss for trajectory in trajectories])
    start = abs(float(trajectories[0].loss[0])) or 1.0
    if not scene.surface.bounded_below:
        span = max(4 * start, 1.0)
        shown = losses[np.abs(losses) <= span]
        return {"range": [float(shown.min()) - 0.05 * span, float(shown.max()) + 0.05 * span]}
    positive = losses[losses > 0]
    bottom = max(float(positive.min()), low) if positive.size else low
    top = min(float(np.nanmax(losses)), 1e3 * start)
    return {
        "type": "log",
        "range": [np.log10(bottom) - 0.2, np.log10(max(top, 10 * bottom)) + 0.2],
        "exponentformat": "power",
        "dtick": _decades(bottom, top),
    }


def _decades(bottom: float, top: float) -> int:
    return max(1, int(np.ceil(np.log10(top / bottom) / 7)))


def _rate_axis(trajectories: Sequence[Trajectory]) -> dict[str, object]:
    rates = np.concatenate([trajectory.eta for trajectory in trajectories])
    rates = rates[rates > 0]
    top = float(rates.max())
    low = max(float(rates.min()), 1e-6 * top)
    if top / low <= 10:
        return {"range": [0, 1.15 * top]}
    return {
        "type": "log",
        "range": [np.log10(low) - 0.2, np.log10(top) + 0.2],
        "exponentformat": "power",
        "dtick": _decades(low, top),
    }


def _label_ends(figure: go.Figure, scene: Scene, trajectories: Sequence[Trajectory], theme: Theme) -> None:
    """Each loss curve's name at its right end, moved apart where two would touch; ↑ where it leaves at the top."""
    axis = figure.layout.yaxis
    low, high = axis.range
    heights = []
    for trajectory in trajectories:
        loss = trajectory.loss[end(trajectory)]
        value = (np.log10(loss) if loss > 0 else low) if axis.type == "log" else loss
        heights.append((value - low) / (high - low))
    shown = np.clip(heights, 0.0, 1.0)
    for above, below in pairwise(np.argsort(-shown)):
        shown[below] = min(shown[below], shown[above] - 0.065)
    for number, name in enumerate(scene.names(short=True)):
        text = f"<b>{name}{' ↑' if heights[number] > 1 else ''}</b>"
        font = {"color": theme.runs[number], "size": 14}
        place = {"xref": "paper", "x": 1.01, "xanchor": "left", "yref": "y domain", "y": shown[number]}
        figure.add_annotation(text=text, font=font, showarrow=False, **place)


def _dash(number: int) -> str:
    return ",".join(f"{length}px" for length in DASHES[number].split()) or "solid"


def _dressed(figure: go.Figure, theme: Theme, height: int) -> go.Figure:
    """The theme's colours, and text that can be read from the back row."""
    return figure.update_layout(
        template=None,
        height=height,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": '"Source Sans", "Source Sans Pro", sans-serif', "size": 15, "color": theme.ink2},
        margin={"l": 60, "r": 12, "t": 40, "b": 52},
        hoverlabel={"bgcolor": theme.paper, "font": {"color": theme.ink, "size": 14}, "bordercolor": theme.line},
    )
