"""The charts: the planes with the paths on them, linked to the losses, and before there is a plane the losses alone."""

from __future__ import annotations

import numpy as np

from lrviz.ui.chart import Axis, Chart, Field, Layer, Line, Panel, Path, Plane, PlaneLayer, Points
from lrviz.ui.landscape import told
from lrviz.ui.landscape.study import Landscape, Seen, Trained


def main(found: Landscape) -> Chart:
    """The planes large; below them the loss over epochs. A frame a look: both stand at the same one."""
    trained = found.trained
    low, high = _range(found)
    return Chart(
        x=Axis("epoch", low=0, high=float(trained.epochs[-1])),
        panels=(_losses(trained, found.seen if not found.view.random else ()),),
        planes=tuple(_plane(found, seen, low, high) for seen in found.seen),
        frames=len(trained.epochs),
        frame=len(trained.epochs) - 1,
        frame_x=tuple(trained.epochs.tolist()),
        says=told.frames(trained),
        frame_name="epoch",
        first=0,
        alt=" ".join(told.verdict(found)),
    )


def training(trained: Trained) -> Chart:
    """The losses, while there is no plane yet."""
    return Chart(
        x=Axis("epoch", low=0, high=float(trained.epochs[-1])),
        panels=(_losses(trained, ()),),
        alt="The loss of each run as it is trained.",
    )


def _range(found: Landscape) -> tuple[float, float]:
    """The lowest and the highest loss over all planes: one scale for all."""
    losses = np.concatenate([seen.losses[np.isfinite(seen.losses)] for seen in found.seen])
    return float(losses.min()), float(losses.max())


def _plane(found: Landscape, seen: Seen, low: float, high: float) -> Plane:
    trained, view = found.trained, found.view
    runs = [seen.center] if view.random else range(len(trained.names))
    layers: list[PlaneLayer] = []
    if found.ride is not None and seen is found.seen[0]:
        steps = np.minimum(trained.steps[:, seen.center], found.ride.steps)
        layers.append(
            Path(
                found.ride.theta[:, 0], found.ride.theta[:, 1], "on the plane", "ink", (5, 3), at=steps.astype(np.int64)
            )
        )
    layers += [Path(seen.path[:, 0, run], seen.path[:, 1, run], trained.names[run], f"run{run}") for run in runs]
    ended = f"where {trained.names[seen.center]} ended"
    layers.append(Points([0.0], [0.0], colour="ink", marker="plus", texts=(ended,)))
    of = "through the paths" if not view.random else f"around the end of {trained.names[seen.center]}, by chance"
    (left, right), (bottom, top) = seen.plane.reach
    return Plane(
        f"Training loss on a plane {of}",
        Axis("along d₁", low=left, high=right),
        Axis("along d₂", low=bottom, high=top),
        tuple(layers),
        Field(seen.x, seen.y, seen.losses, "log", 0.0, high, low),
        square=True,
    )


def _losses(trained: Trained, seen: tuple[Seen, ...]) -> Panel:
    """The loss of each run; where the paths are near the plane also the loss that it shows for them."""
    layers: list[Layer] = []
    for run, name in enumerate(trained.names):
        layers.append(Line(trained.epochs, trained.loss[:, run], name, f"run{run}"))
        for one in seen:
            layers.append(
                Line(trained.epochs, one.along[:, run], "on the plane", f"run{run}", (3, 3), 1.4, label=False)
            )
    return Panel("Training loss", Axis("loss", "log"), tuple(layers))
