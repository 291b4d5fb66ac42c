"""Every step of a run taken apart in numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from lrviz.anatomy.arithmetic import evaluated
from lrviz.anatomy.recording import NOISE, THETA, Leaf, Line, Recording, record
from lrviz.anatomy.terms import Term, rate, terms
from lrviz.declare import Array
from lrviz.kernel.trace import Node, in_order
from lrviz.noise import Noise, numbers
from lrviz.optimizers import Optimizer, layers
from lrviz.simulation import Trajectory
from lrviz.surfaces import Surface


@dataclass(frozen=True, eq=False)
class Dissection:
    """The steps 1 … T that a single run has taken, row by row. Each array's first axis is the step."""

    trajectory: Trajectory
    recording: Recording
    noise: Noise | None = None
    z: Array | None = None
    """(T, k): the numbers that each step's noise was made of."""

    @property
    def steps(self) -> int:
        """T: the last step of which every number is finite."""
        return _steps(self.trajectory)

    def of(self, line: Line) -> Array:
        """A line's values, (T, 1) or (T, 2)."""
        return self.table(line.nodes)

    def table(self, nodes: tuple[Node, ...]) -> Array:
        """The values of some nodes, (T, how many)."""
        values = evaluated(nodes, self._known(nodes))
        return np.stack([np.broadcast_to(values[node], self.steps) for node in nodes], axis=1)

    @cached_property
    def update(self) -> Array:
        """(T, 2): θ_t − θ_{t−1}, as the run has it."""
        return np.diff(self.trajectory.theta[: self.steps + 1], axis=0)

    @cached_property
    def parts(self) -> dict[str, Array]:
        """{name: (T, 2)}: what the update is the sum of, by what each part comes from.

        "grad" is this step's gradient, "xi" its noise, "theta" a decay, "edge" what brings it back to where it is
        legal; the other names are those of the memory.
        """
        by_axis = [terms(self.recording, axis) for axis in range(2)]
        names = dict.fromkeys(name for found in by_axis for name in found)
        found = {name: np.stack([self._sum(found.get(name, [])) for found in by_axis], axis=1) for name in names}
        if self.trajectory.surface.bounds is not None:
            to = self.table(self.recording.theta)
            found["edge"] = self.trajectory.surface.project(to.T).T - to
        return found

    def _sum(self, of: list[Term]) -> Array:
        """The sum of some terms, (T,)."""
        total = np.zeros(self.steps)
        with np.errstate(all="ignore"):
            for vector, factor in of:
                total = total + self.table((vector,))[:, 0] * (1.0 if factor is None else self.table((factor,))[:, 0])
        return total

    @cached_property
    def rate_nodes(self) -> tuple[Node, Node] | None:
        """For each coordinate η over what divides it; None where all coordinates have one rate."""
        x, y = (rate(self.recording, axis) for axis in range(2))
        return None if x is None or y is None else (x, y)

    @cached_property
    def gradient(self) -> Array:
        """(T, 2): what the step saw of the gradient at θ_{t−1}, with its noise."""
        t = self.trajectory
        seen = t.grad[: self.steps]
        if t.surface.averaged:
            seen = self._seen.grad(t.theta[: self.steps].T).T
        if self.noise is None or self.z is None:
            return seen
        return seen + self.noise.grad(self.z.T, t.theta[: self.steps].T).T

    @cached_property
    def secant(self) -> Array:
        """(T, 2): Δθ over −g, the rate that each coordinate had in effect; not finite where it had no gradient."""
        with np.errstate(all="ignore"):
            return self.update / -self.gradient

    @cached_property
    def _seen(self) -> Surface:
        """The surface as each step saw it: its numbers are (T,) where losses take turns."""
        surface, steps = self.trajectory.surface, np.arange(self.steps)
        return surface.at(cast(int, steps)) if surface.averaged else surface

    # ---- the inputs' values

    def _known(self, nodes: tuple[Node, ...]) -> dict[Node, Any]:
        """The values of the inputs that enter some nodes."""
        needed = set(in_order(nodes))
        # An answer of the loss stands after what it depends on.
        for node, leaf in reversed(self.recording.leaves.items()):
            if node in needed:
                needed |= set(in_order(leaf.at))
        known: dict[Node, Any] = {}
        for node, leaf in self.recording.leaves.items():
            if node in needed:
                known[node] = self._input(leaf, known)
        return known

    def _input(self, leaf: Leaf, known: dict[Node, Any]) -> Any:
        t, axis = self.trajectory, "xy".find(leaf.label) if leaf.label else 0
        rows = slice(0, self.steps)
        match leaf.kind:
            case "t":
                return np.arange(1.0, self.steps + 1)
            case "eta":
                return t.eta[rows]
            case "infimum":
                return self._seen.infimum
            case "number":
                of = layers(self.recording.optimizer).values()
                return next(
                    float(getattr(layer, leaf.name))
                    for layer in of
                    if any(leaf.name == number.name for number in layer.hypers())
                )
            case "theta":
                return t.theta[rows, axis]
            case "state":
                memory = t.state[leaf.name][rows]
                return memory[:, axis] if memory.ndim > 1 else memory
        return self._answer(leaf, known)

    def _answer(self, leaf: Leaf, known: dict[Node, Any]) -> Any:
        """What the loss answered, or the noise in its answer."""
        values = evaluated(leaf.at, known)
        at = np.stack([np.broadcast_to(values[node], self.steps) for node in leaf.at])
        here = all(node in self.recording.leaves and self.recording.leaves[node].kind == THETA for node in leaf.at)
        place = tuple("xy".index(letter) for letter in leaf.label)
        question = leaf.kind.removeprefix(f"{NOISE} ")
        if leaf.name == NOISE:
            assert self.noise is not None
            assert self.z is not None
            return np.broadcast_to(getattr(self.noise, question)(self.z.T, at), (2,) * len(place) + at.shape[1:])[place]
        if question == "grad" and here and not self.trajectory.surface.averaged:
            return self.trajectory.grad[: self.steps][:, place[0]]  # as the run itself had it, to the last bit
        return getattr(self._seen, question)(at)[place]


def dissect(trajectory: Trajectory, noise: Noise | None = None, seed: int = 0) -> Dissection:
    """Take a single run apart. noise, seed: those that it was run with.

    ValueError where the trajectory holds several runs; TraceError where its step cannot be recorded.
    """
    if trajectory.theta.ndim > 2:
        raise ValueError(f"one run is taken apart; this trajectory holds {trajectory.theta.shape[-1]}")
    z = None if noise is None else numbers(noise, trajectory.surface, seed, trajectory.steps)
    recording = record(trajectory.optimizer, noise is not None)
    return Dissection(trajectory, recording, noise, None if z is None else z[: _steps(trajectory)])


def with_optimizer(dissection: Dissection, optimizer: Optimizer) -> Array:
    """(T, 2): the update that another optimizer would have made from the same θ, gradient and memory."""
    other = replace(dissection, recording=record(optimizer, dissection.noise is not None))
    return other.table(other.recording.theta) - dissection.trajectory.theta[: dissection.steps]


def _steps(trajectory: Trajectory) -> int:
    return int(np.isfinite(trajectory.theta[:, 0]).sum()) - 1
