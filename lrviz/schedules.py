"""Schedules: the learning rate as a function of the step, η(t), t = 0, 1, …

All are pure in t and branch-free, so that a whole curve, a batch of curves or a recorded graph comes from one formula.
`Plateau`, which looks at the loss, keeps its memory in a state that the loop carries.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import ClassVar, Self, TypeAlias

import numpy as np

from lrviz.declare import Array, Declared, Number, hyper

Memory: TypeAlias = dict[str, Array]

# Warm restarts with growing periods: after n restarts the period has grown 2ⁿ-fold at least, so 40 cover 10¹² steps.
_MOST_RESTARTS = 40


def _eta(help: str = "the learning rate") -> Number:
    return hyper(0.01, "η", "(0, inf)", soft=(1e-5, 10.0), scale="log", help=help)


def _eta_min() -> Number:
    return hyper(
        0.0, "η_min", "[0, inf)", soft=(1e-6, 1.0), scale="log", help="the rate at the lowest point of the schedule"
    )


def _gamma(default: float, help: str) -> Number:
    return hyper(default, "γ", "(0, 1]", soft=(0.5, 0.9999), scale="complement", help=help)


def _steps(default: int, symbol: str, help: str, least: int = 1) -> Number:
    return hyper(default, symbol, f"[{least}, 1e9]", soft=(max(least, 1), 1000), scale="log", help=help, kind="whole")


class Schedule(Declared):
    """η(t). Every schedule has a field `eta`: the rate it starts from, or its top where it goes up and down."""

    same_as: ClassVar[str]
    """The library call whose values these are."""
    source: ClassVar[str]
    """The citation."""

    eta: Number

    def __call__(self, t: int | Array) -> Number:
        """η at step t (broadcast against hyperparameters of shape (B,)); pure in t."""
        raise NotImplementedError

    def with_eta(self, eta: Number) -> Self:
        """The same schedule at another rate."""
        return self.replace(eta=eta)

    def init(self, like: Array) -> Memory:
        """The memory of a schedule that looks at the loss, for losses of the shape of `like`, (B,)."""
        return {}

    def step(self, t: int | Array, loss: Array, memory: Memory) -> tuple[Number, Memory]:
        """The rate that leads from θ_t to θ_{t+1}, and the memory after having seen the loss at θ_t."""
        return self(t), memory


@dataclass(frozen=True)
class Constant(Schedule):
    r"""One rate from beginning to end. $$\eta_t = \eta$$"""

    slug = "constant"
    title = "Constant"
    same_as = "no scheduler"
    source = "Robbins & Monro (1951), A stochastic approximation method, for why it cannot settle under noise"

    eta: Number = _eta()

    def __call__(self, t: int | Array) -> Number:
        return self.eta + np.zeros_like(t)


@dataclass(frozen=True)
class StepDecay(Schedule):
    r"""Falls by a factor every so many steps. $$\eta_t = \eta \, \gamma^{\lfloor t / k \rfloor}$$"""

    slug = "step"
    title = "Step decay"
    same_as = "torch.optim.lr_scheduler.StepLR(step_size=k, gamma=γ)"
    source = "Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.3"

    eta: Number = _eta("the learning rate at the start")
    drop: Number = hyper(0.1, "γ", "(0, 1]", soft=(0.1, 0.9), help="what each drop leaves of the rate")
    every: Number = _steps(100, "k", "steps from one drop to the next")

    def __call__(self, t: int | Array) -> Number:
        return self.eta * np.power(self.drop, np.floor(t / self.every))


@dataclass(frozen=True)
class Exponential(Schedule):
    r"""Falls by the same factor at each step. $$\eta_t = \eta \, \gamma^t$$"""

    slug = "exponential"
    title = "Exponential decay"
    same_as = "torch.optim.lr_scheduler.ExponentialLR(gamma=γ)"
    source = "Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.3"

    eta: Number = _eta("the learning rate at the start")
    gamma: Number = _gamma(0.99, "what each step leaves of the rate")

    def __call__(self, t: int | Array) -> Number:
        return self.eta * np.power(self.gamma, 1.0 * t)


@dataclass(frozen=True)
class Polynomial(Schedule):
    r"""Falls to its least along a power of the time left, then holds.

    $$\eta_t = \eta_{\min} + (\eta - \eta_{\min}) \left(1 - \frac{\min(t, T)}{T}\right)^p$$
    """

    slug = "polynomial"
    title = "Polynomial decay"
    same_as = "torch.optim.lr_scheduler.PolynomialLR(total_iters=T, power=p), which has η_min = 0"
    source = "Mishra & Sarawadekar (2019), Polynomial learning rate policy with warm restart; p = 1 is linear decay"

    eta: Number = _eta("the learning rate at the start")
    power: Number = hyper(1.0, "p", "(0, 100]", soft=(0.5, 4.0), help="1 is a straight line; more falls sooner")
    period: Number = _steps(300, "T", "steps until the least rate is reached")
    eta_min: Number = _eta_min()

    def __call__(self, t: int | Array) -> Number:
        left = 1 - np.minimum(t, self.period) / self.period
        return self.eta_min + (self.eta - self.eta_min) * np.power(left, self.power)


@dataclass(frozen=True)
class Cosine(Schedule):
    r"""Falls along half a cosine, then holds.

    $$\eta_t = \eta_{\min} + \tfrac12 (\eta - \eta_{\min}) \left(1 + \cos \frac{\pi \min(t, T)}{T}\right)$$

    Equal to PyTorch's up to T; after that PyTorch's rises again.
    """

    slug = "cosine"
    title = "Cosine decay"
    same_as = "torch.optim.lr_scheduler.CosineAnnealingLR(T_max=T, eta_min=η_min), up to T"
    source = "Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts, ICLR"

    eta: Number = _eta("the learning rate at the start")
    period: Number = _steps(300, "T", "steps until the least rate is reached")
    eta_min: Number = _eta_min()

    def __call__(self, t: int | Array) -> Number:
        return _half_cosine(self.eta, self.eta_min, np.minimum(t, self.period) / self.period)


@dataclass(frozen=True)
class WarmRestarts(Schedule):
    r"""Cosine decay that starts again at full rate; each period is $f$ times as long as the one before.

    $$\eta_t = \eta_{\min} + \tfrac12 (\eta - \eta_{\min}) \left(1 + \cos \frac{\pi \, t_{\text{cur}}}{T_i}\right),
      \qquad T_{i+1} = f \, T_i$$
    """

    slug = "warm_restarts"
    title = "Cosine with warm restarts"
    same_as = "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(T_0=T, T_mult=f, eta_min=η_min)"
    source = "Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts, ICLR"

    eta: Number = _eta("the learning rate at the start of each cycle")
    period: Number = _steps(100, "T", "steps in the first cycle")
    period_mult: Number = hyper(
        1,
        "f",
        "[1, 100]",
        soft=(1, 4),
        help="how much longer each cycle is than the one before",
        kind="whole",
        static=True,
    )
    eta_min: Number = _eta_min()

    def __call__(self, t: int | Array) -> Number:
        since, length = self._cycle(t)
        return _half_cosine(self.eta, self.eta_min, since / length)

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
    source = "Smith (2017), Cyclical learning rates for training neural networks, WACV"

    eta: Number = _eta("the learning rate at the top")
    eta_min: Number = _eta_min()
    half_period: Number = _steps(50, "h", "steps from the bottom to the top")

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

    gamma: Number = _gamma(0.995, "what each step leaves of the top")

    def __call__(self, t: int | Array) -> Number:
        return self.eta_min + (self.eta - self.eta_min) * self._height(t) * np.power(self.gamma, 1.0 * t)


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
    source = "Smith & Topin (2019), Super-convergence: very fast training using large learning rates"

    eta: Number = _eta("the learning rate at the top")
    period: Number = _steps(300, "T", "steps in the whole cycle")
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
        return np.where(rising, _half_cosine(first, self.eta, up), _half_cosine(self.eta, first / self.end_div, down))


@dataclass(frozen=True)
class Plateau(Schedule):
    """Falls by a factor each time the loss has not improved for more than `patience` steps.

    An improvement is a loss below (1 − threshold) times the best so far. The loss at θ_t decides η_{t+1}. A drop
    smaller than ε is not made.
    """

    slug = "plateau"
    title = "Reduce on plateau"
    same_as = "torch.optim.lr_scheduler.ReduceLROnPlateau(factor, patience, threshold, eps=ε), relative, no cooldown"
    source = "PyTorch; the practice is older: Krizhevsky, Sutskever & Hinton (2012), section 5"

    eta: Number = _eta("the learning rate at the start")
    factor: Number = hyper(0.1, "γ", "(0, 1)", soft=(0.1, 0.9), help="what each drop leaves of the rate")
    patience: Number = _steps(10, "n", "steps without improvement that are forgiven", least=0)
    threshold: Number = hyper(
        1e-4, "δ", "[0, 1)", soft=(1e-6, 0.1), scale="log", help="the relative improvement that counts as one"
    )
    eps: Number = hyper(1e-8, "ε", "[0, inf)", soft=(1e-12, 1e-2), scale="log", help="the smallest drop worth making")

    def __call__(self, t: int | Array) -> Number:
        """The rate while the loss keeps improving; `step` follows the loss."""
        return self.eta + np.zeros_like(t)

    def init(self, like: Array) -> Memory:
        zero = np.zeros_like(like)
        return {"eta": zero + self.eta, "best": zero + np.inf, "bad": zero}

    def step(self, t: int | Array, loss: Array, memory: Memory) -> tuple[Number, Memory]:
        eta, best = memory["eta"], memory["best"]
        better = np.less(loss, best * (1 - self.threshold))
        bad = np.where(better, 0.0, memory["bad"] + 1)
        tired = np.greater(bad, self.patience)
        lower = eta * self.factor
        drop = np.logical_and(tired, np.greater(eta - lower, self.eps))
        return eta, {
            "eta": np.where(drop, lower, eta),
            "best": np.where(better, loss, best),
            "bad": np.where(tired, 0.0, bad),
        }


@dataclass(frozen=True)
class Warmup(Schedule):
    r"""A straight rise to another schedule's first rate; that schedule starts at its own 0 afterwards.

    $$\eta_t = \eta_0^{\text{inner}} \left(s + (1 - s) \frac{t}{w}\right) \; (t < w), \qquad
      \eta_t = \eta^{\text{inner}}_{t - w} \; (t \ge w)$$
    """

    slug = "warmup"
    title = "Warm-up"
    same_as = (
        "torch.optim.lr_scheduler.SequentialLR([LinearLR(start_factor=s, total_iters=w), inner], milestones=[w]),"
        " inner made first; not for a plateau, nor for a one-cycle without a rise"
    )
    source = "Goyal et al. (2017), Accurate, large minibatch SGD: training ImageNet in 1 hour"

    schedule: Schedule = Constant()
    steps: Number = _steps(20, "w", "steps until the full rate is reached")
    start_factor: Number = hyper(1 / 3, "s", "(0, 1]", soft=(0.01, 1.0), help="the share of the rate at step 0")

    @property
    def eta(self) -> Number:  # type: ignore[override]
        """The inner schedule's rate."""
        return self.schedule.eta

    def __call__(self, t: int | Array) -> Number:
        return np.where(np.less(t, self.steps), self._rise(t), self.schedule(np.maximum(t - self.steps, 0)))

    def with_eta(self, eta: Number) -> Self:
        return self.replace(schedule=self.schedule.with_eta(eta))

    def batch_shapes(self) -> chain[tuple[int, ...]]:
        return chain(super().batch_shapes(), self.schedule.batch_shapes())

    def init(self, like: Array) -> Memory:
        return self.schedule.init(like)

    def step(self, t: int | Array, loss: Array, memory: Memory) -> tuple[Number, Memory]:
        rising = np.less(t, self.steps)
        eta, seen = self.schedule.step(np.maximum(t - self.steps, 0), loss, memory)
        memory = {name: np.where(rising, memory[name], seen[name]) for name in memory}
        return np.where(rising, self._rise(t), eta), memory

    def _rise(self, t: int | Array) -> Number:
        return self.schedule(0) * (self.start_factor + (1 - self.start_factor) * (t / self.steps))


def _half_cosine(start: Number, end: Number, share: Number) -> Number:
    """From `start` (at share 0) to `end` (at 1)."""
    return end + (start - end) * ((1 + np.cos(np.pi * share)) / 2)


SCHEDULES: dict[str, type[Schedule]] = {
    cls.slug: cls
    for cls in (
        Constant,
        StepDecay,
        Exponential,
        Polynomial,
        Cosine,
        WarmRestarts,
        Triangular,
        Triangular2,
        ExpRange,
        OneCycle,
        Plateau,
    )
}
