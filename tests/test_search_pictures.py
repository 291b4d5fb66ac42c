"""What the search page shows and says: the questions, charts and words are those of the searches and nothing else."""

import re
from dataclasses import replace

import numpy as np
import pytest

from lrviz import GD, Adam, Additive, Constant, Momentum, Quadratic, Saddle, tables
from lrviz.link import query
from lrviz.scene import Run, Scene
from lrviz.tuning.measure import FLOOR, Measure
from lrviz.tuning.repeat import Repeated
from lrviz.ui.chart import Band, Chart, Dots, Level, Line, Zone
from lrviz.ui.search import charts, study, told
from lrviz.ui.search.examples import EXAMPLES
from lrviz.ui.search.view import Second, View, parse
from lrviz.ui.stage.board import Board

SCENE = Scene(Quadratic(), (Run(GD(), Constant(0.1)),), steps=30)


def asked(scene: Scene = SCENE, **parts) -> study.Question:
    return study.question(scene, View(**{"eta": (1e-3, 1.0)} | parts))


def bayesian(question: study.Question):
    return study.bayesian(question, lambda done, total: None, lambda: False)


def revealed(question: study.Question) -> study.Truth:
    return study.truth(question, lambda done, total: None, lambda: False)


def layers(chart: Chart, panel: int, kind: type) -> list:
    return [layer for layer in chart.panels[panel].layers if isinstance(layer, kind)]


# ---- what is asked


def test_the_scenes_own_rate_is_not_part_of_the_question():
    other = replace(SCENE, runs=(Run(GD(), Constant(0.7)),))
    assert asked() == asked(other)
    assert asked() != asked(replace(SCENE, steps=31))


def test_the_budget_is_so_many_runs():
    assert asked(runs=7).budget == 7 * 30
    for found in (*study.quick(asked(runs=7)).values(), bayesian(asked(runs=7))):
        assert found.trials[-1].spent <= 7 * 30


def test_the_truth_is_what_the_samples_come_to():
    """Each sample lies on the curve, between its neighbours; and under noise too, whose draw is the same."""
    for scene in (SCENE, replace(SCENE, noise=Additive(0.1), seed=3)):
        question = asked(scene, eta=(1e-3, 0.1))
        truth = revealed(question)
        assert truth.loss.shape == (1, study.RATES)
        for trial in study.quick(question)["random"].trials:
            curve = float(np.interp(np.log(trial.values["eta"]), np.log(truth.eta), truth.loss[0]))
            assert trial.loss == pytest.approx(curve, rel=0.02)
        assert (truth.draws is None) == (scene.noise is None)


def test_the_truth_over_pairs_has_both_numbers_right():
    scene = replace(SCENE, runs=(Run(Momentum(), Constant(0.1)),))
    question = asked(scene, also=Second("beta", (0.0, 0.9)))
    truth = revealed(question)
    np.testing.assert_allclose(truth.also[[0, -1]], [0, 0.9])
    for row, column in ((0, 3), (7, 60), (24, 10)):
        task = replace(question.task, optimizer=Momentum(beta=truth.also[row]))
        assert truth.loss[row, column] == task.losses(truth.eta[[column]])[0]
    best = truth.best
    assert best[2] == truth.loss.min()


# ---- the charts


def test_a_frame_a_sample_and_the_belief_before_each_that_was_proposed():
    question = asked()
    found, truth = bayesian(question), revealed(question)
    chart = charts.samples(question, found, truth, Board(SCENE, (1,)), sample=4)
    assert (chart.frames, chart.frame, len(chart.says)) == (len(found.trials), 3, len(found.trials))
    assert chart.rates == tuple(trial.values["eta"] for trial in found.trials)
    (dots,) = layers(chart, 0, Dots)
    np.testing.assert_array_equal(dots.y, [trial.loss for trial in found.trials])
    np.testing.assert_array_equal(dots.since, np.arange(chart.frames))
    (band,) = layers(chart, 0, Band)
    mean = next(line for line in layers(chart, 0, Line) if line.name == "what the model expects")
    (peak,) = layers(chart, 1, Line)
    proposed = {belief.known: belief for belief in found.beliefs}
    for frame in range(chart.frames):
        assert np.isfinite(mean.y[frame]).all() == (frame in proposed)
        if frame not in proposed:
            continue
        # The model goes through what it knows, in the losses' own measure, and looks where most is to be gained.
        assert peak.x[np.argmax(peak.y[frame])] == pytest.approx(chart.rates[frame])
        for trial in found.trials[:frame]:
            here = np.argmin(np.abs(np.log(band.x / trial.values["eta"])))
            if trial.loss < found.measure.start:
                assert band.low[frame, here] <= 1.3 * trial.loss
                assert band.high[frame, here] >= trial.loss / 1.3


