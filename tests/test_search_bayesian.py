"""The Bayesian search: what it believes, against the textbooks and the library itself, and where it looks next."""

import numpy as np
import pytest
from scipy.linalg import cho_factor, cho_solve
from scipy.stats import norm

from lrviz import GD, Adam, Momentum, Quadratic, Rosenbrock, Saddle
from lrviz.tuning.gaussian import FIRST, JITTER, LENGTH, believe, best_place
from lrviz.tuning.search import search
from lrviz.tuning.space import space
from lrviz.tuning.task import Task

RANGE = (1e-3, 10.0)


def by_hand(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rasmussen & Williams (2006), algorithm 2.1 with the Matérn 5/2 kernel (4.17) on standardized y; lower is better.
    Expected improvement: Jones, Schonlau & Welch (1998), equation 15."""

    def matern(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        r = np.sqrt(5) * np.sqrt(((a[:, None] - b) ** 2).sum(axis=-1)) / LENGTH
        return (1 + r + r * r / 3) * np.exp(-r)

    middle, spread = y.mean(), y.std()
    factor = cho_factor(matern(x, x) + JITTER * np.eye(len(x)))
    between = matern(at, x)
    mean = middle + spread * between @ cho_solve(factor, (y - middle) / spread)
    variance = 1 - np.einsum("ij,ji->i", between, cho_solve(factor, between.T))
    deviation = spread * np.sqrt(np.maximum(variance, 0))
    gain = y.min() - mean
    return mean, deviation, gain * norm.cdf(gain / deviation) + deviation * norm.pdf(gain / deviation)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_the_belief_is_the_textbooks(dimensions: int) -> None:
    random = np.random.default_rng(0)
    x, y, at = random.random((7, dimensions)), -10 * random.random(7), random.random((50, dimensions))
    mean, deviation, acquisition = believe(x, y, at)
    expected = by_hand(x, y, at)
    assert mean == pytest.approx(expected[0], abs=1e-6)
    assert deviation == pytest.approx(expected[1], abs=1e-6)
    assert acquisition == pytest.approx(expected[2], abs=1e-6)


def test_each_proposal_is_where_most_is_to_be_gained() -> None:
    found = search(Rosenbrock(), Adam(), "bayesian", eta=(1e-4, 10.0), steps=50, budget=600)
    assert len(found.beliefs) == len(found.trials) - FIRST == 9
    for belief in found.beliefs:
        before = found.trials[: belief.known]
        x = (np.log10([trial.values["eta"] for trial in before])[:, None] + 4) / 5
        y = found.measure(np.array([trial.loss for trial in before]))
        mean, deviation, gain = by_hand(x, y, (np.log10(belief.eta)[:, None] + 4) / 5)
        assert belief.mean == pytest.approx(mean, abs=1e-5)
        assert belief.deviation == pytest.approx(deviation, abs=1e-4)
        tried = found.trials[belief.known].values["eta"]
        assert tried == belief.proposal
        assert gain[belief.eta.tolist().index(tried)] == pytest.approx(np.nanmax(gain), rel=1e-3)


def test_with_two_numbers_a_belief_is_along_the_second_one_tried_next() -> None:
    also = {"beta": (0.0, 0.99)}
    found = search(Quadratic(), Momentum(), "bayesian", eta=RANGE, also=also, steps=20, budget=240)
    eta, beta = space(Task(Quadratic(), Momentum(), 20), RANGE, also).dimensions
    assert len(found.beliefs) == len(found.trials) - 2 * FIRST >= 6
    for belief in found.beliefs:
        before, tried = found.trials[: belief.known], found.trials[belief.known].values
        x = np.array([[eta.unit(trial.values["eta"]), beta.unit(trial.values["beta"])] for trial in before])
        y = found.measure(np.array([trial.loss for trial in before]))
        at = np.stack([eta.unit(belief.eta), np.full(belief.eta.size, beta.unit(tried["beta"]))], axis=1)
        mean, deviation, _ = by_hand(x, y, at)
        assert belief.mean == pytest.approx(mean, abs=1e-5)
        assert belief.deviation == pytest.approx(deviation, abs=1e-4)
        assert tried["eta"] == belief.proposal


def test_the_library_itself_proposes_no_better_place() -> None:
    """bayesian-optimization's own search of the acquisition: random points, then L-BFGS-B."""
    from bayes_opt.acquisition import ExpectedImprovement
    from bayes_opt.target_space import TargetSpace
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Matern

    found = search(Quadratic(), GD(), "bayesian", eta=(1e-3, 1.0), steps=30, budget=300)
    belief = found.beliefs[3]
    before = found.trials[: belief.known]
    known = TargetSpace(None, {"u": (0.0, 1.0)})
    for trial, measured in zip(before, found.measure(np.array([trial.loss for trial in before])), strict=True):
        known.register([(np.log10(trial.values["eta"]) + 3) / 3], -float(measured))
    process = GaussianProcessRegressor(Matern(LENGTH, "fixed", nu=2.5), alpha=JITTER, normalize_y=True)
    theirs = ExpectedImprovement(xi=0.0)
    place = theirs.suggest(process, known, random_state=0)
    gain = theirs.base_acq(*process.predict(place.reshape(1, 1), return_std=True))[0]
    assert belief.acquisition.max() == pytest.approx(gain, rel=1e-2)
    assert (np.log10(belief.proposal) + 3) / 3 == pytest.approx(float(place[0]), abs=2 / 512)


def test_where_nothing_is_to_be_gained_it_looks_where_least_is_known() -> None:
    assert best_place(np.array([0.0, 0.3, 0.1]), np.array([2.0, 0.0, 1.0])) == 1
    assert best_place(np.array([0.0, 0.0, 0.0]), np.array([0.5, 0.0, 1.0])) == 2


@pytest.mark.parametrize("also", [{}, {"beta": (0.0, 0.99)}])
def test_nothing_is_tried_twice(also: dict[str, tuple[float, float]]) -> None:
    found = search(Quadratic(), Momentum(), "bayesian", eta=RANGE, also=also, steps=20, budget=600)
    tried = [tuple(trial.values.values()) for trial in found.trials]
    assert len(set(tried)) == len(tried) >= 30
    assert found.beliefs


def test_a_search_of_blow_ups_alone_goes_on() -> None:
    found = search(Quadratic(), GD(), "bayesian", eta=(10.0, 1e4), steps=100, budget=500)
    assert {trial.loss for trial in found.trials} == {np.inf}
    assert found.best.loss == np.inf
    for belief in found.beliefs:
        assert np.isfinite([belief.mean, belief.deviation, belief.acquisition]).all()
        assert (belief.mean == 0).all()  # as good as the start, for all that it knows


def test_a_loss_without_a_bottom_is_searched_too() -> None:
    found = search(Saddle(), GD(), "bayesian", eta=(1e-3, 1.0), steps=50, budget=1000)
    assert np.isnan(found.measure.lowest)
    dense = Task(Saddle(), GD(), 50).losses(np.geomspace(1e-3, 1.0, 1001))
    assert found.measure(np.array(found.best.loss)) < 0.9 * found.measure(dense).min() < -20
