"""Records formulas: run once on `Traced` values, a NumPy formula leaves behind a graph of its operations.

A `Traced` stands where an array would, with one particle: θ has shape (2, 1), a loss (1,), a hyperparameter (). Each of
its elements is a `Node` of a `Graph`. The operations are recorded in order and never rearranged, so that whoever
evaluates the graph rounds as NumPy does; equal nodes are stored once. What cannot be recorded raises `TraceError`,
which names the line, the operation and the remedy.
"""

from __future__ import annotations

import linecache
import struct
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

OPERATIONS: dict[str, str] = {
    name: name
    for name in (
        *("add", "subtract", "multiply", "divide", "negative", "absolute", "sign", "sqrt", "cbrt", "floor", "rint"),
        *("exp", "expm1", "log", "log10", "power", "sinh", "cosh", "tanh"),
        *("sin", "cos", "tan", "arcsin", "arccos", "arctan"),
        *("maximum", "minimum", "fmax", "fmin", "isfinite", "isnan", "isinf"),
        *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
    )
} | {
    "fabs": "absolute",
    "logical_and": "and",
    "logical_or": "or",
    "logical_not": "not",
    "bitwise_and": "and",
    "bitwise_or": "or",
    "invert": "not",
}
"""{a ufunc's name: the operation that is recorded}."""

BOOLEAN = {
    *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
    *("and", "or", "not", "isfinite", "isnan", "isinf"),
}
"""The operations whose result is true or false."""

LOGICAL = {"and", "or", "not"}

EXACT = {
    *("add", "subtract", "multiply", "divide", "negative", "absolute", "sign", "sqrt", "floor", "rint"),
    *("maximum", "minimum", "fmax", "fmin", "where", "take", *BOOLEAN),
}
"""The operations that IEEE 754 rounds alike everywhere."""

_REMEDIES = {
    "clip": "np.minimum and np.maximum",
    "square": "x * x",
    "hypot": "lrviz.surfaces.length",
    "select": "np.where",
    "piecewise": "np.where",
    "dot": "a sum of products",
    "matmul": "a sum of products",
    "einsum": "a sum of products",
    "array": "np.stack",
    "asarray": "np.stack",
    "remainder": "a - b * np.floor(a / b)",
    "mod": "a - b * np.floor(a / b)",
    "fmod": "a - b * np.floor(a / b)",
    "mean": "a sum",
    "prod": "products",
    "reciprocal": "1 / x",
    "float_power": "np.power",
}

_HERE = str(Path(__file__).parent)
_NUMPY = str(Path(np.__file__).parent)


class TraceError(Exception):
    """A formula that cannot be recorded, and how to write it so that it can."""


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Node:
    """One operation of a graph. Its arguments are nodes; a leaf holds its `value` instead.

    It is not printed with all that it is computed from: what is used twice would be printed twice, again and again.
    """

    operation: str
    """An operation of OPERATIONS, "where" or "take"; or a leaf: "constant", or "input" (a parameter or a variable)."""
    arguments: tuple[Node, ...]
    boolean: bool
    value: Any = None
    """A constant's number, an input's name, the table that "take" looks into."""


def in_order(outputs: Iterable[Node], known: Collection[Node] = ()) -> list[Node]:
    """The nodes that the outputs are computed from, each after its arguments; what is known already is left out."""
    order: dict[Node, None] = {}
    stack = [(node, False) for node in reversed(list(outputs))]
    while stack:
        node, ready = stack.pop()
        if node in order or node in known:
            continue
        if ready:
            order[node] = None
        else:
            stack.append((node, True))
            stack.extend((argument, False) for argument in reversed(node.arguments))
    return list(order)


