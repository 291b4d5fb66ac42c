"""Methods that look for flat places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.lengths import length
from lrviz.optimizers.optimizer import Optimizer, Oracle, State


@dataclass(frozen=True)
class SAM(Optimizer):
    r"""Sharpness-aware minimization: goes down by the slope of the worst place nearby.

    $$\hat\epsilon_t = \rho \, \frac{g_t}{\|g_t\|}, \qquad
      \theta_t = \theta_{t-1} - \eta \, \nabla f(\theta_{t-1} + \hat\epsilon_t)$$

    To first order the worst place within ρ is straight uphill. The slope there is steeper where the valley is sharp: at
    a minimum the step up never ends, and θ keeps moving by about η times ρ times the curvature, so that it hovers
    higher above a sharp minimum than above a flat one. A large ρ may also hold it on a ridge, beyond which the slope
    points back. A step costs two gradients, of one and the same sample where there is noise. Where the gradient is 0,
    ε̂ is 0. Around plain gradient descent, as here; the authors' code and optax's `contrib.sam` put it round any method.
    """

    slug = "sam"
    title = "SAM"
    typical_eta = 0.01
    same_as = "Algorithm 1 of the paper, with gradient descent"
    elsewhere = {  # noqa: RUF012
        "optax": "optax.contrib.sam(optax.sgd(η), optax.chain(optax.contrib.normalize(), optax.sgd(ρ)), sync_period=2)",
    }
    no_limit = "takes its slope from another place"
    source = "Foret et al. (2021), Sharpness-aware minimization for efficiently improving generalization, ICLR"

    in_words = {"size": "‖g‖"}  # noqa: RUF012

    rho: Number = hyper(0.05, "ρ", "[0, inf)", soft=(1e-3, 1.0), scale="log", help="how far uphill it looks")

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        size = length(g)
        up = self.rho * g / np.where(np.equal(size, 0), 1.0, size)
        slope = oracle.grad(theta + up)
        return theta - eta * slope, state
