"""Descent on the meta-gradient moves log η against the slope, and ends where nothing leads on."""

from itertools import pairwise

import numpy as np
import pytest

from lrviz import GD, Ravine, Rosenbrock, Saddle
from lrviz.tuning.meta_descent import descend
from lrviz.tuning.task import Task


def test_descent_moves_log_eta_against_the_slope():
    task, width = Task(Ravine(), GD(), 60), 1e-5
    path = descend(task, 0.005, 0.1, 6)
    assert len(path) == 7
    for before, after in pairwise(path):
        down, up = np.log(task.losses(before.eta * np.exp([-width, width])))
        assert before.slope == pytest.approx((up - down) / (2 * width), rel=1e-6)
        assert np.log(after.eta / before.eta) == pytest.approx(-0.1 * before.slope, rel=1e-9)
    plain = descend(task, 0.005, 0.1, 1, of_log=False)
    assert plain[0].slope == pytest.approx(path[0].slope * path[0].loss)


def test_descent_ends_where_nothing_leads_on_and_can_be_stopped():
    thrown = descend(Task(Ravine(), GD(), 60), 0.005, 0.5, 40)
    assert len(thrown) < 41
    assert np.isnan(thrown[-1].slope) or not np.isfinite(thrown[-1].eta) or thrown[-1].slope > 100
    assert len(descend(Task(Rosenbrock(), GD(), 60), 1.0, 0.1, 9)) == 1
    told_of: list[tuple[int, int]] = []
    stopped = descend(
        Task(Ravine(), GD(), 60),
        0.005,
        0.1,
        9,
        progress=lambda *of: told_of.append(of),
        cancelled=lambda: bool(told_of),
    )
    assert (len(stopped), told_of) == (1, [(1, 10)])
    negative = descend(Task(Saddle(), GD(), 300), 0.1, 0.1, 5)
    assert (len(negative), np.isnan(negative[0].slope)) == (1, True)
