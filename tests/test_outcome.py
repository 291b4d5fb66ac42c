"""What a good teacher would say of a run is what the outcome says: its kind, its step, the numbers in its sentence."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import (
    GD,
    KINDS,
    AdaGrad,
    Adam,
    Additive,
    Beale,
    Constant,
    Cosine,
    DoubleWell,
    Exponential,
    Factorization,
    Himmelblau,
    Momentum,
    MonkeySaddle,
    Nesterov,
    PlateauAndCliff,
    Quadratic,
    Rastrigin,
    Ravine,
    RMSProp,
    Rosenbrock,
    Saddle,
    Schedule,
    StepDecay,
    Triangular,
    WarmRestarts,
    Warmup,
    simulate,
)
from lrviz.declare import Array
from lrviz.optimizers import Oracle, State
from lrviz.surfaces import curvatures
from lrviz.theory import stability_limit


@dataclass(frozen=True)
class Case:
    """A run and what must be said of it: the kind, the step (None: any), and parts of the sentence."""

    surface: Any
    optimizer: Any
    schedule: Any
    steps: int
    kind: str
    step: int | None = None
    says: tuple[str, ...] = ()
    start: tuple[float, float] = (1.5, 1.0)
    noise: Any = None

    def __str__(self) -> str:
        rate = self.schedule if isinstance(self.schedule, float) else type(self.schedule).__name__
        noise = f", noise {self.noise.sigma}" if self.noise else ""
        return f"{self.surface.slug} {self.optimizer.slug} {rate} × {self.steps}{noise}: {self.kind}"

    def check(self) -> None:
        outcome = simulate(
            self.surface, self.optimizer, self.schedule, start=self.start, steps=self.steps, noise=self.noise
        ).outcome
        assert outcome.kind == self.kind, outcome.sentence
        assert self.step in (None, outcome.step)
        for part in self.says:
            assert part in outcome.sentence


def case(*arguments: Any, **more: Any) -> Any:
    return pytest.param(made := Case(*arguments, **more), id=str(made))


BOWL, AXES = Quadratic(10.0, 30.0), Quadratic(10.0, 0.0)


@pytest.mark.parametrize(
    "case",
    [
        case(BOWL, GD(), 0.15, 200, "converged", 36, ("Converged at step 36: within 0.006 of (0, 0) from there on.",)),
        case(AXES, GD(), 0.2, 200, "oscillating", 200, ("η·λmax = 2 is the limit itself", "that does not shrink.")),
        case(
            Quadratic(100.0, 45.0),
            GD(),
            0.0199,
            100,
            "oscillating",
            says=("bounces between two sides; η·λmax = 1.99, the limit is 2; 37 % of the amplitude is left.",),
            start=(1.0, 1.5),
        ),
        case(
            BOWL,
            GD(),
            0.2001,
            300,
            "diverged",
            300,
            (
                "Diverging slowly: the amplitude grows 0.1 % a step; out of view near step 3,000;",
                "η·λmax = 2.001 exceeds 2.",
            ),
        ),
        case(Quadratic(1000.0, 30.0), GD(), 0.001, 300, "descending", 300, ("1.3 from the minimum after 300 steps.",)),
        case(
            AXES,
            GD(),
            0.24,
            100,
            "converged",
            0,
            ("started at the minimum (0, 0) and stayed. But any nudge would grow: η·λmax = 2.4 exceeds 2.",),
            start=(0.0, 0.0),
        ),
        case(BOWL, GD(), 1e200, 100, "diverged", 1, ("with η = 10²⁰⁰",)),
        case(BOWL, Momentum(), 0.3, 400, "converged"),
        case(BOWL, Momentum(), 0.4, 400, "diverged", says=("η·λmax = 4 exceeds 3.8",)),
        case(BOWL, Nesterov(), 0.15, 300, "diverged", says=("η·λmax = 1.5 exceeds 1.36",)),
        case(BOWL, GD(), StepDecay(0.21, 0.5, 50), 400, "converged", 53),
        case(BOWL, GD(), Cosine(eta=0.002, period=200), 400, "stalled", says=("η has reached 0", "1.5 still to go")),
        case(BOWL, RMSProp(rho=0.9), 0.3, 1000, "oscillating"),
        case(BOWL, RMSProp(rho=0.9), Cosine(eta=0.3, period=600), 1000, "converged"),
        case(BOWL, AdaGrad(), 0.01, 1000, "stalled", says=("0.05 times as far as at first; 1 still to go",)),
        case(Rosenbrock(), GD(), 0.001, 500, "descending", says=("1.7 from the minimum",), start=(-1.2, 1.0)),
        case(Rosenbrock(), GD(), 0.001, 20_000, "converged", 12_750, ("at step 12,750",), start=(-1.2, 1.0)),
        case(Himmelblau(), GD(), 0.01, 400, "converged", 19, ("(3, 2)",), start=(0.0, 0.0)),
        case(Himmelblau(), GD(), 0.025, 400, "oscillating", says=("η·λmax = 2.06 exceeds 2",), start=(0.0, 0.0)),
        case(Himmelblau(), GD(), 0.1, 400, "diverged", start=(0.0, 0.0)),
        case(Saddle(), GD(), 0.1, 300, "saddle", 300, ("one curvature is −1",), start=(1.5, 0.0)),
        case(Saddle(), GD(), 0.1, 300, "escaped", 80, ("at step 80",), start=(1.5, 0.001)),
        case(Saddle(), GD(), 2.4, 100, "diverged", says=("grew 1.96× a step", "2.4 exceeds 2"), start=(1.0, 0.0)),
        case(Beale(), GD(), 0.01, 500, "saddle", start=(0.0, 1.0)),
        case(Rastrigin(), GD(), 0.001, 500, "converged", 8, ("loss 4.97; the best has 0",), start=(2.3, -1.2)),
    ],
)
def test_textbook_runs(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    "case",
    [
        # One, two, three steps: the words must fit so little.
        case(BOWL, GD(), 0.15, 1, "descending", 1, ("after 1 step.",)),
        case(BOWL, GD(), 0.15, 3, "descending", 3, ("1.1 from the minimum after 3 steps.",)),
        case(BOWL, GD(), 0.1, 1, "converged", 0, start=(0.0, 0.0)),
        case(BOWL, GD(), 3.0, 3, "diverged", 3, ("still going",)),
        # To be there is not enough: it must stay, five steps at least and a fiftieth of the run.
        case(BOWL, GD(), 0.15, 40, "descending"),
        case(BOWL, GD(), 0.15, 41, "converged", 36),
        case(BOWL, GD(), 0.003, 1940, "descending"),
        case(BOWL, GD(), 0.003, 1960, "converged", 1918),
        # Started near a minimum, it must come nearer by a factor of ten.
        case(BOWL, GD(), 0.01, 20, "descending", says=("0.0029 from the minimum",), start=(0.003, 0.002)),
        # Where the run starts does not matter, only what becomes of it.
        case(BOWL, GD(), 0.1, 200, "converged", says=("(0, 0)",), start=(300.0, -200.0)),
        case(BOWL, GD(), 0.21, 60, "diverged", start=(300.0, -200.0)),
        case(PlateauAndCliff(), GD(), 1.0, 100, "stalled", says=("on a plateau",), start=(300.0, 0.0)),
        case(PlateauAndCliff(), GD(), 0.01, 500, "stalled", says=("on a plateau",), start=(-3.9, 3.0)),
        # Critical points that are no minima.
        case(MonkeySaddle(), GD(), 0.1, 300, "saddle", start=(1.5, 0.0)),
        case(MonkeySaddle(), GD(), 0.1, 10, "saddle", says=("curvature vanishes too",), start=(0.0, 0.0)),
        case(
            Himmelblau(),
            GD(),
            1e-5,
            5,
            "saddle",
            says=("on a hilltop", "both curvatures"),
            start=(-0.270845, -0.923039),
        ),
        case(Himmelblau(), GD(), 0.01, 200, "converged", start=(-0.270845, -0.923039)),
        case(DoubleWell(), GD(), 0.01, 1000, "saddle", says=("−6.75",), start=(-0.25, 0.0)),
        # The step size is what it was from the start; the sentence says what that did.
        case(
            Ravine(), GD(), 0.09, 300, "oscillating", says=("3.65 exceeds 2 at the nearest minimum",), start=(-4.2, 2.0)
        ),
        case(Rastrigin(), GD(), 0.006, 1000, "oscillating", says=("2.38 exceeds 2",), start=(2.3, -1.2)),
        case(Rastrigin(), GD(), 0.03, 1000, "wandering", says=("without a rhythm",), start=(2.3, -1.2)),
        case(Rastrigin(), GD(), 0.0382, 300, "oscillating", start=(1.25, 0.0)),  # to and fro over two dents between
        case(BOWL, Adam(), 1.0, 3000, "oscillating", says=("over a length of 0.61 that does not shrink",)),
        case(BOWL, Momentum(beta=0.999), 0.1, 300, "oscillating", says=("keeps rising and falling",)),
        case(Factorization(), GD(), 0.5, 300, "converged", says=("(0.963, 1.04)",), start=(2.5, 0.5)),
        case(Quadratic(0.1, 30.0), GD(), 1.9, 300, "converged"),
        case(Quadratic(0.1, 30.0), GD(), 2.1, 300, "diverged", says=("2.1 exceeds 2",)),
        # Schedules: the end of the run is judged, not its worst moment.
        case(BOWL, RMSProp(rho=0.9), WarmRestarts(eta=0.3, period=200), 1000, "oscillating", says=("thrown out",)),
        case(BOWL, GD(), Triangular(eta=0.3, eta_min=0.01, half_period=25), 1000, "converged", 30),
        case(BOWL, GD(), Triangular(eta=0.5, eta_min=0.01, half_period=25), 1000, "diverged"),
        case(BOWL, GD(), Exponential(eta=0.1, gamma=0.98), 400, "stalled", says=("schedule has run out",)),
        # Noise: how large it is against the tolerance, and whether the rate fades.
        case(BOWL, GD(), 0.1, 400, "converged", noise=Additive(0.001)),
        case(BOWL, GD(), 0.01, 200, "descending", noise=Additive(0.1)),
        case(BOWL, GD(), 0.1, 400, "wandering", says=("about 0.1 from (0, 0)",), noise=Additive(0.5)),
        case(AXES, GD(), 0.2, 400, "oscillating", noise=Additive(0.01)),
        case(AXES, GD(), 0.21, 400, "diverged", noise=Additive(0.1)),
        case(BOWL, GD(), Cosine(eta=0.1, period=300), 400, "converged", noise=Additive(0.1)),
        case(BOWL, GD(), Cosine(eta=0.1, period=300), 400, "stalled", noise=Additive(0.5)),
        # A penalty moves the minimum.
        case(Himmelblau(), GD(weight_decay=10.0), 0.01, 300, "stalled", says=("weight decay 10 holds it back",)),
    ],
)
def test_telling_runs(case: Case) -> None:
    case.check()


# ---- the map


def test_the_map_of_gradient_descent_on_a_quadratic() -> None:
    """Over η and κ: diverged above η·max(κ, 1) = 2 and nowhere else, to within a cell."""
    eta, kappa = np.meshgrid(np.geomspace(1e-3, 10, 64), np.geomspace(0.05, 500, 64))
    outcomes = simulate(Quadratic(kappa=kappa.ravel()), GD(), eta.ravel(), steps=200).outcome
    kinds = np.array([outcome.kind for outcome in outcomes]).reshape(64, 64)
    product = eta * np.maximum(kappa, 1)
    cell = 1e4 ** (1 / 63)
    assert np.all(kinds[product > 2 * cell] == "diverged")
    assert np.all(kinds[product < 2 / cell] != "diverged")
    assert not np.isin(kinds, ["escaped", "saddle", "wandering", "stalled"]).any()
    assert np.isin(["converged", "descending", "diverged"], kinds).all()


def test_a_batch_is_told_as_its_particles_are() -> None:
    etas = np.array([0.001, 0.15, 0.2001, 0.3])
    outcomes = simulate(BOWL, GD(), etas, steps=300).outcome
    assert [outcome.kind for outcome in outcomes] == ["descending", "converged", "diverged", "diverged"]
    assert list(outcomes) == [simulate(BOWL, GD(), eta, steps=300).outcome for eta in etas]


@pytest.mark.parametrize("steps", [1, 8, 100])
@pytest.mark.parametrize(
    ("surface", "hyper"),
    [(Quadratic, "kappa"), (DoubleWell, "sharpness"), (Ravine, "kappa")],
    ids=lambda value: str(value),
)
def test_a_batch_of_surfaces_is_told_as_its_particles_are(surface: Any, hyper: str, steps: int) -> None:
    """To the last word: the curvature that a sentence quotes is that of the particle's own surface."""
    values, etas = np.array([0.5, 4.0, 20.0, 30.0, 31.0]), np.array([2.1, 0.55, 0.12, 0.06, 0.07])
    batch = simulate(surface(**{hyper: values}), GD(), etas, steps=steps).outcome
    singles = [
        simulate(surface(**{hyper: value}), GD(), eta, steps=steps).outcome
        for value, eta in zip(values, etas, strict=True)
    ]
    assert list(batch) == singles
    assert steps < 100 or len({outcome.sentence for outcome in singles}) == 5


