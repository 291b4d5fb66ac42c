"""Widgets made from declarations: symbol, range, scale and help are read from there, never written again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from lrviz.declare import Declared, Hyper
from lrviz.numerals import exact, rounded
from lrviz.scene import Scene
from lrviz.ui import session

PER_DECADE = 20
"""Stops of a logarithmic slider from one power of ten to the next."""
LINEAR_STOPS = 60

T = TypeVar("T")
D = TypeVar("D", bound=Declared)
Put = Callable[[Scene, T], Scene]
"""The scene with a new value in its place; ValueError with a sentence where it is not legal."""
PutNumber = Callable[[Scene, str, Any], Scene]
"""The same for a hyperparameter of a given name."""


def stops(declared: Hyper) -> list[float]:
    """The values at which a slider stops: evenly spaced on the declared scale, from end to end of the soft range."""
    low, high = declared.soft
    if declared.scale == "complement":
        values = 1 - np.geomspace(1 - low, 1 - high, _count((1 - low) / (1 - high)))
    elif declared.scale == "log":
        values = np.geomspace(low, high, _count(high / low))
    else:
        values = np.linspace(low, high, LINEAR_STOPS + 1)
    if declared.kind == "whole":
        values = np.round(values)
    # Numbers to be read: three digits, counted from 1 where it is the distance from 1 that matters.
    readable = {1 - _shortened(1 - v) if declared.scale == "complement" else _shortened(v) for v in values.tolist()}
    zero = {0.0} if declared.scale == "log" and 0.0 in declared.hard else set()
    return sorted({float(f"{value:.6g}") for value in readable | zero})


def number(declared: Hyper, owner: str, value: float, put: Put[float], key: str, label: str = "") -> None:
    """A slider and a field for one number, which always agree. The field takes values beyond the slider's ends."""
    label = label or f"{declared.symbol} · {declared.name.replace('_', ' ')}"
    wide, narrow = st.columns([2.4, 1], vertical_alignment="center", gap="small", wrap=False)
    with wide:
        slider(declared, value, put, key, label)
    with narrow:
        field(declared, owner, value, put, key, label)


def slider(declared: Hyper, value: float, put: Put[float], key: str, label: str, show_label: bool = True) -> None:
    """A slider over the soft range. It stops at the present value too, so what it shows is what runs."""
    choices, own = sorted({*stops(declared), value}), f"{key} slider"
    st.session_state[own] = value
    st.select_slider(
        label,
        choices,
        format_func=lambda stop: f"{declared.symbol} = {rounded(stop, 4)}" if not show_label else rounded(stop, 4),
        key=own,
        help=declared.help if show_label else None,
        label_visibility="visible" if show_label else "collapsed",
        on_change=lambda: session.change(lambda scene: put(scene, st.session_state[own])),
    )


def field(
    declared: Hyper, owner: str, value: float, put: Put[float], key: str, label: str, show_label: bool = False
) -> None:
    """A field for any legal value, typed as 0.001 or 1e-3."""
    own = f"{key} field"
    st.session_state[own] = exact(value)
    st.text_input(
        label if show_label else f"{label}, typed",
        key=own,
        label_visibility="visible" if show_label else "collapsed",
        on_change=lambda: session.change(lambda scene: put(scene, float(declared.parse(owner, st.session_state[own])))),
    )


def flag(declared: Hyper, value: bool, put: Put[bool], key: str) -> None:
    """A switch."""
    st.session_state[key] = value
    st.toggle(
        declared.name,
        key=key,
        help=declared.help,
        on_change=lambda: session.change(lambda scene: put(scene, st.session_state[key])),
    )


def numbers(thing: Declared, put: PutNumber, key: str, leave_out: Sequence[str] = ()) -> None:
    """Widgets for all hyperparameters of something, but for those named."""
    for declared in thing.hypers():
        if declared.name in leave_out:
            continue
        value, own = getattr(thing, declared.name), f"{key} {declared.name}"

        def changed(scene: Scene, value: Any, name: str = declared.name) -> Scene:
            return put(scene, name, value)

        if declared.kind == "flag":
            flag(declared, value, changed, own)
        else:
            number(declared, type(thing).__name__, value, changed, own)


def choice(
    label: str, table: dict[str, type[D]], current: str, put: Put[str], key: str, show_label: bool = True
) -> None:
    """A choice among the classes of a table, by title."""
    st.session_state[key] = current
    st.selectbox(
        label,
        list(table),
        format_func=lambda slug: table[slug].title,
        key=key,
        label_visibility="visible" if show_label else "collapsed",
        on_change=lambda: session.change(lambda scene: put(scene, st.session_state[key])),
    )


def _count(ratio: float) -> int:
    return round(PER_DECADE * float(np.log10(ratio))) + 1


def _shortened(value: float) -> float:
    return float(f"{value:.3g}")
