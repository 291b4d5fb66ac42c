"""Newton's method and BFGS do what their books say, by matrices that NumPy inverts."""

from typing import Any

import numpy as np
import pytest
from scipy import optimize

from lrviz import GD, SURFACES, Additive, Beale, Quadratic, Rosenbrock, Saddle, Surface, simulate
from lrviz.declare import Array
from lrviz.iterate import iterate
from lrviz.models import LogisticRegression, load
from lrviz.optimizers import BFGS, Newton, PerAxis, State
from lrviz.problem import Problem
from lrviz.schedules import Constant
from lrviz.surfaces import MonkeySaddle

SMOOTH = ("quadratic", "rosenbrock", "himmelblau", "beale", "rastrigin", "ravine", "saddle", "booth", "styblinski_tang")


# ---- Newton


def newtons(hess: Array, g: Array, shift: float, absolute: bool) -> Array:
    """The step by NumPy's eigenvalues."""
    values, vectors = np.linalg.eigh(hess)
    sizes = (np.abs(values) if absolute else values) + shift
    step: Array = -vectors @ (vectors.T @ g / sizes)
    return step


@pytest.mark.parametrize("slug", SMOOTH)
@pytest.mark.parametrize(("shift", "absolute"), [(0.0, False), (0.0, True), (3.0, False), (0.5, True)])
def test_each_step_solves_the_system(slug: str, shift: float, absolute: bool) -> None:
    check_newton(SURFACES[slug](), Newton(shift=shift, absolute=absolute))


def check_newton(surface: Surface, method: Newton) -> None:
    starts = np.random.default_rng(2).uniform(-2, 2, (2, 25))
    run = simulate(surface, method, 0.7, start=starts, steps=6)
    for i, outcome in enumerate(run.outcome):
        for t in range(min(outcome.step, 5) if outcome.kind == "diverged" else 6):
            hess = surface.hess(run.theta[t, :, i])
            step = 0.7 * newtons(hess, run.grad[t, :, i], method.shift, method.absolute)
            values = np.linalg.eigvalsh(hess)
            sizes = np.abs((np.abs(values) if method.absolute else values) + method.shift)
            rounding = 1e-13 * np.abs(values).max() / sizes.min()
            error = np.abs(run.theta[t + 1, :, i] - run.theta[t, :, i] - step).max()
            assert error <= rounding * (np.abs(step).max() + np.abs(run.theta[t, :, i]).max())


@pytest.mark.parametrize("kappa", [1.0, 10.0, 1e4])
def test_one_full_step_arrives_on_a_quadratic_whatever_its_condition(kappa: float) -> None:
    run = simulate(Quadratic(kappa=kappa, angle=30.0), Newton(), 1.0, steps=1)
    assert np.abs(run.theta[1]).max() < 1e-12 * kappa
    assert run.evaluations == 3  # a gradient, and a Hessian in two dimensions


def test_damped_it_comes_nearer_by_the_same_share_in_every_direction() -> None:
    run = simulate(Quadratic(kappa=100.0), Newton(), 0.25, steps=20)
    np.testing.assert_allclose(run.theta, run.theta[0] * 0.75 ** np.arange(21.0)[:, None], rtol=1e-9)


@pytest.mark.parametrize("eta", [1.9, 2.1])
def test_beyond_two_it_grows(eta: float) -> None:
    run = simulate(Quadratic(), Newton(), eta, steps=100)
    assert (run.outcome.kind == "converged") == (eta < 2)


def test_near_a_minimum_the_digits_double() -> None:
    """Theorem 3.5 of Nocedal & Wright: quadratic convergence."""
    run = simulate(Rosenbrock(), Newton(), 1.0, start=(1.1, 1.2), steps=6)
    away = np.hypot(*(run.theta - 1).T)
    far = away[1:] > 1e-9
    constants = away[1:][far] / away[:-1][far] ** 2
    assert constants.max() < 60
    assert away[-1] < 1e-12


def test_where_a_curvature_is_negative_it_goes_up_to_the_saddle() -> None:
    run = simulate(Saddle(), Newton(), 1.0, start=(1.5, 0.7), steps=3)
    assert np.abs(run.theta[1]).max() == 0  # the saddle itself, from anywhere
    assert run.outcome.kind == "saddle"
    along_y = simulate(Saddle(), Newton(), 0.5, start=(0.0, 0.7), steps=10)
    assert (np.diff(along_y.loss) > 0).all()
    assert np.sum(along_y.grad[0] * (along_y.theta[1] - along_y.theta[0])) > 0  # against the slope: uphill


