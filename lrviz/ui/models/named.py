"""What a page calls its runs: what tells them apart, as short as that can be said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from lrviz.declare import Declared
from lrviz.numerals import rounded
from lrviz.scene import Run
from lrviz.schedules import Constant, Warmup


def names(runs: Sequence[Run], more: Sequence[str] = ()) -> list[str]:
    """By the optimizer, its numbers, the schedule, its numbers, and the rate, each only where it differs; by the rate
    where nothing does. more: what else tells them apart. Those that are alike all the same are numbered."""
    columns = [
        [run.optimizer.short or run.optimizer.title for run in runs],
        _numbers(runs, lambda run: run.optimizer),
        [_schedule(run) for run in runs],
        _numbers(runs, lambda run: run.inner),
        [f"η = {rounded(float(run.schedule.eta))}" for run in runs],
    ]
    telling = [column for column in columns if len(set(column)) > 1] or columns[-1:]
    if more:
        telling.append(list(more))
    told = [", ".join(filter(None, parts)) for parts in zip(*telling, strict=True)]
    return [f"{number}: {name}" if told.count(name) > 1 else name for number, name in enumerate(told, 1)]


def _numbers(runs: Sequence[Run], part: Callable[[Run], Declared]) -> list[str]:
    """The numbers of an optimizer or a schedule, but for η, in which runs with the same one differ."""
    return [_differing(part(run), [part(other) for other in runs]) for run in runs]


def _differing(own: Declared, all_: Collection[Declared]) -> str:
    alike = [other for other in all_ if type(other) is type(own)]
    differ = [
        declared
        for declared in own.hypers()
        if declared.name != "eta" and len({getattr(other, declared.name) for other in alike}) > 1
    ]
    return ", ".join(f"{declared.symbol} = {rounded(float(getattr(own, declared.name)))}" for declared in differ)


def _schedule(run: Run) -> str:
    inner = "" if isinstance(run.inner, Constant) else run.inner.title.lower()
    return " and ".join(filter(None, ["warm-up" if isinstance(run.schedule, Warmup) else "", inner])) or "constant"
