"""Maps: each cell is the single run of its numbers."""

import tracemalloc

import numpy as np
import pytest

from lrviz import (
    GD,
    OPTIMIZERS,
    SCHEDULES,
    SURFACES,
    Adam,
    Additive,
    Constant,
    Cosine,
    Himmelblau,
    Momentum,
    Nesterov,
    Quadratic,
    RMSProp,
    Saddle,
    Warmup,
    simulate,
    theory,
)
from lrviz.grid import sweep
from lrviz.grid.setting import Setting
from lrviz.grid.tile import by_arrays, run, tiles
from lrviz.noise import Minibatch
from lrviz.surfaces import LeastSquares
from tests.pairs import pairs

ETAS = np.geomspace(0.01, 1.0, 12)
BETAS = np.linspace(0.0, 0.95, 9)


def setting(surface, optimizer, schedule, noise=None, seed=0):
    return Setting(surface, optimizer, schedule, noise, surface.start, seed)


def same(one, other):
    assert np.array_equal(one.outcome, other.outcome)
    for name in ("loss", "steps", "growth"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    assert one.missing_sentence == other.missing_sentence


@pytest.fixture(scope="module")
def plain():
    return momentum_map()


def momentum_map(**options):
    return sweep(Quadratic(), Momentum(), 0.1, over={"eta": ETAS, "beta": BETAS}, steps=60, **options)


# ---- what a cell is


def test_a_cell_is_the_run_of_its_numbers(plain):
    assert plain.outcome.shape == plain.loss.shape == (12, 9)
    assert not plain.missing.any()
    assert plain.missing_sentence == ""
    for i, eta in enumerate(ETAS):
        for j, beta in enumerate(BETAS):
            one = simulate(Quadratic(), Momentum(beta=beta), eta, steps=60)
            assert plain.outcome[i, j] == one.outcome.kind
            assert plain.loss[i, j] == one.loss[np.isfinite(one.loss)][-1]
            slopes = np.linalg.norm(one.grad[np.isfinite(one.loss)], axis=1)
            grown = (slopes[1:] / slopes[:-1])[slopes[1:] > slopes[0]]
            np.testing.assert_allclose(plain.growth[i, j], grown.max() if len(grown) else np.nan, rtol=1e-12)
            if one.outcome.kind == "converged":
                assert plain.steps[i, j] == one.outcome.step
            else:
                assert np.isnan(plain.steps[i, j])
    assert {"converged", "diverged"} <= set(plain.outcome.ravel())


def test_growth_past_the_limit_is_what_theory_says():
    etas = np.array([0.21, 0.25, 0.3])
    grown = sweep(Quadratic(angle=0.0), GD(), 0.1, over={"eta": etas}, start=(0.0, 1.0), steps=40).growth
    np.testing.assert_allclose(grown, 10 * etas - 1, rtol=1e-12)


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs(3))
def test_rows_are_equal_to_arrays_to_the_last_bit(surface, optimizer, schedule):
    """The fast way leaves out, shares and drops, but computes nothing else."""
    etas = np.geomspace(1e-4, 30, 23)
    one = setting(SURFACES[surface](), OPTIMIZERS[optimizer](), SCHEDULES[schedule]())
    left, right = SURFACES[surface]().box[0]
    over = {"schedule.eta": etas, "start.x": np.linspace(left, right, 11)}
    for tile, _ in tiles(one, over, 37, 300):
        fast, runs = run(tile), tile.runs()
        start = np.stack([runs.start[0], np.full(len(etas) * 11, one.start[1])])
        slow = by_arrays(runs, start, 37)
        for name in ("kind", "loss", "steps", "growth"):
            assert np.array_equal(getattr(fast, name), getattr(slow, name), equal_nan=True), name


