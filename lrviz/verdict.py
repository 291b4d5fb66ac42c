"""What became of runs: which of eight kinds, and at which step, by what a judge remembers of them."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from lrviz.declare import Array, Number
from lrviz.iterate import Iterate
from lrviz.judge import STILL, WINDOWS, Bools, Judge, Stats, dot, long_enough, newton, norm
from lrviz.theory import has_limit

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


class Verdict:
    """The tests of the kinds: each answers for all particles, (B,).

    A particle that blew up is escaped or diverged by what was frozen then, so a verdict may be asked from that step on.
    """

    def __init__(self, judge: Judge, stats: Stats, steps: Number) -> None:
        self.judge, self.steps = judge, steps
        self.surface, self.noisy, self.diagonal = judge.surface, judge.noisy, judge.diagonal
        self.stats = judge.tally(stats)
        self.before, self.now = stats.windows[-2:]  # the one before is empty in a run of a single step

    @cached_property
    def kind(self) -> Array:
        """The index of the kind in KINDS."""
        tests: dict[Kind, Bools] = {
            "escaped": self.escaped,
            "diverged": self.blown | self.far_and_growing | self.growing_steadily,
            "converged": self.converged | self.at_rest_elsewhere,
            "saddle": self.at_a_saddle,
            "oscillating": (self.bouncing | self.waving | self.thrown_out) & ~self.at_the_wrong_end,
            "wandering": self.hovering | self.hopping,
            "stalled": self.at_the_wrong_end | self.run_out | self.worn_out | self.held_back | self.on_a_plateau,
        }
        kind = float(KINDS.index("descending")) + np.zeros_like(self.stats.loss)
        for name in reversed(KINDS[:-1]):
            kind = np.where(tests[name], float(KINDS.index(name)), kind)
        return kind

    @cached_property
    def step(self) -> Array:
        """converged: from which on it stayed; escaped, diverged: at which it left; else the last."""
        arrived = np.where(self.there, self.arrival, self.now.began)
        left = np.where(self.blown, self.stats.lived, self.steps)
        steps = {"converged": arrived, "escaped": self.stats.exit_step, "diverged": left}
        step = self.steps + np.zeros_like(self.stats.loss)
        for name, of_kind in steps.items():
            step = np.where(np.equal(self.kind, KINDS.index(name)), of_kind, step)
        return step

    # ---- the tests

    @cached_property
    def escaped(self) -> Bools:
        """Left the box downhill, on a surface without a bottom."""
        stats = self.stats
        lower = np.minimum(stats.exit_loss, stats.loss) < stats.start_loss
        begun = norm(stats.start - self.judge.middle)
        going = (norm(stats.theta - self.judge.middle) > begun) & ((self.progress > 0) | self.blown)
        return stats.outside & lower & going & (not self.surface.bounded_below)

    @cached_property
    def blown(self) -> Bools:
        """Stopped being finite, or went beyond a million box diagonals."""
        return ~self.stats.alive

    @cached_property
    def far_and_growing(self) -> Bools:
        """More than ten box diagonals out, and farther than a window ago."""
        out, before = norm(self.stats.theta - self.judge.middle), norm(self.now.entry - self.judge.middle)
        return (out > 10 * self.diagonal) & (out > before)

    @cached_property
    def growing_steadily(self) -> Bools:
        """Where the Hessian is constant: the gradient has grown window after window for half of the run.

        Growth that is linear theory's needs no more. What an adaptive method or noise can do by chance must exceed what
        there was at the start, or fourfold growth; where the surface has no bottom, the growth must be uphill.
        """
        growing = (self.stats.growing >= WINDOWS // 2) & self.surface.constant_hessian
        if not has_limit(self.judge.optimizer):
            growing = growing & (self.now.peak > self.stats.first_peak)
        if self.noisy:
            growing = growing & (self.now.peak > 4 * self.stats.windows[0].peak)
        if not self.surface.bounded_below:
            growing = growing & (self.stats.loss > self.stats.start_loss)
        return growing

    @cached_property
    def converged(self) -> Bools:
        """At a minimum to the end, for long enough, and at least twice as long as ever before."""
        stay = self.steps - self.arrival
        return self.there & (stay >= long_enough(self.steps)) & (stay >= 2 * self.stats.longest_stay)

    @cached_property
    def at_rest_elsewhere(self) -> Bools:
        """At rest at a minimum that no list names: a dent of the lattice outside the box."""
        still = STILL * self.diagonal
        step, least, most = self.newton
        unlisted = norm(self.stats.theta + step - self.stats.minimum) > 10 * still
        rest = (norm(step) < still) & (self.now.size < 2 * still) & (self.steps - self.now.began >= 5)
        return unlisted & rest & (least > 1e-6 * most) & self.judge.minima_known

    @cached_property
    def at_a_saddle(self) -> Bools:
        """At rest by a critical point with a direction that leads down."""
        still = STILL * self.diagonal
        (x, y), (step, least, most) = self.stats.grad, self.newton
        near = np.where(np.not_equal(x, 0) | np.not_equal(y, 0), norm(step), 0.0) < still
        bent = (least < -1e-6 * np.abs(most)) | (np.equal(least, 0) & np.equal(most, 0))
        return near & (self.now.size < still) & bent & (self._lowest_around(still) < self.stats.loss)

    @cached_property
    def bouncing(self) -> Bools:
        """Nearly every step points against the one before."""
        steps = self.steps - self.before.began
        share = 0.9 if self.noisy else 0.8
        return (self.before.turns + self.now.turns >= share * steps) & (steps >= 4) & self._sustained

    @cached_property
    def waving(self) -> Bools:
        """The loss rises half as much as it falls, again and again."""
        before, now = self.before, self.now
        waves = (before.flips + now.flips >= 3) & (before.rises + now.rises >= 0.5 * (before.falls + now.falls))
        return waves & self._sustained & (not self.noisy)

    @cached_property
    def thrown_out(self) -> Bools:
        """Was at a minimum long enough to have converged, more than once, and did not stay."""
        back = (self.stats.stays_ended >= 1) & self.there
        return ((self.stats.stays_ended >= 2) | back) & (not self.noisy)

    @cached_property
    def hovering(self) -> Bools:
        """Noise keeps it in a cloud: in the run's second half it has neither shrunk nor come steadily nearer."""
        windows, now = self.stats.windows, self.now
        ends = (*(window.began for window in windows[1:]), self.steps)
        spans = [end - window.began for window, end in zip(windows, ends, strict=True)]
        first, second, third, last = (window.distance / span for window, span in zip(windows, spans, strict=True))
        width = np.sqrt(np.maximum(now.distance2 / spans[-1] - last * last, 0))
        nearer = (second < first) & (third < second) & (last < third) & (first - last > width)
        a, b, c, d = (window.size for window in windows)
        lower = np.maximum(np.minimum(a, b), np.minimum(c, d))
        upper = np.minimum(np.maximum(a, b), np.maximum(c, d))
        median = (lower + upper) / 2
        cloud = (last < 6 * width) & (now.size >= 0.5 * median) & (self.steps >= 2 * WINDOWS)
        return cloud & ~nearer & self.noisy

    @cached_property
    def hopping(self) -> Bools:
        """Changes basins in the second half of the run, and does not keep coming back to where that half began."""
        hops = (self.stats.hops >= 3) & (self.stats.returns < 2)
        return hops & (not self.noisy) & self.surface.isolated_minima

    @cached_property
    def run_out(self) -> Bools:
        """The rate is down to a hundredth of its top, and was low for a whole window: no cycle is about to begin."""
        top = self.stats.top_rate
        faded = (self._mean_rate < 0.03 * top) & (self.stats.rate < 0.0101 * top)
        return faded & (self._falls_short | self.noisy)

    @cached_property
    def worn_out(self) -> Bools:
        """Makes less than a tenth of what it once made of a gradient, by its own doing (AdaGrad) or the schedule's.

        A method without a memory of slopes makes of a gradient what η says; its swings are not mistaken for wear.
        """
        if has_limit(self.judge.optimizer):
            worn = self._mean_rate < 0.1 * self.stats.top_rate
        else:
            pace = self.now.path / self.now.slope
            worn = (pace < 0.1 * self.stats.best_pace) & (pace <= self.before.path / self.before.slope)
        return worn & self._falls_short

    @cached_property
    def held_back(self) -> Bools:
        """Weight decay pulls against the slope, and the two have all but come to rest."""
        against = dot(self.stats.grad, self.stats.theta) < 0
        at_rest = self.now.path / self.now.slope < 0.1 * self.stats.best_pace
        return (
            np.greater(self.weight_decay, 0) & against & at_rest & self._falls_short & np.isfinite(self.stats.distance)
        )

    @cached_property
    def on_a_plateau(self) -> Bools:
        """So flat that the gradient cannot account for the height: a hundred such runs would not arrive."""
        height = self.stats.loss - self.surface.loss(self.stats.minimum)
        flat = norm(self.stats.grad) * self.stats.distance < 0.01 * height
        return flat & (self.stats.distance > 100 * WINDOWS * self.progress)

    @cached_property
    def at_the_wrong_end(self) -> Bools:
        """Keeps coming back to an end of what is legal, and the minimum is in the other half."""
        if self.surface.bounds is None:
            return np.zeros_like(self.stats.loss) > 0
        low, high = self.surface.bounds
        before, now, middle = self.before, self.now, (low + high) / 2
        left = (before.low[0] <= low) & (now.low[0] <= low) & (now.high[0] < middle)
        right = (before.high[0] >= high) & (now.high[0] >= high) & (now.low[0] > middle)
        best = self.stats.minimum[0]
        wrong: Bools = (left & (best > middle)) | (right & (best < middle))
        return wrong

    # ---- what they share

    @property
    def there(self) -> Bools:
        """At a minimum."""
        return self.stats.stay > 0

    @property
    def arrival(self) -> Array:
        """The step from which on it is there."""
        return self.steps - self.stats.stay + 1

    @property
    def weight_decay(self) -> Number:
        decay: Number = getattr(self.judge.optimizer, "weight_decay", 0.0)
        return decay

    @cached_property
    def newton(self) -> tuple[Array, Array, Array]:
        """Newton's step from the last iterate, and the smallest and the largest curvature there."""
        return newton(self.surface, self.stats.theta, self.stats.grad)

    @cached_property
    def progress(self) -> Array:
        """How far the last window has led."""
        return norm(self.stats.theta - self.now.entry)

    @cached_property
    def _falls_short(self) -> Bools:
        """At the pace of the last window, another run as long would not arrive."""
        to_go = np.where(np.isnan(self.stats.distance), self.diagonal, self.stats.distance)
        return to_go > WINDOWS * self.progress

    @cached_property
    def _mean_rate(self) -> Array:
        return self.now.rate / (self.steps - self.now.began)

    @cached_property
    def _sustained(self) -> Bools:
        """The motion has an extent that is not dying out, and is not a hopping without a rhythm."""
        left = self.now.size / self.before.size
        lasting = (left >= 0.95) | ((left >= 0.5) & (self.now.size >= 0.2 * self.stats.first_size))
        near = self.stats.tolerance
        large = self.now.size > np.where(np.isnan(near), STILL * self.diagonal, near)
        return lasting & large & ~self.hopping

    def _lowest_around(self, radius: float) -> Array:
        angles = np.arange(16) * (np.pi / 8)
        circle = radius * np.stack([np.cos(angles), np.sin(angles)])
        losses = self.surface.loss(self.stats.theta[:, None] + circle[:, :, None])
        lowest: Array = losses[0]
        for loss in losses[1:]:
            lowest = np.minimum(lowest, loss)
        return lowest


class Judging:
    """A batch of so many steps under judgement: `see` its iterates in turn."""

    def __init__(self, judge: Judge, steps: int) -> None:
        self.judge, self.steps = judge, steps
        self.stats: Stats | None = None

    def see(self, it: Iterate) -> None:
        """Take in the next iterate."""
        with np.errstate(all="ignore"):
            if self.stats is None:
                self.stats = self.judge.begin(it)
                return
            if self.judge.closes(it.t, self.steps):
                self.stats = self.judge.close(self.stats, it.t)
            self.stats = self.judge.follow(self.stats, it.t, self.steps, it)

    def verdict(self) -> Verdict:
        """What became of them, after the last."""
        assert self.stats is not None, "no iterate was seen"
        return Verdict(self.judge, self.stats, self.steps)
