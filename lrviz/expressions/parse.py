"""Reads what a person types as f(x, y). Nothing of it is ever run.

The text is cut into numbers, names and signs by hand, each of which is on a list; what is put together from them again
is given to Python's own parser for the order of operations alone, and of its tree just the few kinds of nodes that are
wanted are taken over. Everything is bounded before it is done.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import NoReturn

from lrviz.expressions.tree import CONSTANTS, FUNCTIONS, VARIABLES, ExpressionError, Node, spelled
from lrviz.expressions.worth import worth
from lrviz.numerals import exact, listed, rounded

MOST_TYPED = 1000
"""So many characters are read."""
MOST_SPELLED = 500
"""So long is a formula that fits into a link."""
MOST_NODES = 200
MOST_DEPTH = 32
MOST_EXPONENT = 64

_TRANSLATED = {"π": "pi", "·": "*", "−": "-", "^": "**"}
_COMPLETE = ("number", "value", ")", "square")
"""What may be the end of a formula, or of a factor."""
_SPACE = " \t\r\n"
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*|π)"
    r"|(?P<sign>\*\*|[-+*/^()²·−])"
)
_PRODUCT = re.compile(rf"(?P<first>(?:x|y|pi|e)*)(?P<last>{'|'.join(sorted(FUNCTIONS, key=len, reverse=True))})?")
_FACTOR = re.compile(r"x|y|pi|e")
_INSTEAD = {
    "ln": "log",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "Sin": "sin",
    "Cos": "cos",
    "PI": "pi",
    "Pi": "pi",
    "X": "x",
    "Y": "y",
    "E": "e",
}
_OPERATIONS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}


@lru_cache(maxsize=256)
def parse(text: str) -> Node:
    """The tree of a formula; ExpressionError, which points at the place, where it is none."""
    return _Reader(text).tree()


def canonical(text: str) -> str:
    """The formula in the one spelling that a link carries, without spaces; ExpressionError where it is none."""
    return spelled(parse(text))


class _Reader:
    """Reads one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = 0
        self.written: list[str] = []
        """What Python's parser is given, …"""
        self.places: list[tuple[int, int]] = []
        """… and for each of its characters, where it is from."""

    def refuse(self, problem: str, start: int = 0, end: int | None = None) -> NoReturn:
        raise ExpressionError(problem, self.text, start, end) from None

    def tree(self) -> Node:
        if len(self.text) > MOST_TYPED:
            self.refuse(f"it has {len(self.text):,} characters; at most {MOST_TYPED:,} are read", MOST_TYPED)
        self._tokens()
        if not self.written:
            self.refuse("there is no formula yet; try x^2 + 3y^2")
        source = "".join(self.written)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = ast.parse(source, mode="eval")
        except SyntaxError as error:
            at = min((error.offset or 1) - 1, len(self.places) - 1)
            self.refuse("this is not complete, or a sign is out of place", *self.places[max(at, 0)])
        except (RecursionError, MemoryError, ValueError, OverflowError):
            self.refuse(f"it is nested too deeply; at most {MOST_DEPTH} levels are read")
        node = self._node(parsed.body, 1)
        if node.is_constant:
            self.refuse("neither x nor y is in it: there is nothing to descend")
        if (length := len(spelled(node))) > MOST_SPELLED:
            self.refuse(f"spelled out it has {length} characters; at most {MOST_SPELLED} fit into a link")
        return node

    # ---- from characters to what Python's parser reads

    def _tokens(self) -> None:
        """Write what is given on, sign by sign."""
        before = ""
        opened: list[int] = []
        for kind, token, start, end in self._cut():
            if kind == "number":
                if before == "number":
                    self.refuse("two numbers stand side by side; is there a sign missing?", start, end)
                if before in _COMPLETE:
                    self.refuse("a number comes first in a product: write 2x, or put a * before it", start, end)
                self._number(token, start, end)
                before = "number"
            elif kind == "name":
                self._product(before)
                before = self._name("pi" if token == "π" else token, start, end)
            else:
                if before == "function" and token != "(":
                    self._no_argument(start - 1, start)
                before = self._sign(token, start, end, before, opened)
        if before == "function":
            self._no_argument(len(self.text) - 1, len(self.text))
        if before == "operator":
            self.refuse("something is missing after this sign", len(self.text.rstrip(_SPACE)) - 1, len(self.text))
        if opened:
            self.refuse("this parenthesis is never closed", opened[-1], opened[-1] + 1)

    def _cut(self) -> Iterator[tuple[str, str, int, int]]:
        at = 0
        while at < len(self.text):
            if self.text[at] in _SPACE:
                at += 1
                continue
            match = _TOKEN.match(self.text, at)
            if match is None:
                self._foreign(at)
            yield str(match.lastgroup), match[0], match.start(), match.end()
            at = match.end()

    def _foreign(self, at: int) -> NoReturn:
        character = self.text[at]
        if character == "|":
            self.refuse("write the absolute value as abs(x)", at, at + 1)
        if character == ",":
            self.refuse("a function takes one thing; decimals have a point: 0.5", at, at + 1)
        if character in "[]{}":
            self.refuse("write round parentheses", at, at + 1)
        if character == "=":
            self.refuse("write only what f(x, y) is, without =", at, at + 1)
        self.refuse(f"the character {character!a} means nothing here", at, at + 1)

    def _sign(self, token: str, start: int, end: int, before: str, opened: list[int]) -> str:
        """Write a sign; returns what it leaves behind."""
        place = (start, end)
        complete = before in _COMPLETE
        if token == "(":
            if before != "function":
                self._product(before)
            opened.append(start)
            if len(opened) > MOST_DEPTH:
                self.refuse(f"parentheses are nested more than {MOST_DEPTH} deep", *place)
            self._write("(", *place)
            return "("
        if token == ")":
            if not opened:
                self.refuse("this parenthesis closes none", *place)
            if not complete:
                self.refuse("something is missing before this parenthesis", *place)
            opened.pop()
            self._write(")", *place)
            return ")"
        if token == "²":
            if not complete or before == "square":
                self.refuse("there is nothing to square", *place)
            self._write("**2.0", *place)
            return "square"
        if not complete and token not in ("-", "+", "−"):
            self.refuse("something is missing before this sign", *place)
        self._write(_TRANSLATED.get(token, token), *place)
        return "operator"

    def _name(self, name: str, start: int, end: int) -> str:
        """Write a name, or several that are multiplied as in xy; returns what the last one leaves behind."""
        match = _PRODUCT.fullmatch(name)
        if match is None:
            known = f"there are {listed(VARIABLES)}, {listed(list(CONSTANTS))}, and the functions {listed(FUNCTIONS)}"
            instead = _INSTEAD.get(name) or (name.lower() if name.lower() in FUNCTIONS else "")
            hint = f"write {instead}" if instead else known
            if digits := re.fullmatch(r"(x|y|pi|e)([0-9]+)", name):
                hint = f"write {digits[1]}^{digits[2]} for a power, {digits[2]}{digits[1]} for a product"
            elif joined := next(
                (f for f in FUNCTIONS if name.startswith(f) and _PRODUCT.fullmatch(name[len(f) :])), ""
            ):
                hint = f"write {joined}({name[len(joined) :]})"
            self.refuse(f"there is no {name if len(name) <= 20 else name[:19] + '…'}; {hint}", start, end)
        at = start
        for number, factor in enumerate(_FACTOR.findall(match["first"])):
            if number:
                self._write("*", at, end)
            self._write(factor, at, min(at + len(factor), end))
            at += len(factor)
        if match["last"]:
            if match["first"]:
                self._write("*", at, end)
            self._write(match["last"], at, end)
            return "function"
        return "value"

    def _number(self, token: str, start: int, end: int) -> None:
        value = float(token)
        if not math.isfinite(value):
            self.refuse("this number is too large", start, end)
        self._write(repr(value), start, end)

    def _product(self, before: str) -> None:
        """The sign that is left out between two factors."""
        if before == "function":
            self._no_argument(len(self.text) - 1, len(self.text))
        if before in _COMPLETE:
            self._write("*", *self.places[-1])

    def _no_argument(self, start: int, end: int) -> NoReturn:
        name = re.sub(r".*?([a-z]+)$", r"\1", "".join(self.written))
        self.refuse(f"{name} is a function: it needs parentheses, as in {name}(x)", *self.places[-1])

    def _write(self, text: str, start: int, end: int) -> None:
        self.written.append(text)
        self.places += [(start, end)] * len(text)

    # ---- from Python's tree to ours

    def _node(self, node: ast.expr, depth: int) -> Node:
        start, end = self._place(node)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.refuse(f"it has more than {MOST_NODES} parts", start, end)
        if depth > MOST_DEPTH:
            self.refuse(f"it is nested more than {MOST_DEPTH} deep; parentheses can group a long sum", start, end)
        if isinstance(node, ast.Constant) and type(node.value) is float:
            return Node("number", (), node.value, start, end)
        if isinstance(node, ast.Name) and (node.id in VARIABLES or node.id in CONSTANTS):
            return Node("name", (), node.id, start, end)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
            return self._node(node.operand, depth + 1)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            made = Node("negative", (self._node(node.operand, depth + 1),), None, start, end)
        elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            arguments = (self._node(node.left, depth + 1), self._node(node.right, depth + 1))
            made = Node(_OPERATIONS[type(node.op)], arguments, None, start, end)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in FUNCTIONS
            and len(node.args) == 1
            and not node.keywords
        ):
            made = Node(node.func.id, (self._node(node.args[0], depth + 1),), None, start, end)
        else:
            self.refuse("this is no part of a formula", start, end)
        if made.operation == "power":
            self._exponent(*made.arguments)
        if made.is_constant and not math.isfinite(worth(made)):
            self.refuse("this is not a real number, or too large for one", start, end)
        return made

    def _exponent(self, base: Node, exponent: Node) -> None:
        place = (exponent.start, exponent.end)
        if not exponent.is_constant:
            instead = "exp(…)" if base.value == "e" else "exp(… · log(…))"
            self.refuse(f"an exponent is a number; write this power as {instead}", *place)
        size = worth(exponent)
        if not abs(size) <= MOST_EXPONENT:
            text = exact(size) if abs(size) < 1e6 else rounded(size)
            self.refuse(f"the exponent {text} is outside [−{MOST_EXPONENT}, {MOST_EXPONENT}]", *place)

    def _place(self, node: ast.expr) -> tuple[int, int]:
        last = max(node.col_offset, (node.end_col_offset or 1) - 1)
        return self.places[node.col_offset][0], self.places[min(last, len(self.places) - 1)][1]
