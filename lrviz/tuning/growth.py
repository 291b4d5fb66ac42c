"""Why a range test sees the edge of stability late: beyond the limit a run grows by steps, and it has far to grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lrviz.declare import Array
from lrviz.theory import added_curvature, spectral_radius

if TYPE_CHECKING:
    from lrviz.tuning.range_test import RangeTest


@dataclass(frozen=True)
class Growth:
    """From the step at which η passed theory's limit to the one at which the loss tells it."""

    limit: float
    step: int
    """The first step with a rate beyond the limit."""
    log_loss: float
    """ln of the part of the loss there that is along the steepest direction, ½λx²: only that grows. −inf where it is 0.
    A logarithm, because without noise a test may leave 10⁻⁴⁰⁰ of it."""
    target: float
    """The loss that counts as the edge."""
    rates: Array
    """(k,): the rates of the ramp from that step on."""
    exponents: Array
    """(k,): ln of the factor by which theory lets the loss grow at each, 2 ln|z| with the leading multiplier z."""
    edge: float
    """The measured edge; NaN where the test saw none."""
    late_steps: int | None
    """After how many more steps it came: fewer than none where noise threw the run out before the limit."""

    @property
    def log_needed(self) -> float:
        """ln of the factor by which the loss has to grow; infinite where nothing is left that could."""
        return float(np.log(self.target)) - self.log_loss

    @property
    def expected_steps(self) -> int | None:
        """After how many steps theory expects the edge, the rate rising all the while; None where the ramp ends before.

        The first k at which Σ 2 ln|z(η)| over the k rates comes to ln of what is needed: without noise.
        """
        enough = np.flatnonzero(np.cumsum(self.exponents) >= self.log_needed)
        return int(enough[0]) + 1 if enough.size else None

    @property
    def late(self) -> float:
        """How far beyond the limit the measured edge is, as a share of the limit; NaN where there is none."""
        return self.edge / self.limit - 1

    @property
    def expected_late(self) -> float:
        """The same of the edge that theory expects."""
        if self.expected_steps is None:
            return np.nan
        # The ramp may end just as the growth is complete: there is no rate after its last.
        return float(self.rates[min(self.expected_steps, len(self.rates) - 1)]) / self.limit - 1


def growth(test: RangeTest) -> Growth:
    """What theory says of the way from its limit to the edge of a test. The test must know its limit, and reach it."""
    surface, optimizer, limit = test.problem, test.optimizer, test.limit.eta
    values, vectors = np.linalg.eigh(surface.hess(test.rest))
    # With weight decay the minimum itself moves; what grows is along the same direction.
    steepest, along = float(values[-1] + added_curvature(optimizer)), vectors[:, -1]
    step = int(np.argmax(test.eta > limit))
    away = float(np.abs(along @ (test.theta[:, step] - test.rest)))
    with np.errstate(divide="ignore"):
        log_loss = float(np.log(steepest / 2) + 2 * np.log(away))
    rates = np.asarray(test.ramp(np.arange(step, float(test.ramp.steps))), dtype=np.float64)
    exponents = 2 * np.log(spectral_radius(optimizer, rates, values[-1]))
    late = None if test.edge_step is None else test.edge_step - step
    return Growth(limit, step, log_loss, test.stop * float(test.true[0]), rates, exponents, test.edge, late)
