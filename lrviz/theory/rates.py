"""How fast it can be: the best η and β on a range of curvatures, and what a rate means in steps."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array, Number
from lrviz.optimizers import GD, Momentum, Nesterov, Optimizer
from lrviz.theory.linear import added_curvature, spectral_radius, stability_limit

_HALVINGS = 100  # of an interval whose ends are within a factor of 2 of each other: to the last digit


def best(optimizer_class: type[Optimizer], smallest: Number, largest: Number) -> tuple[Optimizer, Array, Array]:
    """The optimizer, η and rate that are fastest on all curvatures in [smallest, largest] = [μ, L]; κ = L/μ.

    Gradient descent: η = 2/(L + μ), rate (κ − 1)/(κ + 1). Momentum: η = 4/(√L + √μ)², β = ((√κ − 1)/(√κ + 1))²,
    rate √β. Nesterov: η = 4/(3L + μ), β = (√(3κ + 1) − 2)/(√(3κ + 1) + 2), rate 1 − 2/√(3κ + 1). ValueError for
    another class, and unless 0 < μ ≤ L. Source: Polyak (1964); Lessard, Recht & Packard (2016), SIAM J. Optim. 26.
    """
    mu, top = _range(smallest, largest)
    kappa = top / mu
    if optimizer_class is GD:
        return GD(), 2 / (top + mu), (kappa - 1) / (kappa + 1)
    if optimizer_class is Momentum:
        root = np.sqrt(kappa)
        rate = (root - 1) / (root + 1)
        sum_of_roots = np.sqrt(top) + np.sqrt(mu)
        return Momentum(beta=rate * rate), 4 / (sum_of_roots * sum_of_roots), rate
    if optimizer_class is Nesterov:
        root = np.sqrt(3 * kappa + 1)
        return Nesterov(beta=(root - 2) / (root + 2)), 4 / (3 * top + mu), 1 - 2 / root
    raise ValueError(f"{optimizer_class.__name__} has no closed form of its best η")


def best_eta(optimizer: Optimizer, smallest: Number, largest: Number) -> tuple[Array, Array]:
    """The η and the rate that are fastest on all curvatures in [smallest, largest] = [μ, L], with this β.

    Where both ends shrink at the same rate: gradient descent and momentum η = 2(1 + β)/((L + μ)(1 − τ)), by symmetry of
    the trace; Nesterov by bisection between 1/L and its limit. Weight decay adds to both. ValueError for an adaptive
    method, and unless 0 < μ ≤ L with it.
    """
    decay = added_curvature(optimizer)
    mu, top = _range(smallest + decay, largest + decay)
    match optimizer:
        case GD():
            eta = 2 / (top + mu)
        case Momentum(beta=beta, share=share):
            eta = 2 * (1 + beta) / ((top + mu) * share)
        case Nesterov():
            eta, high = 1 / top, stability_limit(optimizer, top - decay)
            for _ in range(_HALVINGS):
                middle = (eta + high) / 2
                flat, steep = (spectral_radius(optimizer, middle, end - decay) for end in (mu, top))
                eta, high = np.where(flat > steep, middle, eta), np.where(flat > steep, high, middle)
        case _:
            raise ValueError(f"{type(optimizer).__name__} has no closed form of its best η")
    rates = [spectral_radius(optimizer, eta, end - decay) for end in (mu, top)]
    return np.asarray(eta), np.maximum(*rates)


def steps_to(fraction: Number, rate: Number) -> Array:
    """The steps after which `fraction` of the distance is left at this rate a step: a whole number, or infinite.

    Infinite where the rate is 1 or more, 0 where the fraction is; NaN where either is NaN. Shapes broadcast.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.maximum(np.ceil(np.log(fraction) / np.log(rate)), 1)
    steps = np.where(np.greater_equal(rate, 1), np.inf, np.where(np.equal(rate, 0), 1.0, steps))
    steps = np.where(np.greater_equal(fraction, 1), 0.0, steps)
    return np.where(np.isnan(fraction) | np.isnan(rate), np.nan, steps)


def _range(smallest: Number, largest: Number) -> tuple[Array, Array]:
    mu, top = np.asarray(smallest, dtype=np.float64), np.asarray(largest, dtype=np.float64)
    if not np.all((mu > 0) & (mu <= top) & np.isfinite(top)):
        raise ValueError(f"curvatures in [{smallest}, {largest}]: the smallest must be above 0, the largest no smaller")
    return mu, top
