"""The scene of this visitor: read from the URL, changed by widgets and by the stage, written back to the URL.

The board in the session is the only truth. A widget shows it (its value is set before it is drawn) and changes it (by
its callback, which runs before the page does); the stage's edits are merged into it. So nothing is kept twice.

A change is a function of the scene as it is when it is made, never of the scene that was drawn: changes made in quick
succession, here and on the stage, are all kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs

import streamlit as st

from lrviz.link import parameters, query, read
from lrviz.scene import Run, Scene
from lrviz.simulation import Trajectory
from lrviz.ui import stage
from lrviz.ui.stage.board import Board
from lrviz.ui.stage.exchange import Exchange
from lrviz.ui.stage.payload import pack


def board() -> Board:
    """This visitor's scene with its runs' ids: with what the stage has sent, and the URL brought into line."""
    state = st.session_state
    url = {name: st.query_params.get_all(name) for name in st.query_params}
    _take_edit()
    touched = state.pop("touched", False)
    # A link was opened, or the browser went back. After a change made here the URL may only be late: the change wins.
    if "board" not in state or (url != state["url"] and not touched):
        link = read(url)
        state["board"], state["problems"] = Board(link.scene, _ids(len(link.scene.runs))), link.problems
        state["held"] = False
    current: Board = state["board"]
    # While a hand is down the URL waits: each of its values would be a step in the browser's history.
    state["url"] = url if state["held"] else parameters(current.scene)
    if url != state["url"]:
        st.query_params.from_dict(state["url"])
    return current


def _take_edit() -> None:
    """Merge what the stage has sent since."""
    state = st.session_state
    if "board" not in state:
        return
    before: Board = state["board"]
    state["board"], edit, problems = _exchange().take(stage.last_edit(), before)
    if edit is None:
        return
    state["touched"], state["held"] = True, edit.held
    state["problems"] = (*state.get("problems", ()), *problems)
    state["restructured"] = bool(problems) or before.ids != state["board"].ids or state.get("restructured", False)


def restructured() -> bool:
    """Whether an edit of the stage did what more than the stage must show: runs came, went or moved. Told once."""
    return bool(st.session_state.pop("restructured", False))


def payload(board: Board) -> bytes:
    """What the stage is told: the same bytes until it shows something else than the board."""
    return _exchange().give(board, pack, stage.is_mounted())


def _exchange() -> Exchange:
    exchange: Exchange = st.session_state.setdefault("exchange", Exchange())
    return exchange


def problems() -> tuple[str, ...]:
    """Sentences about what was refused, in the link or by the last change; each is told once."""
    told: tuple[str, ...] = st.session_state.pop("problems", ())
    return told


# ---- changes, for callbacks


def touch() -> None:
    """Say that what is on the page is newer than the URL."""
    st.session_state["touched"], st.session_state["held"] = True, False


@contextmanager
def refusal() -> Iterator[None]:
    """Tell the sentence of a ValueError that is raised within, and change nothing."""
    try:
        yield
    except ValueError as problem:
        st.session_state["problems"] = (f"{problem}. Nothing was changed.",)


def change(change_: Callable[[Scene], Scene]) -> None:
    """Change the scene, or tell why not. All runs stay what they are; others may be added at the end."""
    touch()
    before: Board = st.session_state["board"]
    with refusal():
        scene = change_(before.scene)
        st.session_state["board"] = Board(scene, before.ids + _ids(len(scene.runs) - len(before.ids)))


def change_run(id: int, change_: Callable[[Run], Run]) -> None:
    """Change one run, or tell why not; nothing happens where it has meanwhile been removed."""
    touch()
    before: Board = st.session_state["board"]
    with refusal():
        runs = {i: change_(run) if i == id else run for i, run in before.runs().items()}
        st.session_state["board"] = before.with_runs(runs)


def open_(scene: Scene) -> None:
    """Show another scene, of which nothing is of the old one."""
    touch()
    st.session_state["board"] = Board(scene, _ids(len(scene.runs)))


def _ids(count: int) -> tuple[int, ...]:
    """So many ids that no run has had: the page counts them from 1, the stage far above."""
    last = st.session_state.get("last id", 0)
    st.session_state["last id"] = last + max(count, 0)
    return tuple(range(last + 1, last + 1 + count))


# ---- what the scene comes to


def trajectories(scene: Scene) -> tuple[Trajectory, ...]:
    """The scene's runs. The last ones asked for are kept, for all visitors: a change costs no more than it changes."""
    return tuple(_trajectory(query(replace(scene, runs=(run,)))) for run in scene.runs)


@st.cache_resource(max_entries=96, show_spinner=False)
def _trajectory(query: str) -> Trajectory:
    (trajectory,) = read(parse_qs(query)).scene.run()
    return trajectory


def popovers() -> int:
    """Changes when all popovers should close: part of their keys."""
    return int(st.session_state.get("popovers", 0))


def close_popovers() -> None:
    """Close what is open, when what it belonged to is gone or about to be seen. For callbacks."""
    st.session_state["popovers"] = popovers() + 1
