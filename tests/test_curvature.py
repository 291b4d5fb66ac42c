"""The largest eigenvalue of the Hessian, against dense eigenvalues; and runs at the edge of stability."""

from dataclasses import replace

import numpy as np
import pytest

from lrviz.models import MLP, load, looks
from lrviz.models.curvature import largest_eigenvalue, random_vectors
from lrviz.models.edge import EdgeRun, run_at_the_edge
from lrviz.optimizers import GD, Adam, AdamW, Hypergradient, Momentum, Nesterov, Optimizer, RMSProp
from lrviz.schedules import Constant, Exponential

SPECTRA = {
    "a negative one is larger": np.linspace(-50, 3, 30),
    "all are negative": np.linspace(-5, -1, 30),
    "as large on both sides": np.concatenate([[-7.0], np.linspace(0, 7, 29)]),
    "rank one": np.concatenate([np.zeros(29), [2.0]]),
    "all the same": np.full(30, 3.0),
    "all the same and negative": np.full(30, -3.0),
    "two together": np.concatenate([np.linspace(0, 4, 28), [4.999, 5.0]]),
}


def symmetric(spectrum: np.ndarray, seed: int) -> np.ndarray:
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(spectrum), len(spectrum))))
    return turn @ np.diag(spectrum) @ turn.T


def test_it_is_the_largest_eigenvalue_of_each_matrix_side_by_side():
    matrices = np.array([symmetric(spectrum, seed) for seed, spectrum in enumerate(SPECTRA.values())])
    top = largest_eigenvalue(
        lambda v: np.einsum("bij,jb->ib", matrices, v), random_vectors(30, len(matrices)), tolerance=1e-5, most=2000
    )
    np.testing.assert_allclose(top.value, [spectrum.max() for spectrum in SPECTRA.values()], rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(top.vector, axis=0), 1, rtol=1e-12)
    away = np.einsum("bij,jb->ib", matrices, top.vector) - top.value * top.vector
    np.testing.assert_allclose(np.linalg.norm(away, axis=0), top.residual, atol=1e-9)
    assert (top.residual <= 1e-5 * np.abs(top.value)).all()


def test_it_begins_where_it_was_told_to_and_ends_in_time():
    matrix = symmetric(np.linspace(-1, 4, 30), 0)
    asked = []

    def times(v: np.ndarray) -> np.ndarray:
        asked.append(v)
        return matrix @ v

    cold = largest_eigenvalue(times, random_vectors(30, 1), tolerance=1e-4)
    assert cold.products == len(asked) > 5
    assert largest_eigenvalue(times, cold.vector, tolerance=1e-3).products == 1
    assert largest_eigenvalue(times, random_vectors(30, 1), tolerance=0.0, most=7).products == 7


def test_where_the_hessian_is_not_finite_there_is_none_and_the_others_have_theirs():
    scale = np.array([1.0, np.nan, np.inf, 2.0])
    with np.errstate(all="ignore"):
        top = largest_eigenvalue(lambda v: scale * np.arange(5.0)[:, None] * v, random_vectors(5, 4), tolerance=1e-6)
    np.testing.assert_allclose(top.value, [4, np.nan, np.nan, 8], rtol=1e-6)


@pytest.fixture(scope="module")
def network() -> MLP:
    return MLP(load("digits").rows(np.arange(0, 1200, 20)), hidden=(4,), objective="squared")


def dense(network: MLP, theta: np.ndarray) -> np.ndarray:
    """The Hessian at θ, (dim,), column by column from central differences of the gradient."""
    steps = 1e-5 * np.eye(network.dim)
    return (network.grad(theta[:, None] + steps) - network.grad(theta[:, None] - steps)) / 2e-5


def test_it_is_that_of_the_networks_hessian(network):
    # Near 0 the loss of such a network is a saddle: its Hessian has a negative eigenvalue of nearly the same size.
    theta = np.stack([network.start, 0.05 * network.initial(1)], axis=1)
    top = largest_eigenvalue(lambda v: network.hvp(theta, v), random_vectors(*theta.shape), tolerance=1e-3)
    for b in range(2):
        spectrum = np.linalg.eigvalsh(dense(network, theta[:, b]))
        assert top.value[b] == pytest.approx(spectrum[-1], rel=1e-4)
    assert spectrum[0] < -0.8 * spectrum[-1]


# ---- along a run


def test_along_a_run_it_is_measured_where_the_run_is(network):
    start = np.tile(network.start[:, None], (1, 2))
    etas = np.array([0.05, 0.1])
    run = run_at_the_edge(network, GD(weight_decay=0.3), Constant(etas), start, 8, [0, 4, 8])
    assert run.loss.shape == (9, 2)
    theta = start
    for _ in range(8):
        theta = theta - etas * (network.grad(theta) + 0.3 * theta)
    np.testing.assert_allclose(run.theta, theta, rtol=1e-12)
    spectrum = np.linalg.eigvalsh(dense(network, theta[:, 1]))
    assert run.curvature[-1, 1] == pytest.approx(spectrum[-1] + 0.3, rel=1e-3)
    np.testing.assert_allclose(run.edge, np.tile(2 / etas, (3, 1)))
    np.testing.assert_array_equal(run.looks, [0, 4, 8])


