"""Each surface is what it says: its derivatives are those of its loss, and its list of critical points is true."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import (
    SURFACES,
    Ackley,
    DoubleWell,
    Factorization,
    Quadratic,
    Rastrigin,
    Ravine,
    Surface,
)
from lrviz.declare import Array
from lrviz.lengths import length
from lrviz.surfaces import Absolute, Booth, Online, StyblinskiTang, ThreeHumpCamel
from tests.strategies import any_of

CASES = [cls() for cls in SURFACES.values()] + [
    Quadratic(kappa=1.0, angle=0.0),
    Quadratic(kappa=1000.0, angle=-75.0),
    Quadratic(kappa=0.01, angle=200.0),
    Absolute(kappa=0.2),
    Online(steep=101.0, period=101),
    Online(steep=5.0, period=20),
    Ravine(kappa=0.5),
    Ravine(kappa=500.0),
    DoubleWell(sharpness=1.0),
    DoubleWell(sharpness=0.04),
    DoubleWell(sharpness=900.0),
]
every_surface = pytest.mark.parametrize("surface", CASES, ids=str)


def in_the_box(surface: Surface, count: int) -> Array:
    low, high = np.array(surface.box).T[:, :, None]
    return np.random.default_rng(0).uniform(low, high, (2, count))


def differences(f: Any, theta: Array, h: float = 1e-5) -> Array:
    """∂f/∂θ by central differences, one more axis in front."""
    ways = np.eye(2).reshape(2, 2, *[1] * (theta.ndim - 1)) * h
    return np.stack([(f(theta + way) - f(theta - way)) / (2 * h) for way in ways])


def eigenvalues(surface: Surface, theta: Array) -> Array:
    """(n, 2), ascending, at θ of shape (2, n)."""
    return np.linalg.eigvalsh(np.moveaxis(surface.hess(theta), -1, 0))


def nearest(points: Any, theta: Array) -> Array:
    """The nearest of some points to each of θ, (2, n)."""
    table = np.array(points, dtype=float).T[:, :, None]
    return table[:, np.argmin(np.sum((table - theta[:, None]) ** 2, axis=0), axis=0), 0]


def distance(a: Array, b: Array) -> Array:
    return np.hypot(*(a - b))


# ---- formulas


@every_surface
def test_gradient_and_hessian_are_those_of_the_loss(surface: Surface) -> None:
    theta = in_the_box(surface, 300)
    if not surface.smooth:
        theta = theta[:, np.hypot(*theta) > 0.1]
    grad, hess = surface.grad(theta), surface.hess(theta)
    scale = 1 + np.abs(surface.loss(theta)).max()
    np.testing.assert_allclose(differences(surface.loss, theta), grad, rtol=1e-6, atol=1e-9 * scale)
    np.testing.assert_allclose(differences(surface.grad, theta), hess, rtol=1e-6, atol=1e-8 * np.abs(hess).max())


class _Shifted(StyblinskiTang):
    def grad(self, theta: Array) -> Array:
        return 2 * (theta * theta * theta) - 16 * theta


class _Bent(ThreeHumpCamel):
    def hess(self, theta: Array) -> Array:
        return super().hess(theta) * 1.0001


class _Uneven(Booth):
    def loss(self, theta: Array) -> Array:
        x, y = theta
        a, b = x + 2 * y - 7, 2 * x + y - 5.001
        return a * a + b * b


class _Sloped(Absolute):
    def grad(self, theta: Array) -> Array:
        return np.sign(theta)


@pytest.mark.parametrize("broken", [_Shifted(), _Bent(), _Uneven(), _Sloped()], ids=str)
def test_a_broken_formula_is_noticed(broken: Surface) -> None:
    with pytest.raises(AssertionError):
        test_gradient_and_hessian_are_those_of_the_loss(broken)


@every_surface
def test_shapes(surface: Surface) -> None:
    many = in_the_box(surface, 12)
    for shape in [(), (12,), (3, 4)]:
        theta = many[:, 0] if shape == () else many.reshape(2, *shape)
        assert np.shape(surface.loss(theta)) == shape
        assert surface.grad(theta).shape == (2, *shape)
        assert surface.hess(theta).shape == (2, 2, *shape)
        assert surface.nearest_minimum(theta).shape == (2, *shape)
        np.testing.assert_array_equal(np.ravel(surface.loss(theta)), surface.loss(many)[: np.size(theta) // 2])


@pytest.mark.parametrize("surface", [Quadratic(), Ravine(), DoubleWell()], ids=str)
def test_a_row_of_hyperparameters_is_as_many_surfaces(surface: Surface) -> None:
    name = surface.hypers()[0].name
    row, theta = np.array([0.5, 3.0, 40.0]), in_the_box(surface, 3)
    batch = surface.replace(**{name: row})
    for i, value in enumerate(row):
        single = surface.replace(**{name: value})
        np.testing.assert_array_equal(batch.loss(theta)[i], single.loss(theta[:, i]))
        np.testing.assert_array_equal(batch.grad(theta)[:, i], single.grad(theta[:, i]))
        np.testing.assert_array_equal(batch.hess(theta)[..., i], single.hess(theta[:, i]))


@settings(max_examples=200)
@given(surface=any_of(SURFACES), theta=st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)))
def test_the_loss_is_no_lower_than_the_best_minimum(surface: Surface, theta: tuple[float, float]) -> None:
    """With any hyperparameter, and where rounding may play: a loss is finite or above all numbers, never NaN below."""
    if surface.bounded_below and surface.minima:
        with np.errstate(all="ignore"):
            loss = float(surface.loss(surface.project(np.array(theta))))
        least = float(surface.infimum)
        assert not loss < least - 1e-14 * (1 + abs(least))


# ---- critical points


@pytest.mark.parametrize("surface", [s for s in CASES if s.smooth], ids=str)
def test_listed_minima_are_minima(surface: Surface) -> None:
    minima = np.array(surface.minima, dtype=float).reshape(-1, 2).T
    largest = np.abs(surface.hess(minima)).max(axis=(0, 1))
    downhill = surface.project(minima - surface.grad(minima)) - minima  # at the end of what is legal it leads nowhere
    assert np.all(np.abs(downhill) <= 1e-12 * largest)
    assert np.all(eigenvalues(surface, minima)[:, 0] >= -1e-12)
    losses = surface.loss(minima)
    assert np.all(np.diff(losses) > -1e-12), "best first"
    (left, right), (bottom, top) = surface.box
    assert np.all((left <= minima[0]) & (minima[0] <= right) & (bottom <= minima[1]) & (minima[1] <= top))


@every_surface
def test_listed_saddles_are_saddles(surface: Surface) -> None:
    for saddle in surface.saddles:
        theta = np.array(saddle)[:, None]
        assert np.abs(surface.grad(theta)).max() < 1e-11
        least, most = eigenvalues(surface, theta)[0]
        angles = np.linspace(0, 2 * np.pi, 64)
        around = surface.loss(theta + 0.01 * np.stack([np.cos(angles), np.sin(angles)]))
        assert least < 0 < most or least == most == 0
        assert around.min() < surface.loss(theta)[0] < around.max()


def at_an_end(surface: Surface, point: Any) -> bool:
    """Whether there is a slope, which leads out of what is legal."""
    return bool(np.abs(surface.grad(np.array(point))).max() > 1e-6)


def critical_points(surface: Surface) -> Array:
    """Where Newton's method from a fine grid comes to rest in the box, (2, n)."""
    axes = [np.linspace(low, high, 121) for low, high in surface.box]
    theta = np.stack(np.meshgrid(*axes)).reshape(2, -1) + 1e-3
    with np.errstate(all="ignore"):
        for _ in range(60):
            (xx, xy), (_, yy) = surface.hess(theta)
            x, y = surface.grad(theta)
            step = np.stack([xy * y - yy * x, xy * x - xx * y]) / (xx * yy - xy * xy)
            theta = theta + step * np.minimum(1, 0.3 / np.hypot(*step))
    (left, right), (bottom, top) = surface.box
    x, y = theta
    rest = (np.hypot(*step) < 1e-9) & (left <= x) & (x <= right) & (bottom <= y) & (y <= top)
    return theta[:, rest]


