"""What a method without adaptive rates does on a quadratic with a constant η: one linear map for each eigen-direction.

Along a direction of curvature λ the loss is λx²/2 and the gradient λx, so the state s = (x, m), of x alone for gradient
descent, is multiplied by one matrix a step. Its eigenvalues, the multipliers, tell everything: the limit on η, the
rate, the manner. Weight decay adds to the curvature. Source: Goh (2017), Why momentum really works, Distill.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Number
from lrviz.optimizers import GD, Momentum, Nesterov, Optimizer

Complex: TypeAlias = NDArray[np.complex128]
Phase: TypeAlias = Literal["monotone", "ripples", "one-step", "oscillation", "divergence"]
PHASES: tuple[Phase, ...] = get_args(Phase)
"""How a direction behaves, in the words of Goh (2017)."""


def has_limit(optimizer: Optimizer) -> bool:
    """Whether `stability_limit` has a closed form for this method. It then has no memory of the slopes' sizes."""
    return isinstance(optimizer, GD | Momentum | Nesterov)


def stability_limit(optimizer: Optimizer, curvature: Number) -> Array:
    """The η beyond which the iteration on f(x) = curvature · x²/2 diverges.

    Gradient descent: 2/λ. Momentum: 2(1 + β)/λ, and 1/(1 − τ) times that with dampening τ (so 2(1 + β)/((1 − β)λ) in
    EMA form). Nesterov: 2(1 + β)/((1 + 2β)λ). Weight decay adds to the curvature. Infinite where the curvature is 0,
    0 where it is negative (every η > 0 runs off), NaN where there is none (a kink) and where no closed form exists
    (adaptive methods).
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
        flat_or_none = np.where(np.equal(total, 0), np.inf, np.where(np.isnan(total), np.nan, 0.0))
        return np.where(total > 0, product / np.abs(total), flat_or_none)


def added_curvature(optimizer: Optimizer) -> Number:
    """What weight decay inside the gradient adds to every curvature."""
    return optimizer.weight_decay if isinstance(optimizer, GD | Momentum | Nesterov) else 0.0


def transition(optimizer: Optimizer, eta: Number, first: bool = False) -> tuple[Array, Array]:
    """The free motion F, (…, k, k), and the push b, (…, k): with a gradient g the state s becomes F s + b g.

    k is 1 for gradient descent and 2, for (x, m), with momentum. first: the very first step, which momentum never
    dampens. The gradient does not yet hold the weight decay. NaN, k = 1, for an adaptive method.
    """
    match optimizer:
        case GD():
            return _rows([1.0 + 0 * eta]), _row(-1.0 * eta)
        case Momentum():
            beta, share = optimizer.beta, 1.0 if first else optimizer.share
            return _rows([1.0, -eta * beta], [0.0, beta]), _row(-eta * share, share)
        case Nesterov():
            beta = optimizer.beta
            return _rows([1.0, -eta * beta * beta], [0.0, beta]), _row(-eta * (1 + beta), 1.0)
        case _:
            unknown = np.nan * (eta + stability_limit(optimizer, 1.0))
            return _rows([unknown]), _row(unknown)


def iteration_matrix(optimizer: Optimizer, eta: Number, curvature: Number) -> Array:
    """The matrix that leads from one state (x, m) to the next, (…, k, k); η, curvature and β broadcast.

    k is 1 for gradient descent, whose state is x alone. NaN, k = 1, for an adaptive method: it has no such matrix.
    """
    free, push = transition(optimizer, eta)
    total = np.asarray(curvature + added_curvature(optimizer))[..., None]
    pulled = np.zeros(np.broadcast_shapes(free.shape, total[..., None].shape))
    pulled[..., 0] = total * push  # the gradient is total · x, and x comes first
    return free + pulled


def multipliers(optimizer: Optimizer, eta: Number, curvature: Number) -> Complex:
    """The eigenvalues of the iteration matrix, (…, k), the largest in modulus first; NaN for an adaptive method.

    By closed forms whose discriminants are factored, so that they are accurate where two multipliers nearly meet.
    With a = ηλ: gradient descent 1 − a; momentum the roots of z² − (1 + β − a)z + β; Nesterov those of
    z² − (1 + β)(1 − a)z + β(1 − a).
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        a = np.asarray(eta * (curvature + added_curvature(optimizer)), dtype=np.float64)
        match optimizer:
            case GD():
                return (1 - a)[..., None].astype(np.complex128)
            case Momentum(beta=beta, share=share):
                a = a * share
                far = (1 + np.sqrt(beta)) * (1 + np.sqrt(beta))
                near = (1 - beta) * (1 - beta) / far  # (1 − √β)², without its cancellation
                return _roots(1 + beta - a, beta + 0 * a, (near - a) * (far - a))
            case Nesterov(beta=beta):
                discriminant = (1 - a) * ((1 - beta) * (1 - beta) - a * (1 + beta) * (1 + beta))
                return _roots((1 + beta) * (1 - a), beta * (1 - a), discriminant)
            case _:
                unknown = np.nan * (a + stability_limit(optimizer, 1.0))
                return unknown[..., None].astype(np.complex128)


