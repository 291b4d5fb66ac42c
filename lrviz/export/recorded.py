"""A surface as it stands in a script where its own source is no formula: recorded, and written out.

That is so where what is typed is the formula, and where the source reads data.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from lrviz.export.rewriting import Dialect
from lrviz.kernel.statements import INFIX, Scope
from lrviz.kernel.trace import Graph, Node, Traced, constants
from lrviz.surfaces import Surface

_ELEMENTWISE = {"and": "logical_and", "or": "logical_or", "not": "logical_not"}


def recorded(surface: Surface, dialect: Dialect, methods: Sequence[str]) -> str:
    """The methods of a class with the same numbers, as they were recorded; TraceError where that cannot be."""
    graph = Graph()
    symbolic: Any = copy.copy(surface)
    numbers = [number for number in surface.hypers() if not number.static]
    for number in numbers:
        object.__setattr__(symbolic, number.name, Traced(graph, graph.input(f"self.{number.name}")))
    theta = Traced(graph, np.array([[graph.input("x")], [graph.input("y")]], dtype=object))
    lines = []
    for method in methods:
        with np.errstate(all="ignore"):
            values = constants(graph, getattr(symbolic, method)(theta)).nodes
        block = Scope(_Writer(dialect).write).block(list(values.ravel()))
        lines += [f"    def {method}(self, theta):", "        x, y = theta"]
        lines += [f"        {name} = {_plain(text)}" for name, text in block.statements]
        parts = [_plain(text) for text in block.results]
        lines += [f"        return {_stacked(parts, values.shape[:-1], dialect)}", ""]
    return "\n".join(lines)


class _Writer:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def write(self, node: Node, arguments: Sequence[str]) -> str:
        """One operation in Python."""
        operation, name = node.operation, self.dialect.name
        if operation == "constant":
            if isinstance(node.value, bool):
                return str(node.value)
            if not np.isfinite(node.value):
                return f"float('{node.value}')"
            return f"({int(node.value) if node.value == int(node.value) and abs(node.value) < 1e15 else node.value!r})"
        if operation == "input":
            return str(node.value)
        if operation == "negative":
            return f"(-{arguments[0]})"
        if operation in INFIX:
            return f"({arguments[0]} {INFIX[operation]} {arguments[1]})"
        return f"{name(_ELEMENTWISE.get(operation, operation))}({', '.join(arguments)})"


def _plain(text: str) -> str:
    """Without brackets that say nothing."""
    return ast.unparse(ast.parse(text, mode="eval"))


def _stacked(parts: list[str], shape: tuple[int, ...], dialect: Dialect) -> str:
    match shape:
        case ():
            return parts[0]
        case (2,):
            wide = [f"0 * x + {part}" if _is_number(part) else part for part in parts]
            return f"{dialect.name('stack')}([{', '.join(wide)}])"
    rows = [_stacked(parts[i : i + 2], (2,), dialect) for i in (0, 2)]
    return f"{dialect.name('stack')}([{', '.join(rows)}])"


def _is_number(text: str) -> bool:
    """Whether a part depends on nothing."""
    return not any(isinstance(node, ast.Name) and node.id != "np" for node in ast.walk(ast.parse(text)))