def test_by_size_saddles_repel() -> None:
    run = simulate(Saddle(), Newton(absolute=True), 0.5, start=(1.5, 0.01), steps=30)
    assert run.outcome.kind == "escaped"
    np.testing.assert_allclose(run.theta[1:4, 1] / run.theta[:3, 1], 1.5)
    plain, by_size = (
        simulate(Beale(), Newton(absolute=absolute), 1.0, start=(0.1, 0.9), steps=60) for absolute in (False, True)
    )
    assert plain.outcome.kind == "saddle"
    assert np.abs(by_size.theta - plain.theta[-1]).max() > 1
    assert by_size.loss[-1] < by_size.loss[0] < plain.loss[-1] + 1e-3


def test_enough_of_a_shift_makes_it_gradient_descent() -> None:
    """(H + λI)⁻¹ → I/λ, so that η = λ·rate is that rate."""
    newton = simulate(Rosenbrock(), Newton(shift=1e9), 1e6, start=(-1.2, 1.0), steps=20)
    plain = simulate(Rosenbrock(), GD(), 1e-3, start=(-1.2, 1.0), steps=20)
    np.testing.assert_allclose(newton.theta, plain.theta, rtol=1e-4)


def test_where_the_hessian_is_singular_the_step_has_no_end_and_the_run_says_so() -> None:
    run = simulate(Rosenbrock(), Newton(), 1.0, start=(0.0, 0.005), steps=3)
    assert Rosenbrock().hess(run.theta[0])[0].tolist() == [0.0, 0.0]
    assert run.outcome.sentence == "Diverged: the very first step, with η = 1, goes beyond all numbers."


@pytest.mark.parametrize(
    "method", [Newton(), Newton(shift=1.0), Newton(shift=1.0, absolute=True), Newton(absolute=True)]
)
def test_where_the_slope_is_zero_already_it_stays(method: Newton) -> None:
    run = simulate(MonkeySaddle(), method, 1.0, start=(0.0, 0.0), steps=5)
    assert run.theta.tolist() == [[0.0, 0.0]] * 6


def test_with_noise_that_has_no_slope_of_its_own_the_hessian_is_the_true_one() -> None:
    run = simulate(Quadratic(), Newton(), 1.0, steps=30, noise=Additive(0.3), seed=1)
    hess = Quadratic().hess(np.zeros(2))
    noise = np.linalg.solve(hess, -run.grad[:-1].T).T - np.diff(run.theta, axis=0)
    assert np.std(noise @ hess) == pytest.approx(0.3, rel=0.3)


def test_rates_per_axis_multiply_its_step() -> None:
    run = simulate(Quadratic(), PerAxis(Newton(), x=0.0, y=1.0), 1.0, steps=3)
    assert (run.theta[:, 0] == run.theta[0, 0]).all()
    assert abs(run.theta[1, 1]) < 1e-12


class Broad(Problem):
    title, start, box = "Broad", np.zeros(70), np.tile([-1.0, 1.0], (70, 1))


def test_what_they_cannot_run_on_is_refused() -> None:
    assert Newton().refusal(Broad()) == "Newton needs a Hessian, which Broad has not"
    assert Newton().refusal(Quadratic()) == BFGS().refusal(Quadratic()) == ""
    assert BFGS().refusal(Broad()) == "BFGS keeps a matrix: at most 64 coordinates; Broad has 70"


class NewtonOfTheDiagonal(Newton):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        (xx, _), (_, yy) = oracle.hess(theta)
        return theta - eta * oracle.grad(theta) / np.stack([xx, yy]), state


class NewtonTransposed(Newton):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        (xx, xy), (_, yy) = oracle.hess(theta)
        x, y = oracle.grad(theta)
        return theta - eta * np.stack([xx * x - xy * y, yy * y - xy * x]) / (xx * yy - xy * xy), state


class NewtonWithHalfTheSize(Newton):
    def by_size(self, hess: Array) -> Array:
        return np.abs(hess)


