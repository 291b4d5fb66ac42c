"""The page's charts: pure functions of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.palette import DASHES, MARKERS
from lrviz.ui.chart import Axis, Chart, Divide, Dots, Field, Level, Line, Mark, Panel, Path, Plane, Points, Zone
from lrviz.ui.chart.parts import Layer
from lrviz.ui.logistic import told, told_sparse
from lrviz.ui.logistic.study import SEARCHED, All, Landmarks, Question, Sparse, Two
from lrviz.ui.logistic.told import FLOOR

COLOURS = tuple(f"run{number}" for number in range(len(MARKERS)))
FAR = 30
"""Beyond so many times the loss at the start a run has left the picture."""
DASH = tuple(tuple(float(length) for length in dash.split()) for dash in DASHES)


def above(problem: Any) -> str:
    """What a loss is measured from."""
    return "loss above the minimum" if problem.minima else "loss"


def _log_axis(title: str, curves: Sequence[Array]) -> Axis:
    """From the lowest that is drawn to the highest, or to what is far above the start. What is under rounding is not
    drawn."""
    seen = np.concatenate([np.ravel(curve) for curve in curves])
    seen = seen[np.isfinite(seen) & (seen > FLOOR)]
    start = max((float(curve[0]) for curve in curves if np.isfinite(curve[0])), default=1.0)
    top = min(float(seen.max(initial=start)), FAR * start)
    return Axis(title, "log", max(FLOOR, float(seen.min(initial=start)) / 1.5), 1.5 * top)


def _drawn(curve: Array) -> Array:
    return np.where(curve > FLOOR, curve, np.nan)


# ---- two features


def steps(asked: Question, found: Two, frame: int) -> Chart:
    """The loss over the weights with the runs' paths, the data with their lines, and the loss over the steps."""
    scene, names = asked.scene, asked.scene.names(short=True)
    at = np.array(found.steps)
    where = {name: run.theta[at] for name, run in zip(names, found.runs, strict=True)}
    paths = [Path(xy[:, 0], xy[:, 1], name, COLOURS[k]) for k, (name, xy) in enumerate(where.items())]
    lines = [Divide(xy[:, 0], xy[:, 1], 0.0, name, COLOURS[k]) for k, (name, xy) in enumerate(where.items())]
    losses = [found.losses(k) for k in range(len(names))]
    axis = _log_axis(above(found.problem), losses)
    curves = tuple(
        Line(at, _drawn(loss), name, COLOURS[k], DASH[k])
        for k, (loss, name) in enumerate(zip(losses, names, strict=True))
    )
    return Chart(
        x=Axis("step", "linear", 0, scene.steps),
        panels=(Panel(axis.title, axis, curves),),
        planes=(_surface(found, paths), _data(asked, lines)),
        alt=told.steps_alt(asked, found),
        frames=len(at),
        frame=frame,
        frame_x=at,
        frame_name="step",
        first=0,
        says=tuple(told.at_step(asked, found, index) for index in range(len(at))),
    )


def hand(asked: Question, found: Two) -> Chart:
    """One picture for each rate: the first run's path, its line at the end, and where that rate stands."""
    paths = found.paths
    # Of a run that blew up the line is that of its last place that is still a number.
    last = np.array([_last(path) for path in paths])
    own = float(asked.scene.runs[0].schedule.eta)
    frame = int(np.argmin(np.abs(np.log(found.eta / own))))
    path = Path(paths[:, :, 0], paths[:, :, 1], "its path")
    line = Divide(last[:, 0], last[:, 1], 0.0, "at the end")
    title = f"{above(found.problem)} after {count(asked.scene.steps)} steps"
    ends = found.ends
    axis = Axis(title, "log", max(FLOOR, float(np.nanmin(ends, initial=1.0))) / 3, 100 * float(found.height.max()))
    layers: list[Layer] = [*_marks(found.known, found.eta), Line(found.eta, np.maximum(ends, FLOOR), "", COLOURS[0])]
    layers += _blown(found.eta, ends)
    start = float(found.losses(0)[0])
    layers.append(Level(start, "at the start"))
    return Chart(
        x=Axis("η", "log", float(found.eta[0]), float(found.eta[-1])),
        panels=(Panel(title, axis, tuple(layers)),),
        planes=(_surface(found, [path]), _data(asked, [line])),
        alt=told.hand_alt(asked, found),
        frames=len(paths),
        frame=frame,
        frame_x=found.eta,
        frame_name="η",
        says=tuple(told.at_rate(found, index) for index in range(len(paths))),
        pick="take this η to the first run",
    )


def _last(path: Array) -> Array:
    """(K, 2) → (2,): the last place that is a number."""
    there = np.flatnonzero(np.isfinite(path).all(axis=1))
    last: Array = path[there[-1]]
    return last


def _surface(found: Two, layers: Sequence[Any]) -> Plane:
    """The loss over the two weights."""
    minima = [
        Points(np.array([x]), np.array([y]), "minimum", "ink", "star", texts=(told.minimum(found),))
        for x, y in found.surface.minima
    ]
    x, y = (Axis(name, "linear", *ends) for name, ends in zip(("w₁", "w₂"), found.surface.box, strict=True))
    return Plane(
        "the loss over the two weights",
        x,
        y,
        (*minima, *layers),
        field=Field(*found.axes, found.height, scale="log"),
        square=True,
    )


def _data(asked: Question, lines: Sequence[Divide]) -> Plane:
    """The examples, and each run's line between the classes."""
    data = asked.problem.data
    groups = []
    for label, (name, marker) in enumerate(zip(data.classes, ("circle", "triangle-up"), strict=True)):
        mine = data.features[data.labels == label]
        groups.append(Points(mine[:, 0], mine[:, 1], told.class_name(name), "ink2", marker, hollow=label == 0))
    x, y = (Axis(told.feature(name)) for name in data.names)
    return Plane("the data, and the line between the classes", x, y, (*groups, *lines))


