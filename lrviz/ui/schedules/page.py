"""The page: schedules to choose from, the stage, what each change of η did, and the ways out of a trap."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from html import escape
from urllib.parse import parse_qs

import streamlit as st

from lrviz import tables
from lrviz.changes import changes, told
from lrviz.escape import TRAPS
from lrviz.link import query, read
from lrviz.numerals import count, exact, rounded
from lrviz.optimizers import OPTIMIZERS
from lrviz.scene import Run, Scene
from lrviz.schedules import SCHEDULES, STEPS, Schedule, Warmup
from lrviz.ui import controls, references, session, widgets, words
from lrviz.ui.head import head as page_head
from lrviz.ui.open_in import open_in
from lrviz.ui.schedules import curves, drawing, names, race
from lrviz.ui.schedules.examples import EXAMPLES
from lrviz.ui.schedules.view import View, parse
from lrviz.ui.stage.board import Board

PAGE = "schedules"
SCENE = EXAMPLES[0].scene
"""What an empty link shows."""

# ---- above the stage


def head(scene: Scene) -> None:
    """Title, what is held equal, examples and the link."""
    methods = dict.fromkeys(run.optimizer.title for run in scene.runs)
    equal = f"{' and '.join(methods)} on {scene.surface.title}, {count(scene.steps)} steps each."
    only = " Only η(t) differs." if _differ_by_schedule_only(scene) else ""
    page_head("Schedules", equal + only, "Examples", EXAMPLES)


def notes(scene: Scene) -> None:
    """What was refused, and what the runs differ in besides their schedules."""
    _, problems = parse(session.view())
    with st.container(key="notes"):
        words.notes([*session.problems(), *problems], float_too=True)
        if not _differ_by_schedule_only(scene):
            same = "To compare schedules alone, choose an optimizer: it is given to all."
            words.notes([f"The runs differ by more than their schedules: {_methods(scene)}. {same}"])


def _differ_by_schedule_only(scene: Scene) -> bool:
    return len({run.optimizer for run in scene.runs}) == 1


def _methods(scene: Scene) -> str:
    """The different methods, each with the numbers that are not its defaults."""
    told = []
    for optimizer in dict.fromkeys(run.optimizer for run in scene.runs):
        numbers = ", ".join(f"{declared.symbol} = {exact(value)}" for declared, value in optimizer.changed())
        told.append(f"{optimizer.title} ({numbers})" if numbers else optimizer.title)
    return "; ".join(told)


def gallery(scene: Scene) -> None:
    """Every schedule as a small curve: chosen ones are on the stage."""
    shown: dict[str, int] = {}
    for number, run in enumerate(scene.runs):
        shown.setdefault(run.inner.slug, number)
    key = "gallery of schedules"
    with st.container(key=key.replace(" ", "-")):
        st.html(f"<style>{curves.style(shown, key.replace(' ', '-'), words.theme())}</style>")
        st.session_state[key] = list(shown)

        def choose() -> None:
            chosen = list(st.session_state[key])
            session.keep(lambda run: run.inner.slug in chosen)
            if chosen:
                session.change(lambda scene: with_schedules(scene, chosen))

        st.pills(
            "Schedules on the stage",
            list(SCHEDULES),
            selection_mode="multi",
            format_func=names.word,
            key=key,
            on_change=choose,
            label_visibility="collapsed",
        )


def with_schedules(scene: Scene, chosen: Sequence[str]) -> Scene:
    """The scene with these schedules too; new ones come with curves for its budget."""
    have = {run.inner.slug for run in scene.runs}
    new = [typical(slug, scene.runs[0], scene.steps) for slug in chosen if slug not in have]
    return replace(scene, runs=(*scene.runs, *new))


def typical(slug: str, like: Run, steps: int) -> Run:
    """A run as another, with a schedule's defaults stretched to a budget."""
    schedule = SCHEDULES[slug]().with_eta(like.schedule.eta).stretched(steps / STEPS)
    return like.with_part(schedule)


# ---- beside it


