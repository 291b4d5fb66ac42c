"""A rise before any other schedule."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.schedules.decays import Constant
from lrviz.schedules.schedule import Memory, Schedule, in_steps


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
        " inner made first; not for a plateau, nor for a one-cycle without a rise, nor where a LambdaLR starts below η"
    )
    elsewhere = {  # noqa: RUF012
        "Keras": "keras.optimizers.schedules.CosineDecay(sη, T, warmup_target=η, warmup_steps=w), for the cosine only",
        "optax": "optax.join_schedules([optax.linear_schedule(sη, η, w), inner], [w])",
    }
    source = "Goyal et al. (2017), Accurate, large minibatch SGD: training ImageNet in 1 hour"
    use = "Large batches, and adaptive methods whose averages are still poor: the first steps are kept small."

    schedule: Schedule = Constant()
    steps: Number = in_steps(20, "w", "steps until the full rate is reached")
    start_factor: Number = hyper(1 / 3, "s", "(0, 1]", soft=(0.01, 1.0), help="the share of the rate at step 0")

    @property
    def eta(self) -> Number:  # type: ignore[override]
        """The inner schedule's rate."""
        return self.schedule.eta

    def __call__(self, t: int | Array) -> Number:
        return np.where(np.less(t, self.steps), self._rise(t), self.schedule(np.maximum(t - self.steps, 0)))

    def with_eta(self, eta: Number) -> Self:
        return self.replace(schedule=self.schedule.with_eta(eta))

    def stretched(self, factor: float) -> Self:
        return super().stretched(factor).replace(schedule=self.schedule.stretched(factor))

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
