r"""A network of fully connected layers, on data: its loss, gradient and Hessian-vector products.

All weights and biases are one vector θ, layer by layer: the (in, out) weights row by row, then the biases. A batch of B
vectors is B networks side by side. Source: Goodfellow, Bengio & Courville (2016), Deep Learning, chapter 6;
Hessian-vector products: Pearlmutter (1994), Fast exact multiplication by the Hessian, Neural Computation 6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models.data import Data
from lrviz.problem import Problem

Activation = Literal["tanh", "relu"]
Objective = Literal["cross_entropy", "squared"]


class Layer(NamedTuple):
    """A layer's part of θ, or of anything of its shape."""

    weights: Array
    """(B, in, out)"""
    biases: Array
    """(B, 1, out)"""


@dataclass(frozen=True, eq=False)
class MLP(Problem):
    r"""The mean loss of a network over its data, plus $\tfrac{λ}{2} \lVert W \rVert^2$ of the weights (not the biases).

    cross_entropy: of the softmax over the classes. squared: half the squared distance of the outputs to the class as
    a vector of zeros and a one, summed over the classes. The initial weights are drawn by NumPy's PCG64, normal with
    the variance 1/in for tanh (LeCun et al. 1998, Efficient backprop) and 2/in for relu (He et al. 2015), biases are 0.
    """

    data: Data
    held_out: Data | None = None
    """What `validation` is the loss on."""
    hidden: tuple[int, ...] = (32,)
    """The widths of the hidden layers."""
    activation: Activation = "tanh"
    objective: Objective = "cross_entropy"
    penalty: float = 0.0
    """λ"""
    seed: int = 0
    """Of the initial weights."""

    # ---- its shape

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """The (in, out) of each layer."""
        return tuple(pairwise((self.data.features.shape[1], *self.hidden, len(self.data.classes))))

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where in θ each layer is, weights and biases together."""
        ends = np.cumsum([0, *((inward + 1) * outward for inward, outward in self.shapes)])
        return tuple(slice(int(low), int(high)) for low, high in pairwise(ends))

    @property
    def dim(self) -> int:
        """How many weights and biases there are."""
        return self.slices[-1].stop

    @cached_property
    def box(self) -> Array:
        """(dim, 2): each number within 1 of 0."""
        return np.tile([-1.0, 1.0], (self.dim, 1))

    @cached_property
    def start(self) -> Array:
        """(dim,): the initial weights."""
        return self.initial(self.seed)

    def initial(self, seed: int) -> Array:
        """(dim,): initial weights of another seed."""
        generator = np.random.default_rng(seed)
        gain = 2.0 if self.activation == "relu" else 1.0
        parts = []
        for inward, outward in self.shapes:
            parts += [generator.normal(scale=np.sqrt(gain / inward), size=inward * outward), np.zeros(outward)]
        return np.concatenate(parts)

    def layers(self, theta: Array) -> list[Layer]:
        """θ, (dim, B), by layers."""
        found = []
        for part, (inward, outward) in zip(self.slices, self.shapes, strict=True):
            # Each network's weights must lie together in memory, for the products of matrices.
            own = np.ascontiguousarray(theta[part].T)
            cut = inward * outward
            found.append(Layer(own[:, :cut].reshape(-1, inward, outward), own[:, None, cut:]))
        return found

    @staticmethod
    def flat(layers: list[Layer]) -> Array:
        """Layers as one vector each, (dim, B): the inverse of `layers`."""
        parts = [part.reshape(len(part), -1) for layer in layers for part in layer]
        return np.concatenate(parts, axis=1).T

    # ---- what it computes

    def outputs(self, theta: Array, features: Array) -> Array:
        """What the last layer says: θ (dim, B), features (n, d) → (B, n, classes)."""
        return self._forward(self.layers(theta), features)[-1]

    def accuracy(self, theta: Array, data: Data | None = None) -> Array:
        """The share of examples whose class is told rightly: (dim, B) → (B,). data: its own by default."""
        given = self.data if data is None else data
        told = self.outputs(theta, given.features).argmax(axis=-1)
        return (told == given.labels).mean(axis=-1)

    def loss(self, theta: Array) -> Array:
        """(dim,) → () or (dim, B) → (B,)"""
        if theta.ndim == 1:
            return self.loss(theta[:, None])[0]
        layers = self.layers(theta)
        return self._error(self._forward(layers, self.data.features)[-1], self.data) + self._decay(layers)

    def validation(self, theta: Array) -> Array:
        """The loss on what was held out, without the penalty; the training loss where nothing was."""
        if self.held_out is None:
            return self.loss(theta)
        return replace(self, data=self.held_out, held_out=None, penalty=0.0).loss(theta)

    def grad(self, theta: Array) -> Array:
        """(dim,) → (dim,) or (dim, B) → (dim, B)"""
        return self.loss_and_grad(theta)[1]

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        """Both by one pass forward and one back."""
        if theta.ndim == 1:
            loss, grad = self.loss_and_grad(theta[:, None])
            return loss[0], grad[:, 0]
        layers = self.layers(theta)
        *seen, outputs = self._forward(layers, self.data.features)
        delta = self._residual(outputs) / len(self.data)
        slopes: list[Layer] = []
        for (weights, _), before in zip(reversed(layers), reversed(seen), strict=True):
            slopes.insert(0, Layer(_across(before, delta) + self.penalty * weights, delta.sum(axis=1, keepdims=True)))
            if before.ndim == 3:  # not the features
                delta = delta @ weights.swapaxes(1, 2) * self._slope(before)
        return self._error(outputs, self.data) + self._decay(layers), self.flat(slopes)

    def hvp(self, theta: Array, v: Array) -> Array:
        """The Hessian times v: (dim, B) and (dim, B) → (dim, B), by Pearlmutter's R-operator. For relu: its Hessian
        away from the kinks."""
        layers, along = self.layers(theta), self.layers(v)
        *seen, outputs = self._forward(layers, self.data.features)
        moved: list[Any] = [0.0]  # R of each layer's inputs: the features do not move
        for number, ((weights, _), (dw, db)) in enumerate(zip(layers, along, strict=True)):
            change = seen[number] @ dw + moved[-1] @ weights + db if number else seen[number] @ dw + db
            moved.append(change * self._slope(seen[number + 1]) if number + 1 < len(layers) else change)
        n = len(self.data)
        delta, d_delta = self._residual(outputs) / n, self._moved_residual(outputs, moved[-1]) / n
        products: list[Layer] = []
        for number in range(len(layers) - 1, -1, -1):
            before, d_before = seen[number], moved[number]
            (weights, _), (dw, _) = layers[number], along[number]
            product = _across(before, d_delta) + self.penalty * dw
            if number:
                product = product + _across(d_before, delta)
            products.insert(0, Layer(product, d_delta.sum(axis=1, keepdims=True)))
            if number:
                slope, back = self._slope(before), delta @ weights.swapaxes(1, 2)
                d_back = d_delta @ weights.swapaxes(1, 2) + delta @ dw.swapaxes(1, 2)
                delta, d_delta = back * slope, d_back * slope + back * self._bend(before) * d_before
        return self.flat(products)

    def rows(self, index: NDArray[Any]) -> MLP:
        """The same network on some of the examples."""
        part = replace(self, data=self.data.rows(index))
        part.__dict__.update(
            {name: self.__dict__[name] for name in ("shapes", "slices", "box") if name in self.__dict__}
        )
        return part

    # ---- its parts

    def _forward(self, layers: list[Layer], features: Array) -> list[Array]:
        """The features (n, d), what each hidden layer says, and the outputs, (B, n, …) each."""
        said = [features]
        for weights, biases in layers[:-1]:
            sum_ = said[-1] @ weights + biases
            said.append(np.tanh(sum_) if self.activation == "tanh" else np.maximum(sum_, 0.0))
        said.append(said[-1] @ layers[-1].weights + layers[-1].biases)
        return said

    def _slope(self, said: Array) -> Array | NDArray[np.bool_]:
        """The activation's derivative where it says this."""
        return 1 - said * said if self.activation == "tanh" else said > 0

    def _bend(self, said: Array) -> Array | float:
        """How its derivative changes with what it says."""
        return -2 * said if self.activation == "tanh" else 0.0

    def _targets(self, data: Data) -> Array:
        """(n, classes): 1 for the class."""
        return np.eye(len(data.classes))[data.labels]

    def _error(self, outputs: Array, data: Data) -> Array:
        """(B, n, classes) → (B,)"""
        if self.objective == "squared":
            away = outputs - self._targets(data)
            return (away * away).sum(axis=(1, 2)) / (2 * len(data))
        highest = outputs.max(axis=-1, keepdims=True)
        total = highest[..., 0] + np.log(np.exp(outputs - highest).sum(axis=-1))
        return (total - outputs[:, np.arange(len(data)), data.labels]).mean(axis=-1)

    def _residual(self, outputs: Array) -> Array:
        """The derivative of each example's error by its outputs, (B, n, classes)."""
        told = outputs if self.objective == "squared" else softmax(outputs)
        return told - self._targets(self.data)

    def _moved_residual(self, outputs: Array, moved: Array) -> Array:
        """How that changes as the outputs do."""
        if self.objective == "squared":
            return moved
        share = softmax(outputs)
        return share * (moved - (share * moved).sum(axis=-1, keepdims=True))

    def _decay(self, layers: list[Layer]) -> Array:
        return 0.5 * self.penalty * sum((weights * weights).sum(axis=(1, 2)) for weights, _ in layers)


def softmax(outputs: Array) -> Array:
    """Shares of the classes: (..., classes) → (..., classes)."""
    raised = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _across(before: Array, delta: Array) -> Array:
    """The sum over the examples of the one times the other: (n, in) or (B, n, in), (B, n, out) → (B, in, out)."""
    return before.swapaxes(-1, -2) @ delta