def sidebar(board: Board) -> None:
    """What all runs share: surface, noise, optimizer, budget; then each run's own choices."""
    scene = board.scene
    with st.sidebar:
        controls.surface(scene)
        controls.noise(scene)
        _optimizer(scene)
        _budget(scene)
        _warmup(scene)
        st.divider()
        for number, (id, run) in enumerate(board.runs().items()):
            _run(number, id, run, scene.steps)


def _optimizer(scene: Scene) -> None:
    def choose(slug: str) -> None:
        session.change(lambda scene: _each(scene, lambda run: run.with_part(OPTIMIZERS[slug]())))

    widgets.choice("Optimizer of all runs", OPTIMIZERS, scene.runs[0].method.slug, choose, "optimizer")


def _budget(scene: Scene) -> None:
    """The steps: periods, and whatever else is counted in steps, change in proportion."""
    declared = {declared.name: declared for declared in Scene.hypers()}
    budget, seed = st.columns(2, wrap=False)

    def put(value: float) -> None:
        session.change(lambda scene: with_budget(scene, int(value)))

    def put_seed(value: float) -> None:
        session.change(lambda scene: scene.replace(seed=value))

    with budget:
        widgets.field(declared["steps"], "Scene", scene.steps, put, "steps", "Budget (steps)")
    if scene.noise:
        with seed:
            widgets.field(declared["seed"], "Scene", scene.seed, put_seed, "seed", "Seed")


def with_budget(scene: Scene, steps: int) -> Scene:
    """The scene with another number of steps, and each schedule stretched to it."""
    factor = steps / scene.steps
    return _each(scene.replace(steps=steps), lambda run: replace(run, schedule=run.schedule.stretched(factor)))


def _warmup(scene: Scene) -> None:
    def switch(on: bool) -> None:
        session.change(lambda scene: _each(scene, lambda run: _warmed(run, scene.steps) if on else _plain(run)))

    help = f"The rate rises in a straight line to that with which the schedule begins. {Warmup.use}"
    widgets.switch(
        "Warm-up for all", help, all(isinstance(run.schedule, Warmup) for run in scene.runs), switch, "warms up"
    )


def _warmed(run: Run, steps: int) -> Run:
    if isinstance(run.schedule, Warmup):
        return run
    (declared,) = (declared for declared in Warmup.hypers() if declared.name == "steps")
    return replace(run, schedule=Warmup(run.schedule, steps=max(1, round(declared.default * steps / STEPS))))


def _plain(run: Run) -> Run:
    return replace(run, schedule=run.inner)


def _each(scene: Scene, change: Callable[[Run], Run]) -> Scene:
    return replace(scene, runs=tuple(change(run) for run in scene.runs))


def _run(number: int, id: int, run: Run, steps: int) -> None:
    """A run's schedule beside its line and marker; what a stage cannot hold opens on demand."""
    place = f"of run {number + 1}"
    with st.container(key=f"run {number + 1}"):
        left, middle, right = st.columns([1, 3.2, 1], wrap=False, gap="small", vertical_alignment="center")
        with left:
            words.chip(number)
        with right, st.popover(f"More {place}", width="stretch", key=f"more {number + 1} {session.popovers()}"):
            controls.warmup(id, run)
            controls.run_numbers(id, run, static_only=True, but=drawing.FIELDS)
        with middle:

            def choose(slug: str) -> None:
                session.change_run(id, lambda run: typical(slug, run, steps))

            label, slug = f"Schedule {place}", run.inner.slug
            widgets.choice(label, SCHEDULES, slug, choose, f"schedule {id}", show_label=False)


# ---- the stage, and what follows each edit of it


@st.fragment
def stage_and_words() -> None:
    """The stage; below it what each change of η did, the numbers, and the ways out of a trap."""
    board = session.board(PAGE, SCENE)
    if session.restructured() or session.has_problems():
        st.rerun()
    session.show_stage(names.pack)
    scene = board.scene
    for number, (id, run) in enumerate(board.runs().items()):
        drawing.show(number, id, run, scene.steps)
    trajectories = session.trajectories(scene)
    words.heading("What each change of η did")
    _say_changes(scene)
    titles = names.titles(scene)
    words.table(replace(line, run=name) for line, name in zip(tables.lines(scene, trajectories), titles, strict=True))
    open_in(scene, but=PAGE)
    references.expander(scene)
    if session.stage_is_drawn():  # Plotly and all the formulas keep a browser busy for a second
        _escape(scene)
        _reference()


