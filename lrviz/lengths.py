"""How long vectors are, many at once."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array


def squared_length(vectors: Array) -> Array:
    """‖θ‖² over the coordinates: (dim, ...) → (...)."""
    total: Array = np.sum(vectors * vectors, axis=0)
    return total


def length(vectors: Array) -> Array:
    """‖θ‖ over the coordinates, (dim, ...) → (...), without overflow and without `hypot`, which is rounded differently
    everywhere."""
    largest = np.max(np.abs(vectors), axis=0)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    return scale * np.sqrt(squared_length(vectors / scale))
