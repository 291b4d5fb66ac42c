"""Closed forms: what theory says before anything is run."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array, Number
from lrviz.optimizers import GD, Momentum, Nesterov, Optimizer


def stability_limit(optimizer: Optimizer, curvature: Number) -> Array:
    """The η beyond which the iteration on f(x) = curvature · x²/2 diverges.

    Gradient descent: 2/λ. Momentum: 2(1 + β)/λ, and 1/(1 − τ) times that with dampening τ (so 2(1 + β)/((1 − β)λ) in
    EMA form). Nesterov: 2(1 + β)/((1 + 2β)λ). Weight decay adds to the curvature. Infinite where the curvature is 0,
    0 where it is negative (every η > 0 runs off), NaN where no closed form exists (adaptive methods).
    Shapes broadcast. Source: Goh (2017), Why momentum really works, Distill; Flammarion & Bach (2015), COLT.
    """
    match optimizer:
        case GD():
            product = np.asarray(2.0)
        case Momentum():
            product = 2 * (1 + np.asarray(optimizer.beta)) / optimizer.share
        case Nesterov():
            product = 2 * (1 + np.asarray(optimizer.beta)) / (1 + 2 * np.asarray(optimizer.beta))
        case _:
            return np.full(np.broadcast_shapes(np.shape(curvature), *optimizer.batch_shapes()), np.nan)
    total = np.asarray(curvature + optimizer.weight_decay, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.where(total > 0, product / np.abs(total), np.where(total == 0, np.inf, 0.0))
