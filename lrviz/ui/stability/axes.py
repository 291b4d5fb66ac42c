"""The numbers that the map's axes may have, and from where to where they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from lrviz.declare import Array, Declared, Hyper, Scale
from lrviz.numerals import exact
from lrviz.optimizers import WRAPPERS
from lrviz.scene import Scene
from lrviz.surfaces import curvatures
from lrviz.theory import has_limit

SCALES: tuple[Scale, ...] = get_args(Scale)
ETA, START = "schedule.eta", "start"
_BELOW_LIMIT, _ABOVE_LIMIT = 50, 5
"""How far an axis of η reaches below and above 2/L where that means something."""
_DECADES_OF_ADAPTIVE = (1e-4, 10.0)


@dataclass(frozen=True)
class Choice:
    """A number that an axis may have."""

    declared: Hyper
    whose: str
    """What it is a number of, to be read after its symbol."""


@dataclass(frozen=True)
class Axis:
    """One axis of the map: a number of the run, and its range."""

    key: str
    """The number's path, such as "optimizer.beta" or "start.x"."""
    low: float
    high: float
    scale: Scale

    def values(self, cells: int, whole: bool = False) -> Array:
        """The values of so many cells: the middles of equal pieces of the axis, or nearly: each as short a number as
        that allows, since it will stand in an address. Of whole numbers, those that differ."""
        low, high = (_bent(self.scale, end) for end in (self.low, self.high))
        with np.errstate(all="ignore"):  # ends too far apart for a number make values that `check` refuses
            ends = _straight(self.scale, low + (high - low) * np.arange(cells + 1) / cells)
            values = _straight(self.scale, low + (high - low) * (np.arange(cells) + 0.5) / cells)
            return np.unique(np.rint(values)) if whole else _shortened(values, np.diff(ends))

    def check(self, declared: Hyper, owner: str) -> None:
        """ValueError with a sentence where the range is not one of this number's."""
        name = f"The axis of {declared.symbol}"
        if not np.isfinite([self.low, self.high]).all() or not self.low < self.high:
            raise ValueError(f"{name} goes from {exact(self.low)} to {exact(self.high)}; it must rise")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{name} begins at {exact(self.low)}; on a logarithmic scale it must be above 0")
        if self.scale == "complement" and self.high >= 1:
            raise ValueError(f"{name} ends at {exact(self.high)}; on a scale that crowds at 1 it must be below 1")
        for value in self.values(64, declared.kind == "whole")[[0, -1]]:
            declared.check(owner, float(value))


def choices(scene: Scene, run: int) -> dict[str, Choice]:
    """All numbers that an axis may have, by path: those of the run and of what it runs on, but for static ones."""
    chosen = scene.runs[run]
    whose = {slug: wrapper.label.lower() for slug, wrapper in WRAPPERS.items()}
    whose |= {"optimizer": chosen.method.title, "schedule": "the schedule", "warmup": "the warm-up"}
    whose |= {"surface": "the surface", "noise": "the noise"}
    found = {ETA: Choice(_declared(chosen.inner, "eta"), "learning rate")}
    for name, part in (chosen.parts() | scene.parts()).items():
        for declared in part.hypers():
            if not declared.static:
                found.setdefault(f"{name}.{declared.name}", Choice(declared, f"of {whose[name]}"))
    for axis, name in enumerate("xy"):
        declared = replace(Scene.coordinate(name), soft=scene.surface.box[axis])
        found[f"{START}.{name}"] = Choice(declared, "of the start")
    return found


def _declared(part: Declared, name: str) -> Hyper:
    return next(declared for declared in part.hypers() if declared.name == name)


def short(key: str, offered: Mapping[str, Choice]) -> str:
    """The number's own name where no other has it, else its path."""
    name = key.split(".")[1]
    return name if sum(other.split(".")[1] == name for other in offered) == 1 else key


def find(name: str, offered: Mapping[str, Choice]) -> str | None:
    """The path of a number by its path or its short name; None where there is no such number."""
    return next((key for key in offered if name in (key, short(key, offered))), None)


def usual(key: str, choice: Choice, scene: Scene, run: int) -> Axis:
    """The axis that a number has by itself: its slider's range; for η, around what theory knows."""
    declared = choice.declared
    if key == ETA:
        return _usual_eta(scene, run)
    low, high = map(float, declared.soft)
    scale = declared.scale
    if scale == "complement":
        return Axis(key, low, 1.0 if low < 1 else high, "linear")  # as the textbooks draw β
    return Axis(key, low, high, scale)


def _usual_eta(scene: Scene, run: int) -> Axis:
    surface = scene.surface
    theta = surface.nearest_minimum(np.array(scene.start)[:, None])
    _, (sharpness,) = curvatures(surface.hess(theta))
    if has_limit(scene.runs[run].optimizer) and sharpness > 0 and np.isfinite(sharpness):
        low, high = (2 / sharpness / _BELOW_LIMIT, 2 / sharpness * _ABOVE_LIMIT)
    else:
        low, high = _DECADES_OF_ADAPTIVE
    return Axis(ETA, _one_digit(low), _one_digit(high), "log")


def _one_digit(value: float) -> float:
    return float(f"{value:.0e}")


def usual_pair(scene: Scene, run: int) -> tuple[Axis, Axis]:
    """The two axes of a scene about which nothing was chosen: η, and what matters most beside it."""
    offered = choices(scene, run)
    memory = [key for key, choice in offered.items() if choice.declared.scale == "complement" and "optimizer" in key]
    bends = [key for key in offered if key.startswith("surface.")]
    second = next(iter([*memory[:1], *bends, f"{START}.x"]))
    return usual(ETA, offered[ETA], scene, run), usual(second, offered[second], scene, run)


# ---- the measure of a scale, in which equal distances look equal; the same as the browser's


def _bent(scale: Scale, value: float) -> float:
    if scale == "log":
        return float(np.log10(value))
    return float(-np.log10(1 - value)) if scale == "complement" else value


def _shortened(values: Array, room: Array) -> Array:
    """Values rounded to so many decimals that each moves by less than a tenth of its room."""
    places = 1 - np.floor(np.log10(room))
    above, below = np.power(10.0, np.maximum(places, 0)), np.power(10.0, np.maximum(-places, 0))
    rounded: Array = np.rint(values * above / below) / above * below
    return np.where(np.isfinite(rounded), rounded, values)


def _straight(scale: Scale, measure: Array) -> Array:
    if scale == "log":
        return np.power(10.0, measure)
    return 1 - np.power(10.0, -measure) if scale == "complement" else measure
