"""The page around the map: what it is a map of, the map, and below it theory's claims about the run that is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lrviz.grid import Sweep
from lrviz.numerals import count, exact
from lrviz.scene import Scene
from lrviz.theory import claims
from lrviz.ui import controls, session, words
from lrviz.ui.background import Cancelled, Progress, answer, drop
from lrviz.ui.head import head as page_head
from lrviz.ui.open_in import open_in
from lrviz.ui.stability import component, told
from lrviz.ui.stability.axes import SCALES, START, Axis, choices, usual
from lrviz.ui.stability.maps import asked, placed, question, quick, quick_size, shelf, swept
from lrviz.ui.stability.presets import PRESETS
from lrviz.ui.stability.view import SIZES, View, parse, ranged
from lrviz.ui.stage.board import Board

PAGE = "stability"
SCENE = PRESETS[0].scene
"""What an empty link shows."""
_SCALES = {"linear": "even", "log": "log", "complement": "to 1"}


def view_of(scene: Scene) -> tuple[View, tuple[str, ...]]:
    """What the page shows of a scene, and what was wrong with the words that say so."""
    return parse(session.view(), scene)


# ---- the head and the sidebar


def head(scene: Scene, view: View) -> None:
    """Title, what the map is of, the maps to start from, and the link."""
    name = scene.names()[view.run]
    subtitle = f"What becomes of {name} on {scene.surface.title}, for {_pair(scene, view)}."
    page_head("Stability", subtitle, "Maps", PRESETS)


def _pair(scene: Scene, view: View) -> str:
    """What differs on the map."""
    if {view.across.key, view.up.key} == {f"{START}.x", f"{START}.y"}:
        return "every start"
    offered = choices(scene, view.run)
    return " and ".join(f"every {offered[axis.key].declared.symbol}" for axis in (view.across, view.up))


def sidebar(board: Board, view: View) -> None:
    """The axes, then what the map is of: the run with its numbers, and what it runs on."""
    scene, run = board.scene, board.scene.runs[view.run]
    id = board.ids[view.run]
    with st.sidebar:
        _axis("across", "Across", scene, view)
        _axis("up", "Up", scene, view)
        st.divider()
        if len(scene.runs) > 1:
            _which(scene, view)
        controls.whole_run(id, run)
        st.divider()
        controls.surface(scene)
        controls.shared_numbers(scene)
        controls.start(scene)
        controls.noise(scene)
        controls.steps_and_seed(scene)


def _axis(name: str, label: str, scene: Scene, view: View) -> None:
    """The choice of an axis' number, and its range."""
    axis: Axis = getattr(view, name)
    offered = choices(scene, view.run)
    other = view.up if name == "across" else view.across
    key, low, high, scale = (f"{name} {part}" for part in ("number", "from", "to", "scale"))
    st.session_state[key] = axis.key
    st.session_state[low], st.session_state[high] = exact(axis.low), exact(axis.high)
    st.session_state[scale] = axis.scale

    def choose() -> None:
        chosen = st.session_state[key]
        _look(scene, view, **{name: usual(chosen, offered[chosen], scene, view.run)})

    def stretch() -> None:
        typed = [st.session_state[part].strip().replace("−", "-") or "nothing" for part in (low, high)]
        with session.refusal():
            changed = ranged(axis, [*(one.split()[0] for one in typed), st.session_state[scale]], offered[axis.key])
            _look(scene, view, **{name: changed})

    titles = {one: f"{choice.declared.symbol} · {choice.whose}" for one, choice in offered.items() if one != other.key}
    st.selectbox(label, titles, format_func=titles.__getitem__, key=key, on_change=choose)
    columns = st.columns([1, 1, 1.25], wrap=False)
    with columns[0]:
        st.text_input("from", key=low, on_change=stretch)
    with columns[1]:
        st.text_input("to", key=high, on_change=stretch)
    with columns[2]:
        legal = [one for one in SCALES if one == axis.scale or _suits(replace(axis, scale=one))]
        st.selectbox("spaced", legal, format_func=_SCALES.__getitem__, key=scale, on_change=stretch)


def _suits(axis: Axis) -> bool:
    return axis.low > 0 if axis.scale == "log" else axis.scale == "linear" or 0 <= axis.low < axis.high < 1


def _which(scene: Scene, view: View) -> None:
    """Which of the scene's runs the map is of."""
    key, names = "map of", dict(enumerate(scene.names()))
    st.session_state[key] = view.run

    def choose() -> None:
        _show(scene, parse(f"run {st.session_state[key] + 1}", scene)[0])

    st.selectbox("Map of", names, format_func=names.__getitem__, key=key, on_change=choose)


# ---- changes of the view, for callbacks


