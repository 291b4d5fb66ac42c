"""Transfer: what is kept, what moves and how fast; and what the page claims of it, over seeds."""

import numpy as np
import pytest

from lrviz import GD, Adam, Constant
from lrviz.models import MLP, Minibatches, follow
from lrviz.models.transfer import (
    FRESH,
    GUESSING,
    MINIBATCH,
    NEW,
    OLD,
    RANDOM,
    SCRATCH,
    Setting,
    digits,
    few,
    fine_tune,
    multipliers,
    network,
    pretrained,
)
from lrviz.models.transfer_sweep import Sweep, sweep

SMALL = Setting((6, 5), epochs=1, steps=4)


def small(ways, eta=0.2, optimizer=None, n=10, seed=3, setting=SMALL):
    learnt = network(setting, digits()[0]).initial(seed)
    rates = np.full(len(ways), eta)
    return learnt, fine_tune(setting, learnt, n, seed, np.array(ways), rates, optimizer or GD(), Constant(1.0))


# ---- the data


def test_old_and_new_digits_have_nothing_in_common_and_half_of_the_new_is_held_out():
    old, pool, held_out = digits()
    assert (old.classes, pool.classes) == (tuple(map(str, OLD)), tuple(map(str, NEW)))
    assert abs(len(pool) - len(held_out)) <= len(NEW)
    assert not {row.tobytes() for row in pool.features} & {row.tobytes() for row in held_out.features}


def test_a_few_examples_are_as_many_of_each_class_and_others_for_another_seed():
    pool = digits()[1]
    one, same, other = few(pool, 20, 1), few(pool, 20, 1), few(pool, 20, 2)
    assert np.bincount(one.labels).tolist() == [4] * len(NEW)
    assert np.array_equal(one.features, same.features)
    assert not np.array_equal(one.features, other.features)
    assert len({row.tobytes() for row in one.features}) == 20  # none is drawn twice


@pytest.mark.parametrize("n", [0, 7, 5_000])
def test_what_cannot_be_drawn_evenly_is_refused(n):
    with pytest.raises(ValueError, match="cannot be drawn evenly"):
        few(digits()[1], n, 0)


def test_networks_that_learn_side_by_side_learn_what_each_learns_alone():
    together = pretrained(SMALL, [4, 5])
    net = network(SMALL, digits()[0])
    alone = follow(Minibatches(net, MINIBATCH), GD(), Constant(0.1), net.initial(5)[:, None], [28], {}).theta
    assert len(digits()[0]) // MINIBATCH == 28
    assert together[:, 1] == pytest.approx(alone[:, 0], rel=1e-9, abs=1e-12)


# ---- what a fine-tuning does


def test_one_step_moves_the_early_layers_by_their_own_rate():
    learnt, tuned = small([1.0, 0.1, 0.0], setting=Setting((6, 5), epochs=1, steps=1))
    net = MLP(few(digits()[1], 10, 3), hidden=(6, 5))
    fresh, early = net.initial(3 + FRESH), net.slices[-1].start
    first = np.concatenate([learnt[:early], fresh[early:]])
    slope = net.grad(first)  # ten examples are one minibatch
    for column, r in enumerate([1.0, 0.1, 0.0]):
        rates = 0.2 * np.where(np.arange(net.dim) < early, r, 1.0)
        assert tuned.runs.theta[:, column] == pytest.approx(first - rates * slope, rel=1e-9, abs=1e-12)


def test_frozen_layers_are_where_they_were_to_the_last_bit():
    learnt, tuned = small([0.0, RANDOM], optimizer=Adam())
    early = tuned.net.slices[-1].start
    assert np.array_equal(tuned.runs.theta[:early, 0], learnt[:early])
    assert np.array_equal(tuned.runs.theta[:early, 1], tuned.net.initial(3 + FRESH)[:early])
    assert np.all(tuned.drift[:2] == 0)
    assert np.all(tuned.drift[2] > 0)


def test_from_scratch_is_a_plain_training_that_knows_nothing_of_the_old_digits():
    _, tuned = small([SCRATCH, 1.0], optimizer=Adam(), n=40)
    net = MLP(few(digits()[1], 40, 3), digits()[2], hidden=(6, 5))
    start = net.initial(3 + FRESH)[:, None]
    plain = follow(Minibatches(net, MINIBATCH, 3), Adam(), Constant(0.2), start, [4], {})
    assert tuned.runs.theta[:, :1] == pytest.approx(plain.theta, rel=1e-9, abs=1e-12)
    assert tuned.accuracy[0] == np.mean(
        net.outputs(plain.theta, net.held_out.features)[0].argmax(1) == net.held_out.labels
    )


def test_drift_is_how_far_a_layer_came_as_a_share_of_its_length():
    _, tuned = small([0.3])
    for layer, (now, begun) in enumerate(
        zip(tuned.net.layers(tuned.runs.theta), tuned.net.layers(tuned.first), strict=True)
    ):
        away = np.sqrt(sum(((a - b) ** 2).sum() for a, b in zip(now, begun, strict=True)))
        length = np.sqrt(sum((b**2).sum() for b in begun))
        assert tuned.drift[layer, 0] == pytest.approx(away / length, rel=1e-12)


