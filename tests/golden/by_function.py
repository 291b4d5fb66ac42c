"""Schedules that torch leaves to a function: formulas of papers and of other libraries, through its LambdaLR.

LambdaLR multiplies the first rate by what the function says of a step.
"""

import math
from typing import Any

import numpy as np
import torch
from torch.optim import lr_scheduler


def multi_step(optimizer: torch.optim.Optimizer, milestones: str, drop: float) -> Any:
    return lr_scheduler.MultiStepLR(optimizer, [int(step) for step in milestones.split(",")], drop)


def inverse_time(optimizer: torch.optim.Optimizer, decay: float) -> Any:
    """Keras's InverseTimeDecay: initial_learning_rate / (1 + decay_rate * step / decay_steps)."""
    return lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + decay * t))


def inverse_sqrt(optimizer: torch.optim.Optimizer, warmup: int) -> Any:
    """Section 5.3 of Vaswani et al. (2017), with its steps s = t + 1, in shares of its rate at s = warmup."""

    def noam(step: int) -> float:
        return min(step**-0.5, step * warmup**-1.5)

    return lr_scheduler.LambdaLR(optimizer, lambda t: noam(t + 1) / noam(warmup))


def warmup_stable_decay(
    optimizer: torch.optim.Optimizer, eta: float, warmup: int, stable: int, period: int, eta_min: float = 0.0
) -> Any:
    """The transformers library's get_wsd_schedule with its defaults: a straight rise, and half a cosine down."""
    decay, least = period - warmup - stable, eta_min / eta

    def factor(t: int) -> float:
        if t < warmup:
            share = t / max(1, warmup)
        elif t < warmup + stable:
            return 1.0
        elif t < warmup + stable + decay:
            share = 0.5 * (1 + math.cos(math.pi * (t - warmup - stable) / max(1, decay)))
        else:
            return least
        return share * (1 - least) + least

    return lr_scheduler.LambdaLR(optimizer, factor)


def drawn(optimizer: torch.optim.Optimizer, points: str, logarithmic: bool = False) -> Any:
    """NumPy's interpolation, in shares of the highest point."""
    times, rates_ = np.array([[float(part) for part in point.split(":")] for point in points.split(",")]).T
    heights = np.log(rates_ / rates_.max()) if logarithmic else rates_ / rates_.max()
    there = lambda t: float(np.interp(t, times, heights))  # noqa: E731
    return lr_scheduler.LambdaLR(optimizer, (lambda t: math.exp(there(t))) if logarithmic else there)
