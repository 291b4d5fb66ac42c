"""The page's charts: pure functions of what was found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.numerals import rounded
from lrviz.palette import DASHES, MARKERS
from lrviz.tuning.measure import FLOOR, Measure
from lrviz.tuning.repeat import Repeated
from lrviz.tuning.search import Search
from lrviz.tuning.trials import Belief
from lrviz.ui.chart import Axis, Band, Chart, Dots, Level, Line, Mark, Panel, Zone
from lrviz.ui.search import told
from lrviz.ui.search.study import DRAWS, Question, Truth
from lrviz.ui.search.view import METHODS, number
from lrviz.ui.stage.board import Board

COLOURS = {method: f"run{number}" for number, method in enumerate(METHODS)}
_MARKERS = dict(zip(METHODS, MARKERS, strict=False))
_DASHES = {
    method: tuple(float(length) for length in dash.split()) for method, dash in zip(METHODS, DASHES, strict=False)
}
MATTERS = 0.1
"""The best second number is drawn where that number changes the loss by more than so much of the search's measure."""
GOOD = 4
"""Of the pairs that were tried the best one in so many is filled."""

Bools: TypeAlias = NDArray[np.bool_]
Layer: TypeAlias = Line | Band | Dots | Level | Mark | Zone


def lowest(asked: Question) -> float:
    """What is taken from a loss before it is drawn or compared: the minimum, where there is one."""
    surface = asked.scene.surface
    return float(surface.loss(np.array(surface.minima[0]))) if surface.minima else 0.0


def _axis(asked: Question, measure: Measure, losses: Iterable[Array]) -> tuple[Axis, list[Layer]]:
    """The axis of the losses that are to be drawn, from the lowest up to somewhat above the start: what ends higher is
    bad enough. And how low it reaches, where some are too low to be told apart."""
    bottom, reached = lowest(asked), np.concatenate([np.ravel(each) for each in losses])
    least, start = float(reached.min(initial=measure.start)), measure.start
    if not asked.scene.surface.minima:
        room = ROOM * abs(least) or ROOM
        return Axis("loss at the end", "symlog", least - room, max(start, least) + room), []
    title = "loss at the end, above the minimum" if bottom else "loss at the end"
    height = start - bottom if start > bottom else 1.0
    floor = FLOOR * height
    if least - bottom >= floor:
        return Axis(title, "log", (least - bottom) / 3, height * 10), []
    return Axis(title, "log", floor / 30, height * 10), [Level(floor, "below, rounding decides")]


ROOM = 0.5
"""Beyond the lowest and the highest on a symmetric logarithmic axis, as a share of the lowest."""


# ---- the samples, one by one


def samples(asked: Question, found: Search, truth: Truth | None, board: Board, sample: int) -> Chart:
    """The samples over η in the order in which they were taken, and all that they are compared with.

    board: a scene with the one run, which is shown beside them at the η that is pointed at. sample: from 1 on; the last
    where there are fewer.
    """
    frames, alone = len(found.trials), asked.also is None
    also = "" if asked.also is None else f" and {number(asked.scene.runs[0], asked.also.name).symbol}"
    panels = [_losses(asked, found, truth)]
    if found.beliefs:
        panels.append(_improvement(found))
    if not alone:
        panels.append(_plane(asked, found, truth))
    return Chart(
        x=Axis("η", "log", *asked.eta),
        panels=tuple(panels),
        alt=told.samples_alt(asked, found),
        frames=frames,
        frame=min(sample, frames) - 1,
        says=tuple(told.sample(asked, found, index) for index in range(frames)),
        pick=f"take this η{also} to the scene",
        run=board,
        rates=tuple(trial.values["eta"] for trial in found.trials),
        second="" if asked.also is None else f"optimizer.{asked.also.name}",
        seconds=() if asked.also is None else tuple(trial.values[asked.also.name] for trial in found.trials),
    )


def _losses(asked: Question, found: Search, truth: Truth | None) -> Panel:
    """The loss of each sample over η."""
    bottom = lowest(asked)
    losses = np.array([trial.loss for trial in found.trials])
    axis, layers = _axis(asked, found.measure, [losses, *([] if truth is None else [truth.loss])])
    layers.append(Level(found.measure.start - bottom, "at the start"))
    if found.beliefs:
        layers += _expected(asked, found, bottom)
    if truth is not None:
        layers += _response(truth, bottom)
    whole = np.array([trial.steps == found.steps for trial in found.trials])
    layers += _dots(asked, found, losses - bottom, {"left before the end": ~whole, METHODS[found.method]: whole})
    return Panel(axis.title, axis, tuple(layers), height=1.6)


def _dots(asked: Question, found: Search, up: Array, groups: Mapping[str, Bools]) -> list[Layer]:
    """The samples in groups, of which the last is filled; each is there from its own frame on."""
    eta = np.array([trial.values["eta"] for trial in found.trials])
    texts, since = np.array(told.readouts(asked, found)), np.arange(eta.size)
    return [
        Dots(
            eta[these],
            up[these],
            name,
            COLOURS[found.method],
            _MARKERS[found.method],
            hollow=name != list(groups)[-1],
            since=since[these],
            texts=tuple(texts[these].tolist()),
        )
        for name, these in groups.items()
        if these.any()
    ]


