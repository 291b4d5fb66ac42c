"""Who leaves a place first: every method whose η is a rate, at the same one, and the page's schedules of its method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lrviz.escape import TRAPS, Escape, escape
from lrviz.numerals import count, rounded
from lrviz.optimizers import OPTIMIZERS, Optimizer
from lrviz.scene import Scene
from lrviz.schedules import Constant, Schedule
from lrviz.ui.schedules import names
from lrviz.ui.schedules.view import View

STARTS, STEPS = 100, 500
SHARES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Entry:
    """One that takes part."""

    name: str
    run: int | None
    """The number of the page's run whose schedule it has; None for a method at a constant rate."""
    optimizer: Optimizer
    schedule: Schedule
    found: Escape

    @property
    def late(self) -> float:
        """The share of starts that had not left when the steps were over."""
        return float(np.isnan(self.found.steps).mean())


def entries(scene: Scene, view: View) -> tuple[Entry, ...]:
    """The methods, then the schedules that are not constant."""
    return tuple(_entries(scene, view))


def _entries(scene: Scene, view: View) -> Iterator[Entry]:
    for cls in OPTIMIZERS.values():
        if cls.eta_means:  # to compare at one rate says nothing of a method whose η is none
            continue
        optimizer, constant = cls(), Constant(view.eta)
        yield Entry(cls.title, None, optimizer, constant, _time(view.trap, optimizer, constant))
    for number, (title, run) in enumerate(zip(names.titles(scene), scene.runs, strict=True)):
        if not isinstance(run.schedule, Constant):
            schedule = run.schedule.with_eta(view.eta)
            name = f"{run.optimizer.title}, {title.lower()}"
            yield Entry(name, number, run.optimizer, schedule, _time(view.trap, run.optimizer, schedule))


@lru_cache(512)
def _time(trap: str, optimizer: Optimizer, schedule: Schedule) -> Escape:
    return escape(TRAPS[trap], optimizer, schedule, starts=STARTS, steps=STEPS)


def told(found: tuple[Entry, ...], view: View) -> list[str]:
    """What there is to see, in words: who was first, who never left, and what theory says."""
    trap = TRAPS[view.trap]
    methods = sorted((entry for entry in found if entry.run is None), key=_median)
    first, last = methods[0], [entry for entry in methods if entry.late < 0.5][-1:]
    sentences = []
    if _median(first) < np.inf:
        slowest = f"; {last[0].name} takes {_steps(last[0])}" if last and last[0] is not first else ""
        sentences.append(f"{first.name} is first to leave {trap.title}, in {_steps(first)}{slowest}.")
    never = [entry.name for entry in found if entry.late >= 0.5]
    if never:
        sentences.append(f"Not out after {count(STEPS)} steps from most starts: {', '.join(never)}.")
    return [*sentences, *_theory(found, view)]


def _theory(found: tuple[Entry, ...], view: View) -> Iterator[str]:
    trap = TRAPS[view.trap]
    known = [entry for entry in found if not entry.found.because]
    gd = next((entry for entry in known if np.isfinite(entry.found.growth)), None)
    if gd is not None:
        growing = "1 + η|λ|" if gd.name == OPTIMIZERS["gd"].title else "a factor"
        factor = rounded(gd.found.growth, 4)
        times = np.log(trap.out / trap.cloud) / np.log(gd.found.growth)
        yield (
            f"Near it one curvature is {rounded(trap.curvature)}, so {gd.name.lower()} multiplies the distance by"
            f" {growing} = {factor} a step: from {rounded(trap.cloud)} to {rounded(trap.out)} in"
            f" log({rounded(trap.out / trap.cloud)})/log({factor}) = {rounded(float(times))} steps."
        )
    off = [abs(_median(entry) / entry.found.predicted_quantiles(0.5)[0] - 1) for entry in known if entry.late < 0.5]
    off = [share for share in off if np.isfinite(share)]
    if off:
        worst = 100 * max(off)
        how = "exactly" if worst == 0 else f"to within {rounded(worst, 2)} %"
        yield f"Where theory has an answer its median agrees with the measured one {how}."
    reasons = dict.fromkeys(entry.found.because for entry in found if entry.found.because)
    for because in reasons:
        without = [entry for entry in found if entry.found.because == because]
        whom = f" for {', '.join(entry.name for entry in without)}" if len(without) < len(found) else ""
        yield f"Theory has no answer{whom}: {because}."


def _median(entry: Entry) -> float:
    return float(entry.found.quantiles(0.5)[0])


def _steps(entry: Entry) -> str:
    steps = int(_median(entry))
    return f"{count(steps)} step{'' if steps == 1 else 's'}"


def table(found: tuple[Entry, ...]) -> list[tuple[str, ...]]:
    """A row each: name, 5 %, median, 95 %, theory's median, growth a step, and what had not left."""
    rows = []
    for entry in found:
        measured = [_whole(value) for value in entry.found.quantiles(*SHARES)]
        theory = _whole(entry.found.predicted_quantiles(0.5)[0])
        growth = rounded(entry.found.growth, 4) if np.isfinite(entry.found.growth) else "–"
        rows.append((entry.name, *measured, theory, growth, f"{100 * entry.late:.0f} %"))
    return rows


HEADINGS = ("method", "5 % left by", "half", "95 %", "theory: half", "growth a step", "not left")


def _whole(steps: float) -> str:
    return "–" if np.isnan(steps) else f"> {count(STEPS)}" if np.isinf(steps) else count(int(steps))
