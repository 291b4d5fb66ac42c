"""The chart: λmax of each run with its edge, and the loss."""

from __future__ import annotations

import numpy as np

from lrviz.numerals import rounded
from lrviz.theory import preconditioned_limit
from lrviz.ui.chart import Axis, Chart, Layer, Level, Line, Panel
from lrviz.ui.edge import told
from lrviz.ui.edge.study import Study

WIDE = 30.0
"""Where they span more than this factor, their axis is logarithmic; then edges so far from the curvatures are on it."""
NEAR = 2.0
"""On a linear axis are edges up to so many times the largest curvature."""
ROOM = 1.12
"""A linear axis goes so far beyond the highest of them."""


def main(study: Study) -> Chart:
    """The curvature large, the loss below."""
    alt = " ".join([*told.verdict(study), *told.sentences(study)]) or "The runs have not begun."
    return Chart(
        x=Axis("step", low=0, high=study.view.steps),
        panels=(_curvatures(study), _losses(study)),
        alt=alt,
    )


def title(study: Study) -> str:
    """What the curvature is that is shown."""
    plain = all(
        np.isnan(limit) or run.optimizer.slug in ("gd", "momentum", "nesterov")
        for run in study.scene.runs
        for limit in [np.asarray(preconditioned_limit(run.optimizer)).max()]
    )
    return "λmax of the Hessian, and the edge of each run" if plain else "λmax of P⁻¹H, and the edge of each run"


def _curvatures(study: Study) -> Panel:
    run = study.run
    layers: list[Layer] = []
    for number, name in enumerate(study.names):
        colour, edge = f"run{number}", run.edge[:, number]
        known = edge[np.isfinite(edge)]
        if not known.size:
            continue
        if np.allclose(known, known[0]):
            layers.append(Level(float(known[0]), f"{_edge(study, number)} = {rounded(float(known[0]))}", colour))
        else:
            layers.append(Line(run.looks, edge, f"edge of {name}", colour, dash=(6, 4), width=1.4))
    for number, name in enumerate(study.names):
        layers.append(Line(run.looks, run.curvature[:, number], name, f"run{number}"))
    return Panel(title(study), _axis(study), tuple(layers), 1.9)


def _edge(study: Study, number: int) -> str:
    return "2/η" if study.scene.runs[number].optimizer.slug == "gd" else "edge"


def _axis(study: Study) -> Axis:
    """An axis for all curvatures, and for the edges that are not far from them: others may be outside."""
    run = study.run
    seen = run.curvature[np.isfinite(run.curvature) & (run.curvature > 0)]
    if not seen.size:
        return Axis("λmax", "linear", 0.0)
    edges = run.edge[np.isfinite(run.edge)]

    def reach(factor: float) -> tuple[float, float]:
        near = edges[(edges > seen.min() / factor) & (edges < seen.max() * factor)]
        both = np.concatenate([seen, near])
        return float(both.min()), float(both.max())

    low, high = reach(NEAR)
    if high <= WIDE * low:
        return Axis("λmax", "linear", 0.0, ROOM * high)
    low, high = reach(WIDE)
    return Axis("λmax", "log", low / 1.5, high * 1.5)


def _losses(study: Study) -> Panel:
    steps = np.arange(len(study.run.loss))
    layers = [
        Line(steps, study.run.loss[:, number], name, f"run{number}", width=1.6)
        for number, name in enumerate(study.names)
    ]
    return Panel("Training loss", Axis("loss", "log"), tuple(layers), 1.0)
