"""What a change of the rate did: the stretches of every schedule, and what is said of runs whose story is known."""

import numpy as np
import pytest

from lrviz import (
    GD,
    OPTIMIZERS,
    SCHEDULES,
    SURFACES,
    Adam,
    Constant,
    Cosine,
    DoubleWell,
    Exponential,
    Himmelblau,
    Plateau,
    Polynomial,
    Quadratic,
    Rastrigin,
    StepDecay,
    WarmRestarts,
    Warmup,
    simulate,
)
from lrviz.changes import basin, changes, stretches, told
from lrviz.theory import gradient_flow
from tests.pairs import pairs

# What each schedule does with its defaults over 300 steps, and where it begins to.
SHAPES = {
    "constant": [("hold", 0)],
    "step": [("hold", 0), ("drop", 100), ("drop", 200)],
    "exponential": [("fall", 0)],
    "polynomial": [("fall", 0)],
    "cosine": [("fall", 0)],
    "warm_restarts": [("fall", 0), ("restart", 100), ("restart", 200)],
    "triangular": [("rise", 0), ("fall", 50), ("rise", 100), ("fall", 150), ("rise", 200), ("fall", 250)],
    "triangular2": [("rise", 0), ("fall", 50), ("rise", 100), ("fall", 150), ("rise", 200), ("fall", 250)],
    "exp_range": [("rise", 0), ("fall", 50), ("rise", 100), ("fall", 150), ("rise", 200), ("fall", 250)],
    "one_cycle": [("rise", 0), ("fall", 89)],
    "multi_step": [("hold", 0), ("drop", 150), ("drop", 225)],
    "inverse_time": [("fall", 0)],
    "inverse_sqrt": [("rise", 0), ("fall", 29)],
    "warmup_stable_decay": [("rise", 0), ("hold", 30), ("fall", 240)],
    "drawn": [("rise", 0), ("fall", 30)],
}


def curve(schedule, steps: int):
    return np.array([float(schedule(t)) for t in range(steps)])


@pytest.mark.parametrize("slug", [slug for slug in SCHEDULES if slug != "plateau"])
def test_the_stretches_of_a_schedule(slug):
    found = stretches(curve(SCHEDULES[slug](), 300))
    assert [(stretch.kind, stretch.begin) for stretch in found] == SHAPES[slug]
    assert [stretch.end for stretch in found] == [begin for _, begin in SHAPES[slug][1:]] + [300]


def test_a_warm_up_a_decay_and_its_end_are_three_stretches():
    found = stretches(curve(Warmup(Cosine(period=50), steps=20), 100))
    assert [(stretch.kind, stretch.begin, stretch.end) for stretch in found] == [
        ("rise", 0, 20),
        ("fall", 20, 70),
        ("hold", 70, 100),
    ]


@pytest.mark.parametrize(
    "schedule", [Exponential(0.1, gamma=0.3), Polynomial(0.1, period=40)], ids=lambda schedule: schedule.slug
)
def test_a_fast_decay_is_not_a_drop(schedule):
    """An exponential one begins with its largest step in η, and a straight one ends with its largest in log η."""
    assert {stretch.kind for stretch in stretches(curve(schedule, 41))} <= {"fall", "hold"}


def test_an_adaptive_rate_is_told_by_what_the_step_itself_divided_by():
    """On a bowl along the axes λmax(P⁻¹H) is the larger of hᵢ/Pᵢ, with P = (1 − β₁ᵗ)(√v̂ + ε) after the step."""
    run = simulate(Quadratic(kappa=10.0, angle=0.0), Adam(), Exponential(0.1, gamma=0.9), steps=30)
    t = np.arange(1, 31)[:, None]
    p = (1 - 0.9**t) * (np.sqrt(run.state["v"][1:] / (1 - 0.999**t)) + 1e-8)
    (only,) = changes(run)
    assert only.product == pytest.approx((0.1 * 0.9 ** (t - 1) * np.array([1.0, 10.0]) / p).max(), rel=1e-9)
    assert only.limit == pytest.approx(38)


def test_the_drops_of_a_plateau_are_found_in_its_rates():
    run = simulate(Quadratic(), Adam(), Plateau(0.3), steps=100)
    drops = np.flatnonzero(np.diff(run.eta)) + 1
    assert len(drops) > 3
    assert [stretch.begin for stretch in stretches(run.eta) if stretch.kind == "drop"] == drops.tolist()