@pytest.mark.parametrize("seed", [3, np.arange(40)], ids=["shared", "own"])
@pytest.mark.parametrize(
    ("surface", "noise"), [(Himmelblau(), Additive(sigma=3.0)), (LeastSquares(), Minibatch(batch=4))]
)
def test_rows_see_the_same_noise_as_arrays(surface, noise, seed):
    one = setting(surface, Adam(), Constant(), noise)
    over = {"schedule.eta": np.geomspace(1e-3, 100, 40)}
    if np.ndim(seed):
        over = {"seed": seed.astype(float)}
        one = setting(surface, Adam(), Constant(0.3), noise)
    ((tile, _),) = tiles(one, over, 50, 40)
    runs = tile.runs()
    fast, slow = run(tile), by_arrays(runs, np.repeat(np.array(surface.start)[:, None], 40, axis=1), 50)
    for name in ("kind", "loss", "steps", "growth"):
        assert np.array_equal(getattr(fast, name), getattr(slow, name), equal_nan=True), name
    assert len(set(fast.loss.tolist())) > 30


def test_a_method_that_cannot_be_recorded_is_swept_all_the_same():
    class Counting(GD):
        def step(self, t, eta, theta, oracle, state):
            if np.max(np.abs(theta)) > 1e9:
                raise AssertionError("not reached")
            return super().step(t, eta, theta, oracle, state)

    over = {"eta": ETAS}
    same(sweep(Quadratic(), Counting(), 0.1, over=over, steps=30), sweep(Quadratic(), GD(), 0.1, over=over, steps=30))


# ---- which numbers


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("eta", "schedule.eta"),
        ("beta", "optimizer.beta"),
        ("kappa", "surface.kappa"),
        ("x", "start.x"),
        ("start_factor", "warmup.start_factor"),
        ("sigma", "noise.sigma"),
        ("warmup.steps", "warmup.steps"),
        ("period", "schedule.period"),
    ],
)
def test_a_number_is_named_by_its_path_or_by_its_own_name(key, path):
    one = setting(Quadratic(), Momentum(), Warmup(Cosine()), Additive())
    assert one.path(key) == path == one.path(path)
    values = one.values(path, [2.0] if path.endswith(("steps", "period")) else [0.5])
    changed = one.with_(path, values)
    assert changed != one
    assert changed.numbers().keys() == one.numbers().keys()


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"gamma": [1]}, "has no number 'gamma'; it has: surface.kappa"),
        ({"eps": [1]}, "optimizer.eps or schedule.eps"),
        ({"beta1": [0.5, 1.0]}, r"Adam.beta1 \(β₁\) = 1 is outside"),
        ({"eta": []}, "a row of at least one"),
        ({"eta": [[0.1]]}, "a row of at least one"),
        ({"eta": [0.1], "schedule.eta": [0.2]}, "names a number twice"),
        ({}, "names no number"),
        ({"x": [np.inf]}, "outside"),
        ({"patience": [1.5]}, "not a whole number"),
    ],
)
def test_what_is_not_legal_is_refused_with_a_sentence(over, said):
    with pytest.raises(ValueError, match=said):
        sweep(Quadratic(), Adam(), SCHEDULES["plateau"](), over=over, steps=10)


