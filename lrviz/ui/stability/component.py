"""The component that draws the map and runs its cells, and this side of the talk with it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from lrviz import noise
from lrviz.grid import Sweep
from lrviz.numerals import rounded
from lrviz.scene import Scene
from lrviz.schedules import Constant
from lrviz.surfaces import curvatures
from lrviz.theory import best, has_limit
from lrviz.ui import bundle, parcel, stage
from lrviz.ui.sent import sent
from lrviz.ui.stability.axes import ETA, START, Axis, choices
from lrviz.ui.stability.maps import question
from lrviz.ui.stability.view import View
from lrviz.ui.stage.board import Board
from lrviz.ui.stage.payload import APPEARANCE, Part, scene_header
from lrviz.verdict import KINDS

HERE = Path(__file__).parent
KEY = "map"
NEVER = 65535
"""The number of steps of a run that did not converge; the most that a scene may have is far below."""
NO_OUTCOME = 255
"""The kind of a cell that is missing."""


def show(payload: bytes, on_said: Callable[[], None]) -> None:
    """Show the component; `on_said` is called before a run that something said by it causes."""
    _component()(key=KEY, data=payload, on_said_change=on_said)


@cache
def _component() -> Any:
    css = stage.sheet(HERE / "css" / "map.css")
    return st.components.v2.component("map", html='<div class="stage outcome-map"></div>', css=css, js=script())


def script() -> str:
    """The component's modules as one."""
    return bundle.script(HERE / "js" / "map.js")


# ---- what it says


@dataclass(frozen=True)
class Said:
    """What hands did on the map. It comes from a browser: whatever has not this form is left out."""

    keep: tuple[float, float] | None = None
    """The numbers along the axes of the run to be kept."""
    colour: str = ""
    axes: tuple[tuple[float, float], tuple[float, float]] | None = None
    """Other ranges of the axes."""
    reset: bool = False
    """Whether the axes should be the usual ones again."""
    map: str = ""
    """The map that the numbers are about."""

    @classmethod
    def read(cls, sent: object) -> Said:
        """What was sent, as far as it makes sense."""
        if not isinstance(sent, dict):
            return cls()
        colour, which, ranges = sent.get("colour"), sent.get("map"), sent.get("axes")
        pairs = [_pair(one) for one in ranges] if isinstance(ranges, list) and len(ranges) == 2 else []
        first, second = pairs or (None, None)
        return cls(
            keep=_pair(sent.get("keep")),
            colour=colour if isinstance(colour, str) else "",
            axes=(first, second) if first and second else None,
            reset="axes" in sent and ranges is None,
            map=which if isinstance(which, str) else "",
        )


def _pair(sent: object) -> tuple[float, float] | None:
    if not isinstance(sent, list) or len(sent) != 2:
        return None
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in sent):
        return None
    return float(sent[0]), float(sent[1])


def last_said() -> Said:
    """What the component said last; for its callback."""
    return Said.read(sent(KEY, "said"))


# ---- what it is told


def map_id(scene: Scene, view: View, size: int) -> str:
    """A name for the map of a question at a size."""
    return hashlib.sha256("\n".join([*question(scene, view), str(size)]).encode()).hexdigest()[:16]


def pack(board: Board, view: View, found: Sweep, size: int) -> bytes:
    """The payload: the scene with the one run that the map is about, and the map."""
    scene = replace(board.scene, runs=(board.scene.runs[view.run],))
    across, up = found.over.values()
    header = scene_header(Board(scene, (board.ids[view.run],))) | APPEARANCE
    header |= {"edition": 1, "count": 0, "next_id": 0}  # of a stage; this one sends no edits
    header["map"] = {
        "id": map_id(board.scene, view, size),
        "axes": [_axis(axis, board.scene, view.run) for axis in (view.across, view.up)],
        "colour": view.colour,
        "kinds": KINDS,
        "best": _best(scene, view),
        **_line(scene, view),
    }
    arrays = {"across": across, "up": up, "outcome": _numbered(found), "steps": _steps(found)}
    if scene.noise is not None:
        arrays["z"] = noise.numbers(scene.noise, scene.surface, scene.seed, scene.steps)
    return parcel.pack(header, **{name: np.ascontiguousarray(array) for name, array in arrays.items()})


def _axis(axis: Axis, scene: Scene, run: int) -> Part:
    part, name = axis.key.split(".")
    choice = choices(scene, run)[axis.key]
    return {
        "parameter": f"{START}_{name}" if part == START else axis.key,
        "symbol": choice.declared.symbol,
        "whose": choice.whose,
        "scale": axis.scale,
        "low": axis.low,
        "high": axis.high,
    }


def _numbered(found: Sweep) -> np.ndarray[Any, np.dtype[np.uint8]]:
    numbers = np.full(found.outcome.shape, NO_OUTCOME, dtype=np.uint8)
    for number, kind in enumerate(KINDS):
        numbers[found.outcome == kind] = number
    return numbers


def _steps(found: Sweep) -> np.ndarray[Any, np.dtype[np.uint16]]:
    return np.where(np.isnan(found.steps), NEVER, np.nan_to_num(found.steps)).astype(np.uint16)


def _line(scene: Scene, view: View) -> Part:
    """Theory's line on the map, or why there is none; and whether it holds for these runs as it stands."""
    run, surface = scene.runs[0], scene.surface
    minimum = surface.nearest_minimum(np.array(scene.start)[:, None])
    none = ""
    if {view.across.key, view.up.key} == {f"{START}.x", f"{START}.y"}:
        several = surface.isolated_minima and len(surface.minima) > 1
        return {"line": "thin lines: borders between basins" if several else "", "has_line": False, "exact": False}
    if not has_limit(run.optimizer):
        none = f"{run.optimizer.title} {run.optimizer.no_limit}, so theory has no closed limit for it"
    elif surface.beyond_theory:
        none = f"on {surface.title} {surface.beyond_theory}, so theory has no limit for it"
    elif not np.isfinite(minimum).all():
        none = f"{surface.title} has no minimum whose curvature would set a limit"
    elif np.isnan(surface.hess(minimum)).any():
        none = f"{surface.title} has a kink at its minimum, and no curvature there that would set a limit"
    varies = run.schedule.slug != Constant.slug
    line = f"theory’s limit on {'a constant ' if varies else ''}η"
    line += "" if surface.constant_hessian else ", from the curvature at the nearest minimum: local"
    exact = surface.constant_hessian and not varies
    return {"line": f"No line: {none}." if none else line, "has_line": not none, "exact": exact}


def _best(scene: Scene, view: View) -> Part | None:
    """The best η and β by theory, where the map is over these and theory is about this run."""
    run, surface = scene.runs[0], scene.surface
    keys = [view.across.key, view.up.key]
    if not (
        surface.constant_hessian and has_limit(run.optimizer) and run.schedule.slug == Constant.slug and ETA in keys
    ):
        return None
    mu, top = (float(end) for end in np.ravel(curvatures(surface.hess(np.array(scene.start)))))
    plain = type(run.optimizer)()
    if mu <= 0 or run.optimizer.replace(**({"beta": plain.beta} if hasattr(plain, "beta") else {})) != plain:
        return None  # weight decay or dampening: the closed form is about neither
    other = next(key for key in keys if key != ETA)
    if other != "optimizer.beta":
        return None
    optimizer, eta, rate = best(type(run.optimizer), mu, top)
    values = {ETA: float(eta), other: float(getattr(optimizer, "beta"))}  # noqa: B009
    return {"label": f"best: {rounded(float(rate))} a step", "values": [values[key] for key in keys]}
