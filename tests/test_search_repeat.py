"""Many repetitions of the searches: what is counted, and which search is better than which where."""

import subprocess
import sys

import numpy as np
import pytest

from lrviz import (
    GD,
    SURFACES,
    AdaGrad,
    Adam,
    Additive,
    LeastSquares,
    Minibatch,
    Momentum,
    Optimizer,
    Quadratic,
    Rosenbrock,
)
from lrviz.tuning.measure import Measure, measure
from lrviz.tuning.repeat import Repeated, repeat
from lrviz.tuning.search import METHODS, search
from lrviz.tuning.task import Task

RANGE = (1e-3, 10.0)


@pytest.mark.parametrize("noise", [None, Additive(0.1), Minibatch(4)], ids=["exact", "additive", "minibatch"])
def test_each_row_is_the_search_with_that_seed(noise: Additive | Minibatch | None) -> None:
    problem = LeastSquares() if isinstance(noise, Minibatch) else Rosenbrock()
    found = repeat(problem, Momentum(), tuple(METHODS), 3, eta=RANGE, steps=20, budget=210, noise=noise, seed=4)
    assert found.spent.tolist() == [20.0 * k for k in range(1, 11)] + [210.0]
    for method in METHODS:
        for k in range(3):
            one = search(problem, Momentum(), method, eta=RANGE, steps=20, budget=210, noise=noise, seed=4 + k)
            expected = [
                min([trial.loss for trial in one.trials if trial.steps == 20 and trial.spent <= spent], default=np.inf)
                for spent in found.spent
            ]
            assert found.best[method][k].tolist() == expected
    assert noise is None or len(np.unique(found.best["grid"][:, -1])) == 3  # each seed has its own noise


def test_the_counts_are_right_on_numbers_that_are_known() -> None:
    a = np.array([[np.inf, 0.1], [0.1, 0.1], [10.0, 1.0], [1.0, 1.0]])
    b = np.array([[np.inf, 1.0], [1.0, 0.1], [1.0, 0.1], [1.0, 10.0]])
    found = Repeated(4, np.array([5.0, 10.0]), {"a": a, "b": b}, Measure(start=100.0, lowest=0.0))
    # At the end: won, alike, lost, won.
    assert found.win_rate("a", "b") == pytest.approx((0.625, np.std([1, 0.5, 0, 1], ddof=1) / 2))
    assert found.win_rate("b", "a").value == pytest.approx(0.375)
    assert found.lead("a", "b") == pytest.approx((0.25, np.std([1, 0, -1, 1], ddof=1) / 2))
    # Early: alike (neither has anything), won, lost, alike.
    assert found.win_rate("a", "b", at=0).value == 0.5
    assert found.quartiles("a").tolist() == [[0.1, 0.1], [1.0, 0.1], [10.0, 1.0]]


def test_what_rounding_decides_is_no_win() -> None:
    best = {"a": np.array([[1e-17], [0.0]]), "b": np.array([[1e-16], [1e-18]])}
    assert Repeated(2, np.array([1.0]), best, Measure(1.0, 0.0)).win_rate("a", "b") == (0.5, 0.0)


def test_it_is_told_how_far_it_is_and_ends_where_it_is_stopped() -> None:
    told: list[tuple[int, int]] = []
    question = {"eta": RANGE, "steps": 20, "budget": 200}
    whole = repeat(Rosenbrock(), Adam(), ("random", "bayesian"), 5, **question, progress=lambda *far: told.append(far))  # type: ignore[arg-type]
    assert told[-1] == (2000, 2000)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    looks = iter([False, False, True])
    part = repeat(Rosenbrock(), Adam(), ("random", "bayesian"), 5, **question, cancelled=lambda: next(looks))  # type: ignore[arg-type]
    assert part.spent.tolist() == whole.spent[: len(part.spent)].tolist() == [20.0, 40.0, 60.0, 80.0, 100.0]
    assert (part.best["bayesian"] == whole.best["bayesian"][:, :5]).all()


def test_one_seed_is_no_spread() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        repeat(Quadratic(), GD(), seeds=1)


# ---- which is better where: what the Search page may say

