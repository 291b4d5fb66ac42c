"""A typed formula is read as a person means it, and what is said of the whole formula is true."""

import time
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import given, settings

from lrviz import GD, SURFACES, Adam, Constant, Surface, kernel, simulate
from lrviz.expressions import (
    ExpressionError,
    canonical,
    derive,
    is_bounded_below,
    latex,
    parse,
)
from lrviz.expressions.bounds import reach
from lrviz.link import query, read
from lrviz.scene import Run, Scene
from lrviz.surfaces import Expression
from tests.test_expression_attacks import PARTS
from tests.test_kernel import Case, by_plain_loop, compare, in_node

ROOT = Path(__file__).parent.parent

# ---- reading


@pytest.mark.parametrize(
    ("typed", "spelling"),
    [
        ("(1-x)^2 + 100*(y-x^2)^2 + 0.1*sin(5x)", "(1-x)^2+100*(y-x^2)^2+0.1*sin(5*x)"),
        ("5x", "5*x"),
        ("2sin(x)", "2*sin(x)"),
        ("2 sin ( x )", "2*sin(x)"),
        ("xy", "x*y"),
        ("x y", "x*y"),
        ("2xy^2", "2*x*y^2"),
        ("x(y+1)", "x*(y+1)"),
        ("(x+1)(y-1)", "(x+1)*(y-1)"),
        ("(x+1)y", "(x+1)*y"),
        ("sin(x)cos(y)", "sin(x)*cos(y)"),
        ("xexp(y)", "x*exp(y)"),
        ("2pix", "2*pi*x"),
        ("2e3x", "2000*x"),
        ("2ex", "2*e*x"),
        ("2e-3x", "0.002*x"),
        ("e^2x", "e^2*x"),
        ("1/2x", "1/2*x"),
        ("x/2/y", "x/2/y"),
        ("x/(2y)", "x/(2*y)"),
        ("-x^2", "-x^2"),
        ("(-x)^2", "(-x)^2"),
        ("x^-2", "x^-2"),
        ("x^2^2", "x^(2^2)"),
        ("(x^2)^2", "(x^2)^2"),
        ("x**3", "x^3"),
        ("x^(1/3)", "x^(1/3)"),
        ("x-(y-1)", "x-(y-1)"),
        ("x-y-1", "x-y-1"),
        ("x-(-y)", "x-(-y)"),
        ("x*-y", "x*(-y)"),
        ("--x", "--x"),
        ("+x", "x"),
        ("π·x² − y²", "pi*x^2-y^2"),
        ("x²y", "x^2*y"),
        ("1e20x", "1e20*x"),
        (".5x + 1.y", "0.5*x+1*y"),
        ("0.10x", "0.1*x"),
        ("007x", "7*x"),
        ("x\n+\ty", "x+y"),
    ],
)
def test_it_is_read_as_it_is_meant_and_spelled_in_one_way(typed: str, spelling: str) -> None:
    assert canonical(typed) == spelling
    assert parse(spelling) == parse(typed)
    assert read(parse_qs(f"surface=expression text {spelling.replace('+', '%2B')}")).problems == ()


@pytest.mark.parametrize(
    ("typed", "at", "value"),
    [
        ("1/2x", (3.0, 0.0), 1.5),
        ("-x^2", (3.0, 0.0), -9.0),
        ("x^-2", (2.0, 0.0), 0.25),
        ("x^2^3", (2.0, 0.0), 256.0),
        ("x-y-1", (5.0, 2.0), 2.0),
        ("x/2/y", (12.0, 3.0), 2.0),
        ("2x^2", (3.0, 0.0), 18.0),
        ("log(e)x", (7.0, 0.0), 7.0),
        ("abs(x)+sqrt(y)", (-3.0, 4.0), 5.0),
        ("atan(x)*4/pi", (1.0, 0.0), 1.0),
        ("cosh(x)-sinh(x)+y*0", (0.0, 1.0), 1.0),
    ],
)
def test_its_value_is_that_of_the_formula(typed: str, at: tuple[float, float], value: float) -> None:
    assert float(Expression(text=typed).loss(np.array(at))) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("(1-x)^2/2", r"\frac{\left(1 - x\right)^{2}}{2}"),
        ("2x*3y", r"2 \, x \cdot 3 \, y"),
        ("sqrt(x)+abs(y)", r"\sqrt{x} + \left|y\right|"),
        ("exp(-x^2)", r"e^{-x^{2}}"),
        ("asin(pi*x)", r"\arcsin\left(\pi \, x\right)"),
        ("x-(y-1)", r"x - \left(y - 1\right)"),
        ("1e-9x", r"1 \cdot 10^{-9} \, x"),
        ("x*(-y)", r"x \, \left(-y\right)"),
    ],
)
def test_it_is_printed_as_it_was_typed(typed: str, expected: str) -> None:
    assert latex(parse(typed)) == expected


