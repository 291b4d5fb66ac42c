"""Every exhibit of the gallery is a legal link, and shows what its text says."""

from urllib.parse import parse_qs

import numpy as np
import pytest

from lrviz.gallery import GALLERY, Exhibit
from lrviz.link import query, read
from lrviz.theory import stability_limit

# What becomes of each run, in the order of the runs.
KINDS = {
    "A banana valley": ["converged", "descending"],
    "Just below and just above 2/L": ["converged", "diverged"],
    "Three methods, three limits": ["diverged", "converged", "diverged"],
    "The ravine, with and without momentum": ["descending", "converged"],
    "Leaving a saddle": ["escaped", "escaped", "escaped"],
    "Stuck on the ridge": ["saddle", "saddle"],
    "A limit cycle, and the cure": ["oscillating", "converged"],
    "AdaGrad runs out of breath": ["stalled", "oscillating"],
    "A plateau": ["descending", "converged"],
    "η picks the minimum": ["converged", "converged"],
    "A warm restart leaves a basin": ["converged", "converged"],
    "The edge of stability": ["converged", "converged"],
    "Noise, and a rate that fades": ["wandering", "stalled"],
    "Where Adam fails": ["stalled", "converged"],
    "A formula of your own": ["converged", "converged"],
    "A kink at the bottom": ["oscillating", "converged"],
    "A cliff, and a shorter gradient": ["diverged", "converged"],
    "Looking ahead tames a rate that is too high": ["diverged", "converged"],
    "Newton's method likes saddles": ["saddle", "converged"],
    "A rate that is found anew at each step": ["diverged", "converged"],
    "The rate from the last step": ["descending", "converged"],
    "A rate for each axis": ["descending", "converged"],
    "No rate to tune": ["converged", "converged", "converged"],
    "A schedule drawn by hand": ["converged", "converged"],
}


def runs_of(title: str):
    exhibit = next(exhibit for exhibit in GALLERY if exhibit.title == title)
    return exhibit.scene, exhibit.scene.run()


@pytest.mark.parametrize("exhibit", GALLERY, ids=lambda exhibit: exhibit.title)
def test_an_exhibit_is_a_clean_link(exhibit: Exhibit):
    link = read(parse_qs(exhibit.query))
    assert link.problems == ()
    assert query(link.scene) == exhibit.query


@pytest.mark.parametrize("exhibit", GALLERY, ids=lambda exhibit: exhibit.title)
def test_an_exhibit_ends_as_announced(exhibit: Exhibit):
    assert [trajectory.outcome.kind for trajectory in exhibit.scene.run()] == KINDS[exhibit.title]


def test_the_rates_stand_on_both_sides_of_the_limits():
    scene, _ = runs_of("Just below and just above 2/L")
    limit = float(stability_limit(scene.runs[0].optimizer, 10.0))
    assert scene.runs[0].schedule.eta < limit == 0.2 < scene.runs[1].schedule.eta
    scene, _ = runs_of("Three methods, three limits")
    beyond = [run.schedule.eta > stability_limit(run.optimizer, 10.0) for run in scene.runs]
    assert beyond == [True, False, True]


def test_adam_is_the_first_to_leave_the_saddle():
    _, runs = runs_of("Leaving a saddle")
    gd, momentum, adam = (run.outcome.step for run in runs)
    assert adam < momentum < gd


def test_the_shelf_is_as_flat_as_its_text_says():
    _, runs = runs_of("A plateau")
    assert 0.005 < np.hypot(*runs[0].grad[0]) < 0.02


def test_the_two_rates_end_in_different_wells():
    _, runs = runs_of("η picks the minimum")
    np.testing.assert_allclose([run.theta[-1] for run in runs], [[-1, 0], [2, 0]], atol=0.01)


def test_the_first_restart_leaves_the_sharp_well():
    _, (decayed, restarted) = runs_of("A warm restart leaves a basin")
    np.testing.assert_allclose(decayed.theta[-1], [-1, 0], atol=0.01)
    np.testing.assert_allclose(restarted.theta[60], [-1, 0], atol=0.02)
    np.testing.assert_allclose(restarted.theta[[120, 180, 240]], [[2, 0]] * 3, atol=0.02)


def test_the_higher_rate_ends_at_a_flatter_minimum():
    _, (low, high) = runs_of("The edge of stability")
    sharpness = [float(run.theta[-1] @ run.theta[-1]) for run in (low, high)]
    assert sharpness[1] < 2 / 0.4 < sharpness[0]