def test_an_adaptive_methods_curvature_is_the_preconditioned_one(network):
    start = network.start[:, None]
    run = run_at_the_edge(network, Adam(), Exponential(0.01, gamma=0.9), start, 3, [0, 1, 2, 3])
    assert np.isnan(run.curvature[0, 0])  # before its first step Adam has seen no slope
    theta, m, v = start, np.zeros_like(start), np.zeros_like(start)
    for t in (1, 2, 3):
        g = network.grad(theta)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        corrected = np.sqrt(v / (1 - 0.999**t)) + 1e-8
        theta = theta - 0.01 * 0.9 ** (t - 1) * m / (1 - 0.9**t) / corrected
        root = np.sqrt((1 - 0.9**t) * corrected[:, 0])
        spectrum = np.linalg.eigvalsh(dense(network, theta[:, 0]) / np.outer(root, root))
        assert run.curvature[t, 0] == pytest.approx(spectrum[-1], rel=5e-3)
        assert run.edge[t, 0] == pytest.approx(38 / (0.01 * 0.9**t))
    outside = run_at_the_edge(network, AdamW(weight_decay=0.1), Constant(1e-12), start, 1, [1])
    plain = run_at_the_edge(network, Adam(), Constant(1e-12), start, 1, [1])
    assert outside.curvature[0, 0] - plain.curvature[0, 0] == pytest.approx(0.1 * 19, rel=1e-3)


def test_a_method_without_a_known_edge_has_none(network):
    run = run_at_the_edge(network, Hypergradient(), Constant(0.05), network.start[:, None], 2, [0, 2])
    assert np.isnan(run.edge).all()
    assert run.curvature[0, 0] == pytest.approx(np.linalg.eigvalsh(dense(network, network.start))[-1], rel=1e-3)


def test_a_run_that_blows_up_says_when_and_the_others_go_on(network):
    start = np.tile(network.start[:, None], (1, 2))
    seen: list[EdgeRun] = []
    told: list[tuple[int, int]] = []
    run = run_at_the_edge(
        network,
        GD(),
        Constant(np.array([0.05, 5.0])),
        start,
        60,
        [0, 60],
        seen=seen.append,
        progress=lambda *now: told.append(now),
    )
    assert run.blew_up[0] == -1
    assert 0 < run.blew_up[1] < 60
    assert np.isnan(run.loss[run.blew_up[1] :, 1]).all()
    assert np.isfinite(run.loss[: run.blew_up[1], 1]).all()
    assert np.isnan(run.curvature[1, 1])
    assert [len(one.looks) for one in seen] == [1, 2]
    assert told[-1] == (60, 60)


def test_it_stops_when_told_to_and_keeps_what_it_has(network):
    run = run_at_the_edge(network, GD(), Constant(0.05), network.start[:, None], 60, [0, 5, 60], cancelled=lambda: True)
    assert (len(run.loss), run.looks.tolist()) == (1, [0])


# ---- the claims of the page, over seeds


def digits(seed: int, images: int = 200) -> MLP:
    """The edge page's network by default."""
    data = load("digits")
    data = data.rows(np.random.default_rng(seed).permutation(len(data))[:images])
    return MLP(
        replace(data, features=data.features - data.features.mean(axis=0)),
        hidden=(20, 20),
        objective="squared",
        seed=seed,
    )


def settled(optimizer: Optimizer, etas: list[float], steps: int, seed: int, images: int = 200) -> EdgeRun:
    network = digits(seed, images)
    start = np.tile(network.start[:, None], (1, len(etas)))
    return run_at_the_edge(network, optimizer, Constant(np.array(etas)), start, steps, looks(steps, 40))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_curvature_settles_at_the_edge_while_the_loss_falls_in_the_long_run(seed):
    etas = [0.2, 0.4, 0.6]
    run = settled(GD(), etas, 700, seed)
    last = run.looks > 2 * 700 // 3
    middle = np.median(run.curvature[last] / run.edge[last], axis=0)
    assert np.abs(middle[1:] - 1).max() < 0.1
    assert middle[0] < 0.8  # so small a rate has not come to its edge by then
    assert run.curvature[-1, 0] > 1.05 * run.curvature[:, 0].min()  # but is on its way: progressive sharpening
    rises = np.diff(run.loss, axis=0) > 0
    assert not rises[:, 0].any()
    assert (rises[:, 1:].mean(axis=0) > 0.05).all()
    assert (run.loss[-1, 1:] < 0.5 * run.loss[100, 1:]).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "eta", "steps"),
    [(Momentum(beta=0.5), 0.6, 500), (Nesterov(beta=0.9), 0.3, 400), (Adam(), 0.01, 900), (RMSProp(), 0.001, 700)],
    ids=lambda value: getattr(value, "slug", value),
)
def test_other_methods_settle_at_edges_of_their_own(optimizer, eta, steps):
    for seed in (0, 1):
        run = settled(optimizer, [eta], steps, seed, images=100)
        last = run.looks > 2 * steps // 3
        assert np.median(run.curvature[last] / run.edge[last]) == pytest.approx(1, abs=0.1)