def test_where_all_blow_up_there_is_a_zone_and_none_where_none_does():
    wide, narrow = asked(eta=(1e-3, 10.0)), asked(eta=(1e-3, 0.1))
    for question, zones in ((wide, 1), (narrow, 0)):
        truth = revealed(question)
        chart = charts.samples(question, study.quick(question)["grid"], truth, Board(SCENE, (1,)), 1)
        assert len(layers(chart, 0, Zone)) == zones
        for zone in layers(chart, 0, Zone):
            assert (np.isinf(truth.loss[0]) == (truth.eta >= zone.low)).all()


def test_runs_that_halving_left_are_hollow():
    question = asked()
    found = study.quick(question)["halving"]
    chart = charts.samples(question, found, None, Board(SCENE, (1,)), 1)
    left, whole = layers(chart, 0, Dots)
    assert left.hollow
    assert not whole.hollow
    assert len(whole.x) == sum(trial.steps == 30 for trial in found.trials)
    assert len(left.x) + len(whole.x) == len(found.trials)


def test_pairs_lie_in_the_plane_of_both_numbers():
    scene = replace(SCENE, runs=(Run(Momentum(), Constant(0.1)),))
    question = asked(scene, also=Second("beta", (0.0, 0.99)), runs=9)
    found = study.quick(question)["grid"]
    chart = charts.samples(question, found, revealed(question), Board(scene, (1,)), 1)
    assert chart.second == "optimizer.beta"  # the run beside them has the sample's own
    assert list(zip(chart.rates, chart.seconds, strict=True)) == [
        tuple(trial.values.values()) for trial in found.trials
    ]
    others, best = layers(chart, 1, Dots)
    assert (chart.panels[1].y.title, chart.panels[1].y.scale) == ("β", "complement")
    np.testing.assert_allclose(sorted({*others.y, *best.y}), [0, 0.9, 0.99])  # a grid on that scale
    filled = set(zip(best.x, best.y, strict=True))
    ends = {tuple(trial.values.values()): trial.loss for trial in found.trials}
    assert filled == set(sorted(ends, key=ends.__getitem__)[:3])


def test_the_race_shows_the_best_so_far_from_when_it_is_paid_for():
    question = asked()
    searches = study.quick(question)
    chart = charts.race(question, searches, revealed(question), at=("random", 2))
    for line, found in zip(layers(chart, 0, Line), searches.values(), strict=True):
        for spent, best in zip(found.spent, found.best_so_far, strict=True):
            if np.isfinite(best):
                assert line.y[np.flatnonzero(line.x == spent)[-1]] == best
        assert (np.diff(line.x) >= 0).all()
        assert line.x[-1] == question.budget
    (level,) = layers(chart, 0, Level)
    assert level.y == revealed(question).best[2]


def test_the_axis_reaches_the_lowest_loss_and_no_lower_than_what_can_be_told_apart():
    question = asked(replace(SCENE, steps=400), runs=4)  # GD arrives: losses of 1e-300 and of 0
    chart = charts.race(question, study.quick(question), None, None)
    start = study.quick(question)["grid"].measure.start
    assert FLOOR * start / 100 < chart.panels[0].y.low < FLOOR * start
    assert [level.label for level in layers(chart, 0, Level)] == ["below, rounding decides"]
    rough = charts.race(asked(), study.quick(asked()), None, None)
    assert rough.panels[0].y.low < min(found.best.loss for found in study.quick(asked()).values())


