"""Rates that rise first."""

from __future__ import annotations

import numpy as np

from lrviz.scene import Scene
from lrviz.strategies.claims import Claim, Measured, Strategy
from lrviz.strategies.trials import STARTS, eta, from_starts, times


def bears_more(scene: Scene) -> Measured:
    """The first run blows up or leaves from most starts; with the warm-up none does."""
    bare, warm = (from_starts(scene, number)[-1] for number in (0, 1))
    lost = [float(np.mean(~(end < 1e3))) for end in (bare, warm)]
    return Measured(
        lost[0] > 0.5 and lost[1] < 0.1,
        f"From {STARTS} starts {lost[0]:.0%} blow up at {eta(scene, 0)}, with the warm-up {lost[1]:.0%}.",
        {"lost": lost[0], "lost with warm-up": lost[1]},
    )


def costs(scene: Scene) -> Measured:
    """With the warm-up it ends higher, from every start."""
    bare, warm = (from_starts(scene, number)[-1] for number in (0, 1))
    higher, ratio = float(np.mean(warm > bare)), float(np.median(warm / bare))
    return Measured(
        higher == 1.0,
        f"From {STARTS} starts the run with the warm-up ends higher in {higher:.0%}, {times(ratio)} as high by the"
        " median.",
        {"higher": higher, "ratio": ratio},
    )


WARMUP = Strategy(
    "warmup",
    "Warm-up",
    "A straight rise to the full rate, before any of the others.",
    "Bears rates that blow up at a steep start",
    "Costs steps where the start is not steep; one more number",
    "Large minibatches, transformers, and adaptive methods whose averages are still poor in the first steps.",
    "Goyal et al. (2017), Accurate, large minibatch SGD: training ImageNet in 1 hour; Vaswani et al. (2017)",
    ("warmup", "one_cycle", "inverse_sqrt", "warmup_stable_decay"),
    (),
    (
        Claim(
            "warmup-steep",
            "pro",
            "Where the start is steeper than the rest, it bears a rate that would blow up there.",
            "The rate is the same but for the first 100 steps. The bare run leaves at once.",
            "surface=styblinski_tang&run=momentum+eta+0.1&run=momentum+eta+0.1+warmup+steps+100+start_factor+0.01",
            bears_more,
            source="Goyal et al. (2017): early on the network changes rapidly",
        ),
        Claim(
            "warmup-cost",
            "con",
            "Where the start is no steeper than the rest, it only costs steps.",
            "Both fall along straight lines; the warm-up begins its own later.",
            "surface=quadratic&steps=100&run=gd+eta+0.15&run=gd+eta+0.15+warmup+steps+50+start_factor+0.01",
            costs,
        ),
        Claim(
            "warmup-batches",
            "pro",
            "Large minibatches train as well as small ones with it.",
            why_not="That is about thousands of examples a step on hundreds of machines; no model here is so large.",
            source="Goyal et al. (2017)",
        ),
    ),
)
