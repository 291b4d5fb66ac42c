"""What the component is sent: one run with all its steps taken apart, so that a step on needs no answer from here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lrviz.anatomy import Dissection, Line, dissect, letters, numbers
from lrviz.anatomy.dissection import with_optimizer
from lrviz.anatomy.notation import expression, part_of, symbol
from lrviz.anatomy.recording import THETA
from lrviz.kernel.trace import Node
from lrviz.numerals import rounded
from lrviz.optimizers import Optimizer
from lrviz.scene import Run, Scene
from lrviz.simulation import Trajectory
from lrviz.ui import parcel
from lrviz.ui.stage.board import Board
from lrviz.ui.stage.payload import APPEARANCE, scene_header

CORRECTION = "uncorrected"
"""The flag of those that correct for starting at 0."""

WORDS = {
    "grad": "this gradient",
    "xi": "its noise",
    THETA: "weight decay",
    "edge": "the edge of what is legal",
    "": "what is left",
}
"""What each part of a step comes from; any other part comes from the memory of its name."""


class Told(NamedTuple):
    """A payload but for the step that it shows first."""

    header: dict[str, Any]
    arrays: dict[str, NDArray[np.float64]]

    @property
    def steps(self) -> int:
        """How many steps there are to be taken apart."""
        return int(self.header["last"])

    def pack(self, edition: int, step: int) -> bytes:
        return parcel.pack(self.header | {"edition": edition, "step": step}, **self.arrays)


def tell(scene: Scene, trajectory: Trajectory, other: Trajectory | None) -> Told:
    """The payload of a scene with one run. other: the run with its bias correction the other way round."""
    dissection = dissect(trajectory, scene.noise, scene.seed)
    holes = _Holes(dissection)
    lines = [_line(dissection, line, holes) for line in dissection.recording.lines]
    parts = dissection.parts
    header = scene_header(Board(scene, (1,))) | APPEARANCE
    header |= {
        "last": dissection.steps,
        "sentence": trajectory.outcome.sentence,  # type: ignore[union-attr]
        "lines": lines,
        "holes": holes.told,
        "parts": [{"name": name, "words": part_words(name), "kind": _kind(name)} for name in parts],
        "state": [symbol(name, dissection.recording, "t") for name in trajectory.state],
        "rate": _rate(dissection),
        "corrected": None if other is None else bool(getattr(other.optimizer, CORRECTION)),
    }
    theta, rows = trajectory.theta, slice(0, dissection.steps + 1)
    arrays = {"theta": theta[rows], "loss": trajectory.loss[rows], "eta": trajectory.eta[: dissection.steps]}
    arrays |= {"gradient": dissection.gradient, "update": dissection.update, "secant": dissection.secant}
    arrays |= {f"part {number}": part for number, part in enumerate(parts.values())}
    arrays |= {f"state {number}": memory[rows] for number, memory in enumerate(trajectory.state.values())}
    if dissection.rate_nodes:
        arrays["rate"] = dissection.table(dissection.rate_nodes)
    if other is not None:
        arrays |= {"other theta": other.theta, "other update": with_optimizer(dissection, other.optimizer)}
    return Told(header, arrays | {"holes": holes.table()})


def counterpart(optimizer: Optimizer) -> Optimizer | None:
    """The optimizer with its bias correction the other way round; None where it has none."""
    if not hasattr(optimizer, CORRECTION):
        return None
    return optimizer.replace(**{CORRECTION: not getattr(optimizer, CORRECTION)})


def alone(scene: Scene, run: Run) -> Scene:
    """The scene with one run."""
    return replace(scene, runs=(run,))


def part_words(name: str) -> str:
    """What a part of a step comes from; mathematics between dollar signs."""
    return WORDS.get(name, f"remembered in ${name}$")


def _kind(name: str) -> str:
    return {"grad": "grad", "xi": "xi", THETA: "decay"}.get(name, "memory" if name else "rest")


def _line(dissection: Dissection, line: Line, holes: _Holes) -> dict[str, Any]:
    recording, steady = dissection.recording, _is_steady(dissection)
    # What only asks the loss comes to one number, which needs no other before it.
    printed = [
        {
            "label": label,
            "print": numbers(recording, node, holes.number) if node.arguments else "",
            "result": holes.number(node),
        }
        for label, node in zip(line.labels, line.nodes, strict=True)
    ]
    part = part_of(line.name, recording, "t")
    return {"name": line.name, "part": part, "letters": letters(recording, line, steady), "numbers": printed}


def _rate(dissection: Dissection) -> dict[str, str] | None:
    """The formula of each coordinate's own rate."""
    if dissection.rate_nodes is None:
        return None
    return {"formula": expression(dissection.recording, dissection.rate_nodes[0], _is_steady(dissection))}


def _is_steady(dissection: Dissection) -> bool:
    eta = dissection.trajectory.eta[: dissection.steps]
    return bool(np.all(eta == eta[:1]))


class _Holes:
    """The values that printed lines have room for, each once: those that stay the same, and a row for each other."""

    def __init__(self, dissection: Dissection) -> None:
        self.dissection = dissection
        self.told: list[dict[str, Any]] = []
        self._numbers: dict[Node, int] = {}
        self._rows: list[NDArray[np.float64]] = []

    def number(self, node: Node) -> int:
        """The number of a node's hole."""
        if node not in self._numbers:
            self._numbers[node] = len(self.told)
            self.told.append(dict(self._place(node)))
        return self._numbers[node]

    def _place(self, node: Node) -> Iterator[tuple[str, Any]]:
        recording, values = self.dissection.recording, self.dissection.table((node,))[:, 0]
        leaf, line = recording.leaves.get(node), recording.named(node)
        if leaf is not None and leaf.kind == "number":
            yield "fixed", rounded(values[0], 6) if len(values) else ""
            return
        yield "row", len(self._rows)
        self._rows.append(values)
        if leaf is not None and leaf.kind == THETA:
            yield "axis", "xy".index(leaf.label)
        if line is not None and line[0].name == THETA:
            yield "axis", "xy".index(line[1])

    def table(self) -> NDArray[np.float64]:
        """(rows, steps)"""
        return np.array(self._rows).reshape(len(self._rows), self.dissection.steps)
