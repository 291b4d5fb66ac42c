"""Training at every η: what is compared is what is said, and the sentences follow from the numbers."""

import math
import re

import numpy as np
import pytest

from lrviz import GD, OPTIMIZERS, Adam, Constant, Cosine
from lrviz.scene import Run
from lrviz.ui.network import sweeps_told as told
from lrviz.ui.network.study import question
from lrviz.ui.network.study import train as train_runs
from lrviz.ui.network.sweeps import COMPARED, FACTORS, KINDS, SEEDS, Swept, sweep, train
from lrviz.ui.network.view import View

TINY = View(width=4, epochs=1, batch=16, share=20)


def never():
    return False


def test_the_typical_rate_is_among_those_that_are_tried():
    assert FACTORS[told.TYPICAL] == 1
    assert np.all(np.diff(np.log10(FACTORS)) == pytest.approx(1 / 3))
    for kind in KINDS:
        for lane in sweep(kind, Run(Adam(), Constant(7.0)), TINY).lanes:
            assert lane.eta[told.TYPICAL] == lane.run.optimizer.typical_eta


def test_what_varies_is_the_seed_the_optimizer_or_the_minibatch():
    seeds, optimizers, sizes = (sweep(kind, Run(GD(), Cosine(0.1, period=160)), TINY).lanes for kind in KINDS)
    assert [lane.setting.view.seed for lane in seeds] == list(range(SEEDS))
    assert [type(lane.run.optimizer) for lane in optimizers] == [OPTIMIZERS[slug] for slug in COMPARED]
    assert [lane.setting.view.batch for lane in sizes] == [16, 64]  # of 229 examples 256 are too many
    assert [lane.run.schedule.period for lane in sizes] == [160, 40]  # as many epochs
    assert {lane.run.schedule.slug for lane in optimizers} == {"constant"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_end_is_that_of_its_own_run(kind):
    asked = sweep(kind, Run(), TINY)
    seen = []
    found = train(asked, lambda done, total, so_far=None: seen.append((done, total)), never)
    assert seen[-1] == (asked.steps, asked.steps)
    assert found.done == len(asked.lanes)
    lane, place = asked.lanes[1], 8
    run = Run(lane.run.optimizer, lane.run.schedule.with_eta(float(lane.eta[place])))
    alone = train_runs(question([run], lane.setting.view), lambda *_: None, never)
    for name, values in found.values.items():
        assert values[1, place] == alone.of(name, 0)[-1]
    assert told.rows(asked, found)[1][0] == lane.name


def test_stopped_it_has_the_lanes_that_are_done():
    asked, done = sweep("typical", Run(), TINY), []
    found = train(asked, lambda step, *_: done.append(step), lambda: len(done) > 20)
    assert found.done == 1
    assert len(told.rows(asked, found)) == 1


# ---- in words


def swept(validation, training=None, accuracy=None):
    """Ends at all rates, (lanes, E)."""
    validation = np.array(validation, dtype=float)
    training = validation / 2 if training is None else np.array(training, dtype=float)
    accuracy = np.full(validation.shape, 0.9) if accuracy is None else np.array(accuracy, dtype=float)
    return Swept({"validation loss": validation, "training loss": training, "test accuracy": accuracy})


def test_typical_rates_are_told_beside_the_best_ones():
    losses = np.ones((6, 13))
    losses[0, 10] = 0.1  # GD: 100 times its typical rate is ten times as good
    losses[5, 12] = math.nan
    losses[4, 4], losses[3] = math.nan, 2.0
    within, worse, ends = told.verdict(sweep("typical", Run(), TINY), swept(losses))
    assert within == (
        "Within 10 % of what its best η comes to: Momentum at 0.01, Nesterov at 0.01, AdaGrad at 0.01 and Adam"
        " at 0.001."
    )
    assert worse == (
        "Worse than their best by more than that: RMSProp at 0.01 (blew up) and GD at 0.01 (10 × the validation loss"
        " at 1)."
    )
    assert ends.startswith("Each at its own best η they end between 0.1 (GD) and 2 (AdaGrad)")


def test_a_small_gap_where_nothing_is_learned_is_no_merit():
    eta = FACTORS * 0.01
    training = np.tile(2 / (1 + 100 * eta), (3, 1))
    gap, accuracy = np.tile(0.1 * eta**0.5, (3, 1)), np.tile(np.linspace(0.4, 0.95, 13), (3, 1))
    accuracy[:, -2:] = 0.1
    said = told.verdict(sweep("gap", Run(GD()), TINY), swept(training + gap, training, accuracy))
    assert said[0].startswith("Among the rates at which all seeds learn, η = 4.64 × 10⁻⁴ to 1, the gap is least at")
    assert "η = 1: 85.8 %, with a gap of 0.1" in said[1]
    assert said[2].startswith("A small gap is no merit")
    assert said[3] == "From η = 2.15 on no seed learns."


def test_the_rate_to_a_level_is_between_two_rates():
    """On a loss that falls by the same amount for each factor of η it is exact."""
    eta = np.geomspace(1e-3, 1, 7)
    assert told.rate_to(1.0, eta, 0.25 - np.log(eta) / 3) == pytest.approx(math.exp(-2.25), rel=1e-12)
    assert math.isnan(told.rate_to(1.0, eta, np.full(7, 2.0)))
    assert math.isnan(told.rate_to(1.0, eta, np.full(7, 0.5)))


@pytest.mark.parametrize(("power", "verdict"), [(1.0, "near to what is seen here"), (0.0, "not so here")])
def test_linear_scaling_is_said_where_it_is_seen(power, verdict):
    asked = sweep("minibatch", Run(GD()), TINY)
    eta = asked.lanes[0].eta
    losses = [1.5 - 0.4 * np.log(eta / 0.01 / (size / 16) ** power) for size in (16, 64)]
    scaling, edge = told.verdict(asked, swept(losses, losses))
    assert verdict in scaling
    assert float(re.search(r"larger η for that: ([\d.]+\d|\d) × with 64", scaling)[1]) == pytest.approx(4**power, 0.01)
    assert edge.endswith("That edge does not scale with the minibatch.")


def test_where_nothing_learns_that_is_all_there_is_to_say():
    none = swept(np.full((3, 13), 2.3), accuracy=np.full((3, 13), 0.1))
    (said,) = told.verdict(sweep("gap", Run(GD()), TINY), none)
    assert said.startswith("None of these networks learned")
