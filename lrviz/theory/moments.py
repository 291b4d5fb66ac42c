"""Mean and covariance of noisy runs on a quadratic where the noise itself depends on θ, as that of minibatches does.

With e = θ − θ* and the state s = (e, m) a step is s ← A s + B ξ. The noise ξ has no mean, and its covariance at θ is a
quadratic function of θ, for additive noise a constant one. So mean and covariance of s obey recursions that close, and
nothing is approximated. Where the rate is constant, what the covariance settles at solves a linear system; it exists
below the rate at which second moments begin to grow, which for minibatches is below the limit of the mean. Source:
Bach & Moulines (2013), Non-strongly-convex smooth stochastic approximation with convergence rate O(1/n), NeurIPS;
Dieuleveut, Durmus & Bach (2020), Bridging the gap between constant step size SGD and Markov chains, Annals of Stat. 48.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache

import numpy as np

from lrviz.declare import Array
from lrviz.noise import Noise
from lrviz.optimizers import Optimizer
from lrviz.surfaces import Surface
from lrviz.theory.linear import added_curvature, has_limit, transition
from lrviz.theory.stationary import rest


def why_not(surface: Surface, optimizer: Optimizer) -> str:
    """Why these moments have no closed recursion, as a clause; empty where they have."""
    if not surface.constant_hessian:
        return "the surface is not quadratic: its curvature changes from place to place"
    if not has_limit(optimizer):
        return f"{optimizer.title} {optimizer.no_limit}, so theory has no linear map for its step"
    if not np.all(np.linalg.eigvalsh(surface.hess(np.zeros(2))) > 0):
        return "the surface has no minimum"
    return ""


class Moments:
    """The exact moments of θ over all draws of the noise. ValueError where `why_not` has a reason."""

    def __init__(self, surface: Surface, optimizer: Optimizer, noise: Noise) -> None:
        if reason := why_not(surface, optimizer):
            raise ValueError(f"the moments have no closed form: {reason}")
        self.surface, self.optimizer, self.noise = surface, optimizer, noise
        self.hessian = surface.hess(np.zeros(2))
        minimum = np.array(surface.minima[0])
        self.rest = rest(optimizer, self.hessian, minimum)
        pulled = self.rest - minimum
        self._height = 0.5 * pulled @ self.hessian @ pulled  # weight decay alone keeps it so high

    def path(self, etas: Iterable[float], start: Array) -> tuple[Array, Array]:
        """Mean, (T + 1, 2), and covariance, (T + 1, 2, 2), of θ at each step, from a start, with these T rates."""
        size = 2 * transition(self.optimizer, 1.0)[1].shape[-1]
        mean, cov = np.zeros(size), np.zeros((size, size))
        mean[:2] = np.asarray(start, dtype=np.float64) - self.rest
        means, covs = [self.rest + mean[:2]], [cov[:2, :2]]
        maps = lru_cache(self._step)  # most rates come more than once
        with np.errstate(over="ignore", invalid="ignore"):
            for t, eta in enumerate(etas):
                step, push = maps(float(eta), t == 0)
                shaken = self._covariance(mean[:2], cov[:2, :2])
                mean, cov = step @ mean, step @ cov @ step.T + push @ shaken @ push.T
                means.append(self.rest + mean[:2])
                covs.append(cov[:2, :2])
        return np.array(means), np.array(covs)

    def settled(self, eta: float) -> Array:
        """The covariance of θ that a constant rate keeps up, (2, 2); infinite where second moments do not settle."""
        radius, operator, constant = self._second(eta)
        if not radius < 1:
            return np.full((2, 2), np.inf)
        size = int(np.sqrt(len(constant)))
        whole = np.linalg.solve(np.eye(len(constant)) - operator, constant).reshape(size, size)
        return np.asarray(whole[:2, :2], dtype=np.float64)

    def radius(self, eta: float) -> float:
        """What a step leaves of how far the covariance is from where it settles, in the long run; grows from 1 on."""
        return self._second(eta)[0]

    def floor(self, eta: float) -> float:
        """The mean loss above the minimum that a constant rate keeps up; infinite where nothing settles."""
        settled = self.settled(eta)
        if not np.isfinite(settled).all():
            return np.inf
        return float(0.5 * np.sum(self.hessian * settled) + self._height)

    def loss(self, means: Array, covs: Array) -> Array:
        """The mean loss above the minimum, (…), of moments (…, 2) and (…, 2, 2)."""
        offset = means - np.array(self.surface.minima[0])
        with np.errstate(over="ignore", invalid="ignore"):
            squares = offset[..., :, None] * offset[..., None, :] + covs
            loss: Array = 0.5 * np.sum(self.hessian * squares, axis=(-1, -2))
        return loss

    @cached_property
    def limit(self) -> float:
        """The rate from which on second moments grow, to twelve digits, by bisection; that of the mean is no lower."""
        low, high = 0.0, 1.0
        while self.radius(high) < 1:
            low, high = high, 2 * high
        while high - low > 1e-12 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if self.radius(middle) < 1 else (low, middle)
        return low

    # ---- one step

    def _step(self, eta: float, first: bool) -> tuple[Array, Array]:
        """A, (2k, 2k), and B, (2k, 2)."""
        free, push = transition(self.optimizer, eta, first)
        whole = self.hessian + added_curvature(self.optimizer) * np.eye(2)
        into: Array = np.kron(push[:, None], np.eye(2)).astype(np.float64)
        step: Array = np.kron(free, np.eye(2)).astype(np.float64)
        step[:, :2] += into @ whole
        return step, into

    @cached_property
    def _terms(self) -> tuple[Array, Array, Array]:
        """The noise's covariance as C(rest + e) = C₀ + Σ G_k e_k + Σ D_kl e_k e_l: (4,), (4, 2) and (4, 4)."""

        def covariance(offset: Array) -> Array:
            return self.noise.covariance(self.surface, self.rest + offset).ravel()

        x, y = np.eye(2)
        here = covariance(0 * x)
        linear = [(covariance(e) - covariance(-e)) / 2 for e in (x, y)]
        square = [(covariance(e) + covariance(-e)) / 2 - here for e in (x, y)]
        mixed = (covariance(x + y) - here - sum(linear) - sum(square)) / 2
        return here, np.stack(linear, axis=-1), np.stack([square[0], mixed, mixed, square[1]], axis=-1)

    def _covariance(self, mean: Array, cov: Array) -> Array:
        """The mean covariance of the noise, (2, 2), for θ − rest of this mean and covariance."""
        here, linear, square = self._terms
        flat: Array = here + linear @ mean + square @ (cov + mean[:, None] * mean).ravel()
        return flat.reshape(2, 2)

    def _second(self, eta: float) -> tuple[float, Array, Array]:
        """vec Σ ← M vec Σ + c about the place of rest: the spectral radius of M, M and c."""
        step, push = self._step(eta, first=False)
        here, _, square = self._terms
        size, into = len(step), np.kron(push, push)
        from_theta = np.zeros((4, size, size))
        from_theta[:, :2, :2] = square.reshape(4, 2, 2)
        operator = np.kron(step, step) + into @ from_theta.reshape(4, -1)
        constant = into @ here
        return float(np.abs(np.linalg.eigvals(operator)).max()), operator, constant