class Graph:
    """Nodes, each stored once."""

    def __init__(self) -> None:
        self._stored: dict[Any, Node] = {}

    def constant(self, value: float | bool) -> Node:
        """A number, or true or false."""
        if isinstance(value, bool | np.bool_):
            return self._store(("constant", bool(value)), Node("constant", (), True, bool(value)))
        number = float(value)
        # By its bits: −0 is not 0, and a NaN is itself.
        return self._store(("constant", struct.pack("d", number)), Node("constant", (), False, number))

    def input(self, name: str, boolean: bool = False) -> Node:
        """A value that is known when the graph is evaluated."""
        return self._store(("input", name, boolean), Node("input", (), boolean, name))

    def node(self, operation: str, *arguments: Node) -> Node:
        """The result of an operation. Constants are folded: NumPy computes with them here and now."""
        if operation in LOGICAL:
            arguments = tuple(self._truth(argument) for argument in arguments)
        if operation == "where":
            arguments = (self._truth(arguments[0]), *arguments[1:])
        if (short := self._shortened(operation, arguments)) is not None:
            return short
        boolean = operation in BOOLEAN or (operation == "where" and all(branch.boolean for branch in arguments[1:]))
        return self._store((operation, *map(id, arguments)), Node(operation, arguments, boolean))

    def take(self, table: tuple[float, ...], index: Node) -> Node:
        """The entry of a table of constants at a computed index."""
        return self._store(("take", table, id(index)), Node("take", (index,), False, table))

    def _store(self, key: Any, node: Node) -> Node:
        return self._stored.setdefault(key, node)

    def _truth(self, node: Node) -> Node:
        return node if node.boolean else self.node("not_equal", node, self.constant(0.0))

    def _shortened(self, operation: str, arguments: tuple[Node, ...]) -> Node | None:
        """The result where constants decide it. Arithmetic with variables is never shortened: 0 · ∞ is not 0."""
        if all(argument.operation == "constant" for argument in arguments):
            with np.errstate(all="ignore"):
                values = [argument.value for argument in arguments]
                function = np.where if operation == "where" else _FUNCTIONS[operation]
                return self.constant(function(*values)[()])
        first, *rest = arguments
        if operation == "where":
            return rest[0 if first.value else 1] if first.operation == "constant" else None
        if operation in ("and", "or"):
            for one, other in ((first, rest[0]), (rest[0], first)):
                if one.operation == "constant":
                    return one if one.value == (operation == "or") else other
        return None


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    operation: getattr(np, "logical_" + operation if operation in LOGICAL else operation)
    for operation in OPERATIONS.values()
}


class Traced(NDArrayOperatorsMixin):
    """An array of nodes. It answers to arithmetic, comparisons, NumPy's functions and indexing as an array would."""

    __array_priority__ = 1000

    def __init__(self, graph: Graph, nodes: Any) -> None:
        self.graph = graph
        self.nodes = _objects(nodes)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.nodes.shape

    @property
    def ndim(self) -> int:
        return self.nodes.ndim

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Traced]:
        return (Traced(self.graph, nodes) for nodes in self.nodes)

    def __getitem__(self, index: Any) -> Traced:
        if isinstance(index, Traced):
            refuse("an index that is computed", "lrviz.surfaces.surface.entry")
        return Traced(self.graph, self.nodes[index])

    def astype(self, kind: type) -> Traced:
        """The same: a whole number is a number."""
        return self

    def sum(self, axis: int) -> Traced:
        """The sum along an axis, term by term in order."""
        total, *others = np.moveaxis(self.nodes, axis, 0)
        result = Traced(self.graph, total)
        for other in others:
            result = result + Traced(self.graph, other)
        return result

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        name = ufunc.__name__
        if out is not None:
            refuse(f"np.{name} in place (+=, out=)", "a new name for the result")
        if method != "__call__" or options:
            refuse(
                f"np.{name}.{method}" if method != "__call__" else f"np.{name} with {', '.join(options)}", "np.where"
            )
        if name not in OPERATIONS:
            refuse(f"np.{name}", _REMEDIES.get(name, "other functions"))
        operation = OPERATIONS[name]
        lanes = [_nodes(self.graph, value) for value in inputs]
        if operation == "power" and all(_is_whole_power(node) for node in lanes[1].ravel()):
            refuse("a whole power (x ** 2)", "products (x * x)")
        if name in ("bitwise_and", "bitwise_or", "invert") and not all(
            n.boolean for lane in lanes for n in lane.ravel()
        ):
            refuse(f"np.{name} of numbers", "comparisons on both sides")
        return Traced(self.graph, np.frompyfunc(lambda *one: self.graph.node(operation, *one), len(lanes), 1)(*lanes))

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        recorded = _RECORDED.get(function)
        if recorded is None:
            refuse(f"np.{function.__name__}", _REMEDIES.get(function.__name__, "np.where, np.stack and ufuncs"))
        return recorded(self.graph, *arguments, **options)

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        refuse("np.array of recorded values", "np.stack")

    def __bool__(self) -> NoReturn:
        refuse("a branch on a value (if, and, or, min, max)", "np.where, np.logical_and, np.minimum, np.maximum")

    def __float__(self) -> NoReturn:
        refuse("float() of a value", "the value as it is")

    def __int__(self) -> NoReturn:
        refuse("int() of a value", "np.floor")

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        refuse("an assignment to an element", "np.stack or np.where")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        refuse(f".{name} of a value", _REMEDIES.get(name, "a function of NumPy"))

    # Equality is an operation, so identity is the hash.
    __hash__ = object.__hash__


