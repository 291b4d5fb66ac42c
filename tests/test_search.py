"""The searches for η: where they look, what they try, what it costs, and what they find."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz import (
    GD,
    AdaGrad,
    Adam,
    Additive,
    Beale,
    Cosine,
    Himmelblau,
    LeastSquares,
    Momentum,
    Quadratic,
    Rosenbrock,
    simulate,
)
from lrviz.tuning.gaussian import FIRST
from lrviz.tuning.halving import cost, rounds
from lrviz.tuning.measure import FLOOR, Measure
from lrviz.tuning.search import METHODS, Search, search
from lrviz.tuning.space import space
from lrviz.tuning.task import Task
from lrviz.tuning.trials import Ledger, Trial

RANGE = (1e-3, 10.0)


def whole(found: Search) -> list[Trial]:
    """The trials that ran all steps."""
    return [trial for trial in found.trials if trial.steps == found.steps]


# ---- where it looks


@given(st.floats(0, 1), st.sampled_from([("beta1", 0.0, 0.999), ("eps", 1e-12, 1e-3)]))
def test_a_units_value_leads_back_to_it(unit: float, other: tuple[str, float, float]) -> None:
    name, low, high = other
    place = space(Task(Quadratic(), Adam(), 10), (1e-4, 1.0), {name: (low, high)})
    values = place.values(np.array([[unit, unit]]))
    assert list(values) == ["eta", name]
    assert low <= values[name][0] <= high
    for dimension, value in zip(place.dimensions, values.values(), strict=True):
        assert dimension.unit(value)[0] == pytest.approx(unit, abs=1e-9)


def test_no_rounding_leads_out_of_the_range() -> None:
    """10^(log₁₀ x) may be a last digit beside x."""
    for k in range(1, 500):
        low, high = k / 1000, 1 - k / 3000
        place = space(Task(Quadratic(), Momentum(), 10), (low, high), {"beta": (low, high)})
        for values in place.values(np.array([[0.0, 0.0], [1.0, 1.0]])).values():
            assert low <= values[0] < values[1] <= high


def test_each_number_is_spaced_as_it_is_declared() -> None:
    halfway = np.array([[0.5, 0.5]])
    eps = space(Task(Quadratic(), Adam(), 10), (1e-4, 1.0), {"eps": (1e-12, 1e-6)}).values(halfway)
    assert {name: each[0] for name, each in eps.items()} == pytest.approx({"eta": 1e-2, "eps": 1e-9})
    beta = space(Task(Quadratic(), Momentum(), 10), (1e-4, 1.0), {"beta": (0.0, 0.99)}).values(halfway)
    assert beta["beta"][0] == pytest.approx(0.9)  # 1 − β from 1 to 0.01


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"eta": (0.1, 0.01)}, "does not lead from a number up to a larger one"),
        ({"eta": (0.1, np.inf)}, r"outside \(0, ∞\)"),
        ({"eta": (0.0, 1.0)}, r"outside \(0, ∞\)"),
        ({"also": {"beta": (0.0, 1.5)}}, r"search.beta \(β\) = 1.5 is outside"),
        ({"also": {"weight_decay": (0.0, 1.0)}}, "it must start above 0"),
        ({"also": {"beta1": (0.0, 0.9)}}, "has no number 'beta1' to tune"),
        ({"also": {"beta": (0.0, 0.9), "weight_decay": (1e-3, 1.0)}}, "at most one other number"),
        ({"budget": 99}, "less than one run takes: 100 steps cost 100"),
        ({"method": "simulated annealing"}, "there are: grid, random, bayesian, halving"),
        ({"steps": 0}, "at least 1"),
        ({"start": (np.inf, 0.0)}, "nothing to bring down"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        search(Quadratic(), Momentum(), **arguments)  # type: ignore[arg-type]


# ---- the measure


def test_the_measure_counts_decades_below_the_start() -> None:
    measure = Measure(start=101.0, lowest=1.0)
    assert measure(np.array([101.0, 11.0, 1.1, 500.0, np.inf, 1.0])) == pytest.approx(
        [0, -1, -3, 0, 0, np.log10(FLOOR)]
    )


@pytest.mark.parametrize("measure", [Measure(5.0, 1.0), Measure(-2.0, np.nan), Measure(0.0, np.nan), Measure(1.0, 1.0)])
def test_a_place_of_the_measure_leads_back_to_the_loss(measure: Measure) -> None:
    losses = measure.start - np.array([0.0, 0.1, 1.0, 3.0, 1e3 if np.isnan(measure.lowest) else 3.9])
    losses = losses[losses > np.nan_to_num(measure.lowest, nan=-np.inf)]
    assert measure.loss(measure(losses)) == pytest.approx(losses)
    assert (np.diff(measure(losses)) < 0).all()


# ---- what it costs, and what it found: against single runs


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("noise", [None, Additive(0.1)], ids=["exact", "noisy"])
def test_a_trial_is_a_run_and_costs_what_it_ran(method: str, noise: Additive | None) -> None:
    schedule, wide = Cosine(period=64), (1e-3, 1e4)
    found = search(
        Quadratic(), Momentum(0.5), method, eta=wide, steps=64, budget=800, schedule=schedule, noise=noise, seed=3
    )
    run_so_far: dict[float, int] = {}
    spent, cut_short = 0, 0
    for trial in found.trials:
        eta = trial.values["eta"]
        run = simulate(
            Quadratic(),
            Momentum(0.5),
            schedule.with_eta(eta),
            start=Quadratic.start,
            steps=trial.steps,
            noise=noise,
            seed=3,
        )
        if trial.loss == np.inf:
            assert run.outcome.kind == "diverged"
            cut_short += run.evaluations < trial.steps
        else:
            assert trial.loss == pytest.approx(run.loss[-1], rel=1e-12)
        assert trial.evaluations == run.evaluations - run_so_far.get(eta, 0)
        run_so_far[eta], spent = int(run.evaluations), spent + trial.evaluations
        assert trial.spent == spent
    assert cut_short  # it was put to the test
    assert found.spent[-1] == spent <= 800
    assert method == "grid" or 800 - spent < 64


@dataclass(frozen=True)
class Twice(GD):
    """Gradient descent that asks for the gradient twice on every step."""

    def step(self, t, eta, theta, oracle, state):  # type: ignore[no-untyped-def]
        oracle.grad(theta)
        return super().step(t, eta, theta, oracle, state)


@dataclass(frozen=True)
class Tiring(GD):
    """Gradient descent that asks more and more often: nobody can know beforehand what a run takes."""

    def step(self, t, eta, theta, oracle, state):  # type: ignore[no-untyped-def]
        for _ in range(t):
            oracle.grad(theta)
        return super().step(t, eta, theta, oracle, state)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("optimizer", [GD(), Twice(), Tiring()], ids=["once", "twice", "tiring"])
@pytest.mark.parametrize("budget", [333, 1000])
def test_no_budget_is_exceeded(method: str, optimizer: GD, budget: int) -> None:
    found = search(Rosenbrock(), optimizer, method, eta=RANGE, steps=20, budget=budget, seed=1)
    costs = [trial.evaluations for trial in found.trials]
    assert np.cumsum(costs).tolist() == found.spent.tolist()
    assert sum(costs) <= budget
    if not isinstance(optimizer, Tiring):
        assert max(costs) <= 20 * (1 + isinstance(optimizer, Twice))


def test_a_run_that_the_end_of_the_budget_cuts_short_is_none() -> None:
    ledger = Ledger(100)
    for costs in ([50, 60, 1], [0, 10]):
        ledger.note({"eta": np.ones(len(costs))}, np.zeros(len(costs)), np.array(costs, dtype=np.float64), 10)
    assert [trial.evaluations for trial in ledger.trials] == [50]
    assert (ledger.spent, ledger.left) == (100, 0)
    with pytest.raises(ValueError, match="ended in the middle of the first run"):
        search(Rosenbrock(), Tiring(), "grid", eta=(1e-5, 1e-3), steps=20, budget=200)


@pytest.mark.parametrize("method", METHODS)
def test_the_best_so_far_is_the_lowest_of_the_whole_runs(method: str) -> None:
    found = search(Himmelblau(), Adam(), method, eta=RANGE, steps=32, budget=640)
    lowest, seen = [], np.inf
    for trial in found.trials:
        seen = min(seen, trial.loss) if trial.steps == 32 else seen
        lowest.append(seen)
    assert found.best_so_far.tolist() == lowest
    assert found.best.loss == lowest[-1]
    assert found.best in whole(found)


# ---- grid and random


def test_a_grid_has_its_ends_and_even_ratios() -> None:
    found = search(Quadratic(), GD(), "grid", eta=(1e-3, 1.0), steps=10, budget=79)
    etas = [trial.values["eta"] for trial in found.trials]
    assert len(etas) == 7
    assert (etas[0], etas[-1]) == (1e-3, 1.0)
    assert np.diff(np.log(etas)) == pytest.approx(np.log(1e3) / 6)


def test_a_grid_over_two_numbers_is_square() -> None:
    found = search(Quadratic(), Momentum(), "grid", eta=(1e-3, 1.0), also={"beta": (0.0, 0.99)}, steps=10, budget=159)
    pairs = [(round(trial.values["eta"], 9), round(trial.values["beta"], 9)) for trial in found.trials]
    assert sorted(set(pairs)) == [(eta, beta) for eta in (1e-3, 0.031622777, 1.0) for beta in (0.0, 0.9, 0.99)]
    assert len(pairs) == 9


def test_random_search_is_even_in_the_logarithm() -> None:
    found = search(Quadratic(), Adam(), "random", eta=(1e-6, 1.0), steps=1, budget=3000)
    decades, _ = np.histogram(np.log10([trial.values["eta"] for trial in found.trials]), 6, (-6.0, 0.0))
    assert decades.sum() == 3000
    assert np.abs(decades - 500).max() < 4 * np.sqrt(500 * 5 / 6)  # binomial, four standard deviations


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_is_the_same_search(method: str) -> None:
    def again(seed: int) -> Search:
        return search(Beale(), Momentum(), method, eta=RANGE, steps=30, budget=400, noise=Additive(0.1), seed=seed)

    assert again(5).trials == again(5).trials
    assert again(5).trials != again(6).trials  # the noise, if nothing else


def test_all_that_draw_begin_with_the_same_draws() -> None:
    found = {
        method: search(Rosenbrock(), Adam(), method, eta=RANGE, steps=20, budget=200, seed=2) for method in METHODS
    }
    first = [[trial.values["eta"] for trial in found[method].trials[:FIRST]] for method in METHODS if method != "grid"]
    assert first[0] == first[1] == first[2]


# ---- successive halving


@pytest.mark.parametrize("steps", [1, 3, 17, 64, 100])
@pytest.mark.parametrize("budget", [1, 2, 5, 12])
def test_halving_plans_as_many_runs_as_fit(steps: int, budget: int) -> None:
    runs, looks = rounds(budget * steps, steps)
    assert looks[-1] == steps
    assert list(looks) == sorted(set(looks))
    # By hand: each look drops half, and what goes on runs on.
    lived, took, before = runs, 0, 0
    for look in looks:
        took, before = took + lived * (look - before), look
        lived = max(lived // 2, 1)
    assert took == cost(runs, looks) <= budget * steps < cost(runs + 1, looks)
    assert runs >= 2 ** (len(looks) - 1)  # so that one comes to its end after as many halvings


def test_halving_drops_the_worse_half_at_each_look() -> None:
    """Against a plain implementation: full runs, looked at on the way."""
    found = search(Rosenbrock(), Momentum(), "halving", eta=(1e-5, 1e3), steps=64, budget=640, seed=4)
    runs, looks = rounds(640, 64)
    assert looks == (4, 8, 16, 32, 64)
    alive = [trial.values["eta"] for trial in found.trials[:runs]]
    entered = iter(found.trials)
    for look in looks:
        trials = [next(entered) for _ in alive]
        assert [trial.values["eta"] for trial in trials] == alive
        assert {trial.steps for trial in trials} == {look}
        losses = {}
        for eta in alive:
            run = simulate(Rosenbrock(), Momentum(), eta, start=Rosenbrock.start, steps=64)
            losses[eta] = float(np.nan_to_num(run.loss[look], nan=np.inf))
        best = sorted(alive, key=losses.__getitem__)[: len(alive) // 2]
        alive = [eta for eta in alive if eta in best]
    # What the blow-ups saved went into another, smaller round.
    again = list(entered)
    assert again
    assert again[0].steps < 64 or len(again) == 1


# ---- enough of it


# With one best η each, so that it can be said which it is.
ONE_BEST = {
    "gd": (Quadratic(), GD(), 30, (0.01, 1.0)),
    "momentum": (LeastSquares(), Momentum(), 100, (1e-4, 0.01)),
    "adagrad": (Beale(), AdaGrad(), 60, (0.1, 10.0)),
}


@pytest.mark.parametrize(("method", "runs"), [("grid", 201), ("random", 1000), ("bayesian", 60)])
@pytest.mark.parametrize("case", ONE_BEST)
def test_with_enough_budget_each_finds_what_an_exhaustive_sweep_finds(method: str, runs: int, case: str) -> None:
    """To the resolution of a sweep with 100 rates a decade, over two decades."""
    surface, optimizer, steps, ends = ONE_BEST[case]
    etas = np.geomspace(*ends, 201)
    losses = Task(surface, optimizer, steps).losses(etas)
    best = int(np.argmin(losses))
    found = search(surface, optimizer, method, eta=ends, steps=steps, budget=runs * steps)
    assert found.best.loss <= losses[best - 1 : best + 2].max()
    assert abs(np.log(found.best.values["eta"] / etas[best])) <= 1.01 * np.log(etas[1] / etas[0])


def test_halving_too_where_who_is_ahead_early_is_ahead_at_the_end() -> None:
    etas = np.geomspace(0.01, 1.0, 201)
    losses = Task(Quadratic(), GD(), 30).losses(etas)
    found = search(Quadratic(), GD(), "halving", eta=(0.01, 1.0), steps=30, budget=9000)
    assert abs(np.log(found.best.values["eta"] / etas[np.argmin(losses)])) <= 1.01 * np.log(etas[1] / etas[0])


def test_halving_is_fooled_where_it_is_not() -> None:
    """Adam on the Rosenbrock function: large rates are ahead early, and are still on their way round at the end."""
    found = search(Rosenbrock(), Adam(), "halving", eta=(0.01, 1.0), steps=60, budget=60_000)
    plain = search(Rosenbrock(), Adam(), "random", eta=(0.01, 1.0), steps=60, budget=60_000)
    early = {trial.values["eta"]: trial.loss for trial in found.trials if trial.steps == 4}
    assert min(early, key=early.__getitem__) < 0.5 * plain.best.values["eta"]
    assert found.best.loss > 10 * plain.best.loss


# ---- while it goes on


@pytest.mark.parametrize("method", METHODS)
def test_it_tells_how_far_it_is_and_can_be_stopped(method: str) -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))

    found = search(Rosenbrock(), Adam(), method, eta=RANGE, steps=20, budget=400, progress=progress)
    assert {total for _, total in told} == {400}
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1][0] == found.spent[-1]
    looks = iter([False, False, True])
    stopped = search(Rosenbrock(), Adam(), method, eta=RANGE, steps=20, budget=400, cancelled=lambda: next(looks))
    assert stopped.trials == found.trials[: len(stopped.trials)]
    assert method != "bayesian" or len(stopped.trials) == FIRST + 2
