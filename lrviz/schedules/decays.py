"""Rates that stay or fall, by the step alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.schedules.schedule import Schedule, fade, half_cosine, in_steps, lowest_rate, rate


@dataclass(frozen=True)
class Constant(Schedule):
    r"""One rate from beginning to end. $$\eta_t = \eta$$"""

    slug = "constant"
    title = "Constant"
    same_as = "no scheduler"
    source = "Robbins & Monro (1951), A stochastic approximation method, for why it cannot settle under noise"
    use = "The one to begin with: find the largest η that is still stable, and compare all others with it."

    eta: Number = rate()

    def __call__(self, t: int | Array) -> Number:
        return self.eta + np.zeros_like(t)


@dataclass(frozen=True)
class StepDecay(Schedule):
    r"""Falls by a factor every so many steps. $$\eta_t = \eta \, \gamma^{\lfloor t / k \rfloor}$$"""

    slug = "step"
    title = "Step decay"
    same_as = "torch.optim.lr_scheduler.StepLR(step_size=k, gamma=γ)"
    source = "Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.3"
    use = "Image classification for decades: a tenth of the rate each time progress slows, at epochs chosen beforehand."

    eta: Number = rate("the learning rate at the start")
    drop: Number = hyper(0.1, "γ", "(0, 1]", soft=(0.1, 0.9), help="what each drop leaves of the rate")
    every: Number = in_steps(100, "k", "steps from one drop to the next")

    def __call__(self, t: int | Array) -> Number:
        return self.eta * np.power(self.drop, np.floor(t / self.every))


@dataclass(frozen=True)
class Exponential(Schedule):
    r"""Falls by the same factor at each step. $$\eta_t = \eta \, \gamma^t$$"""

    slug = "exponential"
    title = "Exponential decay"
    same_as = "torch.optim.lr_scheduler.ExponentialLR(gamma=γ)"
    source = "Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.3"
    use = "A steady cooling when no total of steps is fixed; γ is chosen by how much is to be left at the end."

    eta: Number = rate("the learning rate at the start")
    gamma: Number = fade(0.99, "what each step leaves of the rate")

    def __call__(self, t: int | Array) -> Number:
        return self.eta * np.power(self.gamma, 1.0 * t)

    def stretched(self, factor: float) -> Self:
        return super().stretched(factor).replace(gamma=np.power(self.gamma, 1 / factor))


@dataclass(frozen=True)
class Polynomial(Schedule):
    r"""Falls to its least along a power of the time left, then holds.

    $$\eta_t = \eta_{\min} + (\eta - \eta_{\min}) \left(1 - \frac{\min(t, T)}{T}\right)^p$$
    """

    slug = "polynomial"
    title = "Polynomial decay"
    same_as = "torch.optim.lr_scheduler.PolynomialLR(total_iters=T, power=p), which has η_min = 0"
    source = "Mishra & Sarawadekar (2019), Polynomial learning rate policy with warm restart; p = 1 is linear decay"
    use = "Straight to 0 over a fixed budget: fine-tuning of language models, and segmentation with p = 0.9."

    eta: Number = rate("the learning rate at the start")
    power: Number = hyper(1.0, "p", "(0, 100]", soft=(0.5, 4.0), help="1 is a straight line; more falls sooner")
    period: Number = in_steps(300, "T", "steps until the least rate is reached")
    eta_min: Number = lowest_rate()

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
    use = "The usual choice for a fixed budget: long at a high rate, then a smooth landing. Mostly after a warm-up."

    eta: Number = rate("the learning rate at the start")
    period: Number = in_steps(300, "T", "steps until the least rate is reached")
    eta_min: Number = lowest_rate()

    def __call__(self, t: int | Array) -> Number:
        return half_cosine(self.eta, self.eta_min, np.minimum(t, self.period) / self.period)
