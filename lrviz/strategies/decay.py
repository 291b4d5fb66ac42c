"""Rates that fall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrviz.numerals import count, listed, rounded
from lrviz.scene import Scene
from lrviz.schedules import Constant
from lrviz.strategies.claims import Claim, Measured, Strategy
from lrviz.strategies.trials import (
    SEEDS,
    STARTS,
    course,
    ends,
    kinds,
    numbers_matter,
    rates,
    run_from,
    share,
    starts,
    times,
    with_seeds,
)


def settles(scene: Scene) -> Measured:
    """Every decayed run ends far below the first one, which has the same rate at the start."""
    first, *others = (float(with_seeds(scene, number)[-1].mean()) for number in range(len(scene.runs)))
    names = [run.inner.title.lower() for run in scene.runs[1:]]
    told = [f"{rounded(end, 2)} with {name}" for end, name in zip(others, names, strict=True)]
    return Measured(
        max(others) < 0.25 * first,
        f"Over {SEEDS} seeds the mean loss at the end is {rounded(first, 2)} at a fixed rate, {listed(told)}.",
        {"fixed": first, **dict(zip(names, others, strict=True))},
    )


def both(scene: Scene) -> Measured:
    """The decayed run ends below the fixed rate that is best for it."""
    etas = rates(1e-3, 1.0, 10)
    fixed = replace(scene, runs=tuple(replace(run, schedule=Constant()) for run in scene.runs))
    best = float(etas[np.argmin(ends(fixed, 0, etas, 64))])
    at_best = replace(fixed, runs=tuple(replace(run, schedule=Constant(best)) for run in fixed.runs))
    end, other = (float(with_seeds(one, 0, MANY)[-1].mean()) for one in (scene, at_best))
    ratio = other / end
    return Measured(
        ratio > 1.2,
        f"Over {count(MANY)} seeds it ends at {rounded(end, 2)} (the mean loss). The best of {len(etas)} fixed rates,"
        f" {rounded(best, 2)}, ends at {rounded(other, 2)}: {times(ratio)} as high.",
        {"ratio": ratio, "end": end, "best": best},
    )


MANY = 512
"""So many seeds tell means that are near to each other apart."""


def stops_short(scene: Scene) -> Measured:
    """The first run comes to a stop before it arrives, wherever it starts."""
    run = scene.runs[0]
    drawn = starts(scene)
    stalled = share(kinds(run_from(scene, 0, drawn)), "stalled")
    total = float(np.sum([run.schedule(t) for t in range(scene.steps)]))
    longer = replace(scene, steps=min(10 * scene.steps, 5000))
    now, later = course(scene, run, drawn)[-1], course(longer, run, drawn)[-1]
    gained = float(np.median(1 - later / now))
    return Measured(
        stalled >= 0.9 and gained < 0.01,
        f"From {STARTS} starts it stops short of the minimum in {stalled:.0%}. All its rates add up to"
        f" {rounded(total)}, and ten times as many steps bring the loss down by {rounded(100 * gained, 2)} % more, by"
        " the median.",
        {"stalled": stalled, "gained": gained, "total": total},
    )


def budget(scene: Scene) -> Measured:
    """The run that is made for few steps is ahead when these are over, and behind at the end."""
    short, long = (with_seeds(scene, number, 256).mean(axis=1) for number in (0, 1))
    period = int(scene.runs[0].schedule.period)  # type: ignore[attr-defined]
    early, late = float(long[period] / short[period]), float(short[-1] / long[-1])
    return Measured(
        early > 1.5 and late > 1.5,
        f"Over 256 seeds: after {period} steps the run made for {scene.steps} has {times(early)} the mean loss of that"
        f" for {period}; after {scene.steps} it is the other way round, {times(late)}.",
        {"early": early, "late": late},
    )


def more_numbers(scene: Scene) -> Measured:
    """With all else equal, when it decays decides where the loss ends."""
    return numbers_matter(scene, "every", "k", 2)


DECAY = Strategy(
    "decay",
    "Decay",
    "High at first, low at the end: in steps, exponentially, along a power or half a cosine.",
    "Settles where a fixed rate hovers; ends below the best fixed rate",
    "Too soon and it stops short; must know the budget; more numbers to choose",
    "The usual choice for training on minibatches: half a cosine or a straight line to 0 where the budget is fixed, in"
    " steps of a tenth for image classification.",
    "Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.3; Loshchilov & Hutter (2017), SGDR, ICLR",
    ("step", "exponential", "polynomial", "cosine", "inverse_time", "inverse_sqrt", "multi_step", "plateau", "drawn"),
    (),
    (
        Claim(
            "decay-settles",
            "pro",
            "Under noise it settles: what a fixed rate hovers at fades with the rate.",
            "All begin at one rate. The fixed one stays in its cloud, the others close in on the minimum.",
            "surface=quadratic&noise=additive+sigma+1&run=gd+eta+0.1&run=gd+eta+0.1+step"
            "&run=gd+eta+0.1+exponential&run=gd+eta+0.1+polynomial&run=gd+eta+0.1+cosine",
            settles,
            source="Robbins & Monro (1951), A stochastic approximation method",
        ),
        Claim(
            "decay-both",
            "pro",
            "Quick first, exact later: it ends below every fixed rate.",
            "The high fixed rate is quick and hovers, the low one is slow; the decayed one begins as the first of them,"
            " and ends below both.",
            "surface=quadratic&noise=additive+sigma+1&run=gd+eta+0.1+cosine&run=gd+eta+0.1&run=gd",
            both,
            source="Bottou, Curtis & Nocedal (2018), Optimization methods for large-scale machine learning",
        ),
        Claim(
            "decay-short",
            "con",
            "Decayed too soon it stops short of the minimum, and no more steps help.",
            "The path ends on the slope: the rates left to come add up to next to nothing.",
            "surface=quadratic&steps=100&run=gd+eta+0.1+exponential+gamma+0.9&run=gd+eta+0.1",
            stops_short,
            source="Robbins & Monro (1951): the rates must not add up to a finite sum",
        ),
        Claim(
            "decay-budget",
            "con",
            "It has to know the budget: made for few steps it is late behind, made for many it is early behind.",
            "At step 100 the first has landed and the second hovers; from then on only the second gains.",
            "surface=quadratic&steps=800&noise=additive+sigma+1&run=gd+eta+0.1+cosine+period+100"
            "&run=gd+eta+0.1+cosine+period+800",
            budget,
        ),
        Claim(
            "decay-numbers",
            "con",
            "More numbers to choose, and they matter: when it drops decides where it ends.",
            "One η, one factor; only the steps between two drops differ.",
            "surface=quadratic&noise=additive+sigma+1&run=gd+eta+0.05+step+every+15&run=gd+eta+0.05+step"
            "&run=gd+eta+0.05+step+every+400",
            more_numbers,
        ),
    ),
)
