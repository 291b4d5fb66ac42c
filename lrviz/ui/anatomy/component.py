"""The component that shows a step, and this side of the talk with it: it is sent bytes, and sends the step it shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lrviz.ui import bundle, stage
from lrviz.ui.anatomy.payload import Told
from lrviz.ui.sent import sent

HERE = Path(__file__).parent
KEY = "anatomy"


@dataclass(frozen=True)
class Shown:
    """What the component was told."""

    edition: int
    what: str
    """The link of what it shows, but for the step."""
    step: int
    steps: int
    """How many there are."""
    payload: bytes


def show(what: str, told: Told, step: int) -> None:
    """Show a step of what a link says. Nothing is sent that is there already."""
    shown = _shown()
    if shown is None or shown.what != what or step != (_at(shown) or shown.step):
        edition = shown.edition + 1 if shown else 1
        shown = Shown(edition, what, step, told.steps, told.pack(edition, step))
        st.session_state["anatomy shown"] = shown
    _component()(key=KEY, data=shown.payload, on_at_change=lambda: None)


def news() -> int | None:
    """The step to which a hand has gone since this was last asked."""
    shown = _shown()
    at = _at(shown) if shown else None
    told = (shown.edition, at) if shown and at else None
    if told is None or told == st.session_state.get("anatomy at"):
        return None
    st.session_state["anatomy at"] = told
    return at


def _shown() -> Shown | None:
    shown: Shown | None = st.session_state.get("anatomy shown")
    return shown


def _at(shown: Shown) -> int | None:
    """The step at which the component says that it stands; what a browser sends may be anything."""
    at = sent(KEY, "at")
    if not isinstance(at, dict) or at.get("edition") != shown.edition:
        return None
    step = at.get("step")
    return step if type(step) is int and 1 <= step <= shown.steps else None


@cache
def _component() -> Any:
    css = bundle.sheet([stage.HERE / "css" / "frame.css", *sorted((HERE / "css").glob("*.css"))])
    html = '<div class="stage anatomy"></div>'
    return st.components.v2.component("anatomy", html=html, css=css, js=script())


def script() -> str:
    """The component's modules as one."""
    return bundle.script(HERE / "js" / "anatomy.js")
