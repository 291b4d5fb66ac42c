"""Gradient noise: what a run sees instead of the true gradient.

A step draws some numbers z and keeps them: every question the optimizer asks during that step is answered by the same
noisy function, f plus a deviation that z alone decides. So loss and gradient agree with each other, as they do on one
minibatch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

import numpy as np

from lrviz.declare import Array, Declared, Number, hyper
from lrviz.problem import Problem
from lrviz.surfaces import LeastSquares, Surface
from lrviz.surfaces.surface import symmetric

_CHUNK = 256  # steps drawn at a time: a generator's call costs more than its numbers


class Noise(Declared):
    """A distribution of the deviation from f. Shapes: z (k, B) or (k, 1), θ (dim, B)."""

    source: ClassVar[str]
    """The citation."""
    batch: Number
    """b: how many samples the gradient of a step is the mean of."""

    def refusal(self, problem: Problem) -> str:
        """Why there is no such noise on this surface, as a sentence; empty where there is."""
        return ""

    def width(self, problem: Problem) -> int:
        """k: how many numbers the noise of a step is made of."""
        return len(problem.box)

    def draw(self, generator: np.random.Generator, problem: Problem, steps: int) -> Array:
        """The numbers of so many steps, (steps, k): the same ones, in whatever portions they are drawn."""
        return generator.standard_normal((steps, self.width(problem)))

    def loss(self, z: Array, theta: Array) -> Array:
        """How far the noisy loss is from the true one, (B,)."""
        return np.sum(self.grad(z, theta) * theta, axis=0)

    def grad(self, z: Array, theta: Array) -> Array:
        """How far the noisy gradient is from the true one, (dim, B)."""
        raise NotImplementedError

    def hess(self, z: Array, theta: Array) -> Array | float:
        """How far the noisy Hessian is from the true one: (dim, dim, B), or 0."""
        return 0.0

    def covariance(self, surface: Surface, theta: Array) -> Array:
        """The covariance of the noise in the gradient at θ, (2, ...) → (2, 2, ...)."""
        raise NotImplementedError


def _sigma(symbol: str, along: str) -> Number:
    help = f"the standard deviation of one sample's gradient {along}"
    return hyper(0.1, symbol, "[0, inf)", soft=(1e-3, 10.0), scale="log", help=help)


def _batch(static: bool = False) -> Number:
    help = "how many samples the gradient of a step is the mean of"
    number: Number = hyper(1, "b", "[1, 1024]", soft=(1, 64), scale="log", help=help, kind="whole", static=static)
    return number


@dataclass(frozen=True)
class Additive(Noise):
    r"""The same normal noise in each coordinate, wherever θ is. $$g_t = \nabla f(\theta_t) + \sigma z_t / \sqrt b$$"""

    slug = "additive"
    title = "Additive"
    source = "Robbins & Monro (1951), A stochastic approximation method, Annals of Mathematical Statistics 22"

    sigma: Number = _sigma("σ", "in each coordinate")
    batch: Number = _batch()

    def grad(self, z: Array, theta: Array) -> Array:
        return self.sigma / np.sqrt(self.batch) * z

    def covariance(self, surface: Surface, theta: Array) -> Array:
        variance = self.sigma * self.sigma / self.batch + np.zeros_like(theta[0])
        return symmetric(variance, np.zeros_like(variance), variance)


@dataclass(frozen=True)
class Anisotropic(Noise):
    r"""Normal noise, of different size along x and y, wherever θ is.

    $$g_t = \nabla f(\theta_t) + (\sigma_x, \sigma_y) \odot z_t / \sqrt b$$
    """

    slug = "anisotropic"
    title = "Anisotropic"
    source = "Mandt, Hoffman & Blei (2017), Stochastic gradient descent as approximate Bayesian inference, JMLR 18"

    sigma_x: Number = _sigma("σ_x", "along x")
    sigma_y: Number = _sigma("σ_y", "along y")
    batch: Number = _batch()

    def grad(self, z: Array, theta: Array) -> Array:
        along_x, along_y = z
        share = np.sqrt(self.batch)
        return np.stack([self.sigma_x / share * along_x, self.sigma_y / share * along_y])

    def covariance(self, surface: Surface, theta: Array) -> Array:
        none = np.zeros_like(theta[0])
        along_x, along_y = self.sigma_x * self.sigma_x / self.batch, self.sigma_y * self.sigma_y / self.batch
        return symmetric(along_x + none, none, along_y + none)


@dataclass(frozen=True)
class Minibatch(Noise):
    r"""The loss of b examples in place of all of them, drawn anew each step, each as likely as any other each time.

    $$g_t = \tfrac1b \sum_{i \in B_t} \nabla f_i(\theta_t)$$ Its numbers are how far the means over the batch of
    s, s², d, s·d and d² are from those over all examples, so a step costs the same whatever b is.
    """

    slug = "minibatch"
    title = "Minibatch"
    source = "Bottou, Curtis & Nocedal (2018), Optimization methods for large-scale machine learning, SIAM Review 60"

    batch: Number = _batch(static=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if np.ndim(self.batch):
            raise ValueError("Minibatch.batch (b) is a row of numbers; all runs of a call have the same")

    def refusal(self, problem: Problem) -> str:
        if isinstance(problem, LeastSquares):
            return ""
        return f"Minibatches are drawn from data: {problem.title} has none, {LeastSquares.title} has"

    def width(self, problem: Problem) -> int:
        return len(_examples(problem))

    def draw(self, generator: np.random.Generator, problem: Problem, steps: int) -> Array:
        examples = _examples(problem)
        chosen = generator.integers(examples.shape[1], size=(steps, int(self.batch)))
        means: Array = examples.T[chosen].mean(axis=1) - examples.mean(axis=1)
        return means

    def loss(self, z: Array, theta: Array) -> Array:
        x, y = theta
        s, ss, d, sd, dd = z
        return s * (x * y) + 0.5 * ss * (y * y) - d * x - sd * y + 0.5 * dd

    def grad(self, z: Array, theta: Array) -> Array:
        x, y = theta
        s, ss, d, sd, _ = z
        return np.stack([s * y - d, s * x + ss * y - sd])

    def hess(self, z: Array, theta: Array) -> Array:
        s, ss, *_ = z
        here = np.zeros_like(theta[0])
        return symmetric(here, s + here, ss + here)

    def covariance(self, surface: Surface, theta: Array) -> Array:
        examples = _examples(surface)
        each = self.grad(examples - examples.mean(axis=1, keepdims=True), theta[..., None])
        covariance: Array = np.mean(each[:, None] * each, axis=-1) / self.batch
        return covariance


def _examples(problem: Problem) -> Array:
    assert isinstance(problem, LeastSquares)
    return problem.examples


NOISES: dict[str, type[Noise]] = {cls.slug: cls for cls in (Additive, Anisotropic, Minibatch)}


def check(noise: Noise | None, problem: Problem) -> None:
    """ValueError, with a sentence, where there is no such noise on this surface."""
    if noise is not None and (refusal := noise.refusal(problem)):
        raise ValueError(refusal)


def numbers(noise: Noise, problem: Problem, seed: int, steps: int) -> Array:
    """What the noise of one seed's run is made of, (steps, k): what `draws` yields one by one."""
    return noise.draw(np.random.default_rng(seed), problem, steps)


def draws(noise: Noise, problem: Problem, seed: int | Array, steps: int) -> Iterator[Array]:
    """The numbers that a step's noise is made of, once a step.

    seed: one for the whole batch, which then shares its samples, (k, 1) each, so that runs differ by nothing but
    their hyperparameters; or an array of B seeds, one a particle, (k, B) each. A particle's samples depend on its
    own seed alone. Source: NumPy's PCG64, by `numpy.random.default_rng`.
    """
    generators = [np.random.default_rng(int(one)) for one in np.ravel(seed)]

    def endless() -> Iterator[Array]:
        while True:
            chunks = [noise.draw(generator, problem, min(_CHUNK, steps)) for generator in generators]
            yield from np.stack(chunks, axis=-1)

    return islice(endless(), steps)
