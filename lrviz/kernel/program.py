"""Records a whole run: the first iterate, one step, what is judged on the way and what is said at the end.

A `Program` serves every run with the same surface, optimizer, schedule and noise by class: all numbers but the static
ones are parameters. It is a handful of nodes; `javascript` and `scalar` write them out, each in its language.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from lrviz.declare import Array, Declared
from lrviz.iterate import Iterate, advance, begin
from lrviz.judge import Judge
from lrviz.kernel.trace import Graph, Node, Traced, TraceError, constants, in_order
from lrviz.noise import Noise
from lrviz.optimizers import Optimizer, Wrapper, layers, unwrapped
from lrviz.outcome import facts
from lrviz.schedules import Schedule, Warmup
from lrviz.surfaces import Surface, curvatures
from lrviz.theory import stability_limit
from lrviz.verdict import Verdict

AXES = "xy"
D = TypeVar("D", bound=Declared)


@dataclass(frozen=True, eq=False)
class Program:
    """A recorded run.

    Its nodes are over inputs: the parameters, the variables, `taken` (the steps taken so far), `steps` (of the whole
    run), and with noise `z0`, `z1`, … (the numbers that the noise of the step to come is made of).
    """

    parameters: tuple[str, ...]
    """The paths of the run-time numbers, such as "start_x", "surface.kappa", "schedule.eta"."""
    draws: int
    """How many numbers the noise of a step is made of; 0 without noise."""
    variables: tuple[Node, ...]
    """What is carried from step to step."""
    begin: tuple[Node, ...]
    """Each variable's first value, over the parameters."""
    closing: Node
    """Whether the variables change as in `close` before the next step: a window of the judge ends."""
    close: tuple[Node, ...]
    step: tuple[Node, ...]
    """Each variable after a step."""
    eta: Node
    """The rate of the step."""
    present: Node
    alive: Node
    """The variables that say whether the last step was taken, and whether there may be another."""
    row: dict[str, Node]
    """What is kept of each iterate, by column; variables all."""
    kind: Node
    """The outcome's kind, as an index into KINDS, at the end."""
    outcome_step: Node
    evaluations: Node
    facts: dict[str, Node]
    functions: dict[str, tuple[tuple[str, ...], Any]]
    """{name: (the names of its arguments, its results: a node, or a tuple or dict of results)}"""


def program(surface: Surface, optimizer: Optimizer, schedule: Schedule, noise: Noise | None = None) -> Program:
    """The program of these; TraceError, with a sentence, where a formula cannot be recorded."""
    return _program(*(canonical(part) for part in (surface, optimizer, schedule, noise)))


def values(
    surface: Surface, optimizer: Optimizer, schedule: Schedule, noise: Noise | None, start: Array | Sequence[float]
) -> dict[str, Any]:
    """{path: value} of a program's parameters, in their order. start: (2, ...); a value is a number or (B,)."""
    numbers = {f"start_{axis}": coordinate for axis, coordinate in zip(AXES, start, strict=True)}
    for prefix, part in _parts(surface, optimizer, schedule, noise):
        numbers |= {f"{prefix}.{name}": getattr(part, name) for name in _running(part)}
    return numbers


def drawn(draws: int) -> list[str]:
    """The names of the inputs that a step's noise is made of."""
    return [f"z{i}" for i in range(draws)]


def _parts(
    surface: Surface, optimizer: Optimizer, schedule: Schedule, noise: Noise | None
) -> Iterator[tuple[str, Declared]]:
    yield "surface", surface
    yield from layers(optimizer).items()
    if isinstance(schedule, Warmup):
        yield "warmup", schedule
        schedule = schedule.schedule
    yield "schedule", schedule
    if noise is not None:
        yield "noise", noise


def _running(part: Declared) -> list[str]:
    """The names of the numbers that are parameters at run time."""
    return [declared.name for declared in part.hypers() if not declared.static]


def _with(part: D, **numbers: Any) -> D:
    """A copy with other numbers, of any kind: what checks a declared number cannot check a recorded one."""
    changed = copy.copy(part)
    for name, value in numbers.items():
        object.__setattr__(changed, name, value)
    return changed


