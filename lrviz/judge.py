"""Judges what becomes of runs: which of eight kinds, and at which step.

`Judge` watches the iterates of a batch in one pass with O(B) memory. It judges the end of a run, not its worst moment:
catapults, warm restarts and heavy-ball transients come back. So most of its statistics are kept in eight windows of
equal length, of which the last two decide. Lengths are relative to the box diagonal D and to d₀, the start's distance
to the nearest minimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.iterate import Iterate, extent
from lrviz.optimizers import Optimizer
from lrviz.surfaces import Surface, curvatures, squared_length
from lrviz.theory import stability_limit

Kind: TypeAlias = Literal[
    "escaped", "diverged", "converged", "saddle", "oscillating", "wandering", "stalled", "descending"
]
KINDS: tuple[Kind, ...] = (
    "escaped",
    "diverged",
    "converged",
    "saddle",
    "oscillating",
    "wandering",
    "stalled",
    "descending",
)
"""In the order in which they are tried: the first that fits is the outcome."""

Bools: TypeAlias = NDArray[np.bool_]

_WINDOWS = 8
_STILL = 1e-3
"""Within this share of D two places are the same place, where no minimum sets a finer tolerance."""


class Window:
    """What is remembered of one eighth of the run. Arrays are (B,), positions (dim, B)."""

    def __init__(self, entry: Array, t: int) -> None:
        none = np.zeros_like(entry[0])
        self.entry, self.began = entry, t  # θ before the window's first step, and how many steps came before
        self.low = self.high = entry  # the corners of the rectangle that holds the window's iterates
        self.peak = none  # the largest ‖g‖, over the largest rate so far: what only follows a rising η does not grow
        self.turns = none  # steps that point against the step before
        self.flips = none  # changes between a rising and a falling loss
        self.rises = self.falls = none  # how far the loss rose and fell, in all
        self.path = self.slope = self.rate = (
            none  # the lengths of the steps and of the gradients, and the rates, in all
        )
        self.distance = self.distance2 = none  # the distances to the nearest minimum in all, and their squares

    @property
    def size(self) -> Array:
        """The diagonal of the rectangle that holds the window's iterates."""
        return _length(self.high - self.low)


