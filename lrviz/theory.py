"""Closed forms: what theory says before anything is run."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array, Number
from lrviz.optimizers import GD, Momentum, Nesterov, Optimizer


def has_limit(optimizer: Optimizer) -> bool:
    """Whether `stability_limit` has a closed form for this method. It then has no memory of the slopes' sizes."""
    return isinstance(optimizer, GD | Momentum | Nesterov)


def stability_limit(optimizer: Optimizer, curvature: Number) -> Array:
    """The η beyond which the iteration on f(x) = curvature · x²/2 diverges.

    Gradient descent: 2/λ. Momentum: 2(1 + β)/λ, and 1/(1 − τ) times that with dampening τ (so 2(1 + β)/((1 − β)λ) in
    EMA form). Nesterov: 2(1 + β)/((1 + 2β)λ). Weight decay adds to the curvature. Infinite where the curvature is 0,
    0 where it is negative (every η > 0 runs off), NaN where no closed form exists (adaptive methods).
    Shapes broadcast. Source: Goh (2017), Why momentum really works, Distill; Flammarion & Bach (2015), COLT.
    """
    product: Number
    match optimizer:
        case GD():
            product = 2.0
        case Momentum():
            product = 2 * (1 + optimizer.beta) / optimizer.share
        case Nesterov():
            product = 2 * (1 + optimizer.beta) / (1 + 2 * optimizer.beta)
        case _:
            values = [getattr(optimizer, declaration.name) for declaration in optimizer.hypers()]
            return np.nan + sum((np.zeros_like(value) for value in values), np.zeros_like(curvature))
    total = curvature + optimizer.weight_decay
    with np.errstate(divide="ignore"):
        return np.where(total > 0, product / np.abs(total), np.where(np.equal(total, 0), np.inf, 0.0))
