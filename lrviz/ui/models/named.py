"""What a page calls its runs: what tells them apart, as short as that can be said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from lrviz.declare import Declared, Hyper
from lrviz.numerals import rounded
from lrviz.optimizers import WRAPPERS
from lrviz.scene import Run
from lrviz.schedules import Constant, Warmup


def names(runs: Sequence[Run], more: Sequence[str] = ()) -> list[str]:
    """By the optimizer, its numbers, the schedule, its numbers, and the rate, each only where it differs; by the rate
    where nothing does. more: what else tells them apart. Those that are alike all the same are numbered."""
    columns = [
        [run.optimizer.short or run.optimizer.title for run in runs],
        *(_numbers([run.parts().get(name) for run in runs]) for name in ("optimizer", *WRAPPERS)),
        [_schedule(run) for run in runs],
        _numbers([run.inner for run in runs]),
        [f"η = {rounded(float(run.schedule.eta))}" for run in runs],
    ]
    telling = [column for column in columns if len(set(column)) > 1] or columns[-1:]
    if more:
        telling.append(list(more))
    told = [", ".join(filter(None, parts)) for parts in zip(*telling, strict=True)]
    return [f"{number}: {name}" if told.count(name) > 1 else name for number, name in enumerate(told, 1)]


def _numbers(parts: Sequence[Declared | None]) -> list[str]:
    """The numbers of a part of each run, but for η, in which runs with the same one differ."""
    return [_differing(part, parts) for part in parts]


def _differing(own: Declared | None, all_: Collection[Declared | None]) -> str:
    if own is None:
        return ""
    alike = [other for other in all_ if type(other) is type(own)]
    differ = [
        declared
        for declared in own.hypers()
        if declared.name != "eta" and len({getattr(other, declared.name) for other in alike}) > 1
    ]
    return ", ".join(f"{declared.symbol} = {_value(declared, getattr(own, declared.name))}" for declared in differ)


def _value(declared: Hyper, value: Any) -> str:
    return str(value) if declared.kind == "text" else rounded(float(value))


def _schedule(run: Run) -> str:
    inner = "" if isinstance(run.inner, Constant) else run.inner.title.lower()
    return " and ".join(filter(None, ["warm-up" if isinstance(run.schedule, Warmup) else "", inner])) or "constant"
