"""Gradient descent, and the two ways of giving it momentum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.optimizers.optimizer import Optimizer, Oracle, State

_DECAY_HELP = "pulls θ towards 0 through the gradient (an L2 penalty of λ/2 ‖θ‖²)"


def l2_decay() -> Number:
    return hyper(0.0, "λ", "[0, inf)", soft=(1e-4, 1.0), scale="log", help=_DECAY_HELP)


def _beta() -> Number:
    return hyper(
        0.9, "β", "[0, 1)", soft=(0.0, 0.999), scale="complement", help="the share of the last step that is kept"
    )


@dataclass(frozen=True)
class GD(Optimizer):
    r"""Gradient descent: downhill, as far as the slope is steep.

    $$\theta_t = \theta_{t-1} - \eta \, g_t$$
    """

    slug = "gd"
    title = "Gradient descent"
    short = "GD"
    typical_eta = 0.01
    same_as = "torch.optim.SGD(lr, weight_decay=λ)"
    elsewhere = {  # noqa: RUF012
        "Keras": "keras.optimizers.SGD(η, weight_decay=λ)",
        "optax": "optax.chain(optax.add_decayed_weights(λ), optax.sgd(η))",
    }
    source = "Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées"

    weight_decay: Number = l2_decay()

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta) + self.weight_decay * theta
        return theta - eta * g, state


@dataclass(frozen=True)
class Momentum(Optimizer):
    r"""Heavy ball: the gradient pushes a velocity, the velocity moves θ.

    $$m_t = \beta m_{t-1} + (1 - \tau) g_t, \qquad \theta_t = \theta_{t-1} - \eta \, m_t$$

    The velocity here is a *sum* of gradients, as in PyTorch: with dampening τ = 0 a steady gradient is followed at
    η/(1 − β). Dampening τ = β gives the *average* (EMA) form that Adam uses, with steps (1 − β) times as long and a
    stability limit 1/(1 − β) times as high. As in PyTorch, the first step is never dampened, and with β = 0 none is.
    """

    slug = "momentum"
    title = "Momentum"
    typical_eta = 0.01
    same_as = "torch.optim.SGD(lr, momentum=β, dampening=τ, weight_decay=λ)"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.optimizers.SGD(η, momentum=β), whose velocity holds η: a new η does not change the old pushes; no "
            "dampening; its weight_decay is decoupled"
        ),
        "optax": "optax.chain(optax.add_decayed_weights(λ), optax.sgd(η, momentum=β)), without dampening",
    }
    source = "Polyak (1964), Some methods of speeding up the convergence of iteration methods"

    beta: Number = _beta()
    dampening: Number = hyper(
        0.0, "τ", "[0, 1)", soft=(0.0, 0.999), scale="complement", help="the share of each new gradient left out"
    )
    weight_decay: Number = l2_decay()

    @property
    def share(self) -> Array:
        """The share of each new gradient that enters the velocity after the first step."""
        return np.where(np.equal(self.beta, 0), 1.0, 1 - self.dampening)

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta) + self.weight_decay * theta
        m = self.beta * state["m"] + np.where(np.equal(t, 1), 1.0, self.share) * g
        return theta - eta * m, {"m": m}


@dataclass(frozen=True)
class Nesterov(Optimizer):
    r"""Nesterov's momentum: the push of the next step is anticipated.

    $$m_t = \beta m_{t-1} + g_t, \qquad \theta_t = \theta_{t-1} - \eta \, (g_t + \beta m_t)$$

    This is PyTorch's form (Sutskever et al. 2013), which stores the point where the gradient is taken; Nesterov's own
    stores the point before it. Both visit the same points, one half step apart.
    """

    slug = "nesterov"
    title = "Nesterov"
    typical_eta = 0.01
    same_as = "torch.optim.SGD(lr, momentum=β, nesterov=True, weight_decay=λ)"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.optimizers.SGD(η, momentum=β, nesterov=True), whose velocity holds η: a new η does not change the "
            "old pushes; its weight_decay is decoupled"
        ),
        "optax": "optax.chain(optax.add_decayed_weights(λ), optax.sgd(η, momentum=β, nesterov=True))",
    }
    source = "Nesterov (1983); Sutskever et al. (2013), On the importance of initialization and momentum, ICML"

    beta: Number = _beta()
    weight_decay: Number = l2_decay()

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta) + self.weight_decay * theta
        m = self.beta * state["m"] + g
        return theta - eta * (g + self.beta * m), {"m": m}
