"""The playground's controls: what is on the sidebar, and one row for each run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lrviz.declare import Declared, Hyper
from lrviz.gallery import GALLERY, Exhibit
from lrviz.noise import NOISES
from lrviz.numerals import point, rounded
from lrviz.optimizers import OPTIMIZERS
from lrviz.outcome import Outcome
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.schedules import SCHEDULES, Constant, Schedule, Warmup
from lrviz.simulation import Trajectory
from lrviz.surfaces import SURFACES
from lrviz.ui import session, widgets, words
from lrviz.ui.copy_link import copy_link

_NO_NOISE = "none"
_COLUMNS = (2.9, 1.8, 2.1, 2.3, 0.95, 1.4)


def head(scene: Scene) -> None:
    """Title, lesson, the gallery and the link."""
    with st.container(key="head"):
        text, buttons = st.columns([5, 1.6], vertical_alignment="center")
    with text:
        words.head("Playground", f"{scene.surface.title}. {scene.surface.lesson}")
    with buttons, st.container(horizontal=True, wrap=False):
        with st.popover("Gallery", width="stretch", key=f"gallery {session.edition()}"):
            for exhibit in GALLERY:
                key = f"exhibit {exhibit.title}"
                st.button(exhibit.title, key=key, width="stretch", on_click=_open, args=[exhibit])
                st.caption(exhibit.look)
        copy_link()


def sidebar(scene: Scene) -> None:
    """What all runs share: surface, start, steps, noise; and a way to add a run."""
    with st.sidebar:
        widgets.choice("Surface", SURFACES, scene.surface.slug, _to_surface, "surface")
        widgets.numbers(scene.surface, _to_surface_number, "surface")
        st.markdown(f"$f(x, y) = {scene.surface.formula}$")  # inline: a long formula wraps
        for name, column in zip("xy", st.columns(2, wrap=False), strict=True):
            with column:
                _coordinate(scene, name)
        for declared in scene.hypers():
            if declared.name != "seed" or scene.noise is not None:
                _own_number(scene, declared)
        _noise(scene)
        st.divider()
        add, plus = st.columns([3, 1], vertical_alignment="bottom", wrap=False)
        new = add.selectbox("Another run", list(OPTIMIZERS), format_func=lambda slug: OPTIMIZERS[slug].title)
        full = len(scene.runs) >= MOST_RUNS
        plus.button("Add", on_click=_add, args=[new], disabled=full, help=f"Up to {MOST_RUNS} runs", width="stretch")


def outside(scene: Scene) -> str:
    """The note for a start that cannot be seen."""
    (left, right), (bottom, top) = scene.surface.box
    box = f"[{rounded(left)}, {rounded(right)}] × [{rounded(bottom)}, {rounded(top)}]"
    return f"The start {point(scene.start)} lies outside the picture, {box}. The runs begin there all the same."


def rows(scene: Scene, trajectories: Sequence[Trajectory]) -> None:
    """For each run its name and outcome, and the controls that are its own."""
    with st.container(key="titles"):
        titles = ("run, and what became of it", "optimizer", "schedule", "learning rate η", "", "all its numbers")
        for title, column in zip(titles, st.columns(_COLUMNS), strict=True):
            column.caption(title)
    for number, (name, trajectory) in enumerate(zip(scene.names(), trajectories, strict=True)):
        outcome = trajectory.outcome
        assert isinstance(outcome, Outcome)
        columns = st.columns(_COLUMNS, vertical_alignment="center")
        with columns[0]:
            words.run(name, number, outcome, words.theme())
        _row(scene, number, columns[1:])


def _row(scene: Scene, number: int, columns: Sequence[st.delta_generator.DeltaGenerator]) -> None:
    run, key, place = scene.runs[number], f"run {number + 1}", f"of run {number + 1}"
    optimizer, schedule = run.optimizer, _inner(run.schedule)

    def put_optimizer(scene: Scene, slug: str) -> Scene:
        return session.with_run(scene, number, lambda run: replace(run, optimizer=OPTIMIZERS[slug]()))

    def put_schedule(scene: Scene, slug: str) -> Scene:
        return _with_schedule(scene, number, lambda old: SCHEDULES[slug]().with_eta(old.eta))

    def put_eta(scene: Scene, eta: float) -> Scene:
        return _with_schedule(scene, number, lambda schedule: schedule.with_eta(eta))

    with columns[0]:
        label = f"Optimizer {place}"
        widgets.choice(label, OPTIMIZERS, optimizer.slug, put_optimizer, f"{key} optimizer", show_label=False)
    with columns[1]:
        label = f"Schedule {place}"
        widgets.choice(label, SCHEDULES, schedule.slug, put_schedule, f"{key} schedule", show_label=False)
    eta = next(declared for declared in schedule.hypers() if declared.name == "eta")
    with columns[2]:
        widgets.slider(eta, float(schedule.eta), put_eta, f"{key} eta", f"η {place}", show_label=False)
    with columns[3]:
        widgets.field(eta, type(schedule).__name__, float(schedule.eta), put_eta, f"{key} eta", f"η {place}")
    with columns[4], st.popover(_glance(optimizer), width="stretch", key=f"{key} more {session.edition()}"):
        _more(scene, number, key)


def _more(scene: Scene, number: int, key: str) -> None:
    """All the numbers of a run but η, and what can be done with the run."""
    optimizer, schedule = scene.runs[number].optimizer, _inner(scene.runs[number].schedule)

    def put_optimizers(scene: Scene, name: str, value: Any) -> Scene:
        def changed(run: Run) -> Run:
            return replace(run, optimizer=session.with_number(run.optimizer, name, value))

        return session.with_run(scene, number, changed)

    def put_schedules(scene: Scene, name: str, value: Any) -> Scene:
        return _with_schedule(scene, number, lambda schedule: session.with_number(schedule, name, value))

    st.markdown(f"**{optimizer.title}**")
    widgets.numbers(optimizer, put_optimizers, f"{key} optimizer")
    if len(schedule.hypers()) > 1:
        st.markdown(f"**{schedule.title}**")
        widgets.numbers(schedule, put_schedules, f"{key} schedule", leave_out=["eta"])
    _warmup(scene, number, f"{key} warmup")
    copy, remove = st.columns(2)
    full, alone = len(scene.runs) >= MOST_RUNS, len(scene.runs) == 1
    copy.button("Duplicate", f"{key} copy", on_click=_duplicate, args=[number], disabled=full, width="stretch")
    remove.button("Remove", f"{key} remove", on_click=_remove, args=[number], disabled=alone, width="stretch")


def pictures(scene: Scene, trajectories: Sequence[Trajectory]) -> None:
    """The paths on the surface, loss and rate beside them."""
    from lrviz import figures  # Plotly loads only when there is something to draw

    left, right = st.columns([1.32, 1], gap="medium")
    with left:
        text = figures.contour_text(scene, trajectories)
        figure = figures.contour(scene, trajectories, words.theme())
        st.plotly_chart(figure, theme=None, key="contour", alt=text, config=_CONFIG)
    with right:
        text = figures.curves_text(scene, trajectories)
        figure = figures.curves(scene, trajectories, words.theme())
        st.plotly_chart(figure, theme=None, key="curves", alt=text, config=_CONFIG)


def numbers(scene: Scene, trajectories: Sequence[Trajectory]) -> None:
    """The table, and every step as a file."""
    from lrviz import tables

    table = tables.readable(tables.summary(scene, trajectories))
    right = {
        name: st.column_config.TextColumn(alignment="right") for name in table.columns if name not in ("run", "outcome")
    }
    st.dataframe(table, hide_index=True, column_config=right)
    st.download_button(
        "Download every step (CSV)",
        lambda: tables.paths(scene, trajectories).to_csv(index=False),
        file_name=f"lrviz-{scene.surface.slug}.csv",
        mime="text/csv",
        on_click="ignore",
    )


_CONFIG = {"displayModeBar": False, "scrollZoom": False}


# ---- what the controls do


def _open(exhibit: Exhibit) -> None:
    session.close_popovers()
    session.change(lambda _: exhibit.scene)


def _add(slug: str) -> None:
    def added(scene: Scene) -> Scene:
        eta = float(scene.runs[-1].schedule.eta)
        return replace(scene, runs=(*scene.runs, Run(OPTIMIZERS[slug](), Constant(eta)))[:MOST_RUNS])

    session.change(added)


def _duplicate(number: int) -> None:
    session.close_popovers()
    session.change(lambda scene: replace(scene, runs=(*scene.runs[: number + 1], *scene.runs[number:])[:MOST_RUNS]))


def _remove(number: int) -> None:
    session.close_popovers()
    session.change(lambda scene: replace(scene, runs=scene.runs[:number] + scene.runs[number + 1 :] or scene.runs))


def _to_surface(scene: Scene, slug: str) -> Scene:
    """Another surface; a start that was the old one's own becomes the new one's own."""
    surface = SURFACES[slug]()
    return replace(scene, surface=surface, start=surface.start if scene.start == scene.surface.start else scene.start)


def _to_surface_number(scene: Scene, name: str, value: Any) -> Scene:
    return replace(scene, surface=session.with_number(scene.surface, name, value))


def _to_noise_number(scene: Scene, name: str, value: Any) -> Scene:
    return replace(scene, noise=session.with_number(scene.noise, name, value) if scene.noise else None)


def _coordinate(scene: Scene, name: str) -> None:
    declared, index = Scene.coordinate(name), "xy".index(name)

    def put(scene: Scene, value: float) -> Scene:
        x, y = scene.start
        return replace(scene, start=(value, y) if name == "x" else (x, value))

    widgets.field(declared, "Scene", scene.start[index], put, f"start {name}", f"Start {name}", show_label=True)


def _own_number(scene: Scene, declared: Hyper) -> None:
    def put(scene: Scene, value: float) -> Scene:
        return scene.replace(**{declared.name: value})

    value, name = getattr(scene, declared.name), declared.name
    widgets.number(declared, "Scene", value, put, f"scene {name}", name.capitalize())


def _noise(scene: Scene) -> None:
    key = "noise"
    st.session_state[key] = scene.noise.slug if scene.noise else _NO_NOISE
    st.selectbox(
        "Gradient noise",
        [_NO_NOISE, *NOISES],
        format_func=lambda slug: NOISES[slug].title if slug in NOISES else "None",
        key=key,
        on_change=lambda: session.change(
            lambda scene: replace(scene, noise=NOISES[slug]() if (slug := st.session_state[key]) in NOISES else None)
        ),
    )
    if scene.noise is not None:
        widgets.numbers(scene.noise, _to_noise_number, "noise")


def _warmup(scene: Scene, number: int, key: str) -> None:
    schedule = scene.runs[number].schedule
    st.session_state[key] = isinstance(schedule, Warmup)

    def toggled(run: Run) -> Run:
        inner = _inner(run.schedule)
        return replace(run, schedule=Warmup(inner) if st.session_state[key] else inner)

    def put(scene: Scene, name: str, value: Any) -> Scene:
        def changed(run: Run) -> Run:
            return replace(run, schedule=session.with_number(run.schedule, name, value))

        return session.with_run(scene, number, changed)

    st.toggle(
        "Warm-up",
        key=key,
        on_change=lambda: session.change(lambda scene: session.with_run(scene, number, toggled)),
    )
    if isinstance(schedule, Warmup):
        widgets.numbers(schedule, put, key)


def _inner(schedule: Schedule) -> Schedule:
    return schedule.schedule if isinstance(schedule, Warmup) else schedule


def _with_schedule(scene: Scene, number: int, change: Callable[[Schedule], Schedule]) -> Scene:
    """The scene with a run's schedule changed, inside the warm-up that it may have."""

    def changed(run: Run) -> Run:
        new = change(_inner(run.schedule))
        return replace(run, schedule=run.schedule.replace(schedule=new) if isinstance(run.schedule, Warmup) else new)

    return session.with_run(scene, number, changed)


def _glance(optimizer: Declared) -> str:
    """The optimizer's memory, to be seen without opening anything: β 0.9, 0.999."""
    letters: dict[str, list[str]] = {}
    for declared in optimizer.hypers():
        value = getattr(optimizer, declared.name)
        if declared.symbol[0] in "βρ" and (value or not letters):
            letters.setdefault(declared.symbol[0], []).append(rounded(value, 4))
    return " · ".join(f"{letter} {', '.join(values)}" for letter, values in letters.items()) or "more"
