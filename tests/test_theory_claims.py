"""What is claimed of a run: predicted as measured where theory applies, and a reason where it does not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from lrviz import (
    GD,
    OPTIMIZERS,
    SCHEDULES,
    SURFACES,
    Ackley,
    Adam,
    Additive,
    Constant,
    Cosine,
    DoubleWell,
    Factorization,
    Himmelblau,
    Momentum,
    Nesterov,
    Optimizer,
    Quadratic,
    RMSProp,
    Rosenbrock,
    Saddle,
    Schedule,
    StepDecay,
    Surface,
    Warmup,
    simulate,
)
from lrviz.noise import Noise
from lrviz.theory import Claim, claims
from tests.pairs import pairs
from tests.strategies import runs


def claimed(
    surface: Surface,
    optimizer: Optimizer,
    schedule: Schedule | float,
    noise: Noise | None = None,
    seed: int = 0,
    **run: Any,
) -> dict[str, Claim]:
    """The claims about a run, by title."""
    run = {"steps": 300, **run}
    done = simulate(surface, optimizer, schedule, noise=noise, seed=seed, **run)
    told = claims(surface, optimizer, done.schedule, noise, done.theta, done.loss, done.eta, done.state)
    assert len({claim.title for claim in told}) == len(told)
    return {claim.title.split(",")[0]: claim for claim in told}


def complete(claim: Claim) -> bool:
    text = (claim.title, claim.predicted, claim.measured, claim.because)
    return all(text) and not any("undefined" in part or "nan" in part for part in text)


@settings(max_examples=100, deadline=None)
@given(runs())
def test_any_run_is_told_of(run: dict[str, Any]) -> None:
    done = simulate(**run)
    told = claims(
        run["surface"], run["optimizer"], done.schedule, run["noise"], done.theta, done.loss, done.eta, done.state
    )
    assert all(complete(claim) for claim in told)


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs(3))
def test_any_two_parts_go_together(surface: str, optimizer: str, schedule: str) -> None:
    method = OPTIMIZERS[optimizer]()
    plan = SCHEDULES[schedule]().with_eta(method.typical_eta)
    told = claimed(SURFACES[surface](), method, plan, steps=100)
    assert told or method.refusal(SURFACES[surface]())
    assert all(complete(claim) for claim in told.values())


@pytest.mark.parametrize("optimizer", [GD(), Momentum(), Momentum(beta=0.9, dampening=0.9), Nesterov()], ids=str)
@pytest.mark.parametrize("eta", [0.01, 0.05, 0.13, 0.25, 0.5])
def test_on_a_quadratic_every_number_comes_true(optimizer: Optimizer, eta: float) -> None:
    told = claimed(Quadratic(), optimizer, eta)
    assert all(claim.holds for claim in told.values())
    for title in ("Along the flat direction", "Along the steep direction"):
        assert told[title].predicted.split(": ")[1] == told[title].measured
    assert told["Rate"].predicted == told["Rate"].measured
    grows = "grows" in told["Stability"].predicted
    assert ("grew" in told["Stability"].measured) == grows
    assert ("above" in told["Stability"].predicted) == grows
    assert ("never arrives" in told["Best η"].measured) == grows


def test_the_steps_to_a_thousandth_are_those_of_the_run() -> None:
    told = claimed(Quadratic(), GD(), 0.15)["Steps until a thousandth of the distance is left"]
    assert (told.predicted, told.measured) == ("about 43", "43")
    told = claimed(Quadratic(), GD(), 0.001)["Steps until a thousandth of the distance is left"]
    assert told.measured == "more than 300"


def test_the_limit_itself_is_neither_above_nor_below() -> None:
    told = claimed(Quadratic(kappa=10.0, angle=0.0), GD(), 0.2)["Stability"]
    assert told.predicted == "stays as it is along the steepest direction: η·λmax = 2 is at 2"
    assert told.measured == "stayed as it was in 300 steps"


def test_the_best_numbers_and_how_much_slower_this_run_is() -> None:
    told = claimed(Quadratic(kappa=100.0), Momentum(beta=0.5), 0.01)
    assert told["Best η and β"].predicted == "η = 0.0331, β = 0.669: 0.818 a step"
    assert told["Best η"].predicted.startswith("η = 0.0297: ")
    slow = np.max(np.roots([1.0, 0.01 - 1.5, 0.5]))  # of the flat direction: z² − (1 + β − ηλ)z + β
    times = np.log(9 / 11) / np.log(slow)
    assert told["Best η and β"].measured == f"η = 0.01, β = 0.5: {slow:.4f} a step, so {times:.2f} times as many steps"
    assert "Best η and β" not in claimed(Quadratic(), GD(), 0.1)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (lambda: claimed(Quadratic(), GD(), Cosine(eta=0.1, period=200))["Rate"], "η changes: it is between"),
        (lambda: claimed(Rosenbrock(), GD(), 0.001)["Rate"], "the curvature changes along the path: λmax is between"),
        (lambda: claimed(DoubleWell(sharpness=1e6), GD(), 1e-7, start=(-1.008, 0.0))["Rate"], "the curvature changes"),
        (lambda: claimed(Quadratic(), GD(), 0.1, Additive())["Rate"], "gradient noise moves it too"),
        (lambda: claimed(Ackley(), GD(), 0.01, start=(0.0, 0.0))["Stability"], "a kink"),
        (lambda: claimed(Himmelblau(), GD(), 0.01, start=(3.0, 2.0))["Rate"], "too few to measure"),
        (lambda: claimed(Quadratic(), Adam(), 0.5, steps=3)["Preconditioned curvature"], "changed by"),
        (lambda: claimed(Quadratic(), RMSProp(), 0.5, steps=1)["Preconditioned curvature"], "a single step"),
        (lambda: claimed(Quadratic(), Adam(), 0.1, Additive())["Preconditioned curvature"], "gradient noise"),
        (lambda: claimed(Quadratic(), GD(), 0.1, Additive(), steps=20)["Width of the cloud"], "too early"),
        (lambda: claimed(Quadratic(), GD(), 0.21, Additive())["Width of the cloud"], "grows without end"),
        (lambda: claimed(Factorization(), GD(), 0.1)["Along the flat direction"], "hides its own rate"),
        (lambda: claimed(Himmelblau(), GD(), 0.01)["Along the steep direction"], "hides its own rate"),
    ],
)
def test_where_theory_does_not_apply_it_says_why(told: Callable[[], Claim], reason: str) -> None:
    claim = told()
    assert not claim.holds
    assert reason in claim.because


def test_near_a_minimum_it_applies_off_a_quadratic_too() -> None:
    told = claimed(Himmelblau(), Momentum(), 0.005)
    assert told["Rate"].holds
    assert told["Rate"].predicted == told["Rate"].measured
    assert told["Rate"].because.startswith(
        "from step 104 on it is so near to the minimum that the curvature changes by"
    )


def test_once_a_schedule_holds_its_rate_it_applies() -> None:
    told = claimed(Quadratic(), GD(), Warmup(schedule=Constant(eta=0.13), steps=20))["Rate"]
    assert told.holds
    assert told.predicted == told.measured == "0.87 a step"
    assert told.because == "the surface is a quadratic and from step 20 on η is constant"
    late = claimed(Quadratic(), GD(), StepDecay(eta=0.1, drop=0.5, every=100), steps=300)["Along the flat direction"]
    assert late.holds
    assert late.measured == late.predicted.removeprefix("monotone: ")


def test_on_a_saddle_the_way_out_is_told() -> None:
    told = claimed(Saddle(), GD(), 0.1)
    out = told["Along the downhill direction"]
    assert (out.predicted, out.measured) == ("divergence: 1.1 a step", "1.1 a step")
    assert "Best η" not in told


@pytest.mark.parametrize("optimizer", [GD(), Momentum(beta=0.5), Nesterov(beta=0.5)], ids=str)
def test_the_cloud_of_one_long_run_is_as_wide_as_claimed(optimizer: Optimizer) -> None:
    told = claimed(Quadratic(), optimizer, 0.05, Additive(sigma=0.3), steps=20_000)
    for title in ("Width of the cloud", "Loss above the minimum"):
        claim = told[title]
        assert claim.holds
        predicted, measured = (float(text.split()[0]) for text in (claim.predicted, claim.measured))
        assert measured == pytest.approx(predicted, rel=0.1)
        assert "one run" in claim.measured


def test_an_adaptive_method_hovers_at_its_own_edge() -> None:
    claim = claimed(Quadratic(), RMSProp(), 0.01, steps=3000)["Preconditioned curvature"]
    assert claim.holds
    assert claim.predicted == "grows where η·λmax(P⁻¹H) is above 2, shrinks where it is below"
    product = float(claim.measured.split(" = ")[1].split()[0])
    assert product == pytest.approx(2, rel=0.1)
    above = int(claim.measured.split("above in ")[1].split()[0].replace(",", ""))
    assert 300 < above < 2700
    assert claimed(Quadratic(), Adam(), 0.1)["Preconditioned curvature"].measured.endswith("above in 0 of 300 steps")


def test_the_edge_is_that_of_the_place_and_the_step_it_led_to() -> None:
    surface, optimizer = Rosenbrock(), Adam()
    run = simulate(surface, optimizer, 0.1, steps=20)
    claim = claimed(surface, optimizer, 0.1, steps=20)["Preconditioned curvature"]
    p = -0.1 * run.state["m"][20] / (run.theta[20] - run.theta[19])
    expected = 0.1 * np.linalg.eigvals(surface.hess(run.theta[19]) / p[:, None]).real.max()
    assert float(claim.measured.split(" = ")[1].split()[0]) == pytest.approx(expected, rel=5e-3)


def test_a_run_that_took_no_step_is_not_told_of() -> None:
    assert claimed(Quadratic(), GD(), 1e200) == {}
