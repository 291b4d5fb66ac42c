"""Runs that are easily told something false or silly: the kinds that are right for each, and words it must not hear."""

import re
from typing import Any

import pytest

from lrviz import (
    GD,
    Ackley,
    AdaGrad,
    Adam,
    AdamW,
    Additive,
    AMSGrad,
    Beale,
    Cosine,
    DoubleWell,
    Factorization,
    Himmelblau,
    Momentum,
    MonkeySaddle,
    NAdam,
    Nesterov,
    Plateau,
    PlateauAndCliff,
    Polynomial,
    Quadratic,
    Rastrigin,
    RMSProp,
    Rosenbrock,
    Saddle,
    WarmRestarts,
    simulate,
)

BOWL = Quadratic(10.0, 30.0)
HARD = {
    "thrown out once and back": ((BOWL, RMSProp(), 1.0, (1.5, 1.0), 300, None), "oscillating", "Still descending"),
    "the same, adam": ((PlateauAndCliff(), Adam(), 1.0, (-3.9, 3.0), 1000, None), "oscillating", "Still descending"),
    "weight decay pulls it away": (
        (DoubleWell(sharpness=3.34), GD(weight_decay=0.537), 0.0026, (3.64, -0.43), 500, None),
        "descending stalled",
        "Still descending",
    ),
    "a dent outside the box": ((Rastrigin(), GD(), 0.001, (7.8, 2.1), 300, None), "converged", "plateau"),
    "the same, decayed weights": ((Ackley(), AdamW(), 0.00278, (13.5, -8.5), 300, None), "converged", "weight decay"),
    "a heavy ball turns, it does not wear out": (
        (Rosenbrock(), Nesterov(), 7.3e-6, (1.78, 0.36), 50, None),
        "descending oscillating",
        "same slope",
    ),
    "a curve of minima has no basins": (
        (Factorization(), NAdam(), 5.0, (-1.13, -1.41), 100, None),
        "converged oscillating descending",
        "basins",
    ),
    "one step uphill": ((BOWL, GD(), 3.0, (1.5, 1.0), 1, None), "descending diverged", "Still descending"),
    "no cloud after one step": ((BOWL, GD(), 0.1, (1.5, 1.0), 1, Additive(0.1)), "descending", "keeps it"),
    "weight decay, not noise": (
        (Beale(), Momentum(dampening=0.9, weight_decay=0.016), 0.00158, (2.98, 0.05), 2000, Additive(0.2)),
        "stalled descending",
        "the noise keeps it",
    ),
    "noise of a thousandth of the slope": (
        (Ackley(), AdaGrad(), 0.000607, (-18.95, -13.6), 50, Additive(0.0015)),
        "descending stalled",
        "the noise",
    ),
    "a faded rate under noise": (
        (BOWL, GD(), Cosine(eta=0.1, period=400), (1.5, 1.0), 400, Additive(0.5)),
        "stalled converged",
        "Still",
    ),
    "stands still outside the box": (
        (MonkeySaddle(), RMSProp(), Polynomial(eta=0.00229, period=250), (-5.6, -0.3), 500, None),
        "stalled",
        "downhill",
    ),
    "up first, then down without end": ((Saddle(), GD(), 4.77, (1.76, 0.4), 500, None), "escaped", "in 0 steps"),
    "the schedule, not the weight decay": (
        (Beale(), Nesterov(weight_decay=0.004), Plateau(eta=0.000689), (0.2, 3.31), 50, None),
        "stalled",
        "weight decay",
    ),
    "a cycle about to begin anew": (
        (MonkeySaddle(), AMSGrad(), WarmRestarts(eta=0.00189, period=100), (0.57, 1.0), 200, None),
        "stalled descending",
        "has run out",
    ),
    "it gains speed": (
        (Himmelblau(), RMSProp(centered=True), 5.39, (1.32, 4.99), 100, None),
        "descending",
        "Stopped short",
    ),
    "there in one step": (
        (Quadratic(1.0, 0.0), GD(), 1.0, (1.5, 1.0), 3, None),
        "descending converged",
        "descending: 0 ",
    ),
    "a flat loss": ((PlateauAndCliff(), Adam(), 1.7e308, (-3.0, 1.5), 100, None), "diverged", "in 1 steps"),
    "rounding": ((Ackley(), GD(), 0.01, (2.7, -1.7), 100, None), "converged", "4.44"),
}


@pytest.mark.parametrize(("run", "kinds", "never"), HARD.values(), ids=HARD)
def test_no_false_or_silly_word(run: Any, kinds: str, never: str) -> None:
    surface, optimizer, schedule, start, steps, noise = run
    outcome = simulate(surface, optimizer, schedule, start=start, steps=steps, noise=noise).outcome
    assert outcome.kind in kinds.split(), outcome.sentence
    assert not re.search(never, outcome.sentence), outcome.sentence
