"""A program without what a map does not ask for: what is left is the outcome's kind and step, and some columns.

Every particle that is stepped is alive, for the others have left; and variables that are always equal are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lrviz.kernel.program import Program
from lrviz.kernel.trace import Graph, Node, in_order


@dataclass(frozen=True, eq=False)
class Lean:
    """A recorded run of particles that are alive."""

    graph: Graph
    variables: tuple[Node, ...]
    begin: tuple[Node, ...]
    close: tuple[Node, ...]
    step: tuple[Node, ...]
    """Each variable's first value, and its value after a window has ended, and after a step."""
    closing: Node
    present: Node
    """Whether the step was taken: what depends on it chooses between the new and the old."""
    lives: Node
    """Whether there may be a further step."""
    lives_at_all: Node
    """Whether there may be a first."""
    alive: Node
    """The input of `outputs` that says whether the particle lived to the end."""
    outputs: tuple[Node, ...]
    """The kind, its step, and the columns: over the variables at the end."""


def lean(program: Program, columns: Sequence[str]) -> Lean:
    """What is left of a program for these columns of its last row."""
    graph = Graph()
    variables = program.variables
    place = {variable: i for i, variable in enumerate(variables)}
    same = _same(program, graph)
    alive = same[program.alive]
    running = {v: graph.constant(True) if one is alive else one for v, one in same.items()}
    closing, *looped = rewritten([program.closing, *program.close, *program.step], graph, running)
    close, step = looped[: len(variables)], looped[len(variables) :]
    asked = [program.kind, program.outcome_step, *(program.row[name] for name in columns)]
    outputs, begin = rewritten(asked, graph, same), rewritten(program.begin, graph, {})
    lives, present = step[place[program.alive]], step[place[program.present]]
    ways = {same[variable]: (i, close[i], step[i]) for variable, i in reversed(place.items())}
    del ways[alive]
    kept = [ways[variable][0] for variable in _entering([*outputs, closing, lives, present], ways)]
    return Lean(
        graph=graph,
        variables=tuple(same[variables[i]] for i in kept),
        begin=tuple(begin[i] for i in kept),
        close=tuple(close[i] for i in kept),
        step=tuple(step[i] for i in kept),
        closing=closing,
        present=present,
        lives=lives,
        lives_at_all=begin[place[program.alive]],
        alive=alive,
        outputs=tuple(outputs),
    )


def with_growth(program: Program) -> Program:
    """The program with one more column, `growth`: the most by which a step made ‖∇f‖ grow to above its first value."""
    graph, place = Graph(), {variable: i for i, variable in enumerate(program.variables)}
    first, growth, nothing = graph.input("first_slope"), graph.input("growth"), graph.constant(0.0)

    def slope(x: Node, y: Node) -> Node:
        return graph.node("sqrt", graph.node("add", graph.node("multiply", x, x), graph.node("multiply", y, y)))

    old = program.row["grad_x"], program.row["grad_y"]
    new = slope(*(program.step[place[axis]] for axis in old))
    grown = graph.node("where", graph.node("greater", new, first), graph.node("divide", new, slope(*old)), nothing)
    return replace(
        program,
        variables=(*program.variables, first, growth),
        begin=(*program.begin, slope(*(program.begin[place[axis]] for axis in old)), nothing),
        close=(*program.close, first, growth),
        step=(*program.step, first, graph.node("fmax", growth, grown)),
        row=program.row | {"growth": growth},
    )


def rewritten(outputs: Sequence[Node], graph: Graph, replaced: Mapping[Node, Node]) -> list[Node]:
    """The outputs' nodes again, in a graph, with some of them replaced; what becomes constant is folded."""
    new = dict(replaced)
    for node in in_order(outputs, new):
        arguments = [new[argument] for argument in node.arguments]
        match node.operation:
            case "constant":
                new[node] = graph.constant(node.value)
            case "input":
                new[node] = graph.input(node.value, node.boolean)
            case "take":
                new[node] = graph.take(node.value, *arguments)
            case _:
                new[node] = graph.node(node.operation, *arguments)
    return [new[node] for node in outputs]


def _same(program: Program, graph: Graph) -> dict[Node, Node]:
    """For each variable the input that stands for it: one for all variables that begin and go on alike."""
    kinds: dict[Node, object] = dict(zip(program.variables, program.begin, strict=True))
    while True:
        first: dict[object, Node] = {}
        for variable, kind in kinds.items():
            first.setdefault(kind, graph.input(variable.value, variable.boolean))
        same = {variable: first[kind] for variable, kind in kinds.items()}
        ways = zip(rewritten(program.close, graph, same), rewritten(program.step, graph, same), strict=True)
        kinds = {variable: (same[variable], *way) for variable, way in zip(kinds, ways, strict=True)}
        if len(set(kinds.values())) == len(first):
            return same


def _entering(outputs: Sequence[Node], ways: Mapping[Node, tuple[int, Node, Node]]) -> list[Node]:
    """The variables that enter the outputs, now or some steps later."""
    live: dict[Node, None] = {}
    new = [node for node in in_order(outputs) if node in ways]
    while new:
        live |= dict.fromkeys(new)
        later = [node for variable in new for node in ways[variable][1:]]
        new = [node for node in in_order(later) if node in ways and node not in live]
    return list(live)
