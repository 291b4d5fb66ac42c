"""Runs a program on rows of numbers, one number for each of thousands of particles.

The plain way to run a batch makes a new array at each operation, and computes twice what loss and gradient share. Here
each operation of the recorded step happens once, in memory that is still in the cache, and a particle that is done
leaves. What comes out is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.kernel.lean import Lean, lean, rewritten, with_growth
from lrviz.kernel.places import NUMBERS, TRUTHS, Step, function, write
from lrviz.kernel.program import Program, drawn
from lrviz.kernel.statements import fixed_parts
from lrviz.kernel.trace import OPERATIONS, Node, in_order

Bools: TypeAlias = NDArray[np.bool_]

_AHEAD = 1024
"""For how many steps it is computed at once in which case they are."""


class Rows:
    """A batch of particles on their way."""

    def __init__(
        self,
        program: Program,
        columns: Sequence[str],
        parameters: Sequence[Any],
        steps: int,
        noise_in_rows: bool = False,
    ) -> None:
        """columns: of a row of the program, or "growth", as in `with_growth`.

        parameters: a number or (B,) each, in the program's order. noise_in_rows: whether each has its own noise.
        """
        (count,) = np.broadcast_shapes((1,), *map(np.shape, parameters))
        given = dict(zip(program.parameters, parameters, strict=True))
        rows = {name for name, value in given.items() if np.ndim(value)} | {"start_x", "start_y"}
        self._plan = plan = _plan(program, tuple(columns), frozenset(rows), noise_in_rows)
        self.taken = 0
        self.going = np.arange(count)
        """(n,): which particles are still on their way."""
        self._given = {
            plan.lean.graph.input(name): np.full(count, value, dtype=np.float64) if name in rows else float(value)
            for name, value in given.items()
        } | {plan.lean.graph.input("steps"): float(steps)}
        self._lived = np.ones(count, dtype=bool)
        with np.errstate(all="ignore"):
            *inputs, lives = _evaluated([*plan.inputs, plan.lean.lives_at_all], self._given)
            begun = _evaluated(plan.begin, self._given)
        self._inputs = dict(zip(plan.inputs, inputs, strict=True))
        self._last: list[Array] = [
            np.empty(count, dtype=_TYPES[sort(variable)]) for variable in (*plan.carried, *plan.loose)
        ]
        self._loose: Sequence[Any] = ()
        self._places: dict[str, list[Array]] = {NUMBERS: [], TRUTHS: []}
        self._carry(begun)
        self._stay(np.broadcast_to(lives, count))

    def step(self, z: Sequence[Any] = ()) -> None:
        """One step on. z: the numbers that the noise is made of, one or (n,) each."""
        plan = self._plan
        with np.errstate(all="ignore"):
            closing, *gates = self._case()
            if closing:
                self._carry(_evaluated(plan.close, self._known()))
            step = plan.step(tuple(gates))
            for name, most in step.places.items():
                missing = most - len(self._places[name])
                self._places[name] += [np.empty(len(self.going), dtype=_TYPES[name]) for _ in range(missing)]
            inputs = (*self._inputs.values(), *self._loose, *z, float(self.taken))
            lives, *loose = step.function(inputs, self._places[NUMBERS], self._places[TRUTHS])
        self._loose = loose
        self.taken += 1
        self._stay(lives)

    def end(self) -> list[Array]:
        """(B,) each: the kind and the step of the outcome, and the columns, of all particles at their end."""
        self._leave(np.ones(len(self.going), dtype=bool))
        lean = self._plan.lean
        known = (
            self._given
            | dict(zip((*self._plan.carried, *self._plan.loose), self._last, strict=True))
            | {lean.alive: self._lived}
        )
        with np.errstate(all="ignore"):
            return [np.broadcast_to(values, len(self._lived)) for values in _evaluated(lean.outputs, known)]

    def _case(self) -> list[bool]:
        """Whether a window ends before the step to come, and the plan's gates at it."""
        if self.taken % _AHEAD == 0:
            known = self._inputs | {self._plan.taken: np.arange(self.taken, self.taken + _AHEAD, dtype=np.float64)}
            lanes = _evaluated([self._plan.lean.closing, *self._plan.gates], known)
            self._cases = np.stack([np.broadcast_to(lane, _AHEAD) for lane in lanes], axis=1).tolist()
        return self._cases[self.taken % _AHEAD]

    def _known(self) -> dict[Node, Any]:
        """What is known between two steps."""
        plan = self._plan
        values = [*self._carried(), *self._loose, float(self.taken)]
        return self._inputs | dict(zip((*plan.carried, *plan.loose, plan.taken), values, strict=True))

    def _carried(self) -> list[Array]:
        """The rows that are carried from step to step: they have the first places of their sorts."""
        places = {name: iter(rows) for name, rows in self._places.items()}
        return [next(places[sort(variable)]) for variable in self._plan.carried]

    def _carry(self, values: Sequence[Any]) -> None:
        """Put values into the variables, those that are rows into memory of their own."""
        plan, size = self._plan, len(self.going)
        self._loose = values[len(plan.carried) :]
        new: dict[str, list[Array]] = {NUMBERS: [], TRUTHS: []}
        for variable, value in zip(plan.carried, values, strict=False):
            new[sort(variable)].append(np.array(np.broadcast_to(value, size), dtype=_TYPES[sort(variable)]))
        self._places = {name: [*rows, *self._places[name][len(rows) :]] for name, rows in new.items()}

    def _stay(self, lives: Bools) -> None:
        """Let only these go on, (n,); the others leave."""
        if lives.all():
            return
        self._leave(~lives)
        self._lived[self.going[~lives]] = False
        self.going = self.going[lives]
        self._inputs = {node: value[lives] if np.ndim(value) else value for node, value in self._inputs.items()}
        rows = self._carried()
        self._places = {NUMBERS: [], TRUTHS: []}
        for variable, row in zip(self._plan.carried, rows, strict=True):
            self._places[sort(variable)].append(row[lives])

    def _leave(self, gone: Bools) -> None:
        """Keep the variables of particles that are done."""
        places = self.going[gone]
        for last, row in zip(self._last, self._carried(), strict=False):
            last[places] = row[gone]
        for last, value in zip(self._last[len(self._plan.carried) :], self._loose, strict=True):
            last[places] = value


