"""What a sidebar is made of: the scene's choices, and the numbers of its parts where no stage holds them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from lrviz.declare import Declared, Hyper
from lrviz.noise import NOISES
from lrviz.optimizers import OPTIMIZERS, WRAPPERS, Optimizer, Wrapper
from lrviz.scene import Run, Scene
from lrviz.schedules import SCHEDULES, Warmup
from lrviz.surfaces import SURFACES, Expression, Surface
from lrviz.ui import expression, session, widgets, words

_NO_NOISE = "none"

Edit = Callable[[Declared], Declared]
Change = Callable[[Edit], None]
"""Does an edit to a part as it has meanwhile become; nothing where another has taken its place."""

# A choice of what is chosen already is told too, when a page is drawn anew while it has just changed. It changes
# nothing: else the numbers that go with it would be lost.

# ---- what all runs share


def surface(scene: Scene) -> None:
    """The choice of the surface, and its formula."""
    widgets.choice("Surface", SURFACES, scene.surface.slug, choose_surface, "surface")
    if isinstance(scene.surface, Expression):
        expression.field(scene.surface)
        return
    st.markdown(f"$f(x, y) = {scene.surface.formula}$")  # inline: a long formula wraps


def choose_surface(slug: str) -> None:
    """Another surface; a start that was the old one's own becomes the new one's own. For callbacks."""
    surface = SURFACES[slug]()

    def chosen(scene: Scene) -> Scene:
        return scene if scene.surface.slug == slug else scene.on(surface)

    session.change(chosen)


def noise(scene: Scene) -> None:
    """The choice of the noise."""
    key = "noise"
    st.session_state[key] = scene.noise.slug if scene.noise else _NO_NOISE

    def choose() -> None:
        slug = st.session_state[key]

        def chosen(scene: Scene) -> Scene:
            if slug == (scene.noise.slug if scene.noise else _NO_NOISE):
                return scene
            return replace(scene, noise=NOISES[slug]() if slug in NOISES else None)

        session.change(chosen)

    titles = {_NO_NOISE: "None"} | {slug: noise.title for slug, noise in NOISES.items()}
    st.selectbox("Gradient noise", titles, format_func=titles.__getitem__, key=key, on_change=choose)


def steps_and_seed(scene: Scene) -> None:
    """How many steps, and, with noise, which draw of it."""
    declared = {declared.name: declared for declared in scene.hypers()}
    columns = st.columns(2, wrap=False)
    for name, column in zip(("steps", "seed") if scene.noise else ("steps",), columns, strict=False):

        def put(value: float, name: str = name) -> None:
            session.change(lambda scene: scene.replace(**{name: value}))

        with column:
            widgets.field(declared[name], "Scene", getattr(scene, name), put, name, name.capitalize())


def start(scene: Scene) -> None:
    """Where the runs begin."""
    for axis, (name, column) in enumerate(zip("xy", st.columns(2, wrap=False), strict=True)):

        def put(value: float, axis: int = axis) -> None:
            session.change(lambda scene: replace(scene, start=_with_coordinate(scene, axis, value)))

        with column:
            label = f"Start {name}"
            widgets.field(Scene.coordinate(name), "Scene", scene.start[axis], put, f"start {name}", label)


def _with_coordinate(scene: Scene, axis: int, value: float) -> tuple[float, float]:
    x, y = scene.start
    return (value, y) if axis == 0 else (x, value)


def shared_numbers(scene: Scene, static_only: bool = False) -> None:
    """The numbers of the surface and of the noise. static_only: those that a stage cannot hold. A formula has a place
    of its own, beside the choice of the surface."""
    for name, part in scene.parts().items():
        wanted = (declared for declared in part.hypers() if declared.static or not static_only)
        shown = [declared for declared in wanted if declared.kind != "text"]
        _numbers(shown, part, _scene_part(name, type(part)), name)


def _scene_part(name: str, cls: type[Declared]) -> Change:
    def change(edit: Edit) -> None:
        def changed(scene: Scene) -> Scene:
            now = scene.parts().get(name)
            if not isinstance(now, cls):
                return scene
            new = edit(now)
            return scene.on(new) if isinstance(new, Surface) else scene.with_part(new)

        session.change(changed)

    return change


# ---- the choices of each run

# They go by the run's id, not by its place: a run that takes another's place is not told the choices made there.


def run(number: int, id: int, run: Run) -> None:
    """A run's optimizer and schedule beside its line and marker; what else it has to choose opens on demand."""
    place = f"of run {number + 1}"
    with st.container(key=f"run {number + 1}"):
        left, right = st.columns([1, 4.2], wrap=False, gap="small")
        with left:
            words.chip(number)
            with st.popover(f"More {place}", width="stretch", key=f"more {number + 1} {session.popovers()}"):
                around(id, run)
                run_numbers(id, run, static_only=True)
        with right:
            optimizer(id, run, f"Optimizer {place}", show_label=False)
            schedule(id, run, f"Schedule {place}", show_label=False)


