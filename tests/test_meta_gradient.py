"""The meta-gradient is the slope of the loss at the end over log η, and where there is none it is not given."""

from dataclasses import dataclass

import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Adam, Additive, Anisotropic, Constant, LeastSquares, Minibatch
from lrviz.declare import Array, Number
from lrviz.optimizers import GD, Hypergradient, Momentum, Optimizer
from lrviz.optimizers.optimizer import Oracle, State
from lrviz.schedules import Cosine, Plateau, Schedule, Warmup
from lrviz.surfaces import Quadratic, Rosenbrock, Surface
from lrviz.theory import best, local_curvature, stability_limit
from lrviz.tuning import dual
from lrviz.tuning.dual import Dual, DualError, slope, value
from lrviz.tuning.meta_gradient import central, meta_gradient
from lrviz.tuning.task import Task
from tests.pairs import pairs

STEEP = {"rosenbrock": 100.0, "beale": 30.0, "rastrigin": 100.0, "himmelblau": 5.0, "ravine": 3.0}
STEEP |= {"expression": 100.0, "styblinski_tang": 5.0, "three_hump_camel": 3.0}
"""How many times smaller than elsewhere the rates are."""
JUMPING = ("yogi", "rprop", "signsgd", "lion", "polyak", "armijo", "barzilai_borwein", "bfgs")
"""Optimizers that take signs or compare losses, slopes or curvatures."""


def rates(surface: Surface, optimizer: Optimizer, count: int = 25) -> Array:
    """Rates at which something happens and no run is thrown about."""
    plain = optimizer.slug in ("gd", "momentum", "nesterov", "hypergradient", "sam", "schedule_free_sgd", "radam")
    top = 0.05 / STEEP.get(surface.slug, 1.0) if plain else 0.3 if optimizer.typical_eta == 1 else 0.03
    if optimizer.slug == "newton":
        top = 0.03  # where a curvature changes its sign the step has no end
    return np.geomspace(top / 100, top, count) / (5 if optimizer.slug in ("momentum", "nesterov") else 1)


def gentle(slug: str) -> Optimizer:
    """With numbers by which something happens within few steps, and not too much."""
    numbers = {"hypergradient": {"hyper_beta": 1e-9}, "dog": {"reps": 0.1}, "prodigy": {"d0": 0.1}}
    return OPTIMIZERS[slug](**numbers.get(slug, {}))


def check(task: Task, etas: Array, share: float = 0.8) -> None:
    """The slope is that of central differences to 1e-6, wherever these agree with themselves and are not rounding.

    Each width has its own errors: a wide one meets kinks (AMSGrad's maximum), a narrow one the rounding of the losses,
    most of all where the run has arrived.
    """
    found = meta_gradient(task, etas)
    assert found.reason == ""
    np.testing.assert_array_equal(found.loss, task.losses(etas))
    by_width = np.stack([central(task, etas, width) for width in (1e-3, 1e-4, 1e-5)])
    apart = np.abs(by_width[1:] - by_width[:-1])
    expected = by_width[1:][apart.argmin(axis=0), np.arange(len(etas))]
    start = abs(float(task.problem.loss(np.array(task.problem.start))))
    rounding = 1e-10 * np.abs(found.loss) + 1e-16 * start
    calm = apart.min(axis=0) <= 3e-7 * np.abs(expected) + rounding
    assert calm.mean() >= share
    assert (np.abs(expected) > 1e4 * rounding).mean() >= share / 2  # else little but rounding was compared
    wrong = np.abs(found.slope - expected) > 1e-6 * np.abs(expected) + rounding
    assert not wrong[calm].any(), (etas[wrong & calm], found.slope[wrong & calm], expected[wrong & calm])


@pytest.mark.parametrize(("surface", "optimizer"), [triple[:2] for triple in pairs(6)])
def test_it_is_the_slope(surface: str, optimizer: str) -> None:
    on, by = SURFACES[surface](), gentle(optimizer)
    if surface == "absolute":  # a subgradient jumps from −1 to 1
        assert "Absolute value" in {jump.owner for jump in meta_gradient(Task(on, by, 25), rates(on, by)).jumps}
        return
    if optimizer in JUMPING and not by.refusal(on):
        found = meta_gradient(Task(on, by, 25), rates(on, by))
        assert by.title in {jump.owner for jump in found.jumps}
        assert np.isnan(found.slope).all()
        return
    if not by.refusal(on):
        # Where a curvature is nearly 0 Newton's step leaps, and differences agree with themselves at fewer rates.
        check(Task(on, by, 25), rates(on, by), share=0.3 if optimizer == "newton" else 0.8)


