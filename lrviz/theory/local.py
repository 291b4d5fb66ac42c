"""Off a quadratic, and with adaptive rates: what holds for the curvature at one place and the memory of one step.

A method that divides the gradient by a diagonal P moves, while P changes slowly, as its plain form would on P⁻¹H. So
its edge of stability is where η·λmax(P⁻¹H) reaches the plain form's limit. Source: Cohen et al. (2022), Adaptive
gradient methods at the edge of stability, arXiv:2207.14484.
"""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array, Number
from lrviz.optimizers import (
    GD,
    AdaBelief,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AMSGrad,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RMSProp,
    State,
    Yogi,
)
from lrviz.surfaces import Surface, curvatures
from lrviz.surfaces.surface import symmetric
from lrviz.theory.linear import added_curvature, has_limit, stability_limit


def local_curvature(surface: Surface, theta: Array) -> Array:
    """λmax of the Hessian at θ: (2, …) → (…). NaN at a kink."""
    return curvatures(surface.hess(theta))[1]


def preconditioner(optimizer: Optimizer, theta: Array, state: State) -> Array:
    """The diagonal P that the gradient is divided by, (2, …), after the step that left this state.

    The Adam family: (1 − β₁ᵗ)(√v̂ + ε), because m̂ = m/(1 − β₁ᵗ), and √v + ε where nothing is corrected (Nadam: √v̂ + ε,
    since it corrects m and g differently; see `preconditioned_limit`). AdaBelief and Yogi: likewise with their own
    second moments, AdaMax with its maximum. RMSProp and AdaGrad: the root of what they have summed, plus ε. 1 for
    methods without adaptive rates. NaN before the first step, where Adam's is 0/0, and for a method not known here.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        match optimizer:
            case Adam():
                v = state["v_max"] if isinstance(optimizer, AMSGrad) else state["v"]
                if optimizer.uncorrected:
                    return np.sqrt(v) + optimizer.eps
                p = np.sqrt(v / (1 - state["beta2_t"])) + optimizer.eps
                return p if isinstance(optimizer, NAdam) else (1 - state["beta1_t"]) * p
            case AdaBelief() | Yogi():
                second = state["s" if isinstance(optimizer, AdaBelief) else "v"]
                return (1 - state["beta1_t"]) * (np.sqrt(second / (1 - state["beta2_t"])) + optimizer.eps)
            case AdaMax():
                return (1 - state["beta1_t"]) * state["u"]
            case RMSProp():
                mean = state["g_mean"] if optimizer.centered else np.zeros_like(theta)
                return np.sqrt(np.maximum(state["v"] - mean * mean, 0.0)) + optimizer.eps
            case AdaGrad():
                return np.sqrt(state["s"]) + optimizer.eps
            case _:
                return np.full_like(theta, 1.0 if has_limit(optimizer) else np.nan)


def preconditioned_curvature(optimizer: Optimizer, surface: Surface, theta: Array, state: State) -> Array:
    """λmax(P⁻¹H) at θ, (2, …) → (…), with P by the state after a step; by the symmetric form P^−½ H P^−½.

    The state's entries are as the optimizer keeps them: (2, …) or (…). A weight decay in the gradient adds to H.
    AdamW's, which is outside P, adds λ(1 + β₁)/(1 − β₁): with that, the same limit holds. NaN where P or H is.
    """
    p = preconditioner(optimizer, theta, state)
    (xx, xy), (_, yy) = surface.hess(theta)
    decay = added_curvature(optimizer)
    with np.errstate(all="ignore"):
        _, largest = curvatures(
            symmetric((xx + decay) / p[0], xy / (np.sqrt(p[0]) * np.sqrt(p[1])), (yy + decay) / p[1])
        )
    if isinstance(optimizer, AdamW):
        return largest + optimizer.weight_decay * (1 + optimizer.beta1) / (1 - optimizer.beta1)
    return largest


def preconditioned_limit(optimizer: Optimizer, state: State | None = None) -> Array:
    """The value of η·λmax(P⁻¹H) beyond which a step grows, P held still.

    The Adam family and its kin: 2(1 + β₁)/(1 − β₁). RMSProp: 2(1 + β) with its own momentum β. AdaGrad: 2. Methods
    without adaptive rates: their limit on ηλ. Nadam: 2/(p + q(1 − β₁)/(1 + β₁)), where its step is p·g + q·m; its p and
    q warm up over thousands of steps, so they are read off the state, or taken as they end without one. NaN where none
    is known. Source: Cohen et al. (2022); for Nadam the same argument, the multiplier −1 of the frozen iteration.
    """
    match optimizer:
        case NAdam(beta1=beta1):
            gradient, mean = _nadam_shares(optimizer, state)
            return np.asarray(2 / (gradient + mean * (1 - beta1) / (1 + beta1)))
        case Adam(beta1=beta1) | AdaBelief(beta1=beta1) | Yogi(beta1=beta1) | AdaMax(beta1=beta1):
            return np.asarray(2 * (1 + beta1) / (1 - beta1))
        case RMSProp(beta=beta):
            return np.asarray(2 * (1 + beta))
        case AdaGrad():
            return np.asarray(2.0)
        case GD() | Momentum() | Nesterov():
            return stability_limit(optimizer.replace(weight_decay=0.0), 1.0)
        case _:
            return np.asarray(np.nan)


def _nadam_shares(optimizer: NAdam, state: State | None) -> tuple[Number, Number]:
    """What Nadam takes of the gradient and of its mean, in the step that left this state."""
    beta1 = optimizer.beta1
    if state is None:
        return 1 - beta1, beta1
    warmup = state["warmup_t"]
    mu = beta1 * (1 - 0.5 * warmup)
    mu_next = beta1 * (1 - 0.5 * warmup * np.power(0.96, optimizer.momentum_decay))
    if optimizer.uncorrected:
        return 1 - mu, mu_next
    with np.errstate(divide="ignore", invalid="ignore"):
        return (1 - mu) / (1 - state["mu_product"]), mu_next / (1 - state["mu_product"] * mu_next)