def test_without_a_minimum_the_axis_takes_negative_losses():
    question = asked(Scene(Saddle(), (Run(Adam(), Constant(0.1)),), steps=20))
    axis = charts.race(question, study.quick(question), None, None).panels[0].y
    assert axis.scale == "symlog"
    assert axis.low < min(found.best.loss for found in study.quick(question).values()) < 0


# ---- what is said


def test_each_sample_is_told_with_its_reason():
    question = asked()
    found = bayesian(question)
    said = [told.sample(question, found, index) for index in range(len(found.trials))]
    assert "The first 3 are drawn by chance" in said[2]
    belief = found.beliefs[0]
    here = np.argmax(belief.acquisition)
    expected = told.rounded(float(found.measure.loss(belief.mean[here])))
    assert f"most likely {expected} here" in said[belief.known]
    best = [index for index, text in enumerate(said) if "the best so far." in text]
    assert best[-1] == int(np.argmin([trial.loss for trial in found.trials]))


def test_halving_says_who_goes_on():
    question = asked()
    found = study.quick(question)["halving"]
    said = [told.sample(question, found, index) for index in range(len(found.trials))]
    first = [trial for trial in found.trials if trial.steps == found.trials[0].steps]
    assert sum("is dropped" in text for text in said[: len(first)]) == len(first) - len(first) // 2
    assert "after 2 of 30 steps and" in said[0]


def test_the_lowest_is_named_and_ties_share():
    question = asked()
    searches = study.quick(question)
    (said,) = told.best_of(question, searches)
    least = min(searches.values(), key=lambda found: found.best.loss)
    assert f"to {told.rounded(least.best.loss)} at η = {told.rounded(least.best.values['eta'])}" in said
    arrived = asked(replace(SCENE, steps=400), runs=4)
    (said,) = told.best_of(arrived, study.quick(arrived))
    assert "the grid, random search and halving came lowest" in said
    assert "What they still differ by is rounding." in said


def test_against_the_truth_each_has_its_multiple():
    question = asked()
    searches, truth = study.quick(question), revealed(question)
    first, last = told.against_truth(question, searches, truth, 0.0)
    eta, _, least = truth.best
    assert eta == pytest.approx(2 / 11, rel=0.02)  # 2/(L + μ), the best there is for gradient descent
    assert first == f"The truth: the best of 400 is η = {told.rounded(eta)}, with {told.rounded(least)}."
    times = {name: float(number) for name, number in re.findall(r"(\w+) ([\d.]+) ×", last.replace(",", ""))}
    for method, found in searches.items():
        name = told.METHODS[method]
        assert times[name] == pytest.approx(found.best.loss / truth.best[2], rel=0.06)


