r"""Clients that learn one θ together: each has a loss of its own, and all of them a mean that is to be brought down.

$$f(θ) = \sum_k p_k f_k(θ)$$
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models.data import Data
from lrviz.problem import Problem

Index = NDArray[np.int64]


class Clients(Problem):
    """K clients. As a problem it is the mean of their losses, with which each counts by its weight."""

    @property
    def weights(self) -> Array:
        """p, (K,): what each counts; they sum to 1."""
        raise NotImplementedError

    def each(self, theta: Array, who: Index) -> tuple[Array, Array]:
        """Loss and gradient of clients `who`, (S,), each at its own places: (dim, S, B) → (S, B), (dim, S, B)."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def everyone(self) -> Index:
        """(K,): the numbers of all clients."""
        return np.arange(len(self))

    def loss(self, theta: Array) -> Array:
        return self.loss_and_grad(theta)[0]

    def grad(self, theta: Array) -> Array:
        return self.loss_and_grad(theta)[1]

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        """(dim, ...) → (...), (dim, ...)"""
        flat = theta.reshape(len(theta), 1, -1)
        losses, grads = self.each(np.broadcast_to(flat, (len(theta), len(self), flat.shape[-1])), self.everyone)
        loss = np.tensordot(self.weights, losses, 1)
        grad = np.einsum("k,dkb->db", self.weights, grads)
        return loss.reshape(theta.shape[1:]), grad.reshape(theta.shape)


@dataclass(frozen=True, eq=False)
class Quadratics(Clients):
    r"""$$f_k(θ) = \tfrac12 (θ - θ_k^*)^{\mathsf T} A_k (θ - θ_k^*)$$

    all with the same weight. ValueError where shapes do not fit, or an A is not symmetric and positive definite.
    """

    title = "Quadratic clients"

    own: Array
    """θ*, (K, dim): the minimum of each."""
    curvature: Array
    """A, (K, dim, dim)"""

    def __post_init__(self) -> None:
        count, dim = self.own.shape
        if self.curvature.shape != (count, dim, dim):
            raise ValueError(f"the curvatures have shape {self.curvature.shape}, not {(count, dim, dim)}")
        symmetric = np.allclose(self.curvature, self.curvature.swapaxes(1, 2))
        if not symmetric or not (np.linalg.eigvalsh(self.curvature) > 0).all():
            raise ValueError("a curvature is not symmetric and positive definite")

    @property
    def weights(self) -> Array:
        return np.full(len(self.own), 1 / len(self.own))

    @cached_property
    def box(self) -> Array:
        """(dim, 2): room for the minima."""
        reach = max(2.0, 1.3 * float(np.abs(self.own).max()))
        return np.tile([-reach, reach], (self.own.shape[1], 1))

    @property
    def start(self) -> Array:
        """(dim,): in a corner."""
        return 0.9 * self.box[:, 0]

    @cached_property
    def optimum(self) -> Array:
        r"""(dim,): $(\sum_k p_k A_k)^{-1} \sum_k p_k A_k θ_k^*$, where the mean loss is lowest."""
        return _balance(self.curvature, self.own)

    @property
    def minima(self) -> tuple[Array, ...]:
        return (self.optimum,)

    def each(self, theta: Array, who: Index) -> tuple[Array, Array]:
        away = theta - self.own[who].T[:, :, None]
        grad = np.einsum("kij,jkb->ikb", self.curvature[who], away)
        loss: Array = (away * grad).sum(axis=0) / 2
        return loss, grad

    def pull(self, eta: float, steps: int) -> Array:
        r"""(K, dim, dim): $M_k = I - (I - ηA_k)^E$. E steps of gradient descent at η take client k from θ to
        $θ - M_k (θ - θ_k^*)$."""
        one = np.eye(self.own.shape[1])
        with np.errstate(all="ignore"):
            return one - np.linalg.matrix_power(one - eta * self.curvature, steps)

    def fixed_point(self, eta: float, steps: int) -> Array:
        r"""(dim,): where a round of E local steps at η changes nothing: $\barθ = (\sum_k M_k)^{-1} \sum_k M_k θ_k^*$.

        It is the optimum where E = 1, and where all A are the same. It does not depend on the server's optimizer. NaN
        where E steps grow beyond all numbers.
        Source: Charles & Konečný (2021), Convergence and accuracy trade-offs in federated learning and meta-learning,
        AISTATS; by hand from the update.
        """
        return _balance(self.pull(eta, steps), self.own)

    def limit(self, eta: float, steps: int) -> float:
        r"""The server's η beyond which gradient descent there blows up: $2 / λ_{max}(\sum_k p_k M_k)$.

        0 where the mean is not positive definite, since the clients' own steps grow: then no rate is low enough.
        """
        pull = self.pull(eta, steps)
        if not np.isfinite(pull).all():
            return 0.0
        mean = pull.mean(axis=0)
        smallest, *_, largest = np.linalg.eigvalsh(mean).tolist()
        return 2 / float(largest) if smallest > 0 else 0.0