@pytest.mark.parametrize(
    "wrong",
    [{"steps": 0}, {"steps": 2.5}, {"start": (1.0,)}, {"start": (np.nan, 1.0)}, {"seed": -1}, {"noise": Minibatch()}],
)
def test_other_arguments_are_refused_as_by_simulate(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        sweep(Quadratic(), GD(), 0.1, over={"eta": ETAS}, **{"steps": 10} | wrong)


def test_a_row_of_numbers_beside_the_grid_is_refused():
    with pytest.raises(ValueError, match=r"optimizer\.beta is a row"):
        sweep(Quadratic(), Momentum(beta=BETAS), 0.1, over={"eta": ETAS}, steps=10)


def test_whole_numbers_and_those_that_formulas_branch_on_may_vary():
    found = sweep(
        LeastSquares(),
        RMSProp(),
        Warmup(Constant(0.1)),
        over={"warmup.steps": [1, 10, 30], "centered": [False, True]},
        noise=Minibatch(),
        steps=40,
    )
    batches = sweep(
        LeastSquares(), GD(), 0.05, over={"batch": [1, 8, 64], "eta": [0.01, 0.1]}, noise=Minibatch(), steps=40
    )
    for i, steps in enumerate((1, 10, 30)):
        for j, centered in enumerate((False, True)):
            schedule = Warmup(Constant(0.1), steps=steps)
            one = simulate(LeastSquares(), RMSProp(centered=centered), schedule, noise=Minibatch(), steps=40)
            assert found.outcome[i, j] == one.outcome.kind
            np.testing.assert_allclose(found.loss[i, j], one.loss[-1], rtol=1e-12)
    for i, batch in enumerate((1, 8, 64)):
        one = simulate(LeastSquares(), GD(), 0.1, noise=Minibatch(batch=batch), steps=40)
        np.testing.assert_allclose(batches.loss[i, 1], one.loss[-1], rtol=1e-12)


def test_the_map_over_the_start_has_the_basins_of_attraction():
    x, y = np.linspace(-5, 5, 21), np.linspace(-5, 5, 17)
    found = sweep(Himmelblau(), GD(), 0.01, over={"x": x, "y": y}, steps=300)
    one = simulate(Himmelblau(), GD(), 0.01, start=(x[3], y[11]), steps=300)
    assert found.outcome[3, 11] == one.outcome.kind
    assert np.mean(found.outcome == "converged") > 0.9


def test_the_frame_has_a_row_for_each_cell(plain):
    frame = plain.to_frame()
    assert list(frame) == ["eta", "beta", "outcome", "loss", "steps", "growth"]
    assert len(frame) == 12 * 9
    row = frame.iloc[9 * 5 + 4]
    assert (row.eta, row.beta, row.outcome, row.loss) == (ETAS[5], BETAS[4], plain.outcome[5, 4], plain.loss[5, 4])


# ---- against theory


@pytest.mark.parametrize("method", [Momentum, Nesterov])
def test_the_map_of_momentum_agrees_with_theory(method):
    """On every cell but those within one of the boundary."""
    surface, etas, betas = Quadratic(), np.geomspace(0.02, 2.0, 48), np.linspace(0.0, 0.95, 32)
    found = sweep(surface, method(), 0.1, over={"eta": etas, "beta": betas}, steps=2000)
    stable = etas[:, None] < theory.stability_limit(method(beta=betas), surface.kappa)[None, :]
    near = np.zeros_like(stable)
    for shift_eta in (-1, 0, 1):
        for shift_beta in (-1, 0, 1):
            padded = np.pad(stable, 1, mode="edge")
            near |= padded[1 + shift_eta : 49 + shift_eta, 1 + shift_beta : 33 + shift_beta] != stable
    assert 0.04 < near.mean() < 0.2
    assert np.array_equal(found.outcome[~near] == "converged", stable[~near])
    assert np.array_equal(found.outcome[~near] == "diverged", ~stable[~near])


# ---- how much memory


def peak(cells_a_side):
    """Bytes in use at the height of a sweep, beside what it returns."""
    over = {"eta": np.geomspace(1e-3, 0.1, cells_a_side), "beta": np.linspace(0, 0.9, cells_a_side)}
    sweep(Saddle(), Momentum(), 0.1, over={key: values[:3] for key, values in over.items()}, steps=4)
    tracemalloc.start()
    found = sweep(Saddle(), Momentum(), 0.1, over=over, steps=4)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most - sum(array.nbytes for array in (found.outcome, found.loss, found.steps, found.growth))


def test_memory_beside_the_map_itself_is_that_of_a_tile(monkeypatch):
    monkeypatch.setattr("lrviz.grid.maps.CELLS", 512)
    small, large = peak(24), peak(96)
    assert large < 1.5 * small
    monkeypatch.setattr("lrviz.grid.maps.CELLS", 128)
    assert peak(96) < 0.6 * large
