"""The component that shows the cloud of seeds, and this side of the talk with it: which step it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.ui import bundle, parcel, stage
from lrviz.ui.noise.study import Study
from lrviz.ui.sent import sent
from lrviz.ui.stage.board import Board
from lrviz.ui.stage.payload import APPEARANCE, scene_header

HERE = Path(__file__).parent
KEY = "cloud"
MOST_FRAMES = 151
"""So many moments of the cloud travel; of a longer run only every so manieth step."""


def show(payload: bytes, on_step: Callable[[], None], on_ready: Callable[[], None]) -> None:
    """Show the cloud. `on_step` is called before a run that another step causes, `on_ready` before the one that the
    first drawing causes."""
    _component()(key=KEY, data=payload, on_step_change=on_step, on_ready_change=on_ready)


def last_step() -> int | None:
    """The step that the component has told last; it comes from a browser and may be anything."""
    step = sent(KEY, "step")
    return step if isinstance(step, int) and not isinstance(step, bool) else None


def is_ready() -> bool:
    """Whether the first cloud has been drawn: what takes longer may follow."""
    return sent(KEY, "ready") is True


@cache
def _component() -> Any:
    css = stage.sheet(HERE / "css" / "cloud.css")
    return st.components.v2.component("cloud", html='<div class="stage cloud"></div>', css=css, js=script())


def script() -> str:
    """The component's modules as one."""
    return bundle.script(HERE / "js" / "cloud.js")


def frames(steps: int) -> Array:
    """The steps of which the cloud travels, the first and the last among them."""
    return np.unique(np.linspace(0, steps, min(steps + 1, MOST_FRAMES)).round())


def pack(found: Study, step: int) -> bytes:
    """The payload: the clouds, what is measured on them, and what theory says, moment by moment."""
    scene, runs = found.scene, found.runs
    rows = frames(scene.steps).astype(np.int32)
    header = scene_header(Board(scene, (1,))) | APPEARANCE
    header["cloud"] = {
        "id": hashlib.sha256(repr((scene, runs.seeds)).encode()).hexdigest()[:16],
        "step": step,
        "seeds": runs.seeds,
        "reason": found.reason,
        "rest": None if found.rest is None else found.rest.tolist(),
        "settled": None if found.settled is None else _halves(found.settled).tolist(),
        "floor": found.floor if np.isfinite(found.floor) else None,
        "above": "above the minimum" if scene.surface.minima else "",
    }
    with np.errstate(over="ignore"):
        clouds = runs.theta[rows].astype(np.float32)
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "frames": rows,
        "clouds": clouds,
        "alive": runs.alive[rows].astype(np.int32),
        "mean": runs.mean[rows],
        "covariance": _halves(runs.covariance[rows]),
        "width": runs.width[rows],
        "width_error": runs.width_error[rows],
        "loss": runs.loss[rows],
        "loss_error": runs.loss_error[rows],
    }
    if found.expected is not None:
        with np.errstate(over="ignore", invalid="ignore"):
            arrays |= {
                "expected_mean": found.expected.mean[rows],
                "expected_covariance": _halves(found.expected.covariance[rows]),
                "expected_width": found.expected.width[rows],
                "expected_loss": found.expected.loss[rows],
            }
    return parcel.pack(header, **arrays)


def _halves(covariance: Array) -> Array:
    """xx, xy and yy of symmetric matrices (…, 2, 2)."""
    return np.stack([covariance[..., 0, 0], covariance[..., 0, 1], covariance[..., 1, 1]], axis=-1)
