"""The range test: its ramp, its average, its rules and its edge, against the published ones and against theory."""

import re
from itertools import cycle

import numpy as np
import pytest

from lrviz import (
    GD,
    OPTIMIZERS,
    SURFACES,
    Ackley,
    Adam,
    Additive,
    LeastSquares,
    Minibatch,
    Momentum,
    Nesterov,
    Quadratic,
    Rosenbrock,
    Saddle,
    simulate,
)
from lrviz.kernel import javascript
from lrviz.models import MLP, Minibatches, load
from lrviz.problem import Problem
from lrviz.theory import stability_limit
from lrviz.tuning.ramp import Ramp
from lrviz.tuning.range_test import EDGE, range_test, smooth
from lrviz.tuning.rules import RULES, minimum, slide, steepest, valley
from lrviz.tuning.task import Task
from lrviz.tuning.truth import truth

ETAS = np.geomspace(1e-4, 10.0, 101)
PLAIN = (GD(), Momentum(), Nesterov())


# ---- the ramp


@pytest.mark.parametrize("linear", [False, True])
def test_the_ramp_is_that_of_pytorch_lr_finder(linear):
    """torch_lr_finder/lr_finder.py at 00abb90: r = i/(n − 1), then low·(high/low)^r or low + r·(high − low)."""
    low, high, steps = 1e-5, 10.0, 37
    share = [step / (steps - 1) for step in range(steps)]
    expected = [low + r * (high - low) if linear else low * (high / low) ** r for r in share]
    ramp = Ramp(low, high, steps, linear)
    np.testing.assert_allclose(ramp(np.arange(37.0)), expected, rtol=1e-14)
    np.testing.assert_allclose([ramp(step) for step in range(37)], expected, rtol=1e-14)
    assert ramp(1000) == pytest.approx(high)


def test_fastais_ramp_is_one_step_longer_and_cut():
    """fastai/callback/schedule.py at 0a049e8: position i/n in an exponential from the first rate to the last."""
    low, high, steps = 1e-7, 10.0, 100
    expected = [low * (high / low) ** (step / steps) for step in range(steps)]
    np.testing.assert_allclose(Ramp(low, high, steps + 1)(np.arange(100.0)), expected, rtol=1e-13)
    assert expected[-1] < 0.9 * high


def test_the_ramp_is_recorded_like_any_schedule():
    assert "export" in javascript(Quadratic(), GD(), Ramp(1e-3, 1.0, 50))


# ---- the average


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.98])
def test_the_average_is_bias_corrected(beta):
    values = np.random.default_rng(1).normal(2.0, 1.0, 60)
    for step in (0, 1, 20, 59):
        weights = beta ** np.arange(step, -1, -1.0)
        assert smooth(values, beta)[step] == pytest.approx(np.average(values[: step + 1], weights=weights), rel=1e-12)


# ---- the rules, on curves whose answer is known


def test_the_steepest_descent_of_a_logistic_curve_is_in_its_middle():
    middle = ETAS[70]
    curve = 2 / (1 + (ETAS / middle) ** 1.5)
    assert steepest(ETAS, curve).eta == middle
    # The slope of 2/(1 + e^(1.5 u)) at u = 0 is −0.75 for each unit of u = ln η.
    pace = float(re.search(r"pace of ([\d.]+\d)", steepest(ETAS, curve).sentence)[1])
    assert pace == pytest.approx(0.75 * np.log(10), rel=0.01)


def test_a_tenth_of_the_rate_at_the_minimum():
    curve = (np.log(ETAS) - np.log(ETAS[66])) ** 2 + 1
    assert minimum(ETAS, curve).eta == pytest.approx(ETAS[66] / 10)
    assert minimum(ETAS, curve).sentence.startswith("The smoothed loss is least, 1, at η = ")