def _marks(known: Landmarks, eta: Array) -> list[Layer]:
    return [
        Mark(value, label, "ink", dash=dash, text=text)
        for value, label, dash, text in told.landmarks(known)
        if eta[0] <= value <= eta[-1]
    ]


def _blown(eta: Array, ends: Array) -> list[Layer]:
    """Where all that is larger blows up."""
    held = np.flatnonzero(np.isfinite(ends))
    last = int(held[-1]) if held.size else -1
    return [Zone(float(eta[last + 1]), np.inf, "blows up")] if last < eta.size - 1 else []


# ---- all features


def curves(asked: Question, names: Sequence[str], runs: Sequence[Any], problem: Any) -> Chart:
    """What was measured of each run over the steps."""
    panels = []
    for measure, title, height in (
        ("loss above the lowest", f"training {above(problem)}", 1.2),
        ("held-out loss", "held-out loss", 0.9),
        ("held-out accuracy", "held-out accuracy", 0.9),
    ):
        values = [run.values[measure][:, 0] for run in runs]
        if measure == "held-out accuracy":
            values = [np.where(run.steps > 0, each, np.nan) for run, each in zip(runs, values, strict=True)]
            axis = Axis(title, "linear", min(float(np.nanmin(each[1:], initial=1.0)) for each in values) - 0.02, 1.0)
        else:
            axis = _log_axis(title, values)
            values = [_drawn(each) for each in values]
        lines = tuple(
            Line(run.steps, each, name, COLOURS[k], DASH[k])
            for k, (run, each, name) in enumerate(zip(runs, values, names, strict=True))
        )
        panels.append(Panel(title, axis, lines, height))
    return Chart(
        x=Axis("step", "linear", 0, asked.scene.steps),
        panels=tuple(panels),
        alt=told.curves_alt(names, runs),
    )


def every_rate(asked: Question, found: All) -> Chart:
    """What the first run's optimizer ends with at every rate."""
    own = float(asked.scene.runs[0].schedule.eta)
    ends, held = found.ends["loss above the lowest"], found.ends["held-out loss"]
    axis = Axis(
        f"after {count(asked.scene.steps)} steps", "log", max(FLOOR, float(np.nanmin(ends, initial=1.0))) / 2, 10
    )
    layers: list[Layer] = [
        *_marks(found.known, found.eta),
        Line(found.eta, np.maximum(ends, FLOOR), f"training {above(found.problem)}", COLOURS[0]),
        Line(found.eta, held, "held-out loss", "ink2", dash=(6, 4), width=1.8),
        *_blown(found.eta, ends),
    ]
    if found.eta[0] <= own <= found.eta[-1]:
        layers.append(Mark(own, "run 1", COLOURS[0], dash=(2, 3)))
    return Chart(
        x=Axis("η", "log", float(found.eta[0]), float(found.eta[-1])),
        panels=(Panel(axis.title, axis, tuple(layers)),),
        alt=told.every_rate_alt(found),
        pick="take this η to the first run",
    )


# ---- sparse columns


def contest(asked: Question, found: Sparse) -> Chart:
    """What each optimizer ends with at every rate; its best is marked."""
    start = float(found.problem.loss(found.problem.start)) - found.problem.infimum
    least = min(float(np.nanmin(one.ends, initial=start)) for one in found.contestants)
    axis = Axis(
        f"{above(found.problem)} after {count(asked.scene.steps)} steps", "log", max(FLOOR, least / 2), start * 10
    )
    layers: list[Layer] = [Level(start, "at the start")]
    for number, (one, name) in enumerate(zip(found.contestants, told_sparse.names(found), strict=True)):
        eta = float(one.run.schedule.eta)
        layers.append(Line(SEARCHED, np.maximum(one.ends, FLOOR), name, COLOURS[number], DASH[number]))
        if np.isfinite(one.ends).any():
            best = np.array([max(float(np.nanmin(one.ends)), FLOOR)])
            layers.append(Dots(np.array([eta]), best, f"best of {name}", COLOURS[number], MARKERS[number]))
    return Chart(
        x=Axis("η", "log", float(SEARCHED[0]), float(SEARCHED[-1])),
        panels=(Panel(axis.title, axis, tuple(layers)),),
        alt=told_sparse.contest_alt(found),
    )


def acting(found: Sparse) -> Chart:
    """With which rate each column's weight is stepped at the end, over how often the column is on."""
    often = found.often
    layers: list[Layer] = []
    for number, (one, name) in enumerate(zip(found.contestants, told_sparse.names(found), strict=True)):
        acted = one.acted[: often.size]
        drawn = np.isfinite(acted) & (acted > 0) & (often > 0)
        order = np.argsort(often[drawn])
        texts = tuple(
            f"{label}: on in {share:.1%} of the examples, stepped with {rounded(rate)}"
            for label, share, rate in zip(
                np.array(found.problem.data.names)[drawn][order], often[drawn][order], acted[drawn][order], strict=True
            )
        )
        layers.append(
            Dots(
                often[drawn][order],
                acted[drawn][order],
                name,
                COLOURS[number],
                MARKERS[number],
                hollow=True,
                texts=texts,
            )
        )
    axis = Axis("rate of each weight at the last step", "log")
    return Chart(
        x=Axis("how often the column is on", "log"),
        panels=(Panel(axis.title, axis, tuple(layers)),),
        alt=told_sparse.acting_alt(found),
    )
