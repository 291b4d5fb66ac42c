"""Rates that rise again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.schedules.schedule import Schedule, fade, half_cosine, in_steps, lowest_rate, rate

# Warm restarts with growing periods: after n restarts the period has grown 2ⁿ-fold at least, so 40 cover 10¹² steps.
_MOST_RESTARTS = 40


@dataclass(frozen=True)
class WarmRestarts(Schedule):
    r"""Cosine decay that starts again at full rate; each period is $f$ times as long as the one before.

    $$\eta_t = \eta_{\min} + \tfrac12 (\eta - \eta_{\min}) \left(1 + \cos \frac{\pi \, t_{\text{cur}}}{T_i}\right),
      \qquad T_{i+1} = f \, T_i$$
    """

    slug = "warm_restarts"
    title = "Cosine with warm restarts"
    same_as = "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(T_0=T, T_mult=f, eta_min=η_min)"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.optimizers.schedules.CosineDecayRestarts(η, first_decay_steps=T, t_mul=f, m_mul=1, alpha=η_min/η)"
        ),
        "optax": (
            "optax.join_schedules([optax.cosine_decay_schedule(η, T, η_min/η), …], [T, T + fT, …]), with one cosine "
            "for each cycle"
        ),
    }
    source = "Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts, ICLR"
    use = "Several good models from one run, each restart looking for another basin; or a budget that is not yet fixed."

    eta: Number = rate("the learning rate at the start of each cycle")
    period: Number = in_steps(100, "T", "steps in the first cycle")
    period_mult: Number = hyper(
        1,
        "f",
        "[1, 100]",
        soft=(1, 4),
        help="how much longer each cycle is than the one before",
        kind="whole",
        static=True,
    )
    eta_min: Number = lowest_rate()

    def __call__(self, t: int | Array) -> Number:
        since, length = self._cycle(t)
        return half_cosine(self.eta, self.eta_min, since / length)

    def _cycle(self, t: int | Array) -> tuple[Number, Number]:
        """Steps since the last restart, and the length of the cycle that it began."""
        if np.all(np.equal(self.period_mult, 1)):
            return t - self.period * np.floor(t / self.period), self.period
        growing = np.greater(self.period_mult, 1)
        # Cycles that do not grow are taken off at once; those that do, one at a time.
        since = np.where(growing, t, t - self.period * np.floor(t / self.period))
        length = 1.0 * self.period
        for _ in range(_MOST_RESTARTS):
            over = np.greater_equal(since, length)
            since, length = np.where(over, since - length, since), np.where(over, length * self.period_mult, length)
        return since, length


@dataclass(frozen=True)
class Triangular(Schedule):
    r"""Up and down between two rates, in straight lines.

    $$\eta_t = \eta_{\min} + (\eta - \eta_{\min}) \, \Lambda_t, \qquad
      \Lambda_t = 1 - \left|\frac{t}{h} - 2 c_t - 1\right|, \qquad c_t = \left\lfloor \frac{t}{2h} \right\rfloor$$
    """

    slug = "triangular"
    title = "Cyclical (triangular)"
    same_as = "torch.optim.lr_scheduler.CyclicLR(base_lr=η_min, max_lr=η, step_size_up=h, mode='triangular')"
    elsewhere = {  # noqa: RUF012
        "optax": (
            "optax.join_schedules([optax.linear_schedule(η_min, η, h), optax.linear_schedule(η, η_min, h), …], [h, "
            "2h, …])"
        ),
    }
    source = "Smith (2017), Cyclical learning rates for training neural networks, WACV"
    use = "When the best η is known only as a range: the rate sweeps it again and again."

    eta: Number = rate("the learning rate at the top")
    eta_min: Number = lowest_rate()
    half_period: Number = in_steps(50, "h", "steps from the bottom to the top")

    def __call__(self, t: int | Array) -> Number:
        return self.eta_min + (self.eta - self.eta_min) * self._height(t)

    def _cycle(self, t: int | Array) -> Number:
        return np.floor(t / (2 * self.half_period))

    def _height(self, t: int | Array) -> Number:
        """Λ: 0 at the bottom of each cycle, 1 at its top."""
        return 1 - np.abs(t / self.half_period - 2 * self._cycle(t) - 1)


@dataclass(frozen=True)
class Triangular2(Triangular):
    r"""Up and down, the top halved each cycle.

    $$\eta_t = \eta_{\min} + (\eta - \eta_{\min}) \, \Lambda_t / 2^{c_t}$$
    """

    slug = "triangular2"
    title = "Cyclical, halving (triangular2)"
    same_as = "torch.optim.lr_scheduler.CyclicLR(base_lr=η_min, max_lr=η, step_size_up=h, mode='triangular2')"
    elsewhere = {  # noqa: RUF012
        "optax": (
            "optax.join_schedules([optax.linear_schedule(η_min, η, h), optax.linear_schedule(η, η_min, h), …], [h, "
            "2h, …]), each pair half as high"
        ),
    }
    use = "Cyclical rates that settle in the end: each sweep reaches half as high."

    def __call__(self, t: int | Array) -> Number:
        return self.eta_min + (self.eta - self.eta_min) * self._height(t) * np.power(0.5, self._cycle(t))


@dataclass(frozen=True)
class ExpRange(Triangular):
    r"""Up and down, the top shrinking at each step.

    $$\eta_t = \eta_{\min} + (\eta - \eta_{\min}) \, \Lambda_t \, \gamma^t$$

    PyTorch's default γ = 1 never shrinks; here it is 0.995, so that the shape shows.
    """

    slug = "exp_range"
    title = "Cyclical, shrinking (exp_range)"
    same_as = "torch.optim.lr_scheduler.CyclicLR(base_lr=η_min, max_lr=η, step_size_up=h, mode='exp_range', gamma=γ)"
    elsewhere = {}  # noqa: RUF012
    use = "Cyclical rates that settle in the end, by a fade that is chosen freely."

    gamma: Number = fade(0.995, "what each step leaves of the top")

    def __call__(self, t: int | Array) -> Number:
        return self.eta_min + (self.eta - self.eta_min) * self._height(t) * np.power(self.gamma, 1.0 * t)

    def stretched(self, factor: float) -> Self:
        return super().stretched(factor).replace(gamma=np.power(self.gamma, 1 / factor))


@dataclass(frozen=True)
class OneCycle(Schedule):
    r"""Up once along half a cosine, then down once, far below the start.

    $$\eta_t = \tfrac{\eta}{d} + \left(\eta - \tfrac{\eta}{d}\right)
      \tfrac12 \left(1 - \cos \tfrac{\pi t}{wT - 1}\right) \; (t \le wT - 1), \qquad
      \eta_t = \tfrac{\eta}{de} + \left(\eta - \tfrac{\eta}{de}\right)
      \tfrac12 \left(1 + \cos \tfrac{\pi (t - wT + 1)}{T - wT}\right) \; (t < T)$$

    After step T − 1 it holds (PyTorch's raises an error).
    """

    slug = "one_cycle"
    title = "One cycle"
    same_as = "torch.optim.lr_scheduler.OneCycleLR(η, total_steps=T, pct_start=w, div_factor=d, final_div_factor=e)"
    elsewhere = {  # noqa: RUF012
        "optax": (
            "optax.cosine_onecycle_schedule(T, η, pct_start=w, div_factor=d, final_div_factor=e), whose phases end "
            "one step later, at wT and at T"
        ),
    }
    source = "Smith & Topin (2019), Super-convergence: very fast training using large learning rates"
    use = "Short budgets: a rate far above the usual in the middle of the run, and none of it at the end."

    eta: Number = rate("the learning rate at the top")
    period: Number = in_steps(300, "T", "steps in the whole cycle")
    warmup: Number = hyper(0.3, "w", "[0, 1]", soft=(0.0, 0.9), help="the share of the cycle spent going up")
    start_div: Number = hyper(25.0, "d", "[1, inf)", soft=(1, 1000), scale="log", help="the top over the first rate")
    end_div: Number = hyper(1e4, "e", "[1, inf)", soft=(1, 1e6), scale="log", help="the first rate over the last")

    def __call__(self, t: int | Array) -> Number:
        first = self.eta / self.start_div
        top, end = self.warmup * self.period - 1, self.period - 1
        # A phase of no length is over at once: its share is 1 (t ≥ its end), whatever it is divided by.
        up = np.where(np.greater(top, 0), t / np.where(np.greater(top, 0), top, 1), 1)
        fall = np.where(np.greater(end, top), end - top, 1)
        down = np.where(np.greater(end, top), np.minimum((t - top) / fall, 1), 1)
        rising = np.logical_and(np.less_equal(t, top), np.greater(top, 0))
        return np.where(rising, half_cosine(first, self.eta, up), half_cosine(self.eta, first / self.end_div, down))
