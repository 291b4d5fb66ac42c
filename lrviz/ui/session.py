"""The scene of this visitor: read from the URL, changed by widgets, written back to the URL.

The scene in the session is the only truth. A widget shows it (its value is set before it is drawn) and changes it (by
its callback, which runs before the page does). So two widgets for one number agree, and nothing is kept twice.

A change is a function of the scene as it is when the callback runs, never of the scene that was drawn: two changes made
in quick succession are both kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qs

import streamlit as st

from lrviz.declare import Declared
from lrviz.link import parameters, query, read
from lrviz.scene import Run, Scene
from lrviz.simulation import Trajectory

D = TypeVar("D", bound=Declared)
Change = Callable[[Scene], Scene]
"""May raise ValueError with a sentence: then the scene stays as it was."""


def scene() -> Scene:
    """This visitor's scene, with the URL brought into line."""
    state = st.session_state
    url = {name: st.query_params.get_all(name) for name in st.query_params}
    touched = state.pop("touched", False)
    # A link was opened, or the browser went back. After a widget's change the URL may only be late: the widget wins.
    if "scene" not in state or (url != state["url"] and not touched):
        link = read(url)
        state["scene"], state["problems"] = link.scene, link.problems
    current: Scene = state["scene"]
    state["url"] = parameters(current)
    if url != state["url"]:
        st.query_params.from_dict(state["url"])
    return current


def problems() -> tuple[str, ...]:
    """Sentences about what was refused, in the link or by the last change; each is told once."""
    told: tuple[str, ...] = st.session_state.pop("problems", ())
    return told


def change(change_: Change) -> None:
    """Change the scene, or tell why not. For callbacks."""
    state = st.session_state
    state["touched"] = True
    try:
        state["scene"] = change_(state["scene"])
    except ValueError as problem:
        state["problems"] = (f"{problem}. Nothing was changed.",)


def with_run(scene: Scene, number: int, change_: Callable[[Run], Run]) -> Scene:
    """The scene with one of its runs changed; as it is where that run has meanwhile been removed."""
    runs = tuple(change_(run) if i == number else run for i, run in enumerate(scene.runs))
    return replace(scene, runs=runs)


def with_number(thing: D, name: str, value: Any) -> D:
    """The same thing with another number; as it is where it has meanwhile become something without that number."""
    return thing.replace(**{name: value}) if any(declared.name == name for declared in thing.hypers()) else thing


def trajectories(scene: Scene) -> tuple[Trajectory, ...]:
    """The scene's runs. The last ones asked for are kept, for all visitors: a change costs no more than it changes."""
    return tuple(_trajectory(query(replace(scene, runs=(run,)))) for run in scene.runs)


@st.cache_resource(max_entries=96, show_spinner=False)
def _trajectory(query: str) -> Trajectory:
    (trajectory,) = read(parse_qs(query)).scene.run()
    return trajectory


def edition() -> int:
    """Changes when popovers should close: part of their keys."""
    return int(st.session_state.get("edition", 0))


def close_popovers() -> None:
    """Close what is open, when what it belonged to is gone or about to be seen. For callbacks."""
    st.session_state["edition"] = edition() + 1
