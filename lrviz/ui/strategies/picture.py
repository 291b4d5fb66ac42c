"""The loss at the end over η for a method of each strategy: a pure function of what was found."""

from __future__ import annotations

import numpy as np

from lrviz.palette import DASHES
from lrviz.strategies.breadth import Breadth
from lrviz.ui.chart import Axis, Chart, Layer, Level, Line, Panel


def chart(found: Breadth) -> Chart:
    """A curve for each run; what lies below the line is good."""
    losses = np.where(np.isfinite(found.losses), found.losses, np.nan)
    top = float(found.scene.surface.loss(np.array(found.scene.start)))
    layers: list[Layer] = [Level(found.bar, "good: a hundredth of the first loss")]
    layers += [
        Line(found.etas, np.where(row <= 10 * top, row, np.nan), name, f"run{number}", _dash(number))
        for number, (row, name) in enumerate(zip(losses, found.names, strict=True))
    ]
    return Chart(
        Axis("η", "log", float(found.etas[0]), float(found.etas[-1])),
        (Panel("loss at the end", Axis("", "log"), tuple(layers), height=1.5),),
        " ".join(found.sentences()),
    )


def _dash(number: int) -> tuple[float, ...]:
    return tuple(float(length) for length in DASHES[number].split())