def canonical(part: D | None) -> D | None:
    """The same with its run-time numbers at their defaults: what shares a program is then equal."""
    if part is None:
        return None
    numbers: dict[str, Any] = {declared.name: declared.default for declared in part.hypers() if not declared.static}
    if isinstance(part, Warmup):
        numbers["schedule"] = canonical(part.schedule)
    if isinstance(part, Wrapper):
        numbers["optimizer"] = canonical(part.optimizer)
    return _with(part, **numbers)


@lru_cache(maxsize=128)
def _program(surface: Surface, optimizer: Optimizer, schedule: Schedule, noise: Noise | None) -> Program:
    recorder = _Recorder(surface, optimizer, schedule, noise)
    step = recorder.step()
    if recorder.step() != step:
        raise TraceError(
            f"{type(optimizer).__name__} on {type(surface).__name__} is another formula when it is recorded again: it"
            " counts or draws by itself. Keep what changes in the state, and take noise from the oracle"
        )
    return recorder.program(step)


class _Recorder:
    """Runs the formulas of a run on symbols."""

    def __init__(self, surface: Surface, optimizer: Optimizer, schedule: Schedule, noise: Noise | None) -> None:
        self.graph = Graph()
        self.parameters = tuple(values(surface, optimizer, schedule, noise, surface.start))
        if isinstance(schedule, Warmup):
            inner = self._symbolic("schedule", schedule.schedule)
            self.schedule: Schedule = _with(self._symbolic("warmup", schedule), schedule=inner)
        else:
            self.schedule = self._symbolic("schedule", schedule)
        self.surface = self._symbolic("surface", surface)
        method, wrappers = unwrapped(optimizer)
        self.optimizer = self._symbolic("optimizer", method)
        for wrapper in wrappers:
            self.optimizer = _with(self._symbolic(wrapper.slug, wrapper), optimizer=self.optimizer)
        self.noise = None if noise is None else self._symbolic("noise", noise)
        self.draws = 0 if noise is None else noise.width(surface)
        self.judge = Judge(self.surface, self.optimizer, noise is not None)
        self.taken, self.steps = self._input("taken"), self._input("steps")
        self.start = self._point("start_x", "start_y")
        with np.errstate(all="ignore"):
            it = begin(self.surface, self.optimizer, self.schedule, self.start)
            stats = self.judge.begin(it)
        self.first = self._lanes(it, stats)
        self.variables = [self.graph.input(f"v{i}", node.boolean) for i, node in enumerate(self.first)]
        lanes = iter(self.variables)
        self.it: Iterate = replace(_filled(self.graph, it, lanes), t=self.taken)
        self.stats = _filled(self.graph, stats, lanes)

    def step(self) -> list[Node]:
        """All variables after a step, and the step's rate."""
        z = self._point(*drawn(self.draws)) if self.draws else None
        with np.errstate(all="ignore"):
            it = advance(self.surface, self.optimizer, self.schedule, self.noise, self.it, z)
            stats = self.judge.follow(self.stats, it.t, self.steps, it)
        return [*self._lanes(it, stats), self._lane(it.eta)]

    def program(self, stepped: list[Node]) -> Program:
        """Everything, but for the variables that nothing reads. stepped: what `step` returned."""
        it, next_ = self.it, self.taken + 1
        *step, eta = stepped
        row = {"x": it.theta[0], "y": it.theta[1], "loss": it.loss, "grad_x": it.grad[0], "grad_y": it.grad[1]}
        for name, memory in it.state.items():
            row |= {f"{name}_{axis}": memory[i] for i, axis in enumerate(AXES)} if memory.ndim > 1 else {name: memory}
        with np.errstate(all="ignore"):
            close = self._lanes(it, self.judge.close(self.stats, next_))
            closing = self._lane(self.judge.closes(next_, self.steps))
            verdict = Verdict(self.judge, self.stats, self.steps)
            told = facts(verdict)
            functions = self._functions()
        ended: dict[str, Any] = {"kind": verdict.kind, "outcome_step": verdict.step, "evaluations": it.evaluations}
        ended |= {"present": it.present, "alive": it.alive}
        rows, said, end = ({key: self._lane(lane) for key, lane in part.items()} for part in (row, told, ended))
        live = self._live([*rows.values(), *said.values(), *end.values(), closing, eta], step, close)
        first, variables, step, close = ([part[i] for i in live] for part in (self.first, self.variables, step, close))
        return Program(
            parameters=self.parameters,
            draws=self.draws,
            variables=tuple(variables),
            begin=tuple(first),
            closing=closing,
            close=tuple(close),
            step=tuple(step),
            eta=eta,
            row=rows,
            facts=said,
            functions=functions,
            **end,
        )

    def _functions(self) -> dict[str, tuple[tuple[str, ...], Any]]:
        """What a picture needs to know of the surface and the optimizer."""
        surface, here = self.surface, self._point("x", "y")
        smallest, largest = curvatures(surface.hess(here))
        minimum = surface.nearest_minimum(self.start)
        mu, sharpness = curvatures(surface.hess(minimum))
        limits = [stability_limit(self.optimizer, curvature) for curvature in (self._input("curvature"), sharpness)]
        return {
            "loss": (("x", "y"), self._lane(surface.loss(here))),
            "gradient": (("x", "y"), tuple(map(self._lane, surface.grad(here)))),
            "curvature": (("x", "y"), (self._lane(smallest), self._lane(largest))),
            "saddles": ((), tuple(tuple(map(self._lane, point)) for point in surface.saddles)),
            "limit": (("curvature",), self._lane(limits[0])),
            "theory": ((), {"mu": self._lane(mu), "L": self._lane(sharpness), "limit": self._lane(limits[1])}),
        }

    # ---- symbols

    def _input(self, name: str) -> Any:
        return Traced(self.graph, self.graph.input(name))

    def _point(self, *names: str) -> Any:
        """A position, (2, 1)."""
        return np.stack([self._input(name) for name in names])[:, None]

    def _symbolic(self, prefix: str, part: D) -> D:
        return _with(part, **{name: self._input(f"{prefix}.{name}") for name in _running(part)})

    def _lane(self, value: Any) -> Node:
        """The one node of a value for one particle; a number becomes a constant."""
        (node,) = constants(self.graph, value).nodes.ravel()
        return node

    def _lanes(self, it: Iterate, stats: Any) -> list[Node]:
        """All that is carried from step to step, node by node."""
        leaves = [*_leaves(it), *_leaves(stats)]
        return [node for leaf in leaves for node in constants(self.graph, leaf).nodes.ravel()]

    def _live(self, outputs: list[Node], step: list[Node], close: list[Node]) -> list[int]:
        """The places of the variables that enter the outputs, now or some steps later."""
        place = {variable: i for i, variable in enumerate(self.variables)}
        entering: dict[Node, int] = {}  # for each node the variables that enter it, as bits
        for node in in_order([*outputs, *step, *close]):
            bits = 1 << place[node] if node in place else 0
            for argument in node.arguments:
                bits |= entering[argument]
            entering[node] = bits
        live, found = 0, 0
        for node in outputs:
            found |= entering[node]
        while found != live:
            live = found
            for i in place.values():
                if live >> i & 1:
                    found |= entering[step[i]] | entering[close[i]]
        return [i for i in place.values() if live >> i & 1]


