"""The chart of a test: what it saw, and below it, over the same rates, what real runs come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.scene import Run
from lrviz.schedules import Constant
from lrviz.tuning.range_test import EDGE, RangeTest
from lrviz.tuning.truth import Truth
from lrviz.ui.chart import Axis, Band, Chart, Dots, Level, Line, Mark, Panel, Zone
from lrviz.ui.range_test import told
from lrviz.ui.range_test.study import Study
from lrviz.ui.range_test.view import View
from lrviz.ui.stage.board import Board

SHORT = {"minimum ÷ 10": "min ÷ 10", EDGE: "theory’s limit"}
"""Names for tight places."""
MOST_POINTS = 2_000
"""So many steps of a long ramp are drawn."""
SHOWN = 1e-9
"""A real run that has left less than this share of its start's loss is at the foot of the picture, or below it."""


def picture(study: Study, view: View) -> Chart:
    """The chart. Beside it runs the scene's run at the rate that is pointed at."""
    scene, run = study.scene, study.scene.runs[0]
    alone = replace(scene, runs=(Run(run.optimizer, Constant(run.schedule.eta)),))
    panels = (tested(study.test, _marks(study)), _truth(study))
    return Chart(
        x=Axis("η", "log", view.low, view.high),
        panels=panels,
        alt=" ".join([*told.verdict(study), *told.stop(study.test), *told.edge(study.test)]),
        pick="take this η along to other pages",
        run=Board(alone, (1,)),
    )


def tested(test: RangeTest, marks: Sequence[Mark]) -> Panel:
    """The losses that a test saw, and marks at what is read off them."""
    end = len(test.eta) if test.stopped is None else test.stopped + 1
    every, seen, unseen = (_points(*ends) for ends in ((0, len(test.eta)), (0, end), (end - 1, len(test.eta))))
    raw = Line(test.eta[every], test.loss[every], "each step", "ink2", width=0.9)
    smoothed = Line(test.eta[seen], test.smoothed[seen], "smoothed", "run0", width=3.0)
    after = Line(test.eta[unseen], test.smoothed[unseen], "", "run0", (2, 4), 1.6, label=False)
    edge = (Zone(test.edge, np.inf, f"loss > {rounded(test.stop)} × start"),) if np.isfinite(test.edge) else ()
    title = "Loss during the test" + ("" if test.loss is test.true else ", on each step’s sample")
    layers = (*edge, raw, after, smoothed, *marks)
    return Panel(title, _axis("loss", test.smoothed), layers, 1.15)


def _points(first: int, end: int) -> NDArray[np.int64]:
    """Which steps are drawn: all, or as many as can be told apart, the first and the last among them."""
    return np.unique(np.linspace(first, end - 1, min(end - first, MOST_POINTS)).round()).astype(np.int64)


def _marks(study: Study, labelled: bool = True) -> tuple[Mark, ...]:
    """The suggestions of the rules."""
    return tuple(
        Mark(
            row.eta,
            SHORT.get(row.rule, row.rule) if labelled else "",
            "ink" if row.rule == EDGE else "run1",
            (6, 3) if row.rule == EDGE else (),
            f"{row.rule}: {row.ends}",
        )
        for row in told.rows(study)
        if np.isfinite(row.eta)
    )


def _truth(study: Study) -> Panel:
    """What real runs at fixed rates end with: above the minimum, where there is one."""
    truth, advice = study.truth, study.advice
    after = f"after {count(study.scene.steps)} steps"
    if truth is None or advice is None:
        return _awaited(f"Real runs at a fixed η, {after}: not made yet", float(study.test.true[0]))
    bottom = np.nan_to_num(truth.bottom)  # without a minimum the loss itself is drawn
    median = truth.loss - bottom
    above = " above the minimum" if np.isfinite(truth.bottom) else ""
    axis = _axis(f"loss{above}", median, (truth.start - bottom) if above else None)
    many = f"median of {truth.seeds} seeds" if truth.seeds > 1 else "real runs"
    band = (Band(truth.eta, truth.low - bottom, truth.high - bottom, "quartiles", "run2"),) if truth.seeds > 1 else ()
    title = f"Real runs at a fixed η, {after}: the truth"
    low, high = truth.good
    zone = (Zone(low, high, "as good as the best", "converged"),) if np.isfinite(low) else ()
    layers = (*zone, *band, Line(truth.eta, median, many, "run2", width=2.6), *_dots(study, advice, bottom))
    there = float(truth.eta[truth.best]) if np.isfinite(low) else np.nan
    best = Mark(there, "best", "run2", text=f"best of {len(truth.eta)} rates")
    return Panel(title, axis, (*layers, *_marks(study, labelled=False), best))


def _awaited(title: str, start: float) -> Panel:
    """Where the truth will be: all that is known of it is what every run starts from."""
    axis = Axis("loss", "log", start / 1e4, 30 * start) if start > 0 else Axis("loss", "linear", start - 1, start + 1)
    return Panel(title, axis, (Level(start, "at the start"),))


def _dots(study: Study, advice: Truth, bottom: float) -> tuple[Dots, ...]:
    """A real run at each suggestion."""
    rows = [row for row in told.rows(study) if np.isfinite(row.eta)]
    if not rows:
        return ()
    losses = np.array([advice.at(row.eta) - bottom for row in rows])
    texts = tuple(f"{row.rule}: {row.ends}" for row in rows)
    return (Dots(np.array([row.eta for row in rows]), losses, "at the suggestions", "run1", "square", texts=texts),)


def _axis(title: str, losses: Array, start: float | None = None) -> Axis:
    """Logarithmic where all is above 0; its foot where nothing is left to see."""
    seen = losses[np.isfinite(losses)]
    if seen.size and seen.min() < 0:
        return Axis(title, "symlog", near=float(np.abs(seen[0])) / 100 or 1.0)
    if start is None or not start > 0:
        return Axis(title, "log")
    positive = seen[seen > 0]
    least = float(positive.min()) if positive.size else start
    return Axis(title, "log", max(least / 3, SHOWN * start), 30 * start)
