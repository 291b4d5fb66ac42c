"""Linear models: their gradients and minima, what a rate does to them, and what sparse columns ask of an optimizer."""

import numpy as np
import pytest
import sklearn.linear_model
from sklearn.svm import LinearSVC

from lrviz import GD, AdaGrad, Constant, Cosine, simulate
from lrviz.models import Data, follow, load
from lrviz.models.linear import Hinge, LogisticRegression
from lrviz.models.sparse import SHARES, binned, lit
from lrviz.models.weights import Weights

STEP = 1e-5
PETALS = load("iris").only(1, 2).columns(2, 3).standardized()
SETOSA = load("iris").only(0, 1).columns(0, 1).standardized()
CANCER = load("breast_cancer").standardized()

MODELS = pytest.mark.parametrize("model", [LogisticRegression, Hinge])
WITH = pytest.mark.parametrize("intercept", [False, True])


def places(dim, count=5):
    return np.random.default_rng(3).normal(size=(dim, count))


# ---- the losses


@MODELS
@WITH
def test_the_gradient_is_that_of_the_loss(model, intercept):
    of = model(CANCER, 0.03, intercept)
    theta = places(of.dim)
    loss, grad = of.loss_and_grad(theta)
    for coordinate in range(of.dim):
        step = np.zeros((of.dim, 1))
        step[coordinate] = STEP
        central = (of.loss(theta + step) - of.loss(theta - step)) / (2 * STEP)
        crossed = (of.margins(theta + step) > 1) != (of.margins(theta - step) > 1)
        sure = np.ones(5, dtype=bool) if of.smooth else ~crossed.any(axis=0)
        assert np.mean(sure) > 0.5
        scale = np.abs(grad).max()
        np.testing.assert_allclose(grad[coordinate][sure], central[sure], rtol=1e-6, atol=1e-8 * scale)
    np.testing.assert_array_equal(loss, of.loss(theta))
    np.testing.assert_allclose(of.grad(theta[:, 0]), grad[:, 0], rtol=1e-13)


@WITH
def test_the_hessian_is_that_of_the_gradient(intercept):
    of = LogisticRegression(PETALS, 0.03, intercept)
    theta = places(of.dim)
    hess = of.hess(theta)
    for coordinate in range(of.dim):
        step = np.zeros((of.dim, 1))
        step[coordinate] = STEP
        central = (of.grad(theta + step) - of.grad(theta - step)) / (2 * STEP)
        np.testing.assert_allclose(hess[coordinate], central, rtol=1e-6, atol=1e-9)
    assert of.curvature(theta[:, 0]) == pytest.approx(np.linalg.norm(hess[..., 0], 2))


def test_the_losses_are_those_of_the_textbook():
    theta = np.array([0.7, -0.4, 0.2])
    z = PETALS.features @ theta[:2] + theta[2]
    p = 1 / (1 + np.exp(-z))
    likelihood = -np.mean(np.where(PETALS.labels == 1, np.log(p), np.log(1 - p)))
    decay = 0.05 * (theta[:2] @ theta[:2])
    assert LogisticRegression(PETALS, 0.1).loss(theta) == pytest.approx(likelihood + decay, rel=1e-12)
    y = np.where(PETALS.labels == 1, 1, -1)
    assert Hinge(PETALS, 0.1).loss(theta) == pytest.approx(np.maximum(0, 1 - y * z).mean() + decay, rel=1e-12)
    assert Hinge(PETALS, 0.1).accuracy(theta) == np.mean((z > 0) == (PETALS.labels == 1))


@MODELS
def test_far_out_nothing_overflows(model):
    of = model(PETALS)
    loss, grad = of.loss_and_grad(np.array([1e6, -1e6, 3.0]))
    assert np.isfinite([loss, *grad]).all()


def test_validation_is_the_loss_on_what_was_held_out_and_has_no_penalty():
    train, held = PETALS.split(0.3, seed=1)
    of = LogisticRegression(train, 0.1, held_out=held)
    theta = places(3)
    np.testing.assert_array_equal(of.validation(theta), LogisticRegression(held).loss(theta))
    np.testing.assert_array_equal(of.accuracy(theta, held), LogisticRegression(held).accuracy(theta))


def test_some_of_the_rows_are_the_model_on_them():
    some = np.array([3, 50, 7])
    theta = places(3)
    np.testing.assert_array_equal(Hinge(PETALS, 0.1).rows(some).grad(theta), Hinge(PETALS.rows(some), 0.1).grad(theta))


@pytest.mark.parametrize("penalty", [-0.1, np.inf, np.nan])
def test_a_penalty_that_is_none_is_refused(penalty):
    with pytest.raises(ValueError, match="is not a finite number of at least 0"):
        LogisticRegression(PETALS, penalty)


def test_more_than_two_classes_are_refused():
    with pytest.raises(ValueError, match="tells two classes apart, not 3"):
        LogisticRegression(load("iris"))


