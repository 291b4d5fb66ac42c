"""Many seeds of one run at once: where their cloud is at each step, how wide, and what loss it has on average.

What is measured comes with its sampling error: these are so many runs, not all that there could be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number
from lrviz.iterate import iterate
from lrviz.noise import Noise, check
from lrviz.optimizers import Optimizer
from lrviz.schedules import Constant, Schedule
from lrviz.surfaces import Surface


@dataclass(frozen=True)
class Ensemble:
    """N runs that differ by their seed alone. Rows of a run that blew up are NaN from there on."""

    surface: Surface
    theta: Array
    """(T + 1, 2, N)"""
    excess: Array
    """(T + 1, N): the loss above the surface's best minimum; the loss itself where the surface has none."""

    @property
    def seeds(self) -> int:
        return self.theta.shape[-1]

    @property
    def alive(self) -> Array:
        """(T + 1,): how many have not blown up."""
        alive: Array = np.isfinite(self.excess).sum(axis=-1)
        return alive

    @property
    def mean(self) -> Array:
        """(T + 1, 2); NaN from the first blow-up on: what is left would be no fair sample."""
        with np.errstate(all="ignore"):
            mean: Array = self.theta.mean(axis=-1)
        return mean

    @property
    def covariance(self) -> Array:
        """(T + 1, 2, 2), with N − 1 below; NaN from the first blow-up on."""
        with np.errstate(all="ignore"):
            away = self.theta - self.mean[..., None]
            covariance: Array = away @ away.swapaxes(-1, -2) / (self.seeds - 1)
        return covariance

    @property
    def width(self) -> Array:
        """(T + 1,): √tr Σ, the root mean square distance from the mean."""
        with np.errstate(all="ignore"):
            width: Array = np.sqrt(np.trace(self.covariance, axis1=-2, axis2=-1))
        return width

    @property
    def width_error(self) -> Array:
        """(T + 1,): the standard error of the width, by how the squared distances from the mean scatter."""
        with np.errstate(all="ignore"):
            squares = np.sum((self.theta - self.mean[..., None]) ** 2, axis=1)
            error: Array = squares.std(axis=-1, ddof=1) / np.sqrt(self.seeds) / (2 * self.width)
        return np.where(np.equal(self.width, 0), 0.0, error)

    @property
    def loss(self) -> Array:
        """(T + 1,): the mean excess; NaN from the first blow-up on."""
        with np.errstate(all="ignore"):
            loss: Array = self.excess.mean(axis=-1)
        return loss

    @property
    def loss_error(self) -> Array:
        """(T + 1,): the standard error of the mean excess."""
        with np.errstate(all="ignore"):
            error: Array = self.excess.std(axis=-1, ddof=1) / np.sqrt(self.seeds)
        return error


def ensemble(
    surface: Surface,
    optimizer: Optimizer,
    schedule: Schedule | Number,
    noise: Noise | None,
    *,
    start: Array | tuple[float, float],
    steps: int,
    seeds: int,
    first: int = 0,
) -> Ensemble:
    """Run so many seeds, from `first` on, side by side. ValueError where there is no such noise on this surface."""
    check(noise, surface)
    schedule = schedule if isinstance(schedule, Schedule) else Constant(schedule)
    wide = np.repeat(np.asarray(start, dtype=np.float64)[:, None], seeds, axis=1)
    lowest = float(surface.loss(np.array(surface.minima[0]))) if surface.minima else 0.0
    theta = np.full((steps + 1, 2, seeds), np.nan)
    excess = np.full((steps + 1, seeds), np.nan)
    for it in iterate(surface, optimizer, schedule, wide, steps, noise, first + np.arange(float(seeds))):
        theta[it.t] = np.where(it.present, it.theta, np.nan)
        excess[it.t] = np.where(it.present, it.loss - lowest, np.nan)
    return Ensemble(surface, theta, excess)


@dataclass(frozen=True)
class Floors:
    """The mean loss above the minimum that each rate keeps up."""

    eta: Array
    """(E,)"""
    loss: Array
    error: Array
    """(E,): the mean over seeds of each run's mean, and its standard error; NaN where a run blew up."""


def floors(
    surface: Surface, optimizer: Optimizer, etas: Array, noise: Noise, *, steps: int, seeds: int, first: int = 0
) -> Floors:
    """Measure the floor of the loss at constant rates: from the minimum on, the second half of the steps counts."""
    check(noise, surface)
    minimum = np.array(surface.minima[0])
    start = np.repeat(minimum[:, None], len(etas) * seeds, axis=1)
    kinds = Constant(np.repeat(etas, seeds))
    # The seeds are the same for each rate: then the rates differ by nothing else.
    drawn = np.tile(first + np.arange(float(seeds)), len(etas))
    total, lowest = np.zeros(start.shape[1]), float(surface.loss(minimum))
    for it in iterate(surface, optimizer, kinds, start, steps, noise, drawn):
        if it.t > steps // 2:
            total = total + np.where(it.alive, it.loss - lowest, np.nan)
    if it.t < steps:  # none was left
        total = total + np.nan
    means = (total / (steps - steps // 2)).reshape(len(etas), seeds)
    return Floors(np.asarray(etas), means.mean(axis=1), means.std(axis=1, ddof=1) / np.sqrt(seeds))


MOST_WORKERS = 64


@dataclass(frozen=True)
class Scaled:
    """One run's budget of examples, spread over K workers by the linear scaling rule."""

    workers: int
    eta: float
    noise: Noise
    steps: int
    loss: float
    error: float
    """The mean loss above the minimum at the end, and its standard error; NaN where a run blew up."""


def scaled(
    surface: Surface,
    optimizer: Optimizer,
    eta: float,
    noise: Noise,
    *,
    start: Array | tuple[float, float],
    steps: int,
    seeds: int,
    first: int = 0,
) -> tuple[Scaled, ...]:
    """K = 1, 2, 4, … workers: batch × K, η × K, steps ÷ K, so that each sees as many examples in all.

    It ends where a batch is larger than its declaration allows, or steps are fewer than one. Source: Goyal et al.
    (2017), Accurate, large minibatch SGD: training ImageNet in 1 hour, arXiv:1706.02677.
    """
    legal = next(declared.hard for declared in noise.hypers() if declared.name == "batch")
    told, workers, one = [], 1, float(noise.batch)
    while workers <= min(MOST_WORKERS, steps) and one * workers in legal:
        rate, wide, fewer = eta * workers, noise.replace(batch=one * workers), steps // workers
        runs = ensemble(surface, optimizer, rate, wide, start=start, steps=fewer, seeds=seeds, first=first)
        told.append(Scaled(workers, rate, wide, fewer, float(runs.loss[-1]), float(runs.loss_error[-1])))
        workers *= 2
    return tuple(told)
