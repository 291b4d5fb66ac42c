"""How long a method takes to leave a place where the slope vanishes: a saddle, or a plateau.

Measured from a cloud of starts. Near a saddle of a method without adaptive rates, theory has its own answer: along the
direction of negative curvature the distance is multiplied by 1 + η|λ| a step (with momentum by more), whatever the rest
of the surface. Source: Lee et al. (2016), Gradient descent only converges to minimizers, COLT.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lrviz.declare import Array
from lrviz.iterate import iterate
from lrviz.lengths import length
from lrviz.optimizers import Optimizer
from lrviz.schedules import Constant, Schedule
from lrviz.surfaces import Beale, MonkeySaddle, PlateauAndCliff, Point, Saddle, Surface, curvatures
from lrviz.theory import added_curvature, growth, has_limit, transition

SEED = 0
"""The cloud is the same for all methods."""


@dataclass(frozen=True)
class Trap:
    """A place to leave."""

    slug: str
    title: str
    surface: Surface
    place: Point
    """The middle of the cloud of starts."""
    cloud: float
    """The standard deviation of the starts, along x and along y."""
    out: float
    """How far from the place a run has left it."""

    @cached_property
    def curvature(self) -> float:
        """The smallest curvature at the place."""
        least, _ = curvatures(self.surface.hess(np.array(self.place)))
        return float(least)

    @cached_property
    def is_saddle(self) -> bool:
        """Whether the slope vanishes here and a curvature is negative, so that distances grow by a factor a step."""
        return self.curvature < 0 and not self.surface.grad(np.array(self.place)).any()

    @cached_property
    def way_out(self) -> Array:
        """The direction of the smallest curvature, (2,)."""
        _, directions = np.linalg.eigh(self.surface.hess(np.array(self.place)))
        return np.asarray(directions[:, 0])

    def starts(self, count: int) -> Array:
        """The cloud, (2, count)."""
        draws = np.random.default_rng(SEED).standard_normal((2, count))
        return np.array(self.place)[:, None] + self.cloud * draws

    def distance(self, theta: Array) -> Array:
        """How far θ is from the place, (2, B) → (B,): along the way out where there is one, else in any direction."""
        away = theta - np.array(self.place)[:, None]
        return np.abs(self.way_out @ away) if self.is_saddle else length(away)


TRAPS = {
    trap.slug: trap
    for trap in (
        Trap("saddle", "the saddle", Saddle(), (0.0, 0.0), 1e-3, 1.0),
        Trap(
            "monkey_saddle",
            "the monkey saddle, where the curvature vanishes too",
            MonkeySaddle(),
            (0.0, 0.0),
            0.05,
            1.0,
        ),
        Trap("beale", "Beale's saddle", Beale(), (0.0, 1.0), 1e-4, 0.1),
        Trap("plateau", "the plateau", PlateauAndCliff(), (-3.0, 1.5), 0.2, 2.0),
    )
}
"""The places, by slug. Each cloud is small beside the way out."""


@dataclass(frozen=True)
class Escape:
    """How long one method took from each start."""

    steps: Array
    """The first step at which each start had left, (B,); NaN where it had not when the steps were over."""
    predicted: Array
    """The same by theory, from the linear part alone; NaN where it does not leave, or where theory has no answer."""
    because: str
    """Why theory has no answer; empty where it has."""
    growth: float
    """What theory says a step multiplies the distance by; NaN where η changes, or where it has no answer."""

    def quantiles(self, *shares: float) -> Array:
        """The steps by which these shares of the starts had left; infinite where fewer had."""
        return _quantiles(self.steps, shares)

    def predicted_quantiles(self, *shares: float) -> Array:
        """The same by theory; NaN where it has no answer."""
        return np.full(len(shares), np.nan) if self.because else _quantiles(self.predicted, shares)


def _quantiles(steps: Array, shares: tuple[float, ...]) -> Array:
    late = np.where(np.isnan(steps), np.inf, steps)
    return np.quantile(late, shares, method="inverted_cdf")


def escape(trap: Trap, optimizer: Optimizer, schedule: Schedule, *, starts: int, steps: int) -> Escape:
    """Run a cloud of starts until all have left, or the steps are over."""
    cloud = trap.starts(starts)
    left = np.full(starts, np.nan)
    for it in iterate(trap.surface, optimizer, schedule, cloud, steps):
        with np.errstate(over="ignore", invalid="ignore"):
            # Blown up is out too, and a particle that is frozen will not come back.
            out = (trap.distance(it.theta) >= trap.out) | ~it.alive
        left = np.where(out & np.isnan(left), it.t, left)
        if not np.isnan(left).any():
            break
    because = _because(trap, optimizer, schedule)
    if because:
        return Escape(left, np.full(starts, np.nan), because, np.nan)
    factor = growth(optimizer, schedule.eta, trap.curvature) if isinstance(schedule, Constant) else np.nan
    return Escape(left, predicted(trap, optimizer, schedule, trap.distance(cloud), steps), "", float(factor))


def predicted(trap: Trap, optimizer: Optimizer, schedule: Schedule, distance: Array, steps: int) -> Array:
    """The first step at which the linear iteration is out, from each distance along the way out, (B,); NaN for never.

    With η and momentum constant it nears log(out/distance)/log(growth): only the fastest multiplier lasts.
    """
    rates = np.array([float(schedule(t)) for t in range(steps)])
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a start on the ridge is infinitely far in
        gains = np.fmax.accumulate(np.abs(_gains(optimizer, rates, trap.curvature)))
        reached = np.searchsorted(gains, trap.out / distance)
    return np.where(reached <= steps, reached, np.nan)


def _gains(optimizer: Optimizer, rates: Array, curvature: float) -> Array:
    """x_t/x_0 of the linear iteration along one direction from rest, (T + 1,): NaN once it overflows."""
    state, gains = np.zeros(0), [1.0]
    for t, eta in enumerate(rates):
        free, push = transition(optimizer, eta, first=t == 0)
        state = np.eye(len(push))[0] if t == 0 else state
        state = free @ state + push * (curvature + added_curvature(optimizer)) * state[0]
        gains.append(float(state[0]))
    return np.array(gains)


def _because(trap: Trap, optimizer: Optimizer, schedule: Schedule) -> str:
    """Why theory has no answer; empty where it has."""
    if trap.curvature == 0:
        return "no curvature here that could make a distance grow by a factor"
    if not trap.is_saddle:
        return "not a saddle: it is pushed out by the slope, however small"
    if not has_limit(optimizer):
        if optimizer.no_limit == Optimizer.no_limit:
            return "each coordinate is rescaled, so that no distance grows by a factor"
        return f"{optimizer.title} {optimizer.no_limit}, so that no distance grows by one factor"
    if schedule.init(np.zeros(1)):
        return "the rate follows the loss"
    return ""
