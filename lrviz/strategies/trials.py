"""Runs of a scene over many starts, seeds or rates, for checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.iterate import iterate
from lrviz.numerals import listed, rounded
from lrviz.outcome import Kind
from lrviz.scene import Run, Scene
from lrviz.simulation import Trajectory, simulate
from lrviz.strategies.claims import Measured
from lrviz.tuning.task import ETA

STARTS = 32
"""Starts drawn evenly from the surface's box (NumPy's PCG64)."""
SEEDS = 64
"""Of the noise, from the scene's own on."""
FEWER = 32
"""Where many rates are tried, each with so many."""
DECADE = 12
"""Rates to a decade, where many are tried."""
ENOUGH = 0.01
"""A rate is good that ends with no more than this share of the loss that it began with."""


def lowest(scene: Scene) -> float:
    """The loss at the best minimum."""
    return float(scene.surface.loss(np.array(scene.surface.minima[0])))


def starts(scene: Scene, count: int = STARTS) -> Array:
    """So many starts of a scene, (2, count)."""
    low, high = np.array(scene.surface.box, dtype=np.float64).T
    drawn: Array = np.random.default_rng(scene.seed).uniform(low, high, (count, 2)).T
    return drawn


def run_from(scene: Scene, number: int, at: Array) -> Trajectory:
    """A run of the scene from these starts, (2, B), each with a seed of its own."""
    run = scene.runs[number]
    seeds: Any = scene.seed + np.arange(at.shape[1])  # whole numbers
    return simulate(
        scene.surface, run.optimizer, run.schedule, start=at, steps=scene.steps, noise=scene.noise, seed=seeds
    )


def places(scene: Scene, number: int, at: Array, looks: Sequence[int]) -> Array:
    """Where a run of the scene from these starts is after these numbers of steps, (looks, 2, B); NaN from a blow-up
    on."""
    run, seeds = scene.runs[number], scene.seed + np.arange(float(at.shape[1]))
    found = np.full((len(looks), *at.shape), np.nan)
    for it in iterate(scene.surface, run.optimizer, run.schedule, at, looks[-1], scene.noise, seeds):
        if it.t in looks:
            found[looks.index(it.t)] = np.where(it.alive, it.theta, np.nan)
    return found


def course(scene: Scene, run: Run, at: Array, seeds: Array | int = 0) -> Array:
    """The loss above the minimum at every step of a run with this scene's steps and noise, (steps + 1, B); +inf from a
    blow-up on. at: the starts, (2, B)."""
    losses = np.full((scene.steps + 1, at.shape[1]), np.inf)
    for it in iterate(scene.surface, run.optimizer, run.schedule, at, scene.steps, scene.noise, seeds):
        losses[it.t] = np.where(it.alive, it.loss, np.inf) - lowest(scene)
    return losses


def from_starts(scene: Scene, number: int, count: int = STARTS) -> Array:
    """The loss above the minimum of a run from so many starts, (steps + 1, count)."""
    return course(scene, scene.runs[number], starts(scene, count), scene.seed + np.arange(float(count)))


def with_seeds(scene: Scene, number: int, count: int = SEEDS) -> Array:
    """The loss above the minimum of so many seeds of a run of the scene, (steps + 1, count)."""
    at = np.repeat(np.array(scene.start)[:, None], count, axis=1)
    return course(scene, scene.runs[number], at, scene.seed + np.arange(float(count)))


def ends(scene: Scene, number: int, etas: Array, seeds: int = FEWER) -> Array:
    """The loss above the minimum at the end of a run at each rate, (rates,): where there is noise the mean over so many
    seeds; +inf where one blew up."""
    task = scene.task(number)
    if scene.noise is None:
        return task.losses(etas) - lowest(scene)
    every = scene.seed + np.tile(np.arange(float(seeds)), len(etas))
    losses = task.course({ETA: np.repeat(etas, seeds)}, seeds=every).loss[-1]
    mean: Array = losses.reshape(len(etas), seeds).mean(axis=1)
    return mean - lowest(scene)


def rates(low: float, high: float, decade: int = DECADE) -> Array:
    """So many to a decade, both ends among them."""
    return np.geomspace(low, high, round(decade * np.log10(high / low)) + 1)


def good_decades(etas: Array, losses: Array, bar: float) -> float:
    """The decades of the rates that end with no more than this loss."""
    return float(np.log10(etas[1] / etas[0]) * np.count_nonzero(losses <= bar))


def bar(scene: Scene) -> float:
    """The loss above the minimum that a good rate ends with at most."""
    return ENOUGH * (float(scene.surface.loss(np.array(scene.start))) - lowest(scene))


def kinds(ran: Trajectory) -> NDArray[np.object_]:
    """The kind of outcome of each of many runs."""
    return np.array([outcome.kind for outcome in ran.outcome], dtype=np.object_)  # type: ignore[union-attr]


def share(of: NDArray[np.object_], kind: Kind) -> float:
    """How many of the outcomes are of this kind."""
    return float(np.mean(of == kind))


def named(scene: Scene) -> list[str]:
    """The runs' methods, with their schedules where those are not fixed."""
    names = [run.optimizer.title for run in scene.runs]
    return [
        name if run.schedule.slug == "constant" else f"{name} with {run.inner.slug.replace('_', ' ')}"
        for name, run in zip(names, scene.runs, strict=True)
    ]


def numbers_matter(scene: Scene, name: str, symbol: str, least: int) -> Measured:
    """With all else equal, one number of the runs' schedules decides where the loss ends.

    least: how many numbers they have at least.
    """
    found = [float(with_seeds(scene, number)[-1].mean()) for number in range(len(scene.runs))]
    values = [float(getattr(run.schedule, name)) for run in scene.runs]
    told = [f"{rounded(end, 2)} at {symbol} = {rounded(value)}" for end, value in zip(found, values, strict=True)]
    hypers = [declared.symbol for declared in scene.runs[0].schedule.hypers()]
    ratio = max(found) / min(found)
    return Measured(
        ratio > 3 and len(hypers) >= least,
        f"It has {len(hypers)} numbers: {listed(hypers)}. With all else equal, over {SEEDS} seeds, the mean loss at the"
        f" end is {listed(told)}: {times(ratio)} between the worst and the best.",
        {"ratio": ratio, "numbers": len(hypers)},
    )


def times(factor: float) -> str:
    """A factor, to read."""
    return f"{rounded(factor, 2)} times"


def eta(scene: Scene, number: int) -> str:
    """A run's η, to read."""
    return f"η = {rounded(float(scene.runs[number].schedule.eta))}"


def amounts(values: Sequence[float]) -> list[str]:
    return [rounded(value, 2) for value in values]
