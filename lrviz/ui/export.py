"""The scene on screen as a file: as code that runs by itself, as data, or as a page with the stage in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from lrviz import export
from lrviz.scene import Scene
from lrviz.simulation import Trajectory
from lrviz.ui.stage.standalone import standalone


class File(NamedTuple):
    """One way to take the scene along."""

    label: str
    help: str
    ending: str
    mime: str
    write: Callable[[Scene, Sequence[Trajectory]], str]


FILES = (
    File(
        "PyTorch script",
        "PyTorch's own optimizers and schedulers where it has them, the step itself written out where not",
        "-torch.py",
        "text/x-python",
        lambda scene, _: export.torch_script(scene),
    ),
    File(
        "optax script",
        "optax's own transformations where it has them, the step itself in JAX's arrays where not",
        "-optax.py",
        "text/x-python",
        lambda scene, _: export.optax_script(scene),
    ),
    File(
        "NumPy script",
        "every formula of the scene written out; needs nothing but NumPy",
        "-numpy.py",
        "text/x-python",
        lambda scene, _: export.numpy_script(scene),
    ),
    File("Every step (CSV)", "one row a step, one run under the other", ".csv", "text/csv", export.as_csv),
    File(
        "Scene and steps (JSON)",
        "all numbers of the scene, and what came of it",
        ".json",
        "application/json",
        export.as_json,
    ),
    File(
        "Interactive figure (HTML)",
        "this stage as one file, which can be held and dragged without the app and without a network",
        ".html",
        "text/html",
        lambda scene, _: standalone(scene),
    ),
)


def menu(scene: Scene, trajectories: Sequence[Trajectory]) -> None:
    """A button that opens the list of files; each is written when it is asked for."""
    with st.popover("Export"):
        for file in FILES:
            st.download_button(
                file.label,
                lambda file=file: file.write(scene, trajectories),  # type: ignore[misc]
                file_name=f"lrviz-{scene.surface.slug}{file.ending}",
                mime=file.mime,
                help=file.help,
                on_click="ignore",
                width="stretch",
            )
