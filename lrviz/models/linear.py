r"""Linear models of two classes: logistic regression, and the hinge loss of a linear support vector machine.

θ is the weights, one a feature, and last the intercept where there is one. With the class as y = ±1 an example's margin
is $m = y (w \cdot x + b)$: its class is told rightly where m > 0. Both losses are convex in θ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models.data import Data
from lrviz.problem import Problem


@dataclass(frozen=True, eq=False)
class Linear(Problem):
    r"""The mean of a loss of the margin, plus $\tfrac{λ}{2} \lVert w \rVert^2$ (without the intercept).

    ValueError where the data are not of two classes, or λ is no finite number of at least 0.
    """

    smooth: ClassVar[bool]
    """Whether the loss has no kink."""

    data: Data
    penalty: float = 0.0
    """λ"""
    intercept: bool = True
    held_out: Data | None = None
    """What `validation` is the loss on."""

    def __post_init__(self) -> None:
        if len(self.data.classes) != 2:
            raise ValueError(f"a linear model tells two classes apart, not {len(self.data.classes)}")
        if not 0 <= self.penalty < np.inf:
            raise ValueError(f"the penalty λ = {self.penalty} is not a finite number of at least 0")

    # ---- its shape

    @property
    def dim(self) -> int:
        """How many weights there are, and the intercept."""
        return self.data.features.shape[1] + self.intercept

    @property
    def box(self) -> Array:
        """(dim, 2): each number within 10 of 0."""
        return np.tile([-10.0, 10.0], (self.dim, 1))

    @property
    def start(self) -> Array:
        """(dim,): zeros, which favour neither class."""
        return np.zeros(self.dim)

    @cached_property
    def minima(self) -> tuple[Array, ...]:
        """A minimum, (dim,); none where the loss only falls towards infinity."""
        return (self._minimum(),) if self.has_minimum else ()

    @cached_property
    def infimum(self) -> float:
        """The loss at the minimum; where there is none, 0, which it comes as near to as one likes."""
        return float(self.loss(self.minima[0])) if self.minima else 0.0

    @property
    def has_minimum(self) -> bool:
        """Whether the loss is lowest somewhere."""
        raise NotImplementedError

    @cached_property
    def separable(self) -> bool:
        """Whether some θ tells no class wrongly, and not all examples lie on its line: it is the better the longer.

        By a linear program: the sum of s is made largest, 0 ≤ s ≤ 1, where no margin may be less than its s.
        Source: Albert & Anderson (1984), On the existence of maximum likelihood estimates in logistic regression
        models, Biometrika 71.
        """
        from scipy.optimize import linprog

        n = len(self.data)
        found = linprog(
            np.append(np.zeros(self.dim), -np.ones(n)),
            np.hstack([-self._signed, np.eye(n)]),
            np.zeros(n),
            bounds=[(None, None)] * self.dim + [(0, 1)] * n,
        )
        return bool(found.fun < -SEEN)

    def rows(self, index: NDArray[Any]) -> Self:
        """The same model on some of the examples."""
        part = replace(self, data=self.data.rows(index))
        part.__dict__["_signed"] = self._signed[index]
        return part

    # ---- what it computes

    def margins(self, theta: Array) -> Array:
        """y (w·x + b) of each example: (dim, ...) → (n, ...)"""
        return np.tensordot(self._signed, theta, 1)

    def accuracy(self, theta: Array, data: Data | None = None) -> Array:
        """The share of examples whose class is told rightly, (dim, ...) → (...); on the line none is. data: its own by
        default."""
        return (self._on(data or self.data).margins(theta) > 0).mean(axis=0)

    def loss(self, theta: Array) -> Array:
        """(dim, ...) → (...)"""
        return self._error(self.margins(theta)).mean(axis=0) + self._decay(theta)

    def grad(self, theta: Array) -> Array:
        """(dim, ...) → (dim, ...). At a kink it is that of the side where the loss is 0."""
        return self.loss_and_grad(theta)[1]

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        margins = self.margins(theta)
        grad = np.tensordot(self._signed, self._slope(margins), (0, 0)) / len(self.data)
        return self._error(margins).mean(axis=0) + self._decay(theta), grad + self._along(self._shrink, theta) * theta

    def hess(self, theta: Array) -> Array:
        """(dim, ...) → (dim, dim, ...)"""
        bend = self._bend(self.margins(theta)) / len(self.data)
        hess: Array = np.einsum("ni,nj,n...->ij...", self._signed, self._signed, bend, optimize=True)
        return hess + self._along(np.diag(self._shrink), theta)

    def validation(self, theta: Array) -> Array:
        """The loss on what was held out, without the penalty; the training loss where nothing was."""
        return self.loss(theta) if self.held_out is None else self._validated.loss(theta)

    def curvature(self, theta: Array) -> float:
        """The largest eigenvalue of the Hessian at θ, (dim,)."""
        return float(np.linalg.eigvalsh(self.hess(theta))[-1])

    # ---- its parts

    def _error(self, margins: Array) -> Array:
        """The loss of each example."""
        raise NotImplementedError

    def _slope(self, margins: Array) -> Array:
        """Its derivative by the margin."""
        raise NotImplementedError

    def _bend(self, margins: Array) -> Array:
        """Its second derivative."""
        raise NotImplementedError

    def _minimum(self) -> Array:
        """The minimum where there is one."""
        raise NotImplementedError

    @cached_property
    def _signed(self) -> Array:
        """(n, dim): each example's features, and a 1 for the intercept, times its y."""
        ones = np.ones((len(self.data), int(self.intercept)))
        signed: Array = np.hstack([self.data.features, ones]) * np.where(self.data.labels == 1, 1.0, -1.0)[:, None]
        return signed

    @cached_property
    def _shrink(self) -> Array:
        """(dim,): λ for the weights, 0 for the intercept."""
        return np.append(np.full(self.data.features.shape[1], self.penalty), np.zeros(int(self.intercept)))

    @staticmethod
    def _along(numbers: Array, theta: Array) -> Array:
        """Numbers of each coordinate in a shape that goes with θ."""
        return numbers.reshape(*numbers.shape, *[1] * (theta.ndim - 1))

    def _decay(self, theta: Array) -> Array:
        total: Array = (self._along(self._shrink, theta) * theta * theta).sum(axis=0) / 2
        return total

    def _on(self, data: Data) -> Self:
        """The same model on other data, without the penalty."""
        return self if data is self.data else replace(self, data=data, held_out=None, penalty=0.0)

    @cached_property
    def _validated(self) -> Self:
        assert self.held_out is not None
        return self._on(self.held_out)


