"""The exercises of the By hand page open as they are, and teach what they say."""

import numpy as np
import pytest

from lrviz import Adam, Momentum, Rosenbrock
from lrviz.link import query
from lrviz.tuning.by_hand import attempt
from lrviz.ui.by_hand import study
from lrviz.ui.by_hand.examples import EXAMPLES
from tests.test_by_hand_page import button, page_scene, visited
from tests.test_pages import checked


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_exercise_is_a_clean_link_and_opens(example):
    assert query(example.scene, default=None) == example.query
    app = visited("")
    checked(button(app, example.title).click())
    assert page_scene(app) == example.scene


def test_the_exercises_teach_what_they_say():
    edge, typical, slow, noisy, far, fading = (study.link(example.scene) for example in EXAMPLES)

    def known(text: str) -> tuple[np.ndarray, np.ndarray, float]:
        etas, losses = study.truth(text, *study.RANGE)
        return etas, losses, float(etas[losses.argmin()])

    etas, losses, best = known(edge)
    limit = 2 / 10
    assert 0.8 * limit < best < limit
    assert (np.diff(losses[etas <= best]) < 0).all()
    assert (losses[etas > 1.2 * limit] > losses[0]).all()

    assert attempt(study.task(typical), Momentum.typical_eta).end == np.inf
    assert attempt(study.task(typical), Momentum.typical_eta / 10).end < 0.1 < Rosenbrock().loss(np.array([0.0, 0.0]))

    one = attempt(study.task(slow), Adam.typical_eta)
    assert one.end > 0.8 * one.loss[0]
    assert known(slow)[2] > 100 * Adam.typical_eta

    best = known(noisy)[2]
    assert best < limit / 5
    assert attempt(study.task(noisy), best / 10).outcome.kind == "descending"
    assert attempt(study.task(noisy), limit / 2).outcome.kind == "wandering"

    etas, losses, best = known(far)
    near = (etas >= 0.001) & (etas <= 0.025)
    assert np.ptp(losses[near]) < 1e-5
    assert losses.min() < losses[near].min() / 10
    assert (losses[(etas > 0.04) & (etas < 0.06)] > losses[near].max()).all()
    assert best > 0.06

    _, decayed, larger = known(fading)
    assert larger > 5 * known(noisy)[2]
    assert decayed.min() < known(noisy)[1].min() / 10
