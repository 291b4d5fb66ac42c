"""The page's pictures: pure functions of what was learned."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lrviz.declare import Array
from lrviz.models.cartpole import EDGE, LAST, SECONDS, TILT
from lrviz.models.learning import Learned
from lrviz.palette import DASHES
from lrviz.ui.chart import Axis, Band, Chart, Level, Line, Panel, Path, Plane, Points
from lrviz.ui.models import named
from lrviz.ui.policy import told
from lrviz.ui.policy.study import Question, Watched


def learning(asked: Question, found: Sequence[Learned]) -> Chart:
    """The return over the steps taken in the environment; the length of the steps of θ; how undecided they are."""
    called = named.names(asked.runs)
    panels = (_returns(found, called), _moved(found, called), _entropy(found, called))
    return Chart(_across(asked), panels, told.alt(asked, found))


def _across(asked: Question) -> Axis:
    return Axis("steps in the environment, of a seed", "linear", 0.0, float(asked.setting.budget))


def _returns(found: Sequence[Learned], called: Sequence[str]) -> Panel:
    layers: list[Band | Line | Level] = [
        Level(float(LAST), "the most there is"),
        Level(told.WANTED, f"{told.WANTED:g}"),
    ]
    for run, each in enumerate(found):
        low, high = each.mean - each.error, each.mean + each.error
        layers.append(Band(each.steps, low, high, f"{called[run]}, ± 1 standard error", f"run{run}"))
    for run, each in enumerate(found):
        layers.append(Line(each.steps, each.mean, called[run], f"run{run}", dashes(run), width=2.6))
    axis = Axis("wash: ± 1 standard error", "linear", 0.0, ROOM * LAST)
    return Panel("mean return of the seeds", axis, tuple(layers), height=2.2)


ROOM = 1.04
"""So far above the highest return the axis ends."""


def seeds(asked: Question, found: Sequence[Learned]) -> Chart:
    """The return of each seed of each run, a panel a run."""
    panels = []
    for run, (name, each) in enumerate(zip(named.names(asked.runs), found, strict=True)):
        lines = [
            Line(each.steps, seed, f"seed {asked.setting.seed + number}", f"run{run}", width=1.0, label=False)
            for number, seed in enumerate(each.returns.T)
        ]
        axis = Axis("return", "linear", 0.0, ROOM * LAST)
        panels.append(Panel(name, axis, (Level(float(LAST), ""), *lines), height=0.8))
    return Chart(_across(asked), tuple(panels), told.seeds_alt(asked, found))


def _moved(found: Sequence[Learned], called: Sequence[str]) -> Panel:
    lines = tuple(
        Line(each.steps[1:], _mean(each.moved), called[run], f"run{run}", dashes(run), label=False)
        for run, each in enumerate(found)
        if len(each.moved)
    )
    return Panel("length of the steps of θ", Axis("mean of the seeds", "log"), lines, height=0.7)


def _entropy(found: Sequence[Learned], called: Sequence[str]) -> Panel:
    lines = tuple(
        Line(each.steps, each.entropy.mean(axis=1), called[run], f"run{run}", dashes(run), label=False)
        for run, each in enumerate(found)
    )
    coin = Level(math.log(2), "a coin: ln 2")
    axis = Axis("nats, mean of the seeds", "linear", 0.0, 0.75)
    return Panel("entropy of the policy", axis, (coin, *lines), height=0.7)


def _mean(moved: Array) -> Array:
    """The mean over the seeds: (K, S) → (K,); where it is 0 nothing can be drawn on a logarithmic axis."""
    mean = moved.mean(axis=1)
    return np.where(mean > 0, mean, np.nan)


EVERY = 4
"""Of the watched episode one step in so many is a frame."""
POLE = 1.0
"""How long the pole is, in the track's units of length."""
APART = 1.7
"""From one run's track to the next."""


def watching(asked: Question, watched: Sequence[Watched]) -> Chart:
    """The carts on their tracks and the angle of their poles, in frames of one episode; at first, where one falls."""
    called, steps = named.names(asked.runs), np.arange(0, LAST, EVERY)
    layers: list[Path | Points] = []
    lines: list[Line | Level] = [Level(TILT, f"fallen: {TILT:g}°"), Level(-TILT, "")]
    for run, (name, each) in enumerate(zip(called, watched, strict=True)):
        colour, height = f"run{run}", (len(watched) - 1 - run) * APART
        place, angle = each.position[::EVERY], np.radians(each.angle[::EVERY])
        top = (
            np.stack([place, place + POLE * np.sin(angle)], axis=1),
            height + POLE * np.stack([np.zeros_like(angle), np.cos(angle)], axis=1),
        )
        track = Path([-EDGE, EDGE], [height, height], "", "ink2", (2, 3), width=1.0, head=False, label=False)
        pole = Path(*top, name, colour, (), width=4.0, head=False)
        cart = Points(place[:, None], np.full((len(place), 1), height), "", colour, "square", size=8.0)
        layers += [track, pole, cart]
        lines.append(
            Line(steps, np.where(each.stands[::EVERY], each.angle[::EVERY], np.nan), name, colour, dashes(run))
        )
    plane = Plane(
        "carts and poles",
        Axis("place on the track", "linear", -EDGE * ROOM, EDGE * ROOM),
        Axis("one track above another", "linear", -0.3, (len(watched) - 1) * APART + 1.25 * POLE),
        tuple(layers),
        square=True,
    )
    return Chart(
        Axis(f"step of the episode, {1 / SECONDS:.0f} a second", "linear", 0.0, float(LAST)),
        (Panel("angle of the pole", Axis("degrees", "linear", -1.2 * TILT, 1.2 * TILT), tuple(lines)),),
        alt=told.watched(called, watched),
        frames=len(steps),
        frame=min(LAST // 2, *(each.length for each in watched)) // EVERY,
        says=tuple(told.moment(called, watched, step) for step in range(0, LAST, EVERY)),
        frame_name="step",
        planes=(plane,),
        frame_x=steps,
    )


def dashes(run: int) -> tuple[float, ...]:
    """A run's dash."""
    return tuple(float(length) for length in DASHES[run].split())
