"""What goes round any optimizer: another rate for each coordinate, a shorter gradient, a second, slower θ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

import numpy as np

from lrviz.declare import Array, Hyper, Number, hyper
from lrviz.lengths import length
from lrviz.optimizers.gradient import GD
from lrviz.optimizers.groups import PerCoordinate, with_rates
from lrviz.optimizers.optimizer import Asked, Optimizer, Oracle, State
from lrviz.problem import Problem


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

    @property
    def scales(self) -> bool:  # type: ignore[override]
        return self.optimizer.scales

    def refusal(self, problem: Problem) -> str:
        return self.optimizer.refusal(problem)

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
    elsewhere = {  # noqa: RUF012
        "optax": "optax.partition({'x': optax.…(r_x η), 'y': optax.…(r_y η)}, labels)",
    }
    source = PerCoordinate.source

    x: Number = _multiplier("x")
    y: Number = _multiplier("y")

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        none = np.zeros_like(theta[0])
        return with_rates(self.optimizer, np.stack([none + self.x, none + self.y]), t, eta, theta, oracle, state)


@dataclass(frozen=True)
class Clipped(Wrapper):
    r"""No gradient is longer than a bound: a longer one is shortened to it, and keeps its direction.

    $$g \mapsto \min \left(1, \frac{c}{\|g\| + 10^{-6}}\right) g$$

    Each answer to the optimizer inside is clipped, before it does anything with it (a weight decay of its own is added
    afterwards). PyTorch's form, with 10⁻⁶ in the denominator: a gradient at the bound is shortened by a millionth
    (optax's has none). Losses and Hessians are answered as they are.
    """

    slug = "clip"
    label = "Gradient clipping"
    adds = "clipped"
    no_limit = "shortens long gradients"
    same_as = "torch.nn.utils.clip_grad_norm_(parameters, max_norm=c) before each step"
    elsewhere = {  # noqa: RUF012
        "Keras": "keras.optimizers.…(global_clipnorm=c)",
        "optax": "optax.chain(optax.clip_by_global_norm(c), …), without the 10⁻⁶",
    }
    source = "Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks, ICML"

    in_words = {"size": "the length of the gradient"}  # noqa: RUF012

    norm: Number = hyper(
        1.0, "c", "(0, inf)", soft=(0.01, 100), scale="log", help="how long a gradient may be before it is shortened"
    )

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return self.optimizer.step(t, eta, theta, _Shortening(oracle, self), state)

    def shortened(self, raw: Array) -> Array:
        """Gradients, (dim, B), of which none is longer than c."""
        size = length(raw)
        share = np.minimum(1.0, self.norm / (size + CLIP_EPS))
        clipped: Array = share * raw
        return clipped


CLIP_EPS = 1e-6
"""PyTorch adds so much to a norm before it divides by it."""


@dataclass(frozen=True)
class _Shortening:
    """An oracle whose gradients are clipped."""

    oracle: Oracle
    clip: Clipped

    def loss(self, theta: Array, asked: Asked = True) -> Array:
        return self.oracle.loss(theta, asked)

    def grad(self, theta: Array, asked: Asked = True) -> Array:
        return self.clip.shortened(self.oracle.grad(theta, asked))

    def hess(self, theta: Array) -> Array:
        return self.oracle.hess(theta)

    @property
    def infimum(self) -> Number:
        return self.oracle.infimum


@dataclass(frozen=True)
class Lookahead(Wrapper):
    r"""k steps forward, and part of the way back: a slow θ follows the fast one, which then starts from there again.

    $$\phi_t = \phi_{t-1} + \alpha \, (\theta_t - \phi_{t-1}), \quad \theta_t \leftarrow \phi_t
      \qquad \text{every } k \text{ steps}$$

    The path is that of the fast θ, where gradients are taken. The memory of the optimizer inside goes on as it was (the
    paper also tries to reset it; optax does on request). k = 5 and α = 0.5 are the paper's.
    """

    slug = "lookahead"
    label = "Lookahead"
    adds = "looking ahead"
    no_limit = "goes part of the way back now and then"
    same_as = "optax.lookahead(…, sync_period=k, slow_step_size=α)"
    source = "Zhang et al. (2019), Lookahead optimizer: k steps forward, 1 step back, NeurIPS"

    every: Number = hyper(
        5,
        "k",
        "[1, 1000000]",
        soft=(1, 100),
        scale="log",
        help="how many fast steps there are to a slow one",
        kind="whole",
    )
    share: Number = hyper(0.5, "α", "[0, 1]", soft=(0.0, 1.0), help="the share of the way that the slow θ follows")

    def init(self, theta: Array) -> State:
        return self.optimizer.init(theta) | {"phi": theta}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        fast, memory = self.optimizer.step(t, eta, theta, oracle, state)
        now = np.equal(self.every * np.floor(t / self.every), t)
        phi = np.where(now, state["phi"] + self.share * (fast - state["phi"]), state["phi"])
        return np.where(now, phi, fast), memory | {"phi": phi}


@dataclass(frozen=True)
class Averaged(Wrapper):
    r"""The average of the iterates in place of the last one: noise and oscillation cancel in it.

    $$\theta_1 = w_1, \qquad \theta_t = \beta \, \theta_{t-1} + (1 - \beta) \, w_t$$

    w are the iterates of the optimizer inside, which knows nothing of this and asks for its gradients at w. With
    β = 1, as by default, all count alike, θ_t = ((t − 1) θ_{t−1} + w_t)/t: Polyak's average, in which the start is
    forgotten only as 1/t. With β < 1 it is an exponential one, which remembers about 1/(1 − β) steps. The start itself
    is not counted. PyTorch's form.
    """

    slug = "averaged"
    label = "Averaging"
    adds = "averaged"
    no_limit = "is an average over its iterates"
    same_as = "torch.optim.swa_utils.AveragedModel(model); with β < 1 also avg_fn=get_ema_avg_fn(β)"
    elsewhere = {  # noqa: RUF012
        "Keras": "keras.optimizers.…(use_ema=True, ema_momentum=β), for β < 1",
        "optax": "optax.incremental_update(w, θ, step_size=1 − β), for β < 1",
    }
    source = "Polyak & Juditsky (1992), Acceleration of stochastic approximation by averaging, SIAM J. Control Optim."

    fade: Number = hyper(
        1.0,
        "β",
        "[0, 1]",
        soft=(0.0, 1.0),
        help="the share of the old average that is kept; 1: all iterates count alike",
    )

    def init(self, theta: Array) -> State:
        return self.optimizer.init(theta) | {"w": theta}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        w, memory = self.optimizer.step(t, eta, state["w"], oracle, state)
        share = np.where(np.equal(self.fade, 1), 1 / t, np.where(np.equal(t, 1), 1.0, 1 - self.fade))
        return theta + share * (w - theta), memory | {"w": w}


WRAPPERS: dict[str, type[Wrapper]] = {cls.slug: cls for cls in (PerAxis, Clipped, Lookahead, Averaged)}
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