@every_surface
def test_a_search_of_the_box_finds_no_other_minimum_or_saddle(surface: Surface) -> None:
    found = critical_points(surface)
    least, most = eigenvalues(surface, found).T
    bowl = least > 1e-6 * np.abs(most)
    wells, passes = found[:, bowl], found[:, (least < -1e-6 * np.abs(most)) & (most > 0)]
    assert np.all(distance(wells, surface.nearest_minimum(wells)) < 1e-6)
    if surface.minima and surface.smooth and not isinstance(surface, Factorization):
        minima = np.array([minimum for minimum in surface.minima if not at_an_end(surface, minimum)]).reshape(-1, 2).T
        assert not minima.size or np.all(distance(minima, nearest(wells.T, minima)) < 1e-6), "each is found"
    if not isinstance(surface, Rastrigin | Ackley):
        assert passes.size == 0 or np.all(distance(passes, nearest(surface.saddles, passes)) < 1e-6)


@every_surface
def test_nearest_minimum_is_the_nearest(surface: Surface) -> None:
    theta = 1.5 * in_the_box(surface, 400)
    found = surface.nearest_minimum(theta)
    if not surface.minima:
        assert np.isnan(found).all()
    elif not isinstance(surface, Factorization):  # its own test is below
        excess = distance(theta, found) - distance(theta, nearest(surface.minima, theta))
        by_cell = isinstance(surface, Rastrigin | Ackley)  # of a lattice: between two that are as near, either will do
        assert np.all(excess <= (0.1 if by_cell else 0))
        assert np.mean(excess == 0) > 0.8