class Judge:
    """Watches a batch: `see` each iterate in turn, then ask for the `verdict`."""

    def __init__(self, surface: Surface, optimizer: Optimizer, steps: int, noisy: bool) -> None:
        self.surface, self.optimizer, self.steps, self.noisy = surface, optimizer, steps, noisy
        self.middle, self.diagonal = extent(surface)
        self.corners = np.array(surface.box)
        self.minima_known = bool(surface.minima)
        self.long_enough = min(steps, max(5, 0.02 * steps))  # for a stay at a minimum to count

    def see(self, it: Iterate) -> None:
        """Take in the next iterate."""
        with np.errstate(all="ignore"):
            if it.t == 0:
                self._begin(it)
            else:
                self._follow(it)
        self.at = it

    def _begin(self, it: Iterate) -> None:
        none = np.zeros_like(it.loss)
        self.start = self.at = it
        self.minimum = self._nearest(it)
        self.distance = self.start_distance = _length(it.theta - self.minimum)
        self.tolerance = tolerance(self.diagonal, self.start_distance)
        self.since = np.where(self.distance <= self.tolerance, 0.0, np.inf)  # the step at which the present stay began
        self.longest_stay = self.stays_ended = none  # of the stays at a minimum that ended; how many long ones did
        self.outside = self._is_outside(it.theta)
        self.exit_loss, self.exit_step = np.where(self.outside, np.inf, it.loss), none
        self.lowest, self.lowest_step, self.lowest_theta = it.loss, none, it.theta
        self.rate = self.lowest_rate = none + np.nan  # the last one, and the one that led on from the lowest loss
        self.top_rate = none
        self.blown_step = np.where(it.alive, np.inf, 0.0)
        self.move, self.change = np.zeros_like(it.theta), none
        self.windows = [Window(it.theta, 0)]
        self.growing = none  # for how many windows on end the peak has grown
        self.best_pace = none  # the most that was made of a gradient: step over gradient, first step or window's mean
        self.half_way = it.theta
        self.returns = self.hops = none  # since half-way: how often it was back there, and changed basins

    def _follow(self, it: Iterate) -> None:
        t, theta, slope = it.t, it.theta, _length(self.at.grad)
        if t > 1 and (t - 1) * _WINDOWS // self.steps != (t - 2) * _WINDOWS // self.steps:
            self._close_window()
            self.windows = [*self.windows[1 - _WINDOWS // 2 :], Window(self.at.theta, t - 1)]  # half of the run's
        move, change = theta - self.at.theta, it.loss - self.at.loss
        length = _length(move)
        minimum = self._nearest(it)
        if t > self.steps // 2:
            self.hops = self.hops + (_length(minimum - self.minimum) > 0.02 * self.diagonal)
            self.returns = self.returns + (_length(theta - self.half_way) < _STILL * self.diagonal)
        else:
            self.half_way = theta
        self.minimum, self.distance = minimum, _length(theta - minimum)
        self.rate = np.where(self.at.alive, np.asarray(it.eta), self.rate)
        self.lowest_rate = np.where(self.lowest_step == t - 1, self.rate, self.lowest_rate)
        self._follow_stay(t)
        self._follow_exit(it)
        lower = it.loss < self.lowest
        self.lowest, self.lowest_step = np.where(lower, it.loss, self.lowest), np.where(lower, t, self.lowest_step)
        self.lowest_theta = np.where(lower, theta, self.lowest_theta)
        self.top_rate = np.maximum(self.top_rate, np.asarray(it.eta))
        if t == 1:
            self.best_pace, self.first_move = length / slope, move

        now = self.windows[-1]
        now.low, now.high = np.minimum(now.low, theta), np.maximum(now.high, theta)
        now.peak = np.maximum(now.peak, slope / self.top_rate)
        now.turns = now.turns + (_dot(move, self.move) < 0)
        now.flips = now.flips + (change * self.change < 0)
        now.rises, now.falls = now.rises + np.maximum(change, 0), now.falls + np.maximum(-change, 0)
        now.path, now.slope, now.rate = now.path + length, now.slope + slope, now.rate + self.rate
        now.distance, now.distance2 = now.distance + self.distance, now.distance2 + self.distance * self.distance
        self.move, self.change = move, change

    def _follow_stay(self, t: int) -> None:
        inside, stayed = self.distance <= self.tolerance, np.isfinite(self.since)
        ended = stayed & ~inside
        self.longest_stay = np.where(ended, np.maximum(self.longest_stay, t - self.since), self.longest_stay)
        self.stays_ended = self.stays_ended + (ended & (t - self.since >= self.long_enough))
        self.since = np.where(inside, np.where(stayed, self.since, t), np.inf)

    def _follow_exit(self, it: Iterate) -> None:
        outside = self._is_outside(it.theta)
        crossed = outside & ~self.outside
        self.exit_loss = np.where(crossed, it.loss, self.exit_loss)
        self.exit_step = np.where(crossed, it.t, self.exit_step)
        self.blown_step = np.where(it.alive, np.inf, np.minimum(self.blown_step, it.t))
        self.outside = outside

    def _close_window(self) -> None:
        closed = self.windows[-1]
        before = self.windows[-2] if len(self.windows) > 1 else closed
        self.growing = np.where(closed.peak > before.peak, self.growing + 1, 0)
        self.best_pace = np.fmax(self.best_pace, closed.path / closed.slope)
        if len(self.windows) == 1:
            self.first_window = closed

    def verdict(self) -> Verdict:
        """What became of each particle, after the last iterate."""
        with np.errstate(all="ignore"):
            self._close_window()
            tests: dict[Kind, Bools] = {
                "escaped": self.escaped(),
                "diverged": self.blown() | self.far_and_growing() | self.growing_steadily(),
                "converged": self.converged() | self.at_rest_elsewhere(),
                "saddle": self.at_a_saddle(),
                "oscillating": self.bouncing() | self.waving() | self.thrown_out(),
                "wandering": self.hovering() | self.hopping(),
                "stalled": self.run_out() | self.worn_out() | self.held_back() | self.on_a_plateau(),
            }
            kind = np.select([tests[kind] for kind in KINDS[:-1]], KINDS[:-1], default=KINDS[-1])
            step = np.select(
                [
                    (kind == "converged") & np.isfinite(self.since),
                    kind == "converged",
                    kind == "escaped",
                    (kind == "diverged") & self.blown(),
                ],
                [self.since, self.windows[-1].began, self.exit_step, self.blown_step],
                default=self.at.t,
            )
        return Verdict(kind, step.astype(int))

    # ---- each test answers for all particles; a kind's sentence asks again which of its tests it was

    def escaped(self) -> Bools:
        """Left the box downhill, on a surface without a bottom."""
        lower = np.minimum(self.exit_loss, self.at.loss) < self.start.loss
        begun = _length(self.start.theta - self.middle)
        going = (_length(self.at.theta - self.middle) > begun) & ((self._progress() > 0) | self.blown())
        return self.outside & lower & going & (not self.surface.bounded_below)

    def blown(self) -> Bools:
        """Stopped being finite, or went beyond a million box diagonals."""
        return ~self.at.alive

    def far_and_growing(self) -> Bools:
        """More than ten box diagonals out, and farther than a window ago."""
        out, before = _length(self.at.theta - self.middle), _length(self.windows[-1].entry - self.middle)
        return (out > 10 * self.diagonal) & (out > before)

    def growing_steadily(self) -> Bools:
        """Where the Hessian is constant: the gradient has grown window after window for half of the run.

        Growth that is linear theory's needs no more. What an adaptive method or noise can do by chance must exceed what
        there was at the start, or fourfold growth; where the surface has no bottom, the growth must be uphill.
        """
        growing = self.surface.constant_hessian & (self.growing >= _WINDOWS // 2)
        if np.isnan(stability_limit(self.optimizer, 1.0)).any():
            growing = growing & (self.windows[-1].peak > self.first_window.peak)
        if self.noisy:
            growing = growing & (self.windows[-1].peak > 4 * self.windows[0].peak)
        if not self.surface.bounded_below:
            growing = growing & (self.at.loss > self.start.loss)
        return growing

    def converged(self) -> Bools:
        """At a minimum to the end, for long enough, and at least twice as long as ever before."""
        stay = self.steps - self.since
        return (stay >= self.long_enough) & (stay >= 2 * self.longest_stay)

    def at_rest_elsewhere(self) -> Bools:
        """At rest at a minimum that no list names: a dent of the lattice outside the box."""
        now, still = self.windows[-1], _STILL * self.diagonal
        step, least, most = newton(self.surface, self.at.theta, self.at.grad)
        unlisted = _length(self.at.theta + step - self.minimum) > 10 * still
        rest = (_length(step) < still) & (now.size < 2 * still) & (self.at.t - now.began >= 5)
        return self.minima_known & unlisted & rest & (least > 1e-6 * most)

    def at_a_saddle(self) -> Bools:
        """At rest by a critical point with a direction that leads down."""
        theta, still = self.at.theta, _STILL * self.diagonal
        step, least, most = newton(self.surface, theta, self.at.grad)
        near = np.where(self.at.grad.any(axis=0), _length(step), 0.0) < still
        bent = (least < -1e-6 * np.abs(most)) | ((least == 0) & (most == 0))
        return near & (self.windows[-1].size < still) & bent & (self._lowest_around(theta, still) < self.at.loss)

    def bouncing(self) -> Bools:
        """Nearly every step points against the one before."""
        before, now = self.last_two()
        steps = self.at.t - before.began
        share = 0.9 if self.noisy else 0.8
        return (before.turns + now.turns >= share * steps) & (steps >= 4) & self._sustained()

    def waving(self) -> Bools:
        """The loss rises half as much as it falls, again and again."""
        before, now = self.last_two()
        waves = (before.flips + now.flips >= 3) & (before.rises + now.rises >= 0.5 * (before.falls + now.falls))
        return waves & self._sustained() & (not self.noisy)

    def thrown_out(self) -> Bools:
        """Was at a minimum long enough to have converged, more than once, and did not stay."""
        back = (self.stays_ended >= 1) & np.isfinite(self.since)
        return ((self.stays_ended >= 2) | back) & (not self.noisy)

    def hovering(self) -> Bools:
        """Noise keeps it in a cloud: in the run's second half it has neither shrunk nor come steadily nearer."""
        spans = np.diff([*(window.began for window in self.windows), self.at.t])
        means = np.array([window.distance / span for window, span in zip(self.windows, spans, strict=True)])
        sizes = np.array([window.size for window in self.windows])
        now = self.windows[-1]
        width = np.sqrt(np.maximum(now.distance2 / spans[-1] - means[-1] * means[-1], 0))
        nearer = (np.diff(means, axis=0) < 0).all(axis=0) & (means[0] - means[-1] > width)
        cloud = (means[-1] < 6 * width) & (now.size >= 0.5 * np.median(sizes, axis=0)) & (self.at.t >= 2 * _WINDOWS)
        return self.noisy & cloud & ~nearer

    def hopping(self) -> Bools:
        """Changes basins in the second half of the run, and does not keep coming back to where that half began."""
        return (self.hops >= 3) & (self.returns < 2) & (not self.noisy) & self.surface.isolated_minima

    def run_out(self) -> Bools:
        """The rate is down to a hundredth of its top, and was low for a whole window: no cycle is about to begin."""
        faded = (self._mean_rate() < 0.03 * self.top_rate) & (self.rate < 0.0101 * self.top_rate)
        return faded & (self._falls_short() | self.noisy)

    def worn_out(self) -> Bools:
        """Makes less than a tenth of what it once made of a gradient, by its own doing (AdaGrad) or the schedule's.

        A method without a memory of slopes makes of a gradient what η says; its swings are not mistaken for wear.
        """
        if np.isnan(stability_limit(self.optimizer, 1.0)).any():
            before, now = self.last_two()
            pace = now.path / now.slope
            worn = (pace < 0.1 * self.best_pace) & (pace <= before.path / before.slope)
        else:
            worn = self._mean_rate() < 0.1 * self.top_rate
        return worn & self._falls_short()

    def held_back(self) -> Bools:
        """Weight decay pulls against the slope, and the two have all but come to rest."""
        decay, now = np.asarray(getattr(self.optimizer, "weight_decay", 0.0)), self.windows[-1]
        against = _dot(self.at.grad, self.at.theta) < 0
        at_rest = now.path / now.slope < 0.1 * self.best_pace
        return (decay > 0) & against & at_rest & self._falls_short() & np.isfinite(self.distance)

    def on_a_plateau(self) -> Bools:
        """So flat that the gradient cannot account for the height: a hundred such runs would not arrive."""
        height = self.at.loss - self.surface.loss(self.minimum)
        flat = _length(self.at.grad) * self.distance < 0.01 * height
        return flat & (self.distance > 100 * _WINDOWS * self._progress())

    def to_go(self) -> Array:
        """The distance to the nearest minimum; to the end of the box where there is none."""
        return np.where(np.isnan(self.distance), self.diagonal, self.distance)

    def _falls_short(self) -> Bools:
        """At the pace of the last window, another run as long would not arrive."""
        return self.to_go() > _WINDOWS * self._progress()

    def _mean_rate(self) -> Array:
        return self.windows[-1].rate / (self.at.t - self.windows[-1].began)

    def last_two(self) -> tuple[Window, Window]:
        """The last window and the one before it; the same one twice in a run of a single step."""
        return self.windows[-2] if len(self.windows) > 1 else self.windows[-1], self.windows[-1]

    def _progress(self) -> Array:
        return _length(self.at.theta - self.windows[-1].entry)

    def _sustained(self) -> Bools:
        """The motion has an extent that is not dying out, and is not a hopping without a rhythm."""
        before, now = self.last_two()
        left = now.size / before.size
        lasting = (left >= 0.95) | ((left >= 0.5) & (now.size >= 0.2 * self.first_window.size))
        large = now.size > np.where(np.isnan(self.tolerance), _STILL * self.diagonal, self.tolerance)
        return lasting & large & ~self.hopping()

    def _lowest_around(self, theta: Array, radius: float) -> Array:
        angles = np.arange(16) * (np.pi / 8)
        around = theta[:, None] + radius * np.stack([np.cos(angles), np.sin(angles)])[:, :, None]
        lowest: Array = self.surface.loss(around).min(axis=0)
        return lowest

    def _nearest(self, it: Iterate) -> Array:
        """The nearest minimum: a known one, else where a Newton step lands if the Hessian is positive definite."""
        if self.minima_known:
            return self.surface.nearest_minimum(it.theta)
        step, least, _ = newton(self.surface, it.theta, it.grad)
        return np.where(least > 0, it.theta + step, np.nan)

    def _is_outside(self, theta: Array) -> Bools:
        (left, right), (bottom, top) = self.corners
        x, y = theta
        outside: Bools = (x < left) | (x > right) | (y < bottom) | (y > top)
        return outside


@dataclass(frozen=True)
class Verdict:
    """What became of a batch."""

    kind: NDArray[np.str_]
    """(B,): the names of the kinds."""
    step: NDArray[np.int64]
    """(B,): converged: from which on it stayed; escaped, diverged: at which it left; else the last."""


def tolerance(diagonal: float, start_distance: Array) -> Array:
    """How near to a minimum counts as there: max(10⁻⁹ D, min(10⁻³ D, 0.1 d₀)); NaN where there is no minimum."""
    return np.maximum(1e-9 * diagonal, np.minimum(1e-3 * diagonal, 0.1 * start_distance))


def newton(surface: Surface, theta: Array, grad: Array) -> tuple[Array, Array, Array]:
    """Newton's step −H⁻¹g, (2, B), and the Hessian's smallest and largest eigenvalue, (B,) each."""
    hess = surface.hess(theta)
    (xx, xy), (_, yy) = hess
    x, y = grad
    determinant = xx * yy - xy * xy
    step = np.stack([xy * y - yy * x, xy * x - xx * y]) / determinant
    return step, *curvatures(hess)


def _length(vectors: Array) -> Array:
    return np.sqrt(squared_length(vectors))


def _dot(a: Array, b: Array) -> Array:
    total: Array = a[0] * b[0] + a[1] * b[1]
    return total
