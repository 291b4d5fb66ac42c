"""Records an optimizer's step on symbols, and names the values on its way by the step's own variables."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import FrameType
from typing import Any

import numpy as np

from lrviz.anatomy.arithmetic import evaluated
from lrviz.anatomy.plain import plain
from lrviz.kernel.trace import Graph, Node, Traced, constants, in_order
from lrviz.optimizers import Optimizer, Wrapper, layers

THETA = "theta"
NOISE = "xi"
LABELS = {0: ("",), 1: ("x", "y"), 2: ("xx", "xy", "yx", "yy")}
"""What the elements of a value are called, by its number of coordinates: one a particle, a vector, a matrix."""


@dataclass(frozen=True)
class Leaf:
    """What an input of the recorded step stands for."""

    kind: str
    """What is asked of the loss: "grad", "loss", "hess", "infimum"; else "xi", "theta", "state", "eta", "t" or
    "number"."""
    name: str
    """Of a number the field's name, of a state its own; else as the kind."""
    label: str
    """The coordinate: "x", "y"; "" where there is one for both."""
    at: tuple[Node, ...] = ()
    """Where the loss was asked."""


@dataclass(frozen=True)
class Line:
    """One value on the way of a step, by name, and how it is computed from those before it."""

    name: str
    labels: tuple[str, ...]
    """What its elements are called: x and y, or one without a label."""
    nodes: tuple[Node, ...]
    changes: bool
    """Whether it is another one at each step."""


@dataclass(frozen=True, eq=False)
class Recording:
    """A step as lines, each computed from inputs and from lines before it. The last is the new θ."""

    optimizer: Optimizer
    graph: Graph
    leaves: dict[Node, Leaf]
    lines: tuple[Line, ...]
    theta: tuple[Node, ...]
    """The new θ, by coordinate."""
    state: dict[str, tuple[Node, ...]]
    """The new memory."""

    def named(self, node: Node) -> tuple[Line, str] | None:
        """The line that a node is the value of, and its label there."""
        return self._places.get(node)

    def words(self, line: Line) -> str:
        """How a line's value is found, where its formula is too long to print; else empty."""
        told = {name: words for layer in layers(self.optimizer).values() for name, words in layer.in_words.items()}
        return told.get(line.name.rstrip("′"), "") if line.changes else ""

    @cached_property
    def _places(self) -> dict[Node, tuple[Line, str]]:
        return {node: (line, label) for line in self.lines for label, node in zip(line.labels, line.nodes, strict=True)}


@lru_cache(maxsize=64)
def record(optimizer: Optimizer, noisy: bool = False) -> Recording:
    """The step of an optimizer with single numbers. noisy: whether the loss answers with noise.

    A number that is 0, and a condition that the numbers alone decide, are settled: what is switched off has no line.
    TraceError, with a sentence, where the step cannot be recorded.
    """
    return _Recorder(optimizer, noisy).recording()