def test_the_middle_of_the_longest_valley():
    curve = np.concatenate([np.linspace(1, 2, 11), np.linspace(1.5, 0.5, 60), np.linspace(0.6, 9, 30)])
    # The fall has 61 steps: those of 60, and the last step of the rise before it, which is above them.
    found = valley(ETAS, curve)
    assert found.eta == ETAS[70 - 61 + 20 + 10]
    assert "is 61 steps long and ends at" in found.sentence


def test_a_bump_does_not_cut_a_valley():
    curve = np.linspace(2, 1, 101)
    curve[40] = 5.0
    assert "is 100 steps long" in valley(ETAS, curve).sentence


def test_slide_finds_where_a_parabola_begins():
    place = np.arange(101.0)
    curve = np.maximum(place - 60, 0) ** 2 * 0.1
    assert slide(ETAS, curve).eta == ETAS[60 - 15]


@pytest.mark.parametrize("rule", [steepest, valley])
def test_where_the_loss_nowhere_falls_nothing_is_suggested(rule):
    found = rule(ETAS, np.linspace(1, 2, 101))
    assert np.isnan(found.eta)
    assert "falls nowhere" in found.sentence or "does not fall" in found.sentence


@pytest.mark.parametrize("rule", RULES.values())
@pytest.mark.parametrize("steps", [0, 1])
def test_a_curve_too_short_gets_a_sentence(rule, steps):
    found = rule(ETAS[:steps], np.ones(steps))
    assert found.sentence.endswith(".")
    assert np.isnan(found.eta) or steps == 1


# ---- the rules, beside the published ones


def curves():
    """Curves as tests see them, and worse ones: random walks, with a fall and a rise."""
    generator = np.random.default_rng(3)
    for steps in (16, 17, 30, 85, 180):
        for _ in range(12):
            fall = np.interp(np.arange(steps), [0, steps * generator.uniform(0.3, 0.9), steps], [2, 1, 4])
            walk = generator.normal(0, generator.choice([1e-3, 0.02, 0.2]), steps)
            yield np.geomspace(1e-5, 10, steps), fall + walk
            yield np.geomspace(1e-5, 10, steps), np.round(fall + walk, 1)  # with losses that are equal


def published_valley(eta, losses):
    """fastai/callback/schedule.py at 0a049e8, `valley`: the longest falls that end at each place, by all before it."""
    lengths = np.ones(len(losses), dtype=int)
    for place in range(1, len(losses)):
        higher = losses[:place] > losses[place]
        lengths[place] = 1 + (lengths[:place][higher].max() if higher.any() else 0)
    longest = int(lengths.max())
    begin = int(lengths.argmax()) - longest
    return eta[begin + int(longest / 3) + int(longest / 3 / 2)]


def published_slide(eta, losses):
    """The same file, `slide`: indices from the right, a window of 15, a threshold of 0.005."""
    slope, right = np.gradient(losses), -1
    answer = eta[right - 15]
    while right - 15 >= -len(losses) and abs(slope[right] - slope[right - 15]) > 0.005:
        answer = eta[right - 15]
        right -= 1
    return answer


def test_the_rules_are_the_published_ones():
    falls = 0
    for eta, losses in curves():
        assert valley(eta, losses).eta == published_valley(eta, losses)
        assert slide(eta, losses).eta == published_slide(eta, losses)
        assert minimum(eta, losses).eta == eta[losses.argmin()] / 10  # the same file, `minimum`
        # The same file, `steep`: differences of the losses over those of log η.
        steps = (losses[1:] - losses[:-1]) / (np.log(eta[1:]) - np.log(eta[:-1]))
        assert steepest(eta, losses, forward=True).eta == eta[steps.argmin()]
        # torch_lr_finder/lr_finder.py at 00abb90, `plot(suggest_lr=True)`: np.gradient of the losses alone. Two slopes
        # that are equal to the last digits may change places.
        found = int(np.flatnonzero(eta == steepest(eta, losses).eta)[0])
        slopes = np.gradient(losses)
        assert slopes[found] == pytest.approx(slopes.min(), rel=1e-9)
        falls += found == slopes.argmin()
    assert falls > 50


