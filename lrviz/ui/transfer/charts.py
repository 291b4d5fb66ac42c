"""The page's charts: pure functions of what was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.declare import Array
from lrviz.models.transfer import GUESSING, RANDOM, SCRATCH, FineTuning
from lrviz.models.transfer_sweep import Sweep
from lrviz.palette import DASHES, MARKERS
from lrviz.ui.chart import Axis, Band, Chart, Dots, Level, Line, Mark, Panel
from lrviz.ui.chart.parts import Layer
from lrviz.ui.transfer import told
from lrviz.ui.transfer.study import ONE_RATE

LAYERS = ("layer 1", "layer 2", "last layer")
LOWER = 1
"""The number of lower early rates among the ways, by which it has its colour."""
SHOWN = 2 * GUESSING
"""The line of guessing is drawn where a way comes below this: else it would only press the others together."""
NEAR = 0.01
"""Below this multiplier the axis of r is linear, so that 0 has a place."""


def _dash(number: int) -> tuple[float, ...]:
    return tuple(float(length) for length in DASHES[number].split())


def _percent(accuracy: Array) -> Array:
    return 100 * accuracy


def sizes(found: Sweep, early: float, n: int, same: float | None) -> Chart:
    """The accuracy of all ways over the number of new examples, and by how much lower early rates are ahead."""
    at, x = told.chosen(found, same), np.array(found.sizes, dtype=np.float64)
    falls = at.mean(axis=0).min() < SHOWN
    layers: list[Layer] = [Level(100 * GUESSING, "guessing")] if falls else []
    lines: list[Layer] = []
    for number in range(len(found.ways)):
        mean, spread = at[..., number].mean(axis=0), at[..., number].std(axis=0)
        colour, way = f"run{number}", told.name(found.ways[number])
        if found.seeds > 1:
            layers.append(Band(x, _percent(mean - spread), _percent(mean + spread), "", colour))
        lines.append(Line(x, _percent(mean), way, colour, _dash(number), width=2.4))
        texts = tuple(
            f"{way}: {told.percent(one)} with {size} examples" for one, size in zip(mean, found.sizes, strict=True)
        )
        lines.append(Dots(x, _percent(mean), "", colour, MARKERS[number], texts=texts))
    chosen = Mark(float(n), f"n = {n}", "ink2", dash=(2, 3))
    seeds = f"mean and standard deviation of {found.seeds} seeds" if found.seeds > 1 else "one seed"
    first = Panel(f"Accuracy on held-out 5–9: {seeds}", Axis("%"), (*layers, *lines, chosen), height=2.0)
    return Chart(
        Axis("new examples n", "log", x[0] / 1.12, x[-1] * 1.12),
        (first, _lead(found, early, at, x)),
        told.sizes_alt(found, same),
        pick="see this n below",
    )


def _lead(found: Sweep, early: float, at: Array, x: Array) -> Panel:
    mean, error = found.lead(early, ONE_RATE, at)
    colour, layers = f"run{LOWER}", list[Layer]([Level(0.0, "even")])
    if found.seeds > 1:
        reach = told.SIGMAS * error
        layers.append(Band(x, 100 * (mean - reach), 100 * (mean + reach), f"± {told.SIGMAS} standard errors", colour))
    layers.append(Line(x, 100 * mean, "ahead", colour, _dash(LOWER), label=False))
    layers.append(Dots(x, 100 * mean, "", colour, MARKERS[LOWER]))
    high = 100 * float(np.max(np.nan_to_num(np.abs(mean) + told.SIGMAS * np.nan_to_num(error)))) + 1
    title = f"How far {told.name(early)} are ahead of one rate for all"
    return Panel(title, Axis("points", "linear", -high, high), tuple(layers), height=0.9)


def multipliers(found: Sweep, same: float | None) -> Chart:
    """The accuracy over the multiplier of the early layers' rate, and how far each layer came."""
    at = told.chosen(found, same)[:, 0]
    columns = [column for column, way in enumerate(found.ways) if way >= 0]
    r = np.array([found.ways[column] for column in columns])
    mean, spread = at[:, columns].mean(axis=0), at[:, columns].std(axis=0)
    texts = tuple(f"{told.name(way)}: {told.percent(one)}" for way, one in zip(r.tolist(), mean, strict=True))
    scratch, random = (100 * float(at[:, found.ways.index(way)].mean()) for way in (SCRATCH, RANDOM))
    accuracy = Panel(
        "Accuracy on held-out 5–9",
        Axis("%"),
        (
            Band(r, _percent(mean - spread), _percent(mean + spread), "", "run1"),
            Level(scratch, "from scratch"),
            Level(random, "random layers, frozen", dash=(2, 3)),
            Line(r, _percent(mean), "", "run1", width=2.4, label=False),
            Dots(r, _percent(mean), "", "run1", texts=texts),
        ),
        height=1.3,
    )
    moved = _moved(found, columns, same)
    drift = Panel(
        "How far each layer moved, ‖θ − θ₀‖ / ‖θ₀‖",
        Axis("%"),
        tuple(Line(r, 100 * moved[:, layer], LAYERS[layer], f"run{layer + 2}", _dash(layer)) for layer in range(3)),
    )
    alt = " ".join([*told.over_multiplier(found, same), "Below it how far each layer moved."])
    return Chart(Axis("multiplier r of the early layers’ η", "symlog", 0.0, 1.0, near=NEAR), (accuracy, drift), alt)


def _moved(found: Sweep, columns: Sequence[int], same: float | None) -> Array:
    """(R, layers): the mean over the seeds at the rate that is shown."""
    best = found.best[0] if same is None else [found.eta.tolist().index(same)] * len(found.ways)
    return np.array([found.drift[:, 0, column, best[column]].mean(axis=0) for column in columns])


def curves(tuned: FineTuning, ways: Sequence[float]) -> Chart:
    """One fine-tuning step by step, in all ways."""
    steps = tuned.runs.steps.astype(np.float64)

    def lines(measure: str, factor: float = 1.0) -> tuple[Line, ...]:
        values = factor * tuned.runs.values[measure]
        return tuple(
            Line(steps, values[:, number], told.name(way), f"run{number}", _dash(number), label=measure == "accuracy")
            for number, way in enumerate(ways)
        )

    ends = ", ".join(f"{told.name(way)} {told.percent(one)}" for way, one in zip(ways, tuned.accuracy, strict=True))
    return Chart(
        Axis("step", "linear", 0.0, float(steps[-1])),
        (
            Panel("Accuracy on held-out 5–9", Axis("%"), lines("accuracy", 100.0), height=1.3),
            Panel("Held-out loss", Axis("loss", "log"), lines("held-out loss")),
            Panel("Loss on the new examples", Axis("loss", "log"), lines("training loss")),
        ),
        f"Accuracy, held-out loss and training loss of one fine-tuning in all ways. At the end: {ends}.",
    )