@pytest.mark.parametrize("schedule", [cls for slug, cls in SCHEDULES.items() if slug != "plateau"])
@pytest.mark.parametrize("warm", [False, True])
def test_through_any_schedule_and_warm_up(schedule: type[Schedule], warm: bool) -> None:
    plan = schedule().stretched(0.2)
    for surface, optimizer in ((Rosenbrock(), GD()), (Quadratic(), Adam())):
        task = Task(surface, optimizer, 60, Warmup(plan, steps=9) if warm else plan)
        check(task, rates(surface, optimizer))


@pytest.mark.parametrize("noise", [Additive(0.5), Anisotropic(0.5, 2.0), Minibatch(4)])
@pytest.mark.parametrize("optimizer", [GD(0.01), Momentum(0.8, 0.3, 0.1), Adam(), Hypergradient(1e-6)], ids=str)
def test_with_the_same_draws_of_noise(noise: Additive | Anisotropic | Minibatch, optimizer: Optimizer) -> None:
    surface = LeastSquares()
    check(Task(surface, optimizer, 40, noise=noise, seed=5), rates(surface, optimizer))


def test_on_a_quadratic_it_is_the_closed_forms() -> None:
    """f = Σ λ x²(1 − ηλ)^2T / 2, so d f / d log η = −Σ T η λ² x² (1 − ηλ)^(2T − 1)."""
    surface, steps, etas = Quadratic(kappa=10.0, angle=0.0), 25, np.geomspace(1e-3, 0.25, 40)
    curvatures, start = np.array([1.0, 10.0])[:, None], np.array(surface.start)[:, None]
    left = 1 - etas * curvatures
    expected = -np.sum(steps * etas * curvatures**2 * start**2 * left ** (2 * steps - 1), axis=0)
    found = meta_gradient(Task(surface, GD(), steps), etas)
    np.testing.assert_allclose(found.slope, expected, rtol=1e-11)
    np.testing.assert_allclose(found.log_slope, expected / found.loss, rtol=1e-11)


def test_central_differences_have_the_error_that_they_say() -> None:
    """About width⁴: half the width, a sixteenth of it."""
    task, etas = Task(Quadratic(kappa=10.0), GD(), 25), np.array([0.02, 0.05, 0.1])
    exact = meta_gradient(task, etas).slope
    wide, narrow = (np.abs(central(task, etas, width) - exact) for width in (0.04, 0.02))
    np.testing.assert_allclose(wide / narrow, 16, rtol=0.05)


def test_it_vanishes_at_the_best_rate_and_changes_its_sign_there() -> None:
    surface = Quadratic(kappa=10.0)
    _, eta, _ = best(GD, 1.0, 10.0)
    slopes = meta_gradient(Task(surface, GD(), 400), eta * np.array([0.9, 1.1])).slope
    assert slopes[0] < 0 < slopes[1]


def test_beyond_the_limit_it_is_wild() -> None:
    """In a winding gorge runs beyond the limit stay between the walls, and depend on η without a pattern."""
    surface = SURFACES["ravine"]()
    limit = float(stability_limit(GD(), local_curvature(surface, np.zeros((2, 1)))[0]))
    below, beyond = (
        meta_gradient(Task(surface, GD(), 100), limit * factors)
        for factors in (np.geomspace(0.1, 0.9, 60), np.geomspace(1.05, 1.5, 60))
    )
    assert np.nanmax(np.abs(beyond.slope)) > 1e6 * np.nanmax(np.abs(below.slope))
    turns = [np.sum(np.diff(np.sign(found.slope[np.isfinite(found.slope)])) != 0) for found in (below, beyond)]
    assert turns[1] > 10 > 2 >= turns[0]


def test_a_run_that_blows_up_has_none() -> None:
    found = meta_gradient(Task(Rosenbrock(), GD(), 100), np.array([1e-4, 1.0]))
    assert np.isfinite(found.slope[0])
    assert np.isinf(found.loss[1])
    assert np.isnan(found.slope[1])
    assert np.isnan(found.log_slope[1])


def test_a_negative_loss_has_no_logarithm() -> None:
    found = meta_gradient(Task(SURFACES["saddle"](), GD(), 200), np.array([0.1]))
    assert found.loss < 0
    assert np.isfinite(found.slope)
    assert np.isnan(found.log_slope)