@pytest.mark.parametrize("wrong", [NewtonOfTheDiagonal, NewtonTransposed, NewtonWithHalfTheSize])
def test_a_broken_newton_is_found(wrong: type[Newton]) -> None:
    with pytest.raises(AssertionError):
        check_newton(Beale(), wrong(absolute=wrong is NewtonWithHalfTheSize))


# ---- BFGS


def by_book(surface: Any, theta: Array, eta: float, steps: int, method: BFGS) -> list[Array]:
    """Algorithm 6.1 of Nocedal & Wright with backtracking, by matrices; a step along which s·y ≤ 0 teaches nothing."""
    one = np.eye(len(theta))
    H, places, g, first = one, [theta], surface.grad(theta), True
    for _ in range(steps):
        p = -H @ g
        length, f = eta, surface.loss(theta)
        for _ in range(method.trials):
            if surface.loss(theta + length * p) <= f + method.decrease * length * (g @ p):
                break
            length *= method.shrink
        else:
            length = eta if method.trials == 0 else 0.0
        s = length * p
        theta = theta + s
        places.append(theta)
        y = surface.grad(theta) - g
        g = g + y
        if s @ y > 0:
            H = (s @ y) / (y @ y) * one if first else H
            first = False
            tau = 1 / (s @ y)
            left = one - tau * np.outer(s, y)
            H = left @ H @ left.T + tau * np.outer(s, s)
    return places


@pytest.mark.parametrize("slug", SMOOTH)
@pytest.mark.parametrize("numbers", [{}, {"shrink": 0.3, "decrease": 0.2}])
def test_each_path_is_the_books(slug: str, numbers: dict[str, Any]) -> None:
    check_bfgs(SURFACES[slug](), BFGS(**numbers), 1.0)


def check_bfgs(surface: Surface, method: BFGS, eta: float, steps: int = 12) -> None:
    run = simulate(surface, method, eta, steps=steps)
    steps = run.outcome.step if run.outcome.kind in ("diverged", "escaped") else steps
    places = np.array(by_book(surface, np.array(surface.start), eta, steps, method))
    np.testing.assert_allclose(run.theta[: steps + 1], places, rtol=1e-6, atol=1e-7)


def test_without_a_search_it_takes_eta() -> None:
    check_bfgs(Quadratic(), BFGS(trials=0), 0.1, 8)
    run = simulate(Quadratic(), BFGS(trials=0), 0.1, steps=8)
    assert run.evaluations == 8
    assert (run.state["sigma"] == 1).all()


@pytest.mark.parametrize("slug", ["rosenbrock", "himmelblau", "rastrigin", "ravine"])
def test_what_it_learns_satisfies_the_secant_equation_and_stays_positive(slug: str) -> None:
    """H y = s where s·y > 0, to the digits that its condition leaves; where it is not, H is the one before."""
    run = simulate(SURFACES[slug](), BFGS(), 1.0, steps=40)
    matrices = np.stack([run.state["H0"], run.state["H1"]], axis=1)
    asked = 0
    for t in range(2, 41):
        s, y = run.theta[t - 1] - run.theta[t - 2], run.grad[t - 1] - run.grad[t - 2]
        H, before = matrices[t], matrices[t - 1]
        if s @ y > 0 and np.abs(s).max() > 1e-6:
            asked += 1
            np.testing.assert_allclose(H @ y, s, rtol=0, atol=1e-9 * np.abs(H).max() * np.abs(y).max())
        elif not s @ y > 0:
            np.testing.assert_array_equal(H, before)
        np.testing.assert_array_equal(H, H.T)
        assert np.linalg.eigvalsh(H)[0] > 0
    assert asked > 5


def test_with_exact_steps_a_quadratic_takes_two_and_teaches_the_inverse() -> None:
    """Theorem 6.4 of Nocedal & Wright: with exact searches it ends after n steps, and H is then the inverse Hessian."""
    bowl = Quadratic(kappa=17.0, angle=40.0)
    hess = bowl.hess(np.zeros(2))
    theta = np.array(bowl.start)[:, None]
    method, state = BFGS(trials=0), BFGS(trials=0).init(np.array(bowl.start)[:, None])
    for t in (1, 2, 3):
        _, peeked = method.step(t, 1.0, theta, bowl, state)
        p = (method.step(t, 1.0, theta, bowl, state)[0] - theta)[:, 0]
        g = bowl.grad(theta)[:, 0]
        if t == 3:
            assert np.abs(theta).max() < 1e-13
            found = np.stack([peeked["H0"][:, 0], peeked["H1"][:, 0]])
            np.testing.assert_allclose(found, np.linalg.inv(hess), rtol=1e-10)
            return
        exact = float(-(g @ p) / (p @ hess @ p))
        theta, state = method.step(t, exact, theta, bowl, state)


