"""The curvature that a method meets, and its edge, are those of its steps."""

from typing import Any

import numpy as np
import pytest

from lrviz import (
    GD,
    OPTIMIZERS,
    SURFACES,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    Quadratic,
    RMSProp,
    Rosenbrock,
    simulate,
)
from lrviz.optimizers import AdaBelief, AdaMax, Yogi
from lrviz.theory import (
    has_limit,
    local_curvature,
    preconditioned_curvature,
    preconditioned_limit,
    preconditioner,
    stability_limit,
)
from tests.linear_map import edge, radius, stepped


@pytest.mark.parametrize("cls", SURFACES.values())
def test_the_local_curvature_is_the_largest_eigenvalue(cls: type) -> None:
    surface = cls()
    theta = np.random.default_rng(0).uniform(-2, 2, (2, 3, 4))
    expected = np.linalg.eigvalsh(np.moveaxis(surface.hess(theta), (0, 1), (-2, -1)))[..., 1]
    np.testing.assert_allclose(local_curvature(surface, theta), expected, rtol=1e-10)


# Optimizers, with what they remember besides m or b.
ONE = np.ones((1, 1))
LATE = {"beta1_t": np.zeros(1), "beta2_t": np.zeros(1)}
EARLY = {"beta1_t": np.full(1, 0.6), "beta2_t": np.full(1, 0.97)}
WARM = {"warmup_t": np.full(1, 0.4), "mu_product": np.full(1, 0.2)}
CASES: list[tuple[Optimizer, dict[str, Any]]] = [
    (AdaGrad(eps=0.1), {"s": 4 * ONE}),
    (RMSProp(eps=0.1), {"v": 4 * ONE}),
    (RMSProp(beta=0.8), {"v": 4 * ONE}),
    (RMSProp(beta=0.8, centered=True), {"v": 4 * ONE, "g_mean": ONE}),
    (Adam(beta1=0.8, eps=0.1), {"v": 4 * ONE, **LATE}),
    (Adam(), {"v": 4 * ONE, **EARLY}),
    (Adam(uncorrected=True), {"v": 4 * ONE, **EARLY}),
    (AdamW(weight_decay=0.3), {"v": 4 * ONE, **EARLY}),
    (AMSGrad(), {"v": 4 * ONE, "v_max": 9 * ONE, **EARLY}),
    (NAdam(beta1=0.8), {"v": 4 * ONE, **LATE, "warmup_t": np.zeros(1), "mu_product": np.zeros(1)}),
    (NAdam(beta1=0.8, momentum_decay=0.1), {"v": 4 * ONE, **EARLY, **WARM}),
    (NAdam(uncorrected=True), {"v": 4 * ONE, **EARLY, **WARM}),
    (AdaBelief(beta1=0.8, eps=1e-3), {"s": 4 * ONE, **EARLY}),
    (Yogi(beta1=0.8), {"v": 4 * ONE, **EARLY}),
    (AdaMax(beta1=0.8), {"u": 2 * ONE, "beta1_t": EARLY["beta1_t"]}),
    (GD(weight_decay=0.5), {}),
    (Momentum(beta=0.8, dampening=0.8), {}),
    (Nesterov(beta=0.8), {}),
]


@pytest.mark.parametrize(("optimizer", "memory"), CASES, ids=str)
def test_the_limit_is_where_the_frozen_step_begins_to_stretch(optimizer: Optimizer, memory: dict[str, Any]) -> None:
    """The basis states are tiny beside the remembered v: g² hardly moves P, and the map is linear to many digits."""
    kappa, tiny = 3.0, 1e-6
    remembered = {name: np.where(name == "g_mean", 1e-9, 1.0) * value for name, value in memory.items()}
    eta = edge(lambda eta: radius(stepped(optimizer, eta, kappa, remembered, tiny)) > 1 + 1e-10, 1e-4, 1e4)
    zero = np.zeros((1, 1))
    moving = {name: zero for name in ("m", "b") if name in optimizer.init(zero)}
    oracle: Any = type("Still", (), {"grad": lambda self, theta: 0 * theta})()
    _, after = optimizer.step(2, eta, zero, oracle, remembered | moving)
    both = {name: np.repeat(values, 2, axis=0) if values.ndim == 2 else values for name, values in after.items()}
    surface = Quadratic(kappa=kappa, angle=0.0)
    product = eta * preconditioned_curvature(optimizer, surface, np.zeros((2, 1)), both)
    assert product.item() == pytest.approx(preconditioned_limit(optimizer, after).item(), rel=1e-6)