# ---- the surfaces that have a name

NAMED: dict[str, tuple[str, dict[str, float]]] = {
    "quadratic": ("0.5*(x^2+10y^2)", {"kappa": 10.0, "angle": 0.0}),
    "booth": ("(x+2y-7)^2+(2x+y-5)^2", {}),
    "rosenbrock": ("(1-x)^2+100(y-x²)²", {}),
    "ravine": ("(x^2+20(y-sin(x))^2)/2", {}),
    "saddle": ("0.5(x^2-y^2)", {}),
    "monkey_saddle": ("x^3-3xy^2", {}),
    "plateau": ("1-exp(-(x^2+y^2)/2)", {}),
    "double_well": (
        "(27/2*((x+1)^2+y^2))*(((x-2)^2+y^2)/2)/(27/2*((x+1)^2+y^2)+((x-2)^2+y^2)/2)",
        {},
    ),
    "himmelblau": ("(x^2+y-11)^2+(x+y^2-7)^2", {}),
    "styblinski_tang": ("(x^4-16x^2+5x+y^4-16y^2+5y)/2", {}),
    "three_hump_camel": ("2x^2-1.05x^4+x^6/6+xy+y^2", {}),
    "beale": ("(1.5-x+xy)^2+(2.25-x+xy^2)^2+(2.625-x+xy^3)^2", {}),
    "factorization": ("(xy-1)^2/2", {}),
    "rastrigin": ("20+x^2+y^2-10(cos(2pi*x)+cos(2pi*y))", {}),
    "ackley": ("20+e-20exp(-0.2sqrt((x^2+y^2)/2))-exp((cos(2pi*x)+cos(2pi*y))/2)", {}),
    "absolute": ("abs(x)+3abs(y)", {}),
}
NOT_TYPED = {"least_squares", "online", "expression"}  # made of data; of time; itself


def both(slug: str) -> tuple[Surface, Expression]:
    text, numbers = NAMED[slug]
    named = SURFACES[slug](**numbers)
    (left, right), (bottom, top) = named.box
    width = max(right - left, top - bottom) / 2
    return named, Expression(text=text, width=width, center_x=(left + right) / 2, center_y=(bottom + top) / 2)


def test_every_surface_that_can_be_typed_is() -> None:
    assert set(NAMED) == set(SURFACES) - NOT_TYPED


@pytest.mark.parametrize("slug", NAMED)
def test_a_named_surface_that_is_typed_is_the_same_surface(slug: str) -> None:
    named, typed = both(slug)
    low, high = np.array(named.box).T[:, :, None]
    theta = np.random.default_rng(2).uniform(low, high, (2, 300))
    for of_named, of_typed in (
        (named.loss(theta), typed.loss(theta)),
        (named.grad(theta), typed.grad(theta)),
        (named.hess(theta), typed.hess(theta)),
    ):
        np.testing.assert_allclose(of_typed, of_named, rtol=1e-9, atol=1e-12 * np.abs(of_named).max())
    assert typed.constant_hessian == named.constant_hessian
    assert typed.bounded_below == named.bounded_below
    assert typed.isolated_minima == named.isolated_minima
    if slug != "plateau":  # its rim is so flat that a run of Newton's steps ends there too
        assert typed.smooth == named.smooth


@pytest.mark.parametrize("slug", [slug for slug in NAMED if slug not in ("factorization",)])
def test_its_stationary_points_are_found(slug: str) -> None:
    named, typed = both(slug)
    (left, right), (bottom, top) = named.box
    for theirs, ours in ((named.minima, typed.minima), (named.saddles, typed.saddles)):
        framed = [(x, y) for x, y in ours if left <= x <= right and bottom <= y <= top]
        for x, y in theirs:
            assert min(np.hypot(x - u, y - v) for u, v in framed) < 1e-7
        if slug not in ("rastrigin", "ackley") or theirs is named.minima:  # their saddles are not listed
            assert len(framed) == len(theirs)


# ---- kinks, and what is not finite


@pytest.mark.parametrize(
    ("text", "place", "grad"),
    [
        ("abs(x)+3abs(y)", (0.0, 0.0), (0, 0)),
        ("abs(x)+3abs(y)", (0.0, -2.0), (0, -3)),
        ("sqrt(x^2+y^2)", (0.0, 0.0), (0, 0)),
        ("sqrt(x^2+y^2)+x", (0.0, 0.0), (1, 0)),
        ("(x^2+y^2)^0.5", (3.0, 4.0), (0.6, 0.8)),
        ("abs(x)^0.5", (0.0, 0.0), (0, 0)),
        ("abs(x)^1.5+y", (0.0, 0.0), (0, 1)),
    ],
)
def test_at_a_kink_the_slope_is_taken_as_zero(text: str, place: tuple[float, float], grad: tuple[float, float]) -> None:
    surface = Expression(text=text)
    assert not surface.smooth
    assert surface.grad(np.array(place)).tolist() == list(grad)


