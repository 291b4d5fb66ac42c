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
