"""The charts: the loss at the end and its slope over η with descent on it, and the rate that learns as it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.optimizers import GD
from lrviz.tuning.meta_descent import Update
from lrviz.ui.chart import Axis, Chart, Dots, Level, Line, Mark, Panel, Zone
from lrviz.ui.chart.parts import Layer
from lrviz.ui.meta_gradient import told
from lrviz.ui.meta_gradient.study import Curve, Learnt
from lrviz.ui.meta_gradient.view import View
from lrviz.ui.stage.board import Board

NEAR = 1e-3
"""The slope's axis turns linear at this share of the largest slope below the limit, where it is the loss's own."""


def main(curve: Curve, updates: Sequence[Update], found: Learnt, view: View) -> Chart:
    """The loss at the end and its slope; a frame an update. Beside it runs the run at the rate that is pointed at."""
    scene = curve.question.scene
    etas = curve.slopes.eta
    panels = [_losses(curve, updates, found)]
    if not curve.slopes.reason:
        panels.append(_slopes(curve, updates))
    alt = " ".join([*told.smoothness(curve), *told.agreement(curve)])
    return Chart(
        x=Axis("η", "log", float(etas[0]), float(etas[-1])),
        panels=tuple(panels),
        alt=alt,
        frames=max(len(updates), 1),
        says=told.frames(updates, view, curve.of_log) if updates else (),
        frame_name="update",
        first=0,
        pick="start from this η",
        run=Board(replace(scene, runs=scene.runs[:1]), (1,)),
        rates=tuple(one.eta for one in updates) if updates else (),
    )


def _losses(curve: Curve, updates: Sequence[Update], found: Learnt) -> Panel:
    etas, losses = curve.slopes.eta, curve.slopes.loss
    title = f"Loss after {count(curve.question.scene.steps)} steps"
    scale = Axis("loss", "log") if (losses >= 0).all() else Axis("loss", "symlog", near=_near(losses))
    name = curve.question.scene.names()[0]
    layers: list[Layer] = [*_limit(curve), Line(etas, losses, name, label=False)]
    if len(found.alpha):
        text = f"hypergradient descent: loss {rounded(found.loss)}, its last rate {rounded(float(found.alpha[-1]))}"
        layers.append(
            Dots(found.alpha[-1:], np.array([found.loss]), "hypergradient", "run2", "triangle", texts=(text,))
        )
    if updates:
        layers.append(_steps(curve, updates, [one.loss for one in updates], "loss"))
    return Panel(title, scale, tuple(layers))


def _slopes(curve: Curve, updates: Sequence[Update]) -> Panel:
    etas = curve.slopes.eta
    what = "d log loss / d log η" if curve.of_log else "d loss / d log η"
    near = 1.0 if curve.of_log else _near(curve.slope[etas < curve.question.limit])
    layers: list[Layer] = [
        *_limit(curve),
        Level(0.0, "", "rule", ()),
        Line(etas, curve.slope, "meta-gradient"),
        Dots(curve.checked, curve.shown_differences, "central differences", "ink", hollow=True),
    ]
    if updates:
        layers.append(_steps(curve, updates, [one.slope for one in updates], "slope"))
    return Panel(f"Its slope, {what}", Axis("slope", "symlog", near=near), tuple(layers), 1.1)


def _steps(curve: Curve, updates: Sequence[Update], heights: Sequence[float], what: str) -> Dots:
    """The rates that descent came to, one more each frame."""
    numbers = range(len(updates))
    texts = tuple(
        f"update {k}: η = {rounded(one.eta)}, {what} {rounded(y)}"
        for k, one, y in zip(numbers, updates, heights, strict=True)
    )
    return Dots([one.eta for one in updates], heights, "descent", "run1", "square", since=list(numbers), texts=texts)


def _limit(curve: Curve) -> list[Mark | Zone]:
    limit = curve.question.limit
    if not np.isfinite(limit):
        return []
    said = f"the limit of stability, {rounded(limit)}, at the minimum where the scene’s run ends"
    return [Zone(limit, np.inf, "", "diverged"), Mark(limit, "limit", "ink", (6, 3), said)]


def _near(values: Array) -> float:
    seen = np.abs(values[np.isfinite(values)])
    return NEAR * float(seen.max()) if seen.size and seen.max() > 0 else 1.0


def descent(curve: Curve, updates: Sequence[Update]) -> Chart:
    """η after each update, between the rates that matter."""
    etas = np.array([one.eta for one in updates])
    numbers = np.arange(len(etas))
    layers: tuple[Layer, ...] = (
        *_levels(curve),
        Line(numbers, etas, "", "run1", label=False),
        Dots(numbers, etas, "η", "run1", "square"),
    )
    panel = Panel("η after each update", _rate(_levels(curve), etas), layers)
    said = ", ".join(rounded(eta) for eta in etas)
    return Chart(Axis("update"), (panel,), alt=f"η after each update: {said}.")


def rates(curve: Curve, found: Learnt) -> Chart:
    """The rate that learns, step by step, between the rates that matter."""
    alpha, own = found.alpha, isinstance(curve.question.scene.runs[0].optimizer, GD)
    levels = _levels(curve) if own else []  # another method's rates are no measure for it
    layers: tuple[Layer, ...] = (*levels, Line(np.arange(1, len(alpha) + 1), alpha, "αₜ", "run2"))
    panel = Panel("The rate of hypergradient descent, αₜ", _rate(levels, alpha), layers)
    return Chart(Axis("step"), (panel,), alt=" ".join(told.hypergradient(found, curve)))


def _levels(curve: Curve) -> list[Level]:
    """The best rate of the curve, and the limit."""
    limit = curve.question.limit
    best = Level(float(curve.slopes.eta[curve.best]), "best of the curve", "run0")
    return [best] + ([Level(limit, "limit", "ink")] if np.isfinite(limit) else [])


def _rate(levels: Sequence[Level], rates: Array) -> Axis:
    """An axis that has these rates on it and the levels; linear where a rate has turned negative."""
    if (rates <= 0).any():
        return Axis("rate", "linear")
    seen = [*rates[np.isfinite(rates)], *(float(np.ravel(level.y)[0]) for level in levels)]
    return Axis("rate", "log", min(seen) / 1.5, max(seen) * 1.5)
