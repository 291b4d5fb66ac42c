"""Widgets that show the scene and change it. Ranges, titles and help are read from the declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import streamlit as st

from lrviz.declare import Declared, Hyper
from lrviz.ui import session

T = TypeVar("T")
Put = Callable[[T], None]
"""Changes the scene, by `session.change` or `session.change_run`."""


def choice(
    label: str, table: Mapping[str, type[Declared]], current: str, put: Put[str], key: str, show_label: bool = True
) -> None:
    """A choice among the classes of a table, by title."""
    st.session_state[key] = current
    st.selectbox(
        label,
        list(table),
        format_func=lambda slug: table[slug].title,
        key=key,
        label_visibility="visible" if show_label else "collapsed",
        on_change=lambda: put(st.session_state[key]),
    )


def field(
    declared: Hyper, owner: str, value: Any, put: Put[Any], key: str, label: str, show_label: bool = True
) -> None:
    """A field for any legal value: a number typed as 0.001 or 1e-3, or a text."""
    st.session_state[key] = declared.spell(value)

    def changed() -> None:
        with session.refusal():
            read = declared.parse(owner, st.session_state[key])
            put(read if declared.kind == "text" else float(read))

    visibility: Literal["visible", "collapsed"] = "visible" if show_label else "collapsed"
    help = declared.help if show_label else None
    st.text_input(label, key=key, help=help, on_change=changed, label_visibility=visibility)


def switch(label: str, help: str, value: bool, put: Put[bool], key: str) -> None:
    """A switch."""
    st.session_state[key] = value
    st.toggle(label, key=key, help=help, on_change=lambda: put(st.session_state[key]))
