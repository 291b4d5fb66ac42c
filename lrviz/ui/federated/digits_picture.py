"""The charts of the real clients."""

from __future__ import annotations

import numpy as np

from lrviz.ui.chart import Axis, Chart, Dots, Layer, Line, Panel
from lrviz.ui.federated import digits_told as told
from lrviz.ui.federated.digits import ALPHAS, Question, Swept, Trained


def training(asked: Question, found: Trained) -> Chart:
    """Loss and accuracy by rounds."""
    rounds = np.arange(len(found.loss))
    losses = tuple(Line(rounds, found.loss[:, run], name, f"run{run}") for run, name in enumerate(asked.names))
    right = tuple(
        Line(rounds, found.accuracy[:, run], name, f"run{run}", label=False) for run, name in enumerate(asked.names)
    )
    return Chart(
        x=Axis("round", low=0, high=float(asked.view.rounds)),
        panels=(
            Panel("Loss on all clients’ digits", Axis("loss", "log"), losses, 1.4),
            Panel("Accuracy on held-out digits", Axis("accuracy", "complement", 0.0), right),
        ),
        alt=" ".join(told.verdict(asked, found)) or "The runs have not begun.",
    )


def sweep(asked: Question, found: Swept) -> Chart:
    """How each ends at its best rate, against α."""
    lines: list[Layer] = []
    for run, name in enumerate(asked.names):
        values = found.best[:, run]
        lines += [
            Line(ALPHAS, values, name, f"run{run}"),
            Dots(ALPHAS, values, "", f"run{run}", texts=[f"{name}, α = {alpha:g}" for alpha in ALPHAS]),
        ]
    return Chart(
        x=Axis("how evenly the digits are shared, α", "log", ALPHAS[0] / 1.3, ALPHAS[-1] * 1.3),
        panels=(Panel("Loss on all clients’ digits, each at its own best η", Axis("loss", "log"), tuple(lines)),),
        alt=" ".join(told.best(asked, found)) or "Nothing has been compared yet.",
    )
