"""A typed formula has the derivatives that sympy finds, and sympy is loaded when they are read and not before."""

import ast
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings

from lrviz.expressions import (
    ExpressionError,
    canonical,
    derive,
    differentiate,
    symbolic,
)
from lrviz.surfaces import Expression
from tests.test_expression_attacks import PARTS

ROOT = Path(__file__).parent.parent

# ---- derivatives

FORMULAS = [
    "(1-x)^2+100*(y-x^2)^2+0.1*sin(5*x)",
    "sin(x)*cos(y)",
    "tan(x/3)*y",
    "asin(x/4)+acos(y/5)*x",
    "atan(x*y)",
    "sinh(x)*cosh(y)",
    "tanh(x-2*y)",
    "exp(-x^2-y^2)",
    "log(1+x^2+y^4)",
    "sqrt(1+x^2+3*y^2)",
    "abs(x-y)+3*abs(x)",
    "abs(x^2*y^2-1)",
    "sqrt(x^2)",
    "x^3*y^-2",
    "(x^2+y^2)^0.3",
    "(x^2+y^2)^1.7",
    "(1+x^2)^(-1/2)*y",
    "(x^2+1)^pi",
    "x^64+y^5",
    "(x^2+y)/(1+y^2+x)",
    "1/(x+3*y)",
    "e^2*x*y-pi",
    "x^1*y^0+2",
    "sin(sin(sin(sin(sin(x+y)))))",
    "log(exp(x)+exp(y))",
    "abs(x)^2+abs(y)^1.5",
    "(x*y-1)^2/2",
    "-(-x)*-(y)",
    "x/(1+exp(-y))",
]


def oracle(text: str) -> list[Any]:
    """The loss, ∂x, ∂y, ∂xx, ∂xy and ∂yy by sympy's own parser and diff."""
    x, y = sympy.symbols("x y", real=True)
    names = {"x": x, "y": y, "e": sympy.E, "abs": sympy.Abs, "pi": sympy.pi}
    loss = sympy.sympify(text.replace("^", "**"), locals=names, rational=True)
    gx, gy = sympy.diff(loss, x), sympy.diff(loss, y)
    return [loss, gx, gy, sympy.diff(gx, x), sympy.diff(gx, y), sympy.diff(gy, y)]


def at(expression: Any, point: tuple[float, float]) -> float:
    x, y = sympy.symbols("x y", real=True)
    values = {x: sympy.Float(point[0], 40), y: sympy.Float(point[1], 40)}
    return float(expression.subs(values).evalf(30, maxn=200))


def check(text: str, compute: Callable[[str, tuple[float, float]], list[float]], count: int = 4) -> None:
    """Compare with sympy at random places, to 1e-12 of the largest entry of gradient or Hessian."""
    expected, compared = oracle(text), 0
    for place in np.random.default_rng(1).uniform(0.2, 2.5, (count, 2)) * [[1, -1], [1, 1], [-1, 1], [-1, -1]][:count]:
        point = (float(place[0]), float(place[1]))
        try:
            true = [at(one, point) for one in expected]
        except TypeError:  # no real value here
            continue
        got, compared = compute(text, point), compared + 1
        for part in (slice(0, 1), slice(1, 3), slice(3, 6)):
            scale = float(np.abs(true[part]).max())
            np.testing.assert_allclose(got[part], true[part], rtol=0, atol=1e-12 * scale + 1e-300, err_msg=f"{point}")
    assert compared >= 1


def computed(text: str, point: tuple[float, float]) -> list[float]:
    """The same six as the surface has them."""
    surface, theta = Expression(text=text), np.array(point)
    (xx, xy), (_, yy) = surface.hess(theta)
    return [float(one) for one in (surface.loss(theta), *surface.grad(theta), xx, xy, yy)]


@pytest.mark.parametrize("text", FORMULAS)
def test_derivatives_are_those_of_sympy(text: str) -> None:
    check(text, computed)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_is_printed_is_what_is_computed(text: str) -> None:
    """The gradient and Hessian that people read, evaluated."""

    def printed(text: str, point: tuple[float, float]) -> list[float]:
        names = {symbolic.X: sympy.Float(point[0], 40), symbolic.Y: sympy.Float(point[1], 40)}
        plain = [
            one.replace(symbolic.Size, sympy.Abs).replace(symbolic.Sign, sympy.sign)
            for one in symbolic.derivatives(text)
        ]
        return [computed(text, point)[0], *(float(one.subs(names).evalf(30, maxn=200)) for one in plain)]

    check(text, printed, count=2)
    if text.startswith("sin(sin(sin("):
        return  # it would fill the page
    found = symbolic.printed(text)
    assert len(found) == 5
    assert not any(name in one for name in ("Size", "Sign", "Kink", "Derivative") for one in found)


