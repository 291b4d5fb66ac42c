"""What the descriptions of the optimizers that a library has say of them is so."""

import numpy as np
import pytest

from lrviz import OPTIMIZERS, Additive, Constant, Cosine, Himmelblau, Quadratic, Rosenbrock, Warmup, simulate
from lrviz.declare import Array
from lrviz.optimizers import (
    AdaBelief,
    AdaDelta,
    Adam,
    AdaMax,
    Lion,
    Optimizer,
    Polyak,
    Prodigy,
    RAdam,
    Rprop,
    ScheduleFreeSGD,
    SignSGD,
    Yogi,
)
from lrviz.surfaces import SURFACES

BOWL = Quadratic(kappa=10.0, angle=30.0)
BY_GRADIENT: tuple[type[Optimizer], ...] = (
    AdaDelta,
    RAdam,
    AdaMax,
    AdaBelief,
    Yogi,
    SignSGD,
    Lion,
    Rprop,
    ScheduleFreeSGD,
    Prodigy,
)


@pytest.mark.parametrize("cls", BY_GRADIENT, ids=lambda cls: cls.slug)
def test_a_step_costs_a_gradient(cls: type[Optimizer]) -> None:
    run = simulate(BOWL, cls(), 0.01, steps=30, noise=Additive(0.1))
    assert run.evaluations == 30


def test_a_step_of_polyaks_costs_a_loss_too() -> None:
    assert simulate(BOWL, Polyak(), 1.0, steps=30).evaluations == 60


@pytest.mark.parametrize("cls", BY_GRADIENT, ids=lambda cls: cls.slug)
def test_where_it_is_flat_it_stays_finite(cls: type[Optimizer]) -> None:
    """At a saddle of a surface, with a gradient of exactly 0, nothing is divided by 0."""
    run = simulate(SURFACES["saddle"](), cls(), 0.1, start=(0.0, 0.0), steps=5)
    assert np.isfinite(run.theta).all()
    assert np.abs(run.theta).max() <= (0.1 if cls is Yogi else 0.0)  # Yogi's m begins at 1e-6


# ---- Adam's kin


class Steep(Quadratic):
    """A loss in another unit."""

    def loss(self, theta: Array) -> Array:
        return 1000 * super().loss(theta)

    def grad(self, theta: Array) -> Array:
        return 1000 * super().grad(theta)


def test_adadelta_knows_no_unit_of_the_loss() -> None:
    """A loss a thousand times as large makes the same steps, but for ε."""
    runs = [simulate(bowl, AdaDelta(eps=1e-8), 1.0, steps=100).theta for bowl in (Quadratic(), Steep())]
    np.testing.assert_allclose(*runs, rtol=1e-5)
    assert np.abs(np.diff(runs[0], axis=0)).max() > 1e-4


def test_adadeltas_first_step_is_what_is_said() -> None:
    run = simulate(BOWL, AdaDelta(rho=0.9, eps=1e-6), 1.0, steps=1)
    np.testing.assert_allclose(np.abs(run.theta[1] - run.theta[0]), np.sqrt(1e-6 / 0.1), rtol=1e-4)


def test_radam_is_momentum_at_first_and_adam_in_the_end() -> None:
    """Five steps of momentum with Adam's mean; the sixth has an r of 0.026."""
    run = simulate(BOWL, RAdam(), 0.01, steps=6)
    m_hat = run.state["m"][1:] / (1 - run.state["beta1_t"][1:, None])
    np.testing.assert_allclose(np.diff(run.theta, axis=0)[:5], -0.01 * m_hat[:5], rtol=1e-9)
    v_hat = run.state["v"][6] / (1 - run.state["beta2_t"][6])
    r = (run.theta[5] - run.theta[6]) / (0.01 * m_hat[5] / (np.sqrt(v_hat) + 1e-8))
    np.testing.assert_allclose(r, 0.026, rtol=0.01)
    assert r[0] == pytest.approx(r[1], rel=1e-6)


def test_radam_with_a_short_memory_never_is_adam() -> None:
    run = simulate(BOWL, RAdam(beta2=0.66), 0.05, steps=100)
    m_hat = run.state["m"][1:] / (1 - run.state["beta1_t"][1:, None])
    np.testing.assert_allclose(np.diff(run.theta, axis=0), -0.05 * m_hat, atol=1e-12)


def test_adamax_steps_are_bounded() -> None:
    """No coordinate of a step is longer than about η, whatever the slope."""
    for surface in (Rosenbrock(), Himmelblau(), BOWL):
        run = simulate(surface, AdaMax(), 0.01, steps=300)
        assert np.abs(np.diff(run.theta, axis=0)).max() <= 0.01 * 1.01


def test_adabelief_is_fast_where_the_slope_is_steady() -> None:
    """On a plane the gradient never surprises: its steps are longer than Adam's, and grow."""
    plane = SURFACES["quadratic"](kappa=1.0, angle=0.0)
    far = (1e4, 0.0)  # so far out that the slope is the same for a hundred steps
    adam, belief = (simulate(plane, o, 0.01, start=far, steps=100).theta[-1, 0] for o in (Adam(), AdaBelief()))
    assert far[0] - belief > 1.5 * (far[0] - adam) > 0


