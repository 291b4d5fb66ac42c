"""The range test page: the test at the top, the truth below it, and in words why each suggestion is where it is."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from lrviz.noise import Additive
from lrviz.numerals import count, rounded
from lrviz.optimizers import GD
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.surfaces import Quadratic
from lrviz.ui import chart, controls, references, session, widgets, words
from lrviz.ui.background import answer, drop
from lrviz.ui.head import head as page_head
from lrviz.ui.head import notes
from lrviz.ui.open_in import open_in
from lrviz.ui.range_test import study as studies
from lrviz.ui.range_test import told
from lrviz.ui.range_test.exhibits import EXHIBITS
from lrviz.ui.range_test.picture import picture
from lrviz.ui.range_test.study import Study
from lrviz.ui.range_test.view import parse
from lrviz.ui.stage.board import Board

PAGE = "range_test"
SCENE = Scene(Quadratic(), (Run(GD(), Constant(0.025)),), steps=300, noise=Additive(0.1))
"""What an empty link shows."""
CHART = "range test"
_RUNS = "real runs"


def head(board: Board) -> None:
    """Title, what there is to see, scenes to start from and the link; and what was refused."""
    scene = board.scene
    name, surface = scene.names()[0], scene.surface.title
    page_head("Range test", f"{name} on {surface}: one run in which η rises, beside the truth.", "Examples", EXHIBITS)
    _, problems = parse(session.view())
    title = scene.runs[0].inner.title.lower()
    rests = f"The test lets η rise, and the real runs here keep it fixed: the scene’s schedule ({title}) rests."
    notes(scene, problems, [rests] if scene.runs[0].schedule.slug != Constant.slug else [])


def sidebar(board: Board) -> None:
    """The test, the optimizer, and what it runs on."""
    scene, (view, _) = board.scene, parse(session.view())
    (id, run), *_ = board.runs().items()
    with st.sidebar:
        view.fields(_FIELDS)
        _scenes("steps", "Steps of a real run", scene)
        st.divider()
        controls.optimizer(id, run)
        is_constant = run.schedule.slug == Constant.slug
        controls.run_numbers(id, run if is_constant else Run(run.optimizer), but=() if is_constant else ("eta",))
        st.divider()
        controls.surface(scene)
        controls.shared_numbers(scene)
        controls.start(scene)
        controls.noise(scene)
        if scene.noise:
            _scenes("seed", "Seed", scene)


_FIELDS = (  # what people ask about comes first
    {"low": "η from", "high": "to"},
    {"ramp": "Steps of the ramp"},
    {"smoothing": "Smoothing β", "stop": "Stop at × least"},
    {"linear": "Straight ramp"},
)


def _scenes(name: str, label: str, scene: Scene) -> None:
    """A number of the scene."""
    declared = next(one for one in scene.hypers() if one.name == name)

    def put(value: float) -> None:
        session.change(lambda scene: scene.replace(**{name: value}))

    widgets.field(declared, "Scene", getattr(scene, name), put, name, label)


# ---- the picture


def test(board: Board) -> Study:
    """The test and the truth, and the verdict on it; what takes long comes later, and the test does not wait for it."""
    scene, (view, _) = board.scene, parse(session.view())
    found = studies.test_of(scene, view)
    wanted = {"the truth": studies.axis(view), "the advice": studies.advised(scene, found)}
    known = {name: studies.known(scene, rates) for name, rates in wanted.items()}
    study = Study(scene, found, known["the truth"], known["the advice"])
    chart.show(picture(study, view), CHART, on_pick=_take_picked)
    _next(scene, {name: rates for name, rates in wanted.items() if known[name] is None})
    words.verdict(told.verdict(study))
    return study


def _next(scene: Scene, missing: dict[str, tuple[float, ...]]) -> None:
    """Make the first of the missing runs in the background; the page is drawn anew when they are done."""
    if not missing:
        drop(_RUNS)
        return
    rates = next(iter(missing.values()))
    asked_for = studies.question(scene, rates)
    done = answer(
        _RUNS,
        asked_for,
        lambda progress, cancelled: studies.run_truth(asked_for, progress, cancelled),
        studies.shelf(),
        saying=f"{count(len(rates))} rates, real runs of {count(scene.steps)} steps",
        label="Make the real runs",
        by_itself=True,
    )
    if done is not None:  # they were done just now
        session.tell_again()
        st.rerun()


def _take_picked() -> None:
    """Take the η that a hand picked along. For the callback."""
    eta = chart.last_pick(CHART)
    if eta is not None:
        session.take_rate(float(f"{eta:.3g}"))  # a hand is no more exact


# ---- below it


def rules(study: Study) -> None:
    """Each rule's η, what a real run there comes to, and why it is there."""
    words.heading("What each rule suggests, and why")
    lines = [
        [f"<th scope=row>{escape(row.rule)}", rounded(row.eta) if row.eta > 0 else "–", row.ends, row.why]
        for row in told.rows(study)
    ]
    st.html(_table(["rule", "η", f"a real run of {count(study.scene.steps)} steps", "why there"], lines))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="take along"):
        st.html('<span class="lr-quiet">Take along</span>', width="content")
        for name, eta in study.test.suggestions.items():
            if eta > 0:
                st.button(f"{name}: η = {rounded(eta)}", key=f"take {name}", on_click=session.take_rate, args=[eta])


def _table(headings: Iterable[str], lines: Iterable[list[str]]) -> str:
    top = "".join(f"<th scope=col>{escape(heading)}" for heading in headings)
    rows = "".join(f"<tr>{first}{''.join(f'<td>{escape(cell)}' for cell in rest)}" for first, *rest in lines)
    return f'<table class="lr-table lr-reasons" tabindex=0><tr>{top}{rows}</table>'


def reasons(study: Study) -> None:
    """Where the test stops, what the rules see, and why the edge is where it is."""
    left, right = st.columns(2, gap="large")
    with left:
        words.heading("Where it stops")
        words.say(told.stop(study.test))
    with right:
        words.heading("Where the edge is")
        words.say(told.edge(study.test))


_READ_ON = (
    ("Smith (2017)", "the range test, section 3.3"),
    ("Bengio (2012)", "the largest rate that does not diverge, 3.1.1"),
)
"""What the page itself stands on."""


def links(board: Board) -> None:
    """The scene on the other pages."""
    open_in(board.scene, but=PAGE)
    references.expander(board.scene, more=_READ_ON)