def _response(truth: Truth, bottom: float) -> list[Layer]:
    """What every η comes to, at the best value of a second number; and beyond which all blow up."""
    curve = truth.loss.min(axis=0)
    alone = "the truth" if truth.draws is None else "the truth, with this draw of the noise"
    name = alone if truth.also.size == 1 else f"the best of {truth.also.size} at each η"
    layers: list[Layer] = [Line(truth.eta, curve - bottom, name, "ink", width=1.8)]
    if truth.draws is not None:
        low, high = (truth.quantile(share) - bottom for share in (0.25, 0.75))
        layers.append(Band(truth.eta, low, high, f"quartiles of {DRAWS} draws of the noise", "ink"))
    held = np.flatnonzero(np.isfinite(curve))
    if held.size:
        eta, _, loss = truth.best
        text = f"The best η is {rounded(eta)}: it comes to {rounded(loss)}."
        layers.append(Mark(eta, "best", "ink", dash=(2, 3), text=text))
    last = held[-1] if held.size else -1
    if last < curve.size - 1:
        layers.append(Zone(float(truth.eta[last + 1]), np.inf, "all blow up"))
    return layers


def _expected(asked: Question, found: Search, bottom: float) -> list[Layer]:
    """What the model expects at each η, before each sample that it proposed; at that sample's second number."""

    def at(deviations: float) -> Array:
        return _by_frame(found, lambda belief: found.measure.loss(belief.mean + deviations * belief.deviation)) - bottom

    eta, colour = found.beliefs[0].eta, COLOURS[found.method]
    here = "" if asked.also is None else f" at the next {number(asked.scene.runs[0], asked.also.name).symbol}"
    return [
        Band(eta, at(-1), at(1), "± 1 deviation", colour),
        Line(eta, at(0), f"what the model expects{here}", colour, _DASHES[found.method], width=1.8),
    ]


def _improvement(found: Search) -> Panel:
    """Where most is to be gained. Each sample has a unit of its own: what can be gained shrinks as they go on."""
    share = _by_frame(found, lambda belief: belief.acquisition / (belief.acquisition.max() or 1.0))
    line = Line(found.beliefs[0].eta, share, "expected improvement", COLOURS[found.method], label=False)
    axis = Axis("share of its peak", "linear", 0.0, 1.1)
    return Panel("expected improvement", axis, (line,), height=0.5)


def _by_frame(found: Search, of: Callable[[Belief], Array]) -> Array:
    """A curve for each sample, (samples, m); NaN for those that no model proposed."""
    curves = np.full((len(found.trials), found.beliefs[0].eta.size), np.nan)
    for belief in found.beliefs:
        if belief.known < len(curves):
            curves[belief.known] = of(belief)
    return curves


def _plane(asked: Question, found: Search, truth: Truth | None) -> Panel:
    """The pairs that were tried, evenly spread as they are drawn; those that came near the best are filled."""
    assert asked.also is not None
    declared = number(asked.scene.runs[0], asked.also.name)
    axis = Axis(declared.symbol, declared.scale, *asked.also.range)
    loss = np.array([trial.loss if trial.steps == found.steps else np.inf for trial in found.trials])
    good = np.isfinite(loss) & (loss <= np.sort(loss)[math.ceil(loss.size / GOOD) - 1])
    up = np.array([trial.values[declared.name] for trial in found.trials])
    layers = _dots(asked, found, up, {"others": ~good, "the best quarter": good})
    if truth is not None:
        matters = np.ptp(found.measure(truth.loss), axis=0) > MATTERS
        best = np.where(matters, truth.also[np.argmin(truth.loss, axis=0)], np.nan)
        if matters.any():
            layers.insert(0, Line(truth.eta, best, f"best {axis.title} at each η", "ink", width=1.8))
    return Panel(axis.title, axis, tuple(layers))


# ---- what all searches have found by when


def race(asked: Question, searches: Mapping[str, Search], truth: Truth | None, at: tuple[str, int] | None) -> Chart:
    """The best so far of each search over what it had spent. at: a search's sample, from 0 on, to be marked."""
    bottom, measure = lowest(asked), next(iter(searches.values())).measure
    there_is = [] if truth is None or not np.isfinite(truth.best[2]) else [truth.best[2]]
    reached = [found.best_so_far for found in searches.values()]
    axis, layers = _axis(asked, measure, [*reached, np.array(there_is)])
    layers += [Level(best - bottom, "the best there is") for best in there_is]
    for method, found in searches.items():
        x = np.repeat(np.append(found.spent, asked.budget), 2)[1:-1]  # each holds until the next is paid for
        best = np.repeat(found.best_so_far, 2) - bottom
        layers.append(Line(x, best, METHODS[method], COLOURS[method], _DASHES[method]))
    if at is not None and at[0] in searches:
        layers.append(Mark(float(searches[at[0]].spent[at[1]]), f"sample {at[1] + 1}", "ink2", dash=(2, 3)))
    panel = Panel("best so far", axis, tuple(layers))
    return Chart(_spent(asked), (panel,), told.race_alt(searches))


def spread(asked: Question, found: Repeated) -> Chart:
    """The best so far of many repetitions: quartiles and median."""
    bottom, quartiles = lowest(asked), {method: found.quartiles(method) for method in found.best}
    axis, layers = _axis(asked, found.measure, quartiles.values())
    for method, (low, middle, high) in quartiles.items():
        layers.append(Band(found.spent, low - bottom, high - bottom, METHODS[method], COLOURS[method]))
        layers.append(Line(found.spent, middle - bottom, METHODS[method], COLOURS[method], _DASHES[method]))
    panel = Panel("best so far: median and quartiles", axis, tuple(layers))
    return Chart(_spent(asked), (panel,), told.many_alt(found))


def _spent(asked: Question) -> Axis:
    return Axis("gradient evaluations spent", "linear", 0.0, float(asked.budget))
