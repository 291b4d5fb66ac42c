"""What the stage sends back. It comes from a browser: its form is checked here, its numbers are where they are used."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, TypeGuard

from lrviz.scene import MOST_RUNS
from lrviz.surfaces import Point

MOST_NUMBERS = 64
"""More than a run or a surface has."""


@dataclass(frozen=True)
class EditedRun:
    """A run as the stage has it."""

    id: int
    of: int
    """The run that it was copied from; its own id where it is no copy."""
    numbers: Mapping[str, float]
    """{path: value}, such as "schedule.eta": 0.01."""


@dataclass(frozen=True)
class Edit:
    """All that the stage shows, after a hand has changed something on it."""

    edition: int
    """Which payload the stage had taken last."""
    count: int
    """How many edits it has sent, with this one."""
    held: bool
    """Whether the hand is still down, so that more will follow."""
    start: Point | None
    numbers: Mapping[str, float]
    """Those of the surface and of the noise."""
    runs: tuple[EditedRun, ...] | None

    @classmethod
    def read(cls, sent: object) -> Self | None:
        """The edit; None where it is none. What makes no sense in it is left out: start and runs are then None."""
        if not isinstance(sent, dict) or not _is_whole(sent.get("edition")) or not _is_whole(sent.get("count")):
            return None
        return cls(
            edition=sent["edition"],
            count=sent["count"],
            held=sent.get("held") is True,
            start=_point(sent.get("start")),
            numbers=_numbers(sent.get("numbers")),
            runs=_runs(sent.get("runs")),
        )


def _point(sent: object) -> Point | None:
    if not isinstance(sent, list) or len(sent) != 2 or not all(map(_is_number, sent)):
        return None
    x, y = sent
    return x, y


def _runs(sent: object) -> tuple[EditedRun, ...] | None:
    if not isinstance(sent, list) or not 1 <= len(sent) <= MOST_RUNS:
        return None
    runs: dict[int, EditedRun] = {}
    for run in sent:
        if not isinstance(run, dict):
            return None
        id, of = run.get("id"), run.get("of")
        if not _is_whole(id) or not _is_whole(of):
            return None
        runs.setdefault(id, EditedRun(id, of, _numbers(run.get("numbers"))))
    return tuple(runs.values())


def _numbers(sent: object) -> dict[str, float]:
    if not isinstance(sent, dict) or len(sent) > MOST_NUMBERS:
        return {}
    return {path: value for path, value in sent.items() if _is_number(value)}


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
