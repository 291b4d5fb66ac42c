"""Rates that stay or fall, by the step alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from lrviz.declare import Array, Number, hyper, text
from lrviz.numerals import quoted
from lrviz.schedules.schedule import LAST_STEP, Schedule, fade, half_cosine, in_steps, lowest_rate, rate

MOST_MILESTONES = 16


@dataclass(frozen=True)
class Constant(Schedule):
    r"""One rate from beginning to end. $$\eta_t = \eta$$"""

    slug = "constant"
    title = "Constant"
    same_as = "no scheduler"
    elsewhere: ClassVar[Mapping[str, str]] = {
        "Keras": "keras.optimizers.SGD(learning_rate=η)",
        "optax": "optax.constant_schedule(η)",
    }
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
    elsewhere: ClassVar[Mapping[str, str]] = {
        "Keras": "keras.optimizers.schedules.ExponentialDecay(η, decay_steps=k, decay_rate=γ, staircase=True)",
        "optax": "optax.exponential_decay(η, transition_steps=k, decay_rate=γ, staircase=True)",
    }
    source = "Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.3"
    use = "Image classification for decades: a tenth of the rate each time progress slows, at epochs chosen beforehand."

    eta: Number = rate("the learning rate at the start")
    drop: Number = hyper(0.1, "γ", "(0, 1]", soft=(0.1, 0.9), help="what each drop leaves of the rate")
    every: Number = in_steps(100, "k", "steps from one drop to the next")

    def __call__(self, t: int | Array) -> Number:
        return self.eta * np.power(self.drop, np.floor(t / self.every))


def _milestones(text: str) -> str:
    """Steps such as "100, 200" in their canonical spelling: in order, without spaces. ValueError for anything else."""
    words = [word.strip() for word in text.split(",")]
    who = "MultiStep.milestones (m)"
    wrong = next((word for word in words if not re.fullmatch("[0-9]{1,10}", word)), None)
    if wrong is not None:
        raise ValueError(f"{who} are whole numbers with commas between them, such as 100,200; {quoted(wrong)} is none")
    if len(words) > MOST_MILESTONES:
        raise ValueError(f"{who} are {len(words)}; at most {MOST_MILESTONES} are taken")
    steps = sorted(map(int, words))
    for step in steps:
        if not 1 <= step <= LAST_STEP:
            raise ValueError(f"{who}: {step} is outside [1, 1e9]")
    return ",".join(map(str, steps))


@dataclass(frozen=True)
class MultiStep(Schedule):
    r"""Falls by a factor at each of some chosen steps.

    $$\eta_t = \eta \, \gamma^{\#\{i \,:\, m_i \le t\}}$$

    A milestone that is named twice counts twice, as in PyTorch.
    """

    slug = "multi_step"
    title = "Multi-step decay"
    same_as = "torch.optim.lr_scheduler.MultiStepLR(milestones=m, gamma=γ)"
    elsewhere: ClassVar[Mapping[str, str]] = {
        "Keras": "keras.optimizers.schedules.PiecewiseConstantDecay(boundaries, values), which names each rate, and in"
        " which a milestone's own step still has the rate before it",
        "optax": "optax.piecewise_constant_schedule(η, {m: γ})",
    }
    source = "He, Zhang, Ren & Sun (2016), Deep residual learning for image recognition, CVPR, section 3.4"
    use = "A recipe that is known: residual networks drop to a tenth at half and at three quarters of the training."

    eta: Number = rate("the learning rate at the start")
    milestones: str = text("150,225", "m", _milestones, help="the steps at which the rate drops, such as 100,200")
    drop: Number = hyper(0.1, "γ", "(0, 1]", soft=(0.1, 0.9), help="what each drop leaves of the rate")

    @property
    def steps(self) -> tuple[int, ...]:
        """The milestones, in order."""
        return tuple(map(int, self.milestones.split(",")))

    def __call__(self, t: int | Array) -> Number:
        eta = self.eta + np.zeros_like(t)
        for milestone in self.steps:
            eta = np.where(np.greater_equal(t, milestone), eta * self.drop, eta)
        return eta

    def stretched(self, factor: float) -> Self:
        steps = (min(max(round(step * factor), 1), LAST_STEP) for step in self.steps)
        return super().stretched(factor).replace(milestones=",".join(map(str, steps)))


@dataclass(frozen=True)
class Exponential(Schedule):
    r"""Falls by the same factor at each step. $$\eta_t = \eta \, \gamma^t$$"""

    slug = "exponential"
    title = "Exponential decay"
    same_as = "torch.optim.lr_scheduler.ExponentialLR(gamma=γ)"
    elsewhere: ClassVar[Mapping[str, str]] = {
        "Keras": "keras.optimizers.schedules.ExponentialDecay(η, decay_steps=1, decay_rate=γ)",
        "optax": "optax.exponential_decay(η, transition_steps=1, decay_rate=γ)",
    }
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
    elsewhere: ClassVar[Mapping[str, str]] = {
        "Keras": "keras.optimizers.schedules.PolynomialDecay(η, decay_steps=T, end_learning_rate=η_min, power=p)",
        "optax": "optax.polynomial_schedule(η, η_min, power=p, transition_steps=T)",
    }
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
    elsewhere: ClassVar[Mapping[str, str]] = {
        "Keras": "keras.optimizers.schedules.CosineDecay(η, decay_steps=T, alpha=η_min/η)",
        "optax": "optax.cosine_decay_schedule(η, decay_steps=T, alpha=η_min/η)",
    }
    source = "Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts, ICLR"
    use = "The usual choice for a fixed budget: long at a high rate, then a smooth landing. Mostly after a warm-up."

    eta: Number = rate("the learning rate at the start")
    period: Number = in_steps(300, "T", "steps until the least rate is reached")
    eta_min: Number = lowest_rate()

    def __call__(self, t: int | Array) -> Number:
        return half_cosine(self.eta, self.eta_min, np.minimum(t, self.period) / self.period)


@dataclass(frozen=True)
class InverseTime(Schedule):
    r"""Falls as one over the time: fast at first, then ever more slowly, and never to 0.

    $$\eta_t = \frac{\eta}{1 + k t}$$

    Its sum has no end and the sum of its squares has one: the two conditions under which stochastic gradient descent
    converges in spite of noise.
    """

    slug = "inverse_time"
    title = "Inverse time decay"
    same_as = "keras.optimizers.schedules.InverseTimeDecay(η, decay_steps=1, decay_rate=k)"
    elsewhere: ClassVar[Mapping[str, str]] = {
        "PyTorch": "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + k * t))"
    }
    source = (
        "Robbins & Monro (1951), A stochastic approximation method; Bengio (2012), Practical recommendations for"
        " gradient-based training of deep architectures, section 3.1.1"
    )
    use = "Noisy gradients without end: the one decay with a proof, if a slow one; k says how soon it begins to fall."

    eta: Number = rate("the learning rate at the start")
    decay: Number = hyper(
        0.01, "k", "[0, inf)", soft=(1e-4, 1.0), scale="log", help="how much of the first rate's inverse each step adds"
    )

    def __call__(self, t: int | Array) -> Number:
        return self.eta / (1 + self.decay * t)

    def stretched(self, factor: float) -> Self:
        return super().stretched(factor).replace(decay=self.decay / factor)
