"""One rate from beginning to end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrviz.numerals import listed, rounded
from lrviz.scene import Scene
from lrviz.strategies.claims import Claim, Measured, Strategy
from lrviz.strategies.trials import (
    FEWER,
    STARTS,
    amounts,
    bar,
    course,
    ends,
    eta,
    from_starts,
    good_decades,
    named,
    rates,
    starts,
    times,
    with_seeds,
)
from lrviz.surfaces import curvatures
from lrviz.theory import stability_limit


def edge(scene: Scene) -> Measured:
    """Below the limit each loss falls, above it each grows; and the edge that is found is theory's."""
    half = scene.steps // 2
    _, steepest = curvatures(scene.surface.hess(np.array(scene.surface.minima[0])))
    limit = float(stability_limit(scene.runs[0].optimizer, float(steepest)))
    falls, grows = (from_starts(scene, number) for number in (0, 1))
    tried = limit * np.linspace(0.9, 1.1, 81)
    run = scene.runs[0]
    run = replace(run, schedule=run.schedule.with_eta(np.repeat(tried, STARTS)))
    losses = course(scene, run, np.tile(starts(scene), (1, len(tried)))).reshape(-1, len(tried), STARTS)
    fell = (losses[-1] <= losses[half]).all(axis=-1)
    found = float(tried[fell].max(initial=0.0))
    all_fell, all_grew = bool((falls[-1] < falls[half]).all()), bool((grows[-1] > grows[half]).all())
    return Measured(
        all_fell and all_grew and abs(found / limit - 1) < 0.01,
        f"From {STARTS} starts: at {eta(scene, 0)} every run goes on falling, at {eta(scene, 1)} every one grows. Of"
        f" {len(tried)} rates around it the highest that falls from all is {rounded(found, 4)}; theory says"
        f" {rounded(limit, 4)}.",
        {"limit": limit, "found": found, "fell": all_fell, "grew": all_grew},
    )


def enough(scene: Scene) -> Measured:
    """The first run, whose rate is fixed, ends lower than all others, from every start."""
    tiny = 1e-300
    first, *others = (np.log10(np.maximum(from_starts(scene, number)[-1], tiny)) for number in range(len(scene.runs)))
    lower = float(np.mean([first < other for other in others]))
    powers = [float(np.median(other - first)) for other in others]
    names = [run.schedule.title.lower() for run in scene.runs[1:]]
    told = [f"{rounded(10**power, 2)} times lower than with {name}" for power, name in zip(powers, names, strict=True)]
    return Measured(
        lower == 1.0,
        f"From {STARTS} starts it ends lower than every decayed run in {lower:.0%} of the pairs, by the median"
        f" {listed(told)}.",
        {"lower": lower, **{f"powers of ten, {name}": power for name, power in zip(names, powers, strict=True)}},
    )


def hovers(scene: Scene) -> Measured:
    """The loss stops falling, at a height in proportion to η."""
    losses = [with_seeds(scene, number, 256).mean(axis=1) for number in (0, 1)]
    quarter = scene.steps // 4
    late, before = ([float(loss[a : a + quarter].mean()) for loss in losses] for a in (3 * quarter, 2 * quarter))
    ratio = late[0] / late[1]
    high, low = (float(scene.runs[number].schedule.eta) for number in (0, 1))
    still = [now / then for now, then in zip(late, before, strict=True)]
    return Measured(
        bool(abs(ratio / (high / low) - 1) < 0.3 and min(still) > 0.9),
        f"Over 256 seeds the mean loss in the last quarter is {amounts(late)[0]} at {eta(scene, 0)} and"
        f" {amounts(late)[1]} at {eta(scene, 1)}, {rounded(still[0], 2)} and {rounded(still[1], 2)} times that of the"
        f" quarter before: {times(high / low)} the rate, {times(ratio)} the loss.",
        {"ratio": ratio, "still": min(still)},
    )