_OF_THE_STEP = ("t", "eta")
"""Fields of an iterate that belong to one step, and are not carried on to the next."""


def _leaves(tree: Any) -> Iterator[Any]:
    """What is carried in nested dataclasses, dictionaries and tuples."""
    for _, branch in _branches(tree):
        if isinstance(branch, dict | tuple):
            yield from _leaves(branch)
        else:
            yield branch


def _filled(graph: Graph, tree: Any, lanes: Iterator[Node]) -> Any:
    """The same tree with other nodes in the places of its leaves."""
    filled = {}
    for name, branch in _branches(tree):
        if isinstance(branch, dict | tuple):
            filled[name] = _filled(graph, branch, lanes)
        else:
            shape = np.shape(branch)
            nodes = np.array([next(lanes) for _ in range(math.prod(shape))], dtype=object)
            filled[name] = Traced(graph, nodes.reshape(shape))
    if is_dataclass(tree) and not isinstance(tree, type):
        return replace(tree, **filled)
    if isinstance(tree, dict):
        return filled
    return tree._replace(**filled) if hasattr(tree, "_replace") else tuple(filled.values())


def _branches(tree: Any) -> list[tuple[str, Any]]:
    if is_dataclass(tree):
        return [(field.name, getattr(tree, field.name)) for field in fields(tree) if field.name not in _OF_THE_STEP]
    if isinstance(tree, dict):
        return list(tree.items())
    names = getattr(tree, "_fields", [str(i) for i in range(len(tree))])
    return list(zip(names, tree, strict=True))
