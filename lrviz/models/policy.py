r"""A softmax policy: which action to take in a state, with which probability, and how that changes with θ.

$π_θ(a \mid s) ∝ \exp f_θ(s)_a$, with f linear or through one layer of tanh units. θ is one vector, layer by layer: the
(in, out) weights row by row, then the biases. A batch of B vectors is B policies side by side, each in its own states.
Source: Sutton & Barto (2018), Reinforcement Learning, section 13.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models.mlp import softmax

Actions = NDArray[np.int64]


@dataclass(frozen=True)
class Policy:
    """Of so many numbers that are observed, and so many actions."""

    observed: int
    actions: int
    hidden: int = 0
    """Units in the layer between, of tanh; 0: none, and the policy is linear."""

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """The (in, out) of each layer."""
        between = (self.hidden,) if self.hidden else ()
        return tuple(pairwise((self.observed, *between, self.actions)))

    @property
    def dim(self) -> int:
        """How many numbers θ has."""
        return sum((inward + 1) * outward for inward, outward in self.shapes)

    def initial(self, seed: int) -> Array:
        """(dim,): the last layer is 0, so that all actions are equally likely at first; the one before it, where there
        is one, is normal with the variance 1/in (LeCun et al. 1998), drawn by NumPy's PCG64."""
        generator = np.random.default_rng(seed)
        drawn = [generator.normal(scale=inward**-0.5, size=inward * outward) for inward, outward in self.shapes[:-1]]
        theta = np.zeros(self.dim)
        for weights in drawn:
            theta[: weights.size] = weights
        return theta

    def layers(self, theta: Array) -> list[tuple[Array, Array]]:
        """θ, (dim, B), as weights (B, in, out) and biases (B, 1, out) of each layer."""
        found, first = [], 0
        for inward, outward in self.shapes:
            middle, last = first + inward * outward, first + (inward + 1) * outward
            own = np.ascontiguousarray(theta[first:last].T)
            found.append((own[:, : middle - first].reshape(-1, inward, outward), own[:, None, middle - first :]))
            first = last
        return found

    def probabilities(self, layers: list[tuple[Array, Array]], states: Array) -> Array:
        """Of each action: states (B, n, observed) → (B, n, actions)."""
        return softmax(self._outputs(layers, states)[-1])

    def log_likelihood(self, theta: Array, states: Array, taken: Actions, weights: Array) -> Array:
        """Σ w log π(a | s) over states (B, n, observed), actions taken (B, n) and weights (B, n): (B,)."""
        outputs = self._outputs(self.layers(theta), states)[-1]
        highest = outputs.max(axis=-1, keepdims=True)
        log_sum = highest + np.log(np.exp(outputs - highest).sum(axis=-1, keepdims=True))
        chosen = np.take_along_axis(outputs - log_sum, taken[..., None], axis=-1)[..., 0]
        return np.einsum("bn,bn->b", weights, chosen)

    def score(self, theta: Array, states: Array, taken: Actions, weights: Array) -> Array:
        """The gradient of `log_likelihood` by θ, (dim, B)."""
        layers = self.layers(theta)
        *between, outputs = self._outputs(layers, states)
        delta = weights[..., None] * (np.eye(self.actions)[taken] - softmax(outputs))
        parts: list[Array] = []
        for (matrix, _), before in zip(reversed(layers), reversed([states, *between]), strict=True):
            slopes = before.swapaxes(1, 2) @ delta
            parts = [slopes.reshape(len(slopes), -1), delta.sum(axis=1), *parts]
            if before is not states:
                delta = delta @ matrix.swapaxes(1, 2) * (1 - before * before)
        return np.concatenate(parts, axis=1).T

    def _outputs(self, layers: list[tuple[Array, Array]], states: Array) -> list[Array]:
        """What the tanh layer says, if there is one, and what the last one does: (B, n, out) each."""
        said = [states]
        for number, (weights, biases) in enumerate(layers, start=1):
            sum_ = said[-1] @ weights + biases
            said.append(sum_ if number == len(layers) else np.tanh(sum_))
        return said[1:]


def entropy(probabilities: Array) -> Array:
    """Of each state's actions in nats, (..., actions) → (...): ln of their number where all are equally likely, 0
    where one is certain."""
    surprise = np.log(np.where(probabilities > 0, probabilities, 1.0))
    return -(probabilities * surprise).sum(axis=-1)