SEEN = 1e-6
"""What a linear program's sum must exceed to be told from its rounding."""


class LogisticRegression(Linear):
    r"""$$\log(1 + e^{-m})$$

    Source: Cox (1958), The regression analysis of binary sequences; Hastie, Tibshirani & Friedman (2009), section 4.4.
    scikit-learn's `LogisticRegression(C=1/(nλ))` has the same minimum.
    """

    title = "Logistic regression"
    smooth = True

    @property
    def has_minimum(self) -> bool:
        return self.penalty > 0 or not self.separable

    @cached_property
    def smoothness(self) -> float:
        """L: ‖∇f(θ) − ∇f(θ′)‖ ≤ L ‖θ − θ′‖ everywhere, since no loss of a margin bends by more than 1/4."""
        gram = self._signed.T @ self._signed / (4 * len(self.data))
        return float(np.linalg.eigvalsh(gram + np.diag(self._shrink))[-1])

    def _error(self, margins: Array) -> Array:
        return np.maximum(-margins, 0.0) + np.log1p(np.exp(-np.abs(margins)))

    def _slope(self, margins: Array) -> Array:
        small = np.exp(-np.abs(margins))
        return -np.where(margins > 0, small, 1.0) / (1 + small)

    def _bend(self, margins: Array) -> Array:
        small = np.exp(-np.abs(margins))
        return small / ((1 + small) * (1 + small))

    def _minimum(self) -> Array:
        """By Newton's method within a trust region (Conn, Gould & Toint 2000), as SciPy has it."""
        from scipy.optimize import minimize

        found = minimize(
            self.loss, self.start, jac=self.grad, hess=self.hess, method="trust-exact", options={"gtol": 1e-12}
        )
        return np.asarray(found.x, dtype=np.float64)


class Hinge(Linear):
    r"""$$\max(0, 1 - m)$$

    With a penalty it is the soft-margin support vector machine; scikit-learn's `SVC(kernel="linear", C=1/(nλ))` has the
    same minimum. Its slope jumps at m = 1, so no L bounds how fast the gradient changes.
    Source: Cortes & Vapnik (1995), Support-vector networks; by gradients: Shalev-Shwartz et al. (2007), Pegasos.
    """

    title = "Hinge loss"
    smooth = False
    has_minimum = True

    def _error(self, margins: Array) -> Array:
        return np.maximum(1 - margins, 0.0)

    def _slope(self, margins: Array) -> Array:
        return np.where(margins < 1, -1.0, 0.0)

    def _bend(self, margins: Array) -> Array:
        return np.zeros_like(margins)

    def _minimum(self) -> Array:
        return self._by_quadratic_program() if self.penalty > 0 else self._by_linear_program()

    def _by_quadratic_program(self) -> Array:
        """By libsvm. Without an intercept the data are doubled by their mirror image, where none is needed."""
        from sklearn.svm import SVC

        features, labels = self.data.features, self.data.labels
        if not self.intercept:
            features, labels = np.vstack([features, -features]), np.append(labels, 1 - labels)
        fitted = SVC(kernel="linear", C=1 / (len(labels) * self.penalty), tol=1e-12).fit(features, labels)
        return np.append(fitted.coef_[0], fitted.intercept_ if self.intercept else ())

    def _by_linear_program(self) -> Array:
        """The sum of s is made least, s ≥ 0, where each s is at least 1 − m."""
        from scipy.optimize import linprog

        n = len(self.data)
        found = linprog(
            np.append(np.zeros(self.dim), np.ones(n)),
            np.hstack([-self._signed, -np.eye(n)]),
            -np.ones(n),
            bounds=[(None, None)] * self.dim + [(0, None)] * n,
        )
        return np.asarray(found.x[: self.dim], dtype=np.float64)
