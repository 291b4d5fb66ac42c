"""What a schedule is: the learning rate as a function of the step, η(t), t = 0, 1, …

All are pure in t and branch-free, so that a whole curve, a batch of curves or a recorded graph comes from one formula.
One that looks at the loss keeps its memory in a state that the loop carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self, TypeAlias

import numpy as np

from lrviz.declare import Array, Declared, Hyper, Number, hyper

Memory: TypeAlias = dict[str, Array]

STEPS = 300
"""The budget that the defaults of all schedules are made for."""
LAST_STEP = 10**9
"""As far as anything that is counted in steps may lie."""


class Schedule(Declared):
    """η(t). Every schedule has a field `eta`: the rate it starts from, or its top where it goes up and down."""

    same_as: ClassVar[str]
    """The library call whose values these are."""
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """{another library: its call for the same, and where it differs}."""
    source: ClassVar[str]
    """The citation."""
    use: ClassVar[str]
    """What it is typically used for."""

    eta: Number

    def __call__(self, t: int | Array) -> Number:
        """η at step t (broadcast against hyperparameters of shape (B,)); pure in t."""
        raise NotImplementedError

    def with_eta(self, eta: Number) -> Self:
        """The same schedule at another rate."""
        return self.replace(eta=eta)

    def stretched(self, factor: float) -> Self:
        """The same curve over `factor` times as many steps: what is counted in steps grows, by whole steps.

        The defaults of all schedules make a curve for `STEPS` steps.
        """
        # A whole number that a formula branches on counts cycles, not steps.
        lengths = [declared for declared in self.hypers() if declared.kind == "whole" and not declared.static]
        return self.replace(
            **{length.name: _stretched(length, getattr(self, length.name), factor) for length in lengths}
        )

    def init(self, like: Array) -> Memory:
        """The memory of a schedule that looks at the loss, for losses of the shape of `like`, (B,)."""
        return {}

    def step(self, t: int | Array, loss: Array, memory: Memory) -> tuple[Number, Memory]:
        """The rate that leads from θ_t to θ_{t+1}, and the memory after having seen the loss at θ_t."""
        return self(t), memory


def _stretched(length: Hyper, value: Number, factor: float) -> Number:
    """A number of steps, times a factor, as near as a whole and legal one comes."""
    return np.minimum(np.maximum(np.rint(value * factor), length.hard.low), length.hard.high)


def half_cosine(start: Number, end: Number, share: Number) -> Number:
    """From `start` (at share 0) to `end` (at 1)."""
    return end + (start - end) * ((1 + np.cos(np.pi * share)) / 2)


# ---- declarations that several share


def rate(help: str = "the learning rate") -> Number:
    return hyper(0.01, "η", "(0, inf)", soft=(1e-5, 10.0), scale="log", help=help)


def lowest_rate() -> Number:
    return hyper(
        0.0, "η_min", "[0, inf)", soft=(1e-6, 1.0), scale="log", help="the rate at the lowest point of the schedule"
    )


def fade(default: float, help: str) -> Number:
    return hyper(default, "γ", "(0, 1]", soft=(0.5, 0.9999), scale="complement", help=help)


def in_steps(default: int, symbol: str, help: str, least: int = 1) -> Number:
    return hyper(default, symbol, f"[{least}, 1e9]", soft=(max(least, 1), 1000), scale="log", help=help, kind="whole")
