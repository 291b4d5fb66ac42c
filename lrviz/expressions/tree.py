"""What a typed formula is once it is read: a small tree; and how it is spelled, in a link and in LaTeX."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lrviz.numerals import exact, quoted

FUNCTIONS = (
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    *("exp", "log", "sqrt", "abs"),
)
VARIABLES = ("x", "y")
CONSTANTS = {"pi": math.pi, "e": math.e}


class ExpressionError(ValueError):
    """A formula that cannot be read, or that has no derivatives here. It points at the place.

    problem: what is wrong, as a clause. text: what was typed. start, end: the characters that it is about, from 0.
    """

    def __init__(self, problem: str, text: str, start: int = 0, end: int | None = None) -> None:
        self.problem, self.text = problem, text
        self.start = max(0, min(start, len(text)))
        self.end = max(self.start + 1, len(text) if end is None else end)
        super().__init__(f"f(x, y) = {quoted(text)}, at character {self.start + 1}: {problem}")

    def __reduce__(self) -> tuple[type[ExpressionError], tuple[str, str, int, int]]:
        return type(self), (self.problem, self.text, self.start, self.end)

    def pointer(self, most: int | None = None) -> str:
        """What was typed, in one line, with carets below the place. most: no more characters than that, around it."""
        line = "".join(character if character.isprintable() else " " for character in self.text)
        start, end = self.start, max(self.start + 1, min(self.end, len(line)))
        if most is not None and len(line) > most:
            left = max(0, min(start - most // 3, len(line) - most + 1))
            right = min(len(line), left + most - 1 - (left > 0))
            line = f"{'…' * (left > 0)}{line[left:right]}{'…' * (right < len(line))}"
            start, end = (max(0, min(at - left + (left > 0), most)) for at in (start, end))
        return f"{line}\n{' ' * start}{'^' * max(1, end - start)}"


@dataclass(frozen=True)
class Node:
    """One part of a formula.

    operation: "number", "name" (x, y, pi or e), "negative", "add", "subtract", "multiply", "divide", "power", or one of
    FUNCTIONS. value: a number's value, a name. start, end: the characters that it was read from, which do not count
    when formulas are compared.
    """

    operation: str
    arguments: tuple[Node, ...] = ()
    value: float | str | None = None
    start: int = 0
    end: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return self.operation, self.value, self.arguments

    @property
    def is_constant(self) -> bool:
        """Whether neither x nor y is in it."""
        return self.value not in VARIABLES and all(argument.is_constant for argument in self.arguments)

    @property
    def count(self) -> int:
        """How many nodes it has."""
        return 1 + sum(argument.count for argument in self.arguments)

    @property
    def depth(self) -> int:
        """How many nodes lie on its longest way down."""
        return 1 + max((argument.depth for argument in self.arguments), default=0)


_STRENGTH = {"add": 1, "subtract": 1, "multiply": 2, "divide": 2, "negative": 3, "power": 4}
_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "^"}
_ATOM = 5


def _strength(node: Node) -> int:
    return _STRENGTH.get(node.operation, _ATOM)


def spelled(node: Node) -> str:
    """The formula without spaces and with no more parentheses than it needs: reads back as the same tree."""
    operation, arguments = node.operation, node.arguments
    if operation == "number":
        return exact(float(node.value or 0))
    if operation == "name":
        return str(node.value)
    if operation == "negative":
        return f"-{_enclosed(arguments[0], 3)}"
    if operation not in _SIGNS:
        return f"{operation}({spelled(arguments[0])})"
    left, right = arguments
    if operation == "power":
        negative = right.operation == "negative" and _strength(right.arguments[0]) == _ATOM
        return f"{_enclosed(left, _ATOM)}^{spelled(right) if negative else _enclosed(right, _ATOM)}"
    own = _strength(node)
    second = _enclosed(right, own + 1)
    if right.operation == "negative":
        second = f"({spelled(right)})"
    return f"{_enclosed(left, own)}{_SIGNS[operation]}{second}"


def _enclosed(node: Node, least: int) -> str:
    """In parentheses where it binds less than that."""
    text = spelled(node)
    return text if _strength(node) >= least else f"({text})"


# ---- LaTeX

_NAMES = {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}


def latex(node: Node) -> str:
    """The formula as it was typed, in LaTeX."""
    operation, arguments = node.operation, node.arguments
    if operation == "number":
        mantissa, e, exponent = exact(float(node.value or 0)).partition("e")
        return rf"{mantissa} \cdot 10^{{{exponent}}}" if e else mantissa
    if operation == "name":
        return r"\pi" if node.value == "pi" else str(node.value)
    first = arguments[0]
    if operation == "negative":
        return f"-{_bracketed(first, 3)}"
    if operation == "sqrt":
        return rf"\sqrt{{{latex(first)}}}"
    if operation == "abs":
        return rf"\left|{latex(first)}\right|"
    if operation == "exp":
        return rf"e^{{{latex(first)}}}"
    if operation in FUNCTIONS:
        return rf"{_NAMES.get(operation, chr(92) + operation)}\left({latex(first)}\right)"
    second = arguments[1]
    if operation == "divide":
        return rf"\frac{{{latex(first)}}}{{{latex(second)}}}"
    if operation == "power":
        base = latex(first) if first.operation in ("number", "name", "sqrt", "abs") else _in_brackets(first)
        return f"{base}^{{{latex(second)}}}"
    if operation == "multiply":
        left, right = _bracketed(first, 2), _bracketed(second, 4)
        if second.operation == "divide":
            right = latex(second)
        return f"{left} {_dot(second, right)}{right}"
    sign = "+" if operation == "add" else "-"
    return f"{_bracketed(first, 1)} {sign} {_bracketed(second, 2)}"


def _dot(second: Node, right: str) -> str:
    """Between two digits there must be a sign, else a small space will do."""
    return r"\cdot " if right[0].isdigit() or second.operation == "divide" else r"\, "


def _in_brackets(node: Node) -> str:
    return rf"\left({latex(node)}\right)"


def _bracketed(node: Node, least: int) -> str:
    strength = _ATOM if node.operation == "divide" else _strength(node)
    return latex(node) if strength >= least and not (node.operation == "negative" and least > 1) else _in_brackets(node)