# ---- their minima


@WITH
@pytest.mark.parametrize("penalty", [1e-3, 0.1])
@pytest.mark.parametrize("data", [PETALS, CANCER], ids=["iris", "breast cancer"])
def test_the_minimum_is_that_of_scikit_learn(data, penalty, intercept):
    of = LogisticRegression(data, penalty, intercept)
    theirs = sklearn.linear_model.LogisticRegression(
        C=1 / (len(data) * penalty), fit_intercept=intercept, tol=1e-12, solver="newton-cholesky"
    ).fit(data.features, data.labels)
    expected = np.append(theirs.coef_[0], theirs.intercept_ if intercept else ())
    np.testing.assert_allclose(of.minima[0], expected, rtol=1e-6, atol=1e-6)
    assert np.abs(of.grad(of.minima[0])).max() < 1e-10


@WITH
@pytest.mark.parametrize("penalty", [0.0, 1e-3, 0.1])
def test_nothing_is_below_the_minimum_of_the_hinge_loss(penalty, intercept):
    of = Hinge(CANCER.columns(0, 1, 7), penalty, intercept)
    (minimum,) = of.minima
    away = np.random.default_rng(0).normal(size=(of.dim, 500))
    for distance in (1e-4, 1e-2, 1.0):
        assert of.loss(minimum[:, None] + distance * away).min() > of.infimum - 1e-8
    # Convex: what is lowest nearby is lowest everywhere. And 1e-4 away it is not flat for all that.
    assert of.loss(minimum[:, None] + 0.1 * away).max() > of.infimum + 1e-3


def test_gradient_descent_on_the_hinge_loss_comes_to_what_liblinear_finds():
    of = Hinge(PETALS, 0.1, intercept=False)
    theirs = LinearSVC(
        loss="hinge", C=1 / (len(PETALS) * 0.1), fit_intercept=False, dual=True, tol=1e-9, max_iter=100_000
    ).fit(PETALS.features, PETALS.labels)
    np.testing.assert_allclose(of.minima[0], theirs.coef_[0], atol=1e-4)


def test_separable_classes_have_no_minimum_without_a_penalty():
    assert LogisticRegression(SETOSA).separable
    assert not LogisticRegression(SETOSA).minima
    assert LogisticRegression(SETOSA).infimum == 0
    assert LogisticRegression(SETOSA, 0.01).minima
    assert not LogisticRegression(PETALS).separable
    assert Hinge(SETOSA).infimum == pytest.approx(0, abs=1e-12)
    # As good as separable: one example lies on the line, the others are told rightly.
    touching = Data(np.array([[0.0], [1.0], [-1.0]]), np.array([0, 1, 0]), ("x",), ("a", "b"))
    assert LogisticRegression(touching, intercept=False).separable


# ---- what a rate does to them


def slopes_between(of, count=4000):
    """How much faster than θ the gradient changes, between places by chance."""
    draw = np.random.default_rng(5)
    one, other = draw.normal(size=(2, of.dim, count)) * draw.choice([0.01, 1, 5], size=count)
    return np.linalg.norm(of.grad(one) - of.grad(other), axis=0) / np.linalg.norm(one - other, axis=0)


@pytest.mark.parametrize("data", [PETALS, SETOSA, CANCER.columns(0, 1)], ids=["petals", "setosa", "cancer"])
def test_no_gradient_changes_faster_than_its_smoothness_says(data):
    of = LogisticRegression(data, 0.02, intercept=False)
    ratio = slopes_between(of).max()
    assert 0.9 * of.smoothness < ratio <= of.smoothness  # at θ = 0 it is reached


@pytest.mark.parametrize("penalty", [0.01, 0.1])
@pytest.mark.parametrize("data", [PETALS, SETOSA, CANCER.columns(0, 1)], ids=["petals", "setosa", "cancer"])
def test_below_two_over_l_it_falls_at_each_step_from_everywhere(data, penalty):
    of = LogisticRegression(data, penalty, intercept=False)
    starts = np.random.default_rng(1).normal(size=(2, 30)) * 4
    run = simulate(Weights(of), GD(), 1.98 / of.smoothness, start=starts, steps=300)
    assert {outcome.kind for outcome in run.outcome} == {"converged"}
    assert (np.diff(run.loss, axis=0) <= 1e-12).all()
    np.testing.assert_allclose(run.theta[-1], np.repeat(of.minima[0][:, None], 30, axis=1), atol=1e-3)


