"""The online problem on which Adam goes to the worst point and AMSGrad to the best, against the paper's own numbers.

Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond: theorem 1 and its proof, and section 5. The paper's
Adam has no correction for starting at 0, and no ε; PyTorch's has both. Its t is one more than ours.
"""

import math

import numpy as np
import pytest

from lrviz import GD, Adam, AMSGrad, Constant, Cosine, Optimizer, Schedule, iterate, kernel, simulate, sweep
from lrviz.anatomy import dissect
from lrviz.declare import Array, Number
from lrviz.iterate import advance, begin
from lrviz.kernel.rows import Rows
from lrviz.surfaces import Online, Quadratic


def short(steep: float) -> float:
    """β₂ of theorem 1."""
    return 1 / (1 + steep * steep)


class Falling(Schedule):
    """α_t = α/√t."""

    slug, title = "falling", "Falling"

    def __init__(self, alpha: float) -> None:
        self.alpha = alpha

    def __call__(self, t: int | Array) -> Number:
        return self.alpha / np.sqrt(t + 1.0)


def by_the_paper(
    alpha: float, beta1: float, beta2: float, steps: int, start: float, largest: bool, steep: float = 3, period: int = 3
) -> list[float]:
    """x_1, x_2, …: algorithm 2, with plain numbers."""
    x, m, v, top, path = start, 0.0, 0.0, 0.0, [start]
    for t in range(1, steps + 1):
        g = steep if t % period == 1 else -1.0
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        top = max(top, v) if largest else v
        x = min(1.0, max(-1.0, x - alpha / math.sqrt(t) * m / math.sqrt(top)))
        path.append(x)
    return path


def average_regret(path: Array, problem: Online) -> float:
    """(Σ f_t(x_t) − min over x of Σ f_t(x)) / T, over whole periods."""
    steps = len(path) - 1
    assert steps % problem.period == 0
    losses = [problem.at(t).loss(np.array([path[t], 0.0])) for t in range(steps)]
    return float(np.mean(losses) - problem.infimum)


# ---- the problem


def test_losses_take_turns_as_in_the_paper() -> None:
    """f_t(x) = C x for t mod 3 = 1 and −x else, t from 1; the bowl in y is the same in all."""
    problem, theta = Online(steep=5.0), np.array([0.3, -0.4])
    for t in range(1, 13):
        slope = 5.0 if t % 3 == 1 else -1.0
        seen = problem.at(t - 1)
        assert seen.loss(theta) == pytest.approx(slope * 0.3 + 0.08)
        assert seen.grad(theta).tolist() == [slope, -0.4]


@pytest.mark.parametrize(("steep", "period"), [(3.0, 3), (2.5, 3), (101.0, 101), (1.0, 5), (7.0, 2)])
def test_the_surface_is_the_average_of_a_period(steep: float, period: int) -> None:
    problem = Online(steep=steep, period=period)
    theta = np.random.default_rng(0).uniform(-1, 1, (2, 50))
    turns = [problem.at(t) for t in range(period)]
    np.testing.assert_allclose(np.mean([turn.loss(theta) for turn in turns], axis=0), problem.loss(theta), atol=1e-12)
    np.testing.assert_allclose(np.mean([turn.grad(theta) for turn in turns], axis=0), problem.grad(theta), atol=1e-12)
    xs = np.linspace(-1, 1, 2001)
    losses = problem.loss(np.stack([xs, 0 * xs]))
    assert problem.minima == ((xs[np.argmin(losses)], 0.0),)
    assert problem.infimum == pytest.approx(losses.min(), abs=1e-15)


def test_a_step_ends_at_the_nearest_legal_point() -> None:
    theta = np.array([[-7.0, -1.0, 0.2, 3.0, np.nan], [5.0, -9.0, 0.0, 1.0, 2.0]])
    np.testing.assert_array_equal(Online().project(theta), [[-1.0, -1.0, 0.2, 1.0, np.nan], [5.0, -9.0, 0.0, 1.0, 2.0]])
    first, second = simulate(Online(), GD(), 10.0, start=(0.5, 0.0), steps=2).theta[1:]
    assert (first[0], second[0]) == (-1.0, 1.0)


def test_a_step_sees_its_own_loss_and_a_run_is_told_the_average() -> None:
    run = simulate(Online(), GD(), 0.01, start=(0.0, 1.0), steps=6)
    np.testing.assert_allclose(np.diff(run.theta[:, 0]), [-0.03, 0.01, 0.01] * 2)
    np.testing.assert_array_equal(run.loss, Online().loss(run.theta.T))
    np.testing.assert_array_equal(run.grad, Online().grad(run.theta.T).T)
    assert run.evaluations == 6