def _say_changes(scene: Scene) -> None:
    """A column for each run."""
    columns = []
    for number, (name, run) in enumerate(zip(names.titles(scene), scene.runs, strict=True)):
        sentences = _sentences(query(replace(scene, runs=(run,))))
        items = "".join(f"<li>{escape(sentence)}" for sentence in sentences)
        columns.append(f"<section><h3 class=lr-run-{number}>{escape(name)}</h3><ul>{items}</ul></section>")
    st.html(f"<div class=lr-changes>{''.join(columns)}</div>")


@st.cache_resource(max_entries=96, show_spinner=False)
def _sentences(text: str) -> tuple[str, ...]:
    (trajectory,) = session.trajectories(read(parse_qs(text)).scene)
    return told(changes(trajectory))


# ---- the ways out of a trap


def _escape(scene: Scene) -> None:
    view, _ = parse(session.view())
    words.heading("Escape: how long it takes to leave")
    _choices(view)
    found = race.entries(scene, view)
    sentences = race.told(found, view)
    trap = TRAPS[view.trap]
    words.say([_setting(view), *sentences])
    from lrviz.figures import escape as figures  # Plotly takes its time: the stage is on its way before

    rows = [
        figures.Row(
            entry.name,
            entry.run,
            entry.found.quantiles(*race.SHARES),
            entry.found.predicted_quantiles(*race.SHARES),
        )
        for entry in found
    ]
    st.plotly_chart(
        figures.times(rows, race.STEPS, words.theme()),
        width="stretch",
        key="escape",
        config={"displayModeBar": False},
        alt=f"Steps to leave {trap.title}. {' '.join(sentences)}",
    )
    _table(race.HEADINGS, race.table(found))


def _choices(view: View) -> None:
    key = "trap"
    st.session_state[key] = view.trap
    place, rate = st.columns([5, 1.2], vertical_alignment="bottom")

    def choose() -> None:
        session.look(str(replace(view, trap=st.session_state[key] or view.trap)))

    def put(value: float) -> None:
        session.look(str(replace(view, eta=value)))

    titles = {slug: trap.surface.title for slug, trap in TRAPS.items()}
    with place:
        st.segmented_control("Place", list(titles), format_func=titles.__getitem__, key=key, on_change=choose)
    with rate:
        widgets.field(View.hypers()[0], "View", view.eta, put, "escape eta", "η · of all")


def _setting(view: View) -> str:
    trap = TRAPS[view.trap]
    return (
        f"{count(race.STARTS)} starts around {trap.title}, spread by {rounded(trap.cloud)} along x and y. One has left"
        f" when it is {rounded(trap.out)} away. Methods have their default numbers and a constant η ="
        f" {rounded(view.eta)}; schedules have that at the top."
    )


def _table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    first = "".join(f"<th>{escape(heading)}" for heading in headings)
    body = ["".join(f"<td>{escape(cell)}" for cell in row) for row in rows]
    st.html(f"<table class='lr-table lr-plain' tabindex=0><tr>{'<tr>'.join([first, *body])}</table>")


# ---- all there are


def _reference() -> None:
    """Every schedule's formula and what it is used for."""
    with st.expander("Every schedule: formula and use"):
        every: list[type[Schedule]] = [*SCHEDULES.values(), Warmup]
        for cls in every:
            picture, text = st.columns([1, 7], wrap=False)
            picture.html(f'<img src="{curves.source(cls.slug, words.theme().ink2)}" alt="">')
            text.markdown(f"**{cls.title}.** {_explained(cls)}\n\n{cls.use}\n\n:gray[{cls.source}. As {cls.same_as}.]")


def _explained(cls: type[Schedule]) -> str:
    """A class's docstring as Markdown, its formula on lines of its own."""
    text = (cls.__doc__ or "").replace("\n    ", "\n").strip()
    return re.sub(
        r"\$\$(.+?)\$\$", lambda formula: f"\n$$\n{' '.join(formula[1].split())}\n$$\n", text, flags=re.DOTALL
    )
