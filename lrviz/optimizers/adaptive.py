"""Methods that give each coordinate a rate of its own, from the gradients it has seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, flag, hyper
from lrviz.optimizers.optimizer import Optimizer, Oracle, State, ones


def eps_field(default: float) -> Number:
    # 0 is refused, although PyTorch takes it: a coordinate that has seen no gradient yet would be 0/0.
    help = "keeps the division finite; large, it turns the method back into momentum"
    return hyper(default, "ε", "(0, inf)", soft=(1e-10, 1.0), scale="log", help=help)


def share_field(default: float, symbol: str, help: str) -> Number:
    return hyper(default, symbol, "[0, 1)", soft=(0.0, 0.9999), scale="complement", help=help)


def beta1_field() -> Number:
    return share_field(0.9, "β₁", "how long the mean of the gradient remembers: about 1/(1 − β₁) steps")


def beta2_field() -> Number:
    return share_field(0.999, "β₂", "how long the mean of g² remembers: about 1/(1 − β₂) steps")


def _corrected(uncorrected: bool, mean: Array, share: Array) -> Array:
    """A mean that began at 0, without the share of it that this 0 still has; or as it is."""
    return mean if uncorrected else mean / (1 - share)


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    r"""AdaGrad: each coordinate's rate is divided by the length of all the gradients it has seen.

    $$s_t = s_{t-1} + g_t^2, \qquad \theta_t = \theta_{t-1} - \frac{\eta \, g_t}{\sqrt{s_t} + \varepsilon}$$

    The sum only grows, so the rate only falls. PyTorch's form: s starts at 0 (Keras and optax: 0.1).
    """

    slug = "adagrad"
    title = "AdaGrad"
    typical_eta = 0.01
    same_as = "torch.optim.Adagrad(lr, eps=ε, initial_accumulator_value=s₀)"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.optimizers.Adagrad(η, initial_accumulator_value=s₀, epsilon=ε), with ε inside the root, and s₀ = "
            "0.1 by default"
        ),
        "optax": (
            "optax.adagrad(η, initial_accumulator_value=s₀, eps=ε), with ε inside the root, and s₀ = 0.1 by default"
        ),
    }
    source = "Duchi, Hazan & Singer (2011), Adaptive subgradient methods, JMLR 12"

    eps: Number = eps_field(1e-10)
    initial_accumulator: Number = hyper(
        0.0, "s₀", "[0, inf)", soft=(1e-3, 10.0), scale="log", help="what the sum of g² starts from"
    )

    def init(self, theta: Array) -> State:
        return {"s": np.zeros_like(theta) + self.initial_accumulator}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        s = state["s"] + g * g
        return theta - eta * g / (np.sqrt(s) + self.eps), {"s": s}


@dataclass(frozen=True)
class RMSProp(Optimizer):
    r"""RMSProp: AdaGrad with a memory that fades, so that the rate can rise again.

    $$v_t = \rho v_{t-1} + (1 - \rho) g_t^2, \qquad
      b_t = \beta b_{t-1} + \frac{g_t}{\sqrt{v_t - c_t \bar g_t^2} + \varepsilon}, \qquad
      \theta_t = \theta_{t-1} - \eta \, b_t$$

    c = 1 where centered, with $\bar g_t = \rho \bar g_{t-1} + (1 - \rho) g_t$; else 0. PyTorch's form: ε outside the
    root, ρ = 0.99 (Keras and optax: 0.9). Nothing is corrected for starting at 0: the first step is 1/√(1 − ρ) long.
    Where centered, a variance that rounding has made negative is taken as 0 (PyTorch: NaN).
    """

    slug = "rmsprop"
    title = "RMSProp"
    typical_eta = 0.01
    same_as = "torch.optim.RMSprop(lr, alpha=ρ, eps=ε, momentum=β, centered)"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.optimizers.RMSprop(η, rho=ρ, momentum=β, epsilon=ε, centered=c), with ε inside the root, and a b "
            "that holds η; ρ = 0.9 by default"
        ),
        "optax": (
            "optax.rmsprop(η, decay=ρ, eps=ε, eps_in_sqrt=False, centered=c, momentum=β), with a b that holds η; ρ = "
            "0.9 by default"
        ),
    }
    source = "Tieleman & Hinton (2012), Lecture 6.5; centered: Graves (2013), Generating sequences with RNNs"

    rho: Number = share_field(0.99, "ρ", "how long the mean of g² remembers: about 1/(1 − ρ) steps")
    eps: Number = eps_field(1e-8)
    beta: Number = share_field(0.0, "β", "the share of the last step that is kept")
    centered: bool = flag("c", "divide by the standard deviation of the gradient instead of its root mean square")

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"v": zero} | ({"g_mean": zero} if self.centered else {}) | {"b": zero}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        v = self.rho * state["v"] + (1 - self.rho) * (g * g)
        memory, variance = {"v": v}, v
        if self.centered:
            g_mean = self.rho * state["g_mean"] + (1 - self.rho) * g
            memory, variance = memory | {"g_mean": g_mean}, np.maximum(v - g_mean * g_mean, 0.0)
        b = self.beta * state["b"] + g / (np.sqrt(variance) + self.eps)
        return theta - eta * b, memory | {"b": b}


@dataclass(frozen=True)
class Adam(Optimizer):
    r"""Adam: the mean of the gradient over the root of the mean of its square, both corrected for starting at 0.

    $$m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2$$
    $$\hat m_t = \frac{m_t}{1 - \beta_1^t}, \qquad \hat v_t = \frac{v_t}{1 - \beta_2^t}, \qquad
      \theta_t = \theta_{t-1} - \frac{\eta \, \hat m_t}{\sqrt{\hat v_t} + \varepsilon}$$

    ε stands outside the root and is added after the correction, as in Algorithm 1 and in PyTorch (Keras adds it
    before; optax has a second ε inside the root, 0 by default). Uncorrected, $\hat m = m$ and $\hat v = v$: the first
    step is then (1 − β₁)/√(1 − β₂) times as long, 3.2 times by default.
    """

    slug = "adam"
    title = "Adam"
    typical_eta = 0.001
    same_as = "torch.optim.Adam(lr, betas=(β₁, β₂), eps=ε)"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.optimizers.Adam(η, beta_1=β₁, beta_2=β₂, epsilon=ε), which adds ε before the correction; 10⁻⁷ by "
            "default"
        ),
        "optax": "optax.adam(η, b1=β₁, b2=β₂, eps=ε)",
    }
    source = "Kingma & Ba (2015), Adam: a method for stochastic optimization, ICLR"

    beta1: Number = beta1_field()
    beta2: Number = beta2_field()
    eps: Number = eps_field(1e-8)
    uncorrected: bool = flag("u", "leave out the correction for starting at 0")

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"m": zero, "v": zero, "beta1_t": ones(theta), "beta2_t": ones(theta)}

    def moments(self, g: Array, state: State) -> State:
        """The memory after one more gradient."""
        return {
            "m": self.beta1 * state["m"] + (1 - self.beta1) * g,
            "v": self.beta2 * state["v"] + (1 - self.beta2) * (g * g),
            "beta1_t": self.beta1 * state["beta1_t"],
            "beta2_t": self.beta2 * state["beta2_t"],
        }

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        state = self.moments(oracle.grad(theta), state)
        m_hat = _corrected(self.uncorrected, state["m"], state["beta1_t"])
        v_hat = _corrected(self.uncorrected, state["v"], state["beta2_t"])
        return theta - eta * m_hat / (np.sqrt(v_hat) + self.eps), state


@dataclass(frozen=True)
class AdamW(Adam):
    r"""AdamW: Adam with the weight decay taken out of the gradient, and so out of the division.

    $$\theta_t = (1 - \eta \lambda) \, \theta_{t-1} - \frac{\eta \, \hat m_t}{\sqrt{\hat v_t} + \varepsilon}$$

    PyTorch's form: the decay is multiplied by η (in the paper by the schedule's multiplier only).
    """

    slug = "adamw"
    title = "AdamW"
    same_as = "torch.optim.AdamW(lr, betas=(β₁, β₂), eps=ε, weight_decay=λ)"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.optimizers.AdamW(η, weight_decay=λ, beta_1=β₁, beta_2=β₂, epsilon=ε), which adds ε before the "
            "correction; λ = 0.004 by default"
        ),
        "optax": "optax.adamw(η, b1=β₁, b2=β₂, eps=ε, weight_decay=λ), where λ = 0.0001 by default",
    }
    source = "Loshchilov & Hutter (2019), Decoupled weight decay regularization, ICLR"

    weight_decay: Number = hyper(
        0.01, "λ", "[0, inf)", soft=(1e-4, 1.0), scale="log", help="pulls θ towards 0 by the share ηλ a step"
    )

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        stepped, state = super().step(t, eta, theta, oracle, state)
        return stepped - eta * self.weight_decay * theta, state


@dataclass(frozen=True)
class AMSGrad(Adam):
    r"""AMSGrad: Adam whose second moment may not fall, so that no coordinate's rate may rise.

    $$v^{\max}_t = \max(v^{\max}_{t-1}, v_t), \qquad
      \theta_t = \theta_{t-1} - \frac{\eta \, \hat m_t}{\sqrt{v^{\max}_t / (1 - \beta_2^t)} + \varepsilon}$$

    PyTorch's form: the maximum is taken before the correction (optax: after it; the paper corrects nothing).
    """

    slug = "amsgrad"
    title = "AMSGrad"
    same_as = "torch.optim.Adam(lr, betas=(β₁, β₂), eps=ε, amsgrad=True)"
    elsewhere = {  # noqa: RUF012
        "Keras": (
            "keras.optimizers.Adam(η, beta_1=β₁, beta_2=β₂, epsilon=ε, amsgrad=True), which adds ε before the "
            "correction"
        ),
        "optax": "optax.amsgrad(η, b1=β₁, b2=β₂, eps=ε), which takes the maximum after the correction",
    }
    source = "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond, ICLR"

    def init(self, theta: Array) -> State:
        return super().init(theta) | {"v_max": np.zeros_like(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        moments = self.moments(oracle.grad(theta), state)
        v_max = np.maximum(state["v_max"], moments["v"])
        m_hat = _corrected(self.uncorrected, moments["m"], moments["beta1_t"])
        v_hat = _corrected(self.uncorrected, v_max, moments["beta2_t"])
        return theta - eta * m_hat / (np.sqrt(v_hat) + self.eps), moments | {"v_max": v_max}


@dataclass(frozen=True)
class NAdam(Adam):
    r"""Nadam: Adam with Nesterov's look ahead, and a momentum that warms up.

    $$\mu_t = \beta_1 \left(1 - \tfrac12 \, 0.96^{t \psi}\right), \qquad
      \theta_t = \theta_{t-1} - \frac{\eta}{\sqrt{\hat v_t} + \varepsilon}
      \left(\frac{(1 - \mu_t) \, g_t}{1 - \prod_{i \le t} \mu_i}
      + \frac{\mu_{t+1} \, m_t}{1 - \prod_{i \le t+1} \mu_i}\right)$$

    PyTorch's form. optax's `nadam` leaves the warm-up of μ out.
    """

    slug = "nadam"
    title = "Nadam"
    typical_eta = 0.002
    same_as = "torch.optim.NAdam(lr, betas=(β₁, β₂), eps=ε, momentum_decay=ψ)"
    elsewhere = {  # noqa: RUF012
        "Keras": "keras.optimizers.Nadam(η, beta_1=β₁, beta_2=β₂, epsilon=ε), in which ψ is 1",
        "optax": "optax.nadam(η, b1=β₁, b2=β₂, eps=ε), without the warm-up of μ",
    }
    source = "Dozat (2016), Incorporating Nesterov momentum into Adam, ICLR workshop"

    momentum_decay: Number = hyper(
        0.004, "ψ", "[0, inf)", soft=(1e-4, 1.0), scale="log", help="how fast the momentum warms up to β₁"
    )

    def init(self, theta: Array) -> State:
        return super().init(theta) | {"warmup_t": ones(theta), "mu_product": ones(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        moments = self.moments(g, state)
        warmup = np.power(0.96, self.momentum_decay)  # the factor by which 0.96^(tψ) falls each step
        warmup_t = state["warmup_t"] * warmup
        mu = self.beta1 * (1 - 0.5 * warmup_t)
        mu_next = self.beta1 * (1 - 0.5 * warmup_t * warmup)
        mu_product = state["mu_product"] * mu
        look_ahead = _corrected(self.uncorrected, (1 - mu) * g, mu_product)
        look_ahead = look_ahead + _corrected(self.uncorrected, mu_next * moments["m"], mu_product * mu_next)
        v_hat = _corrected(self.uncorrected, moments["v"], moments["beta2_t"])
        theta = theta - eta * look_ahead / (np.sqrt(v_hat) + self.eps)
        return theta, moments | {"warmup_t": warmup_t, "mu_product": mu_product}
