"""Axes, and what is drawn over them.

Numbers may be one for all frames or one row a frame. A colour is a name, which each theme has its own for: "run0" …
"run5", "ink", "ink2", or an outcome's kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

Scale = Literal["linear", "log", "symlog", "complement"]
"""symlog is logarithmic on both sides of zero, and linear around it; complement is so in the distance from 1."""


@dataclass(frozen=True)
class Axis:
    """An axis. An end that is None is fitted to what is drawn: to all of it along x, robustly along y."""

    title: str
    scale: Scale = "linear"
    low: float | None = None
    high: float | None = None
    near: float = 1.0
    """Where a symlog scale turns from linear to logarithmic."""


@dataclass(frozen=True, eq=False)
class Line:
    """A curve, labelled beside itself. What is not finite is a gap in it."""

    x: ArrayLike
    """(n,), rising."""
    y: ArrayLike
    """(n,) or (frames, n)."""
    name: str
    colour: str = "run0"
    dash: Sequence[float] = ()
    """Lengths of dashes and gaps in pixels."""
    width: float = 2.2
    label: bool = True


@dataclass(frozen=True, eq=False)
class Band:
    """A washed region between two curves."""

    x: ArrayLike
    """(n,), rising."""
    low: ArrayLike
    high: ArrayLike
    """Each (n,) or (frames, n)."""
    name: str = ""
    colour: str = "run0"


@dataclass(frozen=True, eq=False)
class Dots:
    """Dots. One at y = +inf is an arrow at the upper edge: its run blew up."""

    x: ArrayLike
    y: ArrayLike
    """Each (n,)."""
    name: str
    colour: str = "run0"
    marker: str = "circle"
    hollow: bool = False
    since: ArrayLike | None = None
    """(n,): the first frame in which each is there; the newest are emphasized."""
    texts: Sequence[str] = ()
    """For each what the readout says of it."""


@dataclass(frozen=True, eq=False)
class Mark:
    """A vertical line with its label above the panel. What is not finite is not drawn."""

    x: ArrayLike
    """A number, or (frames,)."""
    label: str
    colour: str = "ink"
    dash: Sequence[float] = ()
    text: str = ""
    """The readout's sentence."""


@dataclass(frozen=True, eq=False)
class Level:
    """A horizontal line with its label."""

    y: ArrayLike
    """A number, or (frames,)."""
    label: str
    colour: str = "ink2"
    dash: Sequence[float] = (6, 4)


@dataclass(frozen=True, eq=False)
class Zone:
    """A washed stretch of the x axis; an infinite end is the axis's."""

    low: float
    high: float
    label: str
    colour: str = "diverged"


Layer = Line | Band | Dots | Mark | Level | Zone
