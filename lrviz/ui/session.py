"""The scene of this visitor on each page: read from the URL, changed by widgets and by the stage, written back to it.

The board in the session is the only truth. A widget shows it (its value is set before it is drawn) and changes it (by
its callback, which runs before the page does); the stage's edits are merged into it. So nothing is kept twice.

A change is a function of the scene as it is when it is made, never of the scene that was drawn: changes made in quick
succession, here and on the stage, are all kept. Each page has a board of its own, and finds it again when the visitor
comes back to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs

import streamlit as st

from lrviz.link import LANDING, parameters, query, read
from lrviz.scene import Run, Scene
from lrviz.simulation import Trajectory
from lrviz.ui import stage
from lrviz.ui.stage.board import Board
from lrviz.ui.stage.exchange import Exchange, Pack
from lrviz.ui.stage.payload import pack


@dataclass
class Desk:
    """What a page has in hand."""

    page: str
    default: Scene
    """What an empty link shows."""
    board: Board
    view: str = ""
    """What the page shows besides the scene, in its own words."""
    url: dict[str, list[str]] = field(default_factory=dict)
    """The address's parameters, as they were last seen or set."""
    problems: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    """Sentences about what was refused that are to be told, and those that were told last."""
    touched: bool = False
    """Whether what is on the page is newer than the URL."""
    held: bool = False
    """Whether a hand is down on the stage."""
    restructured: bool = False
    exchange: Exchange = field(default_factory=Exchange)

    @property
    def parameters(self) -> dict[str, list[str]]:
        """What the address should say."""
        return parameters(self.board.scene, self.default, self.view)


def board(page: str, default: Scene = LANDING) -> Board:
    """This visitor's scene on a page, with its runs' ids: with what the stage has sent, and the URL in line with it.

    default: what an empty link shows.
    """
    desks: dict[str, Desk] = st.session_state.setdefault("desks", {})
    came_back = page in desks and st.session_state.get("page") != page
    st.session_state["page"] = page
    url = {name: st.query_params.get_all(name) for name in st.query_params}
    _take_edit()
    # A link was opened, or the browser went back. After a change made here the URL may only be late: the change wins.
    # The navigation leads to a page without its parameters: then the page is as it was left.
    is_news = page not in desks or (url != desks[page].url and not desks[page].touched and not (came_back and not url))
    if is_news:
        link = read(url, default)
        desk = desks.get(page) or Desk(page, default, Board(default, ()))
        desk.board, desk.view, desk.problems = Board(link.scene, _ids(len(link.scene.runs))), link.view, link.problems
        desk.held = False
        desks[page] = desk
    desk = desks[page]
    desk.touched, desk.held = False, desk.held and not came_back
    # While a hand is down the URL waits: each of its values would be a step in the browser's history.
    desk.url = url if desk.held else desk.parameters
    if url != desk.url:
        st.query_params.from_dict(desk.url)
    return desk.board


def visit(page: str) -> None:
    """Say that a page without a scene is open: whoever comes back from it finds the others as they were left."""
    st.session_state["page"] = page


def scene() -> Scene:
    """The scene as it is now, for callbacks: what was drawn may be older."""
    return _desk().board.scene


def view() -> str:
    """What the page shows besides its scene, in its own words; empty where nothing was chosen."""
    return _desk().view


def _desk() -> Desk:
    desk: Desk = st.session_state["desks"][st.session_state["page"]]
    return desk


def _take_edit() -> None:
    """Merge what the stage has sent since."""
    desk: Desk | None = st.session_state["desks"].get(st.session_state["page"])
    if desk is None:
        return
    before = desk.board
    desk.board, edit, problems = desk.exchange.take(stage.last_edit(desk.page), before)
    if edit is None:
        return
    desk.touched, desk.held = True, edit.held
    desk.problems += tuple(problems)
    desk.restructured |= bool(problems) or before.ids != desk.board.ids


