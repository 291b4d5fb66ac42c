"""Trying how far to go before going there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.optimizers.optimizer import Optimizer, Oracle, State

TRIALS = 16
"""So many lengths are tried by default: with a factor of ½ the last is 1/32768 of the first."""


def decrease() -> Number:
    help = "the share of the descent that the slope promises which a length must bring to be taken"
    return hyper(1e-4, "c", "(0, 1)", soft=(1e-6, 0.9), scale="log", help=help)


def shrink() -> Number:
    return hyper(0.5, "ρ", "(0, 1)", soft=(0.1, 0.9), help="what a length that was refused is multiplied by")


def trials(hard: str) -> Number:
    help = "how many lengths are tried at most; if none of them holds, θ stays"
    return hyper(TRIALS, "K", hard, soft=(1, 30), help=help, kind="whole", static=True)


def backtracked(
    oracle: Oracle,
    theta: Array,
    g: Array,
    direction: Array,
    eta: Number,
    c: Number,
    shrink: Number,
    trials: Number,
) -> Array:
    """The share σ of a step η·p that is taken: the first of shrinkᵏ, k < trials, with f(θ + σηp) ≤ f(θ) + cση g·p.

    It is 0 where none of them satisfies that, and has shape (B,). g, direction: (dim, B); η may be another one for each
    coordinate. Each particle is charged for the loss at θ, and at the places up to the one that it goes to. A loss that
    is no number does not satisfy the condition.
    """
    f = oracle.loss(theta)
    slope = g * direction
    sigma = np.zeros_like(f)
    sought = np.isfinite(sigma)
    share = np.ones_like(f)
    for _ in range(int(trials)):
        length = share * eta
        there = oracle.loss(theta + length * direction, sought)
        found = np.logical_and(sought, np.less_equal(there, f + c * np.sum(length * slope, axis=0)))
        sigma = np.where(found, share, sigma)
        sought = np.logical_and(sought, np.logical_not(found))
        share = shrink * share
    return sigma


@dataclass(frozen=True)
class Armijo(Optimizer):
    r"""Gradient descent that tries a long step, and shortens it until the loss has fallen by enough.

    $$\sigma_t = \max \{\rho^k : f(\theta_{t-1} - \rho^k \eta g_t) \le f(\theta_{t-1}) - c \, \rho^k \eta \,
      \|g_t\|^2, \; k < K\}, \qquad \theta_t = \theta_{t-1} - \sigma_t \, \eta \, g_t$$

    Enough is the share c of what the slope at the start promises (Armijo's condition). If none of the K lengths holds,
    σ = 0 and θ stays where it is. Each step costs a gradient, a loss, and a loss for each length tried. Where there is
    noise, a step compares losses of its own sample. Implementations differ in where they begin: here each step
    begins with η anew (optax's `scale_by_backtracking_linesearch` with the last one, made longer).
    """

    slug = "armijo"
    title = "Backtracking (Armijo)"
    short = "Armijo"
    typical_eta = 1.0
    same_as = "Algorithm 3.1 of Nocedal & Wright (2006), along −g"
    elsewhere = {  # noqa: RUF012
        "optax": (
            "optax.chain(optax.sgd(1.0), optax.scale_by_backtracking_linesearch(K, slope_rtol=c, decrease_factor=ρ)), "
            "which begins with its last length made longer"
        ),
    }
    eta_means = "the first length that is tried at each step"
    no_limit = "chooses each step by trial"
    source = "Armijo (1966), Minimization of functions having Lipschitz continuous first partial derivatives"
    in_words = {  # noqa: RUF012
        "sigma": "the first of 1, ρ, ρ², …, of which K are tried, with f(θ − σηg) ≤ f(θ) − cση‖g‖²; 0 if none"
    }

    decrease: Number = decrease()
    shrink: Number = shrink()
    trials: Number = trials("[1, 40]")

    def init(self, theta: Array) -> State:
        return {"sigma": np.ones_like(theta[0])}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        sigma = backtracked(oracle, theta, g, -g, eta, self.decrease, self.shrink, self.trials)
        return theta - sigma * eta * g, {"sigma": sigma}
