"""The gradient and the Hessian as people read them, by sympy. This module loads it: nobody needs this one before a
formula is looked at.

The formula is built part by part from its tree; then it is differentiated and printed, never simplified, solved or read
from text. What sympy does by itself (2·x·x becomes 2x²) is bounded, and a clock ends what takes too long: such a
formula is computed with like any other, by `lrviz.expressions.differentiate`, but its derivatives are not printed.
"""

from __future__ import annotations

import inspect
import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sympy

from lrviz.expressions.parse import parse
from lrviz.expressions.tree import Node
from lrviz.expressions.worth import worth

SECONDS = 2.0
"""So long it may take the processor; most take a few hundredths."""
MOST_BITS = 4_000
"""So many binary digits a whole number may have that comes of multiplying out."""
MOST_POWER = 4096
"""What powers of powers may come to."""
MOST_PRINTED = 300
"""A gradient and a Hessian with more operations are not printed."""

X, Y = sympy.symbols("x y", real=True)


class UnprintableError(Exception):
    """The derivatives are longer than anyone reads, or take too long."""


class Size(sympy.Function):  # type: ignore[misc]
    """|u|. sympy's own Abs knows complex numbers, and its derivative is of them."""

    nargs = 1
    is_real = True
    is_nonnegative = True

    @classmethod
    def eval(cls, u: Any) -> Any:
        return abs(u) if u.is_Number else None

    def fdiff(self, argindex: int = 1) -> Any:
        return Sign(self.args[0])

    def _latex(self, printer: Any, exp: Any = None) -> str:
        return _raised(rf"\left|{printer._print(self.args[0])}\right|", exp)


class Sign(sympy.Function):  # type: ignore[misc]
    """The slope of |u|: −1, 1, and 0 at the kink; its own slope is 0 beside the kink."""

    nargs = 1
    is_real = True

    @classmethod
    def eval(cls, u: Any) -> Any:
        return sympy.sign(u) if u.is_Number else None

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.S.Zero

    def _latex(self, printer: Any, exp: Any = None) -> str:
        return _raised(rf"\operatorname{{sgn}}\left({printer._print(self.args[0])}\right)", exp)


def _raised(text: str, exponent: Any) -> str:
    return text if exponent is None else f"{text}^{{{exponent}}}"


_FUNCTIONS: dict[str, Any] = {"abs": Size} | {
    name: getattr(sympy, name)
    for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sqrt")
}
_LOCK = threading.RLock()


@lru_cache(maxsize=64)
def printed(text: str) -> tuple[str, ...]:
    """∂x, ∂y, ∂xx, ∂xy and ∂yy in LaTeX; none where they are longer than anyone reads."""
    try:
        with _LOCK, _clock(SECONDS):
            found = derivatives(text)
            if sum(int(expression.count_ops()) for expression in found) > MOST_PRINTED:
                return ()
            return tuple(map(_latex, found))
    except (UnprintableError, _TimeIsUpError):
        return ()


def _latex(expression: Any) -> str:
    return str(sympy.latex(expression, inv_trig_style="full"))


def derivatives(text: str) -> tuple[Any, Any, Any, Any, Any]:
    """∂x, ∂y, ∂xx, ∂xy and ∂yy in sympy; UnprintableError where one of the bounds is met."""
    tree = parse(text)
    _bounded(tree)
    try:
        built = _built(tree)
        gx, gy = (_diff(built, variable) for variable in (X, Y))
        return gx, gy, _diff(gx, X), _diff(gx, Y), _diff(gy, Y)
    except (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError, NotImplementedError) as error:
        raise UnprintableError from error


def _built(node: Node) -> Any:
    """The formula in sympy."""
    made = _made(node, [_built(argument) for argument in node.arguments])
    if made.has(sympy.Abs):  # √(x²) is made to be |x|
        made = made.replace(sympy.Abs, Size)
    if made.has(sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        raise UnprintableError
    return made


def _made(node: Node, arguments: list[Any]) -> Any:
    operation = node.operation
    if operation == "number":
        value = float(node.value or 0)
        return sympy.Integer(int(value)) if value.is_integer() and abs(value) < 2**53 else sympy.Float(value)
    if operation == "name":
        return {"x": X, "y": Y, "pi": sympy.pi, "e": sympy.E}[str(node.value)]
    if operation == "negative":
        return -arguments[0]
    if operation in _FUNCTIONS:
        return _FUNCTIONS[operation](arguments[0])
    first, second = arguments
    if operation == "power":
        halves = 2 * second  # 0.5 is ½: then the root is a root
        is_half = second.is_Float and float(halves).is_integer()
        return sympy.Pow(first, sympy.Rational(int(halves), 2) if is_half else second)
    if operation == "multiply":
        return sympy.Mul(first, second)
    if operation == "divide":
        return sympy.Mul(first, sympy.Pow(second, -1))
    return sympy.Add(first, second if operation == "add" else -second)


def _diff(expression: Any, variable: Any) -> Any:
    found = sympy.diff(expression, variable)
    if found.has(sympy.Abs, sympy.sign):
        found = found.replace(sympy.Abs, Size).replace(sympy.sign, Sign)
    if found.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.re, sympy.im, sympy.I, sympy.zoo, sympy.nan):
        raise UnprintableError
    return found


# ---- bounds


def _bounded(tree: Node) -> None:
    """Refuse what would grow without end."""

    def bits(node: Node) -> float:
        """More binary digits than any number has that its terms come to when they are multiplied out."""
        inner = [bits(argument) for argument in node.arguments]
        if node.operation == "number":
            value = float(node.value or 0)
            return math.log2(abs(value) + 2) if value.is_integer() and abs(value) < 2**53 else 64.0
        if node.operation == "power":
            total = inner[0] * max(1.0, abs(worth(node.arguments[1]))) + inner[1]
        else:
            total = sum(inner) + 1
        if total > MOST_BITS:
            raise UnprintableError
        return total

    def powers(node: Node, above: float) -> None:
        if node.operation == "power":
            above *= max(1.0, abs(worth(node.arguments[1])))
            if above > MOST_POWER:
                raise UnprintableError
        for argument in node.arguments:
            powers(argument, above)

    powers(tree, 1.0)
    bits(tree)


class _TimeIsUpError(BaseException):
    """The clock has run out. It is no Exception, so that nobody on the way takes it for one of theirs."""


@contextmanager
def _clock(seconds: float) -> Iterator[None]:
    """Raise _TimeIsUpError in whatever this thread is doing once the time is up."""
    end = time.thread_time() + seconds
    before = sys.getprofile()

    def look(frame: Any, event: str, _: Any) -> None:
        # A generator may be at its end, where nobody would hear of it.
        if event == "call" and time.thread_time() > end and not frame.f_code.co_flags & inspect.CO_GENERATOR:
            raise _TimeIsUpError

    def again(frame: Any, event: str, argument: Any) -> None:
        try:
            look(frame, event, argument)
        except _TimeIsUpError:
            sys.setprofile(again)  # what raises is taken off
            raise

    sys.setprofile(again)
    try:
        yield
    finally:
        sys.setprofile(before)
