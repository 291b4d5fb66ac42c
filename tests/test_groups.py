"""Rates per coordinate: what each group would do alone, with its own rate."""

import numpy as np
import pytest

from lrviz import GD, TRAINERS, Adam, AdamW, Beale, Momentum, simulate, sweep
from lrviz.iterate import iterate
from lrviz.optimizers import PerAxis, PerCoordinate
from lrviz.problem import Problem
from lrviz.schedules import Constant, Cosine

SCALES = np.array([1.0, 3.0, 0.5, 8.0])
MULTIPLIERS = (0.0, 0.1, 1.0, 2.5)
START = np.array([[1.0, -2.0], [0.5, 1.5], [2.0, 1.0], [-1.0, 0.3]])
STEPS, ETA = 12, np.array([0.05, 0.2])


class Separate(Problem):
    """Coordinates that know nothing of one another: each group's own run can be written down."""

    box = np.tile([-2.0, 2.0], (4, 1))
    start = START[:, 0]

    def loss(self, theta):
        return (slopes(theta) * theta).sum(axis=0) / 2

    def grad(self, theta):
        return slopes(theta)


def slopes(theta):
    return SCALES.reshape(-1, *[1] * (theta.ndim - 1)) * theta


def end(optimizer, schedule):
    *_, last = iterate(Separate(), optimizer, schedule, START, STEPS)
    return last.theta


def by_hand(kind, scale, x, eta):
    """One coordinate for STEPS steps, as the papers write it."""
    m = v = 0.0
    for t in range(1, STEPS + 1):
        g = scale * x
        if kind == "gd":
            x = x - eta * g
        elif kind == "momentum":
            m = 0.9 * m + g
            x = x - eta * m
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            step = eta * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            x = x - (eta * 0.03 * x if kind == "adamw" else 0) - step
    return x


@pytest.mark.parametrize(
    ("kind", "optimizer"),
    [
        ("gd", GD()),
        ("momentum", Momentum(beta=0.9)),
        ("adam", Adam(beta1=0.9, beta2=0.999, eps=1e-8)),
        ("adamw", AdamW(beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.03)),
    ],
)
def test_each_group_does_what_it_would_do_alone_with_its_own_rate(kind, optimizer):
    found = end(PerCoordinate(optimizer, MULTIPLIERS), Constant(ETA))
    alone = [
        [by_hand(kind, scale, x, eta * r) for x, eta in zip(row, ETA, strict=True)]
        for scale, r, row in zip(SCALES, MULTIPLIERS, START, strict=True)
    ]
    assert found == pytest.approx(np.array(alone), rel=1e-10, abs=1e-12)
    assert np.array_equal(found[0], START[0])  # r = 0: exactly where it was


@pytest.mark.parametrize("slug", TRAINERS)
def test_with_one_rate_for_all_it_is_the_optimizer_itself(slug):
    optimizer, schedule = TRAINERS[slug](), Cosine(0.02, period=STEPS)
    assert np.array_equal(end(PerCoordinate(optimizer, (1.0,) * 4), schedule), end(optimizer, schedule))


def test_particles_may_have_multipliers_of_their_own():
    apart = [end(PerCoordinate(Adam(), r), Constant(ETA))[:, k] for k, r in enumerate([MULTIPLIERS, (1.0,) * 4])]
    together = end(PerCoordinate(Adam(), np.transpose([MULTIPLIERS, (1.0,) * 4])), Constant(ETA))
    assert np.array_equal(together, np.transpose(apart))


@pytest.mark.parametrize("multipliers", [(1.0, -0.1), (np.nan,), (np.inf,), (((1.0,),),)])
def test_a_multiplier_that_is_none_is_refused(multipliers):
    with pytest.raises(ValueError, match="not a row of finite numbers of at least 0"):
        PerCoordinate(GD(), multipliers)


@pytest.mark.parametrize("optimizer", [GD(), Momentum(), Adam()], ids=str)
def test_on_a_surface_the_two_axes_have_declared_multipliers_and_the_same_steps(optimizer):
    surface, eta = Beale(), 0.3 * optimizer.typical_eta
    start = np.array(surface.start)[:, None]
    *_, last = iterate(surface, PerCoordinate(optimizer, (0.5, 2.0)), Constant(eta), start, 40)
    ran = simulate(surface, PerAxis(optimizer, x=0.5, y=2.0), eta, steps=40)
    assert np.array_equal(ran.theta[-1], last.theta[:, 0])
    assert not np.allclose(ran.theta[-1], simulate(surface, optimizer, eta, steps=40).theta[-1])


def test_a_multiplier_of_an_axis_may_go_over_a_grid():
    rows = np.array([0.0, 0.5, 2.0])
    found = sweep(Beale(), PerAxis(Momentum()), Constant(1e-3), over={"rates.y": rows}, steps=30)
    ends = [simulate(Beale(), PerAxis(Momentum(), y=r), 1e-3, steps=30).loss[-1] for r in rows]
    assert found.loss.tolist() == ends
    batch = simulate(Beale(), PerAxis(Momentum(), x=1.0, y=rows), 1e-3, steps=30)
    assert batch.loss[-1].tolist() == ends
