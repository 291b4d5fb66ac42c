"""One run as a value whose numbers have addresses, so that any of them may go over a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lrviz.declare import Array, Declared, Hyper, Interval, Number
from lrviz.noise import Noise, check
from lrviz.numerals import quoted
from lrviz.optimizers import Optimizer, layers, with_layer
from lrviz.schedules import Schedule, Warmup
from lrviz.surfaces import Surface

_SEED = "seed"
_START = {"start.x": 0, "start.y": 1}


@dataclass(frozen=True)
class Setting:
    """All that a run depends on but its length. Numbers may be rows of B, one for each of B runs."""

    surface: Surface
    optimizer: Optimizer
    schedule: Schedule
    noise: Noise | None
    start: tuple[Number, Number]
    seed: int | Array

    def numbers(self) -> dict[str, Hyper]:
        """The declarations of all that may go over a grid, by path, such as "optimizer.beta" or "start.x"."""
        found = {
            f"{name}.{declared.name}": declared
            for name, part in self._parts().items()
            for declared in part.hypers()
            if declared.kind != "text"
        }
        anywhere, whole = Interval.parse("(-inf, inf)"), Interval.parse("[0, 4294967295]")
        for path, axis in _START.items():
            letter = "xy"[axis]
            help = f"where the run starts, along {letter}"
            found[path] = Hyper(letter, letter, 0.0, anywhere, self.surface.box[axis], "linear", help, "real")
        found[_SEED] = Hyper(_SEED, _SEED, 0, whole, (0, 99), "linear", "which draw of the noise", "whole")
        return found

    def path(self, key: str) -> str:
        """The path that a key means: a path, or a number's own name where only one has it. ValueError for another."""
        offered = self.numbers()
        if key in offered:
            return key
        named = [path for path, declared in offered.items() if declared.name == key]
        if len(named) > 1:
            raise ValueError(f"{quoted(key)} may be {' or '.join(named)}; say which")
        if not named:
            raise ValueError(f"this run has no number {quoted(key)}; it has: {', '.join(offered)}")
        return named[0]

    def values(self, path: str, given: Sequence[Any] | Array) -> Array:
        """The values of an axis as a row of numbers. ValueError, with a sentence, where one is not legal."""
        declared = self.numbers()[path]
        part = self._parts().get(path.split(".")[0])
        owner = "sweep" if part is None else type(part).__name__
        row = np.asarray(given)
        if row.ndim != 1 or not len(row):
            raise ValueError(f"the values of {path} have shape {row.shape}; they are a row of at least one")
        if declared.kind == "flag":
            return np.array([declared.check(owner, value in (1, True)) for value in row.tolist()], dtype=np.float64)
        return np.asarray(declared.check(owner, row), dtype=np.float64)

    def with_(self, path: str, value: Number) -> Setting:
        """The same with another number, or a row of them, in a place."""
        if path == _SEED:
            return replace(self, seed=np.asarray(value).astype(np.int64))
        if path in _START:
            x, y = self.start
            return replace(self, start=(x, value) if _START[path] else (value, y))
        name, number = path.split(".")
        flag = self.numbers()[path].kind == "flag"
        part = self._parts()[name].replace(**{number: bool(value) if flag else value})
        if isinstance(part, Optimizer):
            return replace(self, optimizer=with_layer(self.optimizer, part))
        if name == "schedule" and isinstance(self.schedule, Warmup):
            part = self.schedule.replace(schedule=part)
        changes: dict[str, Any] = {"schedule" if name == "warmup" else name: part}
        return replace(self, **changes)

    def check(self) -> None:
        """ValueError, with a sentence, where these do not go together or are rows already."""
        check(self.noise, self.surface)
        if not isinstance(self.seed, int | np.integer) or self.seed < 0:
            raise ValueError(f"seed = {self.seed} is not a whole number of at least 0")
        for name, part in self._parts().items():
            for declared in part.hypers():
                if np.ndim(getattr(part, declared.name)):
                    raise ValueError(f"{name}.{declared.name} is a row of numbers; name it in over instead")

    def _parts(self) -> dict[str, Declared]:
        """All that has declared numbers, by the word that their paths begin with."""
        parts: dict[str, Declared] = {"surface": self.surface, **layers(self.optimizer)}
        inner = self.schedule
        if isinstance(inner, Warmup):
            parts["warmup"], inner = inner, inner.schedule
        parts["schedule"] = inner
        if self.noise is not None:
            parts["noise"] = self.noise
        return parts