# ---- theorem 1


@pytest.mark.parametrize("steep", [2.1, 3.0, 5.0, 10.0])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_adam_is_back_at_the_worst_point_after_every_period(steep: float, share: float) -> None:
    """The proof: x_1 = 1 and α < √(1 − β₂) make x_t > 0 for all t, and x_{3t+1} = 1 exactly."""
    beta2 = short(steep)
    alpha = share * math.sqrt(1 - beta2)
    ours = simulate(
        Online(steep=steep), Adam(beta1=0.0, beta2=beta2), Falling(alpha), start=(1.0, 0.0), steps=1500
    ).theta[:, 0]
    papers = np.array(by_the_paper(alpha, 0.0, beta2, 1500, 1.0, largest=False, steep=steep))
    for path in (ours, papers):
        assert np.all(path > 0)
        assert np.all(path[::3] == 1.0)
        assert np.all(path[1::3] < 1.0)


@pytest.mark.parametrize("steep", [2.1, 3.0, 5.0, 10.0])
def test_the_regret_of_adam_does_not_vanish_and_that_of_amsgrad_does(steep: float) -> None:
    """A period at x = 1 costs at least 2C − 4 more than one at −1 (proof of theorem 1); AMSGrad's regret is O(1/√T)."""
    problem, beta2, alpha = Online(steep=steep), short(steep), 0.5
    adam, amsgrad = (
        simulate(problem, by(beta1=0.0, beta2=beta2), Falling(alpha), start=(1.0, 0.0), steps=3000).theta[:, 0]
        for by in (Adam, AMSGrad)
    )
    at_least = (2 * steep - 4) / 3
    assert average_regret(adam[:301], problem) >= at_least
    assert average_regret(adam, problem) >= at_least
    early, late = (average_regret(amsgrad[: steps + 1], problem) for steps in (300, 3000))
    assert 0 < late < early
    if steep >= 3:
        assert abs(amsgrad[-1] + 1) < 0.02


@pytest.mark.parametrize(("largest", "by"), [(False, Adam), (True, AMSGrad)], ids=["adam", "amsgrad"])
@pytest.mark.parametrize(("beta1", "beta2", "steep", "period"), [(0.0, 0.1, 3.0, 3), (0.9, 0.99, 101.0, 101)])
def test_steps_are_those_of_the_papers_algorithm(
    largest: bool, by: type[Adam] | type[AMSGrad], beta1: float, beta2: float, steep: float, period: int
) -> None:
    """Without the correction for starting at 0, and with all but no ε, they are the paper's."""
    problem, steps = Online(steep=steep, period=period), 404
    method = by(beta1=beta1, beta2=beta2, eps=1e-30, uncorrected=True)
    ran = iterate(problem, method, Falling(0.5), np.array([[0.3], [0.0]]), steps)
    found = [float(it.theta[0, 0]) for it in ran]
    expected = by_the_paper(0.5, beta1, beta2, steps, 0.3, largest, steep, period)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_papers_picture() -> None:
    """Section 5: C = n = 101, β₁ = 0.9, β₂ = 0.99: Adam comes to x = 1, AMSGrad draws near to x = −1."""
    problem = Online(steep=101.0, period=101)
    adam, amsgrad = (
        simulate(problem, by(beta1=0.9, beta2=0.99), Falling(0.5), start=(0.0, 0.0), steps=20_200).theta[:, 0]
        for by in (Adam, AMSGrad)
    )
    assert adam[::101][-20:].min() > 0.99
    assert amsgrad[-1] < -0.93
    assert np.all(np.diff(amsgrad[::1010]) < 0)


def test_a_longer_memory_is_a_cure_too() -> None:
    """β₂ = 0.999 remembers the steep slope over a period of three: then Adam ends at the best point."""
    run = simulate(Online(), Adam(beta1=0.0), Cosine(eta=0.1, period=600), steps=700)
    assert run.outcome.kind == "converged"
    assert "(−1, 0)" in run.outcome.sentence


# ---- what is said of it


@pytest.mark.parametrize("schedule", [Constant(0.1), Cosine(eta=0.2, period=600)], ids=str)
def test_the_outcomes_say_which_end(schedule: Schedule) -> None:
    adam, amsgrad = (
        simulate(Online(), by(beta1=0.0, beta2=0.1), schedule, steps=600).outcome for by in (Adam, AMSGrad)
    )
    assert adam.kind == "stalled"
    assert "brings it back to the wrong end, near (1, " in adam.sentence
    assert "2 still to go" in adam.sentence
    assert amsgrad.kind in ("wandering", "converged")
    assert "(−1, 0)" in amsgrad.sentence