def _look(scene: Scene, view: View, **changes: object) -> None:
    _show(scene, replace(view, **changes))  # type: ignore[arg-type]


def _show(scene: Scene, view: View) -> None:
    session.look(view.text(scene))


def _take(board: Board, view: View, shown: str) -> Callable[[], None]:
    """Does what hands did on the map. shown: the map that they had before them."""

    def take() -> None:
        said, scene = component.last_said(), board.scene
        axes = (view.across, view.up)
        if said.keep and said.map == shown:
            values = {axis.key: value for axis, value in zip(axes, said.keep, strict=True)}
            session.change(lambda now: placed(now, view.run, values))
            _show(scene, view)  # its axes may be the usual ones of a scene: they stay while the scene changes
        elif said.axes and said.map == shown:
            with session.refusal():
                across, up = (_within(axis, ends, scene, view) for axis, ends in zip(axes, said.axes, strict=True))
                _look(scene, view, across=across, up=up)
        elif said.colour in ("outcome", "steps"):
            _look(scene, view, colour=said.colour)
        elif said.reset:
            offered = choices(scene, view.run)
            across, up = (usual(axis.key, offered[axis.key], scene, view.run) for axis in axes)
            _look(scene, view, across=across, up=up)

    return take


def _within(axis: Axis, ends: tuple[float, float], scene: Scene, view: View) -> Axis:
    """The axis with other ends; one that is not legal stays as it was."""
    declared = choices(scene, view.run)[axis.key].declared
    low, high = ends
    for changed in (replace(axis, low=low, high=high), replace(axis, low=low), replace(axis, high=high)):
        try:
            changed.check(declared, "Axis")
        except ValueError:
            continue
        return changed
    return axis


# ---- the map


def the_map(board: Board, view: View) -> tuple[Sweep, int]:
    """The map with its run: the map, and how many cells a side has."""
    scene = board.scene
    found, size = _found(scene, view)
    shown = component.map_id(scene, view, size)
    with st.container(key="stage-map"):
        component.show(component.pack(board, view, found, size), on_said=_take(board, view, shown))
    words.notes([found.missing_sentence] if found.missing_sentence else [])
    return found, size


def _found(scene: Scene, view: View) -> tuple[Sweep, int]:
    """The best map of a question that there is at once, and its size."""
    asked_for, size = question(scene, view), quick_size(scene, view)
    if size < view.size:
        kept = shelf().get(asked_for)
        if kept is not None:
            return kept, view.size
    return quick(*asked_for, size), size


def _finer(scene: Scene, view: View, size: int) -> None:
    """Sweep what is wanted finer in the background: the usual size by itself, a larger one where it was asked for."""
    if size == view.size:
        drop("map")
        return
    # The scene is read back from its own question: what is kept under a question is its answer to the last bit.
    wanted = asked(scene, view)
    side, present = f"{view.size} × {view.size}", f"{size} × {size} cells"

    def do(progress: Progress, cancelled: Cancelled) -> Sweep:
        return swept(*wanted, view.size, progress=progress, cancelled=cancelled)

    answer(
        "map",
        question(scene, view),
        do,
        shelf(),
        saying=f"{present}; sweeping {side}",
        label=f"Sweep {side}",
        by_itself=view.size == SIZES[0] or st.session_state.get("finer", False),
        note=f"This map has {present}.",
    )


# ---- below it


def below(board: Board, view: View, found: Sweep, size: int) -> None:
    """How a finer map comes along, theory's claims about the run that is kept, the map as a file, the other pages."""
    scene = board.scene
    _finer(scene, view, size)
    st.html(f"<p>{told.summary(found, scene, view)}</p>")
    alone = replace(scene, runs=(scene.runs[view.run],))
    (trajectory,) = session.trajectories(alone)
    run = alone.runs[0]
    theta, loss, eta, state = trajectory.theta, trajectory.loss, trajectory.eta, trajectory.state
    told.claims(claims(scene.surface, run.optimizer, run.schedule, scene.noise, theta, loss, eta, state))
    key = "size"
    st.session_state[key] = view.size

    def resize() -> None:
        st.session_state["finer"] = True
        _look(scene, view, size=st.session_state[key] or SIZES[0])

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control("Cells a side", SIZES, key=key, on_change=resize, format_func=count)
        st.download_button(
            "Download the map (CSV)",
            lambda: found.to_frame().to_csv(index=False),
            file_name=f"lrviz-map-{scene.surface.slug}.csv",
            mime="text/csv",
            on_click="ignore",
        )
    open_in(scene, but=PAGE)


def notes(more: tuple[str, ...]) -> None:
    """What was refused, in the link or by the last change."""
    with st.container(key="notes"):
        words.notes((*session.problems(), *more))