@pytest.mark.parametrize(
    "optimizer",
    [
        AdaGrad(),
        RMSProp(),
        RMSProp(centered=True),
        Adam(),
        Adam(uncorrected=True),
        AMSGrad(),
        AdamW(weight_decay=0.0),
        AdaBelief(),
        Yogi(),
        AdaMax(),
    ],
    ids=str,
)
def test_a_step_is_the_mean_over_the_preconditioner(optimizer: Optimizer) -> None:
    run = simulate(Rosenbrock(), optimizer, 0.01, steps=30)
    state = {name: values[1:].T for name, values in run.state.items()}
    p = preconditioner(optimizer, run.theta[:-1].T, state)
    moved_by = run.state["m"][1:] if "m" in run.state else run.grad[:-1]
    np.testing.assert_allclose(np.diff(run.theta, axis=0), -0.01 * moved_by / p.T, rtol=1e-6)


def test_the_curvature_is_that_of_the_preconditioned_hessian() -> None:
    surface, optimizer = Rosenbrock(), Adam()
    run = simulate(surface, optimizer, 0.01, steps=30)
    state = {name: values[1:].T for name, values in run.state.items()}
    p = preconditioner(optimizer, run.theta[:-1].T, state)
    found = preconditioned_curvature(optimizer, surface, run.theta[:-1].T, state)
    for t in range(30):
        expected = np.linalg.eigvals(surface.hess(run.theta[t]) / p[:, t, None]).real.max()
        assert found[t] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("optimizer", [GD(weight_decay=0.5), Momentum(), Nesterov(weight_decay=0.1)], ids=str)
def test_without_adaptive_rates_it_is_the_ordinary_limit(optimizer: Optimizer) -> None:
    surface = Quadratic(kappa=10.0)
    curvature = preconditioned_curvature(optimizer, surface, np.zeros(2), {})
    limit = stability_limit(optimizer, 10.0)
    assert limit * curvature == pytest.approx(float(preconditioned_limit(optimizer)), rel=1e-12)


def test_the_limits_in_numbers() -> None:
    """2(1 + β₁)/(1 − β₁) = 38 at β₁ = 0.9: Cohen et al. (2022)."""
    assert preconditioned_limit(Adam(beta1=0.9)) == pytest.approx(38)
    assert preconditioned_limit(RMSProp()) == 2
    assert preconditioned_limit(RMSProp(beta=0.9)) == pytest.approx(3.8)
    assert preconditioned_limit(AdaGrad()) == 2
    assert preconditioned_limit(NAdam(beta1=0.9)) == pytest.approx(3.8 / 2.8 / 0.1)


@pytest.mark.parametrize(
    ("optimizer", "eta"),
    [(RMSProp(), 0.01), (RMSProp(beta=0.5), 0.01), (Adam(beta2=0.99), 0.5), (NAdam(), 0.1)],
    ids=str,
)
def test_long_runs_hover_at_the_edge(optimizer: Optimizer, eta: float) -> None:
    surface = Quadratic()
    run = simulate(surface, optimizer, eta, steps=3000)
    state = {name: values[1:].T for name, values in run.state.items()}
    product = eta * preconditioned_curvature(optimizer, surface, run.theta[:-1].T, state)
    share = np.median((product / preconditioned_limit(optimizer, state))[-1000:])
    assert 0.85 < share < 1.05


def test_before_the_first_step_nothing_is_known() -> None:
    theta = np.ones((2, 3))
    assert np.isnan(preconditioned_curvature(Adam(), Rosenbrock(), theta, Adam().init(theta))).all()


@pytest.mark.parametrize("cls", OPTIMIZERS.values())
def test_methods_that_divide_by_a_memory_of_slopes_have_an_edge(cls: type[Optimizer]) -> None:
    divides = {AdaGrad, RMSProp, Adam, AdamW, AMSGrad, NAdam, AdaBelief, Yogi, AdaMax}
    assert np.isfinite(preconditioned_limit(cls())) == (cls in divides or has_limit(cls()))