def test_at_the_best_end_nothing_is_wrong_and_without_ends_nothing_is_an_end() -> None:
    flipped = simulate(Online(steep=1.0, period=5), Adam(beta1=0.0, beta2=0.1), 0.05, start=(0.2, 0.0), steps=600)
    assert "(1, 0)" in flipped.outcome.sentence
    assert "wrong" not in flipped.outcome.sentence
    assert Quadratic().bounds is None


@pytest.mark.parametrize("optimizer", [GD(), Adam(beta1=0.0, beta2=0.1), AMSGrad(beta1=0.0, beta2=0.1)], ids=str)
def test_many_side_by_side_are_as_one(optimizer: Optimizer) -> None:
    """By rows of numbers, among which C and n may be, each run is what it is alone."""
    cs, ns = np.array([3.0, 2.5, 9.0, 101.0]), np.array([3, 3, 7, 101])
    batch = simulate(Online(steep=cs, period=ns), optimizer, 0.05, start=(0.4, 0.7), steps=150)
    for i, (steep, period) in enumerate(zip(cs.tolist(), ns.tolist(), strict=True)):
        alone = simulate(Online(steep=steep, period=period), optimizer, 0.05, start=(0.4, 0.7), steps=150)
        np.testing.assert_array_equal(batch.theta[..., i], alone.theta)
        assert batch.outcome[i] == alone.outcome


def test_the_map_sees_the_turns() -> None:
    """Compiled rows: the outcomes over C are those of single runs, and they change with β₂."""
    betas = np.array([0.1, 0.5, 0.9, 0.999])
    found = sweep(Online(), Adam(beta1=0.0), Constant(0.05), over={"beta2": betas}, steps=300)
    singly = [simulate(Online(), Adam(beta1=0.0, beta2=beta), 0.05, steps=300).outcome.kind for beta in betas]
    assert found.outcome.tolist() == singly
    assert len(set(singly)) > 1


def test_the_turn_enters_the_recorded_step_as_the_steps_taken() -> None:
    program = kernel.program(Online(), GD(), Constant(0.1))
    values = kernel.values(Online(), GD(), Constant(0.1), None, (0.3, 0.2))
    rows = Rows(program, ("x",), list(values.values()), steps=7)
    x = [0.3]
    for t in range(7):
        rows.step()
        x.append(min(1.0, max(-1.0, x[-1] - 0.1 * (3.0 if t % 3 == 0 else -1.0))))
    assert rows.end()[2][0] == pytest.approx(x[-1])


@pytest.mark.parametrize("optimizer", [GD(), Adam(beta1=0.0, beta2=0.1), AMSGrad(beta1=0.9, beta2=0.1)], ids=str)
def test_a_step_taken_apart_has_the_slope_that_it_saw_and_what_the_edge_took(optimizer: Optimizer) -> None:
    run = simulate(Online(), optimizer, 0.3, start=(0.9, 0.5), steps=40)
    apart = dissect(run)
    np.testing.assert_array_equal(apart.gradient[:, 0], [3.0 if t % 3 == 0 else -1.0 for t in range(40)])
    np.testing.assert_array_equal(apart.gradient[:, 1], run.theta[:-1, 1])
    np.testing.assert_allclose(sum(apart.parts.values()), apart.update, atol=1e-14)
    edge = apart.parts["edge"]
    assert np.any(edge[:, 0])
    assert not edge[:, 1].any()
    assert np.all((edge[:, 0] == 0) | (np.abs(run.theta[1:, 0]) == 1))


# ---- that these tests would notice


class EveryOther(Online):
    """The steep step comes one step late."""

    def at(self, t: int) -> "EveryOther":
        return super().at(t + 1)


class Loose(Online):
    """No constraint."""

    def project(self, theta: Array) -> Array:
        return theta


class OfTheStep(Online):
    """Told by the loss of its step."""

    averaged = False


@pytest.mark.parametrize("broken", [EveryOther, Loose])
def test_another_order_or_no_constraint_is_noticed(broken: type[Online]) -> None:
    path = simulate(broken(), Adam(beta1=0.0, beta2=0.1), Falling(0.5), start=(1.0, 0.0), steps=300).theta[:, 0]
    assert not np.all(path[::3] == 1.0)


def test_a_run_told_by_its_turns_is_noticed() -> None:
    start = np.array([[0.5], [1.0]])
    it = begin(OfTheStep(), GD(), Constant(0.1), start)
    assert advance(OfTheStep(), GD(), Constant(0.1), None, it, None).loss != Online().loss(np.array([[0.2], [0.9]]))
    told = advance(Online(), GD(), Constant(0.1), None, begin(Online(), GD(), Constant(0.1), start), None)
    assert told.loss == Online().loss(told.theta)
