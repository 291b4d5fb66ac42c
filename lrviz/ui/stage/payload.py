"""The payload: a board as bytes, with all that the stage needs to run and draw it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from lrviz import kernel
from lrviz.declare import Declared, Hyper
from lrviz.noise import Noise, numbers
from lrviz.optimizers import Optimizer
from lrviz.palette import DARK, DASHES, LETTERS, LIGHT, MARKERS
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.schedules import Schedule
from lrviz.sentences import SENTENCES
from lrviz.surfaces import Surface
from lrviz.ui import parcel
from lrviz.ui.stage.board import Board, next_id
from lrviz.ui.words import MEANINGS

PROGRAMS = 64
"""How many programs are kept, for all visitors."""

Part = dict[str, Any]
"""A piece of the header."""


def pack(
    board: Board,
    edition: int,
    count: int,
    called: Callable[[Run], Part] | None = None,
    tells_when_drawn: bool = False,
) -> bytes:
    """The payload. count: the last edit of the stage that the board contains.

    called: what to call a run, where it is not by its method: its "title", "short" and "schedule_title".
    tells_when_drawn: whether the stage says so once its first picture stands, for a page that has more to load.
    """
    header = scene_header(board)
    for run, part in zip(board.scene.runs, header["runs"], strict=True):
        part |= called(run) if called else {}
    header |= APPEARANCE | {"edition": edition, "count": count, "next_id": next_id(edition)}
    header["tells_when_drawn"] = tells_when_drawn
    scene = board.scene
    noise = {} if scene.noise is None else {"z": numbers(scene.noise, scene.surface, scene.seed, scene.steps)}
    return parcel.pack(header, **noise)


APPEARANCE: Part = {
    "sentences": SENTENCES,
    "words": {kind: {"letter": LETTERS[kind], "meaning": MEANINGS[kind]} for kind in LETTERS},
    "themes": {"light": asdict(LIGHT), "dark": asdict(DARK)},
    "dashes": [[float(length) for length in dash.split()] for dash in DASHES],
    "markers": MARKERS,
}
"""How runs and outcomes look and what is said of them: what every drawing component needs."""


def scene_header(board: Board) -> Part:
    """A scene with its declarations and its programs, as the modules of the stage read it."""
    scene = board.scene
    programs: dict[str, int] = {}
    runs = []
    for id, run in board.runs().items():
        text = _program(*map(kernel.canonical, (scene.surface, run.optimizer, run.schedule, scene.noise)))
        runs.append(_run(run) | {"id": id, "program": programs.setdefault(text, len(programs))})
    return {
        "surface": _surface(scene.surface),
        "start": scene.start,
        "start_numbers": [
            _number(Scene.coordinate(name), f"start_{name}", value, scene)
            for name, value in zip("xy", scene.start, strict=True)
        ],
        "steps": scene.steps,
        "noise": scene.noise and {"title": scene.noise.title, "numbers": list(_numbers("noise", scene.noise))},
        "runs": runs,
        "programs": list(programs),
        "most_runs": MOST_RUNS,
    }


def _surface(surface: Surface) -> Part:
    return {
        "slug": surface.slug,
        "key": _key(surface),
        "title": surface.title,
        "box": surface.box,
        "start": surface.start,
        "minima": surface.minima,
        "bounded_below": surface.bounded_below,
        "constant_hessian": surface.constant_hessian,
        "smooth": surface.smooth,
        "beyond_theory": surface.beyond_theory,
        "bounds": surface.bounds,
        "isolated_minima": surface.isolated_minima,
        "numbers": list(_numbers("surface", surface)),
    }


def _key(surface: Surface) -> str:
    """What makes it another surface than the one before, but for the numbers that may be dragged."""
    static = [str(getattr(surface, declared.name)) for declared in surface.hypers() if declared.static]
    return " ".join([surface.slug, *static])


def _run(run: Run) -> Part:
    return {
        "title": run.optimizer.title,
        "short": run.optimizer.short or run.optimizer.title,
        "method": run.optimizer.short or run.optimizer.title,
        "optimizer": run.optimizer.slug,
        "no_limit": run.optimizer.no_limit,
        "schedule_title": run.inner.title,
        "schedule": run.inner.slug,
        "numbers": [number for name, part in run.parts().items() for number in _numbers(name, part)],
    }


def _numbers(name: str, part: Declared) -> Iterator[Part]:
    """The numbers that may be dragged: a formula has one program for each value of a static one."""
    for declared in part.hypers():
        if not declared.static:
            yield _number(declared, f"{name}.{declared.name}", getattr(part, declared.name), part)


def _number(declared: Hyper, path: str, value: float, owner: Declared) -> Part:
    hard = declared.hard
    return {
        "path": path,
        "name": declared.name,
        "symbol": declared.symbol,
        "value": value,
        "default": declared.default,
        "low": hard.low if math.isfinite(hard.low) else None,
        "high": hard.high if math.isfinite(hard.high) else None,
        "low_open": hard.low_open,
        "high_open": hard.high_open,
        "interval": str(hard),
        "soft": declared.soft,
        "scale": declared.scale,
        "kind": declared.kind,
        "help": declared.help,
        "owner": type(owner).__name__,
    }


@lru_cache(PROGRAMS)
def _program(surface: Surface, optimizer: Optimizer, schedule: Schedule, noise: Noise | None) -> str:
    return kernel.javascript(surface, optimizer, schedule, noise)
