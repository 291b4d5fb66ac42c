"""Kin of Adam and AdaGrad, which measure the size of the gradients in other ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.optimizers.adaptive import beta1_field, beta2_field, eps_field, share_field
from lrviz.optimizers.optimizer import Optimizer, Oracle, State, ones


@dataclass(frozen=True)
class AdaDelta(Optimizer):
    r"""AdaDelta: the root mean square of past steps takes the place of a rate.

    $$v_t = \rho v_{t-1} + (1 - \rho) g_t^2, \qquad
      \Delta_t = \frac{\sqrt{u_{t-1} + \varepsilon}}{\sqrt{v_t + \varepsilon}} \, g_t, \qquad
      u_t = \rho u_{t-1} + (1 - \rho) \Delta_t^2, \qquad \theta_t = \theta_{t-1} - \eta \, \Delta_t$$

    Δ has the unit of θ, whatever the unit of the loss, so the paper needs no η: its η is 1. u starts at 0, so that the
    first step is about √(ε/(1 − ρ)) long and ε decides how soon it gets going. Both ε stand inside the roots, in
    PyTorch, Keras and optax alike; they differ in defaults (Keras: η = 0.001, ρ = 0.95). A step costs a gradient.
    """

    slug = "adadelta"
    title = "AdaDelta"
    typical_eta = 1.0
    same_as = "torch.optim.Adadelta(lr, rho=ρ, eps=ε)"
    elsewhere = {  # noqa: RUF012
        "Keras": "keras.optimizers.Adadelta(η, rho=ρ, epsilon=ε), by default with η = 0.001 and ρ = 0.95",
        "optax": "optax.adadelta(η, rho=ρ, eps=ε)",
    }
    eta_means = "a factor on the method's own step: 1 is the method itself"
    source = "Zeiler (2012), ADADELTA: an adaptive learning rate method, arXiv:1212.5701"

    rho: Number = share_field(0.9, "ρ", "how long both means remember: about 1/(1 − ρ) steps")
    eps: Number = hyper(
        1e-6, "ε", "(0, inf)", soft=(1e-10, 1.0), scale="log", help="what the first steps are made of: their square"
    )

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"v": zero, "u": zero}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        v = self.rho * state["v"] + (1 - self.rho) * (g * g)
        delta = np.sqrt(state["u"] + self.eps) / np.sqrt(v + self.eps) * g
        u = self.rho * state["u"] + (1 - self.rho) * (delta * delta)
        return theta - eta * delta, {"v": v, "u": u}


@dataclass(frozen=True)
class RAdam(Optimizer):
    r"""RAdam: Adam that trusts its v only as far as there have been gradients to know it by.

    $$\rho^{\max} = \frac{2}{1 - \beta_2} - 1, \qquad \rho_t = \rho^{\max} - \frac{2 t \beta_2^t}{1 - \beta_2^t},
      \qquad r_t = \sqrt{\frac{(\rho_t - 4)(\rho_t - 2) \, \rho^{\max}}{(\rho^{\max} - 4)(\rho^{\max} - 2) \, \rho_t}}$$
    $$\theta_t = \theta_{t-1} - \eta \, r_t \, \hat m_t \frac{\sqrt{1 - \beta_2^t}}{\sqrt{v_t} + \varepsilon}
      \;\text{ if } \rho_t > 5, \quad \text{else } \theta_{t-1} - \eta \, \hat m_t$$

    m, v and $\hat m$ are Adam's. ρ counts how many gradients v is worth. While they are few the step is plain momentum
    and as long as the slope is steep; from the sixth step on (β₂ = 0.999) it is Adam's, times an r that grows from
    0.026 to 1: a warm-up that needs no number. With β₂ below 2/3 it is momentum for ever. PyTorch's form: ε is added
    before the correction of v, and the change comes beyond 5 (in the paper beyond 4). optax adds ε after the
    correction. A step costs a gradient.
    """

    slug = "radam"
    title = "RAdam"
    typical_eta = 0.001
    same_as = "torch.optim.RAdam(lr, betas=(β₁, β₂), eps=ε)"
    elsewhere = {"optax": "optax.radam(η, b1=β₁, b2=β₂, eps=ε), which adds ε after the correction"}  # noqa: RUF012
    source = "Liu et al. (2020), On the variance of the adaptive learning rate and beyond, ICLR"

    beta1: Number = beta1_field()
    beta2: Number = beta2_field()
    eps: Number = eps_field(1e-8)

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"m": zero, "v": zero, "beta1_t": ones(theta), "beta2_t": ones(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * (g * g)
        beta1_t, beta2_t = self.beta1 * state["beta1_t"], self.beta2 * state["beta2_t"]
        m_hat = m / (1 - beta1_t)
        rho_max = 2 / (1 - self.beta2) - 1
        rho = rho_max - 2 * t * beta2_t / (1 - beta2_t)
        known = np.greater(rho, 5)
        # Where they are not known, neither root may be asked for anything negative.
        own, most = np.maximum(rho, 5.0), np.maximum(rho_max, 5.0)
        r = np.sqrt((own - 4) * (own - 2) * most / ((most - 4) * (most - 2) * own))
        alpha = r * np.sqrt(1 - beta2_t) / (np.sqrt(v) + self.eps)
        memory = {"m": m, "v": v, "beta1_t": beta1_t, "beta2_t": beta2_t}
        return theta - eta * np.where(known, alpha, 1.0) * m_hat, memory


@dataclass(frozen=True)
class AdaMax(Optimizer):
    r"""AdaMax: Adam with the largest recent gradient in place of the root mean square.

    $$m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad u_t = \max(\beta_2 u_{t-1}, |g_t| + \varepsilon), \qquad
      \theta_t = \theta_{t-1} - \frac{\eta}{1 - \beta_1^t} \, \frac{m_t}{u_t}$$

    It is what becomes of Adam when its powers of two become powers without bound. u needs no correction: the first
    gradient already fills it. No coordinate of a step is longer than about η. PyTorch's form, and optax's: ε is added
    to the gradient's size within the maximum (in the paper there is none, Keras adds it to u). A step costs a gradient.
    """

    slug = "adamax"
    title = "AdaMax"
    typical_eta = 0.002
    same_as = "torch.optim.Adamax(lr, betas=(β₁, β₂), eps=ε)"
    elsewhere = {  # noqa: RUF012
        "Keras": "keras.optimizers.Adamax(η, beta_1=β₁, beta_2=β₂, epsilon=ε), which divides by u + ε",
        "optax": "optax.adamax(η, b1=β₁, b2=β₂, eps=ε)",
    }
    source = "Kingma & Ba (2015), Adam: a method for stochastic optimization, ICLR, section 7.1"

    beta1: Number = beta1_field()
    beta2: Number = share_field(0.999, "β₂", "how slowly the largest gradient is forgotten: by this factor a step")
    eps: Number = eps_field(1e-8)

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"m": zero, "u": zero, "beta1_t": ones(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * state["u"], np.abs(g) + self.eps)
        beta1_t = self.beta1 * state["beta1_t"]
        m_hat = m / (1 - beta1_t)
        return theta - eta * m_hat / u, {"m": m, "u": u, "beta1_t": beta1_t}


@dataclass(frozen=True)
class AdaBelief(Optimizer):
    r"""AdaBelief: Adam that divides by how far the gradient was from what was expected, not by how large it was.

    $$m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
      s_t = \beta_2 s_{t-1} + (1 - \beta_2)(g_t - m_t)^2 + \varepsilon, \qquad
      \theta_t = \theta_{t-1} - \frac{\eta \, \hat m_t}{\sqrt{\hat s_t} + \varepsilon}$$

    $\hat m_t = m_t/(1 - \beta_1^t)$ and $\hat s_t = s_t/(1 - \beta_2^t)$. Where the gradient is steady the steps are
    long, even if it is large; where it turns about they are short. ε is added twice, as in the paper: into s, where it
    stays and gathers up, and outside the root (optax can have two different ones). 10⁻¹⁶ is the default of the authors'
    code and of optax; in the paper it is 10⁻⁸. A step costs a gradient.
    """

    slug = "adabelief"
    title = "AdaBelief"
    typical_eta = 0.001
    same_as = "optax.adabelief(η, b1=β₁, b2=β₂, eps=ε, eps_root=ε)"
    elsewhere = {  # noqa: RUF012
        "PyTorch": "adabelief_pytorch.AdaBelief(lr, betas=(β₁, β₂), eps=ε, rectify=False) of its authors"
    }
    source = "Zhuang et al. (2020), AdaBelief optimizer: adapting stepsizes by the belief in gradients, NeurIPS"

    beta1: Number = beta1_field()
    beta2: Number = share_field(
        0.999, "β₂", "how long the mean of the squared surprise remembers: about 1/(1 − β₂) steps"
    )
    eps: Number = hyper(
        1e-16,
        "ε",
        "(0, inf)",
        soft=(1e-16, 1.0),
        scale="log",
        help="keeps the division finite where nothing surprises; added in each step, it gathers up in s",
    )

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"m": zero, "s": zero, "beta1_t": ones(theta), "beta2_t": ones(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        surprise = g - m
        s = self.beta2 * state["s"] + (1 - self.beta2) * (surprise * surprise) + self.eps
        beta1_t, beta2_t = self.beta1 * state["beta1_t"], self.beta2 * state["beta2_t"]
        m_hat, s_hat = m / (1 - beta1_t), s / (1 - beta2_t)
        memory = {"m": m, "s": s, "beta1_t": beta1_t, "beta2_t": beta2_t}
        return theta - eta * m_hat / (np.sqrt(s_hat) + self.eps), memory


@dataclass(frozen=True)
class Yogi(Optimizer):
    r"""Yogi: Adam whose second moment moves by a fixed share of g², however far from it it is.

    $$m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
      v_t = v_{t-1} - (1 - \beta_2) \, \operatorname{sign}(v_{t-1} - g_t^2) \, g_t^2, \qquad
      \theta_t = \theta_{t-1} - \frac{\eta \, \hat m_t}{\sqrt{\hat v_t} + \varepsilon}$$

    $\hat m_t = m_t/(1 - \beta_1^t)$ and $\hat v_t = v_t/(1 - \beta_2^t)$. Where gradients become small, Adam forgets
    the large ones by a fixed share of v, and its rate shoots up; here v falls only as fast as the small ones add up.
    optax's form: m and v both start at 10⁻⁶ and are divided by 1 − β^t all the same (the paper corrects nothing), and
    ε = 10⁻³ stands outside the root. A step costs a gradient.
    """

    slug = "yogi"
    title = "Yogi"
    typical_eta = 0.01
    same_as = "optax.yogi(η, b1=β₁, b2=β₂, eps=ε)"
    elsewhere = {"PyTorch": "torch_optimizer.Yogi(lr, betas=(β₁, β₂), eps=ε, initial_accumulator=1e-6)"}  # noqa: RUF012
    source = "Zaheer et al. (2018), Adaptive methods for nonconvex optimization, NeurIPS"

    beta1: Number = beta1_field()
    beta2: Number = share_field(0.999, "β₂", "how slowly v moves: by the share 1 − β₂ of g² a step")
    eps: Number = eps_field(1e-3)

    def init(self, theta: Array) -> State:
        little = np.zeros_like(theta) + 1e-6
        return {"m": little, "v": little, "beta1_t": ones(theta), "beta2_t": ones(theta)}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = state["v"] - (1 - self.beta2) * np.sign(state["v"] - g * g) * (g * g)
        beta1_t, beta2_t = self.beta1 * state["beta1_t"], self.beta2 * state["beta2_t"]
        m_hat, v_hat = m / (1 - beta1_t), v / (1 - beta2_t)
        memory = {"m": m, "v": v, "beta1_t": beta1_t, "beta2_t": beta2_t}
        return theta - eta * m_hat / (np.sqrt(v_hat) + self.eps), memory
