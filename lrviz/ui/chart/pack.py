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
from lrviz.palette import MARKERS
from lrviz.ui import parcel
from lrviz.ui.chart.fit import ends
from lrviz.ui.chart.layers import Axis, Band, Dots, Layer, Level, Line, Mark, Zone
from lrviz.ui.chart.parts import Chart, Panel
from lrviz.ui.chart.plane import Divide, Field, Path, Plane, PlaneLayer, Points
from lrviz.ui.stage.payload import APPEARANCE, Part, scene_header

KINDS = {
    Line: "line",
    Band: "band",
    Dots: "dots",
    Mark: "mark",
    Level: "level",
    Zone: "zone",
    Path: "path",
    Points: "points",
    Divide: "divide",
}
SHAPES = {shape: shape for shape in (*MARKERS, "star", "plus")} | {"triangle": "triangle-up", "cross": "x"}
"""The markers of points, and the names that the browser has for them."""


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
        "planes": [_plane(plane, chart.frames, arrays) for plane in chart.planes],
        "frame_x": None if chart.frame_x is None else arrays.add(chart.frame_x),
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
    def of(layer: object, *names: str) -> Array:
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


def _layer(layer: Layer | PlaneLayer, frames: int, arrays: _Arrays) -> Part:
    told: Part = {"kind": KINDS[type(layer)], "colour": layer.colour}
    match layer:
        case Path() | Points() | Divide():
            told |= _on_plane(layer, frames, arrays)
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


# ---- planes


def _plane(plane: Plane, frames: int, arrays: _Arrays) -> Part:
    if plane.square and not plane.x.scale == plane.y.scale == "linear":
        raise ValueError(f"{plane.title}: units are equally long only on linear axes")
    return {
        "title": plane.title,
        "x": _axis(plane.x, _extent(plane, "x"), robust=plane.field is None),
        "y": _axis(plane.y, _extent(plane, "y"), robust=plane.field is None),
        "square": plane.square,
        "field": None if plane.field is None else _field(plane.field, plane.title, arrays),
        "layers": [_layer(layer, frames, arrays) for layer in plane.layers],
    }


def _extent(plane: Plane, name: str) -> list[Array]:
    """The numbers that a plane's axis is fitted to."""
    if plane.field is not None:
        return [_Arrays.of(plane.field, name)]
    points = [_Arrays.of(layer, name) for layer in plane.layers if isinstance(layer, Points | Dots)]
    return points or [_Arrays.of(layer, name) for layer in plane.layers if isinstance(layer, Path | Line | Band)]


def _field(field: Field, title: str, arrays: _Arrays) -> Part:
    x, y, values = (np.asarray(given, dtype=np.float64) for given in (field.x, field.y, field.values))
    if values.shape != (*y.shape, *x.shape) or values.ndim != 2 or min(values.shape) < 2:
        raise ValueError(f"{title}: the field has the shape {values.shape}, x {x.shape}, and y {y.shape}")
    if not all(np.isfinite(along).all() and (np.diff(along) > 0).all() for along in (x, y)):
        raise ValueError(f"{title}: x and y of the field must rise")
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        raise ValueError(f"{title}: the field is nowhere finite")
    if field.floor is not None and not field.floor > 0:
        raise ValueError(f"{title}: the floor {field.floor} of the field is not above 0")
    low = float(finite.min()) if field.low is None else field.low
    high = float(finite.max()) if field.high is None else field.high
    where = {"x": arrays.add(x), "y": arrays.add(y), "values": arrays.add(values)}
    return {"name": field.name, "scale": field.scale, "low": low, "high": high, "floor": field.floor} | where


def _on_plane(layer: Path | Points | Divide, frames: int, arrays: _Arrays) -> Part:
    if isinstance(layer, Divide):
        sizes = {np.size(value) for value in (layer.a, layer.b, layer.c)}
        if not sizes <= {1, frames}:
            raise ValueError(f"{layer.name}: a, b and c have {sorted(sizes)} numbers for {frames} frames")
        numbers = {name: arrays.add(value) for name, value in (("a", layer.a), ("b", layer.b), ("c", layer.c))}
        return {"name": layer.name, "dash": _dash(layer.dash)} | numbers
    x, y = (np.asarray(given, dtype=np.float64) for given in (layer.x, layer.y))
    if x.shape != y.shape or x.ndim not in (1, 2) or (x.ndim == 2 and len(x) != frames):
        raise ValueError(f"{layer.name}: x has the shape {x.shape}, y {y.shape}, and there are {frames} frames")
    told: Part = {"name": layer.name, "length": x.shape[-1], "x": arrays.add(x), "y": arrays.add(y)}
    if isinstance(layer, Points):
        if layer.marker not in SHAPES:
            raise ValueError(f"{layer.name}: no marker {layer.marker!r}; there are: {', '.join(SHAPES)}")
        if len(layer.texts) not in (0, x.shape[-1]):
            raise ValueError(f"{layer.name}: {len(layer.texts)} texts for {x.shape[-1]} points")
        look = {"marker": SHAPES[layer.marker], "hollow": layer.hollow, "size": layer.size}
        return told | look | {"texts": list(layer.texts)}
    if x.size == 0:
        raise ValueError(f"{layer.name}: a path has at least one point")
    look = {"dash": _dash(layer.dash), "width": layer.width, "head": layer.head, "is_labelled": layer.label}
    return told | look | {"at": arrays.add(_at(layer, x.shape[-1], frames))}


def _at(path: Path, length: int, frames: int) -> Array:
    """For each frame the index of the point at which a path is."""
    if path.at is None:
        return np.arange(frames, dtype=np.float64) if length == frames else np.full(frames, length - 1.0)
    at = np.asarray(path.at, dtype=np.float64)
    if at.shape != (frames,) or (at < 0).any() or (at >= length).any() or (at != np.floor(at)).any():
        raise ValueError(f"{path.name}: at must be {frames} indices of its {length} points, one a frame")
    return at


def _dash(dash: Sequence[float] | None) -> list[float] | None:
    return None if dash is None else list(dash)