# ---- jumps are found


@dataclass(frozen=True)
class Jumping(Optimizer):
    """A step that jumps, in one of several ways."""

    slug, title, typical_eta = "jumping", "Jumping", 0.01
    way: str = "sign"

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        match self.way:
            case "sign":
                push = np.sign(g)
            case "floor":
                push = np.floor(g)
            case "rint":
                push = np.rint(g)
            case "where":
                push = np.where(g[0] * g[1] > 1.0, g, 0.5 * g)
            case "loss":
                push = np.where(np.less(oracle.loss(theta), 1.0), g, 0.5 * g)
            case "time":
                push = np.where(np.less(t, 5), g, 0.5 * g)
            case "kink":
                push = np.maximum(np.abs(g), 0.1) * g
            case _:
                push = np.where(np.equal(g, 0), 1.0, g)  # a guard
        return theta - eta * push, state


@pytest.mark.parametrize("way", ["sign", "floor", "rint", "where", "loss"])
def test_a_step_that_jumps_is_named(way: str) -> None:
    found = meta_gradient(Task(Quadratic(), Jumping(way=way), 20), np.array([0.01, 0.02]))
    assert found.reason.startswith("Jumping ")
    assert "has no meta-gradient" in found.reason
    assert found.jumps[0].line.startswith("test_meta_gradient.py:")
    assert np.isnan(found.slope).all()
    assert np.isfinite(found.loss).all()


@pytest.mark.parametrize(("way", "is_noted"), [("where", False), ("sign", True)])
def test_in_what_is_continuous_comparisons_are_guards_but_a_sign_is_none(monkeypatch, way: str, is_noted: bool) -> None:
    monkeypatch.setattr(dual, "_GUARDED", (*dual._GUARDED, __file__))  # as one of the surfaces
    found = meta_gradient(Task(Quadratic(), Jumping(way=way), 20), np.array([0.01, 0.02]))
    assert (found.reason != "") == is_noted


@pytest.mark.parametrize("way", ["time", "kink", "guard"])
def test_a_step_that_does_not_jump_is_not(way: str) -> None:
    check(Task(Quadratic(), Jumping(way=way), 20), np.geomspace(1e-3, 0.02, 20))


@pytest.mark.parametrize("warm", [False, True])
def test_the_plateau_schedule_jumps(warm: bool) -> None:
    plan = Plateau(patience=3)
    found = meta_gradient(Task(Quadratic(), GD(), 50, Warmup(plan) if warm else plan), np.geomspace(0.01, 0.15, 9))
    assert found.reason.startswith("Reduce on plateau compares")
    assert np.isnan(found.slope).all()
    # It is so: somewhere the loss at the end jumps, and by no less on a finer grid.
    etas = np.geomspace(0.15, 0.25, 4001)
    losses = Task(Quadratic(), GD(), 50, Plateau(patience=3)).losses(etas)
    jump = int(np.argmax(np.abs(np.diff(losses))))
    finer = Task(Quadratic(), GD(), 50, Plateau(patience=3)).losses(np.linspace(etas[jump], etas[jump + 1], 4001))
    assert np.abs(np.diff(finer)).max() > 0.5 * np.abs(np.diff(losses)).max()


@pytest.mark.parametrize(("slug", "schedule"), [triple[1:] for triple in pairs()])
def test_of_what_there_is_these_jump_and_no_others(slug: str, schedule: str) -> None:
    found = meta_gradient(Task(Quadratic(), gentle(slug), 12, SCHEDULES[schedule]()), np.array([1e-3, 2e-3]))
    assert (found.reason != "") == (schedule == "plateau" or slug in JUMPING)


# ---- dual numbers

X = np.array([0.3, 0.7, 1.4])
UNARY = [np.negative, np.absolute, np.fabs, np.sqrt, np.exp, np.expm1, np.log, np.log10, np.sin, np.cos, np.tan]
UNARY += [np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh]
BINARY = [np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum, np.fmax, np.fmin]


def complex_step(function: np.ufunc, *arguments: Array, of: int) -> Array:
    """The derivative by one argument, by a step in the imaginary direction: exact to rounding."""
    given = [np.asarray(argument, dtype=complex) for argument in arguments]
    given[of] = given[of] + 1e-30j
    derivative: Array = function(*given).imag / 1e-30
    return derivative


