"""The charts of the quadratic clients: pure functions of what was computed."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count
from lrviz.ui.chart import Axis, Chart, Dots, Field, Layer, Line, Panel, Path, Plane, PlaneLayer, Points
from lrviz.ui.federated import told
from lrviz.ui.federated.study import APARTS, LOCALS, RUN_APARTS, RUN_AT, Drift, Study
from lrviz.ui.federated.view import View

GRID = 61
"""So many points of the contour along each axis."""


def main(found: Study, view: View) -> Chart:
    """The plane large, and the loss above its lowest beside it. A frame is a round."""
    rounds = found.asked.view.rounds
    step = found.local if view.counted else 1
    return Chart(
        x=Axis("local steps of each client" if view.counted else "round", low=0, high=float(rounds * step)),
        panels=(_losses(found, view, step),),
        planes=(_plane(found),),
        frames=rounds + 1,
        frame=min(1, rounds),
        frame_x=(step * np.arange(rounds + 1.0)).tolist(),
        frame_name="round",
        first=0,
        says=tuple(told.rounds(found)),
        alt=" ".join(told.verdict(found)),
    )


def _plane(found: Study) -> Plane:
    clients = found.clients
    layers: list[PlaneLayer] = [*_fans(found)]
    layers.append(
        Points(
            clients.own[:, 0],
            clients.own[:, 1],
            "the clients’ own minima",
            "ink2",
            "triangle",
            hollow=True,
            texts=[f"client {client + 1}: its own minimum" for client in range(len(clients))],
        )
    )
    for run, name in reversed(list(enumerate(found.asked.names))):
        layers.append(Path(found.path[:, 0, run], found.path[:, 1, run], name, f"run{run}"))
    x, y = clients.optimum
    layers.append(Points([x], [y], "optimum", "ink", "star", size=7, texts=["the optimum: the mean loss is lowest"]))
    if found.resting is not None and told.drift(found) > told.SAME:
        x, y = found.resting
        says = "where a round changes nothing, in closed form"
        layers.append(Points([x], [y], "fixed point", "ink", "cross", size=6, texts=[says]))
    (left, right), (bottom, top) = clients.box
    xs, ys = np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)
    heights = clients.loss(np.stack(np.meshgrid(xs, ys))) - clients.loss(clients.optimum)
    return Plane(
        "Mean loss of the clients, and the way of the server",
        Axis("θ₁", low=left, high=right),
        Axis("θ₂", low=bottom, high=top),
        tuple(layers),
        Field(xs, ys, heights, name="mean loss above its lowest"),
        square=True,
    )


def _fans(found: Study) -> list[PlaneLayer]:
    """Where the clients of a round go from the first run's θ: another picture in each frame."""
    fans = found.fans  # (T, points, 2, S)
    # Frame t shows the round that led to θ_t; before the first there is none.
    before = np.full((1, *fans.shape[1:]), np.nan)
    by_frame = np.concatenate([before, fans])
    return [
        Path(
            by_frame[:, :, 0, client],
            by_frame[:, :, 1, client],
            "local steps" if client == 0 else "",
            "ink",
            (),
            width=1.4,
            head=False,
            label=False,
        )
        for client in range(fans.shape[3])
    ]


def _losses(found: Study, view: View, step: int) -> Panel:
    rounds = np.arange(len(found.gap))
    layers: list[Layer] = []
    if found.local > 1:
        reference = found.reference if view.counted else found.reference[: len(rounds)]
        layers.append(Line(np.arange(len(reference)), reference, "1 local step", "ink2", (3, 3), width=1.4))
    for run, name in enumerate(found.asked.names):
        layers.append(Line(step * rounds, _positive(found.gap[:, run]), name, f"run{run}"))
    return Panel("Mean loss above its lowest", Axis("loss", "log"), tuple(layers))


def _positive(gap: Array) -> Array:
    """What a logarithmic axis can show: at the optimum itself there is a gap in the line."""
    return np.where(gap > 0, gap, np.nan)


# ---- the drift


def drift_by_local(found: Drift, view: View) -> Chart:
    """The distance of the fixed point from the optimum, against the number of local steps."""
    layers: tuple[Layer, ...] = (
        Line(LOCALS, found.local, "closed form", "run0"),
        Dots(
            RUN_AT,
            found.measured_local,
            "FedAvg, run until it rests",
            "run0",
            texts=[f"E = {local}" for local in RUN_AT],
        ),
    )
    return Chart(
        x=Axis("local steps E", "log", 1.0, float(LOCALS[-1])),
        panels=(Panel("Drift: distance from the optimum", Axis("drift", "linear", 0.0), layers),),
        alt=told.drift_by_local(found, view),
    )


def drift_by_apart(found: Drift, view: View) -> Chart:
    """The same against how far apart the clients' minima are, for curvatures that are alike, and that are not."""
    layers: list[Layer] = []
    apart = view.apart * APARTS
    for number, name in enumerate(("curvatures alike", "half as unlike", "as on this page")):
        layers.append(Line(apart, found.unlike[number], name, f"run{2 - number}"))
        layers.append(Dots(apart[list(RUN_APARTS)], found.measured_unlike[number], "", f"run{2 - number}"))
    return Chart(
        x=Axis("how far apart the minima are, h", "linear", 0.0, float(apart[-1])),
        panels=(
            Panel(f"Drift of rounds of {count(view.local)} local steps", Axis("drift", "linear", 0.0), tuple(layers)),
        ),
        alt=told.drift_by_apart(found, view),
    )
