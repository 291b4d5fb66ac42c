"""Methods that ask only which way is down, not how steep it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.optimizers.adaptive import share_field
from lrviz.optimizers.optimizer import Optimizer, Oracle, State


@dataclass(frozen=True)
class SignSGD(Optimizer):
    r"""Sign descent: each coordinate goes downhill by the same length.

    $$\theta_t = \theta_{t-1} - \eta \, \operatorname{sign}(g_t)$$

    A worker that tells another its gradient needs to send one bit a coordinate. The length of a step never falls by
    itself: with a constant η it ends by hopping to and fro within η of the minimum. Where a coordinate's gradient is 0
    it stays. It is Adam with β₁ = β₂ = 0. A step costs a gradient.
    """

    slug = "signsgd"
    title = "signSGD"
    typical_eta = 0.001
    same_as = "optax.sign_sgd(η)"
    elsewhere = {"PyTorch": "torch.optim.Adam(lr, betas=(0, 0), eps=0), but for gradients of 0"}  # noqa: RUF012
    no_limit = "takes only the sign of each slope"
    source = "Bernstein et al. (2018), signSGD: compressed optimisation for non-convex problems, ICML"

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        return theta - eta * np.sign(g), state


@dataclass(frozen=True)
class Lion(Optimizer):
    r"""Lion: the sign of a momentum, with two memories: a short one to step by, a long one to keep.

    $$c_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
      \theta_t = \theta_{t-1} - \eta \left(\operatorname{sign}(c_t) + \lambda \theta_{t-1}\right), \qquad
      m_t = \beta_2 m_{t-1} + (1 - \beta_2) g_t$$

    Found by a search among programs. Each coordinate of a step is η long, whatever the slope: its η is about a tenth of
    Adam's, its λ ten times. The decay is outside the sign, as AdamW's is outside the division; λ = 10⁻³ is optax's
    default (the authors' code: 0; Keras: none). A step costs a gradient.
    """

    slug = "lion"
    title = "Lion"
    typical_eta = 1e-4
    same_as = "optax.lion(η, b1=β₁, b2=β₂, weight_decay=λ)"
    elsewhere = {  # noqa: RUF012
        "Keras": "keras.optimizers.Lion(η, beta_1=β₁, beta_2=β₂, weight_decay=λ)",
        "PyTorch": "lion_pytorch.Lion(lr, betas=(β₁, β₂), weight_decay=λ)",
    }
    no_limit = "takes only the sign of its momentum"
    source = "Chen et al. (2023), Symbolic discovery of optimization algorithms, NeurIPS"

    beta1: Number = share_field(0.9, "β₁", "the share of the memory, beside the new gradient, in the step")
    beta2: Number = share_field(0.99, "β₂", "how long the mean of the gradient remembers: about 1/(1 − β₂) steps")
    weight_decay: Number = hyper(
        1e-3, "λ", "[0, inf)", soft=(1e-4, 1.0), scale="log", help="pulls θ towards 0 by the share ηλ a step"
    )

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        c = self.beta1 * state["m"] + (1 - self.beta1) * g
        m = self.beta2 * state["m"] + (1 - self.beta2) * g
        return theta - eta * (np.sign(c) + self.weight_decay * theta), {"m": m}


@dataclass(frozen=True)
class Rprop(Optimizer):
    r"""Rprop: a step length for each coordinate, which grows while the slope keeps its sign and shrinks when it turns.

    $$\Delta_t = \begin{cases} \eta^+ \Delta_{t-1} & g_t \, g_{t-1} > 0 \\ \eta^- \Delta_{t-1} & g_t \, g_{t-1} < 0 \\
      \Delta_{t-1} & \text{else} \end{cases} \qquad
      \theta_t = \theta_{t-1} - \operatorname{sign}(g_t) \, \Delta_t$$

    Δ is kept between Δmin and Δmax (optax: but for the first). Where a slope has turned, the coordinate waits one step,
    and its g counts as 0 in the next comparison (PyTorch, optax and iRprop⁻; the first Rprop went back). The schedule's
    η is the first Δ and nothing more: a schedule changes nothing afterwards. It needs whole gradients: with noise every
    turn of a sign shrinks the steps. A step costs a gradient.
    """

    slug = "rprop"
    title = "Rprop"
    typical_eta = 0.01
    same_as = "torch.optim.Rprop(lr, etas=(η⁻, η⁺), step_sizes=(Δmin, Δmax))"
    elsewhere = {  # noqa: RUF012
        "optax": (
            "optax.rprop(η, eta_minus=η⁻, eta_plus=η⁺, min_step_size=Δmin, max_step_size=Δmax), whose first step is 0"
        ),
    }
    eta_means = "the length of the first step only"
    no_limit = "takes only the sign of each slope, and finds its step lengths itself"
    source = "Riedmiller & Braun (1993), A direct adaptive method for faster backpropagation learning, ICNN"

    shrink: Number = hyper(
        0.5, "η⁻", "(0, 1)", soft=(0.1, 0.99), help="what a step is multiplied by when the slope turns"
    )
    grow: Number = hyper(1.2, "η⁺", "(1, inf)", soft=(1.01, 2.0), help="what a step is multiplied by while it does not")
    step_min: Number = hyper(
        1e-6, "Δmin", "[0, inf)", soft=(1e-10, 1.0), scale="log", help="no coordinate's step is shorter"
    )
    step_max: Number = hyper(
        50.0, "Δmax", "(0, inf)", soft=(1e-3, 100), scale="log", help="no coordinate's step is longer"
    )

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"g": zero, "delta": zero}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        turn = g * state["g"]
        factor = np.where(np.greater(turn, 0), self.grow, np.where(np.less(turn, 0), self.shrink, 1.0))
        delta = np.where(np.equal(t, 1), eta, state["delta"]) * factor
        delta = np.minimum(np.maximum(delta, self.step_min), self.step_max)
        g = np.where(np.less(turn, 0), 0.0, g)
        return theta - np.sign(g) * delta, {"g": g, "delta": delta}