def test_luck_in_the_noise_is_told():
    question = asked(replace(SCENE, noise=Additive(0.3), steps=100))
    truth = revealed(question)
    said = " ".join(told.against_truth(question, study.quick(question), truth, 0.0))
    median = np.sort(truth.draws, axis=0)[study.DRAWS // 2]
    assert f"the median is lowest at η = {told.rounded(truth.eta[np.argmin(median)])}," in said


@pytest.mark.parametrize(
    ("random", "said"),
    [
        ([1e-3, 1e-3, 1e-3, 2e-3], "in 100 ± 0 % of 4 draws, and is ahead by 2.1"),
        ([1e-7, 1e-7, 1e-7, 2e-7], "in 0 ± 0 % of 4 draws, and is behind by 1.9"),
        ([1e-3, 1e-6, 1e-3, 1e-6], "in 50 ± 29 % of 4 draws; on average neither is clearly ahead"),
    ],
)
def test_a_lead_is_claimed_only_where_it_is_clear(random, said):
    best = {"bayesian": [1e-5] * 4, "random": random, "grid": [1e-4] * 4, "halving": [1e-4] * 4}
    repeated = Repeated(
        4, np.array([100.0]), {name: np.array([values]).T for name, values in best.items()}, Measure(1.0, 0.0)
    )
    assert told.many(repeated)[0].startswith(f"Bayesian search ends lower than random search {said}")


def test_every_sample_is_a_row_of_the_file():
    question = asked()
    searches = study.quick(question)
    frame = tables.samples(searches.values())
    assert len(frame) == sum(len(found.trials) for found in searches.values())
    for method, found in searches.items():
        rows = frame[frame["search"] == method]
        assert rows["best_so_far"].iloc[-1] == found.best.loss
        assert rows["evaluations"].sum() == rows["spent"].iloc[-1] == found.trials[-1].spent
        assert list(rows["eta"]) == [trial.values["eta"] for trial in found.trials]


# ---- the examples


def seen(example):
    scene = example.scene
    view, problems = parse(example.view, scene)
    assert not problems
    question = study.question(scene, view)
    return question, study.quick(question)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_is_a_clean_link_and_view(example):
    assert query(example.scene, default=None) == example.query
    view, problems = parse(example.view, example.scene)
    assert problems == ()
    assert parse(view.text(example.scene), example.scene) == (view, ())


def test_the_best_lies_beside_the_edge():
    question, _ = seen(EXAMPLES[0])
    found, truth = bayesian(question), revealed(question)
    assert 0.8 * 0.2 < truth.best[0] < 0.2  # 2/L with L = 10
    assert any(np.isinf(trial.loss) or trial.loss > found.measure.start for trial in found.trials)


def test_a_wide_valley():
    question, searches = seen(EXAMPLES[1])
    truth = revealed(question)
    measure = searches["grid"].measure
    arrived = truth.eta[measure(truth.loss[0]) <= np.log10(FLOOR)]
    assert arrived.max() / arrived.min() > 10
    assert all(measure(found.best.loss) <= np.log10(FLOOR) for found in (*searches.values(), bayesian(question)))


def test_a_grid_spends_nine_runs_on_three_rates():
    question, searches = seen(EXAMPLES[2])
    truth = revealed(question)
    grid = searches["grid"]
    assert len({trial.values["eta"] for trial in grid.trials}) == 3
    assert len(grid.trials) == 9
    assert len({trial.values["eta"] for trial in searches["random"].trials}) >= 9
    losses = {trial.values["eta"]: [] for trial in grid.trials}
    for trial in grid.trials:
        losses[trial.values["eta"]].append(trial.loss)
    assert all(max(each) < 1.05 * min(each) for each in losses.values())  # ε changes nothing
    assert searches["random"].best.loss < grid.best.loss
    said = " ".join(told.against_truth(question, searches, truth, 0.0))
    row, column = np.unravel_index(np.argmin(truth.loss), truth.loss.shape)
    along = np.ptp(np.minimum(np.log10(truth.loss[row] / grid.measure.start), 0))
    across = np.ptp(np.log10(truth.loss[:, column]))
    assert along > 3
    assert across < 1e-6
    decades = f"{told.rounded(along, 2)} decades over its range, ε alone by {told.rounded(across, 2)}."
    assert f"From there η alone changes the loss by {decades}" in said


def test_the_larger_beta_the_smaller_eta():
    question, searches = seen(EXAMPLES[3])
    truth = revealed(question)
    held = np.isfinite(truth.loss.min(axis=1))
    best = truth.eta[np.argmin(truth.loss, axis=1)]
    assert held.all()
    assert best[0] > 2 * best[-1]
    halving, random = searches["halving"], searches["random"]
    tried = {tuple(trial.values.items()) for trial in halving.trials}
    assert len(tried) > 2 * len(random.trials)
    assert halving.best.loss < random.best.loss


def test_halving_is_fooled_by_noise():
    question, searches = seen(EXAMPLES[4])
    truth = revealed(question)
    quiet = truth.eta[np.argmin(truth.quantile(0.5))]
    assert searches["halving"].best.values["eta"] > 3 * quiet
    assert searches["halving"].best.loss > 10 * searches["grid"].best.loss


def test_the_best_is_luck():
    question, searches = seen(EXAMPLES[5])
    truth = revealed(question)
    decades = searches["grid"].measure(truth.loss[0])
    assert (np.diff(np.sign(np.diff(decades))) != 0).sum() > 50  # up and down from η to η
    near = decades < decades.min() + 1
    assert near.sum() <= 4  # of 400
    assert truth.loss[0][np.argmin(truth.loss[0]) + 5] > 10 * truth.best[2]
