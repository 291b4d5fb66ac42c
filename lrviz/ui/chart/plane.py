"""A plane: two numbers against each other, perhaps over the contour of a third, with paths that go with the frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from lrviz.ui.chart.layers import Axis, Band, Dots, Level, Line, Mark


@dataclass(frozen=True, eq=False)
class Field:
    """A third number over a plane, as washes and lines of equal height; between its points it is interpolated.

    A logarithmic scale shows the height above the lowest, as the stage does.
    """

    x: ArrayLike
    """(nx,), rising."""
    y: ArrayLike
    """(ny,), rising."""
    values: ArrayLike
    """(ny, nx). What is not finite is as high as the highest."""
    scale: Literal["log", "linear"] = "log"
    low: float | None = None
    """Above which a logarithmic scale counts, or where a linear one's washes begin; the lowest value by default."""
    high: float | None = None
    """Where the washes end; the highest value by default. Planes of one scale share low, floor and high."""
    floor: float | None = None
    """How far above low a logarithmic scale's washes begin; by default where the lines can be told apart."""
    name: str = "loss"
    """What the readout calls it."""


@dataclass(frozen=True, eq=False)
class Path:
    """A trajectory, drawn strong up to where it is in the frame, where its head stands, and faint beyond.

    What is not finite ends it: the run blew up.
    """

    x: ArrayLike
    y: ArrayLike
    """Each (n,), or (frames, n) where the whole path changes with the frame."""
    name: str
    colour: str = "run0"
    dash: Sequence[float] | None = None
    """Lengths of dashes and gaps in pixels; those of the run of that colour by default."""
    at: ArrayLike | None = None
    """(frames,): the index of the point at which it is in each frame. By default point i in frame i where it has as
    many points as there are frames, else its last."""
    width: float = 2.6
    head: bool = True
    """Whether a marker stands where it is."""
    label: bool = True
    """Whether its name does."""


@dataclass(frozen=True, eq=False)
class Points:
    """Markers, all of one look, with one name."""

    x: ArrayLike
    y: ArrayLike
    """Each (n,) or (frames, n); what is not finite is not there."""
    name: str = ""
    colour: str = "ink"
    marker: str = "circle"
    """One of `MARKERS`, or "star", which is how minima look, or "plus"."""
    hollow: bool = False
    size: float = 4.2
    """The radius in pixels."""
    texts: Sequence[str] = ()
    """For each what the readout says of it."""


@dataclass(frozen=True, eq=False)
class Divide:
    """The line a·x + b·y + c = 0, which divides the plane."""

    a: ArrayLike
    b: ArrayLike
    c: ArrayLike
    """Each a number or (frames,); where one is not finite, or a and b are both 0, there is no line."""
    name: str
    colour: str = "run0"
    dash: Sequence[float] | None = None
    """As a path's."""


PlaneLayer = Path | Points | Divide | Line | Band | Dots | Mark | Level


@dataclass(frozen=True)
class Plane:
    """A picture over two axes of its own.

    An axis's end that is None is fitted to the field, or without one to the points, or without those to the paths.
    """

    title: str
    x: Axis
    y: Axis
    layers: tuple[PlaneLayer, ...] = ()
    field: Field | None = None
    square: bool = False
    """Whether units are equally long on both axes, which must be linear; then one of them is lengthened."""
