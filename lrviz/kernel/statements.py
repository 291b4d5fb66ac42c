"""Puts nodes into statements, in an order in which they can be computed, for any language.

A node that is used once is written where it is used; any other gets a name. Nothing is rearranged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from lrviz.kernel.program import Program, drawn
from lrviz.kernel.trace import Node, in_order

Write = Callable[[Node, Sequence[str]], str]
"""Writes a node, given its arguments as written: `write(add, ["a", "b"])` is "(a + b)"."""

INFIX = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}
"""Operations that are written between their arguments, as Python and NumPy have them."""

_DEEPEST = 12
"""How many operations are nested in one expression at most: deeper ones are hard on eyes and on parsers."""


@dataclass(frozen=True)
class Block:
    """Statements, each a name and an expression, and expressions for what they are written for."""

    statements: list[tuple[str, str]]
    results: list[str]


class Scope:
    """Names for the nodes that have been computed so far."""

    def __init__(self, write: Write, names: Mapping[Node, str] | None = None) -> None:
        self._write = write
        self._names = dict(names or {})
        self._numbers = count(len(self._names))

    def block(self, outputs: Sequence[Node], always_named: bool = False) -> Block:
        """The statements after which the outputs can be written. always_named: each output gets a name of its own."""
        order = in_order(outputs, self._names)
        uses = Counter(argument for node in order for argument in node.arguments)
        uses.update(outputs)
        named = set(outputs) if always_named else set()
        statements, depth = [], Counter[Node]()
        for node in order:
            expression = self._write(node, [self._names[argument] for argument in node.arguments])
            depth[node] = 1 + max((depth[argument] for argument in node.arguments), default=0)
            inline = uses[node] == 1 and depth[node] < _DEEPEST and node not in named
            if inline or not node.arguments:
                self._names[node] = expression
            else:
                self._names[node] = f"n{next(self._numbers)}"
                statements.append((self._names[node], expression))
                depth[node] = 0
        return Block(statements, [self._names[node] for node in outputs])

    def inner(self) -> Scope:
        """A scope inside this one: it knows the names out here, its own are not known out here."""
        inside = Scope(self._write, self._names)
        inside._numbers = self._numbers
        return inside


@dataclass(frozen=True)
class Layout:
    """A program's blocks: before the loop, in it, and after it. Those after it know the inputs alone."""

    begin: Block
    closing: Block
    close: Block
    step: Block
    """Its results: the variables, and η last."""
    kind: Block
    facts: Block
    """Its results: the outcome's step, the evaluations, and the facts."""


def lay_out(program: Program, write: Write) -> Layout:
    """Put a program into blocks. What depends on parameters alone is computed once, before the loop."""
    looped = [program.closing, *program.close, *program.step, program.eta]
    told = [program.outcome_step, program.evaluations, *program.facts.values()]
    changing = {variable.value for variable in program.variables} | {"taken", *drawn(program.draws)}
    outer = Scope(write)
    fixed = outer.block(fixed_parts(looped, changing), always_named=True)
    begin = outer.block(program.begin)
    return Layout(
        begin=Block(fixed.statements + begin.statements, begin.results),
        closing=outer.inner().block([program.closing]),
        close=outer.inner().block(program.close),
        step=outer.inner().block([*program.step, program.eta]),
        kind=Scope(write).block([program.kind]),
        facts=Scope(write).block(told),
    )


def fixed_parts(outputs: Sequence[Node], changing: Collection[str]) -> list[Node]:
    """The largest parts of the outputs that no changing input enters."""
    order = in_order(outputs)
    still: set[Node] = set()
    for node in order:
        if all(argument in still for argument in node.arguments) and node.value not in changing:
            still.add(node)
    used = dict.fromkeys(argument for node in order if node not in still for argument in node.arguments)
    return [node for node in [*used, *outputs] if node in still and node.arguments]