def test_the_fading_rate_ends_nearer():
    _, (fixed, fading) = runs_of("Noise, and a rate that fades")
    assert np.hypot(*fading.theta[-1]) < 0.3 * np.hypot(*fixed.theta[-100:].T).mean()


def test_adam_ends_at_the_worst_point_and_amsgrad_at_the_best():
    scene, (adam, amsgrad) = runs_of("Where Adam fails")
    best, *_ = scene.surface.minima
    np.testing.assert_allclose(amsgrad.theta[-1], best, atol=1e-3)
    np.testing.assert_allclose(adam.theta[-1], (-best[0], 0), atol=1e-3)
    slopes = [scene.surface.at(t).grad(np.zeros(2))[0] for t in range(3)]
    assert slopes == [3, -1, -1]


def test_momentum_rolls_on_to_the_lower_well_of_the_typed_formula():
    scene, (plain, heavy) = runs_of("A formula of your own")
    best, other = scene.surface.minima
    np.testing.assert_allclose(plain.theta[-1], other, atol=0.01)
    np.testing.assert_allclose(heavy.theta[-1], best, atol=0.01)


def test_the_fixed_rate_goes_to_and_fro_across_the_kink():
    scene, (fixed, decayed) = runs_of("A kink at the bottom")
    late = np.sign(fixed.theta[-100:])
    assert np.all(late[1:] == -late[:-1])
    assert np.abs(decayed.theta[-1]).max() < 1e-3
    assert scene.runs[0].schedule(0) == scene.runs[1].schedule(0)


def test_the_cliff_is_as_steep_as_its_text_says():
    _, (plain, clipped) = runs_of("A cliff, and a shorter gradient")
    assert np.hypot(*plain.grad[0]) == pytest.approx(1e5, rel=0.3)
    assert np.hypot(*np.diff(clipped.theta, axis=0).T).max() <= 0.02 * (1 + 1e-12)


def test_looking_ahead_leaves_a_third_of_what_five_steps_grow():
    scene, (plain, ahead) = runs_of("Looking ahead tames a rate that is too high")
    _, steep = np.linalg.eigh(scene.surface.hess(np.zeros(2)))[1].T
    grown, left = (run.theta[5] @ steep / (run.theta[0] @ steep) for run in (plain, ahead))
    assert grown == pytest.approx(-(1.1**5))
    assert left == pytest.approx((1 + grown) / 2)
    assert (round(-grown, 1), round(-left, 1)) == (1.6, 0.3)


def test_newton_comes_to_a_saddle_and_with_positive_curvatures_to_a_minimum():
    scene, (plain, positive) = runs_of("Newton's method likes saddles")
    surface = scene.surface
    assert min(np.hypot(*(plain.theta[-1] - saddle)) for saddle in surface.saddles) < 1e-6
    assert min(np.hypot(*(positive.theta[-1] - minimum)) for minimum in surface.minima) < 1e-6
    assert np.all(np.diff(positive.loss) <= 0)


def test_backtracking_only_goes_down():
    _, (_, searched) = runs_of("A rate that is found anew at each step")
    assert np.all(np.diff(searched.loss) <= 0)
    assert searched.evaluations > 2 * searched.steps


def test_barzilai_borwein_is_a_hundred_times_nearer():
    scene, (plain, read) = runs_of("The rate from the last step")
    assert scene.surface.kappa == 100
    assert np.hypot(*read.theta[20]) < 1e-6 * np.hypot(*plain.theta[20])
    needed = np.log(1e-3) / np.log(1 - scene.runs[0].schedule.eta)
    assert 200 < needed < 1000  # "hundreds of steps"


def test_a_rate_for_each_axis_makes_the_flat_way_quick():
    _, (one, each) = runs_of("A rate for each axis")
    assert each.outcome.step < 20
    assert abs(one.theta[-1, 0]) > 0.1


def test_nothing_is_told_to_those_that_find_their_rate():
    scene, _ = runs_of("No rate to tune")
    for run in scene.runs:
        assert run.optimizer == type(run.optimizer)()
        assert run.schedule.eta == run.optimizer.typical_eta


def test_the_drawn_stretch_leaves_the_sharp_well():
    _, (low, drawn) = runs_of("A schedule drawn by hand")
    sharp, flat = (-1, 0), (2, 0)
    np.testing.assert_allclose(low.theta[-1], sharp, atol=0.01)
    np.testing.assert_allclose(drawn.theta[40], sharp, atol=0.01)
    np.testing.assert_allclose(drawn.theta[-1], flat, atol=0.01)
