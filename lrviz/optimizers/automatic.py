"""Methods that find a rate while they run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.optimizers.gradient import l2_decay
from lrviz.optimizers.optimizer import Optimizer, Oracle, State


@dataclass(frozen=True)
class Hypergradient(Optimizer):
    r"""Hypergradient descent: gradient descent on θ, and on its own rate.

    $$h_t = h_{t-1} + \beta \, g_t \cdot g_{t-1}, \qquad \alpha_t = \eta_t + h_t, \qquad
      \theta_t = \theta_{t-1} - \alpha_t \, g_t$$

    The derivative of the loss by the rate of the step just taken is −g_t · g_{t−1}: while two gradients in a row point
    the same way the rate grows, when they turn it shrinks. h is what has been learnt of it, 0 at first. The schedule's
    η is the rate to begin with, so with a constant one this is the paper's SGD-HD. Nothing keeps α from turning
    negative or too large. β has the unit of a rate over a squared slope, so what is small on one surface is large on
    another: 10⁻⁶ is the default of the authors' code, their experiments had up to 10⁻³.
    """

    slug = "hypergradient"
    title = "Hypergradient descent"
    short = "Hypergradient"
    typical_eta = 0.001
    same_as = "SGDHD(lr, hypergrad_lr=β, weight_decay=λ) of its authors, gbaydin/hypergradient-descent"
    no_limit = "changes its own rate as it goes"
    source = "Baydin et al. (2018), Online learning rate adaptation with hypergradient descent, ICLR"

    hyper_beta: Number = hyper(
        1e-6, "β", "[0, inf)", soft=(1e-9, 1.0), scale="log", help="the rate at which the rate is learnt"
    )
    weight_decay: Number = l2_decay()

    def init(self, theta: Array) -> State:
        return {"g": np.zeros_like(theta), "h": np.zeros_like(theta[0])}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta) + self.weight_decay * theta
        h = state["h"] + self.hyper_beta * np.sum(g * state["g"], axis=0)
        alpha = eta + h
        return theta - alpha * g, {"g": g, "h": h}
