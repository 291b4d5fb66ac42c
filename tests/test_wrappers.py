"""Wrappers do what their papers say, round any optimizer, in whatever order they are given."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from lrviz import (
    GD,
    OPTIMIZERS,
    SURFACES,
    Adam,
    Additive,
    Constant,
    Cosine,
    Momentum,
    Optimizer,
    Quadratic,
    Rosenbrock,
    simulate,
)
from lrviz.declare import Array
from lrviz.iterate import iterate
from lrviz.optimizers import (
    WRAPPERS,
    Averaged,
    Clipped,
    Lookahead,
    Newton,
    PerAxis,
    State,
    Wrapper,
    layers,
    numbers,
    unwrapped,
    with_layer,
    with_number,
    wrapped,
)
from lrviz.optimizers.optimizer import Oracle

SOME: list[Optimizer] = [GD(), Momentum(), Adam()]
some = pytest.mark.parametrize("inner", SOME, ids=str)


def rate(optimizer: Optimizer) -> float:
    return 0.02 if optimizer.slug == "adam" else 3e-4


def path(optimizer: Optimizer, schedule: Any = None, steps: int = 60, **options: Any) -> Any:
    at = schedule or Constant(rate(unwrapped(optimizer)[0]))
    return simulate(Rosenbrock(), optimizer, at, start=(-1.2, 1.0), steps=steps, **options)


# ---- clipping


def test_no_gradient_is_longer_than_the_bound_and_none_turns() -> None:
    raw = np.random.default_rng(0).standard_normal((2, 300)) * np.geomspace(1e-8, 1e8, 300)
    for norm in (1e-3, 1.0, 50.0):
        clipped = Clipped(norm=norm).shortened(raw)
        before, after = np.hypot(*raw), np.hypot(*clipped)
        assert (after <= norm).all()
        np.testing.assert_allclose(clipped / after, raw / before, rtol=1e-12)
        np.testing.assert_array_equal(clipped[:, before < norm - 1e-6], raw[:, before < norm - 1e-6])
        np.testing.assert_allclose(after[before > norm], (norm * before / (before + 1e-6))[before > norm], rtol=1e-14)


def test_the_numbers_are_torchs() -> None:
    """torch 2.13.0: p.grad = [3, 4]; clip_grad_norm_([p], c, foreach=False), in float64."""
    raw = np.array([[3.0], [4.0]])
    for norm, expected in (
        (1.0, [0.5999998800000239, 0.7999998400000319]),
        (2.5, [1.4999997000000597, 1.9999996000000797]),
        (5.0, [2.9999994000001195, 3.9999992000001597]),
        (7.0, [3.0, 4.0]),
    ):
        np.testing.assert_allclose(Clipped(norm=norm).shortened(raw)[:, 0], expected, rtol=1e-14)


@some
def test_the_optimizer_inside_sees_clipped_gradients(inner: Optimizer) -> None:
    check_clipped(Clipped(inner, norm=0.7), inner)


def check_clipped(method: Clipped, inner: Optimizer) -> None:
    run = path(method)
    theta, state = run.theta[0][:, None], inner.init(run.theta[0][:, None])
    for t in range(60):

        class Shortened:
            def grad(self, at: Array, asked: Any = True) -> Array:
                g = Rosenbrock().grad(at)
                return g * min(1.0, 0.7 / (float(np.hypot(*g[:, 0])) + 1e-6))

        oracle: Any = Shortened()
        theta, state = inner.step(t + 1, rate(inner), theta, oracle, state)
        np.testing.assert_allclose(run.theta[t + 1], theta[:, 0], rtol=1e-10)


def test_clipped_descent_moves_no_farther_than_eta_times_the_bound() -> None:
    run = simulate(SURFACES["plateau"](), Clipped(norm=0.5), 0.3, start=(0.2, 1.0), steps=200)
    assert np.hypot(*np.diff(run.theta, axis=0).T).max() <= 0.15


def test_where_the_slope_overflows_its_direction_is_kept() -> None:
    g = Clipped().shortened(np.array([[3e300], [4e300]]))
    np.testing.assert_allclose(g[:, 0], [0.6, 0.8], rtol=1e-12)


# ---- lookahead


def by_algorithm_1(inner: Optimizer, k: int, alpha: float, schedule: Any, steps: int) -> list[Array]:
    """Zhang et al. (2019), algorithm 1, as its two loops: the fast θ after each step."""
    fast = np.array([[-1.2], [1.0]])
    slow, state, t, places = fast, inner.init(fast), 0, [fast[:, 0]]
    while True:
        for i in range(k):
            t += 1
            fast, state = inner.step(t, schedule(t - 1), fast, Rosenbrock(), state)
            if i == k - 1:
                slow = slow + alpha * (fast - slow)
                fast = slow
            places.append(fast[:, 0])
            if t == steps:
                return places


@some
@pytest.mark.parametrize(("k", "alpha"), [(5, 0.5), (1, 0.3), (7, 0.8), (100, 0.5)])
def test_lookahead_is_algorithm_1(inner: Optimizer, k: int, alpha: float) -> None:
    check_lookahead(Lookahead(inner, every=k, share=alpha), inner)


def check_lookahead(method: Lookahead, inner: Optimizer) -> None:
    schedule = Cosine(eta=rate(inner), period=60)
    places = by_algorithm_1(inner, int(method.every), float(method.share), schedule, 60)
    np.testing.assert_allclose(path(method, schedule).theta, places, rtol=1e-10)


@some
def test_with_the_whole_share_it_is_the_optimizer_and_with_none_it_comes_back(inner: Optimizer) -> None:
    np.testing.assert_allclose(path(Lookahead(inner, share=1.0)).theta, path(inner).theta, rtol=1e-12)
    back = path(Lookahead(inner, share=0.0, every=4)).theta[::4]
    np.testing.assert_array_equal(back, np.broadcast_to(back[0], back.shape))


def test_lookahead_halves_the_noise() -> None:
    """Proposition 2: with α < 1 the slow θ of plain descent has a smaller stationary variance at the same rate."""
    seeds = np.arange(200)
    ends = [
        simulate(Quadratic(kappa=1.0), method, 0.5, steps=100, noise=Additive(1.0), seed=seeds).theta[-1]
        for method in (GD(), Lookahead(GD(), every=5, share=0.5))
    ]
    plain, ahead = (float(np.var(end)) for end in ends)
    decay = 0.5**10  # (1 − ηλ)^2k
    expected = 0.25 * (1 - decay) / (0.25 * (1 - decay) + 2 * 0.5 * 0.5 * (1 - 0.5**5))
    assert ahead / plain == pytest.approx(expected, rel=0.2)


# ---- averaging


@some
@pytest.mark.parametrize("fade", [1.0, 0.9, 0.5, 0.0])
def test_the_average_is_torchs(inner: Optimizer, fade: float) -> None:
    """AveragedModel: the first update copies; then avg + (w − avg)/(n + 1), or β avg + (1 − β) w."""
    check_averaged(Averaged(inner, fade=fade), inner)


def check_averaged(method: Averaged, inner: Optimizer) -> None:
    run, w = path(method), path(inner).theta[1:]
    np.testing.assert_allclose(run.state["w"][1:], w, rtol=1e-12)  # the optimizer inside knows nothing of it
    averaged = w[0]
    for n, place in enumerate(w):
        if n:
            kept = n / (n + 1) if method.fade == 1 else float(method.fade)
            averaged = kept * averaged + (1 - kept) * place
        np.testing.assert_allclose(run.theta[n + 1], averaged, rtol=1e-10)
    assert run.evaluations == 60


def test_the_average_of_all_is_their_mean() -> None:
    run = path(Averaged(Momentum()))
    means = np.cumsum(path(Momentum()).theta[1:], axis=0) / np.arange(1, 61)[:, None]
    np.testing.assert_allclose(run.theta[1:], means, rtol=1e-11)


def test_averaging_takes_the_noise_out_at_the_best_possible_rate() -> None:
    """Polyak and Juditsky's theorem: √t (θ̄ − θ*) → N(0, H⁻¹ S H⁻¹), whatever the rate and the condition."""
    kappa, steps = 10.0, 1000
    run = simulate(
        Quadratic(kappa=kappa, angle=0.0),
        Averaged(GD()),
        0.15,
        start=(0.0, 0.0),
        steps=steps,
        noise=Additive(1.0),
        seed=np.arange(200),
    )
    spread = np.sqrt(steps) * np.std(run.theta[-1], axis=-1)
    np.testing.assert_allclose(spread, [1.0, 1 / kappa], rtol=0.2)