class _Recorder:
    def __init__(self, optimizer: Optimizer, noisy: bool) -> None:
        self.optimizer, self.noisy = optimizer, noisy
        self.graph = Graph()
        self.leaves: dict[Node, Leaf] = {}
        self.answers: dict[Any, Traced] = {}
        self.values: dict[str, float] = {}
        self.symbolic: Any = self.with_symbols(optimizer)

    def with_symbols(self, optimizer: Optimizer) -> Any:
        """The optimizer, and what is within it, with an input in place of each number."""
        symbolic: Any = copy.copy(optimizer)
        if isinstance(optimizer, Wrapper):
            object.__setattr__(symbolic, "optimizer", self.with_symbols(optimizer.optimizer))
        for declared in optimizer.hypers():
            if not declared.static:
                value = self.values[declared.name] = float(getattr(optimizer, declared.name))
                symbol = self.symbol("number", declared.name, ()) if value else constants(self.graph, 0.0)
                object.__setattr__(symbolic, declared.name, symbol)
        return symbolic

    def recording(self) -> Recording:
        theta = self.symbol(THETA, THETA, (2, 1))
        with np.errstate(all="ignore"):
            begun = self.symbolic.init(theta)
            shapes = {name: constants(self.graph, memory).shape for name, memory in begun.items()}
            memory = {name: self.symbol("state", name, shape) for name, shape in shapes.items()}
            t, eta = self.symbol("t", "t", ()), self.symbol("eta", "eta", ())
            frames, (new, state) = _watched(
                self.symbolic, lambda: self.symbolic.step(t, eta, theta, self, dict(memory))
            )
        settled = plain(self.graph, self.decided)
        theta_nodes = tuple(map(settled, _elements(self.graph, new)))
        state_nodes = {name: tuple(map(settled, _elements(self.graph, state[name]))) for name in memory}
        names: dict[str, tuple[Node, ...]] = {THETA: theta_nodes}
        names |= {
            name: nodes
            for name, nodes in state_nodes.items()
            if nodes != tuple(_elements(self.graph, memory[name])) and nodes != tuple(_elements(self.graph, theta))
        }
        for name, value in _variables(frames):
            if len(value.shape) <= 3 and all(side in (1, 2) for side in value.shape):
                _name(names, name, tuple(map(settled, _elements(self.graph, value))), self.leaves)
        return Recording(
            optimizer=self.optimizer,
            graph=self.graph,
            leaves=self.leaves,
            lines=self.lines(names, theta_nodes, state_nodes),
            theta=theta_nodes,
            state=state_nodes,
        )

    def lines(
        self, names: dict[str, tuple[Node, ...]], theta: tuple[Node, ...], state: dict[str, tuple[Node, ...]]
    ) -> tuple[Line, ...]:
        """The named values that θ comes from, now or some steps later, in the order of the formula; θ last."""
        used = self.live(theta, state)
        changing: set[Node] = set()
        for node in used:
            leaf = self.leaves.get(node)
            if (leaf and leaf.kind != "number") or not changing.isdisjoint(node.arguments):
                changing.add(node)
        place = {node: number for number, node in enumerate(used)}
        lines = [
            Line(name, _labels(nodes), nodes, not changing.isdisjoint(nodes))
            for name, nodes in names.items()
            if all(node in place for node in nodes)
        ]
        return tuple(sorted(lines, key=lambda line: (line.name == THETA, min(place[node] for node in line.nodes))))

    def live(self, theta: tuple[Node, ...], state: dict[str, tuple[Node, ...]]) -> list[Node]:
        """What θ is computed from, in order: by this step, and by the next ones through what is remembered."""
        entering: set[str] = set()
        while True:
            memory = (node for name, nodes in state.items() if name in entering for node in nodes)
            used = self.asked_for([*theta, *memory])
            leaves = [self.leaves[node] for node in used if node in self.leaves]
            found = {leaf.name for leaf in leaves if leaf.kind == "state"}
            if found == entering:
                return used
            entering = found

    def asked_for(self, outputs: list[Node]) -> list[Node]:
        """What outputs are computed from, in order: the place where the loss was asked comes before its answer."""
        order: dict[Node, None] = {}
        for node in in_order(outputs):
            if node in self.leaves and self.leaves[node].at:
                order |= dict.fromkeys(self.asked_for([*self.leaves[node].at]))
            order[node] = None
        return list(order)

    def decided(self, condition: Node) -> bool | None:
        """What a condition comes to where numbers alone decide it."""
        inputs = [node for node in in_order([condition]) if node.operation == "input"]
        if any(self.leaves[node].kind != "number" for node in inputs):
            return None
        known = {node: np.float64(self.values[self.leaves[node].name]) for node in inputs}
        return bool(evaluated([condition], known)[condition])

    # ---- symbols

    def symbol(self, kind: str, name: str, shape: tuple[int, ...], at: tuple[Node, ...] = ()) -> Traced:
        """An input for each element of a value of this shape; vectors have the particle's axis last."""
        labels = LABELS[max(len(shape) - 1, 0)]
        stem = f"{kind} {name} {len(self.answers)}" if at else f"{kind} {name}"
        nodes = np.empty(len(labels), dtype=object)
        for i, label in enumerate(labels):
            nodes[i] = self.graph.input(f"{stem} {label}")
            self.leaves[nodes[i]] = Leaf(kind, name, label, at)
        return Traced(self.graph, nodes.reshape(shape))

    # ---- what the optimizer may ask

    def loss(self, theta: Traced, asked: object = True) -> Traced:
        return self.answer("loss", theta, (1,))

    def grad(self, theta: Traced, asked: object = True) -> Traced:
        return self.answer("grad", theta, (2, 1))

    def hess(self, theta: Traced) -> Traced:
        return self.answer("hess", theta, (2, 2, 1))

    @property
    def infimum(self) -> Traced:
        return self.symbol("infimum", "infimum", ())

    def answer(self, kind: str, theta: Traced, shape: tuple[int, ...]) -> Traced:
        at = tuple(theta.nodes.ravel())
        if (kind, at) not in self.answers:
            true = self.symbol(kind, kind, shape, at)
            self.answers[kind, at] = true + self.symbol(f"{NOISE} {kind}", NOISE, shape, at) if self.noisy else true
        return self.answers[kind, at]


def _watched(optimizer: Optimizer, call: Callable[[], Any]) -> tuple[list[tuple[str, dict[str, Any], Any]], Any]:
    """What the optimizer's own functions had in hand when they returned, from the inmost; and the result.

    For each the function's name, its variables and what it returned.
    """
    frames: list[tuple[str, dict[str, Any], Any]] = []

    own = {id(layer) for layer in layers(optimizer).values()}

    def watch(frame: FrameType, event: str, returned: Any) -> None:
        if event == "return" and id(frame.f_locals.get("self")) in own:
            frames.append((frame.f_code.co_name, dict(frame.f_locals), returned))

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        result = call()
    finally:
        sys.setprofile(before)
    return frames, result


def _variables(frames: list[tuple[str, dict[str, Any], Any]]) -> Iterator[tuple[str, Traced]]:
    """The recorded values by name: the step's own variables, then those of what it called, then what that returned."""
    for _, variables, _ in reversed(frames):
        yield from ((name, value) for name, value in variables.items() if isinstance(value, Traced))
    yield from ((name, returned) for name, _, returned in frames if isinstance(returned, Traced))


def _name(names: dict[str, tuple[Node, ...]], name: str, nodes: tuple[Node, ...], leaves: dict[Node, Leaf]) -> None:
    """Give a value a name, unless it has one, is a number, or is an input other than an answer of the loss."""
    answer = all(node in leaves and leaves[node].at for node in nodes)
    known = {node for others in names.values() for node in others}
    if known.issuperset(nodes) or any(not node.arguments and not answer for node in nodes):
        return
    while name in names:
        name += "′"
    names[name] = nodes


def _elements(graph: Graph, value: Any) -> list[Node]:
    return list(constants(graph, value).nodes.ravel())


def _labels(nodes: tuple[Node, ...]) -> tuple[str, ...]:
    return LABELS[int(math.log2(len(nodes)))]