def whole_run(
    id: int, run: Run, but: Collection[str] = (), offered: Mapping[str, type[Optimizer]] = OPTIMIZERS
) -> None:
    """All that a run has to choose, where no stage holds its numbers. but: the names of those shown elsewhere."""
    optimizer(id, run, offered=offered)
    schedule(id, run)
    around(id, run)
    run_numbers(id, run, but=but)


def optimizer(
    id: int,
    run: Run,
    label: str = "Optimizer",
    show_label: bool = True,
    offered: Mapping[str, type[Optimizer]] = OPTIMIZERS,
) -> None:
    """The choice of a run's optimizer."""

    def choose(slug: str) -> None:
        session.change_run(id, lambda run: run if run.method.slug == slug else run.with_part(OPTIMIZERS[slug]()))

    widgets.choice(label, offered, run.method.slug, choose, f"optimizer {id}", show_label)


def schedule(id: int, run: Run, label: str = "Schedule", show_label: bool = True) -> None:
    """The choice of a run's schedule, which keeps the rate."""

    def choose(slug: str) -> None:
        def chosen(run: Run) -> Run:
            return run if run.inner.slug == slug else run.with_part(SCHEDULES[slug]().with_eta(run.schedule.eta))

        session.change_run(id, chosen)

    widgets.choice(label, SCHEDULES, run.inner.slug, choose, f"schedule {id}", show_label)


def around(id: int, run: Run) -> None:
    """What a run has round its optimizer and its schedule, each on or off."""
    for slug, wrapper in WRAPPERS.items():
        _switch(id, wrapper.label, _summary(wrapper), slug in run.parts(), slug, partial(_wrapped, wrapper()))
    warmup(id, run)


def warmup(id: int, run: Run) -> None:
    """Whether a run warms up."""
    help = "The rate rises in a straight line to that with which the schedule begins."
    _switch(id, Warmup.title, help, isinstance(run.schedule, Warmup), Warmup.slug, _warmed)


def _wrapped(wrapper: Wrapper, run: Run, on: bool) -> Run:
    return run.with_part(wrapper) if on else run.without(wrapper.slug)


def _warmed(run: Run, on: bool) -> Run:
    return replace(run, schedule=Warmup(run.inner) if on else run.inner)


def _summary(thing: type[Declared]) -> str:
    """The first sentence of what is written on a class."""
    return " ".join((thing.__doc__ or "").split("\n\n")[0].split())


def _switch(id: int, label: str, help: str, is_on: bool, slug: str, switched: Callable[[Run, bool], Run]) -> None:
    def switch(on: bool) -> None:
        session.change_run(id, lambda run: run if (slug in run.parts()) == on else switched(run, on))

    widgets.switch(label, help, is_on, switch, f"{slug} {id}")


def run_numbers(id: int, run: Run, static_only: bool = False, but: Collection[str] = ()) -> None:
    """The numbers of a run's optimizer, warm-up and schedule. static_only: those that a stage cannot hold.

    but: the names of those that the page shows elsewhere.
    """
    for name, part in run.parts().items():
        wanted = (declared for declared in part.hypers() if declared.static or not static_only)
        shown = [declared for declared in wanted if declared.name not in but]
        change = _run_part(id, name, type(part))
        whose = "" if name == "optimizer" else f"{name} "  # a schedule too may have an ε
        _numbers(shown, part, change, f"{whose}{id}", columns=1 if static_only else 2)


def _run_part(id: int, name: str, cls: type[Declared]) -> Change:
    def change(edit: Edit) -> None:
        def changed(run: Run) -> Run:
            now = run.parts().get(name)
            return run.with_part(edit(now)) if isinstance(now, cls) else run

        session.change_run(id, changed)

    return change


# ---- numbers


def _numbers(declarations: Sequence[Hyper], part: Declared, change: Change, key: str, columns: int = 2) -> None:
    """A field or a switch for each number, side by side."""
    places = [place for _ in declarations[::columns] for place in st.columns(columns, wrap=False)]
    for declared, place in zip(declarations, places, strict=False):

        def put(value: float, name: str = declared.name) -> None:
            change(lambda now: now.replace(**{name: value}))

        with place:
            _number(declared, part, put, f"{declared.name} {key}")


def _number(declared: Hyper, part: Declared, put: Callable[[float], None], key: str) -> None:
    value = getattr(part, declared.name)
    if declared.kind == "flag":
        widgets.switch(declared.name.replace("_", " ").capitalize(), declared.help, value, put, key)
    else:
        label = f"{declared.symbol} · {declared.name.replace('_', ' ')}"
        widgets.field(declared, type(part).__name__, value, put, key, label)