@pytest.mark.parametrize("function", UNARY)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_each_function_of_one_number(function: np.ufunc, sign: float) -> None:
    x = X if function in (np.sqrt, np.log, np.log10) else sign * X
    if function in (np.arcsin, np.arccos):
        x = x / 2  # they are defined on [−1, 1]
    result = function(Dual(x, 2.0, []))
    np.testing.assert_array_equal(result.value, function(x))
    if function in (np.absolute, np.fabs):
        np.testing.assert_array_equal(result.slope, 2 * np.sign(x))
    elif function in (np.expm1, np.arcsin, np.arccos, np.arctan):  # NumPy's are not good at so small a step
        wide = (function(x + 1e-5) - function(x - 1e-5)) / 2e-5
        np.testing.assert_allclose(result.slope, 2 * wide, rtol=1e-9)
    else:
        np.testing.assert_allclose(result.slope, 2 * complex_step(function, x, of=0), rtol=1e-14)


@pytest.mark.parametrize("function", BINARY)
def test_each_function_of_two(function: np.ufunc) -> None:
    y = np.array([0.5, 0.6, 1.5])
    result = function(Dual(X, 2.0, []), Dual(y, 3.0, []))
    np.testing.assert_array_equal(result.value, function(X, y))
    by_x, by_y = (
        (function(X + (i == 0) * 1e-6, y + (i == 1) * 1e-6) - function(X - (i == 0) * 1e-6, y - (i == 1) * 1e-6)) / 2e-6
        for i in (0, 1)
    )
    np.testing.assert_allclose(result.slope, 2 * by_x + 3 * by_y, rtol=1e-8)
    np.testing.assert_allclose(function(Dual(X, 2.0, []), y).slope, 2 * by_x, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(function(X, Dual(y, 3.0, [])).slope, 3 * by_y, rtol=1e-8, atol=1e-12)


def test_shapes_and_choices() -> None:
    theta = Dual(np.arange(6.0).reshape(2, 3), np.ones((2, 3)), [])
    row = Dual(np.arange(3.0), 5.0, [])
    assert (theta * row).slope.tolist() == [[0, 6, 12], [15, 21, 27]]
    assert (theta.value + row).slope.tolist() == [[5, 5, 5]] * 2
    assert np.sum(theta, axis=0).slope.tolist() == [2, 2, 2]
    x, y = theta
    both = np.stack([x, 2 * y, np.zeros(3)])
    assert both.slope.tolist() == [[1, 1, 1], [2, 2, 2], [0, 0, 0]]
    assert np.stack([row, 7.0]).value.tolist() == [[0, 1, 2], [7, 7, 7]]
    chosen = np.where(np.array([True, False, True]), x, 9.0)
    assert (chosen.value.tolist(), chosen.slope.tolist()) == ([0, 9, 2], [1, 0, 1])
    assert np.sqrt(Dual(np.zeros(2), np.zeros(2), [])).slope.tolist() == [0, 0]
    assert (np.zeros_like(x).tolist(), np.ones_like(x).tolist()) == ([0, 0, 0], [1, 1, 1])
    assert value(np.full_like(x, 4.0)).tolist() == [4, 4, 4]
    assert (value(3.0), slope(3.0)) == (3.0, 0.0)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (lambda x: np.hypot(x, x), "np.hypot"),
        (lambda x: np.clip(x, 0, 1), "np.clip"),
        (lambda x: np.asarray(x), "plain array"),
        (lambda x: 1 if x > 0 and x else 0, "branches"),
        (lambda x: np.add(x, 1, out=np.zeros(3)), "no derivative"),
        (lambda x: np.cumsum(x), "np.cumsum"),
    ],
)
def test_what_has_no_derivative_here_is_refused(formula, words: str) -> None:
    with pytest.raises((DualError, TypeError), match=words):
        formula(Dual(np.array(1.0), 1.0, []))


def test_a_fixed_rate_may_be_asked_for_in_any_number() -> None:
    task = Task(Quadratic(), GD(), 30, Constant(0.5))
    many = meta_gradient(task, np.array([0.01, 0.02, 0.05])).slope
    each = [meta_gradient(task, np.array([eta])).slope[0] for eta in (0.01, 0.02, 0.05)]
    np.testing.assert_array_equal(many, each)
    assert meta_gradient(Task(Quadratic(), GD(), 30, Cosine(0.1, period=30)), np.array([0.02])).slope[0] != each[1]