# ---- all of them


def test_they_compose_in_one_order() -> None:
    parts = [PerAxis(x=0.5), Clipped(norm=2.0), Lookahead(every=3), Averaged(fade=0.7)]
    made = {wrapped(Adam(), order) for order in permutations(parts)}
    assert len(made) == 1
    (whole,) = made
    assert list(layers(whole)) == ["optimizer", "rates", "clip", "lookahead", "averaged"]
    assert isinstance(whole, Averaged)
    assert unwrapped(whole)[0] == Adam()
    assert whole.title == "Adam, rates per axis, clipped, looking ahead, averaged"


def test_each_does_its_own_part_in_the_whole() -> None:
    """Averaged(Lookahead(Clipped(PerAxis(GD)))): written out, in plain floats."""
    whole = wrapped(GD(), [Averaged(fade=0.9), Lookahead(every=3, share=0.4), Clipped(norm=2.0), PerAxis(x=0.5, y=2.0)])
    run = path(whole)
    w = slow = np.array([-1.2, 1.0])
    averaged = w
    for t in range(1, 61):
        g = Rosenbrock().grad(w)
        g = g * min(1.0, 2.0 / (float(np.hypot(*g)) + 1e-6))
        w = w - 3e-4 * np.array([0.5, 2.0]) * g
        if t % 3 == 0:
            slow = slow + 0.4 * (w - slow)
            w = slow
        averaged = w if t == 1 else 0.9 * averaged + 0.1 * w
        np.testing.assert_allclose(run.theta[t], averaged, rtol=1e-11)


