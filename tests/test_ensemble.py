"""Many seeds at once are the single runs, and what is measured on them has the error that it says."""

import numpy as np
import pytest

from lrviz import GD, Adam, Additive, Cosine, LeastSquares, Minibatch, Momentum, Quadratic, Rosenbrock, simulate
from lrviz.ensemble import ensemble, floors, scaled
from lrviz.theory.moments import Moments

START = (2.5, 7.5)


def test_each_column_is_the_run_of_its_seed() -> None:
    runs = ensemble(
        LeastSquares(), Adam(), Cosine(0.1, period=40), Minibatch(3), start=START, steps=50, seeds=12, first=7
    )
    for i in (0, 11):
        alone = simulate(
            LeastSquares(), Adam(), Cosine(0.1, period=40), start=START, steps=50, noise=Minibatch(3), seed=7 + i
        )
        np.testing.assert_allclose(runs.theta[..., i], alone.theta, rtol=1e-12)
        least = LeastSquares().loss(np.array(LeastSquares().minima[0]))
        np.testing.assert_allclose(runs.excess[:, i], alone.loss - least, atol=1e-12)
    np.testing.assert_allclose(runs.covariance[50], np.cov(runs.theta[50]))
    np.testing.assert_allclose(runs.width[50] ** 2, np.trace(np.cov(runs.theta[50])))
    np.testing.assert_allclose(runs.mean[50], runs.theta[50].mean(axis=1))


def test_the_errors_are_how_far_such_numbers_scatter() -> None:
    """Eighty ensembles of fifty seeds: the scatter of their widths and losses is the error that each of them states."""
    runs = ensemble(Quadratic(), GD(), 0.1, Additive(1.0), start=(1.5, 1.0), steps=40, seeds=4_000)
    parts = [
        type(runs)(runs.surface, runs.theta[..., i : i + 50], runs.excess[:, i : i + 50]) for i in range(0, 4_000, 50)
    ]
    for name in ("width", "loss"):
        scatter = np.std([getattr(part, name)[40] for part in parts])
        stated = np.mean([getattr(part, f"{name}_error")[40] for part in parts])
        assert stated == pytest.approx(scatter, rel=0.25)


def test_a_blow_up_leaves_no_mean_behind() -> None:
    runs = ensemble(Rosenbrock(), GD(), 0.0025, Additive(60.0), start=(1.0, 1.0), steps=60, seeds=40)
    assert 0 < runs.alive[60] < 40
    first = int(np.argmax(runs.alive < 40))
    for values in (runs.width, runs.width_error, runs.loss, runs.loss_error):
        assert np.isnan(values[first:]).all()
        assert np.isfinite(values[:first]).all()


def test_without_noise_the_cloud_is_a_point() -> None:
    runs = ensemble(Quadratic(), GD(), 0.1, None, start=(1.5, 1.0), steps=5, seeds=10)
    np.testing.assert_allclose(runs.width, 0, atol=1e-12)
    np.testing.assert_allclose(runs.width_error, 0, atol=1e-12)


@pytest.mark.parametrize("optimizer", [GD(), Momentum(0.6)], ids=str)
def test_the_measured_floors_are_theorys(optimizer: GD) -> None:
    moments, etas = Moments(LeastSquares(), optimizer, Minibatch(2)), np.array([0.03, 0.1, 0.25])
    measured = floors(LeastSquares(), optimizer, etas, Minibatch(2), steps=2_000, seeds=60)
    expected = [moments.floor(eta) for eta in etas]
    assert np.all(np.abs(measured.loss - expected) < 4 * measured.error)
    assert np.all(measured.error < 0.1 * measured.loss)


def test_a_rate_beyond_the_limit_has_no_floor() -> None:
    measured = floors(Quadratic(), GD(), np.array([0.05, 5.0]), Additive(1.0), steps=200, seeds=5)
    assert np.isfinite(measured.loss[0])
    assert np.isnan(measured.loss[1])
    alone = floors(Quadratic(), GD(), np.array([5.0]), Additive(1.0), steps=200, seeds=5)
    assert np.isnan(alone.loss[0])


def test_workers_share_one_budget_by_the_linear_scaling_rule() -> None:
    told = scaled(LeastSquares(), GD(), 0.02, Minibatch(2), start=START, steps=300, seeds=400)
    assert [one.workers for one in told] == [1, 2, 4, 8, 16, 32, 64]
    for one in told:
        assert one.eta == pytest.approx(0.02 * one.workers)
        assert one.noise == Minibatch(2 * one.workers)
        assert one.steps == 300 // one.workers
    for one in told[:4]:
        means, covs = (moments := Moments(LeastSquares(), GD(), one.noise)).path([one.eta] * one.steps, np.array(START))
        assert abs(one.loss - moments.loss(means, covs)[-1]) < 4 * one.error
    alone = simulate(LeastSquares(), GD(), 0.04, start=START, steps=150, noise=Minibatch(4), seed=np.arange(400))
    least = LeastSquares().loss(np.array(LeastSquares().minima[0]))
    assert told[1].loss == pytest.approx(np.mean(alone.loss[-1] - least), rel=1e-9)


def test_the_rule_ends_where_batches_or_steps_do() -> None:
    place = {"start": START, "seeds": 3}
    assert [one.workers for one in scaled(LeastSquares(), GD(), 0.01, Minibatch(500), steps=9, **place)] == [1, 2]
    assert [one.workers for one in scaled(LeastSquares(), GD(), 0.01, Minibatch(1), steps=5, **place)] == [1, 2, 4]