def _balance(pulls: Array, places: Array) -> Array:
    """Where pulls of matrices (K, dim, dim) towards places (K, dim) add to nothing: (dim,)."""
    if not np.isfinite(pulls).all():
        return np.full(places.shape[1], np.nan)
    total = pulls.sum(axis=0)
    return cast(Array, np.linalg.solve(total, np.einsum("kij,kj->i", pulls, places)))


CURVATURES = (0.5, 2.0)
"""Of a quadratic client, along its two axes, where all clients are alike."""


def quadratics(count: int, apart: float, unlike: float, seed: int = 0) -> Quadratics:
    """So many clients on the plane, drawn by chance (NumPy's PCG64): the same draw for all `apart` and `unlike`.

    apart: the standard deviation of their minima in each coordinate, whose mean is 0. unlike: how much their curvatures
    differ; at 0 not at all, at 1 a client's axes point anywhere, and its curvature along each is up to a factor √10
    above or below that in CURVATURES.
    """
    generator = np.random.default_rng(seed)
    minima = generator.normal(size=(count, 2))
    turned, bent = generator.uniform(-1, 1, count), generator.uniform(-1, 1, (count, 2))
    minima = minima - minima.mean(axis=0)
    angle = unlike * turned * np.pi / 2
    sizes = np.array(CURVATURES) * 10 ** (unlike * bent / 2)
    axes = np.stack([np.stack([np.cos(angle), -np.sin(angle)]), np.stack([np.sin(angle), np.cos(angle)])])
    return Quadratics(apart * minima, np.einsum("ijk,kj,ljk->kil", axes, sizes, axes))


@dataclass(frozen=True, eq=False)
class Several(Clients):
    """Clients that are any problems of one θ; as many examples, as much weight."""

    title = "Clients"

    parts: tuple[Problem, ...]
    examples: tuple[int, ...]
    """Of each client."""

    @property
    def weights(self) -> Array:
        return np.array(self.examples) / sum(self.examples)

    @property
    def box(self) -> Any:
        return self.parts[0].box

    @property
    def start(self) -> Any:
        return self.parts[0].start

    def each(self, theta: Array, who: Index) -> tuple[Array, Array]:
        told = [self.parts[client].loss_and_grad(theta[:, place]) for place, client in enumerate(who.tolist())]
        return np.stack([loss for loss, _ in told]), np.stack([grad for _, grad in told], axis=1)


def by_label(data: Data, count: int, alpha: float, seed: int = 0) -> list[Index]:
    """The examples of so many clients, as many for each (one more for some), their classes skewed: an index each.

    A client draws the shares q of the classes in it from a Dirichlet distribution with parameter α p, where p are their
    shares in all data, and then its examples by q, none of them twice. At α → ∞ all clients have the shares p; at
    α → 0 each has a single class, until that has run out. Drawn by NumPy's PCG64. ValueError where α is not above 0, or
    there are fewer examples than clients. Source: Hsu, Qi & Brown (2019), Measuring the effects of non-identical data
    distribution for federated visual classification, arXiv:1909.06335.
    """
    if not 0 < alpha < np.inf:
        raise ValueError(f"the concentration α = {alpha} is not a finite number above 0")
    if not 1 <= count <= len(data):
        raise ValueError(f"{len(data)} examples cannot be shared among {count} clients")
    generator = np.random.default_rng(seed)
    classes = len(data.classes)
    left = [generator.permutation(np.flatnonzero(data.labels == label)).tolist() for label in range(classes)]
    prior = np.bincount(data.labels, minlength=classes) / len(data)
    parts = []
    for size in map(len, np.array_split(np.arange(len(data)), count)):
        shares = generator.dirichlet(alpha * prior)
        mine = []
        for _ in range(size):
            there = np.array([len(rest) for rest in left])
            chances = np.where(there > 0, shares, 0.0)
            if not chances.sum() > 0:  # all that this client wants is gone
                chances = there.astype(np.float64)
            mine.append(left[generator.choice(classes, p=chances / chances.sum())].pop())
        parts.append(np.array(mine))
    return parts


def shared(problem: Any, parts: Sequence[Index]) -> Several:
    """A problem made of examples, shared among clients: each has those of one part. problem: has `rows`."""
    return Several(tuple(problem.rows(part) for part in parts), tuple(len(part) for part in parts))