def test_the_rules_see_what_fastai_shows_them():
    """fastai's `lr_find`: without the first tenth of the ramp, and the last five of what was recorded."""
    test = range_test(Quadratic(), GD(), (1e-4, 10.0), 200)
    assert test.stopped is not None
    recorded = test.smoothed[: test.stopped + 1]
    np.testing.assert_array_equal(test.smoothed[test.read], recorded[200 // 10 : -5])
    assert test.suggestions["valley"] == valley(test.eta[test.read], recorded[20:-5]).eta


# ---- the run


class Elsewhere(Problem):
    """A problem that is no surface, with the same loss."""

    def __init__(self, surface):
        self.surface = surface

    @property
    def box(self):
        return self.surface.box

    @property
    def start(self):
        return self.surface.start

    def loss(self, theta):
        return self.surface.loss(theta)

    def grad(self, theta):
        return self.surface.grad(theta)


@pytest.mark.parametrize("noise", [None, Additive(0.1)])
def test_any_problem_can_be_tested(noise):
    ours, other, short = (
        range_test(problem, Momentum(), (1e-5, high), 120, noise=noise)
        for problem, high in ((Rosenbrock(), 10.0), (Elsewhere(Rosenbrock()), 10.0), (Elsewhere(Rosenbrock()), 1e-3))
    )
    assert len(ours.eta) < len(short.eta) == 120
    np.testing.assert_array_equal(ours.loss, other.loss)
    np.testing.assert_array_equal(ours.theta, other.theta)
    assert np.isnan(other.suggestions[EDGE])


def test_on_minibatches_each_loss_is_that_of_the_steps_own_and_the_truth_that_of_all():
    """By SGD written out once more."""
    model = MLP(load("digits").rows(np.arange(60)), hidden=(4,))
    batches, theta = Minibatches(model, 7, seed=3), model.start
    test = range_test(batches, GD(), (1e-2, 1.0), 20)
    assert len(test.eta) == 20
    for step in range(20):
        mine = model.rows(batches.index(step))
        assert test.loss[step] == pytest.approx(mine.loss(theta), rel=1e-12)
        assert test.true[step] == pytest.approx(model.loss(theta), rel=1e-12)
        np.testing.assert_allclose(test.theta[:, step], theta, rtol=1e-10, atol=1e-14)
        theta = theta - test.eta[step] * mine.grad(theta)
    np.testing.assert_array_equal(test.smoothed, smooth(test.loss, 0.98))


def test_a_test_on_minibatches_ends_where_the_run_blows_up():
    model = MLP(load("digits").rows(np.arange(60)), hidden=(4,), activation="relu", objective="squared")
    test = range_test(Minibatches(model, 7), GD(), (1e-2, 1e4), 60)
    assert len(test.eta) < 60
    assert test.true[test.edge_step] > 4 * test.true[0] > test.true[test.edge_step - 1]


def test_a_loss_is_that_of_the_point_at_which_its_rate_begins_to_act():
    test = range_test(Quadratic(), GD(), (1e-3, 0.1), 30)
    theta = np.array(Quadratic().start)
    for step in range(30):
        assert test.loss[step] == pytest.approx(float(Quadratic().loss(theta)), rel=1e-12)
        assert test.eta[step] == pytest.approx(1e-3 * 100 ** (step / 29), rel=1e-12)
        theta = theta - test.eta[step] * Quadratic().grad(theta)


def test_under_noise_it_sees_the_loss_of_its_minibatch():
    surface, noise = LeastSquares(), Minibatch(4)
    test = range_test(surface, GD(), (1e-4, 0.3), 40, noise=noise, seed=7)
    chosen = np.random.default_rng(7).integers(50, size=(40, 4))
    speed, speed2, distance, both, distance2 = surface.examples[:, chosen]
    x, y = test.theta[..., None]
    each = 0.5 * (x * x + speed2 * y * y + distance2) + speed * x * y - distance * x - both * y
    np.testing.assert_allclose(test.loss, each.mean(axis=1), rtol=1e-9)
    np.testing.assert_array_equal(test.true, surface.loss(test.theta))


def test_the_stop_is_at_a_multiple_of_the_least():
    test = range_test(Quadratic(), GD(), (1e-4, 10.0), 200, smoothing=0.9, stop=3.0)
    least = np.minimum.accumulate(test.smoothed)
    assert test.smoothed[test.stopped] > 3 * least[test.stopped]
    assert not (test.smoothed[: test.stopped] > 3 * least[: test.stopped]).any()
    assert len(test.eta) > test.stopped + 1  # the run goes on, for all to see


def test_a_stop_that_only_the_noise_made_is_told():
    noisy = range_test(Quadratic(), Momentum(), (1e-4, 10.0), 20_000, noise=Additive(0.1))
    assert noisy.is_false_stop
    assert noisy.eta[noisy.stopped] < 0.01 * noisy.edge
    assert not range_test(Quadratic(), Momentum(), (1e-4, 10.0), 200).is_false_stop


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"eta": (1.0, 0.1)}, "the range of η from 1.0 to 0.1 is empty"),
        ({"eta": (0.0, 1.0)}, "Ramp.eta"),
        ({"steps": 1}, "Ramp.steps"),
        ({"smoothing": 1.0}, r"outside \[0, 1\)"),
        ({"stop": 1.0}, "not above 1"),
        ({"noise": Minibatch()}, "Minibatches are drawn from data"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(arguments, words):
    with pytest.raises(ValueError, match=words):
        range_test(Quadratic(), GD(), **arguments)


@pytest.mark.parametrize(
    ("surface", "optimizer"), list(zip(SURFACES.values(), cycle(OPTIMIZERS.values()), strict=False))
)
def test_every_surface_and_every_optimizer_can_be_tested(surface, optimizer):
    test = range_test(surface(), optimizer(), (1e-4, 100.0), 60)
    assert set(test.suggestions) == set(test.sentences) == {*RULES, EDGE}
    assert all(np.isnan(eta) or eta > 0 for eta in test.suggestions.values())
    assert all(sentence.endswith(".") for sentence in test.sentences.values())
    assert np.isfinite(test.loss).all()


# ---- the edge


@pytest.mark.parametrize("optimizer", PLAIN, ids=lambda optimizer: optimizer.slug)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_noise_and_a_slow_ramp_the_edge_is_theorys(optimizer, seed):
    test = range_test(Quadratic(), optimizer, (1e-4, 10.0), 20_000, stop=4.0, noise=Additive(0.1), seed=seed)
    limit = float(stability_limit(optimizer, 10.0))
    assert test.suggestions[EDGE] == pytest.approx(limit)
    assert test.edge == pytest.approx(limit, rel=0.1)
    assert test.edge > limit


@pytest.mark.parametrize("optimizer", PLAIN, ids=lambda optimizer: optimizer.slug)
def test_a_fast_ramp_sees_the_edge_late(optimizer):
    limit = float(stability_limit(optimizer, 10.0))
    slow, fast = (
        range_test(Quadratic(), optimizer, (1e-4, 10.0), steps, noise=Additive(0.1)).edge for steps in (20_000, 200)
    )
    assert fast > 1.25 * limit > 1.2 * slow


@pytest.mark.parametrize("optimizer", PLAIN, ids=lambda optimizer: optimizer.slug)
def test_without_noise_even_a_slow_ramp_sees_the_edge_late(optimizer):
    limit = float(stability_limit(optimizer, 10.0))
    test = range_test(Quadratic(), optimizer, (1e-4, 10.0), 20_000)
    assert test.edge > 1.4 * limit
    assert test.growth.log_needed > 700  # there is less than 10⁻³⁰⁰ of the loss left to grow from
    noisy = range_test(Quadratic(), optimizer, (1e-4, 10.0), 20_000, noise=Additive(0.1))
    assert noisy.growth.log_needed < 10


@pytest.mark.parametrize("steps", [200, 2_000, 20_000])
@pytest.mark.parametrize("optimizer", PLAIN, ids=lambda optimizer: optimizer.slug)
def test_without_noise_theory_tells_the_step_at_which_it_is_seen(optimizer, steps):
    growth = range_test(Quadratic(), optimizer, (1e-4, 10.0), steps).growth
    assert growth.late_steps == pytest.approx(growth.expected_steps, abs=1 if optimizer == GD() else 2)
    assert growth.expected_late == pytest.approx(growth.late, abs=0.02)


def test_exactly_on_the_minimum_nothing_grows():
    test = range_test(Quadratic(), GD(), (1e-3, 10.0), 100, start=(0.0, 0.0))
    assert np.isnan(test.edge)
    assert test.growth is None
    along = range_test(Quadratic(angle=0.0), GD(), (1e-3, 1.0), 100, start=(1.0, 0.0))
    assert along.growth.log_needed == np.inf
    assert along.growth.expected_steps is None
    assert np.isnan(along.growth.late)


def test_weight_decay_lowers_the_limit():
    test = range_test(Quadratic(), GD(weight_decay=10.0), (1e-4, 10.0), 2_000)
    assert test.suggestions[EDGE] == pytest.approx(0.1)
    assert test.growth.late_steps == pytest.approx(test.growth.expected_steps, abs=1)


@pytest.mark.parametrize(
    ("surface", "optimizer", "words"),
    [
        (Quadratic(), Adam(), "Adam rescales each coordinate"),
        (Saddle(), GD(), "Saddle has no minimum"),
        (Ackley(), GD(), "Ackley has a kink at its minimum"),
        (Rosenbrock(), GD(), "at the nearest minimum, and only near it"),
    ],
)
def test_where_theory_has_no_limit_it_says_why(surface, optimizer, words):
    assert words in range_test(surface, optimizer, steps=60, start=(0.1, 0.1)).sentences[EDGE]


# ---- the truth


def test_the_truth_is_what_real_runs_come_to():
    task = Task(Quadratic(), Momentum(), 80)
    found = truth(task, np.array([0.5, 0.1, 0.01]))
    np.testing.assert_array_equal(found.eta, [0.01, 0.1, 0.5])
    for eta in (0.01, 0.1):
        assert found.at(eta) == pytest.approx(simulate(Quadratic(), Momentum(), eta, steps=80).loss[-1], rel=1e-12)
    assert found.at(0.5) > 1e6
    assert found.eta[found.best] == 0.1


def test_under_noise_it_is_the_median_of_seeds():
    task = Task(LeastSquares(), GD(), 50, noise=Minibatch(), seed=3)
    found = truth(task, np.geomspace(0.01, 2.0, 5), seeds=7)
    for column, eta in enumerate(found.eta):
        ends = np.sort(
            [simulate(LeastSquares(), GD(), eta, steps=50, noise=Minibatch(), seed=3 + k).loss[-1] for k in range(7)]
        )
        if np.isfinite(ends).all():
            np.testing.assert_allclose(np.sort(found.losses[:, column]), ends, rtol=1e-10)
            assert found.loss[column] == pytest.approx(ends[3])
            assert found.low[column] <= found.loss[column] <= found.high[column]
    assert found.best in (1, 2)


def test_a_rate_at_which_most_runs_blow_up_has_no_finite_loss():
    found = truth(Task(Quadratic(), GD(), 400, noise=Additive(0.1)), np.array([0.1, 0.5]), seeds=3)
    assert np.isfinite(found.loss[0])
    assert found.loss[1] == found.low[1] == np.inf