@pytest.mark.parametrize("data", [PETALS, SETOSA, CANCER.columns(0, 1)], ids=["petals", "setosa", "cancer"])
def test_beyond_the_curvature_at_the_minimum_no_start_stays_there(data):
    of = LogisticRegression(data, 0.1, intercept=False)
    edge, growth = 2 / of.curvature(of.minima[0]), 2 / of.penalty
    assert 2 / of.smoothness < edge < growth
    starts = of.minima[0][:, None] + 1e-3 * np.random.default_rng(2).normal(size=(2, 10))
    below, above, far = (
        simulate(Weights(of), GD(), eta, start=starts, steps=400) for eta in (0.95 * edge, 1.05 * edge, 1.2 * growth)
    )
    away = np.linalg.norm(above.theta - of.minima[0][:, None], axis=1)
    assert {outcome.kind for outcome in below.outcome} == {"converged"}
    assert {outcome.kind for outcome in above.outcome} == {"oscillating"}
    assert (away[-100:].max(axis=0) > 0.1).all()
    assert {outcome.kind for outcome in far.outcome} == {"diverged"}


def test_without_a_penalty_too_high_a_rate_bounces_but_never_grows_without_end():
    of = LogisticRegression(PETALS, intercept=False)
    run = simulate(Weights(of), GD(), 20 / of.curvature(of.minima[0]), steps=1500)
    assert run.outcome.kind == "oscillating"
    assert run.loss[1000:].max() < 2 * run.loss[:500].max()


def test_on_separable_classes_any_rate_brings_the_loss_down():
    """Wu et al. (2024), Large stepsize gradient descent for logistic loss, COLT."""
    of = LogisticRegression(SETOSA, intercept=False)
    rates = np.array([0.1, 1.0, 10.0, 100.0]) * 2 / of.smoothness
    ran = follow(of, GD(), Constant(rates), np.zeros((2, 4)), [300, 600], {"loss": of.loss})
    assert (ran.values["loss"][1] < ran.values["loss"][0]).all()
    assert (np.diff(ran.values["loss"][1]) < 0).all()  # the larger, the lower
    assert (np.linalg.norm(ran.theta, axis=0) > 3).all()


@pytest.mark.parametrize("penalty", [0.01, 0.1])
def test_on_the_hinge_loss_a_constant_rate_ends_in_a_band_that_goes_with_it(penalty):
    """Its width over starts: ten times the rate, about ten times the band; a decaying rate closes in."""
    of = Hinge(CANCER.columns(0, 1), penalty, intercept=False)
    starts = of.minima[0][:, None] + np.random.default_rng(1).normal(size=(2, 10))

    def band(schedule):
        at = list(range(900, 1001))
        ran = follow(of, GD(), schedule, starts, at, {"loss": of.loss})
        return (ran.values["loss"] - of.infimum).mean(axis=0)

    low, high = band(Constant(0.3)), band(Constant(3.0))
    decayed = band(Cosine(3.0, period=1000))
    assert (high > 3 * low).all()
    assert (decayed < high / 3).all()


def test_a_surface_is_of_two_numbers():
    with pytest.raises(ValueError, match="a surface is of two numbers; this model has 3"):
        Weights(LogisticRegression(PETALS))


# ---- sparse columns


def test_each_example_is_in_one_bin_of_each_feature():
    data = load("wine").only(0, 1)
    wide = binned(data)
    per_feature = {}
    for column, name in zip(wide.features.T, wide.names, strict=True):
        feature = name.rsplit(", bin", 1)[0]
        per_feature[feature] = per_feature.get(feature, 0) + column
    assert set(per_feature) == set(data.names)
    assert all((total == 1).all() for total in per_feature.values())
    shares = binned(Data(np.arange(100.0)[:, None], np.arange(100) % 2, ("x",), ("a", "b"))).features.mean(axis=0)
    np.testing.assert_allclose(shares, SHARES, atol=0.011)
    with pytest.raises(ValueError, match="not positive with the sum 1"):
        binned(data, (0.5, 0.4))


def test_lit_is_what_is_above():
    data = load("digits").only(3, 8)
    on = lit(data, 0.5)
    kept = [data.names.index(name) for name in on.names]
    np.testing.assert_array_equal(on.features, data.features[:, kept] > 0.5)
    assert on.features.mean(axis=0).min() > 0


def best_of(of, optimizer, rates, steps):
    ran = follow(of, optimizer, Constant(rates), np.zeros((of.dim, rates.size)), [steps], {"loss": of.loss})
    return np.nanmin(ran.values["loss"][-1]) - of.infimum


@pytest.mark.slow
def test_on_sparse_columns_adagrad_comes_lower_each_at_its_own_best_rate():
    """Over splits; and not where the columns are about equally frequent."""
    rates = np.geomspace(0.03, 30, 16)
    for seed in range(3):
        train, _ = binned(load("breast_cancer")).split(0.3, seed)
        of = LogisticRegression(train, 1e-3)
        assert best_of(of, GD(), rates, 100) > 3 * best_of(of, AdaGrad(), rates, 100)
        train, _ = lit(load("digits").only(4, 9), 0.25).split(0.3, seed)
        of = LogisticRegression(train, 1e-3)
        assert best_of(of, GD(), rates, 100) < best_of(of, AdaGrad(), rates, 100)
