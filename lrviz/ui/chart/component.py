"""The component that draws a chart, and this side of the talk with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lrviz.ui import bundle, stage
from lrviz.ui.chart.pack import pack
from lrviz.ui.chart.parts import Chart
from lrviz.ui.sent import sent

HERE = Path(__file__).parent

Act = Callable[[], None]


def show(
    chart: Chart,
    key: str,
    on_pick: Act | None = None,
    on_frame: Act | None = None,
) -> None:
    """Draw a chart. Each callback is called before the run of the page that its event causes.

    on_pick: a hand clicked or pressed Enter, at `last_pick`. on_frame: it came to rest on the frame `last_frame`.
    Without its callback an event causes no run.
    """
    payload = pack(chart, tells_frame=on_frame is not None)
    _component()(
        key=key,
        data=payload,
        on_pick_change=on_pick or _nothing,
        on_frame_change=on_frame or _nothing,
    )


def last_pick(key: str) -> float | None:
    """Where a hand picked last, in the measure of x; for `on_pick`."""
    return _picked(key)[0]


def last_second(key: str) -> float | None:
    """The chart's second number there, where the hand was on its plane."""
    return _picked(key)[1]


def _picked(key: str) -> tuple[float | None, float | None]:
    told = sent(key, "pick")
    x, second = told if isinstance(told, list) and len(told) == 2 else (told, None)
    return _number(x), _number(second)


def _number(told: object) -> float | None:
    is_one = isinstance(told, int | float) and not isinstance(told, bool) and math.isfinite(told)
    return float(told) if is_one else None  # type: ignore[arg-type]


def last_frame(key: str) -> int | None:
    """The frame on which a hand came to rest; it need not be one that the chart still has."""
    frame = sent(key, "frame")
    return frame if isinstance(frame, int) and not isinstance(frame, bool) and frame >= 0 else None


def _nothing() -> None:
    pass


@cache
def _component() -> Any:
    css = stage.sheet(HERE / "css" / "chart.css")
    return st.components.v2.component("chart", html='<div class="stage chart"></div>', css=css, js=script())


def script() -> str:
    """The component's modules as one."""
    return bundle.script(HERE / "js" / "chart.js")
