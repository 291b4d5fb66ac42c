"""The page's charts: pure functions of the attempts and of what they are compared with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.scene import Scene
from lrviz.tuning.by_hand import Entry
from lrviz.tuning.measure import FLOOR, Measure
from lrviz.tuning.repeat import Repeated
from lrviz.ui.by_hand import told
from lrviz.ui.by_hand.study import DIGITS as RATE_DIGITS
from lrviz.ui.by_hand.study import RANGE
from lrviz.ui.chart import Axis, Band, Chart, Dots, Level, Line, Mark, Panel
from lrviz.ui.stage.board import Board

OFFERED, DIGITS = 121, 2
"""So many rates can be pointed at, each of so many digits; any other can be typed."""
POINTS = 500
"""So many moments of a run's loss are drawn."""
DASHES: dict[str, tuple[float, ...]] = {"grid": (2, 3.2), "random": (9, 3.5), "bayesian": (11, 3, 2, 3)}
COLOURS = {"grid": "run2", "random": "run1", "bayesian": "run3"}


class Height:
    """How high a loss is drawn: above the minimum on a logarithmic axis; as it is where there is no minimum."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self.has_minimum = not np.isnan(measure.lowest)
        self._floor = FLOOR * (measure.start - measure.lowest)

    def __call__(self, loss: Array) -> Array:
        """(...) → (...)"""
        if not self.has_minimum:
            return loss
        with np.errstate(invalid="ignore"):
            return np.maximum(loss - self._measure.lowest, self._floor)

    def axis(self, name: str, *heights: Array) -> Axis:
        """The axis, with its name. heights: all of these are seen, but what is far above the start; and so is that."""
        if not self.has_minimum:
            return Axis(name, "symlog", near=abs(self._measure.start) or 1.0)
        ends: tuple[float, float] | tuple[None, None] = (None, None)
        if heights:
            start = float(self(np.array(self._measure.start)))
            lowest = min(start, *(float(each.min()) for each in heights))  # +inf is what blew up
            ends = lowest / 3, 10 * start
        return Axis(name if self._measure.lowest == 0 else f"{name}, above the minimum", "log", *ends)

    def start(self) -> tuple[Level, ...]:
        """What marks the height of the start: what ends above it were better left alone."""
        return (Level(float(self(np.array(self._measure.start))), "at the start"),)

    def floor(self, *heights: Array) -> tuple[Level, ...]:
        """What marks the height below which losses cannot be told apart, where some are so low."""
        reached = self.has_minimum and any(np.any(each <= self._floor) for each in heights)
        return (Level(self._floor, "below, rounding decides"),) if reached else ()


def rates(entries: Sequence[Entry], height: Height, scene: Scene, truth: tuple[Array, Array] | None) -> Chart:
    """What came of each rate; with the truth, once it is out, what would come of every other."""
    etas = np.array([entry.attempt.eta for entry in entries])
    ends = height(np.array([entry.attempt.end for entry in entries]))
    # A line that is not drawn, so that a pointer and the arrow keys meet rates that a person would say.
    offered = readable(np.geomspace(*ends_of(etas.tolist()), OFFERED))
    layers: list[Line | Mark | Dots | Level] = [Line(offered, np.full(len(offered), np.nan), "", label=False)]
    if truth is not None:
        every, losses = truth
        layers.append(Line(every, height(losses), "every η", "ink2", width=1.8))
        best = int(np.argmin(losses))
        layers.append(
            Mark(every[best], f"best {rounded(every[best], RATE_DIGITS)}", dash=(4, 3), text=told.best(truth))
        )
    texts = tuple(told.attempt(number, entry) for number, entry in enumerate(entries, 1))
    layers.append(Dots(etas, ends, "attempts", since=np.arange(len(entries)), texts=texts))
    shown = [ends, height(truth[1])] if truth else [ends]
    layers += height.start()
    layers += height.floor(*shown)
    low, high = ends_of(etas.tolist())
    return Chart(
        Axis("η", "log", low, high),
        (Panel("loss at the end", height.axis("loss at the end", *shown), tuple(layers)),),
        alt=f"The loss at the end of each of {told.attempts(len(entries))}, over η.",
        frames=len(entries),
        frame=len(entries) - 1,
        says=texts,
        frame_name="attempt",
        pick="try this η",
        run=Board(scene, (1,)),
        rates=tuple(etas.tolist()),
        peeks=truth is not None,
    )


def readable(etas: Array) -> Array:
    """Rates as a person would say them, rising: (n,) or fewer where some are alike."""
    return np.unique([float(f"{eta:.{DIGITS - 1}e}") for eta in etas.tolist()])


def ends_of(etas: Sequence[float]) -> tuple[float, float]:
    """From where to where rates are shown: the slider's range, and whatever was tried beyond."""
    return min(RANGE[0], *etas), max(RANGE[1], *etas)


def curves(entries: Sequence[Entry], height: Height) -> Chart:
    """The loss of each attempt, step by step: the last one and the best in colour."""
    last = len(entries) - 1
    best = max(i for i, entry in enumerate(entries) if entry.leads or i == 0)
    order = sorted(range(len(entries)), key=lambda i: (i == last, i == best))  # what counts lies on top
    lines, heights = [], []
    for i in order:
        loss = entries[i].attempt.loss
        steps = np.unique(np.linspace(0, len(loss) - 1, POINTS).round())
        up = height(loss[steps.astype(int)])
        heights.append(up)
        colour, width = ("run0", 2.4) if i == last else ("run1", 2.0) if i == best else ("ink2", 1.2)
        dash = (9, 3.5) if i == best and i != last else ()
        lines.append(Line(steps, up, rounded(entries[i].attempt.eta), colour, dash, width))
    said = f"The last attempt, {rounded(entries[last].attempt.eta)}, is drawn solid"
    said += "." if best == last else f", the best so far, {rounded(entries[best].attempt.eta)}, dashed."
    title = "loss"
    return Chart(
        Axis("step"),
        (Panel(title, height.axis(title), (*lines, *height.floor(*heights))),),
        alt=f"The loss of {told.attempts(len(entries))}, step by step, each with its η. {said}",
        says=(said,),
    )


def race(entries: Sequence[Entry], searches: Repeated, height: Height) -> Chart:
    """The best so far against what was spent: by hand, and for each search the median and the quartiles."""
    layers: list[Band | Line | Dots] = []
    heights = []
    for method in searches.best:
        low, middle, high = (height(each) for each in searches.quartiles(method))
        colour, dash, name = COLOURS[method], DASHES[method], told.METHODS[method]
        if method != "grid":
            spent, low = _stairs(searches.spent, low)
            layers.append(Band(spent, low, _stairs(searches.spent, high)[1], f"half of {name}", colour))
        layers.append(Line(*_stairs(searches.spent, middle), name, colour, dash, 2.0))
        heights.append(middle)
    spent = np.array([float(entry.spent) for entry in entries])
    best = height(np.array([entry.best for entry in entries]))
    layers.append(Line(*_stairs(spent, best), "by hand", "run0", width=2.6))
    layers.append(Dots(spent, best, "", texts=tuple(f"{count(entry.spent)} spent" for entry in entries)))
    return Chart(
        Axis("evaluations spent"),
        (Panel("best so far", height.axis("best so far"), (*layers, *height.floor(best, *heights))),),
        alt=f"The best loss so far against the evaluations spent. {told.verdict(entries, searches)}",
    )


def _stairs(spent: Array, best: Array) -> tuple[Array, Array]:
    """A best stands until the next is found: (n,) → (2n − 1,)."""
    return np.repeat(spent, 2)[1:], np.repeat(best, 2)[:-1]
