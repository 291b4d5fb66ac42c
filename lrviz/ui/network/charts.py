"""The page's picture of the training: a pure function of what was found."""

from __future__ import annotations

import math

import numpy as np

from lrviz.palette import DASHES, MARKERS
from lrviz.schedules import Constant
from lrviz.ui.chart import Axis, Band, Chart, Dots, Level, Line, Panel
from lrviz.ui.models import named
from lrviz.ui.network import told
from lrviz.ui.network.study import RATE, Question, Trained

Layer = Line | Band | Dots | Level


def training(asked: Question, found: Trained, patience: int) -> Chart:
    """Loss and accuracy by epoch, and η where a schedule moves it. The wash between the losses is the gap."""
    epochs = np.arange(found.epochs + 1.0)
    panels = [_losses(asked, found, epochs, patience), _accuracy(asked, found, epochs)]
    if not all(isinstance(run.schedule, Constant) for run in asked.runs):
        panels.append(_rates(asked, found, epochs))
    return Chart(Axis("epoch", "linear", 0.0, float(asked.setting.view.epochs)), tuple(panels), told.alt(asked, found))


def _losses(asked: Question, found: Trained, epochs: np.ndarray, patience: int) -> Panel:
    layers: list[Layer] = []
    classes = len(asked.setting.train.classes)
    layers.append(Level(math.log(classes), f"guessing: ln {classes}"))
    for run, name in enumerate(named.names(asked.runs)):
        training, validation = found.of("training loss", run), found.of("validation loss", run)
        colour, dash = f"run{run}", dashes(run)
        layers.append(Band(epochs, training, validation, "", colour))
        layers.append(Line(epochs, training, f"{name}, training", colour, dash, width=1.1, label=False))
        layers.append(Line(epochs, validation, name, colour, dash))
    for run in range(len(asked.runs)):
        layers += _stops(asked, found, run, patience)
    title = "validation loss (strong) and training loss (thin)"
    return Panel(title, Axis(title, "log"), tuple(layers), height=1.9)


def _stops(asked: Question, found: Trained, run: int, patience: int) -> list[Layer]:
    """What early stopping keeps of a run that it would have stopped, and where; of one that learned at all."""
    if told.end(found, run, len(asked.setting.train.classes)).kind != "trained":
        return []
    stop, losses = found.stop(run, patience), found.of("validation loss", run)
    if stop.stopped is None:
        return []
    colour, marker = f"run{run}", MARKERS[run]
    texts = f"early stopping keeps epoch {stop.kept}", f"early stopping ends it after epoch {stop.stopped}"
    return [
        Dots([stop.kept], [losses[stop.kept]], "kept", colour, marker, texts=texts[:1]),
        Dots([stop.stopped], [losses[stop.stopped]], "stops", colour, marker, hollow=True, texts=texts[1:]),
    ]


def _accuracy(asked: Question, found: Trained, epochs: np.ndarray) -> Panel:
    lines = tuple(
        Line(epochs, found.of("test accuracy", run), name, f"run{run}", dashes(run), label=False)
        for run, name in enumerate(named.names(asked.runs))
    )
    return Panel("test accuracy", Axis("test accuracy", "complement", 0.0), lines)


def _rates(asked: Question, found: Trained, epochs: np.ndarray) -> Panel:
    lines = tuple(
        Line(epochs, found.of(RATE, run), name, f"run{run}", dashes(run), label=False)
        for run, name in enumerate(named.names(asked.runs))
    )
    return Panel("η", Axis("η", "log"), lines, height=0.6)


def dashes(run: int) -> tuple[float, ...]:
    """A run's dash."""
    return tuple(float(length) for length in DASHES[run].split())
