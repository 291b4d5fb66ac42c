"""What became of a run, in words: the sentence carries the numbers, and all of them are computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.judge import KINDS, Judge, Kind
from lrviz.numerals import count, point, rounded
from lrviz.surfaces import curvatures
from lrviz.theory import stability_limit

__all__ = ["KINDS", "Kind", "Outcome", "outcomes"]


@dataclass(frozen=True)
class Outcome:
    """What became of one run."""

    kind: Kind
    step: int
    """converged: the step from which on it stayed; escaped, diverged: the step at which it left; else the last step."""
    sentence: str


def outcomes(judge: Judge) -> NDArray[np.object_]:
    """The outcomes of a batch that has been judged to its end, (B,)."""
    verdict = judge.verdict()
    told = np.empty(len(verdict.kind), dtype=object)
    with np.errstate(all="ignore"):
        for particle, (kind, step) in enumerate(zip(verdict.kind.tolist(), verdict.step.tolist(), strict=True)):
            told[particle] = Outcome(kind, step, getattr(_Teller(judge, particle), kind)())
    return told


class _Teller:
    """Puts one particle's facts into words; one method a kind."""

    def __init__(self, judge: Judge, particle: int) -> None:
        self.judge, self.surface, self.i = judge, judge.surface, particle
        self.theta = judge.at.theta[:, [particle]]
        self.grad = float(np.hypot(*judge.at.grad[:, particle]))
        self.loss = self.of(judge.at.loss)
        self.eta = self.of(judge.rate)
        to_minimum = float(np.hypot(*(self.theta - judge.minimum[:, [particle]]))[0])  # no square that might overflow
        self.to_go = judge.diagonal if np.isnan(to_minimum) else to_minimum

    def of(self, values: Array | float) -> float:
        """This particle's share of an array over the batch."""
        values = np.asarray(values)
        return float(values[self.i] if values.ndim and len(values) > 1 else values.ravel()[0])

    def is_(self, test: str) -> bool:
        return bool(getattr(self.judge, test)()[self.i])

    # ---- the kinds

    def escaped(self) -> str:
        began_outside = np.isinf(self.of(self.judge.exit_loss))
        step = count(int(self.of(self.judge.exit_step)))
        left = "It started outside the box." if began_outside else f"It left the box at step {step}."
        return f"Ran downhill without end: this surface has no minimum. {left}"

    def diverged(self) -> str:
        start, lowest = int(self.of(self.judge.lowest_step)), self.of(self.judge.lowest)
        if not self.is_("blown"):
            return self._still_growing()
        step = int(self.of(self.judge.blown_step))
        if step == 0:
            return "Diverged: at the very start the loss is already beyond all numbers."
        if self.judge.at.theta[:, self.i].tolist() == self.judge.start.theta[:, self.i].tolist():
            return f"Diverged: the very first step, with η = {rounded(self.eta)}, goes beyond all numbers."
        if step == start or self.loss < 2 * lowest:  # thrown far out, but not uphill
            return f"Diverged: {self._diagonals()} at step {count(step)}."
        if self.surface.constant_hessian and lowest > 0 and not np.isnan(self._limit(self._here(self.theta))):
            growth = (self.loss / lowest) ** (1 / (step - start))
            text = f"Diverged: the loss grew {rounded(growth)}× a step from step {count(start + 1)}"
        else:
            rise = f"from {rounded(lowest)} to {rounded(self.loss)} in {_steps(step - start)}"
            text = f"Diverged: the loss rose {rise}"
        excess = self._excess(self._here(self.judge.lowest_theta[:, [self.i]]), self.of(self.judge.lowest_rate))
        where = "" if self.surface.constant_hessian else f" at step {count(start)}"
        return f"{text}{f'; {excess}{where}' if excess else ''}."

    def _still_growing(self) -> str:
        away = np.abs(self.theta - self.judge.middle)[:, 0]
        if self.is_("far_and_growing"):
            return f"Diverged: {self._diagonals()} after {self._steps()}, and still going."
        before, now = self.judge.windows[-2:]  # their peaks stand at their ends
        growth = (self.of(now.peak) / self.of(before.peak)) ** (1 / (self.judge.at.t - now.began))
        half_width = np.abs(self.judge.corners[:, [1]] - self.judge.middle)[:, 0]
        left = float(np.min(half_width / away))
        slowly = " slowly" if growth < 1.01 else ""
        text = f"Diverging{slowly}: the amplitude grows {rounded(100 * (growth - 1), 2)} % a step"
        if left > 1:
            out = self.judge.at.t + np.log(left) / np.log(growth)
            text += f"; out of view near step {rounded(out, 2)}"
        excess = self._excess(self._here(self.theta), self.eta)
        return f"{text}{f'; {excess}' if excess else ''}."

    def converged(self) -> str:
        minimum = self.judge.minimum[:, [self.i]]
        if np.isinf(self.of(self.judge.since)):
            return f"Converged: at rest at {point(self.theta[:, 0])}, loss {rounded(self.loss)}: a local minimum."
        step, near = int(self.of(self.judge.since)), rounded(self.of(self.judge.tolerance), 1)
        text = f"Converged at step {count(step)}: within {near} of {point(minimum[:, 0])} from there on."
        if step == 0:
            text = f"Converged at step 0: it started at the minimum {point(minimum[:, 0])} and stayed."
            excess = self._excess(self._here(minimum), self.eta)
            there = "" if self.surface.constant_hessian else " there"
            text += f" But any nudge would grow: {excess}{there}." if excess else ""
        height, least = float(self.surface.loss(minimum)[0]), self._least_loss()
        if height > least + 1e-9 * (1 + abs(least)):
            text += f" A local minimum, loss {rounded(height)}; the best has {rounded(least)}."
        return text

    def saddle(self) -> str:
        least, most = (float(value[0]) for value in curvatures(self.surface.hess(self.theta)))
        slope = f"the gradient is {rounded(self.grad, 1)}"
        if least == most == 0:
            return f"Stuck at a saddle: {slope} and the curvature vanishes too, but lower points are near."
        if most < 0:
            return (
                f"Stuck on a hilltop: {slope}, but both curvatures are negative, {rounded(least)} and {rounded(most)}."
            )
        return f"Stuck at a saddle: {slope}, but one curvature is {rounded(least)}."

    def oscillating(self) -> str:
        if not self.is_("bouncing") and not self.is_("waving"):
            times = int(self.of(self.judge.stays_ended))
            place = ""
            if np.isfinite(self.of(self.judge.since)):
                minimum = self.judge.minimum[:, self.i]
                height = float(self.surface.loss(minimum))
                local = f", where the loss is {rounded(height)}" if height > self._least_loss() + 1e-9 else ""
                place = f" It is now within {rounded(self.of(self.judge.tolerance), 1)} of {point(minimum)}{local}."
            often = "once" if times == 1 else f"{count(times)} times"
            return f"Oscillating: came to a minimum and was thrown out again {often}.{place}"
        parts = ["bounces between two sides" if self.is_("bouncing") else "the loss keeps rising and falling"]
        constant = self.surface.constant_hessian
        at = self._here(self.theta if constant else self.judge.minimum[:, [self.i]])
        if at > 0 and np.isfinite(self._limit(at)) and not self.judge.noisy:
            parts.append(self._against_limit(at, self.eta) + ("" if constant else " at the nearest minimum"))
            left = self._amplitude_left() if constant and self.is_("bouncing") else np.nan
        else:
            left = np.nan
        if left < 0.995:
            parts.append(f"{rounded(100 * left, 2)} % of the amplitude is left")
        else:
            before, now = (self.of(window.size) for window in self.judge.windows[-2:])
            shrinks = "that does not shrink" if now >= 0.95 * before else "that shrinks slowly"
            parts.append(f"over a length of {rounded(now, 2)} {shrinks}")
        return f"Oscillating: {'; '.join(parts)}."

    def wandering(self) -> str:
        if self.is_("hovering"):
            now = self.judge.windows[-1]
            distance = self.of(now.distance) / (self.judge.at.t - now.began)
            centre = point(self.judge.minimum[:, self.i])
            return (
                f"Wandering: the noise keeps it about {rounded(distance, 2)} from {centre}, and that no longer shrinks."
            )
        times = count(int(self.of(self.judge.hops)))
        return f"Wandering: changed basins {times} times in the second half of the run, without a rhythm."

    def stalled(self) -> str:
        known = not np.isnan(self.judge.minimum[0, self.i])
        left = f"{rounded(self.to_go, 2)} still to go" if known else f"the loss is {rounded(self.loss)}"
        if self.is_("on_a_plateau"):
            return f"Stopped short: on a plateau, where the gradient is {rounded(self.grad, 1)}; {left}."
        share = self.eta / self.of(self.judge.top_rate)
        if self.is_("run_out"):
            eta = f"is {rounded(share, 1)} of its top" if self.eta else "has reached 0"
            return f"Stopped short: the schedule has run out, η {eta}; {left}."
        if self.is_("held_back"):
            decay = self.of(getattr(self.judge.optimizer, "weight_decay", 0.0))
            return f"Stopped short: weight decay {rounded(decay)} holds it back from the minimum; {left}."
        if share < 0.5:
            return f"Stopped short: the schedule has slowed it down, η is {rounded(share, 1)} of its top; {left}."
        now = self.judge.windows[-1]
        worn = self.of(now.path) / self.of(now.slope) / self.of(self.judge.best_pace)
        return f"Stopped short: the same slope now moves it {rounded(worn, 1)} times as far as at first; {left}."

    def descending(self) -> str:
        known, after = not np.isnan(self.judge.minimum[0, self.i]), f"after {self._steps()}"
        nearest = "the nearest minimum" if len(self.surface.minima) > 1 else "the minimum"
        place = f"{rounded(self.to_go, 2)} from {nearest} {after}" if known else after
        if self.to_go == 0:
            return f"At {nearest} {after}, too few to tell whether it stays."
        before, now = self.judge.last_two()
        if self.judge.noisy:
            were = self.of(before.distance) / max(now.began - before.began, 1)
            if known and self.of(now.distance) / (self.judge.at.t - now.began) >= were:
                return f"Not there: {place}, and of late no nearer."
        elif self.of(now.rises) > self.of(now.falls):
            best = f"{rounded(self.of(self.judge.lowest))} at step {count(int(self.of(self.judge.lowest_step)))}"
            return f"Not there: {place}; the loss is rising, from {best} to {rounded(self.loss)}."
        if not known:
            return f"Still on its way {after}: the loss is {rounded(self.loss)}."
        return f"Still descending: {place}."

    # ---- what they share

    def _steps(self) -> str:
        return _steps(self.judge.at.t)

    def _diagonals(self) -> str:
        away = float(np.hypot(*(self.theta - self.judge.middle)[:, 0])) / self.judge.diagonal
        return f"{rounded(away)} box diagonals away"

    def _here(self, theta: Array) -> float:
        """The largest curvature at θ, (2, 1)."""
        return float(curvatures(self.surface.hess(theta))[1][0])

    def _limit(self, curvature: float) -> float:
        return self.of(stability_limit(self.judge.optimizer, curvature))

    def _against_limit(self, curvature: float, eta: float) -> str:
        """η·λmax beside its limit, with as many digits as it takes to tell them apart."""
        product, limit = eta * curvature, self._limit(curvature) * curvature
        if not np.isfinite(product):
            return ""
        if np.isclose(product, limit, rtol=1e-12, atol=0):
            return f"η·λmax = {rounded(product)} is the limit itself"
        digits = next((d for d in range(3, 13) if rounded(product, d) != rounded(limit, d)), 13)
        relation = f" exceeds {rounded(limit)}" if product > limit else f", the limit is {rounded(limit)}"
        return f"η·λmax = {rounded(product, digits)}{relation}"

    def _excess(self, curvature: float, eta: float) -> str:
        """That η is beyond the limit, or nothing where it is not, or where theory has no limit."""
        beyond = curvature > 0 and eta > self._limit(curvature) and not self.judge.noisy
        text = self._against_limit(curvature, eta) if beyond else ""
        return text if "exceeds" in text else ""

    def _amplitude_left(self) -> float:
        """The last step over what the first one had in its direction."""
        first, last = self.judge.first_move[:, self.i], self.judge.move[:, self.i]
        return float((last @ last) / abs(last @ first))

    def _least_loss(self) -> float:
        minima = np.array(self.surface.minima, dtype=float).T
        return float(self.surface.loss(minima).min()) if minima.size else -np.inf


def _steps(number: int) -> str:
    return f"{count(number)} step{'' if number == 1 else 's'}"
