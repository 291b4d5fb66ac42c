"""Methods that know how the slope changes, or learn it: of second order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, flag, hyper
from lrviz.optimizers.line_search import backtracked, decrease, shrink, trials
from lrviz.optimizers.optimizer import Optimizer, Oracle, State
from lrviz.problem import Problem

MOST = 64
"""Coordinates up to which BFGS is run: each of its steps writes out their square, coordinate by coordinate."""


@dataclass(frozen=True)
class Newton(Optimizer):
    r"""Newton's method: to where the gradient of the local quadratic is zero.

    $$\theta_t = \theta_{t-1} - \eta \, (\nabla^2 f(\theta_{t-1}) + \lambda I)^{-1} g_t$$

    On a quadratic one full step (η = 1) arrives, whatever its condition. What it looks for is a slope of zero, no
    minimum: where the Hessian is indefinite it goes *up* along the negative curvatures, to the nearest saddle, and
    where it is singular the step has no end and the run stops there (where the slope is zero already it stays). λ
    is added to each curvature (Levenberg): enough of it makes them all positive. With `absolute` each curvature is
    taken by its size, |H| in place of H (saddle-free Newton, Dauphin et al. 2014): then saddles repel. A step costs
    a gradient and a Hessian, which is counted as one gradient for each coordinate: three in the plane. Solved in
    closed form for two coordinates, and refused for more.
    """

    slug = "newton"
    title = "Newton"
    typical_eta = 1.0
    same_as = "Section 3.3 of Nocedal & Wright (2006)"
    eta_means = "the damping: 1 is the full step"
    no_limit = "divides each direction by its curvature"
    needs = frozenset({"hess"})
    scales = False
    source = (
        "Nocedal & Wright (2006), Numerical Optimization, section 3.3; absolute: "
        "Dauphin et al. (2014), Identifying and attacking the saddle point problem, NeurIPS"
    )

    shift: Number = hyper(
        0.0, "λ", "[0, inf)", soft=(1e-3, 1e3), scale="log", help="is added to each curvature: bends the step downhill"
    )
    absolute: bool = flag("a", "take each curvature by its size: saddles repel")

    def refusal(self, problem: Problem) -> str:
        found, size = super().refusal(problem), len(problem.start)
        return found or (f"{self.title} is solved for 2 coordinates; {problem.title} has {size}" if size != 2 else "")

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        H = oracle.hess(theta)
        if self.absolute:
            H = self.by_size(H)
        (xx, xy), (_, yy) = H
        xx, yy = xx + self.shift, yy + self.shift
        x, y = g
        still = np.equal(np.abs(x) + np.abs(y), 0)
        det = np.where(still, 1.0, xx * yy - xy * xy)
        p = np.stack([yy * x - xy * y, xx * y - xy * x]) / det
        return theta - eta * p, state

    def by_size(self, hess: Array) -> Array:
        """|H| = (H² + |det H| I) / √(tr H² + 2 |det H|), the root of H² by the theorem of Cayley and Hamilton."""
        (xx, xy), (_, yy) = hess
        det = np.abs(xx * yy - xy * xy)
        trace = np.sqrt(xx * xx + 2 * xy * xy + yy * yy + 2 * det)  # |λ₁| + |λ₂|
        trace = np.where(np.equal(trace, 0), 1.0, trace)
        across = xy * (xx + yy) / trace
        return np.stack(
            [
                np.stack([(xx * xx + xy * xy + det) / trace, across]),
                np.stack([across, (yy * yy + xy * xy + det) / trace]),
            ]
        )


@dataclass(frozen=True)
class BFGS(Optimizer):
    r"""BFGS: Newton's method with an inverse Hessian that is learnt from how the gradient changed along each step.

    $$s = \theta_{t-1} - \theta_{t-2}, \quad y = g_t - g_{t-1}, \quad \tau = \frac1{s \cdot y}, \quad
      H_t = (I - \tau s y^\top) H_{t-1} (I - \tau y s^\top) + \tau s s^\top$$
    $$p_t = -H_t g_t, \qquad \theta_t = \theta_{t-1} + \sigma_t \, \eta \, p_t$$

    σ is the first of 1, ρ, ρ², … that satisfies Armijo's condition along p; with K = 0 nothing is tried, and σ = 1. H
    starts as the identity, and is multiplied by s·y / y·y before its first update (Nocedal & Wright, 6.20).
    Backtracking does not see to it that s·y > 0, and where it is not (the curvature along the step was negative) H is
    left as it is: so H stays positive definite, and p points downhill. Where no length holds θ stays. A step costs a
    gradient, and with K > 0 a loss and another for each length tried. Implementations differ in the line search: SciPy
    uses Wolfe's conditions.
    """

    slug = "bfgs"
    title = "BFGS"
    typical_eta = 1.0
    same_as = "Algorithm 6.1 of Nocedal & Wright (2006), with backtracking"
    elsewhere = {  # noqa: RUF012
        "SciPy": "scipy.optimize.minimize(method='BFGS'), with another line search",
        "PyTorch": "torch.optim.LBFGS(lr=η), which keeps the last steps in place of the matrix",
        "optax": "optax.lbfgs(), which keeps the last steps in place of the matrix, and has another line search",
    }
    eta_means = "the first length that is tried: 1 is the full step"
    no_limit = "divides by the curvature that it has learnt"
    scales = False
    source = "Broyden, Fletcher, Goldfarb and Shanno (1970); Nocedal & Wright (2006), Numerical Optimization, chapter 6"
    in_words = {  # noqa: RUF012
        "sigma": "the first of 1, ρ, ρ², …, of which K are tried, with f(θ + σηp) ≤ f(θ) + cση g·p; 0 if none"
    }

    decrease: Number = decrease()
    shrink: Number = shrink()
    trials: Number = trials("[0, 40]")

    def refusal(self, problem: Problem) -> str:
        found, size = super().refusal(problem), len(problem.start)
        many = f"{self.title} keeps a matrix: at most {MOST} coordinates; {problem.title} has {size}"
        return found or (many if size > MOST else "")

    def init(self, theta: Array) -> State:
        zero, one = np.zeros_like(theta), np.ones_like(theta[0])
        none, size = np.zeros_like(theta[0]), len(theta)
        identity = {f"H{i}": np.stack([one if i == j else none for j in range(size)]) for i in range(size)}
        return identity | {"g": zero, "theta_last": theta, "sigma": one, "k": none}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        rows, k = self.learnt(theta - state["theta_last"], g - state["g"], state)
        p = -np.stack([np.sum(row * g, axis=0) for row in rows.values()])
        sigma = np.ones_like(p[0])
        if self.trials:
            sigma = backtracked(oracle, theta, g, p, eta, self.decrease, self.shrink, self.trials)
        return theta + sigma * eta * p, rows | {"g": g, "theta_last": theta, "sigma": sigma, "k": k}

    def learnt(self, s: Array, y: Array, state: State) -> tuple[State, Array]:
        """The rows of H after a step s along which the gradient changed by y, and how often H was changed."""
        rows = [state[f"H{i}"] for i in range(len(s))]
        # s and y are measured in units of the longest coordinate of s: products of tiny steps would underflow.
        unit = np.max(np.abs(s), axis=0)
        unit = np.where(np.equal(unit, 0), 1.0, unit)
        s, y = s / unit, y / unit
        sy, yy = np.sum(s * y, axis=0), np.sum(y * y, axis=0)
        bent = np.greater(sy, 0)  # else there is nothing to learn
        tau = 1 / np.where(bent, sy, 1.0)
        gamma = np.where(np.logical_and(bent, np.equal(state["k"], 0)), sy / np.where(bent, yy, 1.0), 1.0)
        u = gamma * np.stack([np.sum(row * y, axis=0) for row in rows])
        c = tau * (1 + tau * np.sum(y * u, axis=0))
        new = {
            f"H{i}": np.where(bent, gamma * row + c * s[i] * s - tau * (s[i] * u + u[i] * s), row)
            for i, row in enumerate(rows)
        }
        return new, state["k"] + np.where(bent, 1.0, 0.0)
