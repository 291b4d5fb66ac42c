"""What goes round any optimizer: another rate for each coordinate, a shorter gradient, a second, slower θ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

import numpy as np

from lrviz.declare import Array, Hyper, Number, hyper
from lrviz.optimizers.gradient import GD
from lrviz.optimizers.groups import PerCoordinate, with_rates
from lrviz.optimizers.optimizer import Optimizer, Oracle, State


@dataclass(frozen=True)
class Wrapper(Optimizer):
    """An optimizer with something round it. What is asked of it and is not its own is the inner one's."""

    label: ClassVar[str]
    """What the wrapper itself is called."""
    adds: ClassVar[str]
    """What a wrapped optimizer's title ends with."""

    optimizer: Optimizer = GD()

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"{self.optimizer.title}, {self.adds}"

    @property
    def short(self) -> str:  # type: ignore[override]
        return f"{self.optimizer.short or self.optimizer.title}, {self.adds}"

    @property
    def typical_eta(self) -> float:  # type: ignore[override]
        return self.optimizer.typical_eta

    @property
    def eta_means(self) -> str:  # type: ignore[override]
        return self.optimizer.eta_means

    @property
    def needs(self) -> frozenset[str]:  # type: ignore[override]
        return self.optimizer.needs

    def batch_shapes(self) -> Iterator[tuple[int, ...]]:
        return chain(super().batch_shapes(), self.optimizer.batch_shapes())

    def init(self, theta: Array) -> State:
        return self.optimizer.init(theta)


def _multiplier(axis: str) -> Number:
    return hyper(
        1.0, f"r_{axis}", "[0, inf)", soft=(0.01, 100), scale="log", help=f"what η is multiplied by along {axis}"
    )


@dataclass(frozen=True)
class PerAxis(Wrapper):
    r"""Another rate along x than along y, as for the layers of a network.

    $$\eta_x = r_x \, \eta, \qquad \eta_y = r_y \, \eta$$

    It is what `PerCoordinate` does, with a declared number for each of the two axes. A multiplier of 0 holds its axis
    still (but for an optimizer that moves without η).
    """

    slug = "rates"
    label = "Rates per axis"
    adds = "rates per axis"
    no_limit = "has another rate along each axis"
    same_as = PerCoordinate.same_as
    source = PerCoordinate.source

    x: Number = _multiplier("x")
    y: Number = _multiplier("y")

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        none = np.zeros_like(theta[0])
        return with_rates(self.optimizer, np.stack([none + self.x, none + self.y]), t, eta, theta, oracle, state)


WRAPPERS: dict[str, type[Wrapper]] = {cls.slug: cls for cls in (PerAxis,)}
"""By slug, from the inside out."""


def unwrapped(optimizer: Optimizer) -> tuple[Optimizer, tuple[Wrapper, ...]]:
    """The optimizer within all wrappers, and the wrappers round it, from the inside out."""
    if not isinstance(optimizer, Wrapper):
        return optimizer, ()
    method, within = unwrapped(optimizer.optimizer)
    return method, (*within, optimizer)


def layers(optimizer: Optimizer) -> dict[str, Optimizer]:
    """The optimizer within all wrappers, as "optimizer", and round it each wrapper by its slug, from the inside out."""
    method, wrappers = unwrapped(optimizer)
    return {"optimizer": method} | {wrapper.slug: wrapper for wrapper in wrappers}


def wrapped(optimizer: Optimizer, wrappers: Iterable[Wrapper]) -> Optimizer:
    """An optimizer with wrappers round it, in the order of WRAPPERS whatever order they are given in."""
    order = list(WRAPPERS)
    for wrapper in sorted(wrappers, key=lambda wrapper: order.index(wrapper.slug)):
        optimizer = wrapper.replace(optimizer=optimizer)
    return optimizer


def with_layer(optimizer: Optimizer, layer: Optimizer) -> Optimizer:
    """The same with another innermost optimizer, or with this wrapper, in place of its kind's where there is one."""
    method, wrappers = unwrapped(optimizer)
    if not isinstance(layer, Wrapper):
        return wrapped(layer, wrappers)
    return wrapped(method, [one for one in wrappers if one.slug != layer.slug] + [layer])


def numbers(optimizer: Optimizer) -> dict[str, Hyper]:
    """The numbers that may vary while a formula stays, by name: the optimizer's own and those of what is round it."""
    return {
        declared.name: declared
        for layer in layers(optimizer).values()
        for declared in layer.hypers()
        if not declared.static
    }


def with_number(optimizer: Optimizer, name: str, value: Number) -> Optimizer:
    """The same with another value for one of its `numbers`."""
    (layer,) = (one for one in layers(optimizer).values() if name in {declared.name for declared in one.hypers()})
    return with_layer(optimizer, layer.replace(**{name: value}))
