"""Least squares with more features than examples: infinitely many weights fit, and the optimizer chooses among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lrviz.declare import Array
from lrviz.problem import Problem


@dataclass(frozen=True, eq=False)
class MoreFeatures(Problem):
    r"""$$\tfrac{1}{2n} \lVert X \theta - y \rVert^2$$ with data on which a rate for each coordinate misleads.

    The class y = ±1 is +1 with a probability above ½. The first feature is y itself, the next two are 1 for all. The
    others are each of one example alone: one 1 where y = 1, five where y = −1. So only the first feature tells anything
    of an example that has not been seen. From zeros gradient descent comes to the solution of least length, which says
    y rightly; a method whose step does not depend on how large a gradient is comes to one whose weights are all of one
    size, and the two features that are always 1 outvote the first: it calls every unseen example +1.
    Drawn by NumPy's PCG64. Source: Wilson et al. (2017), The marginal value of adaptive gradient methods in machine
    learning, NeurIPS, section 3.3.
    """

    title = "More features than examples"
    smooth = True

    examples: int = 40
    positive: float = 0.65
    """The probability of y = 1."""
    seed: int = 0

    @cached_property
    def labels(self) -> Array:
        """(n,): ±1"""
        return self._labels(self.examples, self.seed)

    @cached_property
    def features(self) -> Array:
        """(n, 3 + 5n)"""
        return self._features(self.labels, 0, self.examples)

    @property
    def dim(self) -> int:
        return 3 + 5 * self.examples

    @property
    def box(self) -> Array:
        return np.tile([-1.0, 1.0], (self.dim, 1))

    @property
    def start(self) -> Array:
        return np.zeros(self.dim)

    @cached_property
    def minima(self) -> tuple[Array, ...]:
        """The solution of least length."""
        return (np.linalg.pinv(self.features) @ self.labels,)

    def loss(self, theta: Array) -> Array:
        off = self._off(theta)
        total: Array = np.sum(off * off, axis=0) / (2 * self.examples)
        return total

    def grad(self, theta: Array) -> Array:
        grad: Array = np.tensordot(self.features, self._off(theta), (0, 0)) / self.examples
        return grad

    def unseen(self, theta: Array, count: int = 1000) -> Array:
        """The share of so many new examples whose class is told wrongly, (dim, ...) → (...).

        Their own features have never been on, so that only the first three weights count.
        """
        labels = self._labels(count, self.seed + 1_000_003)
        seen = np.stack([labels, np.ones(count), np.ones(count)], axis=1)
        wrong: Array = np.mean(np.tensordot(seen, theta[:3], 1) * self._along(labels, theta) <= 0, axis=0)
        return wrong

    def _labels(self, count: int, seed: int) -> Array:
        drawn = np.random.default_rng(seed).random(count)
        return np.where(drawn < self.positive, 1.0, -1.0)

    def _features(self, labels: Array, first: int, count: int) -> Array:
        features = np.zeros((len(labels), 3 + 5 * count))
        features[:, 0], features[:, 1:3] = labels, 1
        for number, label in enumerate(labels.tolist()):
            own = 3 + 5 * (first + number)
            features[number, own : own + (1 if label > 0 else 5)] = 1
        return features

    def _off(self, theta: Array) -> Array:
        off: Array = np.tensordot(self.features, theta, 1) - self._along(self.labels, theta)
        return off

    @staticmethod
    def _along(numbers: Array, theta: Array) -> Array:
        return numbers.reshape(-1, *[1] * (theta.ndim - 1))