@dataclass(frozen=True)
class _Step:
    """A step that is written and compiled."""

    function: Callable[..., Sequence[Any]]
    places: dict[str, int]


@dataclass(frozen=True, eq=False)
class _Plan:
    """How a program is run on rows, when it is known which of its inputs are rows."""

    lean: Lean
    inputs: tuple[Node, ...]
    """What does not change in the loop: the parameters, and what is computed from them alone."""
    carried: tuple[Node, ...]
    loose: tuple[Node, ...]
    """The variables that are rows, and those that are not."""
    begin: tuple[Node, ...]
    close: tuple[Node, ...]
    after: tuple[Node, ...]
    """Their values at first, after a window and after a step, in this order."""
    row_inputs: frozenset[Node]
    gates: tuple[Node, ...]
    """Truths that are the same for all particles and known beforehand: for each case there is a step of its own."""
    taken: Node
    noise: tuple[Node, ...]
    steps_: dict[tuple[bool, ...], _Step] = field(default_factory=dict)

    def step(self, gates: tuple[bool, ...]) -> _Step:
        """The step for a case of the gates."""
        if gates not in self.steps_:
            self.steps_[gates] = self._step(gates)
        return self.steps_[gates]

    def _step(self, gates: tuple[bool, ...]) -> _Step:
        graph = self.lean.graph
        fixed = {gate: graph.constant(value) for gate, value in zip(self.gates, gates, strict=True)}
        rows, loose = self.after[: len(self.carried)], self.after[len(self.carried) :]
        present, *partial = rewritten([self.lean.present, *rows, self.lean.lives, *loose], graph, fixed)
        whole = rewritten(partial, graph, {present: graph.constant(True)})
        known = [*self.inputs, *self.loose, *self.noise, self.taken]
        names = {node: f"i{number}" for number, node in enumerate(known)}
        among = _rows_among([present, *partial, *whole], self.row_inputs | set(self.carried))
        written = write(Step(among, names, self.carried, present, whole, partial), list(names.values()))
        scope: dict[str, Any] = {name: getattr(np, name) for name in _CALLED}
        scope |= {f"table{number}": np.array(table) for number, table in enumerate(written.tables)}
        # What is run here was written from a graph of operations; nothing that a person types gets into it.
        exec(compile(written.source, f"<{len(self.after)} variables in rows>", "exec"), scope)
        return _Step(scope["step"], written.places)


