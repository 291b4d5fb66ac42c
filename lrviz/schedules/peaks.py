"""Rates that rise to a top of their own accord, then fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lrviz.declare import Array, Number
from lrviz.schedules.schedule import Schedule, half_cosine, in_steps, lowest_rate, rate


@dataclass(frozen=True)
class InverseSqrt(Schedule):
    r"""A straight rise, then a fall as one over the square root of the time.

    $$\eta_t = \eta \min\left(\frac{t + 1}{w}, \sqrt{\frac{w}{t + 1}}\right)$$

    The paper counts steps from 1, and has $\eta = (d\, w)^{-1/2}$ in a model of width $d$; here the top is a number by
    itself.
    """

    slug = "inverse_sqrt"
    title = "Inverse square root"
    same_as = "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: min((t + 1) / w, (w / (t + 1)) ** 0.5))"
    elsewhere: ClassVar[Mapping[str, str]] = {
        "transformers": "get_inverse_sqrt_schedule(num_warmup_steps=w), one step later: its first rate is 0",
    }
    source = "Vaswani et al. (2017), Attention is all you need, NeurIPS, section 5.3 (known as Noam's)"
    use = "Transformers trained without a fixed end: a warm-up, then a slow fall that needs no total of steps."

    eta: Number = rate("the learning rate at the top")
    warmup: Number = in_steps(30, "w", "steps until the top")

    def __call__(self, t: int | Array) -> Number:
        count = t + 1
        return self.eta * np.minimum(count / self.warmup, np.sqrt(self.warmup / count))


@dataclass(frozen=True)
class WarmupStableDecay(Schedule):
    r"""A straight rise, a long level stretch, and a fall along half a cosine at the end; then it holds.

    $$\eta_t = \eta_{\min} + (\eta - \eta_{\min}) \cdot \begin{cases} t / w & t < w \\ 1 & w \le t < w + s \\
      \tfrac12 \left(1 + \cos \pi \frac{t - w - s}{T - w - s}\right) & w + s \le t < T \\ 0 & T \le t \end{cases}$$

    The paper falls exponentially, others in a straight line or as one minus a root; half a cosine is the default of
    the transformers library. The first rate is $\eta_{\min}$, as there. Where no steps are left for the fall, it is
    over at once.
    """

    slug = "warmup_stable_decay"
    title = "Warm-up, stable, decay"
    same_as = (
        "transformers.get_wsd_schedule(num_warmup_steps=w, num_stable_steps=s, num_decay_steps=T − w − s,"
        " min_lr_ratio=η_min / η)"
    )
    elsewhere: ClassVar[Mapping[str, str]] = {
        "PyTorch": "torch.optim.lr_scheduler.SequentialLR of a LinearLR, a ConstantLR and a CosineAnnealingLR, with"
        " milestones=[w, w + s]",
        "optax": "optax.join_schedules([optax.linear_schedule(η_min, η, w), optax.constant_schedule(η),"
        " optax.cosine_decay_schedule(η, T − w − s, alpha=η_min / η)], [w, w + s])",
    }
    source = "Hu et al. (2024), MiniCPM: unveiling the potential of small language models with scalable training"
    use = "Language models of open length: train on at the top as long as it pays, then decay from wherever that ends."

    eta: Number = rate("the learning rate at the top")
    warmup: Number = in_steps(30, "w", "steps of the rise", least=0)
    stable: Number = in_steps(210, "s", "steps at the top", least=0)
    period: Number = in_steps(300, "T", "steps in all, until the least rate is reached")
    eta_min: Number = lowest_rate()

    def __call__(self, t: int | Array) -> Number:
        since = t - (self.warmup + self.stable)
        fall = np.maximum(self.period - (self.warmup + self.stable), 0)
        # A phase of no length is over at once, whatever it is divided by.
        up = np.where(np.less(t, self.warmup), t / np.maximum(self.warmup, 1), 1)
        down = np.where(np.less(since, fall), np.maximum(since, 0) / np.maximum(fall, 1), 1)
        return self.eta_min + (self.eta - self.eta_min) * (up * half_cosine(1, 0, down))