TEN_RUNS = {"eta": (1e-4, 10.0), "steps": 100, "budget": 1000}
GAUSSIAN_IS_AHEAD = [
    *[(slug, GD()) for slug in ("quadratic", "ravine", "himmelblau")],
    *[(slug, Momentum()) for slug in ("rosenbrock", "plateau")],
    *[(slug, Adam()) for slug in ("rosenbrock", "himmelblau", "beale", "least_squares")],
]


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "optimizer"), GAUSSIAN_IS_AHEAD, ids=lambda part: getattr(part, "slug", part))
def test_with_ten_runs_bayesian_is_ahead_of_random_on_average(slug: str, optimizer: Optimizer) -> None:
    found = repeat(SURFACES[slug](), optimizer, ("random", "bayesian"), 100, **TEN_RUNS)  # type: ignore[arg-type]
    lead, wins = found.lead("bayesian", "random"), found.win_rate("bayesian", "random")
    assert lead.value > 3 * lead.error > 0
    assert wins.value > 0.5 + 2 * wins.error


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["ackley", "rastrigin"])
def test_among_many_dents_it_is_not(slug: str) -> None:
    found = repeat(SURFACES[slug](), Adam(), ("random", "bayesian"), 50, **TEN_RUNS)  # type: ignore[arg-type]
    lead = found.lead("bayesian", "random")
    assert lead.value < 2 * lead.error


IDLE = {"adam": ("eps", 1e-12, 1e-8), "adagrad": ("eps", 1e-12, 1e-8), "momentum": ("weight_decay", 1e-12, 1e-9)}
"""A number that does not matter, and a range in which it does not."""
RANDOM_IS_AHEAD = [
    *[(slug, Adam()) for slug in ("rosenbrock", "plateau", "double_well", "himmelblau", "factorization")],
    *[(slug, AdaGrad()) for slug in ("rosenbrock", "beale", "least_squares")],
    *[(slug, Momentum()) for slug in ("beale", "factorization")],
]
RATES = np.geomspace(1e-5, 100.0, 701)


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "optimizer"), RANDOM_IS_AHEAD, ids=lambda part: getattr(part, "slug", part))
def test_random_beats_a_grid_where_one_of_two_numbers_does_not_matter(slug: str, optimizer: Optimizer) -> None:
    """Nine runs each, over four decades. Where the best η lies between the three of a grid is luck: so it is put in 20
    places, evenly over the two decades from one to the next."""
    name, *ends = IDLE[optimizer.slug]
    best = RATES[np.argmin(Task(SURFACES[slug](), optimizer, 100).losses(RATES))]
    question = {"also": {name: tuple(ends)}, "steps": 100, "budget": 900}
    leads = []
    for k in range(20):
        low = best * 10.0 ** (-3 + (k + 0.5) / 10)
        found = repeat(
            SURFACES[slug](), optimizer, ("random", "grid"), 20, eta=(low, 1e4 * low), seed=20 * k, **question
        )
        leads.append(found.lead("random", "grid").value)
    assert np.mean(leads) > 3 * np.std(leads, ddof=1) / np.sqrt(len(leads))


@pytest.mark.parametrize(("slug", "optimizer"), RANDOM_IS_AHEAD, ids=lambda part: getattr(part, "slug", part))
def test_that_number_does_not_matter(slug: str, optimizer: Optimizer) -> None:
    """From end to end of its range it changes losses by less than 1 % at most rates; η changes them by decades."""
    name, low, high = IDLE[optimizer.slug]
    task = Task(SURFACES[slug](), optimizer, 100)
    losses = [task.course({"eta": RATES, name: np.full(len(RATES), value)}).loss[-1] for value in (low, high)]
    finite = np.isfinite(losses).all(axis=0)
    changed = np.abs(losses[0][finite] / losses[1][finite] - 1)
    assert np.quantile(changed, 0.9) < 1e-2
    assert np.ptp(measure(task)(losses[0][finite])) > 2


# ---- what is loaded


def test_only_a_bayesian_search_loads_its_libraries() -> None:
    code = """
import sys
import lrviz, lrviz.tuning
from lrviz.tuning.repeat import repeat
from lrviz.tuning.search import search
for method in ("grid", "random", "halving"):
    search(lrviz.Quadratic(), lrviz.GD(), method)
repeat(lrviz.Quadratic(), lrviz.GD(), ("grid", "random", "halving"), 2)
print([name for name in ("sklearn", "bayes_opt", "scipy", "joblib", "threadpoolctl") if name in sys.modules])
search(lrviz.Quadratic(), lrviz.GD(), "bayesian")
print([name for name in ("sklearn", "bayes_opt") if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["[]", "['sklearn', 'bayes_opt']"]
