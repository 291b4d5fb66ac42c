"""Data are what they are said to be, minibatches are fair, and what is followed is the loop's own run."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.preprocessing import StandardScaler

from lrviz import Adam, Constant, Momentum
from lrviz.iterate import iterate
from lrviz.models import MLP, SETS, Minibatches, follow, load, looks

FEW = load("digits").rows(np.arange(60))
SMALL = MLP(FEW, hidden=(4,))


@pytest.mark.parametrize("name", SETS)
def test_data_are_scikit_learns(name):
    data = load(name)
    assert len(data) == len(data.features) == len(data.labels)
    assert data.features.shape[1] == len(data.names)
    assert set(data.labels) == set(range(len(data.classes)))


def test_pixels_are_between_0_and_1():
    np.testing.assert_array_equal(load("digits").features * 16, load_digits().data)


def test_there_are_no_other_data():
    with pytest.raises(ValueError, match="no data 'mnist'; there are: iris"):
        load("mnist")


def test_standardized_as_scikit_learn_does_it():
    expected = StandardScaler().fit_transform(load_breast_cancer().data)
    np.testing.assert_allclose(load("breast_cancer").standardized().features, expected, rtol=1e-9, atol=1e-9)
    assert not load("digits").standardized().features[:, 0].any()  # a corner that is never lit


def test_a_split_keeps_the_classes_shares():
    first, second = load("wine").split(0.25, seed=3)
    assert len(first) + len(second) == 178
    whole = np.bincount(load("wine").labels)
    np.testing.assert_array_equal(np.bincount(second.labels), [round(0.25 * n) for n in whole])
    together = np.sort(np.concatenate([first.features, second.features]), axis=0)
    np.testing.assert_array_equal(together, np.sort(load("wine").features, axis=0))


def test_classes_and_features_are_chosen():
    data = load("iris").only(2, 1).columns(3, 0)
    assert data.classes == ("virginica", "versicolor")
    assert data.names == ("petal width (cm)", "sepal length (cm)")
    assert np.all(data.features[data.labels == 0, 0].mean() > data.features[data.labels == 1, 0].mean())
    assert len(data) == 100


# ---- minibatches


def test_an_epoch_sees_each_example_at_most_once():
    batches = Minibatches(SMALL, 7, seed=5)
    assert batches.an_epoch == 60 // 7
    first, second = (np.concatenate([batches.index(e * 8 + step) for step in range(8)]) for e in (0, 1))
    for epoch in (first, second):
        assert len(set(epoch)) == len(epoch) == 56
    assert list(first) != list(second)


def test_a_minibatch_depends_on_its_seed_alone():
    one, same, other = Minibatches(SMALL, 7, seed=5), Minibatches(SMALL, 7, seed=5), Minibatches(SMALL, 7, seed=6)
    later = one.index(20).copy()
    one.index(3)
    np.testing.assert_array_equal(one.index(20), later)
    np.testing.assert_array_equal(same.index(20), later)
    assert list(other.index(20)) != list(later)


def test_their_mean_over_an_epoch_is_the_whole_gradient():
    batches, theta = Minibatches(SMALL, 10), SMALL.start[:, None]
    mean = np.mean([batches.at(t).grad(theta) for t in range(6)], axis=0)
    np.testing.assert_allclose(mean, SMALL.grad(theta), rtol=1e-10, atol=1e-14)


def test_each_step_follows_its_own_minibatch():
    """By SGD written out once more."""
    batches, theta = Minibatches(SMALL, 6, seed=2), SMALL.start
    for t in range(25):
        some = Minibatches(SMALL, 6, seed=2).index(t)
        theta = theta - 0.3 * SMALL.rows(some).grad(theta)
    *_, end = iterate(batches, Momentum(beta=0.0), Constant(0.3), SMALL.start[:, None], 25)
    np.testing.assert_allclose(end.theta[:, 0], theta, rtol=1e-10, atol=1e-13)
    assert end.evaluations == 25


@pytest.mark.parametrize("size", [0, 61])
def test_a_minibatch_has_examples_and_not_too_many(size):
    with pytest.raises(ValueError, match=f"a minibatch of {size} examples cannot be drawn from 60"):
        Minibatches(SMALL, size)


# ---- following


def starts(count):
    return np.repeat(SMALL.start[:, None], count, axis=1)


def test_what_is_followed_is_the_loops_run():
    rates = np.array([0.001, 0.01])
    told = follow(SMALL, Adam(), Constant(rates), starts(2), [0, 3, 10], {"loss": SMALL.loss}, keep_path=True)
    runs = {it.t: it for it in iterate(SMALL, Adam(), Constant(rates), starts(2), 10)}
    for row, t in enumerate((0, 3, 10)):
        np.testing.assert_array_equal(told.values["loss"][row], runs[t].loss)
        np.testing.assert_array_equal(told.path[row], runs[t].theta)
    np.testing.assert_array_equal(told.steps, [0, 3, 10])
    np.testing.assert_array_equal(told.eta, [[np.nan, np.nan], rates, rates])
    np.testing.assert_array_equal(told.theta, runs[10].theta)
    assert list(told.blew_up) == [-1, -1]


def test_from_a_blow_up_on_there_is_nothing():
    model = MLP(FEW, hidden=(4,), activation="relu", objective="squared")
    rates = np.array([0.01, 1e3])
    told = follow(model, Momentum(), Constant(rates), starts(2), [0, 50, 100], {"loss": model.loss})
    step = told.blew_up[1]
    assert told.blew_up[0] == -1
    assert 0 < step < 50
    assert np.isnan(told.values["loss"][1:, 1]).all()
    assert np.isfinite(told.values["loss"][:, 0]).all()
    alone = follow(
        model, Momentum(), Constant(rates[1:]), starts(1), [0, 50, 100], {"loss": model.loss}, keep_path=True
    )
    assert alone.blew_up == step
    np.testing.assert_array_equal(alone.steps, [0, 50, 100])
    assert np.isnan(alone.path[1:]).all()


def test_it_tells_how_far_it_is_and_stops_when_asked():
    told, seen = [], []
    partial = follow(
        SMALL,
        Momentum(),
        Constant(0.1),
        starts(1),
        looks(100, 11),
        {"loss": SMALL.loss},
        progress=lambda done, total: told.append((done, total)),
        cancelled=lambda: len(told) > 35,
        seen=lambda now: seen.append(len(now.steps)),
    )
    assert told == [(t, 100) for t in range(36)]
    np.testing.assert_array_equal(partial.steps, [0, 10, 20, 30])
    assert seen == [1, 2, 3, 4]


def test_looks_are_even_and_end_at_the_end():
    assert looks(10, 6) == [0, 2, 4, 6, 8, 10]
    assert looks(3, 100) == [0, 1, 2, 3]
    assert looks(1000, 3) == [0, 500, 1000]
