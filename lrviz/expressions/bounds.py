"""What is certain of a formula on the whole plane, by interval arithmetic: a least value, and that there is no kink."""

from __future__ import annotations

import math
from typing import TypeAlias

from lrviz.expressions.tree import CONSTANTS, Node
from lrviz.expressions.worth import worth

Range: TypeAlias = tuple[float, float]
"""A formula's values lie in it wherever it has one."""

EVERYTHING: Range = (-math.inf, math.inf)
_RISING = {"sinh": math.sinh, "exp": math.exp, "tanh": math.tanh, "atan": math.atan}


def is_bounded_below(tree: Node) -> bool:
    """Whether it is certain that there is a least value. False may also mean that it is not known."""
    return reach(tree)[0] > -math.inf


def is_smooth(tree: Node) -> bool:
    """Whether it is certain that there is no kink: no |u| and no root of u where u may be 0."""
    operation = tree.operation
    if operation == "power":
        base, exponent = tree.arguments[0], worth(tree.arguments[1])
        if base.operation == "abs" and exponent > 0 and exponent % 2 == 0:
            return is_smooth(base.arguments[0])
        if not exponent.is_integer() and exponent < 2 and not _is_positive(base):
            return False
    if operation == "sqrt" and not _is_positive(tree.arguments[0]):
        return False
    if operation == "abs" and not _is_positive(tree.arguments[0]) and not reach(tree.arguments[0])[1] < 0:
        return False
    return all(map(is_smooth, tree.arguments))


def _is_positive(node: Node) -> bool:
    return reach(node)[0] > 0


def reach(node: Node) -> Range:
    """Between which numbers a formula's values lie, for all x and y; perhaps wider than need be."""
    operation = node.operation
    if operation == "number":
        return float(node.value or 0), float(node.value or 0)
    if operation == "name":
        value = CONSTANTS.get(str(node.value))
        return EVERYTHING if value is None else (value, value)
    low, high = _unordered(node)
    return EVERYTHING if math.isnan(low) or math.isnan(high) else (low, high)


def _unordered(node: Node) -> Range:
    operation, arguments = node.operation, node.arguments
    if operation == "power":
        return _power(reach(arguments[0]), worth(arguments[1]))
    if operation == "multiply" and arguments[0] == arguments[1]:
        return _power(reach(arguments[0]), 2.0)
    a = reach(arguments[0])
    if len(arguments) == 1:
        return _function(operation, a)
    b = reach(arguments[1])
    if operation == "add":
        return a[0] + b[0], a[1] + b[1]
    if operation == "subtract":
        return a[0] - b[1], a[1] - b[0]
    if operation == "divide":
        if b[0] <= 0 <= b[1]:
            return EVERYTHING if b[0] != 0 or a[0] < 0 else (0.0, math.inf)
        b = (_over(1.0, b[1]), _over(1.0, b[0]))
    return _product(a, b)


def _product(a: Range, b: Range) -> Range:
    corners = [0.0 if u == 0 or v == 0 else u * v for u in a for v in b]
    return min(corners), max(corners)


def _over(u: float, v: float) -> float:
    return u / v if v else math.inf


def _power(a: Range, n: float) -> Range:
    if n == 0:
        return 1.0, 1.0
    if n < 0:
        low, high = _power(a, -n)
        if low < 0 <= high:
            return EVERYTHING
        return _over(1.0, high), _over(1.0, low)
    if n.is_integer() and n % 2:
        return _raised(a[0], n), _raised(a[1], n)
    if n.is_integer():
        size = _size(a)
        return _raised(size[0], n), _raised(size[1], n)
    return _raised(max(a[0], 0.0), n), _raised(max(a[1], 0.0), n)


def _raised(u: float, n: float) -> float:
    try:
        return math.pow(u, n)
    except OverflowError:
        return math.inf if u > 0 or n % 2 == 0 else -math.inf


def _size(a: Range) -> Range:
    if a[0] <= 0 <= a[1]:
        return 0.0, max(-a[0], a[1])
    return min(abs(a[0]), abs(a[1])), max(abs(a[0]), abs(a[1]))


def _function(name: str, a: Range) -> Range:
    if name == "negative":
        return -a[1], -a[0]
    if name == "abs":
        return _size(a)
    if name in ("sin", "cos"):
        return -1.0, 1.0
    if name == "asin":
        return -math.pi / 2, math.pi / 2
    if name == "acos":
        return 0.0, math.pi
    if name == "sqrt":
        return _power(a, 0.5)
    if name == "log":
        low, high = (-math.inf if u <= 0 else math.log(u) for u in a)
        return low, high
    if name == "cosh":
        size = _size(a)
        return _called(math.cosh, size[0]), _called(math.cosh, size[1])
    if name in _RISING:
        return _called(_RISING[name], a[0]), _called(_RISING[name], a[1])
    return EVERYTHING


def _called(function: object, u: float) -> float:
    assert callable(function)
    try:
        return float(function(u))
    except OverflowError:
        return math.copysign(math.inf, u)
