"""The picture of the trainings at every η: a pure function of what was found."""

from __future__ import annotations

import math

import numpy as np

from lrviz.declare import Array
from lrviz.palette import MARKERS
from lrviz.ui.chart import Axis, Band, Chart, Dots, Level, Line, Mark, Panel
from lrviz.ui.network import sweeps_told as told
from lrviz.ui.network.charts import dashes
from lrviz.ui.network.sweeps import FACTORS, Sweep, Swept

Layer = Line | Band | Dots | Level | Mark


def chart(asked: Sweep, found: Swept) -> Chart:
    """What is asked, over η: in multiples of the typical one where optimizers are compared."""
    panels = {"gap": _gap, "typical": _typical, "minibatch": _minibatch}[asked.kind](asked, found)
    multiples = asked.kind == "typical"
    eta = FACTORS if multiples else asked.lanes[0].eta
    title = "η as a multiple of the typical one" if multiples else "η"
    return Chart(
        Axis(title, "log", float(eta[0]), float(eta[-1])),
        panels,
        told.alt(asked, found),
        pick="" if multiples else "take this η to the first run",
    )


def _guessing(asked: Sweep) -> Level:
    classes = len(asked.lanes[0].setting.train.classes)
    return Level(math.log(classes), f"guessing: ln {classes}")


def _gap(asked: Sweep, found: Swept) -> tuple[Panel, ...]:
    eta = asked.lanes[0].eta
    held = told.learned(asked, found).all(axis=0)

    def lines(values: Array, name: str, colour: str, label: bool = True) -> list[Layer]:
        return [
            Band(eta, np.min(values, axis=0), np.max(values, axis=0), "", colour),
            Line(eta, told.median(values), name, colour, label=label),
        ]

    training, validation = (found.values[name] for name in ("training loss", "validation loss"))
    losses = [*lines(validation, "validation", "run0"), *lines(training, "training", "run1"), _guessing(asked)]
    gap = lines(np.where(held, found.gap, np.nan), "gap", "run3", label=False)
    accuracy = lines(found.values["test accuracy"], "test accuracy", "run2", label=False)
    return (
        Panel(f"loss at the end: median and range of {found.done} seeds", Axis("", "log"), tuple(losses), height=1.5),
        Panel("gap: validation loss − training loss, where all learn", Axis("", "linear"), tuple(gap)),
        Panel("test accuracy", Axis("", "complement", 0.0), tuple(accuracy)),
    )


def _typical(asked: Sweep, found: Swept) -> tuple[Panel, ...]:
    layers: list[Layer] = [Mark(1.0, "typical", "ink2", dash=(2, 3)), _guessing(asked)]
    return (_curves(asked, found, "validation loss", layers),)


def _minibatch(asked: Sweep, found: Swept) -> tuple[Panel, ...]:
    return (
        _curves(asked, found, "training loss", [_guessing(asked)]),
        _curves(asked, found, "validation loss", [_guessing(asked)]),
    )


def _curves(asked: Sweep, found: Swept, name: str, layers: list[Layer]) -> Panel:
    """A curve for each lane, with its best rate as a dot."""
    for number, (lane, losses) in enumerate(zip(asked.lanes, found.values[name], strict=False)):
        x = FACTORS if asked.kind == "typical" else lane.eta
        layers.append(Line(x, losses, lane.name, f"run{number}", dashes(number)))
        if np.isfinite(losses).any():
            best = int(np.nanargmin(losses))
            text = f"{lane.name}: best of these η"
            layers.append(
                Dots(x[best : best + 1], losses[best : best + 1], "", f"run{number}", MARKERS[number], texts=(text,))
            )
    return Panel(f"{name} at the end", Axis("", "log"), tuple(layers), height=1.5)