def refuse(what: str, remedy: str) -> NoReturn:
    """Raise a TraceError that points at the formula's own line."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith((_HERE, _NUMPY)):
        frame = frame.f_back
    path, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(path, line).strip()
    raise TraceError(f"{Path(path).name}:{line}: {what} cannot be recorded; write it with {remedy}: {text}")


# ---- NumPy's functions that are not ufuncs


def _where(graph: Graph, condition: Any, yes: Any, no: Any) -> Traced:
    lanes = [_nodes(graph, value) for value in (condition, yes, no)]
    return Traced(graph, np.frompyfunc(lambda *one: graph.node("where", *one), 3, 1)(*lanes))


def _stack(graph: Graph, values: Sequence[Any], axis: int = 0) -> Traced:
    return Traced(graph, np.stack(np.broadcast_arrays(*(_nodes(graph, value) for value in values)), axis=axis))


def _take_along_axis(graph: Graph, table: Any, index: Any, axis: int) -> Traced:
    if isinstance(table, Traced) or np.size(table) != np.shape(table)[-1] or axis != -1:
        refuse("np.take_along_axis from anything but a row of constants", "lrviz.surfaces.surface.entry")
    entries = tuple(np.asarray(table, dtype=np.float64).ravel().tolist())
    return Traced(graph, np.frompyfunc(lambda one: graph.take(entries, one), 1, 1)(_nodes(graph, index)))


def _full_like(graph: Graph, like: Traced, value: Any) -> Traced:
    return Traced(graph, np.broadcast_to(_nodes(graph, value), like.shape))


def _sum(graph: Graph, value: Traced, axis: int | None = None) -> Traced:
    return value.sum(axis=axis) if axis is not None else refuse("np.sum over everything", "np.sum(..., axis=0)")


def _max(graph: Graph, value: Traced, axis: int | None = None) -> Any:
    if axis != 0:
        refuse("np.max along anything but the first axis", "np.max(..., axis=0)")
    larger: Any = np.maximum
    return reduce(larger, value)


_RECORDED: dict[Any, Callable[..., Any]] = {
    np.where: _where,
    np.stack: _stack,
    np.take_along_axis: _take_along_axis,
    np.full_like: _full_like,
    np.zeros_like: lambda graph, like: _full_like(graph, like, 0.0),
    np.ones_like: lambda graph, like: _full_like(graph, like, 1.0),
    np.sum: _sum,
    np.max: _max,
    np.shape: lambda graph, value: value.shape,
    np.ndim: lambda graph, value: value.ndim,
}


def constants(graph: Graph, value: Any) -> Traced:
    """Numbers as a recorded value."""
    return Traced(graph, _nodes(graph, value))


def _nodes(graph: Graph, value: Any) -> Any:
    """The nodes of a recorded value, or of numbers."""
    if isinstance(value, Traced):
        return value.nodes
    return _objects(np.frompyfunc(graph.constant, 1, 1)(np.asarray(value)))


def _objects(value: Any) -> Any:
    """An array of objects; a single one becomes an array of no dimensions."""
    if isinstance(value, np.ndarray):
        return value
    single = np.empty((), dtype=object)
    single[()] = value
    return single


def _is_whole_power(node: Node) -> bool:
    # Powers 0 and 1 are exact everywhere, and what a schedule's γ^t is at t = 0.
    return node.operation == "constant" and float(node.value).is_integer() and node.value not in (0.0, 1.0)