def test_what_blew_up_may_be_judged_then_or_later() -> None:
    """In a batch the loop goes on for the others; a recorded run ends at once."""
    etas = np.array([0.25, 0.1, 1e200, 3.0])
    later = simulate(BOWL, GD(), etas, steps=400).outcome
    assert list(later) == [simulate(BOWL, GD(), eta, steps=400).outcome for eta in etas]
    assert [outcome.step < 400 for outcome in later] == [True, True, True, True]
    assert [outcome.kind for outcome in later] == ["diverged", "converged", "diverged", "diverged"]


def test_the_order_of_the_kinds() -> None:
    assert KINDS == ("escaped", "diverged", "converged", "saddle", "oscillating", "wandering", "stalled", "descending")


# ---- doctored runs: each must be told apart from the true one


class Clamped(GD):
    """Gradient descent that is not let out of the box."""

    def step(self, t: int, eta: Any, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        theta, state = super().step(t, eta, theta, oracle, state)
        return np.clip(theta, -2, 2), state


class Clipped(GD):
    """Gradient descent that makes no step longer than a tenth."""

    def step(self, t: int, eta: Any, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        stepped, state = super().step(t, eta, theta, oracle, state)
        return theta + np.clip(stepped - theta, -0.1, 0.1), state


class Bounded(Saddle):
    """The saddle, said to have a bottom."""

    bounded_below = True


@pytest.mark.parametrize("optimizer", [Clamped(), Clipped()], ids=lambda optimizer: type(optimizer).__name__)
def test_a_clamp_would_be_noticed(optimizer: GD) -> None:
    """So that a clamp in the loop could not hide: the runs above would come out otherwise."""
    assert simulate(AXES, GD(), 0.25, steps=300).outcome.kind == "diverged"
    assert simulate(AXES, optimizer, 0.25, steps=300).outcome.kind == "oscillating"


def test_escape_needs_a_surface_without_a_bottom() -> None:
    assert simulate(Saddle(), GD(), 0.1, start=(0.1, 0.1), steps=200).outcome.kind == "escaped"
    assert simulate(Bounded(), GD(), 0.1, start=(0.1, 0.1), steps=200).outcome.kind == "diverged"


def test_only_a_minimum_is_converged_to() -> None:
    """Gradient and step are 0 in each; the saddle and the far plateau are no arrivals."""
    still = [
        simulate(Saddle(), GD(), 0.1, start=(0.0, 0.0), steps=50),
        simulate(PlateauAndCliff(), GD(), 0.1, start=(60.0, 0.0), steps=50),
        simulate(Beale(), GD(), 0.01, start=(0.0, 1.0), steps=50),
        simulate(Himmelblau(), GD(), 0.01, start=Himmelblau().minima[1], steps=50),
    ]
    assert [run.outcome.kind for run in still] == ["saddle", "stalled", "saddle", "converged"]


# ---- the numbers in the sentences

LIMIT = re.compile(r"η·λmax = ([\d.,]+)(?: exceeds |, the limit is )([\d.,]+?)(?: at (.+?))?[;.]( |$)")


@settings(max_examples=150)
@given(
    surface=st.sampled_from([BOWL, AXES, Ravine(), Himmelblau(), Rosenbrock(), DoubleWell(), Factorization(), Beale()]),
    optimizer=st.sampled_from([GD(), Momentum(), Momentum(dampening=0.9), Nesterov(), Adam(), RMSProp()]),
    factor=st.floats(0.3, 3.0),
    start=st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
    steps=st.integers(1, 60),
    noise=st.sampled_from([None, None, None, Additive(0.1)]),
)
def test_what_is_said_of_the_limit_is_true(
    surface: Any, optimizer: Any, factor: float, start: tuple[float, float], steps: int, noise: Any
) -> None:
    """The product is η times a curvature of this run, "exceeds" is said where it does, and only where theory holds."""
    sharpest = max(float(curvatures(surface.hess(np.array(minimum)))[1]) for minimum in surface.minima)
    limit = float(stability_limit(optimizer, sharpest))
    eta = factor * (limit if np.isfinite(limit) else 0.1)
    run = simulate(surface, optimizer, Constant(eta), start=start, steps=steps, noise=noise)
    sentence = run.outcome.sentence
    assert ("η·λmax" in sentence) <= (noise is None and np.isfinite(limit))
    for product, told_limit, place, _ in LIMIT.findall(sentence):
        if place.startswith("step"):
            theta = run.theta[int(place.split()[1].replace(",", ""))]
        elif place:
            theta = surface.nearest_minimum(run.theta[-1])
        else:
            theta = np.zeros(2)
        curvature = float(curvatures(surface.hess(theta))[1])
        true_product, true_limit = eta * curvature, limit * sharpest
        assert float(product.replace(",", "")) == pytest.approx(true_product, rel=0.006)
        assert float(told_limit.replace(",", "")) == pytest.approx(true_limit, rel=0.006)
        assert (" exceeds " in sentence) == (true_product > true_limit)


@pytest.mark.parametrize(
    "schedule",
    [
        Cosine(eta=0.01, period=10),
        Exponential(eta=0.01, gamma=0.8),
        Warmup(Constant(0.01), steps=10, start_factor=0.01),
    ],
    ids=lambda schedule: schedule.slug,
)
def test_the_rate_told_is_the_rate_of_that_step(schedule: Schedule) -> None:
    """Not a later one, to which a schedule has come since: "exceeds" might then be said where nothing was exceeded."""
    run = simulate(Rosenbrock(), GD(), schedule, start=(-1.2, 1.0), steps=100)
    for told, step in re.findall(r"η·λmax = ([\d.]+) exceeds 2 at step (\d+)", run.outcome.sentence):
        curvature = float(curvatures(Rosenbrock().hess(run.theta[int(step)]))[1])
        assert float(told) == pytest.approx(run.eta[int(step)] * curvature, rel=0.006)
        assert run.eta[int(step)] * curvature > 2
    assert run.outcome.kind == "diverged"


@pytest.mark.parametrize("eta", [0.21, 0.25, 0.4])
def test_the_growth_told_is_the_growth_of_theory(eta: float) -> None:
    sentence = simulate(AXES, GD(), eta, steps=400).outcome.sentence
    growth = float(re.findall(r"grew ([\d.]+)× a step", sentence)[0])
    assert growth == pytest.approx((10 * eta - 1) ** 2, rel=0.02)


def test_a_slow_divergence_leaves_the_view_when_it_was_said_to() -> None:
    sentence = simulate(BOWL, GD(), 0.2001, steps=300).outcome.sentence
    told = int(re.findall(r"out of view near step ([\d,]+)", sentence)[0].replace(",", ""))
    theta = simulate(BOWL, GD(), 0.2001, steps=4000).theta
    assert np.argmax(np.abs(theta).max(axis=1) > 2) == pytest.approx(told, rel=0.05)


@pytest.mark.parametrize(("start", "sigma"), [((1.5, 1.0), 0.5), ((-1.0, 0.2), 2.0)])
def test_the_width_told_of_a_cloud_is_its_mean_distance(start: tuple[float, float], sigma: float) -> None:
    run = simulate(BOWL, GD(), 0.1, start=start, steps=800, noise=Additive(sigma))
    told = float(re.findall(r"about ([\d.]+) from", run.outcome.sentence)[0])
    assert told == pytest.approx(np.hypot(*run.theta[-100:].T).mean(), rel=0.1)


@pytest.mark.parametrize(
    ("optimizer", "eta", "sigma", "steps"),
    [(Adam(), 0.05, 2.0, 800), (RMSProp(), 0.05, 1.0, 1000), (Momentum(), 0.02, 1.0, 1000), (GD(), 0.1, 1.0, 400)],
    ids=lambda value: getattr(value, "slug", None),
)
def test_a_cloud_that_has_stopped_shrinking_is_told_as_one(
    optimizer: Any, eta: float, sigma: float, steps: int
) -> None:
    run = simulate(BOWL, optimizer, eta, steps=steps, noise=Additive(sigma), seed=np.arange(30))
    kinds = [outcome.kind for outcome in run.outcome]
    assert kinds.count("wandering") >= 27
