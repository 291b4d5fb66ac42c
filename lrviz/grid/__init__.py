"""Maps: what becomes of a run when one number of it, or several, go over a grid of values."""

from lrviz.grid.maps import Sweep, sweep

__all__ = ["Sweep", "sweep"]
