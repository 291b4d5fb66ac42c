"""Methods that do without a rate to tune, or without a schedule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.optimizers.adaptive import beta1_field, beta2_field, eps_field
from lrviz.optimizers.optimizer import Optimizer, Oracle, State, ones

FLAT = float(np.finfo(np.float64).eps)
"""optax's Polyak step takes a squared gradient below this as 0."""


@dataclass(frozen=True)
class Polyak(Optimizer):
    r"""Polyak's step: as long as the loss is high above its least value.

    $$\alpha_t = \min \left(\frac{f(\theta_{t-1}) - f^*}{\|g_t\|^2}, \gamma_{\max}\right), \qquad
      \theta_t = \theta_{t-1} - \eta \, \alpha_t \, g_t$$

    If the loss is convex this is the step that brings θ nearest to the minimum by all that is known, and no step leads
    away from it while 0 < η < 2. f* has to be known: it is the surface's. With noise f and g are those of the sample
    and f* is not, so that a loss below f* makes a step uphill. Where ‖g‖² is below 2.2·10⁻¹⁶ the step is 0, as in optax
    at scaling 1 (its `scaling` enters the norm too, and so divides; here η multiplies). A step costs a gradient and a
    loss.
    """

    slug = "polyak"
    title = "Polyak step"
    short = "Polyak"
    typical_eta = 1.0
    same_as = "optax.chain(optax.polyak_sgd(max_learning_rate=γmax, f_min=f*), optax.scale(η))"
    eta_means = "a factor on Polyak's step: 1 is the step itself"
    no_limit = "takes its step from how high the loss is"
    needs = frozenset({"infimum"})
    source = "Polyak (1969), Minimization of unsmooth functionals; bounded: Loizou et al. (2021), AISTATS"

    bound: Number = hyper(
        1.0, "γmax", "(0, inf)", soft=(1e-3, 100), scale="log", help="no rate is larger: matters where it is flat"
    )

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        square = np.sum(g * g, axis=0)
        gap = oracle.loss(theta) - oracle.infimum
        flat = np.less_equal(square, FLAT)
        alpha = np.where(flat, 0.0, np.minimum(gap / np.where(flat, 1.0, square), self.bound))
        return theta - eta * alpha * g, state