@pytest.mark.parametrize("text", ["abs(x)+3abs(y)", "sqrt(x^2+y^2)", "abs(x)^1.5+y^2"])
def test_at_a_kink_no_hessian_is_claimed(text: str) -> None:
    assert np.isnan(Expression(text=text).hess(np.zeros(2))).any()


def test_an_even_power_of_a_size_has_no_kink() -> None:
    surface = Expression(text="abs(x)^2+abs(y)^4")
    assert surface.smooth
    assert surface.hess(np.zeros(2)).tolist() == [[2, 0], [0, 0]]


@pytest.mark.parametrize(
    ("text", "start", "kind"),
    [
        ("log(x)+y^2", (1.0, 1.0), "escaped"),
        ("x^2+y^2", (1.0, 1.0), "converged"),
        ("x^2-y^2", (1.0, 0.1), "escaped"),
        ("abs(x)+abs(y)", (0.05, 0.05), "converged"),
    ],
)
def test_runs_end_as_runs_do(text: str, start: tuple[float, float], kind: str) -> None:
    run = simulate(Expression(text=text), GD(), 0.05, start=start, steps=2000)
    assert run.outcome.kind == kind or (text.startswith("log") and run.outcome.kind == "diverged")


def test_what_is_not_finite_is_data_and_no_warning() -> None:
    surface = Expression(text="log(x)+1/y+exp(1000y)")
    theta = np.array([[-1.0, 0.0, 1.0], [0.0, 0.0, 5.0]])
    assert not np.isfinite(surface.loss(theta)).any()
    surface.grad(theta)
    surface.hess(theta)
    run = simulate(surface, GD(), 0.1, start=(-1.0, 1.0), steps=5)
    assert np.isnan(run.theta[1:]).all()


# ---- what is said of the whole formula


@pytest.mark.parametrize(
    ("text", "bounded", "certain"),
    [
        ("x^2+y^2", True, True),
        ("(x-1)^2*(y+3)^4+1/(1+x^2)", True, True),
        ("abs(x)+sqrt(1+y^2)-cos(x)", True, True),
        ("exp(x)+exp(-y)", True, True),
        ("log(2+sin(x))+atan(y)", True, True),
        ("x*x+y*y", True, True),
        ("x^4-3x^2+y^2", True, False),
        ("x*exp(-x^2-y^2)", True, False),
        ("x^2+xy+y^2", True, False),
        ("x", False, False),
        ("x^3-3xy^2", False, False),
        ("x^2-y^2", False, False),
        ("log(x^2+y^2)", False, False),
        ("1/x", False, False),
        ("-exp(x)", False, False),
        ("-log(1+x^2+y^2)", False, False),
    ],
)
def test_whether_there_is_a_least_value(text: str, bounded: bool, certain: bool) -> None:
    surface = Expression(text=text)
    assert (surface.bounded_below, surface.surely_bounded_below) == (bounded, certain)


@settings(max_examples=60, deadline=None)
@given(PARTS)
def test_what_is_certain_is_true(text: str) -> None:
    """Intervals hold all values that are met."""
    try:
        tree = parse(text)
        derived = derive(text)
    except ExpressionError:
        return
    theta = np.random.default_rng(3).normal(size=(2, 500)) * np.geomspace(1e-3, 1e3, 500)
    theta = np.concatenate([theta, np.zeros((2, 1)), np.stack([theta[0], np.zeros(500)])], axis=1)
    (losses,) = derived.loss(*theta)
    low, high = reach(tree)
    finite = losses[np.isfinite(losses)]
    slack = 1e-9 * (1 + np.abs(finite))
    assert np.all(finite >= low - slack)
    assert np.all(finite <= high + slack)
    assert is_bounded_below(tree) == (low > -np.inf)


@pytest.mark.parametrize(
    ("text", "smooth"),
    [
        ("x^2+sin(y)", True),
        ("log(x)+1/y+tan(x)", True),
        ("sqrt(1+x^2)", True),
        ("abs(2+sin(x))*y", True),
        ("abs(-1-y^2)*x", True),
        ("(1+exp(x)+y^2)^0.3", True),
        ("abs(x)^2", True),
        ("abs(sin(x)*y)^4", True),
        ("x^2.5", True),
        ("abs(x)", False),
        ("abs(x)^3", False),
        ("x+abs(y-1)", False),
        ("sqrt(x^2+y^2)", False),
        ("sqrt(x)", False),
        ("(x^2+y^2)^0.5", False),
        ("(x^2)^(1/3)", False),
        ("exp(-abs(x))", False),
        ("abs(sqrt(abs(x)))^2", False),
    ],
)
def test_whether_there_is_a_kink(text: str, smooth: bool) -> None:
    assert Expression(text=text).smooth == smooth