@lru_cache(maxsize=64)
def _plan(program: Program, columns: tuple[str, ...], rows: frozenset[str], noise_in_rows: bool) -> _Plan:
    small = lean(with_growth(program) if "growth" in columns else program, columns)
    graph, looped = small.graph, [small.closing, *small.close, *small.step, small.lives, small.present]
    noise = tuple(graph.input(name) for name in drawn(program.draws))
    row_inputs = frozenset(graph.input(name) for name in rows) | (frozenset(noise) if noise_in_rows else frozenset())
    carried: set[Node] = set()
    while True:
        among = _rows_among([*small.begin, *small.close, *small.step], row_inputs | carried)
        ways = zip(small.variables, small.begin, small.close, small.step, strict=True)
        grown = {variable for variable, *values in ways if not among.isdisjoint(values)}
        if grown == carried:
            break
        carried = grown
    order = sorted(range(len(small.variables)), key=lambda i: small.variables[i] not in carried)
    changing = {variable.value for variable in small.variables} | {"taken"} | {node.value for node in noise}
    among = _rows_among(looped, row_inputs | carried)
    return _Plan(
        lean=small,
        inputs=(*(graph.input(name) for name in (*program.parameters, "steps")), *fixed_parts(looped, changing)),
        carried=tuple(small.variables[i] for i in order[: len(carried)]),
        loose=tuple(small.variables[i] for i in order[len(carried) :]),
        begin=tuple(small.begin[i] for i in order),
        close=tuple(small.close[i] for i in order),
        after=tuple(small.step[i] for i in order),
        row_inputs=frozenset(_rows_among(looped, row_inputs) & set(fixed_parts(looped, changing))) | row_inputs,
        gates=tuple(_gates([*small.step, small.lives, small.present], among, changing - {"taken"})),
        taken=graph.input("taken"),
        noise=noise,
    )


def _rows_among(outputs: Iterable[Node], rows: Collection[Node]) -> set[Node]:
    """The nodes that are rows where these inputs are."""
    found = set(rows)
    for node in in_order(outputs):
        if not found.isdisjoint(node.arguments):
            found.add(node)
    return found


def _gates(outputs: Sequence[Node], rows: Collection[Node], changing: Collection[str]) -> dict[Node, None]:
    """The truths between rows that are the same for all particles and known beforehand."""
    found: dict[Node, None] = {}
    known: set[Node] = set()
    for node in in_order(outputs):
        if node.value not in changing if node.operation == "input" else known.issuperset(node.arguments):
            known.add(node)
        if node in rows and node.operation in ("where", "and", "or"):
            asked = node.arguments[:1] if node.operation == "where" else node.arguments
            found |= dict.fromkeys(
                one for one in asked if one in known and one not in rows and one.operation != "constant"
            )
    return found


def _evaluated(outputs: Sequence[Node], known: Mapping[Node, Any]) -> list[Any]:
    """The values of nodes by NumPy."""
    values = dict(known)
    for node in in_order(outputs, known):
        arguments = [values[argument] for argument in node.arguments]
        match node.operation:
            case "constant":
                values[node] = node.value
            case "where":
                values[node] = np.where(*arguments)
            case "take":
                values[node] = np.take(np.array(node.value), np.asarray(arguments[0]).astype(int), mode="clip")
            case _:
                values[node] = getattr(np, function(node.operation))(*arguments)
    return [values[node] for node in outputs]


_CALLED = {"where", "copyto", "take", "inf", "nan", *map(function, OPERATIONS.values())}
_TYPES = {NUMBERS: np.float64, TRUTHS: np.bool_}


def sort(node: Node) -> str:
    """The sort of the places of a row."""
    return TRUTHS if node.boolean else NUMBERS