def compromise(scene: Scene) -> Measured:
    """At the best rate, the steps that it takes grow with the ratio of the curvatures."""
    needed, run = [], scene.runs[0]
    start = np.repeat(np.array(scene.start)[:, None], 51, axis=1)
    kappas = [float(scene.surface.kappa) / 10, float(scene.surface.kappa)]  # type: ignore[attr-defined]
    for kappa in kappas:
        surface = scene.surface.replace(kappa=kappa)
        _, steepest = curvatures(surface.hess(np.zeros(2)))
        etas = np.linspace(0.5, 1.0, 51) * 2 / float(steepest)
        tried = replace(run, schedule=run.schedule.with_eta(etas))
        losses = course(replace(scene, surface=surface, steps=600), tried, start)
        there = losses <= 1e-6 * losses[0]
        needed.append(float(np.where(there.any(axis=0), there.argmax(axis=0), np.inf).min()))
    ratio = needed[1] / needed[0]
    return Measured(
        bool(5 < ratio < 20),
        f"To bring the loss to a millionth takes {rounded(needed[0])} steps at the best of 51 rates where the"
        f" curvatures are {rounded(kappas[0])} apart, {rounded(needed[1])} where they are {rounded(kappas[1])} apart.",
        {"ratio": ratio, "steps": needed[1], "steps before": needed[0]},
    )


TRIED = (1e-4, 1e2)


def hard_to_tune(scene: Scene) -> Measured:
    """Of all runs the first is good at the fewest decades of η."""
    etas, enough = rates(*TRIED), bar(scene)
    decades = [good_decades(etas, ends(scene, number, etas), enough) for number in range(len(scene.runs))]
    first, *others = decades
    told = [f"{name} at {rounded(found, 2)}" for name, found in zip(named(scene)[1:], others, strict=True)]
    return Measured(
        bool(first > 0 and 1.5 * first < min(others)),
        f"Of {len(etas)} rates over {rounded(np.log10(TRIED[1] / TRIED[0]))} decades it is good at"
        f" {rounded(first, 2)} decades: there the mean over {FEWER} seeds ends with at most a hundredth of the loss it"
        f" began with. {listed(told)}.",
        dict(zip(named(scene), decades, strict=True)),
    )


_NOISY = "surface=quadratic&noise=additive+sigma+1"

FIXED = Strategy(
    "fixed",
    "Fixed",
    "One rate from the first step to the last.",
    "One number, and theory knows its limit; without noise it goes all the way",
    "Under noise it never arrives; one rate must suit all directions; the good range is narrow",
    "Where to begin: find the highest rate that is stable, and compare all else with it. Problems without noise, and"
    " short runs.",
    "Bengio (2012), Practical recommendations for gradient-based training of deep architectures",
    ("constant",),
    ("gd", "momentum", "nesterov"),
    (
        Claim(
            "fixed-edge",
            "pro",
            "One number to choose, and on a bowl theory says how far it may go: up to 2/L.",
            "L is the curvature across, 10. At 0.19 the zigzag dies out, at 0.21 it grows.",
            "surface=quadratic&steps=60&run=gd+eta+0.19&run=gd+eta+0.21",
            edge,
            source="Goodfellow, Bengio & Courville (2016), Deep Learning, section 4.3",
        ),
        Claim(
            "fixed-enough",
            "pro",
            "Without noise it needs no decay: the steps shrink by themselves, as the slope does.",
            "On the logarithmic loss the fixed rate is a straight line down; the decayed ones bend away from it.",
            "surface=quadratic&steps=100&run=gd+eta+0.15&run=gd+eta+0.15+exponential+gamma+0.97"
            "&run=gd+eta+0.15+cosine+period+100",
            enough,
        ),
        Claim(
            "fixed-hovers",
            "con",
            "Under noise it never arrives: it hovers at a height that η sets. Half the rate, about half the height.",
            "Both losses fall, then stay: the one at half the rate later, and lower.",
            "surface=quadratic&steps=600&noise=additive+sigma+1&run=gd+eta+0.05&run=gd+eta+0.025",
            hovers,
            source="Robbins & Monro (1951), A stochastic approximation method",
        ),
        Claim(
            "fixed-compromise",
            "con",
            "One rate for all directions: the steepest sets the limit, the flattest waits.",
            "y is there at once, x takes hundreds of steps. Higher is not possible: at 0.0201 y grows.",
            "surface=quadratic+kappa+100+angle+0&steps=400&run=gd+eta+0.0198&run=gd+eta+0.0201",
            compromise,
            source="Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.2.1",
        ),
        Claim(
            "fixed-tuning",
            "con",
            "Hard to tune: under noise few rates are good. One too low does not arrive, one too high hovers high.",
            "Drag each η to ten times as much, and to a tenth: which losses still come down?",
            f"{_NOISY}&run=gd+eta+0.02&run=adam+eta+0.05+cosine&run=hypergradient+hyper_beta+0.001",
            hard_to_tune,
            source="Bengio (2012): the learning rate is often the single most important hyperparameter",
        ),
    ),
)
