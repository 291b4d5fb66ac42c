"""Methods that find a rate while they run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, flag, hyper
from lrviz.lengths import length
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


@dataclass(frozen=True)
class BarzilaiBorwein(Optimizer):
    r"""Barzilai and Borwein's method: gradient descent whose rate is 1 over the curvature along its last step.

    $$s = \theta_{t-1} - \theta_{t-2}, \quad y = g_t - g_{t-1}, \qquad
      \alpha_t = \frac{s \cdot s}{s \cdot y} \;\text{ or }\; \frac{s \cdot y}{y \cdot y}, \qquad
      \theta_t = \theta_{t-1} - \eta \, \alpha_t \, g_t$$

    Both are the number that makes the secant equation hold best: the long one in y = s/α, the short one in s = αy. The
    loss may rise from step to step. On a quadratic it converges all the same, in two coordinates faster than linearly.
    Elsewhere nothing is promised: where s·y is not positive (the curvature along the step was not) there is no such
    number, and the last α is kept. The first step has α₁. A step costs a gradient.
    """

    slug = "barzilai_borwein"
    title = "Barzilai–Borwein"
    typical_eta = 1.0
    same_as = "the paper's equations (5) and (6)"
    eta_means = "a factor on the method's own step: 1 is the method itself"
    no_limit = "divides by the curvature along its last step"
    source = "Barzilai & Borwein (1988), Two-point step size gradient methods, IMA Journal of Numerical Analysis 8"

    first: Number = hyper(0.01, "α₁", "(0, inf)", soft=(1e-5, 1.0), scale="log", help="the rate of the first step")
    shorter: bool = flag("b", "the short one of the two rates")

    def init(self, theta: Array) -> State:
        return {"theta_last": theta, "g": np.zeros_like(theta), "alpha": np.zeros_like(theta[0]) + self.first}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        s, y = theta - state["theta_last"], g - state["g"]
        sy = np.sum(s * y, axis=0)
        bent = np.greater(sy, 0)
        rate = sy / np.sum(y * y, axis=0) if self.shorter else np.sum(s * s, axis=0) / sy
        alpha = np.where(bent, rate, state["alpha"])
        return theta - eta * alpha * g, {"theta_last": theta, "g": g, "alpha": alpha}


@dataclass(frozen=True)
class DoG(Optimizer):
    r"""Distance over gradients: a rate without a number to tune.

    $$r_t = \max(r_{t-1}, \|\theta_{t-1} - \theta_0\|), \qquad G_t = G_{t-1} + \|g_t\|^2, \qquad
      \theta_t = \theta_{t-1} - \eta \, \frac{r_t}{\sqrt{G_t + \varepsilon}} \, g_t$$

    The best rate for a convex loss is the distance from the start to the minimum over the root of the sum of squared
    gradients. The distance is not known; the farthest that the run has been takes its place, and it begins with
    r₀ = r_ε (1 + ‖θ₀‖), small on purpose: the first steps are tiny, and grow. All coordinates have one rate. The paper
    returns the average of the iterates; put averaging round it for that. ε stands inside the root, as in the authors'
    code (in the paper there is none). A step costs a gradient.
    """

    slug = "dog"
    title = "DoG"
    typical_eta = 1.0
    same_as = "DoG(lr=η, reps_rel=r_ε, eps=ε) of its authors, formll/dog"
    elsewhere = {"optax": "optax.contrib.dog(η, init_step=('heuristic', r_ε), eps=ε)"}  # noqa: RUF012
    eta_means = "a factor on the method's own rate: 1 is the method itself"
    no_limit = "finds its rate by how far it has come"
    source = "Ivgi, Hinder & Carmon (2023), DoG is SGD's best friend, ICML"

    in_words = {"distance": "‖θ − θ₀‖"}  # noqa: RUF012

    reps: Number = hyper(
        1e-6, "r_ε", "(0, inf)", soft=(1e-8, 1.0), scale="log", help="the first distance, as a share of 1 + ‖θ₀‖"
    )
    eps: Number = hyper(
        1e-8, "ε", "(0, inf)", soft=(1e-12, 1.0), scale="log", help="keeps the division finite where no slope was yet"
    )

    def init(self, theta: Array) -> State:
        none = np.zeros_like(theta[0])
        return {"theta0": theta, "r": self.reps * (1 + length(theta)), "G": none}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        distance = length(theta - state["theta0"])
        r = np.maximum(state["r"], distance)
        G = state["G"] + np.sum(g * g, axis=0)
        alpha = r / np.sqrt(G + self.eps)
        return theta - eta * alpha * g, {"theta0": state["theta0"], "r": r, "G": G}
