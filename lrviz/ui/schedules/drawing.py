"""Schedules drawn by hand: each with a picture whose points are dragged, and the same points as text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lrviz.palette import DARK, DASHES, LIGHT
from lrviz.scene import Run
from lrviz.schedules.drawn import MOST_POINTS, Drawn, Points, spelled
from lrviz.ui import bundle, parcel, session, stage, widgets, words
from lrviz.ui.sent import sent

HERE = Path(__file__).parent
FIELDS = ("points", "logarithmic")
"""The fields of a drawn schedule that are shown here."""

_DIGITS = 6


def show(number: int, id: int, run: Run, steps: int) -> None:
    """A run's drawing, where its schedule is one. steps: of the budget."""
    if not isinstance(run.inner, Drawn):
        return
    schedule, key = run.inner, f"drawing {id}"
    with st.container(key=f"drawn {number + 1}"):
        words.heading(f"Drawn by hand: run {number + 1}")
        _component()(
            key=key,
            data=pack(number, schedule, steps, _count(key)),
            on_drawn_change=lambda: _take(id, key),
        )
        left, right = st.columns([5, 1.4], vertical_alignment="bottom")
        with left:
            _text(id, schedule, f"Points of run {number + 1} (step:η)")
        with right:
            declared = next(declared for declared in Drawn.hypers() if declared.name == "logarithmic")
            label = f"Logarithmic axis of run {number + 1}"
            widgets.switch(label, declared.help, schedule.logarithmic, lambda on: _log(id, on), f"logarithmic {id}")


def rates(schedule: Drawn) -> Points:
    """The points with the rates that the run has there: the drawn ones, but for the scale."""
    top = max(eta for _, eta in schedule.shape)
    return tuple((t, float(f"{float(schedule.eta) * (eta / top):.{_DIGITS}g}")) for t, eta in schedule.shape)


def pack(number: int, schedule: Drawn, steps: int, count: int) -> bytes:
    """The payload. count: the last drawing of the component that the schedule contains."""
    return parcel.pack(
        {
            "run": number,
            "count": count,
            "points": rates(schedule),
            "logarithmic": schedule.logarithmic,
            "steps": steps,
            "most": MOST_POINTS,
            "themes": {"light": asdict(LIGHT), "dark": asdict(DARK)},
            "dashes": [[float(length) for length in dash.split()] for dash in DASHES],
        }
    )


def read(told: object) -> tuple[int, Points] | None:
    """What the component sent: its count, and the points. It comes from a browser: None where it is neither."""
    if not isinstance(told, dict) or not isinstance(told.get("points"), list) or not _is_whole(told.get("count")):
        return None
    points = told["points"]
    if not all(isinstance(point, list) and len(point) == 2 for point in points):
        return None
    if not all(_is_whole(t) and _is_rate(eta) for t, eta in points):
        return None
    return told["count"], tuple((t, float(eta)) for t, eta in points)


def _is_whole(told: object) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 2**53


def _is_rate(told: object) -> bool:
    return isinstance(told, int | float) and not isinstance(told, bool) and math.isfinite(told) and told >= 0


def _count(key: str) -> int:
    counts: dict[str, int] = st.session_state.setdefault("drawings", {})
    return counts.get(key, 0)


def _take(id: int, key: str) -> None:
    """Give the run the points that a hand has drawn."""
    told = sent(key, "drawn")
    drawn = read(told)
    if drawn is not None:
        st.session_state["drawings"][key] = drawn[0]
        _put(id, drawn[1])
        if isinstance(told, dict) and told.get("held") is True:
            session.hold()


def _text(id: int, schedule: Drawn, label: str) -> None:
    key = f"points {id}"
    st.session_state[key] = shown = spelled(rates(schedule))
    declared = next(declared for declared in Drawn.hypers() if declared.name == "points")

    def typed() -> None:
        if st.session_state[key] != shown:
            with session.refusal():
                _put(id, Drawn(points=declared.parse(Drawn.__name__, st.session_state[key])).shape)

    help = f"Up to {MOST_POINTS} steps, each with its rate. Between them the rate goes in straight lines."
    st.text_input(label, key=key, help=help, on_change=typed)


def _put(id: int, points: Iterable[tuple[int, float]]) -> None:
    """Draw a run's schedule through these points, at these very rates."""

    def drawn(run: Run) -> Run:
        if not isinstance(run.inner, Drawn):
            return run
        return run.with_part(Drawn.through(points, run.inner.logarithmic))

    session.change_run(id, drawn)


def _log(id: int, on: bool) -> None:
    def switched(run: Run) -> Run:
        return run.with_part(run.inner.replace(logarithmic=on)) if isinstance(run.inner, Drawn) else run

    session.change_run(id, switched)


@cache
def _component() -> Any:
    css = stage.sheet(HERE / "css" / "drawing.css")
    return st.components.v2.component("drawing", html='<div class="stage drawing"></div>', css=css, js=script())


def script() -> str:
    """The component's modules as one."""
    return bundle.script(HERE / "js" / "drawing.js")
