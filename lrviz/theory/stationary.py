"""How wide gradient noise keeps a run, on a quadratic: its cloud at each step, its width in the end, its floor.

With noise of covariance C in the gradient the state s = (θ, m) is a linear process, s ← A s + B ξ, whose mean and
covariance obey exact recursions; in the end the covariance solves Σ = A Σ Aᵀ + B C Bᵀ. Source: Mandt, Hoffman & Blei
(2017), Stochastic gradient descent as approximate Bayesian inference, JMLR 18, here in discrete time without their
limit of small η.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Number
from lrviz.optimizers import GD, Momentum, Nesterov, Optimizer
from lrviz.theory.linear import added_curvature, has_limit, stability_limit, transition


def noise_variance(optimizer: Optimizer, eta: Number, curvature: Number, sigma: Number) -> Array:
    """The variance of x that gradient noise of standard deviation σ keeps up on f(x) = curvature · x²/2.

    Gradient descent: ησ²/(λ(2 − ηλ)). Momentum: ησ²(1 + β)/(λ(1 − β)(2(1 + β) − ηλ)), with η(1 − τ) for η under
    dampening τ. Nesterov: the variance of the ARMA(2, 1) process that it is. Weight decay adds to the curvature.
    Infinite at and beyond the limit and without curvature, NaN for an adaptive method. Shapes broadcast.
    Source: Mandt, Hoffman & Blei (2017); Box & Jenkins (1970), Time Series Analysis, section 3.4, for the process.
    """
    if not isinstance(optimizer, GD | Momentum | Nesterov):
        return np.nan * (eta + curvature + sigma + stability_limit(optimizer, 1.0))
    total = curvature + optimizer.weight_decay
    limit = stability_limit(optimizer, curvature)
    stable = (total > 0) & (eta < limit)
    rate = eta * optimizer.share if isinstance(optimizer, Momentum) else eta
    a = np.where(stable, rate * total, 1.0)  # what does not settle must not divide by 0
    lam = np.where(stable, total, 1.0)
    match optimizer:
        case GD():
            per_rate = 1 / (2 - a)
        case Momentum(beta=beta):
            per_rate = (1 + beta) / ((1 - beta) * (2 * (1 + beta) - a))
        case Nesterov(beta=beta):
            now, before = 1 + beta, -beta  # what a step takes of the gradient here and of the one before
            product, twice = beta * (1 - a), 2 * now * before * (1 + beta) * (1 - a)
            per_rate = ((now * now + before * before) * (1 + product) + twice) / (
                (1 - product) * (2 * (1 + beta) - a * (1 + 2 * beta))
            )
    settled = rate * sigma * sigma * per_rate / lam
    return np.where(stable, settled, np.where(np.equal(eta * sigma, 0), 0.0, np.inf))


def noise_covariance(optimizer: Optimizer, eta: Number, hessian: Array, covariance: Array) -> Array:
    """The covariance Σ of θ that gradient noise of this covariance keeps up around the minimum, (…, n, n).

    eta: any shape (…). hessian, covariance: (n, n), symmetric; they need not commute. All entries are infinite where
    nothing settles: η at or beyond the limit, or so small that 1 − ηλ rounds to 1, or a curvature that is not above 0.
    NaN for an adaptive method.
    """
    hessian, covariance = np.asarray(hessian, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    n = len(hessian)
    if not has_limit(optimizer):
        return np.full((*np.shape(eta), n, n), np.nan)
    step, push = _process(optimizer, eta, hessian)
    size = step.shape[-1]
    stable = _settles(optimizer, eta, hessian) & (np.abs(np.linalg.eigvals(step)).max(axis=-1) < 1)
    safe = np.where(stable[..., None, None], step, 0.0)
    # Σ = A Σ Aᵀ + Q as one linear system, with A ⊗ A acting on the rows of Σ laid end to end.
    kron = np.einsum("...ij,...kl->...ikjl", safe, safe).reshape(*stable.shape, size * size, size * size)
    shaken = push @ covariance @ np.swapaxes(push, -1, -2)
    flat = np.linalg.solve(np.eye(size * size) - kron, shaken.reshape(*stable.shape, size * size, 1))
    settled = flat.reshape(*stable.shape, size, size)[..., :n, :n]
    return np.where(stable[..., None, None], settled, np.inf)


def spread(
    optimizer: Optimizer, etas: Array, hessian: Array, covariance: Array, theta0_offset: Array
) -> tuple[Array, Array]:
    """The mean and the covariance of θ at each step, over all draws of the noise: exact, for any rates.

    etas: (T,), the rate of each step, so that schedules are included. hessian, covariance: (n, n).
    theta0_offset: (n,), the start's distance from where the run is drawn to (see `rest`).
    Returns (T + 1, n), as offsets too, and (T + 1, n, n). NaN for an adaptive method. Beyond the limit they grow.
    """
    etas, start = np.asarray(etas, dtype=np.float64), np.asarray(theta0_offset, dtype=np.float64)
    n, steps = len(start), len(etas)
    if not has_limit(optimizer):
        return np.full((steps + 1, n), np.nan), np.full((steps + 1, n, n), np.nan)
    size = n * transition(optimizer, 1.0)[1].shape[-1]
    mean, cov = np.zeros(size), np.zeros((size, size))
    mean[:n] = start
    means, covs = np.empty((steps + 1, n)), np.empty((steps + 1, n, n))
    means[0], covs[0] = start, 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for t, eta in enumerate(etas):
            step, push = _process(optimizer, float(eta), np.asarray(hessian, dtype=np.float64), first=t == 0)
            mean, cov = step @ mean, step @ cov @ step.T + push @ covariance @ push.T
            means[t + 1], covs[t + 1] = mean[:n], cov[:n, :n]
    return means, covs


def floor(optimizer: Optimizer, eta: Number, hessian: Array, covariance: Array) -> Array:
    """The loss above the minimum that the noise keeps up on average, ½ tr(HΣ): in proportion to η while η is small.

    eta: any shape (…); the result has it too. Infinite where nothing settles, NaN for an adaptive method.
    """
    settled = noise_covariance(optimizer, eta, hessian, covariance)
    first = settled[..., 0, 0]
    stable = np.isfinite(first)
    product = np.where(stable[..., None, None], settled, 0.0) * np.asarray(hessian)
    return np.where(stable, 0.5 * product.sum(axis=(-1, -2)), first)


def rest(optimizer: Optimizer, hessian: Array, minimum: Array) -> Array:
    """Where a run on this quadratic is drawn to, (n,): its minimum, pulled towards 0 by weight decay."""
    decay = added_curvature(optimizer)
    there = np.asarray(minimum, dtype=np.float64)
    if decay == 0:
        return there
    # By the pseudoinverse, since along a valley of minima there may be no curvature at all.
    return np.asarray(there - np.linalg.pinv(hessian + decay * np.eye(len(there))) @ (decay * there), dtype=np.float64)


def _process(optimizer: Optimizer, eta: Number, hessian: Array, first: bool = False) -> tuple[Array, Array]:
    """A, (…, kn, kn), and B, (…, kn, n), of s ← A s + B ξ for the state s = (θ, m)."""
    free, push = transition(optimizer, eta, first)
    assert isinstance(optimizer, GD | Momentum | Nesterov)
    n, k = len(hessian), push.shape[-1]
    whole = hessian + optimizer.weight_decay * np.eye(n)
    shape = push.shape[:-1]
    into = np.einsum("...i,jl->...ijl", push, np.eye(n)).reshape(*shape, k * n, n)
    step = np.einsum("...ij,lm->...iljm", free, np.eye(n)).reshape(*shape, k * n, k * n)
    return step + np.concatenate([into @ whole, np.zeros((*shape, k * n, (k - 1) * n))], axis=-1), into


def _settles(optimizer: Optimizer, eta: Number, hessian: Array) -> NDArray[np.bool_]:
    """Whether the covariance stays finite, (…): every direction is drawn in and below its limit."""
    assert isinstance(optimizer, GD | Momentum | Nesterov)
    curvatures = np.linalg.eigvalsh(hessian)
    drawn_in = np.greater(curvatures[0] + optimizer.weight_decay, 0)
    return drawn_in & (np.asarray(eta) > 0) & (np.asarray(eta) < stability_limit(optimizer, curvatures[-1]))