def spectral_radius(optimizer: Optimizer, eta: Number, curvature: Number) -> Array:
    """The largest modulus of the multipliers: what a step leaves of the distance, in the long run. Shapes broadcast."""
    return np.abs(multipliers(optimizer, eta, curvature)[..., 0])


def phase(optimizer: Optimizer, eta: Number, curvature: Number) -> NDArray[np.str_]:
    """How this direction behaves: one of PHASES, by the leading multiplier z; empty for an adaptive method.

    monotone: z real and positive. ripples: z complex, x swings through the minimum in waves. one-step: so small that a
    step leaves half the digits at most, which is 0 within rounding (with momentum two steps are needed). oscillation: z
    real and negative, x changes sides each step; at the limit itself for ever. divergence: beyond the limit, or on a
    negative curvature.
    """
    leading = multipliers(optimizer, eta, curvature)[..., 0]
    size = np.abs(leading)
    cases = [
        np.isnan(stability_limit(optimizer, curvature) + eta),
        eta > stability_limit(optimizer, curvature),
        size <= np.sqrt(np.finfo(np.float64).eps),
        np.not_equal(leading.imag, 0),
        leading.real > 0,
    ]
    names = np.array(["", "divergence", "one-step", "ripples", "monotone", "oscillation"])
    first = np.argmax(np.stack(np.broadcast_arrays(*cases, np.True_)), axis=0)
    return names[first]


def growth(optimizer: Optimizer, eta: Number, curvature: Number) -> Array:
    """What a step multiplies the distance from a saddle by, along a direction of this negative curvature.

    Gradient descent: 1 + η|λ|. NaN where the curvature, weight decay included, is not negative, and for an adaptive
    method. Shapes broadcast. Source: Lee et al. (2016), Gradient descent only converges to minimizers, COLT.
    """
    downhill = curvature + added_curvature(optimizer) < 0
    return np.where(downhill, spectral_radius(optimizer, eta, curvature), np.nan)


def _roots(total: Array, product: Array, discriminant: Array) -> Complex:
    """The roots of z² − total·z + product, the larger first, (…, 2)."""
    root = np.sqrt(np.abs(discriminant))
    real = discriminant >= 0
    larger = (total + np.copysign(root, total)) / 2
    smaller = np.where(np.equal(larger, 0), 0.0, product / np.where(np.equal(larger, 0), 1.0, larger))
    first = np.where(real, larger, total / 2 + 0.5j * root)
    second = np.where(real, smaller, total / 2 - 0.5j * root)
    return np.stack([first, second], axis=-1).astype(np.complex128)


def _row(*entries: Number) -> Array:
    return np.stack(np.broadcast_arrays(*entries), axis=-1).astype(np.float64)


def _rows(*rows: list[Number]) -> Array:
    flat = _row(*(entry for row in rows for entry in row))
    return flat.reshape(*flat.shape[:-1], len(rows), len(rows))
