"""The search page: what is searched at the left; the samples one by one; what each search found; many repetitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import cast

import streamlit as st

from lrviz import tables
from lrviz.declare import Hyper
from lrviz.numerals import count, exact
from lrviz.optimizers import with_number
from lrviz.scene import Run, Scene
from lrviz.tuning.repeat import Repeated
from lrviz.tuning.search import Search
from lrviz.ui import chart, controls, references, session, widgets, words
from lrviz.ui.background import answer, last
from lrviz.ui.head import head as page_head
from lrviz.ui.head import notes
from lrviz.ui.open_in import open_in
from lrviz.ui.search import charts, told
from lrviz.ui.search import study as studies
from lrviz.ui.search.examples import EXAMPLES
from lrviz.ui.search.study import Question, Truth
from lrviz.ui.search.view import (
    METHODS,
    MOST_SAMPLES,
    Range,
    Second,
    View,
    number,
    numbers,
    parse,
    ranged,
    usual_also,
)
from lrviz.ui.stage.board import Board

PAGE = "search"
SCENE = EXAMPLES[0].scene
"""What an empty link shows."""
_ALONE = "η alone"


def view_of(scene: Scene) -> tuple[View, tuple[str, ...]]:
    """What the page shows of a scene, and what was wrong with the words that say so."""
    return parse(session.view(), scene)


def look(scene: Scene, change: Callable[[View], View]) -> None:
    """Show something else of the scene: a change of the view as it has meanwhile become. For callbacks."""
    view, _ = view_of(scene)
    session.look(change(view).text(scene))


# ---- the sidebar


def sidebar(board: Board, view: View) -> None:
    """What is searched and at which cost, then the run with its numbers, and what it runs on."""
    scene, run, id = board.scene, board.scene.runs[0], board.ids[0]
    with st.sidebar:
        _range(scene, view.eta, number(run, "eta"), lambda ends: look(scene, lambda now: replace(now, eta=ends)))
        _second(scene, view)
        _costs(scene, view)
        st.divider()
        controls.whole_run(id, run, but=("eta", *([view.also.name] if view.also else [])))
        st.divider()
        controls.surface(scene)
        controls.shared_numbers(scene)
        controls.start(scene)
        controls.noise(scene)


def _range(scene: Scene, ends: Range, declared: Hyper, put: Callable[[Range], None]) -> None:
    """From where to where a number is searched."""
    keys = [f"{declared.name} {end}" for end in ("from", "to")]
    for key, end in zip(keys, ends, strict=True):
        st.session_state[key] = exact(end)

    def stretch() -> None:
        with session.refusal():
            put(ranged(declared, [st.session_state[key].replace(" ", "") or "nothing" for key in keys]))

    for key, column, word in zip(keys, st.columns(2, wrap=False), ("from", "to"), strict=True):
        with column:
            st.text_input(f"{declared.symbol} {word}", key=key, on_change=stretch)


def _second(scene: Scene, view: View) -> None:
    """The number that is searched with η, and its range."""
    offered, key = numbers(scene.runs[0]), "second"
    titles = {"": _ALONE} | {
        name: f"η and {declared.symbol} · {name.replace('_', ' ')}" for name, declared in offered.items()
    }
    st.session_state[key] = view.also.name if view.also else ""

    def choose() -> None:
        name = st.session_state[key]
        also = Second(name, usual_also(offered[name])) if name in offered else None
        look(scene, lambda now: now if name == (now.also.name if now.also else "") else replace(now, also=also))

    st.selectbox("Search", titles, format_func=titles.__getitem__, key=key, on_change=choose)
    if view.also is not None:
        name, ends = view.also
        _range(scene, ends, offered[name], lambda ends: look(scene, lambda now: replace(now, also=Second(name, ends))))


def _costs(scene: Scene, view: View) -> None:
    """The steps of a run, the budget, and which draw of chance."""
    declared = {declared.name: declared for declared in (*Scene.hypers(), *View.hypers())}
    steps, runs, seed, draws = st.columns(2, wrap=False) + st.columns(2, wrap=False)

    def put(name: str) -> Callable[[float], None]:
        return lambda value: session.change(lambda scene: scene.replace(**{name: value}))

    def show(name: str) -> Callable[[float], None]:
        return lambda value: look(scene, lambda now: now.replace(**{name: value}))

    with steps:
        widgets.field(declared["steps"], "Scene", scene.steps, put("steps"), "steps", "Steps a run")
    with runs:
        widgets.field(declared["runs"], "View", view.runs, show("runs"), "runs", "Budget, runs")
    with seed:
        chance = replace(declared["seed"], help="which draw of the samples, and of the noise")
        widgets.field(chance, "Scene", scene.seed, put("seed"), "seed", "Seed")
    with draws:
        widgets.field(declared["seeds"], "View", view.seeds, show("seeds"), "seeds", "Repetitions")


# ---- the head


def head(board: Board, problems: tuple[str, ...]) -> None:
    """Title, what is held equal, examples and the link; and what was refused."""
    scene = board.scene
    name = scene.runs[0].optimizer.title
    subtitle = f"{name} on {scene.surface.title}: which η ends lowest? Four ways to look, at one and the same cost."
    page_head("Search", subtitle, "Examples", EXAMPLES)
    notes(scene, problems)


# ---- the samples, one by one


def searches(board: Board, view: View) -> None:
    """The samples of one search, with the run beside them; and what each search found."""
    asked = studies.question(board.scene, view)
    try:
        found = studies.quick(asked)
    except ValueError as problem:
        words.notes([f"There is nothing to search: {problem}."])
        return
    _choices(board.scene, view)
    truth = _truth(asked) if view.truth else None
    with st.container(key="samples"):
        bayesian = _bayesian(asked)
        found = {"grid": found["grid"], "random": found["random"]} | bayesian | {"halving": found["halving"]}
        # Until the Bayesian search is there random search is shown: the first samples of both are the same.
        _samples(board, asked, found.get(view.method, found["random"]), truth, view)
    _found(asked, found, truth, view)
    _repetitions(asked, view)


def _choices(scene: Scene, view: View) -> None:
    """Whose samples are shown, and whether the truth is."""
    key = "method"
    st.session_state[key] = view.method

    def choose() -> None:
        method = st.session_state[key] or view.method  # a second click on the chosen one means nothing
        look(scene, lambda now: now if now.method == method else replace(now, method=method, sample=MOST_SAMPLES))

    def reveal(on: bool) -> None:
        look(scene, lambda now: now.replace(truth=on))

    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "Samples of",
            list(METHODS),
            format_func=METHODS.__getitem__,
            key=key,
            on_change=choose,
            label_visibility="collapsed",
        )
        widgets.switch("Reveal the truth", _REVEAL, view.truth, reveal, "truth")


_REVEAL = f"Run every η: {studies.RATES} of them over the range, or {' × '.join(map(str, studies.PAIRS))} pairs."


def _bayesian(asked: Question) -> dict[str, Search]:
    """The Bayesian search, once it is there."""
    found = answer(
        "bayesian search",
        asked,
        lambda progress, cancelled: studies.bayesian(asked, progress, cancelled),
        studies.bayesian_shelf(),
        saying="The Bayesian search takes one sample after the other; until it is there, random search is shown",
        label="Search the Bayesian way",
        by_itself=True,
    )
    return {} if found is None else {"bayesian": found}


def _truth(asked: Question) -> Truth | None:
    return answer(
        "truth",
        asked,
        lambda progress, cancelled: studies.truth(asked, progress, cancelled),
        studies.truth_shelf(),
        saying="Running every η",
        label="Run every η",
        by_itself=True,
    )


def _samples(board: Board, asked: Question, found: Search, truth: Truth | None, view: View) -> None:
    scene = board.scene
    alone = Board(replace(scene, runs=scene.runs[:1]), (1,))

    def pick() -> None:
        eta = chart.last_pick(SAMPLES)
        if eta is not None:
            second = chart.last_second(SAMPLES)
            session.change_run(board.ids[0], lambda run: placed(run, asked, eta, second))

    def rest() -> None:
        frame = chart.last_frame(SAMPLES)
        if frame is not None:
            sample = min(frame + 1, MOST_SAMPLES)
            look(scene, lambda now: now.replace(sample=sample))

    chart.show(charts.samples(asked, found, truth, alone, view.sample), SAMPLES, on_pick=pick, on_frame=rest)


def placed(run: Run, asked: Question, eta: float, second: float | None) -> Run:
    """The run at a place of the chart: an η, and on the plane of two numbers the other one too."""
    run = replace(run, schedule=run.schedule.with_eta(eta))
    if asked.also is None or second is None:
        return run
    return replace(run, optimizer=with_number(run.optimizer, asked.also.name, second))


SAMPLES, RACE, SPREAD = "search samples", "search race", "search spread"
"""The keys of the charts."""


# ---- what each search found


def _found(asked: Question, found: dict[str, Search], truth: Truth | None, view: View) -> None:
    """The best so far of all searches, and in a table and in words what they came to."""
    words.heading("What each search found, at one and the same cost")
    words.say([told.budget(asked)])
    _table(told.headings(asked), {method: told.row(one) for method, one in found.items()})
    left, right = st.columns([1, 1], gap="large", vertical_alignment="center")
    with left:
        at = None
        if view.method in found:
            at = view.method, min(view.sample, len(found[view.method].trials)) - 1
        chart.show(charts.race(asked, found, truth, at), RACE)
    with right:
        words.say(told.best_of(asked, found))
        if truth is not None:
            words.say(told.against_truth(asked, found, truth, charts.lowest(asked)))
        st.download_button(
            "Download every sample (CSV)",
            lambda: tables.samples(found.values()).to_csv(index=False),
            file_name=f"lrviz-search-{asked.scene.surface.slug}.csv",
            mime="text/csv",
            on_click="ignore",
        )


def _table(headings: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    """A row for each search, in its colour."""
    head = "".join(f"<th>{escape(heading)}" for heading in headings)
    body = [
        f"<tr><th class=lr-{charts.COLOURS[method].replace('run', 'run-')}>{escape(name)}"
        + "".join(f"<td>{escape(cell)}" for cell in cells)
        for method, (name, *cells) in rows.items()
    ]
    # Where it is wider than a phone it scrolls, and the keyboard must reach it.
    st.html(f"<table class=lr-table tabindex=0><tr>{head}{''.join(body)}</table>")


# ---- many repetitions


def _repetitions(asked: Question, view: View) -> None:
    """Each search many times: once it was asked for, and until it is asked for again."""
    words.heading("Not one lucky draw: many")
    question = asked, view.seeds
    found = answer(
        "many searches",
        question,
        lambda progress, cancelled: studies.many(asked, view.seeds, progress, cancelled),
        studies.many_shelf(),
        saying=f"{count(view.seeds)} draws of each search",
        label=f"Repeat each search with {count(view.seeds)} draws",
        by_itself=False,
    )
    shown = (question, found) if found else cast("tuple[tuple[Question, int], Repeated] | None", last("many searches"))
    if shown is None:
        words.say([_ONE_DRAW])
        return
    (was_asked, _), repeated = shown
    if shown[0] != question:
        words.notes([f"What stands here is still about {told.described(was_asked)}, {count(repeated.seeds)} draws."])
    left, right = st.columns([1, 1], gap="large", vertical_alignment="center")
    with left:
        chart.show(charts.spread(was_asked, repeated), SPREAD)
    with right:
        words.say(told.many(repeated))


_ONE_DRAW = (
    "Above is one draw, and chance has a large share in it. Repeated, each search begins anew every time,"
    " with other samples and other noise: then it can be said how often one is better, and by how much."
)


_READ_ON = (("Bengio (2012)", "grid and random search, sections 3.3 and 3.4"),)
"""What the page itself stands on."""


def links(board: Board) -> None:
    """The scene on the other pages."""
    open_in(board.scene, but=PAGE)
    references.expander(board.scene, more=_READ_ON)