# ---- stationary points


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sin(x)*sin(y)", {"minimum": 2, "maximum": 2, "saddle": 1}),
        ("x^4+y^4", {"minimum": 1}),
        ("-x^4-y^4", {"maximum": 1}),
        ("x^3-3xy^2", {"saddle": 1}),
        ("x^3+y^2", {"saddle": 1}),
        ("abs(x-0.25)+abs(y+1)", {"minimum": 1}),
        ("sqrt((x-1)^2+y^2)+0.1x", {"minimum": 1}),
        ("x+y", {}),
        ("1/x", {}),
        ("exp(-x)", {}),
        ("log(x)", {}),
    ],
)
def test_what_there_is(text: str, expected: dict[str, int]) -> None:
    found = Expression(text=text, width=3.0).stationary
    counts = {kind: len(found.of(kind)) for kind in ("minimum", "maximum", "saddle", "flat")}  # type: ignore[arg-type]
    assert {kind: count for kind, count in counts.items() if count} == expected
    assert not found.on_a_curve


def test_minima_that_form_a_curve_are_told_from_others() -> None:
    surface = Expression(text="(xy-1)^2/2")
    assert surface.stationary.on_a_curve
    assert not surface.isolated_minima
    assert 2 <= len(surface.minima) <= 32
    run = simulate(surface, GD(), 0.1, start=(2.5, 0.5), steps=1000)
    assert run.outcome.kind == "converged"
    x, y = surface.nearest_minimum(np.array([[1.1, 2.0], [1.2, 0.6]]))
    np.testing.assert_allclose(x * y, 1, atol=1e-6)


def test_a_search_takes_no_longer_than_a_page_can_wait() -> None:
    text = "+".join([f"sin({k}x)*cos(tanh({k}y))*exp(-x^2/{k})" for k in range(1, 11)])
    began = time.thread_time()
    assert Expression(text=text).minima
    assert time.thread_time() - began < 5


def test_a_start_is_where_there_is_a_slope() -> None:
    for text in ("log(x)", "sqrt(y)+x", "1/(x+1.8)", "x^2+y^2", "log(-x)", "asin(x/4)"):
        surface = Expression(text=text)
        theta = np.array(surface.start)
        (left, right), (bottom, top) = surface.box
        assert left < theta[0] < right
        assert bottom < theta[1] < top
        assert np.isfinite(surface.loss(theta))
        assert surface.grad(theta).any()


# ---- as a surface among others


def test_a_scene_is_a_link_and_back() -> None:
    scene = Scene(Expression(text="x² + 3y²·sin(x)", width=2.5), (Run(GD(), Constant(0.1)),))
    text = query(scene)
    assert "text+x%5E2%2B3%2Ay%5E2%2Asin%28x%29+width+2.5" in text
    assert read(parse_qs(text)).scene == scene
    longest = "+".join([f"(1.234567890123456*x+y^{k})" for k in range(10, 25)])
    scene = Scene(Expression(text=longest, width=1.2345678901234567, center_x=-1.2345678901234567))
    assert read(parse_qs(query(scene))).scene == scene


def test_a_frame_is_one_for_all() -> None:
    with pytest.raises(ValueError, match="one number for all"):
        Expression(width=np.array([1.0, 2.0]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "sin(x)*cos(y)+tan(x/9)+asin(x/9)+acos(y/9)+atan(x)",
        "sinh(x/3)+cosh(y/3)+tanh(x)+exp(-y^2)+log(9+x)+(x^2+1)^1.5",
        "abs(x)+3abs(y-x)+sqrt(x^2+y^2)",
        "(xy-1)^2/2",
        "x^4-3x^2+y^2-x/(1+y^2)",
    ],
)
def test_the_browser_and_the_plain_loop_run_it_as_numpy_does(text: str, tmp_path: Path) -> None:
    case = Case(Expression(text=text), Adam(), Constant(0.02))
    (results,) = in_node([case], tmp_path)
    compared = compare(case, results)
    assert compared >= 3
    assert compare(case, by_plain_loop(case)) == compared


def test_many_minima_do_not_make_a_program_that_is_too_long() -> None:
    surface = Expression(text=NAMED["rastrigin"][0], width=5.12)
    assert len(kernel.javascript(surface, GD(), Constant())) < 400_000