def test_yogis_rate_rises_slower_than_adams() -> None:
    """After large slopes have become small, v falls by the small ones only."""
    bowl = Quadratic(kappa=1.0, angle=0.0)
    runs = [simulate(bowl, cls(beta2=0.9, eps=1e-3), 0.3, start=(3.0, 2.0), steps=60) for cls in (Adam, Yogi)]
    adam, yogi = (run.state["v"][-1].max() / run.state["v"].max() for run in runs)
    assert yogi > 2 * adam


# ---- signs


@pytest.mark.parametrize("cls", [SignSGD, Lion])
def test_each_coordinate_of_a_sign_is_as_long_as_the_others(cls: type[Optimizer]) -> None:
    optimizer = SignSGD() if cls is SignSGD else Lion(weight_decay=0.0)
    steps = np.abs(np.diff(simulate(Rosenbrock(), optimizer, 0.01, steps=100).theta, axis=0))
    np.testing.assert_allclose(steps, 0.01, rtol=1e-9)


def test_signsgd_is_adam_without_memory() -> None:
    sign = simulate(Rosenbrock(), SignSGD(), 0.01, steps=50)
    adam = simulate(Rosenbrock(), Adam(beta1=0.0, beta2=0.0, eps=1e-300), 0.01, steps=50)
    np.testing.assert_allclose(sign.theta, adam.theta, rtol=1e-12)


def test_signsgd_ends_within_a_step_of_the_minimum() -> None:
    run = simulate(Quadratic(kappa=10.0, angle=0.0), SignSGD(), 0.05, steps=200)
    assert np.abs(run.theta[100:]).max() <= 0.05 + 1e-9
    assert np.abs(run.theta[100:]).max() > 0.005  # and stays no nearer


def test_a_schedule_changes_nothing_of_rprop_but_its_first_step() -> None:
    fixed, falling = (simulate(BOWL, Rprop(), s, steps=60) for s in (Constant(0.02), Cosine(0.02, period=60)))
    np.testing.assert_array_equal(fixed.theta, falling.theta)
    other = simulate(BOWL, Rprop(), 0.03, steps=60)
    assert not np.allclose(other.theta[1], fixed.theta[1])


def test_noise_shrinks_rprops_steps() -> None:
    quiet, noisy = (simulate(BOWL, Rprop(), 0.02, steps=100, noise=n) for n in (None, Additive(3.0)))
    assert noisy.state["delta"][-1].max() < 0.1 * quiet.state["delta"].max()


# ---- without a rate, without a schedule


@pytest.mark.parametrize("eta", [0.3, 1.0, 1.9])
def test_no_step_of_polyaks_leads_away_from_a_minimum(eta: float) -> None:
    for surface in (BOWL, SURFACES["booth"]()):
        run = simulate(surface, Polyak(), eta, steps=100)
        distance = np.hypot(*(run.theta - np.array(surface.minima[0])).T)
        assert (np.diff(distance) <= 1e-12).all()


def test_polyaks_step_at_1_is_the_one_that_comes_nearest_by_what_is_known() -> None:
    """It makes ‖θ − θ*‖² − 2α (f − f*) + α² ‖g‖², the bound that convexity gives, as small as it can be."""
    theta = np.array([1.5, 1.0])
    loss, g = float(BOWL.loss(theta)), BOWL.grad(theta)
    run = simulate(BOWL, Polyak(bound=1e9), 1.0, start=tuple(theta), steps=1)
    alpha = float((theta - run.theta[1]) @ g / (g @ g))
    bound = lambda a: -2 * a * loss + a * a * float(g @ g)  # noqa: E731
    assert all(bound(alpha) <= bound(alpha + d) for d in (-1e-4, 1e-4))


@pytest.mark.parametrize("start", [(1.5, 1.0), (-20.0, 3.0)])
def test_prodigys_distance_grows_towards_the_true_one_and_never_past_it(start: tuple[float, float]) -> None:
    run = simulate(BOWL, Prodigy(), 1.0, start=start, steps=400)
    d = run.state["d"]
    assert (np.diff(d) >= 0).all()
    assert d[-1] <= np.abs(start).max()
    assert d[-1] > 0.1 * np.abs(start).max()
    assert run.loss[-1] < 1e-3 * run.loss[0]


def test_schedule_free_average_is_that_of_all_steps() -> None:
    run = simulate(BOWL, ScheduleFreeSGD(beta=0.7), 0.1, steps=50)
    z, mean = run.state["z"], run.state["x"]
    np.testing.assert_allclose(mean[1:], np.cumsum(z[1:], axis=0) / np.arange(1, 51)[:, None], rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(run.theta, 0.7 * mean + 0.3 * z, rtol=1e-12)


def test_a_warm_up_counts_less_in_a_schedule_free_average() -> None:
    eta = Warmup(Constant(0.2), steps=20, start_factor=0.1)
    run = simulate(BOWL, ScheduleFreeSGD(), eta, steps=40)
    weights = np.maximum.accumulate(run.eta) ** 2
    z = run.state["z"][1:]
    mean = np.cumsum(weights[:, None] * z, axis=0) / np.cumsum(weights)[:, None]
    np.testing.assert_allclose(run.state["x"][1:], mean, rtol=1e-10, atol=1e-14)


def test_each_says_its_cost_and_its_source() -> None:
    for cls in (*BY_GRADIENT, Polyak):
        assert OPTIMIZERS[cls.slug] is cls
        assert "A step costs a gradient" in " ".join((cls.__doc__ or "").split())
        assert cls.source
        assert cls.elsewhere or cls is Polyak
