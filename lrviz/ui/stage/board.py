"""The board: a scene whose runs have ids, and the merging of an edit into it.

Page and stage both change the scene, and neither waits for the other. So an edit is read as what a hand did: that in
which it differs from what the stage was known to show. Only this is done to the scene as it has meanwhile become.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from lrviz.declare import Declared
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.surfaces import Point
from lrviz.ui.stage.edit import Edit, EditedRun

D = TypeVar("D", bound=Declared)

IDS = 1_000_000
"""How many ids an edition of the stage has for the runs that it makes; those below are the page's own."""


@dataclass(frozen=True)
class Board:
    """A scene, and an id for each of its runs."""

    scene: Scene
    ids: tuple[int, ...]

    def runs(self) -> dict[int, Run]:
        """The runs by their ids, in order."""
        return dict(zip(self.ids, self.scene.runs, strict=True))

    def with_runs(self, runs: Mapping[int, Run]) -> Board:
        """The board with these runs in place of its own."""
        return Board(replace(self.scene, runs=tuple(runs.values())), tuple(runs))


def next_id(edition: int) -> int:
    """The first id that the stage gives to a run it makes while it shows this edition."""
    return edition * IDS


class Merger:
    """Does to boards what an edit changed on `base`, which is what the stage had shown before."""

    def __init__(self, edit: Edit, base: Board) -> None:
        self.edit, self.base = edit, base
        self.problems: dict[str, None] = {}
        """Sentences about what is not legal."""
        self.all_done = True
        """Whether nothing in the edit had to be left out."""

    def into(self, board: Board) -> Board:
        """The board with the edit's changes. What is not legal, or of something no longer there, stays as it is."""
        scene = replace(board.scene, start=self._start(board.scene.start))
        for name, part in scene.parts().items():
            scene = scene.with_part(self._numbered(name, part, self.base.scene.parts().get(name), self.edit.numbers))
        return Board(scene, board.ids).with_runs(self._runs(board.runs()))

    def _start(self, now: Point) -> Point:
        if self.edit.start is None:
            self.all_done = False
            return now
        if self.edit.start == self.base.scene.start:
            return now
        try:
            return replace(self.base.scene, start=self.edit.start).start
        except ValueError as problem:
            self._refuse(problem)
            return now

    def _runs(self, runs: dict[int, Run]) -> dict[int, Run]:
        if self.edit.runs is None:
            self.all_done = False
            return runs
        before = self.base.runs()
        by_page = {id: run for id, run in runs.items() if id not in before}
        room = MOST_RUNS - len(by_page) - sum(run.id in before and run.id in runs for run in self.edit.runs)
        merged: dict[int, Run] = {}
        for edited in self.edit.runs:
            original = before.get(edited.of) or merged.get(edited.of)
            if edited.id in before:
                if edited.id in runs:  # else the page has removed it
                    merged[edited.id] = self._run(runs[edited.id], before[edited.id], edited)
            elif original and room > 0 and edited.id >= next_id(self.edit.edition) and edited.id not in by_page:
                merged[edited.id] = self._run(original, original, edited)
                room -= 1
            else:
                self.all_done = False
        return merged | by_page or runs

    def _run(self, now: Run, before: Run, edited: EditedRun) -> Run:
        parts = before.parts()
        for name, part in now.parts().items():
            now = now.with_part(self._numbered(name, part, parts.get(name), edited.numbers))
        return now

    def _numbered(self, name: str, now: D, before: Declared | None, numbers: Mapping[str, float]) -> D:
        """A part with the numbers in which the edit differs from before.

        Where the page has meanwhile put something else in its place, only η passes on.
        """
        for declared in now.hypers():
            path = f"{name}.{declared.name}"
            replaced = type(before) is not type(now) and declared.name != "eta"
            if declared.static or replaced:
                continue
            if path not in numbers:
                self.all_done = False
            elif numbers[path] != getattr(before, declared.name):
                try:
                    now = now.replace(**{declared.name: numbers[path]})
                except ValueError as problem:
                    self._refuse(problem)
        return now

    def _refuse(self, problem: ValueError) -> None:
        self.all_done = False
        self.problems[f"{problem}. It was left as it was."] = None