@dataclass(frozen=True)
class Prodigy(Optimizer):
    r"""Prodigy: Adam that estimates how far the minimum is, and takes this distance for its rate.

    $$m_t = \beta_1 m_{t-1} + (1 - \beta_1) \, d_t g_t, \qquad v_t = \beta_2 v_{t-1} + (1 - \beta_2) \, d_t^2 g_t^2,
      \qquad a_t = \eta \, d_t \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}$$
    $$r_t = \sqrt{\beta_2} \, r_{t-1} + a_t \frac{d_t}{d_0} \, g_t \cdot (\theta_0 - \theta_{t-1}), \qquad
      s_t = \sqrt{\beta_2} \, s_{t-1} + a_t \frac{d_t}{d_0} \, g_t, \qquad
      d_{t+1} = \max \left(d_t, \frac{r_t}{\|s_t\|_1}\right)$$
    $$\theta_t = \theta_{t-1} - \frac{a_t \, m_t}{\sqrt{v_t} + d_{t+1} \varepsilon}$$

    For a convex loss r/‖s‖₁ is never more than the distance to the minimum along its longest coordinate, so that d
    grows towards it from a d₀ that is small on purpose, and never falls. optax's form: both corrections for starting
    at 0 stand in a (by default the authors' code leaves them out), and ε is multiplied by d. Before the first slope
    that is not 0, s is 0 and d stays (optax: NaN). A step costs a gradient.
    """

    slug = "prodigy"
    title = "Prodigy"
    typical_eta = 1.0
    same_as = "optax.contrib.prodigy(η, betas=(β₁, β₂), eps=ε, estim_lr0=d₀)"
    elsewhere = {"PyTorch": "prodigyopt.Prodigy(lr, betas=(β₁, β₂), eps=ε, d0=d₀, use_bias_correction=True)"}  # noqa: RUF012
    eta_means = "a factor on the distance that it estimates: 1 is the method itself"
    no_limit = "finds its rate by how far it has come"
    source = "Mishchenko & Defazio (2024), Prodigy: an expeditiously adaptive parameter-free learner, ICML"

    beta1: Number = beta1_field()
    beta2: Number = beta2_field()
    eps: Number = eps_field(1e-8)
    d0: Number = hyper(
        1e-6,
        "d₀",
        "(0, inf)",
        soft=(1e-8, 1.0),
        scale="log",
        help="the first guess of the distance, too small on purpose",
    )

    def init(self, theta: Array) -> State:
        zero, none = np.zeros_like(theta), np.zeros_like(theta[0])
        memory = {"m": zero, "v": zero, "s": zero, "theta0": theta, "d": none + self.d0, "r": none}
        return memory | {"beta1_t": ones(theta), "beta2_t": ones(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        beta1_t, beta2_t = self.beta1 * state["beta1_t"], self.beta2 * state["beta2_t"]
        d, theta0, beta3 = state["d"], state["theta0"], np.sqrt(self.beta2)
        a = eta * d * np.sqrt(1 - beta2_t) / (1 - beta1_t)
        m = self.beta1 * state["m"] + (1 - self.beta1) * (d * g)
        v = self.beta2 * state["v"] + (1 - self.beta2) * (d * g * (d * g))
        push = a * d / self.d0 * g
        s = beta3 * state["s"] + push
        r = beta3 * state["r"] + np.sum(push * (theta0 - theta), axis=0)
        size = np.sum(np.abs(s), axis=0)
        d = np.maximum(d, np.where(np.equal(size, 0), 0.0, r / np.where(np.equal(size, 0), 1.0, size)))
        memory = {"m": m, "v": v, "s": s, "theta0": theta0, "d": d, "r": r, "beta1_t": beta1_t, "beta2_t": beta2_t}
        return theta - a * m / (np.sqrt(v) + d * self.eps), memory


@dataclass(frozen=True)
class ScheduleFreeSGD(Optimizer):
    r"""Schedule-free SGD: an average of the iterates takes the place of a schedule that falls.

    $$z_t = z_{t-1} - \eta_t \, \nabla f(\theta_{t-1}), \qquad c_t = \frac{\max_{i \le t} \eta_i^2}{\sum_{j \le t}
      \max_{i \le j} \eta_i^2}, \qquad x_t = (1 - c_t) \, x_{t-1} + c_t z_t, \qquad
      \theta_t = \beta x_t + (1 - \beta) \, z_t$$

    z goes as plain SGD does, x is the average of all z, and the slope is taken between them, at θ (y in the paper). The
    loss that is shown is that at θ, as in training; the result of the method is x, which is in its memory. c is 1/t for
    a constant η; while a warm-up rises the first z count less. optax reads a schedule one step ahead for c (its count
    begins at 1); here c has the η of the step, as in the authors' code. A step costs a gradient.
    """

    slug = "schedule_free_sgd"
    title = "Schedule-free SGD"
    short = "Schedule-free"
    typical_eta = 0.1
    same_as = "optax.contrib.schedule_free(optax.sgd(η), η, b1=β)"
    elsewhere = {"PyTorch": "schedulefree.SGDScheduleFree(lr, momentum=β) of its authors, in training mode"}  # noqa: RUF012
    no_limit = "averages its steps with shares that change as it goes"
    source = "Defazio et al. (2024), The road less scheduled, NeurIPS"

    beta: Number = hyper(
        0.9, "β", "(0, 1)", soft=(0.01, 0.999), scale="complement", help="how near to the average the slope is taken"
    )

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"z": theta, "x": theta, "eta_max": zero, "weights": zero}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        z = state["z"] - eta * g
        eta_max = np.maximum(state["eta_max"], eta)
        weight = eta_max * eta_max
        weights = state["weights"] + weight
        c = np.where(np.equal(weights, 0), 0.0, weight / np.where(np.equal(weights, 0), 1.0, weights))
        x = (1 - c) * state["x"] + c * z
        return self.beta * x + (1 - self.beta) * z, {"z": z, "x": x, "eta_max": eta_max, "weights": weights}
