"""The map of a view: computed at once where that is quick, else coarse at first and in full in the background."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.grid import Sweep, sweep
from lrviz.link import query, read
from lrviz.scene import Run, Scene
from lrviz.ui.background import Shelf
from lrviz.ui.stability.axes import Axis, choices
from lrviz.ui.stability.view import View, parse

AT_ONCE = 64 * 64 * 300
"""So many steps of a particle are made while a visitor waits: about a third of a second."""
LEAST_SIZE = 16
KEPT = 24
"""How many maps that took long are kept, for all visitors."""


def placed(scene: Scene, run: int, values: dict[str, float]) -> Scene:
    """The scene with other numbers, by path. ValueError, with a sentence, for one that is not legal."""
    for key, value in values.items():
        part, name = key.split(".")
        if part == "start":
            x, y = scene.start
            scene = replace(scene, start=(value, y) if name == "x" else (x, value))
        elif part in scene.parts():
            scene = scene.with_part(scene.parts()[part].replace(**{name: value}))
        else:
            changed = scene.runs[run].with_part(scene.runs[run].parts()[part].replace(**{name: value}))
            scene = replace(scene, runs=(*scene.runs[:run], changed, *scene.runs[run + 1 :]))
    return scene


def value_of(scene: Scene, run: int, key: str) -> float:
    """The number of a scene at a path."""
    part, name = key.split(".")
    if part == "start":
        return scene.start["xy".index(name)]
    return float(getattr((scene.runs[run].parts() | scene.parts())[part], name))


def cell_values(axis: Axis, scene: Scene, run: int, cells: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The values of an axis' cells."""
    return axis.values(cells, choices(scene, run)[axis.key].declared.kind == "whole")


def question(scene: Scene, view: View) -> tuple[str, str]:
    """All that a map depends on, as text: the run with its numbers along the axes left open, and the view."""
    chosen: Run = scene.runs[view.run]
    alone = replace(scene, runs=(chosen,), seed=scene.seed if scene.noise else 0)
    plain = replace(view, run=0, colour="steps")
    corner = {axis.key: float(cell_values(axis, alone, 0, 2)[0]) for axis in (view.across, view.up)}
    alone = placed(alone, 0, corner)
    return query(alone, default=None), plain.text(alone)


def quick_size(scene: Scene, view: View) -> int:
    """How many cells a side has in the map that a visitor can wait for."""
    return max(LEAST_SIZE, min(view.size, int((AT_ONCE / scene.steps) ** 0.5)))


def asked(scene: Scene, view: View) -> tuple[Scene, View]:
    """The scene and the view of a question."""
    link, words = question(scene, view)
    alone = read(parse_qs(link)).scene
    return alone, parse(words, alone)[0]


def swept(scene: Scene, view: View, size: int, **how: object) -> Sweep:
    """The map itself. how: `sweep`'s progress and cancelled."""
    run = scene.runs[view.run]
    over = {axis.key: cell_values(axis, scene, view.run, size) for axis in (view.across, view.up)}
    return sweep(
        scene.surface,
        run.optimizer,
        run.schedule,
        over=over,
        start=scene.start,
        steps=scene.steps,
        noise=scene.noise,
        seed=scene.seed,
        **how,  # type: ignore[arg-type]
    )


@st.cache_resource(max_entries=48, show_spinner=False)
def quick(link: str, words: str, size: int) -> Sweep:
    """The map of a question, computed while the visitor waits; the last ones are kept, for all visitors."""
    scene = read(parse_qs(link)).scene
    view, _ = parse(words, scene)
    return swept(scene, view, size)


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[Sweep]:
    """The one shelf of this server."""
    return Shelf(KEPT)
