"""Writes a recorded step as NumPy calls that put their results into memory that is in use already.

What is a row, one number for each particle, has a place in memory while it is needed, and then leaves the place to the
next one. What is one number for all particles is a Python name.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lrviz.kernel.trace import Node, in_order

NUMBERS, TRUTHS = "bc"
"""How the names of the two sorts of places begin."""


@dataclass(frozen=True)
class Step:
    """A step to be written. Which of its nodes are rows is known; so are names for what is there before it."""

    rows: Collection[Node]
    names: Mapping[Node, str]
    carried: Sequence[Node]
    """The variables that are rows. They have the first places, and the step may use these when it is done with them."""
    present: Node
    """Whether each particle takes the step."""
    whole: Sequence[Node]
    partial: Sequence[Node]
    """What comes out where all take it, and where not all do: the carried variables' new values, whether each particle
    may go on, and the new values of the variables that are no rows."""


@dataclass(frozen=True)
class Written:
    """The step as Python, and what it needs."""

    source: str
    """A function `step(inputs, b, c)` that puts the places in b and c in their new order."""
    tables: tuple[tuple[float, ...], ...]
    """What `take` looks into, by the names table0, table1, …"""
    places: dict[str, int]
    """How many places of each sort."""


def write(step: Step, inputs: Sequence[str]) -> Written:
    """Write a step. inputs: the names of what it is given besides the places."""
    writer = _Writer(step)
    first = writer.statements([step.present], later=[*step.whole, *step.partial])
    asked = writer.names[step.present]
    other = writer.copy()
    branches = [
        (own.statements(results, later=()), *own.settled(results))
        for own, results in ((writer, step.whole), (other, step.partial))
    ]
    b, c = (writer.made[sort] for sort in (NUMBERS, TRUTHS))
    lines = [
        f"def step(inputs, {NUMBERS}, {TRUTHS}):",
        *_indented(
            f"{', '.join([*names, '*_'])} = {given}" for names, given in ((inputs, "inputs"), (b, NUMBERS), (c, TRUTHS))
        ),
        *_indented(first),
    ]
    for (body, more, order, told), head in zip(branches, (f"if {asked}.all():", "else:"), strict=True):
        ends = [
            f"{sort}[:{len(made)}] = {', '.join(_ordered(order, made))}," for sort, made in writer.made.items() if made
        ]
        lines += _indented([head, *_indented([*body, *more, *ends, f"return {', '.join(told)},"])])
    return Written("\n".join(lines), tuple(writer.tables), {sort: len(made) for sort, made in writer.made.items()})


class _Writer:
    """Writes statements, and remembers which place holds what."""

    def __init__(self, step: Step) -> None:
        self.rows, self.carried = step.rows, step.carried
        self.names = dict(step.names)
        self.made: dict[str, list[str]] = {NUMBERS: [], TRUTHS: []}
        self.free: dict[str, list[str]] = {NUMBERS: [], TRUTHS: []}
        self.tables: dict[tuple[float, ...], int] = {}
        self.owned: set[Node] = set(step.carried)
        for node in step.carried:
            self.names[node] = self._place(node)

    def copy(self) -> _Writer:
        """A writer that goes on from here by itself; new places are new for both."""
        other = _Writer.__new__(_Writer)
        other.__dict__.update(self.__dict__)
        other.names, other.owned = dict(self.names), set(self.owned)
        other.free = {sort: list(names) for sort, names in self.free.items()}
        return other

    def statements(self, outputs: Sequence[Node], later: Sequence[Node]) -> list[str]:
        """What computes the outputs. later: what will be computed after them."""
        order = in_order(outputs, self.names)
        kept = {*outputs, *later}
        kept |= {argument for node in in_order(later, {*self.names, *order}) for argument in node.arguments}
        last = {argument: node for node in order for argument in node.arguments}
        for node in [node for node in self.owned if node not in kept and node not in last]:
            self._leave(node)
        lines = []
        for node in order:
            arguments = [self.names[argument] for argument in node.arguments]
            for argument in dict.fromkeys(node.arguments):
                if last[argument] is node and argument not in kept:
                    self._leave(argument)
            if node in self.rows:
                self.names[node] = self._place(node)
                self.owned.add(node)
                lines.append(self._row(node, self.names[node], arguments))
            elif node.arguments:
                self.names[node] = f"n{len(self.names)}"
                lines.append(f"{self.names[node]} = {self._single(node, arguments)}")
            else:
                self.names[node] = _literal(node.value)
        return lines

    def settled(self, results: Sequence[Node]) -> tuple[list[str], list[str], list[str]]:
        """Puts each result that is carried into a place of its own.

        Returns the statements that do so, these places, and what is told: whether each goes on, and what is no row.
        """
        lines, order = [], []
        for variable, node in zip(self.carried, results, strict=False):
            if node in self.owned and self.names[node] not in order:
                order.append(self.names[node])
                continue
            order.append(self._place(variable))
            lines.append(f"copyto({order[-1]}, {self.names[node]})")
        return lines, order, [self.names[node] for node in results[len(self.carried) :]]

    def _place(self, node: Node) -> str:
        sort = TRUTHS if node.boolean else NUMBERS
        if self.free[sort]:
            return self.free[sort].pop()
        self.made[sort].append(f"{sort}{len(self.made[sort])}")
        return self.made[sort][-1]

    def _leave(self, node: Node) -> None:
        if node in self.owned:
            self.owned.remove(node)
            self.free[TRUTHS if node.boolean else NUMBERS].append(self.names[node])

    def _row(self, node: Node, place: str, arguments: Sequence[str]) -> str:
        if node.operation == "where":
            if node.arguments[0] in self.rows:
                return f"{place} = where({', '.join(arguments)})"  # it takes no place for its result
            return f"copyto({place}, {arguments[1]} if {arguments[0]} else {arguments[2]})"
        if node.operation == "take":
            return f"take({self._table(node)}, {arguments[0]}.astype(int), out={place}, mode='clip')"
        return f"{function(node.operation)}({', '.join(arguments)}, out={place})"

    def _single(self, node: Node, arguments: Sequence[str]) -> str:
        if node.operation == "where":
            return f"({arguments[1]} if {arguments[0]} else {arguments[2]})"
        if node.operation == "take":
            return f"{self._table(node)}[int({arguments[0]})]"
        return f"{function(node.operation)}({', '.join(arguments)})"

    def _table(self, node: Node) -> str:
        return f"table{self.tables.setdefault(node.value, len(self.tables))}"


def function(operation: str) -> str:
    """NumPy's name of an operation."""
    return f"logical_{operation}" if operation in ("and", "or", "not") else operation


def _ordered(first: Sequence[str], made: Sequence[str]) -> list[str]:
    """The places of one sort: those of the carried variables, then the others."""
    own = [name for name in first if name in made]
    return own + [name for name in made if name not in own]


def _indented(lines: Iterable[str]) -> list[str]:
    return ["    " + line for line in lines]


def _literal(value: float | bool) -> str:
    if isinstance(value, bool) or math.isfinite(value):
        return f"({value!r})" if value < 0 else repr(value)
    return "nan" if math.isnan(value) else "inf" if value > 0 else "(-inf)"