def test_a_restart_is_told_with_its_numbers():
    """Near the end of a cycle η is η/2 · (1 + cos(π · 59/60)), which the sentence rounds; the rest is the run's."""
    run = simulate(Rastrigin(), GD(), WarmRestarts(0.02, period=60), start=(3.1, 2.1), steps=120)
    first, restart = changes(run)
    assert restart.stretch.begin == 60
    assert restart.eta_before == pytest.approx(0.01 * (1 + np.cos(np.pi * 59 / 60)))
    assert restart.loss == (run.loss[60], run.loss[120])
    assert restart.highest == run.loss[60:].max()
    product = run.eta[60:] * np.linalg.eigvalsh(np.moveaxis(run.surface.hess(run.theta[60:120].T), -1, 0))[:, -1]
    assert restart.product == pytest.approx(product.max())
    assert restart.limit == pytest.approx(2)
    assert restart.beyond == (product > 2).sum() > 0
    assert restart.sentence.startswith("Restart at step 60: η from 1.37 × 10⁻⁵ up to 0.02. It left the basin of ")
    assert f"on {restart.beyond} of its 60 steps" in restart.sentence
    assert first.left_a_basin == (first.basins[0] != first.basins[1])


def test_a_drop_below_the_limit_ends_the_growth():
    """κ = 10: η·L = 2.1 grows, and half of it falls."""
    run = simulate(Quadratic(), GD(), StepDecay(0.21, drop=0.5, every=50), steps=100)
    held, drop = changes(run)
    assert held.beyond == 50
    assert "The loss rises" in held.sentence
    assert "was beyond the limit 2 on all its steps, up to 2.1." in held.sentence
    assert drop.beyond == 0
    assert "Drop at step 50: η from 0.21 to 0.105. The loss falls" in drop.sentence
    assert drop.sentence.endswith("η·λmax ≤ 1.05, the limit is 2.")


def test_a_run_that_blows_up_is_told_up_to_its_end():
    run = simulate(Quadratic(), GD(), WarmRestarts(1e5, period=3), steps=300)
    ended = np.isfinite(run.loss).sum() - 1
    assert ended < 300
    assert changes(run)[-1].stretch.end == ended


@pytest.mark.parametrize("surface", [Himmelblau(), DoubleWell()], ids=lambda surface: surface.slug)
def test_a_basin_is_where_the_gradient_flow_ends(surface):
    (left, right), (bottom, top) = surface.box
    starts = np.random.default_rng(0).uniform((left, bottom), (right, top), (40, 2))
    ends = [gradient_flow(surface, tuple(start), np.array([0.0, 60.0]))[-1] for start in starts]
    np.testing.assert_allclose(basin(surface, starts.T).T, ends, atol=1e-3)
    assert len({tuple(np.rint(end)) for end in ends}) == len(surface.minima)


def test_the_nearest_minimum_is_not_always_that_of_the_basin():
    """So the flow is followed: the sharp well's basin is small, and its minimum is the nearest far beyond it."""
    surface, beyond = DoubleWell(), np.array([[0.3], [0.0]])
    assert surface.nearest_minimum(beyond)[0] == -1
    assert basin(surface, beyond)[0] == 2


def test_of_many_changes_those_that_matter_are_told():
    run = simulate(Quadratic(), GD(), WarmRestarts(0.01, period=10), steps=300)
    sentences = told(changes(run), most=4)
    assert len(sentences) == 5
    assert sentences[-1] == "And 26 more, in which it left no basin."


def test_a_run_at_a_constant_rate_has_one_stretch():
    (only,) = changes(simulate(Quadratic(), GD(), Constant(0.1), steps=30))
    assert only.sentence.startswith("Held, steps 0 to 30: η = 0.1. The loss falls from ")


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs(3))
def test_every_combination_has_its_sentences(surface, optimizer, schedule):
    run = simulate(SURFACES[surface](), OPTIMIZERS[optimizer](), SCHEDULES[schedule](0.1), steps=120)
    found = changes(run)
    taken = np.isfinite(run.loss).sum() > 1  # one that cannot take its first step has nothing to tell
    assert [change.stretch.begin for change in found[:1]] == ([0] if taken else [])
    assert all(change.sentence.endswith(".") and "nan" not in change.sentence for change in found)