@pytest.mark.parametrize("slug", OPTIMIZERS)
@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=WRAPPERS)
def test_any_optimizer_fits_in_and_keeps_its_memory(wrapper: type[Wrapper], slug: str) -> None:
    """No wrapper's own memory hides one of the inner's, and no memory changes its shape."""
    inner = OPTIMIZERS[slug]()
    method = wrapper(inner)
    theta = np.array([[-1.2, 0.3, 0.5], [1.0, -0.4, 1.0]])
    before = method.init(theta)
    own = set(before) - set(inner.init(theta))
    assert len(before) == len(inner.init(theta)) + len(own)
    assert own == {"clip": set(), "rates": set(), "lookahead": {"phi"}, "averaged": {"w"}}[wrapper.slug]
    columns = {f"{name}_x" if memory.ndim > 1 else name for name, memory in before.items()}
    assert not {"x", "y", "loss", "eta", "grad_x", "grad_y"} & columns  # those of a run beside its memory
    *_, last = iterate(Quadratic(), method, Constant(0.1 * method.typical_eta), theta, 4)
    *_, plain = iterate(Quadratic(), inner, Constant(0.1 * method.typical_eta), theta, 4)
    assert {name: values.shape for name, values in last.state.items()} == {
        name: values.shape for name, values in before.items()
    }
    assert np.isfinite(last.theta).all()
    assert (last.evaluations == plain.evaluations).all() or slug in ("armijo", "bfgs")


def test_a_wrapper_passes_on_what_is_the_inners() -> None:
    method = Clipped(Newton())
    assert method.needs == {"hess"}
    assert not method.scales
    assert method.eta_means == Newton().eta_means
    assert method.typical_eta == Newton().typical_eta
    one = simulate(Quadratic(), Clipped(Newton(), norm=1e9), 1.0, steps=2)
    assert np.abs(one.theta[1]).max() < 1e-12


def test_numbers_of_all_layers_are_reached_by_name() -> None:
    method = wrapped(Momentum(), [Clipped(norm=2.0), Averaged()])
    assert list(numbers(method)) == ["beta", "dampening", "weight_decay", "norm", "fade"]
    assert with_number(method, "norm", 3.0) == wrapped(Momentum(), [Clipped(norm=3.0), Averaged()])
    assert with_number(method, "beta", 0.5) == wrapped(Momentum(0.5), [Clipped(norm=2.0), Averaged()])
    assert with_layer(method, GD()) == wrapped(GD(), [Clipped(norm=2.0), Averaged()])
    assert with_layer(method, Clipped(norm=4.0)) == wrapped(Momentum(), [Clipped(norm=4.0), Averaged()])
    assert with_layer(GD(), PerAxis(y=3.0)) == PerAxis(GD(), y=3.0)


# ---- what is broken on purpose must be found


class ClippedWithoutEps(Clipped):
    def shortened(self, raw: Array) -> Array:
        clipped: Array = raw * np.minimum(1.0, self.norm / np.hypot(*raw))
        return clipped


class ClippedByCoordinate(Clipped):
    def shortened(self, raw: Array) -> Array:
        clipped: Array = np.clip(raw, -self.norm, self.norm)
        return clipped


class LookaheadOneLate(Lookahead):
    def step(self, t: int, eta: Any, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t + 1, eta, theta, oracle, state)


class LookaheadKeepsTheFast(Lookahead):
    def step(self, t: int, eta: Any, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, after = super().step(t, eta, theta, oracle, state)
        return self.optimizer.step(t, eta, theta, oracle, state)[0], after


class AveragedWithTheStart(Averaged):
    def step(self, t: int, eta: Any, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t + 1, eta, theta, oracle, state)


class AveragedFeedsBack(Averaged):
    def step(self, t: int, eta: Any, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t, eta, theta, oracle, state | {"w": theta})


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (check_clipped, ClippedByCoordinate(GD(), norm=0.7)),
        (check_lookahead, LookaheadOneLate(GD())),
        (check_lookahead, LookaheadKeepsTheFast(GD())),
        (check_averaged, AveragedWithTheStart(GD())),
        (check_averaged, AveragedFeedsBack(GD())),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Wrapper) else "",
)
def test_a_broken_wrapper_is_found(check: Any, wrong: Wrapper) -> None:
    with pytest.raises(AssertionError):
        check(wrong, GD())


def test_a_clip_without_its_eps_is_found() -> None:
    found = ClippedWithoutEps(norm=1.0).shortened(np.array([[3.0], [4.0]]))
    assert not np.allclose(found[:, 0], [0.5999998800000239, 0.7999998400000319], rtol=1e-10)
