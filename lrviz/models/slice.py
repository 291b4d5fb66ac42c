r"""A plane through the parameters of a model: its loss there is a surface of two coordinates, as all the others are.

Directions through a trained point: by chance, each unit's weights as long as the unit's own (Li et al. 2018,
Visualizing the loss landscape of neural nets, NeurIPS, §4), or the two in which a path went farthest from its end
(ibid. §7; Lorch 2016, Visualizing deep network training trajectories with PCA).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, cast

import numpy as np

from lrviz.declare import Array
from lrviz.models.mlp import MLP, Layer
from lrviz.surfaces import Surface

TOGETHER = 64
"""So many points of the plane are computed side by side: more would only take more memory."""


@dataclass(frozen=True)
class Slice(Surface):
    r"""The loss on a plane: $$f(a) = L(θ_0 + D a), \quad ∇f = D^{\mathsf T} ∇L, \quad ∇^2 f = D^{\mathsf T} H D$$

    problem: with loss, gradient and Hessian-vector products. origin: θ₀, (dim,). directions: D, (dim, 2), orthonormal,
    so that lengths and slopes in the plane are those of θ, and a rate means on it what it means for the model;
    ValueError where they are not. reach: ((low, high), (low, high)), the part that is looked at.
    """

    title = "Loss landscape"
    formula = r"L(\theta_0 + a_1 d_1 + a_2 d_2)"
    source = "Li et al. (2018), Visualizing the loss landscape of neural nets, NeurIPS"
    lesson = "What a plane through a network's loss looks like."
    isolated_minima: ClassVar[bool] = False  # they are not known, so no basin is told from another

    problem: Any
    origin: Array
    directions: Array
    reach: tuple[tuple[float, float], tuple[float, float]] = ((-1.0, 1.0), (-1.0, 1.0))

    def __post_init__(self) -> None:
        if not np.allclose(self.directions.T @ self.directions, np.eye(2), atol=1e-6):
            raise ValueError("Slice.directions (D) are not orthonormal: DᵀD is not the identity")

    @property
    def box(self) -> Any:  # type: ignore[override]  # of each plane, not of its class
        return self.reach

    @property
    def start(self) -> Any:  # type: ignore[override]
        return (0.0, 0.0)

    def lifted(self, a: Array) -> Array:
        """θ of points of the plane: (2, n) → (dim, n)."""
        lifted: Array = self.origin[:, None] + self.directions @ a
        return lifted

    def projected(self, theta: Array) -> Array:
        """The point of the plane nearest to θ: (dim, …) → (2, …)."""
        away = theta - self.origin.reshape((-1,) + (1,) * (theta.ndim - 1))
        projected: Array = np.tensordot(self.directions.T, away, axes=1)
        return projected

    def distance(self, theta: Array) -> Array:
        """How far θ is from the plane: (dim, …) → (…)."""
        away = theta - self.origin.reshape((-1,) + (1,) * (theta.ndim - 1))
        inside = np.tensordot(self.directions, np.tensordot(self.directions.T, away, axes=1), axes=1)
        distance: Array = np.sqrt(((away - inside) ** 2).sum(axis=0))
        return distance

    def loss(self, theta: Array) -> Array:
        return self._by_parts(lambda a: self.problem.loss(self.lifted(a)), theta, ())

    def grad(self, theta: Array) -> Array:
        return self._by_parts(lambda a: self.directions.T @ self.problem.grad(self.lifted(a)), theta, (2,))

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        def both(a: Array) -> Array:
            loss, grad = self.problem.loss_and_grad(self.lifted(a))
            return np.concatenate([loss[None], self.directions.T @ grad])

        loss, *grad = self._by_parts(both, theta, (3,))
        return loss, np.array(grad)

    def hess(self, theta: Array) -> Array:
        def products(a: Array) -> Array:
            at = self.lifted(a)
            count = at.shape[1]
            both = self.problem.hvp(np.concatenate([at, at], axis=1), np.repeat(self.directions, count, axis=1))
            hess = (self.directions.T @ both).reshape(2, 2, count)
            return (hess + hess.swapaxes(0, 1)) / 2  # equal but for rounding

        return self._by_parts(products, theta, (2, 2))

    @staticmethod
    def _by_parts(f: Callable[[Array], Array], theta: Array, shape: tuple[int, ...]) -> Array:
        """f, (2, n) → (*shape, n), at points (2, …), some at a time."""
        flat = theta.reshape(2, -1)
        parts = [f(flat[:, low : low + TOGETHER]) for low in range(0, flat.shape[1], TOGETHER)]
        return np.concatenate(parts, axis=-1).reshape((*shape, *theta.shape[1:]))


def field(
    plane: Slice,
    x: Array,
    y: Array,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Array:
    """The loss over a grid, (ny, nx), row by row: from a stop on NaN. progress: is told how many rows are done."""
    losses = np.full((len(y), len(x)), np.nan)
    for row, height in enumerate(y):
        with np.errstate(all="ignore"):
            losses[row] = plane.loss(np.stack([x, np.full_like(x, height)]))
        if progress:
            progress(row + 1, len(y))
        if cancelled and cancelled():
            break
    return losses


# ---- directions


def random_directions(network: MLP, theta: Array, seed: int) -> tuple[Array, Array]:
    """Two directions by chance, each unit's weights as long as its own at θ, (dim,), biases 0; and how long they were.

    They are made orthonormal, (dim, 2): by chance they very nearly were orthogonal. Their lengths, (2,), are about that
    of all the weights: so far along one every unit is moved by as much as it weighs. Drawn by NumPy's PCG64.
    """
    drawn = np.random.default_rng(seed).normal(size=(network.dim, 2))
    own, others = network.layers(theta[:, None]), network.layers(drawn)
    scaled = [
        Layer(other.weights * (_lengths(mine.weights) / _lengths(other.weights)), np.zeros_like(other.biases))
        for mine, other in zip(own, others, strict=True)
    ]
    directions = MLP.flat(scaled)
    return np.linalg.qr(directions)[0], np.linalg.norm(directions, axis=0)


def _lengths(weights: Array) -> Array:
    """Of each unit's incoming weights: (B, in, out) → (B, 1, out)."""
    lengths: Array = np.sqrt((weights * weights).sum(axis=1, keepdims=True))
    return lengths


@dataclass(frozen=True, eq=False)
class Principal:
    """The plane in which paths go farthest from a point."""

    directions: Array
    """(dim, 2), orthonormal."""
    spread: Array
    """(k,): the sum of the squared distances along each of the principal directions, largest first."""

    @cached_property
    def share(self) -> float:
        """How much of the squared distances the plane holds: 1 for all."""
        return float(self.spread[:2].sum() / self.spread.sum())


def principal_directions(path: Array, end: Array) -> Principal:
    """The two directions in which a path, (K, dim), goes farthest from `end`, (dim,).

    They are the first two singular vectors of θ_t − θ_T. The first points to where the path begins.
    ValueError where the path does not span a plane.
    """
    away = path[np.isfinite(path).all(axis=1)] - end
    _, sizes, rows = np.linalg.svd(away, full_matrices=False)
    if len(sizes) < 2 or not sizes[1] > 1e-12 * sizes[0]:
        raise ValueError("the path lies on a line: it spans no plane")
    directions = rows[:2].T
    turned = np.where((away[0] @ directions) < 0, -1.0, 1.0)
    return Principal(directions * turned, cast(Array, sizes * sizes))
