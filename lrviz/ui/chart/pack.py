"""A chart as bytes, for the component."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lrviz import noise
from lrviz.declare import Array
from lrviz.ui import parcel
from lrviz.ui.chart.fit import ends
from lrviz.ui.chart.parts import Axis, Band, Chart, Dots, Layer, Level, Line, Mark, Panel, Zone
from lrviz.ui.stage.payload import APPEARANCE, Part, scene_header

KINDS = {Line: "line", Band: "band", Dots: "dots", Mark: "mark", Level: "level", Zone: "zone"}


def pack(chart: Chart, *, tells_frame: bool = False) -> bytes:
    """The payload; ValueError for numbers whose shapes do not fit.

    tells_frame: whether the page wants to hear of frames that hands choose.
    """
    arrays = _Arrays()
    panels = [_panel(panel, chart, arrays) for panel in chart.panels]
    across = [arrays.of(layer, "x") for panel in chart.panels for layer in panel.layers if not isinstance(layer, Mark)]
    told: Part = {
        "x": _axis(chart.x, across, robust=False),
        "panels": panels,
        "alt": chart.alt,
        "frames": chart.frames,
        "says": chart.says,
        "frame_name": chart.frame_name,
        "first": chart.first,
        "pick": chart.pick,
        "rates": _finite(chart.rates),
        "second": chart.second,
        "seconds": _finite(chart.seconds),
        "peeks": chart.peeks,
        "has_run": chart.run is not None,
    }
    header: Part = dict(APPEARANCE)
    numbers: dict[str, np.ndarray[Any, Any]] = dict(arrays.named)
    if chart.run is not None:
        scene = chart.run.scene
        paths = {number["path"] for run in scene_header(chart.run)["runs"] for number in run["numbers"]}
        if chart.second and chart.second not in paths:
            raise ValueError(f"the run has no number {chart.second!r}; it has: {', '.join(sorted(paths))}")
        # Of a stage, which this component is not: it sends no edits.
        header |= scene_header(chart.run) | {"edition": 1, "count": 0, "next_id": 0}
        if scene.noise is not None:
            numbers["z"] = noise.numbers(scene.noise, scene.surface, scene.seed, scene.steps)
    header["chart"] = told
    told["id"] = hashlib.sha256(parcel.pack(header, **numbers)).hexdigest()[:16]
    told |= {"frame": chart.frame, "tells_frame": tells_frame}
    return parcel.pack(header, **numbers)


def _finite(values: Sequence[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in map(float, values)]


class _Arrays:
    """The arrays of all layers, each under a name of its own."""

    def __init__(self) -> None:
        self.named: dict[str, Array] = {}

    def add(self, values: ArrayLike) -> str:
        name = f"a{len(self.named)}"
        self.named[name] = np.array(values, dtype=np.float64, ndmin=1)
        return name

    @staticmethod
    def of(layer: Layer, *names: str) -> Array:
        """The numbers of a layer by their names; nothing where it has none."""
        found = [np.ravel(np.asarray(getattr(layer, name), dtype=np.float64)) for name in names if hasattr(layer, name)]
        return np.concatenate([np.empty(0), *found])


def _panel(panel: Panel, chart: Chart, arrays: _Arrays) -> Part:
    up = [arrays.of(layer, *(("low", "high") if isinstance(layer, Band) else ("y",))) for layer in panel.layers]
    return {
        "title": panel.title,
        "height": panel.height,
        "y": _axis(panel.y, up, robust=True),
        "layers": [_layer(layer, chart.frames, arrays) for layer in panel.layers],
    }


def _axis(axis: Axis, values: list[Array], robust: bool) -> Part:
    low, high = ends(axis, np.concatenate([np.empty(0), *values]), robust=robust)
    return {"title": axis.title, "scale": axis.scale, "low": low, "high": high, "near": axis.near}


def _layer(layer: Layer, frames: int, arrays: _Arrays) -> Part:
    told: Part = {"kind": KINDS[type(layer)], "colour": layer.colour}
    match layer:
        case Line(x=x, y=y):
            told |= {"name": layer.name, "dash": list(layer.dash), "width": layer.width, "is_labelled": layer.label}
            told |= {"x": arrays.add(x), "y": arrays.add(_rows(x, y, frames, layer.name))}
        case Band(x=x):
            low, high = (_rows(x, ends, frames, layer.name) for ends in (layer.low, layer.high))
            told |= {"name": layer.name, "x": arrays.add(x), "low": arrays.add(low), "high": arrays.add(high)}
        case Dots(x=x, y=y):
            since = np.zeros(np.shape(x)) if layer.since is None else layer.since
            if not np.shape(x) == np.shape(y) == np.shape(since) or len(layer.texts) not in (0, np.size(x)):
                raise ValueError(f"{layer.name}: x, y, since and texts are not of one length")
            told |= {"name": layer.name, "marker": layer.marker, "hollow": layer.hollow, "texts": list(layer.texts)}
            told |= {"x": arrays.add(x), "y": arrays.add(y), "since": arrays.add(since)}
        case Mark() | Level():
            values = layer.x if isinstance(layer, Mark) else layer.y
            if np.size(values) not in (1, frames):
                raise ValueError(f"{layer.label}: {np.size(values)} numbers for {frames} frames")
            told |= {"label": layer.label, "dash": list(layer.dash), "text": getattr(layer, "text", "")}
            told["at"] = arrays.add(values)
        case Zone():
            told |= {"label": layer.label, "ends": arrays.add([layer.low, layer.high])}
    return told


def _rows(x: ArrayLike, y: ArrayLike, frames: int, name: str) -> Array:
    """y, of which there are as many as of x, for all frames or for each."""
    values = np.asarray(y, dtype=np.float64)
    if values.shape not in (np.shape(x), (frames, *np.shape(x))):
        raise ValueError(f"{name}: y has the shape {values.shape}, x {np.shape(x)}, and there are {frames} frames")
    return values