def test_a_run_that_blew_up_is_one_that_guesses():
    _, tuned = small([1.0], eta=1e300)
    assert tuned.runs.blew_up[0] >= 0
    assert tuned.accuracy[0] == GUESSING == 0.2


def test_the_last_layer_alone_has_a_multiplier_of_1():
    net = network(SMALL, digits()[0])
    found = multipliers(net, 0.25)
    assert found.sum() == 0.25 * (65 * 6 + 7 * 5) + 6 * 5


# ---- many of them


def told_sweep(accuracy) -> Sweep:
    """Two ways, from accuracies (S, N, W, E)."""
    given = np.array(accuracy, dtype=float)
    rates = np.array([0.1, 1.0])[: given.shape[-1]]
    return Sweep((10,), (1.0, 0.1), rates, given, np.zeros((*given.shape, 3)), np.zeros((4, len(given))))


def test_each_way_is_compared_at_the_rate_that_is_best_in_the_mean():
    found = told_sweep([[[[0.5, 0.9], [0.6, 0.2]]], [[[0.9, 0.6], [0.7, 0.8]]]])
    assert found.best.tolist() == [[1, 0]]
    assert found.at_best.tolist() == [[[0.9, 0.6]], [[0.6, 0.7]]]
    assert found.at(0.1).tolist() == [[[0.5, 0.6]], [[0.9, 0.7]]]


def test_a_lead_is_in_pairs():
    found = told_sweep([[[[0.5], [0.6]]], [[[0.9], [0.92]]], [[[0.7], [0.76]]]])
    mean, error = found.lead(0.1, 1.0, found.at_best)
    differences = [0.1, 0.02, 0.06]
    assert mean[0] == pytest.approx(0.06)
    assert error[0] == pytest.approx(np.std(differences, ddof=1) / np.sqrt(3))
    assert np.isnan(told_sweep([[[[0.5], [0.6]]]]).lead(0.1, 1.0, np.zeros((1, 1, 2)))[1][0])


def test_a_sweep_is_the_fine_tunings_one_by_one_and_tells_how_far_it_is():
    told = []
    eta, ways = np.array([0.05, 0.4]), (1.0, SCRATCH)
    found = sweep(SMALL, (10, 15), ways, eta, GD(), Constant(1.0), 2, lambda *now: told.append(now))
    learnt = pretrained(SMALL, [0, 1])
    alone = fine_tune(SMALL, learnt[:, 1], 15, 1, np.array([SCRATCH]), np.array([0.4]), GD(), Constant(1.0))
    assert found.accuracy.shape == (2, 2, 2, 2)
    assert found.accuracy[1, 1, 1, 1] == alone.accuracy[0]
    assert found.drift[1, 1, 1, 1] == pytest.approx(alone.drift[:, 0], rel=1e-9)
    assert told[-1][:2] == (28 + 16, 28 + 16)
    assert {partial.seeds for *_, partial in told if partial} == {1, 2}


def test_a_sweep_that_is_cancelled_has_the_seeds_that_were_done():
    told = []
    arguments = SMALL, (10,), (1.0,), np.array([0.1]), GD(), Constant(1.0), 3, lambda *now: told.append(now)
    assert sweep(*arguments, lambda: len(told) > 3) is None
    told.clear()
    found = sweep(*arguments, lambda: any(partial for *_, partial in told))
    assert found.seeds == 1


# ---- what the page claims, with its defaults


@pytest.fixture(scope="module")
def defaults() -> Sweep:
    setting = Setting((24, 24), epochs=10, steps=40)
    eta = 0.3 * 10 ** (np.arange(-2, 3) / 2)
    return sweep(setting, (20, 50), (1.0, 0.1, 0.0, SCRATCH, RANDOM), eta, GD(), Constant(1.0), 5)


@pytest.mark.slow
def test_lower_early_rates_do_not_beat_one_rate_here(defaults):
    mean, error = defaults.lead(0.1, 1.0, defaults.at_best)
    assert np.all(mean < -2 * error)  # at each size
    same, same_error = defaults.lead(0.1, 1.0, defaults.at(0.3))
    assert np.all(same < -2 * same_error)


@pytest.mark.slow
def test_frozen_layers_that_learnt_0_to_4_serve_5_to_9_worse_than_random_ones(defaults):
    frozen, _ = defaults.lead(0.0, RANDOM, defaults.at_best)
    assert np.all(frozen < -0.02)


@pytest.mark.slow
def test_at_the_runs_own_rate_from_scratch_is_ahead_of_what_keeps_the_old_layers(defaults):
    kept, error = defaults.lead(1.0, SCRATCH, defaults.at(0.3))
    assert np.all(kept < -2 * error)


@pytest.mark.slow
def test_a_rate_too_high_for_one_rate_leaves_lower_early_rates_whole():
    setting = Setting((24, 24), epochs=10, steps=40)
    found = sweep(setting, (20,), (1.0, 0.03), np.array([3.0]), GD(), Constant(1.0), 5).at_best[:, 0]
    assert np.all(found[:, 0] < 0.35)  # about as good as guessing
    assert np.all(found[:, 1] > 0.6)


def test_the_old_digits_are_learnt_first():
    net = network(Setting((24, 24)), digits()[0])
    assert np.all(net.accuracy(pretrained(Setting((24, 24), epochs=10), [0, 1])) > 0.98)
