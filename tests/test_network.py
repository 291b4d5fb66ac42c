"""Early stopping is the textbook's; and each thing that the Network page claims holds over seeds."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz import GD, Adam, AdamW, Constant, Cosine
from lrviz.iterate import iterate
from lrviz.models import load
from lrviz.models.early_stopping import EarlyStop, early_stop
from lrviz.scene import Run
from lrviz.ui.network import told
from lrviz.ui.network.examples import EXAMPLES
from lrviz.ui.network.study import Setting, Trained, alike, mislabelled, question, train
from lrviz.ui.network.view import View

# ---- early stopping


def textbook(losses, patience):
    """Goodfellow, Bengio & Courville, algorithm 7.1, line by line; the first look is its θ before the loop."""
    best, kept, waited = losses[0], 0, 0
    if not math.isfinite(best):
        best = math.inf
    for look, loss in enumerate(losses[1:], 1):
        if waited == patience:
            return look - 1, kept
        if loss < best:
            waited, kept, best = 0, look, loss
        else:
            waited += 1
    return (len(losses) - 1, kept) if waited == patience else (None, kept)


LOSSES = st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.4, 0.5, math.nan, math.inf]), min_size=1, max_size=25)


@given(LOSSES, st.integers(1, 6))
def test_the_rule_is_that_of_the_textbook(losses, patience):
    found = early_stop(np.array(losses), patience)
    assert (found.stopped, found.kept) == textbook(losses, patience)


def test_patience_is_what_a_second_dip_needs():
    twice = np.array([5.0, 3.0, 4.0, 4.0, 2.0, 6.0, 6.0, 6.0, 1.0])
    assert early_stop(twice, 2) == EarlyStop(3, 1)
    assert early_stop(twice, 3) == EarlyStop(7, 4)
    assert early_stop(twice, 4) == EarlyStop(None, 8)


@pytest.mark.parametrize("patience", [0, -1, 1.5])
def test_a_patience_is_a_number_of_looks(patience):
    with pytest.raises(ValueError, match="is not a whole number of at least 1"):
        early_stop(np.ones(3), patience)


def test_without_a_look_there_is_nothing_to_say():
    with pytest.raises(ValueError, match="no look"):
        early_stop(np.empty(0), 3)


# ---- what is trained


SMALL = View(width=8, epochs=3, batch=16, share=20)


def trained(runs, view=SMALL):
    return train(question(runs, view), lambda *_: None, lambda: False)


def test_the_three_parts_of_the_data_share_no_example():
    train, validation, test = (set(map(bytes, part.features)) for part in Setting(View()).parts)
    assert not train & validation
    assert not (train | validation) & test
    assert [len(part) for part in Setting(View()).parts] == [1151, 287, 359]
    assert len(train | validation | test) == len(set(map(bytes, load("digits").features)))


def test_only_training_data_are_few_and_labelled_wrongly():
    few, whole = Setting(View(share=30, wrong=20)), Setting(View())
    assert len(few.train) == pytest.approx(0.3 * 1151, abs=5)
    right = {bytes(row): label for row, label in zip(load("digits").features, load("digits").labels, strict=True)}
    wrong = [right[bytes(row)] != label for row, label in zip(few.train.features, few.train.labels, strict=True)]
    assert sum(wrong) == round(0.2 * len(few.train))
    for one, other in zip(few.parts[1:], whole.parts[1:], strict=True):
        np.testing.assert_array_equal(one.features, other.features)
        np.testing.assert_array_equal(one.labels, other.labels)


def test_wrong_labels_are_any_of_the_others():
    labels = mislabelled(load("digits"), 1.0, seed=3).labels
    assert not (labels == load("digits").labels).any()
    assert len(np.unique((labels - load("digits").labels) % 10)) == 9
    assert (mislabelled(load("digits"), 1.0, seed=3).labels == labels).all()


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        (View(batch=400, share=30), "a minibatch of 400 examples cannot be drawn from 344"),
        (View(epochs=100, batch=2), "100 epochs of 575 steps are 57,500; 20,000 are as many as a page can wait for"),
        (View(share=0.01), "0.01 % of the training data are none"),
    ],
)
def test_what_cannot_be_trained_gets_a_sentence(view, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        question([Run()], view)


MIXED = [Run(GD(), Constant(0.1)), Run(Adam(), Constant(0.01)), Run(GD(), Constant(0.5)), Run(GD(), Cosine(0.1))]


def test_runs_side_by_side_are_those_alone_in_their_order():
    together = trained(MIXED)
    assert alike(MIXED) == [[0, 2], [1], [3]]
    for number, run in enumerate(MIXED):
        alone = trained([run])
        for name, values in alone.values.items():
            np.testing.assert_array_equal(together.values[name][:, number], values[:, 0])


def test_a_run_is_the_loops_own():
    setting = Setting(SMALL)
    told = trained(MIXED[:1])
    *_, end = iterate(setting.problem, GD(), Constant(0.1), setting.network.start[:, None], setting.steps)
    assert told.of("training loss", 0)[-1] == setting.network.loss(end.theta)[0]
    assert told.of("validation loss", 0)[-1] == setting.network.validation(end.theta)[0]
    assert told.of("test accuracy", 0)[-1] == setting.network.accuracy(end.theta, setting.test)[0]
    assert told.epochs == 3
    assert setting.steps == 3 * (len(setting.train) // 16)


def test_what_there_is_so_far_grows_and_does_not_change():
    seen = []
    whole = train(question(MIXED, SMALL), lambda done, total, so_far=None: seen.append((done, total, so_far)), never)
    assert seen[-1][:2] == (seen[-1][1], 3 * Setting(SMALL).steps)
    for _, _, partial in (one for one in seen if one[2] is not None):
        for name, values in partial.values.items():
            known = np.isfinite(values)
            np.testing.assert_array_equal(values[known], whole.values[name][: len(values)][known])


def never():
    return False


def test_stopped_it_tells_what_it_has():
    done = []
    asked = question(MIXED, SMALL)
    found = train(asked, lambda step, *_: done.append(step), lambda: len(done) > Setting(SMALL).steps + 5)
    assert np.isfinite(found.of("training loss", 2)).all()
    assert np.isnan(found.of("training loss", 3)).all()
    assert told.rows(asked, found, 5)[3][1] == "not trained yet"
    assert len(told.verdict(asked, found, 5)) > 0


def test_the_patience_changes_no_training():
    assert question(MIXED, SMALL.replace(patience=3, compared=2)) == question(MIXED, SMALL)
    assert question(MIXED, SMALL.replace(seed=3)) != question(MIXED, SMALL)


# ---- in words


def curves(*runs, blew_up=None):
    """Runs with these (validation loss, test accuracy) by epoch; the training loss is half, the test loss the same."""
    validation, accuracy = (np.array([[epoch[part] for epoch in run] for run in runs]).T for part in (0, 1))
    values = {"training loss": validation / 2, "validation loss": validation, "test loss": validation}
    blown = np.full(len(runs), -1) if blew_up is None else np.array(blew_up)
    return Trained(values | {"test accuracy": accuracy, "eta": np.ones_like(validation)}, blown)


def asked(*etas):
    return question([Run(GD(), Constant(eta)) for eta in etas], SMALL)


def test_the_verdict_names_each_fate():
    nan = (math.nan, math.nan)
    found = curves(
        [(2.0, 0.1), (1.0, 0.8), (0.1, 0.97), (0.2, 0.96)],
        [(2.0, 0.1), (2.4, 0.1), (2.3, 0.1), (2.3, 0.1)],
        [(2.0, 0.1), (0.5, 0.9), (2.3, 0.1), (2.3, 0.1)],
        [(2.0, 0.1), (1.8, 0.4), (1.6, 0.5), (1.5, 0.5)],
        [(2.0, 0.1), nan, nan, nan],
        blew_up=[-1, -1, -1, -1, 7],
    )
    said = told.verdict(asked(0.1, 0.2, 0.3, 0.4, 0.5), found, 1)
    assert said == [
        "After 3 epochs η = 0.1 has the lowest validation loss, 0.2, and 96.0 % of the 359 test digits right.",
        "η = 0.2 never left chance: the training loss ends at 1.15, where ln 10 = 2.3 is the loss of guessing.",
        "η = 0.3 learned, and lost it again: 90.0 % right after 1 epoch, 10.0 % at the end.",
        "η = 0.5 blew up at step 7: no number was large enough.",
        "η = 0.4 is still on the way down: lowest at the last epoch, and not low.",
        "Early stopping with a patience of 1 epoch ends η = 0.1 after epoch 3 and keeps epoch 2: on the test digits,"
        " which it has not looked at, a loss of 0.1 instead of 0.2, and 97.0 % right instead of 96.0 %.",
    ]
    rows = told.rows(asked(0.1, 0.2, 0.3, 0.4, 0.5), found, 1)
    assert rows[0] == ("η = 0.1", "0.1", "0.2", "0.1", "0.2", "96.0 %", "epoch 3", "2", "0.1", "97.0 %")
    assert rows[4][1] == "blew up at step 7"


def test_where_training_on_was_better_that_is_said():
    found = curves([(2.0, 0.1), (1.0, 0.8), (0.5, 0.9), (0.6, 0.9), (0.4, 0.95)])
    late = Trained(found.values | {"test loss": np.array([[2.0, 1.0, 0.5, 0.4, 0.3]]).T}, found.blew_up)
    assert told.verdict(asked(0.1), late, 1)[-1].endswith("Here training on was better.")
    assert "lets it run to the end" in told.verdict(asked(0.1), found, 2)[-1]


def test_early_stopping_does_not_wait_for_epochs_that_are_still_to_come():
    nan = (math.nan, math.nan)
    found = curves([(2.0, 0.1), (1.0, 0.8), (0.5, 0.9), (0.6, 0.9)], [(2.0, 0.1), (1.0, 0.8), nan, nan])
    assert found.stop(0, 1) == EarlyStop(3, 2)
    assert found.stop(1, 2) == EarlyStop(None, 1)


def test_weight_decay_is_a_penalty_for_some_and_not_for_others():
    both = [Run(GD(weight_decay=0.1)), Run(AdamW(weight_decay=0.1)), Run(Adam())]
    penalty, apart = told.decay(both)
    assert "Gradient descent adds λθ to the gradient" in penalty
    assert "AdamW shrinks θ by the share ηλ" in apart
    assert told.decay([Run(GD()), Run(AdamW(weight_decay=0.0))]) == []


# ---- the claims, over seeds

SEEDS = range(3)


@pytest.fixture(scope="module")
def defaults():
    """What an empty link shows, with several seeds."""
    runs = EXAMPLES[0].scene.runs
    return [trained(runs, View(seed=seed)) for seed in SEEDS]


@pytest.mark.slow
def test_the_default_training_reads_96_in_100_digits(defaults):
    """After 30 epochs, by the run that the validation data choose, on digits that nobody has looked at."""
    for found in defaults:
        best = int(np.argmin(found.values["validation loss"][-1]))
        assert found.of("test accuracy", best)[-1] >= 0.96
        assert told.end(found, best, 10).kind == "trained"


@pytest.mark.slow
def test_ten_times_the_rate_is_better_until_it_is_too_high_and_nothing_is_learned(defaults):
    """Too high an η does not blow up here: ReLU units die, and the loss is that of guessing."""
    for found in defaults:
        low, middle, good, high = found.values["validation loss"][-1]
        assert low > 2 * middle > 2 * good
        assert high > 0.99 * math.log(10)
        assert told.end(found, 3, 10).kind == "at chance"
        assert found.values["test accuracy"][:, 3].max() < 0.3


@pytest.mark.slow
def test_the_typical_rate_of_gradient_descent_is_far_from_its_best(defaults):
    for found in defaults:
        assert found.values["validation loss"][-1, 0] > 3 * found.values["validation loss"][-1, 2]


@pytest.mark.slow
def test_where_it_overfits_early_stopping_keeps_what_is_better_on_the_test_data():
    example = next(one for one in EXAMPLES if "early stopping" in one.title)
    view, _ = View.parse(example.view)
    for seed in SEEDS:
        found = trained(example.scene.runs, view.replace(seed=seed))
        for run in range(2):
            stop, loss = found.stop(run, view.patience), found.of("test loss", run)
            validation, accuracy = found.of("validation loss", run), found.of("test accuracy", run)
            assert found.of("training loss", run)[-1] < found.of("training loss", run)[stop.kept]
            assert validation[stop.kept] < validation[-1]
            assert loss[stop.kept] < loss[-1]
            assert accuracy[stop.kept] > accuracy[-1]


@pytest.mark.slow
def test_a_warm_up_and_a_decay_rescue_a_rate_that_is_too_high():
    example = next(one for one in EXAMPLES if one.title.startswith("Schedules"))
    constant, *_, both = example.scene.runs
    for seed in SEEDS[:2]:
        found = trained([constant, both], View(seed=seed))
        alone, rescued = found.values["training loss"][-1]
        assert alone > 1.5
        assert rescued < 0.3


@pytest.mark.slow
def test_weight_decay_closes_the_gap_and_lowers_the_validation_loss():
    example = next(one for one in EXAMPLES if one.title == "Weight decay")
    view, _ = View.parse(example.view)
    for seed in SEEDS[:2]:
        found = trained(example.scene.runs[:2], view.replace(seed=seed))
        training, validation = found.values["training loss"][-1], found.values["validation loss"][-1]
        assert validation[1] < validation[0]
        assert validation[1] - training[1] < 0.5 * (validation[0] - training[0])


@pytest.mark.slow
def test_eight_times_the_minibatch_needs_about_eight_times_the_rate():
    """Linear scaling (Goyal et al. 2017), below the edge and in the same number of epochs."""
    for seed in SEEDS:
        (small,) = trained([Run(GD(), Constant(0.05))], View(seed=seed, epochs=10)).values["training loss"][-1]
        same, scaled = trained(
            [Run(GD(), Constant(0.05)), Run(GD(), Constant(0.4))], View(seed=seed, epochs=10, batch=256)
        ).values["training loss"][-1]
        assert same > 4 * small
        assert scaled == pytest.approx(small, rel=0.25)