def test_it_arrives_where_scipys_does_and_faster_than_linearly() -> None:
    start = np.array([-1.2, 1.0])
    found = optimize.minimize(Rosenbrock().loss, start, jac=Rosenbrock().grad, method="BFGS")
    run = simulate(Rosenbrock(), BFGS(), 1.0, start=start, steps=60)
    assert run.outcome.kind == "converged"
    np.testing.assert_allclose(run.theta[-1], found.x, atol=1e-4)
    away = np.hypot(*(run.theta - 1).T)
    end = int(np.argmax(away < 1e-8))
    assert end < 2 * found.nit
    assert away[end - 1] / away[end - 2] < 0.1
    assert away[end] / away[end - 1] < 0.05


def test_it_runs_in_more_coordinates() -> None:
    model = LogisticRegression(load("breast_cancer").columns(*range(6)).standardized(), penalty=0.1)
    assert BFGS().refusal(model) == ""
    size = len(model.start)
    *_, last = iterate(model, BFGS(), Constant(1.0), np.array(model.start)[:, None], 60)
    assert last.theta.shape == (size, 1)
    found = optimize.minimize(lambda w: float(model.loss(w)), np.array(model.start), jac=model.grad, method="BFGS")
    assert float(last.loss[0]) == pytest.approx(float(found.fun), rel=1e-4)


def test_a_search_is_charged_to_whom_it_serves() -> None:
    starts = np.array([[-1.2, 1.0], [0.9, 0.8], [1.0, 1.0]]).T
    together = simulate(Rosenbrock(), BFGS(), 1.0, start=starts, steps=20)
    alone = [simulate(Rosenbrock(), BFGS(), 1.0, start=start, steps=20).evaluations for start in starts.T]
    assert together.evaluations.tolist() == alone
    halvings = -np.log2(np.where(together.state["sigma"][1:] > 0, together.state["sigma"][1:], 2.0**-15))
    assert together.evaluations.tolist() == (20 * 2 + np.sum(halvings + 1, axis=0)).tolist()


class BFGSUnscaled(BFGS):
    def init(self, theta: Array) -> State:
        state = super().init(theta)
        return state | {"k": np.ones_like(theta[0])}


class BFGSByTheOtherForm(BFGS):
    """The update of DFP, H − H y yᵀH / yᵀHy + s sᵀ / s·y, which satisfies the secant equation too."""

    def learnt(self, s: Array, y: Array, state: State) -> tuple[State, Array]:
        rows, k = super().learnt(s, y, state)
        old = np.stack([state["H0"], state["H1"]])
        Hy = np.sum(old * y, axis=1)
        bent = np.greater(np.sum(s * y, axis=0), 0)
        safe = np.where(bent, np.sum(y * Hy, axis=0), 1.0)
        new = old - Hy[:, None] * Hy[None] / safe + s[:, None] * s[None] / np.where(bent, np.sum(s * y, axis=0), 1.0)
        later = np.logical_and(bent, np.greater(state["k"], 0))
        return {f"H{i}": np.where(later, new[i], rows[f"H{i}"]) for i in range(2)}, k


class BFGSLearnsAlways(BFGS):
    def learnt(self, s: Array, y: Array, state: State) -> tuple[State, Array]:
        rows, k = super().learnt(s, np.where(np.less(np.sum(s * y, axis=0), 0), -y, y), state)
        return rows, k


@pytest.mark.parametrize(
    ("wrong", "slug"),
    [(BFGSUnscaled, "rosenbrock"), (BFGSByTheOtherForm, "rosenbrock"), (BFGSLearnsAlways, "himmelblau")],
)
def test_a_broken_bfgs_is_found(wrong: type[BFGS], slug: str) -> None:
    with pytest.raises(AssertionError):
        check_bfgs(SURFACES[slug](), wrong(), 1.0)
