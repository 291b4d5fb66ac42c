r"""The largest eigenvalue of a model's Hessian, by Hessian-vector products alone.

Lanczos's method: power iteration that keeps all the vectors it went through and takes their best combination. So it
needs fewer products, what it finds only grows, and a negative eigenvalue of larger size does not draw it away. Source:
Lanczos (1950), Journal of Research of the National Bureau of Standards 45; restarted as by Davidson (1975), Journal of
Computational Physics 17; for networks: Ghorbani, Krishnan & Xiao (2019), ICML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lrviz.declare import Array

TOLERANCE = 0.02
"""‖Hv − λv‖ may be this share of |λ|. Some eigenvalue is within that distance of λ, and the error is far smaller where
λmax stands apart from the next one: it goes with the square (Parlett 1998, The symmetric eigenvalue problem, §4.5)."""
MOST = 300
"""So many products at most, however close the next eigenvalue is."""
KEPT = 12
"""So many vectors are kept before it begins anew from their best combination."""
ROUNDING = 1e-12
"""A residual below this share of the largest product is not told from rounding: there is nothing left to go by."""


class Top(NamedTuple):
    """The largest eigenvalue of B matrices."""

    value: Array
    """(B,): NaN where the products are not finite."""
    vector: Array
    """(dim, B): of length 1."""
    residual: Array
    """(B,): ‖Hv − λv‖"""
    products: int
    """Products spent, each with all B matrices at once."""


def largest_eigenvalue(
    times: Callable[[Array], Array], near: Array, *, tolerance: float = TOLERANCE, most: int = MOST
) -> Top:
    """The largest eigenvalue (not the largest in size) of B symmetric matrices, of which only products are known.

    times: v, (dim, B), to its products with them, (dim, B). near: (dim, B), what to begin with: the vectors found a few
    steps earlier, or any by chance. It ends when every residual is at most `tolerance` · |λ|, or after `most` products.
    """
    vector = turned = towards = near
    size = np.zeros(near.shape[1])
    basis: list[Array] = []
    images: list[Array] = []
    products = 0
    goes_on = np.ones(near.shape[1], dtype=bool)
    while goes_on.any() and products < most:
        if len(basis) == KEPT:
            basis, images = [vector], [turned]
        new = towards
        for _ in range(2):  # once leaves too much of the others in it (Parlett 1998, §6.9: twice is enough)
            for one in basis:
                new = new - _dot(one, new) * one
            new = _unit(new)
        basis, images = [*basis, new], [*images, times(new)]
        products += 1
        size = np.maximum(size, np.sqrt(_dot(images[-1], images[-1])))
        weights = _best(basis, images)
        vector = _combined(weights, basis)
        turned = _combined(weights, images)
        value = _dot(vector, turned)
        towards = turned - value * vector
        residual = np.sqrt(_dot(towards, towards))
        goes_on = residual > np.maximum(tolerance * np.abs(value), ROUNDING * size)
        towards = np.where(goes_on, towards, 0.0)
    return Top(value, vector, residual, products)


def random_vectors(dim: int, count: int) -> Array:
    """(dim, count): vectors to begin with, drawn by chance (NumPy's PCG64, seed 0)."""
    return np.random.default_rng(0).normal(size=(dim, count))


def _best(basis: list[Array], images: list[Array]) -> Array:
    """The weights, (k, B), of the combination with the largest Rayleigh quotient; NaN where there is none."""
    inner = np.array([[_dot(one, its) for its in images] for one in basis]).transpose(2, 0, 1)
    inner = (inner + inner.swapaxes(1, 2)) / 2
    known = np.isfinite(inner).all(axis=(1, 2))
    inner = np.where(known[:, None, None], inner, 0.0)
    # Where all is found already a new vector is 0; it must not stand for an eigenvalue of 0.
    empty = np.array([_dot(one, one) for one in basis]).T < 0.5
    below = -2 * np.abs(inner).sum(axis=(1, 2)) - 1
    inner = inner + empty[:, :, None] * np.eye(len(basis)) * below[:, None, None]
    weights: Array = np.linalg.eigh(inner)[1][:, :, -1]
    return np.where(known[:, None], weights, np.nan).T


def _combined(weights: Array, vectors: list[Array]) -> Array:
    total: Array = np.einsum("kb,kdb->db", weights, np.array(vectors))
    return total


def _dot(left: Array, right: Array) -> Array:
    """(dim, B), (dim, B) → (B,)"""
    product: Array = np.einsum("db,db->b", left, right)
    return product


def _unit(vectors: Array) -> Array:
    """Vectors of length 1, but for those that are 0."""
    length = np.sqrt(_dot(vectors, vectors))
    return vectors / np.where(length > 0, length, 1.0)
