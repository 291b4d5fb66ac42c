"""A rate that follows the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.schedules.schedule import Memory, Schedule, in_steps, rate


@dataclass(frozen=True)
class Plateau(Schedule):
    """Falls by a factor each time the loss has not improved for more than `patience` steps.

    An improvement is a loss below (1 − threshold) times the best so far. The loss at θ_t decides η_{t+1}. A drop
    smaller than ε is not made.
    """

    slug = "plateau"
    title = "Reduce on plateau"
    same_as = "torch.optim.lr_scheduler.ReduceLROnPlateau(factor, patience, threshold, eps=ε), relative, no cooldown"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.callbacks.ReduceLROnPlateau(factor=γ, patience=n + 1, min_delta=δ), once an epoch, in which δ is a "
            "difference, not a share"
        ),
        "optax": "optax.contrib.reduce_on_plateau(factor=γ, patience=n + 1, rtol=δ)",
    }
    source = "PyTorch; the practice is older: Krizhevsky, Sutskever & Hinton (2012), section 5"
    use = "When nobody knows when to drop: the loss, in practice that on held-out data, says when progress has ended."

    eta: Number = rate("the learning rate at the start")
    factor: Number = hyper(0.1, "γ", "(0, 1)", soft=(0.1, 0.9), help="what each drop leaves of the rate")
    patience: Number = in_steps(10, "n", "steps without improvement that are forgiven", least=0)
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
