"""What a chart is made of: panels one above another over one x axis, planes, and in each of them layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lrviz.ui.chart.layers import Axis, Layer
from lrviz.ui.chart.plane import Plane
from lrviz.ui.stage.board import Board

__all__ = ["Chart", "Layer", "Panel"]


@dataclass(frozen=True)
class Panel:
    """A picture over the chart's x axis; later layers lie over earlier ones."""

    title: str
    y: Axis
    layers: tuple[Layer, ...]
    height: float = 1.0
    """Relative to the other panels."""


@dataclass(frozen=True)
class Chart:
    """Panels over one x axis and planes, in frames, and beside them perhaps the run whose η is pointed at."""

    x: Axis
    panels: tuple[Panel, ...]
    alt: str
    """What it shows, for those who do not see it."""
    frames: int = 1
    frame: int = 0
    """The one that is shown at first."""
    says: tuple[str, ...] = ()
    """A sentence for each frame."""
    frame_name: str = "sample"
    first: int = 1
    """The number of the first frame."""
    pick: str = ""
    """What a click does ("try this η"); there are none where it is empty."""
    run: Board | None = None
    """A scene with one run: then x is its η, and the run at the η that is pointed at is shown beside the panels."""
    rates: tuple[float, ...] = ()
    """For each frame the η of the run that is shown while nobody points; the scene's own by default."""
    second: str = ""
    """Another number of the run, as "optimizer.beta", that the last panel has along y: pointing there sets both."""
    seconds: tuple[float, ...] = ()
    """Its value for each frame; the scene's own by default."""
    peeks: bool = True
    """Whether pointing shows the run at the η that is pointed at; else there are only the runs of `rates`."""
    planes: tuple[Plane, ...] = ()
    """Beside the panels where there is one, else above them."""
    frame_x: ArrayLike | None = None
    """(frames,): where each frame is along x. Then pointing there, or at a path in a plane, chooses the frame."""

    def __post_init__(self) -> None:
        if self.frames < 1 or not 0 <= self.frame < self.frames:
            raise ValueError(f"frame {self.frame} is not one of {self.frames}")
        places = () if self.frame_x is None else tuple(np.atleast_1d(self.frame_x))
        by_frame = (("says", self.says), ("rates", self.rates), ("seconds", self.seconds), ("frame_x", places))
        for name, given in by_frame:
            if given and len(given) != self.frames:
                raise ValueError(f"{name} has {len(given)} entries for {self.frames} frames")
        if self.frame_x is not None and not (np.isfinite(places).all() and self.panels):
            raise ValueError("frame_x must be finite, and there must be panels that it is a place in")
        if not self.panels and not self.planes:
            raise ValueError("a chart has at least a panel or a plane")
        if self.run is not None and len(self.run.scene.runs) != 1:
            raise ValueError(f"a chart runs one run, not {len(self.run.scene.runs)}")
