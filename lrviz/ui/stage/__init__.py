"""The stage: the component that owns everything that can be dragged, and this side of the talk with it.

It is plain JavaScript in `js/`, of small modules, and style sheets in `css/`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lrviz.ui import bundle
from lrviz.ui.sent import sent

HERE = Path(__file__).parent
_STYLES = ("frame", "rows", "sliders", "pictures")
"""The style sheets that all components build on; a later one overrules those before it."""


def key(page: str) -> str:
    """The place in the session of a page's stage; its last edit is there under "edit"."""
    return f"stage {page}"


def show(page: str, payload: bytes, on_edit: Callable[[], None]) -> None:
    """Show the stage, which takes a payload that is new to it; `on_edit` is called before a run that an edit causes."""
    _component()(key=key(page), data=payload, on_edit_change=on_edit, on_drawn_change=lambda: None)


def last_edit(page: str) -> object:
    """What the stage sent last; it comes from a browser and may be anything."""
    return sent(key(page), "edit")


def is_drawn(page: str) -> bool:
    """Whether the first picture stands, where the payload asked the stage to tell: what takes longer may follow."""
    return sent(key(page), "drawn") is True


def is_mounted(page: str) -> bool:
    """Whether the stage stood on the page before this run; otherwise it knows no more than the payload tells it."""
    return key(page) in st.session_state


def sheet(own: Path) -> str:
    """The style sheet of a component that is drawn by the stage's modules: theirs, and its own."""
    return bundle.sheet([*(HERE / "css" / f"{name}.css" for name in _STYLES), own])


@cache
def _component() -> Any:
    css = sheet(HERE / "css" / "narrow.css")
    return st.components.v2.component("stage", html='<div class="stage"></div>', css=css, js=script())


def script() -> str:
    """The stage's modules as one."""
    return bundle.script(HERE / "js" / "stage.js", worker=HERE / "js" / "worker.js")