@settings(max_examples=60, deadline=None)
@given(PARTS)
def test_derivatives_of_any_formula_are_the_slopes_of_the_loss(text: str) -> None:
    """By central differences, wherever two of them agree."""
    try:
        surface = Expression(text=text)
    except ExpressionError:
        return
    theta = np.array([[0.37, -0.82], [0.53, 1.21]])
    with np.errstate(all="ignore"):
        for f, slope in ((surface.loss, surface.grad(theta)), (surface.grad, surface.hess(theta))):
            for axis in (0, 1):
                way = np.eye(2)[:, [axis]]
                fine, coarse = ((f(theta + h * way) - f(theta - h * way)) / (2 * h) for h in (1e-6, 1e-5))
                size = np.abs(f(theta)) + np.abs(f(theta + 1e-5 * way))
                steep = np.abs(slope).reshape(-1, 2).max(axis=0)  # there x + h may be lost in rounding
                calm = (np.abs(fine - coarse) < 1e-6 * (1 + np.abs(fine))) & (size < 1e3) & (steep < 1e4)
                assert np.all((np.abs(fine - slope[axis]) < 1e-3 * (1 + np.abs(fine)))[calm])


# ---- the test finds what is wrong


@pytest.mark.parametrize("name", ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log"])
@pytest.mark.parametrize("order", [0, 1], ids=["slope", "bend"])
def test_a_broken_rule_is_found(name: str, order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = differentiate._Chain
    rule = chain._slopes

    def broken(self: Any, called: str, f: Any, u: Any) -> Any:
        slopes = list(rule(self, called, f, u))
        if called == name:
            slopes[order] = self._times(1 + 1e-11, slopes[order])
        return tuple(slopes)

    monkeypatch.setattr(chain, "_slopes", broken)
    assert any(is_found(text) for text in FORMULAS if f"{name}(" in text)


@pytest.mark.parametrize("rule", ["_product", "_quotient", "_to_the_power", "_size", "_outer"])
@pytest.mark.parametrize("field", ["x", "yy", "xy"])
def test_a_broken_way_of_joining_is_found(rule: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = differentiate._Chain
    joined = getattr(chain, rule)

    def broken(self: Any, *arguments: Any) -> Any:
        jet = joined(self, *arguments)
        return jet._replace(**{field: self._times(1 + 1e-11, getattr(jet, field))})

    monkeypatch.setattr(chain, rule, broken)
    if rule == "_size" and field != "x":  # a size bends only where what is in it does
        assert is_found("abs(x^2*y^2-1)")
    else:
        assert any(map(is_found, FORMULAS))


def is_found(text: str) -> bool:
    derive.cache_clear()
    try:
        check(text, computed, count=2)
    except AssertionError:
        return True
    finally:
        derive.cache_clear()
    return False


# ---- sympy


def test_one_module_imports_sympy_and_nobody_imports_that_before_it_is_needed() -> None:
    for path in [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("lrviz/**/*.py")]:
        source = path.read_text(encoding="utf-8")
        if "symbolic" not in source and "sympy" not in source:
            continue
        tree = ast.parse(source)
        names = {
            name
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [f"{node.module}.{alias.name}" for alias in node.names]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        if any(name.split(".")[0] == "sympy" for name in names):
            assert path.name == "symbolic.py"
        at_the_top = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
        assert "lrviz.expressions.symbolic" not in at_the_top, path


def test_a_formula_runs_without_sympy() -> None:
    script = (
        "import sys, lrviz, lrviz.link\n"
        "from lrviz.surfaces import Expression\n"
        "surface = Expression(text='x^2+sin(y)')\n"
        "lrviz.simulate(surface, lrviz.GD(), 0.1, steps=3)\n"
        "surface.minima, surface.formula\n"
        "assert 'sympy' not in sys.modules\n"
        "from lrviz.expressions import symbolic\n"
        "print(*symbolic.printed('x^2+sin(y)'), sep=';')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == r"2 x;\cos{\left(y \right)};2;0;- \sin{\left(y \right)}" + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "sin(" * 31 + "x" + ")" * 31,
        "((x+1)^64)^64",
        "((2x)^64)^64",
        "(((x^64)^64)^64)^64",
        "1/(x-x)+y",
        "log(0*x-1)+y",
        "sqrt(-x^2)+y",
        "(-x^2)^(1/3)+y",
        "(1e300x)^40",
        "tan(x+pi/2)",
    ],
    ids=lambda text: text[:30],
)
def test_what_cannot_be_printed_is_left_out_in_time(text: str) -> None:
    assert canonical(text)
    began = time.thread_time()
    assert len(symbolic.printed(text)) in (0, 5)
    assert time.thread_time() - began < 1.5 * symbolic.SECONDS