def test_nearest_minimum_on_the_hyperbola() -> None:
    along = np.exp(np.linspace(-4, 4, 8_001))
    branch = np.stack([along, 1 / along])
    curve = np.concatenate([branch, -branch], axis=1)
    corners = np.array([[0, 0], [3, 3], [-3, 3], [1, -1], [5, 5], [1.2, 1 / 1.2], [0, 20], [1e-9, -1e-9]]).T
    theta = np.concatenate([1.5 * in_the_box(Factorization(), 200), corners], axis=1)
    found = Factorization().nearest_minimum(theta)
    np.testing.assert_allclose(found[0] * found[1], 1, rtol=1e-9)
    assert np.all(distance(theta, found) <= distance(theta, nearest(curve.T, theta)) + 1e-12)


def test_ackley_ends_in_a_kink() -> None:
    tip = np.zeros((2, 1))
    assert Ackley().loss(tip)[0] == pytest.approx(0, abs=1e-14)
    assert Ackley().grad(tip).tolist() == [[0], [0]]
    assert np.isnan(Ackley().hess(tip)).all()
    assert np.hypot(*Ackley().grad(tip + 1e-9)) == pytest.approx(2 * np.sqrt(2), rel=1e-6)


@every_surface
def test_what_is_said_of_the_whole_surface_is_true(surface: Surface) -> None:
    theta = in_the_box(surface, 500)
    constant = bool(np.ptp(surface.hess(theta), axis=-1).max() == 0)
    assert surface.constant_hessian == (constant and surface.smooth and not surface.beyond_theory)
    least = surface.infimum if surface.minima else 0.0
    assert surface.bounded_below == bool(surface.loss(surface.project(100 * theta)).min() >= least - 1e-12)


# ---- what is published of them


@pytest.mark.parametrize(
    ("surface", "minimum", "least", "digits"),
    [  # Jamil & Yang (2013), nos. 17 and 29; Surjanovic & Bingham, Virtual library of simulation experiments
        (Booth(), (1.0, 3.0), 0.0, 14),
        (StyblinskiTang(), (-2.903534, -2.903534), 2 * -39.16617, 5),
        (ThreeHumpCamel(), (0.0, 0.0), 0.0, 14),
    ],
    ids=str,
)
def test_the_best_minimum_is_the_published_one(surface: Surface, minimum: Any, least: float, digits: int) -> None:
    np.testing.assert_allclose(surface.minima[0], minimum, atol=6e-7)
    assert float(surface.infimum) == pytest.approx(least, abs=2 * 10.0**-digits)


def test_published_values_elsewhere() -> None:
    """By hand: Booth at the origin is 49 + 25; the polynomials at (1, 1) and at (2, −1)."""
    assert Booth().loss(np.zeros(2)) == 74
    assert StyblinskiTang().loss(np.ones(2)) == -10
    assert ThreeHumpCamel().loss(np.ones(2)) == pytest.approx(2 - 1.05 + 1 / 6 + 2)
    assert ThreeHumpCamel().loss(np.array([2.0, -1.0])) == pytest.approx(8 - 16.8 + 64 / 6 - 1)
    assert Absolute(kappa=3.0).loss(np.array([-2.0, 0.5])) == 3.5


def test_the_camel_has_three_hollows_and_two_passes() -> None:
    assert len(ThreeHumpCamel().minima) == 3
    assert len(ThreeHumpCamel().saddles) == 2
    losses = ThreeHumpCamel().loss(np.array(ThreeHumpCamel().minima).T)
    np.testing.assert_allclose(losses, [0, 0.298638, 0.298638], atol=1e-6)


def test_booth_has_curvatures_2_and_18() -> None:
    np.testing.assert_allclose(eigenvalues(Booth(), np.zeros((2, 1)))[0], [2, 18])


# ---- length


@given(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)] * 2))
def test_length_is_that_of_a_triangle_and_neither_overflows_nor_underflows(vector: tuple[float, float]) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(length(np.array(vector)), np.hypot(*vector), rtol=5e-16)


@pytest.mark.parametrize(
    ("vector", "expected"),
    [((0.0, -0.0), 0), ((3.0, -4.0), 5), ((5e-324, 0.0), 5e-324), ((-np.inf, 1.0), np.inf), ((1.0, np.nan), np.nan)],
    ids=str,
)
def test_length_at_the_ends(vector: tuple[float, float], expected: float) -> None:
    np.testing.assert_equal(float(length(np.array(vector))), float(expected))


def test_length_is_over_the_first_axis() -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 4, 5))
    np.testing.assert_allclose(length(vectors), np.linalg.norm(vectors, axis=0))