def restructured() -> bool:
    """Whether an edit of the stage did what more than the stage must show: runs came, went or moved. Told once."""
    desk = _desk()
    told, desk.restructured = desk.restructured, False
    return told


def show_stage(pack: Pack = pack) -> None:
    """The page's stage. It is told the same bytes until they show something else than the board.

    pack: makes the payload.
    """
    desk = _desk()
    payload = desk.exchange.give(desk.board, pack, stage.is_mounted(desk.page))
    stage.show(desk.page, payload, on_edit=touch)


def stage_is_drawn() -> bool:
    """Whether the stage has told that its first picture stands."""
    return stage.is_drawn(_desk().page)


def has_problems() -> bool:
    """Whether sentences wait to be told: where only a part of the page is drawn, all of it must be."""
    return bool(_desk().problems)


def problems() -> tuple[str, ...]:
    """Sentences about what was refused, in the link or by the last change; each is told once."""
    desk = _desk()
    desk.told, desk.problems = desk.problems, ()
    return desk.told


def tell_again() -> None:
    """Let what was told last be told in the run to come: for the callback of a run that no hand has caused."""
    desk = _desk()
    desk.problems = desk.told


# ---- changes, for callbacks


def touch() -> None:
    """Say that what is on the page is newer than the URL."""
    desk = _desk()
    desk.touched, desk.held = True, False


def hold() -> None:
    """Say that the hand that changed something is still down: the URL waits until it lets go."""
    _desk().held = True


@contextmanager
def refusal() -> Iterator[None]:
    """Tell the sentence of a ValueError that is raised within, and change nothing."""
    try:
        yield
    except ValueError as problem:
        _desk().problems = (f"{problem}. Nothing was changed.",)


def change(change_: Callable[[Scene], Scene]) -> None:
    """Change the scene, or tell why not. The first runs stay what they are; others come or go at the end."""
    touch()
    desk = _desk()
    with refusal():
        scene = change_(desk.board.scene)
        ids = desk.board.ids[: len(scene.runs)]
        desk.board = Board(scene, ids + _ids(len(scene.runs) - len(ids)))


def change_run(id: int, change_: Callable[[Run], Run]) -> None:
    """Change one run, or tell why not; nothing happens where it has meanwhile been removed."""
    touch()
    desk = _desk()
    with refusal():
        runs = {i: change_(run) if i == id else run for i, run in desk.board.runs().items()}
        desk.board = desk.board.with_runs(runs)


def take_rate(eta: float) -> None:
    """Make it the first run's η: of pages that are about the first run, for this page and all that it leads to."""

    def taken(scene: Scene) -> Scene:
        first, *others = scene.runs
        return replace(scene, runs=(replace(first, schedule=first.schedule.with_eta(eta)), *others))

    change(taken)


def keep(is_kept: Callable[[Run], bool]) -> None:
    """Remove all other runs, or tell why not."""
    touch()
    desk = _desk()
    with refusal():
        desk.board = desk.board.with_runs({id: run for id, run in desk.board.runs().items() if is_kept(run)})


def duplicate(id: int) -> None:
    """One more run like this one, or tell why not; nothing happens where it has meanwhile been removed."""
    run = _desk().board.runs().get(id)
    if run is not None:
        change(lambda scene: replace(scene, runs=(*scene.runs, run)))


def remove(id: int) -> None:
    """Remove one run, or tell why not: the last one stays."""
    touch()
    desk = _desk()
    with refusal():
        desk.board = desk.board.with_runs({other: run for other, run in desk.board.runs().items() if other != id})


def open_(scene: Scene, view: str = "") -> None:
    """Show another scene, of which nothing is of the old one."""
    touch()
    desk = _desk()
    desk.board, desk.view = Board(scene, _ids(len(scene.runs))), view


def look(view: str) -> None:
    """Show something else of the same scene."""
    touch()
    _desk().view = view


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
