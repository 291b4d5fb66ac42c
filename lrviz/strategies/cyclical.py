"""Rates that rise again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrviz.numerals import rounded
from lrviz.scene import Scene
from lrviz.strategies.claims import Claim, Measured, Strategy
from lrviz.strategies.trials import (
    SEEDS,
    bar,
    ends,
    good_decades,
    numbers_matter,
    places,
    rates,
    starts,
    times,
    with_seeds,
)


def better_dent(scene: Scene) -> Measured:
    """At the ends of its cycles the second run visits several minima, the best of them below where the first ends."""
    drawn = starts(scene, 64)
    period = int(scene.runs[1].schedule.period)  # type: ignore[attr-defined]
    at = np.arange(period, scene.steps + 1, period)
    (decayed,) = places(scene, 0, drawn, [scene.steps])
    restarted = places(scene, 1, drawn, at.tolist())
    visited = np.stack([np.round(scene.surface.nearest_minimum(theta), 3) for theta in restarted])
    different = float(np.median([len(np.unique(visited[..., start], axis=0)) for start in range(drawn.shape[1])]))
    best, single = scene.surface.loss(restarted.swapaxes(0, 1)).min(axis=0), scene.surface.loss(decayed)
    better = float(np.mean(best < single - 0.1))
    worse = float(np.mean(best > single + 0.1))
    return Measured(
        better > 0.7 and better > 3 * worse and different > 1,
        f"From 64 starts its {len(at)} cycles end in {rounded(different)} different minima, by the"
        f" median. The lowest of them is below where one long decay ends in {better:.0%}, above it in {worse:.0%}.",
        {"better": better, "worse": worse, "minima": different},
    )


TRIED = (1e-4, 1e2)


def forgives(scene: Scene) -> Measured:
    """Under the scene's noise the second run, which sweeps, is good at more decades of its top rate than the first."""
    etas, enough = rates(*TRIED), bar(scene)
    fixed, swept = (good_decades(etas, ends(scene, number, etas, SEEDS), enough) for number in (0, 1))
    calm = replace(scene, noise=None)
    quiet = [good_decades(etas, ends(calm, number, etas), enough) for number in (0, 1)]
    return Measured(
        swept > 1.5 * fixed > 0,
        f"Of {len(etas)} rates over 6 decades, means of {SEEDS} seeds: a fixed rate is good (it ends with a hundredth"
        f" of the loss it began with) at {rounded(fixed, 2)} decades, a sweep from 0 to that rate at"
        f" {rounded(swept, 2)}. The noise makes the difference: without it, {rounded(quiet[0], 2)} and"
        f" {rounded(quiet[1], 2)}.",
        {"fixed": fixed, "swept": swept, "fixed without noise": quiet[0], "swept without noise": quiet[1]},
    )


def worse_first(scene: Scene) -> Measured:
    """After each restart the mean loss rises by much."""
    losses = with_seeds(scene, 0, 256).mean(axis=1)
    period = int(scene.runs[0].schedule.period)  # type: ignore[attr-defined]
    at = np.arange(period, scene.steps, period)
    rise = [float(losses[t : t + period].max() / losses[t]) for t in at.tolist()]
    return Measured(
        min(rise) > 3,
        f"Over 256 seeds: after each of the {len(at)} restarts the mean loss rises, at least to {times(min(rise))} and"
        f" at most to {times(max(rise))} what it was.",
        {"least": min(rise), "most": max(rise)},
    )


def more_numbers(scene: Scene) -> Measured:
    """With all else equal, the length of a cycle decides where the loss ends."""
    return numbers_matter(scene, "half_period", "h", 3)


CYCLICAL = Strategy(
    "cyclical",
    "Cyclical",
    "Up and down again and again, or down and back up at once: restarts.",
    "Visits several minima in one run; forgives a wrong rate under noise",
    "Each restart first makes it worse; must end with a cycle; more numbers to choose",
    "Where the best rate is known only as a range; several models from one run; budgets that are not fixed.",
    "Smith (2017), Cyclical learning rates for training neural networks, WACV; Loshchilov & Hutter (2017), SGDR, ICLR",
    ("triangular", "triangular2", "exp_range", "warm_restarts", "one_cycle"),
    (),
    (
        Claim(
            "cyclical-basins",
            "pro",
            "A restart can leave a dent: the best of its cycles mostly ends lower than one long decay.",
            "The loss at the ends of the cycles: each may lie in another dent. One long decay has one only.",
            "surface=ackley&steps=600&run=momentum+eta+0.15+cosine+period+600&run=momentum+eta+0.15+warm_restarts",
            better_dent,
            source="Huang et al. (2017), Snapshot ensembles: train 1, get M for free, ICLR",
        ),
        Claim(
            "cyclical-range",
            "pro",
            "Under noise the best rate need only be known as a range: the sweep passes it.",
            "The same top rate, too high for a fixed run, which hovers. The sweep comes down at its cycle’s end.",
            "surface=quadratic&noise=additive+sigma+1&run=gd+eta+0.15&run=gd+eta+0.15+triangular+half_period+75",
            forgives,
            source="Smith (2017)",
        ),
        Claim(
            "cyclical-worse",
            "con",
            "Each restart first makes it worse, so it must not stop in the middle of a cycle.",
            "The loss jumps up at each restart, and the η curve says when.",
            "surface=quadratic&noise=additive+sigma+1&run=gd+eta+0.15+warm_restarts+period+75",
            worse_first,
            source="Loshchilov & Hutter (2017)",
        ),
        Claim(
            "cyclical-numbers",
            "con",
            "More numbers to choose, and they matter: the length of a cycle decides where the loss is at the end.",
            "One top rate; only the steps from the bottom to the top differ.",
            "surface=quadratic&noise=additive+sigma+1&run=gd+eta+0.15+triangular+half_period+75"
            "&run=gd+eta+0.15+triangular+half_period+20&run=gd+eta+0.15+triangular+half_period+60",
            more_numbers,
        ),
        Claim(
            "cyclical-super",
            "pro",
            "One cycle with a very high top trains deep networks in a fraction of the steps.",
            why_not="It is about residual networks on large image data; the networks here have one to three layers.",
            source="Smith & Topin (2019), Super-convergence",
        ),
    ),
)
