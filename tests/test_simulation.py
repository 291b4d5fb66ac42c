"""One loop for one run and for many: shapes, alignment, noise, counting, and what becomes of a run that blows up."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from lrviz import (
    GD,
    KINDS,
    OPTIMIZERS,
    SCHEDULES,
    SURFACES,
    AdaGrad,
    Adam,
    Additive,
    Anisotropic,
    Constant,
    Cosine,
    DoubleWell,
    Exponential,
    Factorization,
    Himmelblau,
    Minibatch,
    Momentum,
    NAdam,
    Optimizer,
    Plateau,
    Quadratic,
    Rastrigin,
    Ravine,
    RMSProp,
    Rosenbrock,
    Saddle,
    Schedule,
    StepDecay,
    Trajectory,
    Warmup,
    iterate,
    simulate,
)
from lrviz.declare import Array
from lrviz.optimizers import Oracle, State
from tests.strategies import runs

STARTS = np.array([[-1.2, 1.0], [0.3, -0.4], [1.5, 0.9], [-0.7, 1.8], [0.0, 0.0]]).T


def assert_same(batch: Trajectory, singles: list[Trajectory], rtol: float = 0.0) -> None:
    """Particle i of a batch is the i-th single run; to the last bit by default."""
    for i, single in enumerate(singles):
        pairs = [(batch.theta, single.theta), (batch.loss, single.loss), (batch.grad, single.grad)]
        pairs += [(batch.state[name], single.state[name]) for name in single.state]
        for many, one in pairs:
            np.testing.assert_allclose(many[..., i], one, rtol=rtol, atol=rtol)
        taken = np.isfinite(single.eta)
        np.testing.assert_allclose(
            (batch.eta.T[i] if batch.eta.ndim > 1 else batch.eta)[taken], single.eta[taken], rtol
        )
        assert batch.outcome[i] == single.outcome
        assert batch.evaluations[i] == single.evaluations


# ---- shapes


def test_one_run() -> None:
    run = simulate(Rosenbrock(), Adam(), 0.01, start=(-1.2, 1.0), steps=7)
    assert run.steps == 7
    assert (run.theta.shape, run.loss.shape, run.grad.shape, run.eta.shape) == ((8, 2), (8,), (8, 2), (7,))
    assert {name: values.shape for name, values in run.state.items()} == {
        "m": (8, 2),
        "v": (8, 2),
        "beta1_t": (8,),
        "beta2_t": (8,),
    }
    assert run.theta[0].tolist() == [-1.2, 1.0]
    np.testing.assert_array_equal(run.loss, Rosenbrock().loss(run.theta.T))
    np.testing.assert_array_equal(run.grad.T, Rosenbrock().grad(run.theta.T))
    assert run.outcome.kind in KINDS
    assert type(run.evaluations) is int


ROW = np.array([0.05, 0.1, 0.15])


@pytest.mark.parametrize(
    ("changes", "eta_shape"),
    [
        ({"start": STARTS[:, :3]}, (9,)),
        ({"surface": Quadratic(kappa=[1.0, 5.0, 10.0])}, (9,)),
        ({"optimizer": Momentum(beta=[0.1, 0.5, 0.9])}, (9,)),
        ({"schedule": ROW}, (9, 3)),
        ({"schedule": Constant(ROW)}, (9, 3)),
        ({"schedule": Warmup(Cosine(eta=0.1, period=[3, 6, 9]))}, (9, 3)),
        ({"schedule": Warmup(Constant(0.1), steps=[3, 6, 9])}, (9, 3)),
        ({"schedule": Plateau(eta=0.1), "start": STARTS[:, :3]}, (9, 3)),
        ({"noise": Additive(sigma=[0.0, 0.1, 0.2])}, (9,)),
        ({"noise": Additive(), "seed": np.array([1, 2, 3])}, (9,)),
        ({"start": STARTS[:, :3], "schedule": ROW, "optimizer": Momentum(dampening=[0.1, 0.2, 0.3])}, (9, 3)),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_a_batch_by_whatever_has_a_row(changes: dict[str, Any], eta_shape: tuple[int, ...]) -> None:
    arguments = {"surface": Quadratic(), "optimizer": Momentum(), "schedule": 0.01, "steps": 9} | changes
    run = simulate(**arguments)
    assert (run.theta.shape, run.loss.shape, run.grad.shape) == ((10, 2, 3), (10, 3), (10, 2, 3))
    assert run.state["m"].shape == (10, 2, 3)
    assert run.eta.shape == eta_shape
    assert run.outcome.shape == run.evaluations.shape == (3,)


@pytest.mark.parametrize("slug", OPTIMIZERS)
@pytest.mark.parametrize("surface", [Rosenbrock(), Himmelblau(), DoubleWell()], ids=str)
def test_a_batch_by_start_is_as_many_single_runs(slug: str, surface: Any) -> None:
    optimizer = OPTIMIZERS[slug]()
    exact = slug != "nadam"  # the only one with a power in it
    batch = simulate(surface, optimizer, 0.005, start=STARTS, steps=60)
    singles = [simulate(surface, optimizer, 0.005, start=start, steps=60) for start in STARTS.T]
    assert_same(batch, singles, rtol=0.0 if exact else 1e-12)


@pytest.mark.parametrize("slug", SCHEDULES)
def test_a_batch_by_rate_is_as_many_single_runs(slug: str) -> None:
    def scheduled(eta: Any) -> Schedule:
        return Warmup(SCHEDULES[slug](eta=eta), steps=5)

    etas = np.array([0.001, 0.01, 0.08, 0.3])
    batch = simulate(Ravine(), Momentum(), scheduled(etas), steps=50)
    singles = [simulate(Ravine(), Momentum(), scheduled(eta), steps=50) for eta in etas]
    assert_same(batch, singles, rtol=1e-9)


def test_a_batch_by_everything_is_as_many_single_runs() -> None:
    row = np.array([1.0, 2.0, 3.0, 4.0, 5.0])

    def arguments(row: Any, start: Array, seed: Any) -> dict[str, Any]:
        return {
            "surface": Quadratic(kappa=2 * row, angle=10 * row),
            "optimizer": NAdam(beta1=0.15 * row, eps=1e-3 * row),
            "schedule": Warmup(Exponential(eta=0.01 * row, gamma=1 - 0.01 * row), start_factor=row / 10),
            "noise": Anisotropic(sigma_x=0.1 * row, sigma_y=0.2 * row),
            "start": start,
            "seed": seed,
            "steps": 300,
        }

    batch = simulate(**arguments(row, STARTS, np.arange(5)))
    singles = [
        simulate(**arguments(value, start, i)) for i, (value, start) in enumerate(zip(row, STARTS.T, strict=True))
    ]
    assert_same(batch, singles, rtol=1e-9)


# ---- the loop


@pytest.mark.parametrize("slug", SCHEDULES)
def test_eta_t_leads_from_t_to_t_plus_1(slug: str) -> None:
    schedule = Warmup(SCHEDULES[slug](eta=0.02), steps=3)
    run = simulate(Quadratic(), GD(), schedule, steps=200)
    np.testing.assert_array_equal(run.theta[1:], run.theta[:-1] - run.eta[:, None] * run.grad[:-1])
    if slug != "plateau":
        np.testing.assert_allclose(run.eta, [schedule(t) for t in range(200)])


def test_a_plateau_follows_the_loss() -> None:
    run = simulate(Quadratic(10.0, 0.0), GD(), Plateau(eta=0.2, factor=0.5, patience=3), start=(0.0, 1.0), steps=12)
    assert run.eta[:5].tolist() == [0.2] * 5  # the loss at 0 is the first; four that are no better follow
    assert run.eta[5] == 0.1
    assert run.loss[6] == 0


@pytest.mark.parametrize(
    ("optimizer", "names"),
    [
        (GD(), ""),
        (Momentum(), "m"),
        (RMSProp(), "v b"),
        (RMSProp(centered=True), "v g_mean b"),
        (Adam(), "m v beta1_t beta2_t"),
    ],
    ids=str,
)
def test_the_frame(optimizer: Optimizer, names: str) -> None:
    run = simulate(Rosenbrock(), optimizer, 0.001, steps=5)
    assert list(run.state) == names.split()
    frame = run.to_frame()
    memory = [f"{name}{end}" for name in names.split() for end in (("",) if name.endswith("_t") else ("_x", "_y"))]
    assert list(frame.columns) == ["step", "x", "y", "loss", "grad_x", "grad_y", "eta", *memory]
    assert frame["step"].tolist() == [0, 1, 2, 3, 4, 5]
    assert frame["y"].tolist() == run.theta[:, 1].tolist()
    assert frame["eta"].isna().tolist() == [False] * 5 + [True]


def test_a_frame_is_for_one_run() -> None:
    with pytest.raises(ValueError, match="for one run; this trajectory holds 2"):
        simulate(Quadratic(), GD(), [0.1, 0.2], steps=3).to_frame()


def test_a_longer_run_begins_with_the_shorter() -> None:
    short, long = (
        simulate(Rosenbrock(), Adam(), StepDecay(eta=0.01, every=7), steps=steps, noise=Additive(), seed=3)
        for steps in (10, 600)
    )
    np.testing.assert_array_equal(long.theta[:11], short.theta)


# ---- blowing up


def test_rows_after_a_blow_up_are_nan_and_the_others_go_on() -> None:
    etas = np.array([0.1, 0.25, 1e200, 0.15])
    run = simulate(Quadratic(), GD(), etas, steps=300)
    kinds = [outcome.kind for outcome in run.outcome]
    assert kinds == ["converged", "diverged", "diverged", "converged"]
    for i, last in ((1, run.outcome[1].step), (2, 0)):
        assert np.isfinite(run.theta[: last + 1, :, i]).all()
        assert np.isfinite(run.loss[: last + 1, i]).all()
        assert np.isnan(run.theta[last + 1 :, :, i]).all()
        assert np.isnan(run.loss[last + 1 :, i]).all()
        assert np.isnan(run.eta[last:, i]).all()
    assert_same(run, [simulate(Quadratic(), GD(), eta, steps=300) for eta in etas])


@pytest.mark.parametrize(("eta", "finite"), [(0.9, True), (1e200, False)])
def test_a_frozen_particle_keeps_its_last_finite_state(eta: float, finite: bool) -> None:
    """Far away but finite is still its own point; what is not finite is not shown."""
    etas = np.array([eta, 0.01])
    items = list(iterate(Quadratic(), Momentum(), Constant(etas), np.full((2, 2), 1.5), 200))
    dead = next(it.t for it in items if not it.alive[0])
    assert items[dead].present[0] == finite
    frozen = items[dead]
    assert np.isfinite([*frozen.theta[:, 0], frozen.loss[0], *frozen.grad[:, 0], *frozen.state["m"][:, 0]]).all()
    for later in items[dead + 1 :]:
        assert not later.present[0]
        assert later.theta[:, 0].tolist() == frozen.theta[:, 0].tolist()
        assert later.state["m"][:, 0].tolist() == frozen.state["m"][:, 0].tolist()
        assert later.evaluations[0] == frozen.evaluations[0] == dead
    assert items[-1].t == 200
    assert items[-1].alive.tolist() == [False, True]


def test_the_loop_ends_when_none_is_left() -> None:
    items = list(iterate(Quadratic(), GD(), Constant(9.0), np.full((2, 3), 1.5), 10_000))
    assert len(items) < 20
    run = simulate(Quadratic(), GD(), 9.0, start=np.full((2, 3), 1.5), steps=10_000)
    assert run.theta.shape == (10_001, 2, 3)
    assert run.eta.tolist() == [9.0] * 10_000


# ---- noise


def drawn(run: Trajectory) -> Array:
    """The noise in each gradient, read off the path of gradient descent."""
    return (run.theta[:-1] - run.theta[1:]) / run.eta[0] - run.grad[:-1]


def test_a_seed_is_a_run() -> None:
    def run(seed: Any) -> Array:
        return simulate(Rosenbrock(), Adam(), 0.01, steps=300, noise=Additive(1.0), seed=seed).theta

    np.testing.assert_array_equal(run(7), run(7))
    assert not np.array_equal(run(7), run(8))
    together = run(np.array([5, 7, 9]))
    for i, seed in enumerate((5, 7, 9)):  # a particle's samples depend on its own seed alone
        np.testing.assert_array_equal(together[..., i], run(seed))


def test_one_seed_is_one_sample_for_the_whole_batch() -> None:
    run = simulate(Saddle(), GD(), 0.1, start=STARTS, steps=20, noise=Additive(0.5))
    noise = drawn(run)
    np.testing.assert_allclose(noise, np.broadcast_to(noise[..., :1], noise.shape), atol=1e-12)


def test_the_samples_are_normal_independent_and_of_the_declared_size() -> None:
    run = simulate(Quadratic(1.0), GD(), 0.1, steps=20_000, noise=Anisotropic(sigma_x=0.5, sigma_y=2.0), seed=1)
    noise = drawn(run) / [0.5, 2.0]
    assert np.abs(noise.mean(axis=0)).max() < 4 / np.sqrt(20_000)
    np.testing.assert_allclose(noise.std(axis=0), 1, atol=0.02)
    np.testing.assert_allclose(np.mean(noise**4, axis=0), 3, atol=0.25)
    assert np.abs(np.corrcoef(noise[:-1].T, noise[1:].T)[np.triu_indices(4, 1)]).max() < 4 / np.sqrt(20_000)


@dataclass(frozen=True)
class Curious(Optimizer):
    """Newton's method; it asks for all that an oracle answers, and remembers how the answers differ."""

    def init(self, theta: Array) -> State:
        return {"gap": np.zeros_like(theta), "lift": np.zeros_like(theta[0])}

    def step(self, t: int, eta: Any, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        ahead = oracle.grad(theta + 0.5)
        slopes = [
            (oracle.loss(theta + way[:, None]) - oracle.loss(theta - way[:, None])) / 2e-4 for way in 1e-4 * np.eye(2)
        ]
        newton = np.linalg.solve(np.moveaxis(oracle.hess(theta), -1, 0), g.T[..., None])[..., 0].T
        return theta - eta * newton, {"gap": g - np.stack(slopes), "lift": (ahead - g)[0]}


@pytest.mark.parametrize("noise", [None, Additive(3.0), Anisotropic(1.0, 5.0)], ids=str)
def test_a_new_optimizer_asks_what_it_likes_and_each_question_counts(noise: Any) -> None:
    """Within a step all answers come from one noisy function: its slopes are the gradient that it gives."""
    run = simulate(Quadratic(10.0, 0.0), Curious(), 0.5, start=STARTS, steps=30, noise=noise)
    assert run.evaluations.tolist() == [30 * (2 + 4 + 2)] * 5  # gradients, losses, and a Hessian in two dimensions
    assert np.abs(run.state["gap"]).max() < 1e-6
    np.testing.assert_allclose(run.state["lift"][1:], 0.5)  # the noise cancels: it is the same at both points
    if noise is None:
        np.testing.assert_allclose(run.theta[30], 0, atol=1e-8)
        single = simulate(Quadratic(10.0, 0.0), Curious(), 0.5, start=STARTS[:, 0], steps=30)
        assert_same(run, [single], rtol=1e-12)


def test_loss_and_gradient_are_the_true_ones_under_noise() -> None:
    run = simulate(Rastrigin(), GD(), 0.001, steps=50, noise=Additive(2.0))
    np.testing.assert_array_equal(run.loss, Rastrigin().loss(run.theta.T))
    np.testing.assert_array_equal(run.grad.T, Rastrigin().grad(run.theta.T))


# ---- what is refused


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"steps": 0}, r"steps = 0 is not a whole number of at least 1"),
        ({"steps": -3}, r"steps = -3 is not a whole number of at least 1"),
        ({"steps": 2.5}, r"steps = 2\.5 is not a whole number of at least 1"),
        ({"start": (np.nan, 1.0)}, r"the start \[nan, 1\.0\] is not finite"),
        ({"start": (1.0, np.inf)}, r"the start \[1\.0, inf\] is not finite"),
        ({"start": (1.0,)}, r"the start has shape \(1,\); it takes \(2,\)"),
        ({"start": (1.0, 2.0, 3.0)}, r"the start has shape \(3,\); it takes \(2,\)"),
        ({"start": np.zeros((2, 2, 2))}, r"the start has shape \(2, 2, 2\)"),
        ({"schedule": 0.0}, r"Constant\.eta \(η\) = 0 is outside \(0, ∞\)"),
        ({"schedule": [0.1, 0.2], "start": STARTS}, r"differ in their batch: \[\(2,\), \(5,\)\]"),
        ({"seed": np.arange(3), "start": STARTS}, r"differ in their batch: \[\(3,\), \(5,\)\]"),
        ({"noise": Additive([0.1, 0.2]), "schedule": [0.1, 0.2, 0.3]}, r"differ in their batch: \[\(2,\), \(3,\)\]"),
        ({"noise": Minibatch(4)}, r"Minibatches are drawn from data: Quadratic has none, Least squares has"),
        ({"seed": np.zeros((2, 2), dtype=int)}, r"differ in their batch: \[\(2, 2\)\]"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    arguments = {"surface": Quadratic(), "optimizer": GD(), "schedule": 0.1, "steps": 5} | changes
    with pytest.raises(ValueError, match=sentence):
        simulate(**arguments)


# ---- whatever is legal runs


@settings(max_examples=150)
@given(arguments=runs())
def test_whatever_is_legal_runs_and_ends_with_an_outcome(arguments: dict[str, Any]) -> None:
    """No exception and, since warnings are errors here, no warning."""
    run = simulate(**arguments)
    kind, step, sentence = run.outcome.kind, run.outcome.step, run.outcome.sentence
    assert kind in KINDS
    assert 0 <= step <= arguments["steps"]
    assert sentence.endswith(".")
    assert not any(word in sentence for word in ("nan", "inf", "undefined", "None"))
    assert run.surface.bounded_below <= (kind != "escaped")
    if kind == "converged":
        distance = np.hypot(*(run.theta.T - run.surface.nearest_minimum(run.theta.T)))
        diagonal = np.hypot(*np.diff(run.surface.box)[:, 0])
        near = max(1e-9 * diagonal, min(1e-3 * diagonal, 0.1 * distance[0]))
        assert distance[step:].max() <= near * (1 + 1e-9)


def test_one_that_moves_along_a_curve_of_minima_is_said_to_be_at_a_minimum_not_at_that_one() -> None:
    run = simulate(Factorization(), AdaGrad(), 0.0785, steps=6)
    assert run.outcome.kind == "converged"
    strayed = np.hypot(*(run.theta[run.outcome.step :] - run.surface.nearest_minimum(run.theta[-1])).T).max()
    assert strayed > 1e-3 * np.hypot(6, 6)
    assert re.search(r"of a minimum from there on, of \(.*\) at the end", run.outcome.sentence)


def test_every_surface_runs_from_its_own_start() -> None:
    assert {simulate(cls(), GD(), 1e-4, steps=3).theta.shape for cls in SURFACES.values()} == {(4, 2)}
