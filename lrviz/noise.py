"""Gradient noise: what a run sees instead of the true gradient.

A step draws one sample z and keeps it: every question the optimizer asks during that step is answered by the same
noisy function f(θ) + ξ·θ, whose gradient is the true one plus ξ. So loss and gradient agree with each other, as they
do on one minibatch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

import numpy as np

from lrviz.declare import Array, Declared, Number, hyper

_CHUNK = 256  # draws made at a time: a generator's call costs more than its numbers


class Noise(Declared):
    """A distribution of ξ, the noise added to the gradient."""

    source: ClassVar[str]
    """The citation."""

    def xi(self, z: Array) -> Array:
        """ξ from independent standard normal numbers z, both (dim, B) or (dim, 1)."""
        raise NotImplementedError


def _sigma(symbol: str, help: str) -> Number:
    return hyper(0.1, symbol, "[0, inf)", soft=(1e-3, 10.0), scale="log", help=help)


@dataclass(frozen=True)
class Additive(Noise):
    r"""The same normal noise in each coordinate. $$g_t = \nabla f(\theta_t) + \sigma z_t, \quad z_t \sim N(0, I)$$"""

    slug = "additive"
    title = "Additive"
    source = "Robbins & Monro (1951), A stochastic approximation method, Annals of Mathematical Statistics 22"

    sigma: Number = _sigma("σ", "the standard deviation of each coordinate of the gradient")

    def xi(self, z: Array) -> Array:
        return self.sigma * z


@dataclass(frozen=True)
class Anisotropic(Noise):
    r"""Normal noise, of different size along x and y.

    $$g_t = \nabla f(\theta_t) + (\sigma_x, \sigma_y) \odot z_t, \quad z_t \sim N(0, I)$$
    """

    slug = "anisotropic"
    title = "Anisotropic"
    source = "Mandt, Hoffman & Blei (2017), Stochastic gradient descent as approximate Bayesian inference, JMLR 18"

    sigma_x: Number = _sigma("σ_x", "the standard deviation of the gradient along x")
    sigma_y: Number = _sigma("σ_y", "the standard deviation of the gradient along y")

    def xi(self, z: Array) -> Array:
        along_x, along_y = z
        return np.stack([self.sigma_x * along_x, self.sigma_y * along_y])


NOISES: dict[str, type[Noise]] = {cls.slug: cls for cls in (Additive, Anisotropic)}


def normals(seed: int, dim: int, steps: int) -> Array:
    """All standard normal samples of one seed's run, (steps, dim): those that `draws` yields one by one."""
    return np.random.default_rng(seed).standard_normal((steps, dim))


def draws(seed: int | Array, dim: int, steps: int) -> Iterator[Array]:
    """Standard normal samples, one a step.

    seed: one for the whole batch, which then shares its samples, (dim, 1) each, so that runs differ by nothing but
    their hyperparameters; or an array of B seeds, one a particle, (dim, B) each. A particle's samples depend on its
    own seed alone. Source: NumPy's PCG64, by `numpy.random.default_rng`.
    """
    generators = [np.random.default_rng(int(one)) for one in np.ravel(seed)]

    def endless() -> Iterator[Array]:
        while True:
            chunks = [generator.standard_normal((min(_CHUNK, steps), dim)) for generator in generators]
            yield from np.stack(chunks, axis=-1)

    return islice(endless(), steps)
