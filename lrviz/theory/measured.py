"""What a run did, in theory's terms: the multipliers of each eigen-direction, read off its path.

A ratio of norms mixes the directions and both multipliers of each. On a quadratic each direction obeys a recurrence
instead, x_{t+1} = T x_t − D x_{t−1}, and fitting T and D gives the multipliers as its roots, to many digits. It is
Prony's method. Source: de Prony (1795); Hamming (1973), Numerical Methods for Scientists and Engineers, chapter 39.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array

_VISIBLE = 1e-11  # a second multiplier whose trace in the path is fainter than this is not told from rounding
_FAINT = 1e-8  # a direction that is nowhere more than this share of the whole offset has too few digits left


def measured_multipliers(offsets: Array, terms: int = 2, about: float = 0.0) -> NDArray[np.complex128]:
    """The multipliers of each direction, (n, terms), the largest in modulus first.

    offsets: (T + 1, n), the distances from the point of rest along n eigen-directions. terms: 1 for gradient descent,
    whose recurrence is x_{t+1} = T x_t; 2 with momentum. about: the size of the point of rest, whose rounding is in
    the offsets. Rows that are not finite are left out. NaN for a direction that the run has hardly a part along, and
    where fewer rows are left than the fit needs. Where the second leaves no trace, it means nothing.
    """
    offsets = np.asarray(offsets, dtype=np.float64)
    found = np.full((offsets.shape[1], terms), np.nan, dtype=np.complex128)
    rows = offsets[np.isfinite(offsets).all(axis=1)]
    if len(rows) < 2 * terms:
        return found
    # Each equation is divided by what rounding puts into it, so that all are equally sure.
    size = np.linalg.norm(rows, axis=1)
    blur = np.max([size[k : len(size) - terms + k] for k in range(terms + 1)], axis=0) + about
    kept = blur > 0
    for i, x in enumerate(rows.T):
        known = np.stack([x[k : len(x) - terms + k] for k in range(terms + 1)], axis=1)[kept] / blur[kept, None]
        if len(known) < terms or np.max(np.abs(known[:, :-1])) < _FAINT:
            continue
        *earlier, latest = known.T
        fit, *_ = np.linalg.lstsq(np.stack(earlier, axis=1), latest, rcond=_VISIBLE)
        roots = np.roots([1.0, *-fit[::-1]])
        found[i] = roots[np.argsort(-np.abs(roots), kind="stable")]
    return found


def measured_rate(offsets: Array, terms: int = 2, about: float = 0.0) -> Array:
    """What a step leaves of the distance in the long run, (n,): the modulus of the leading measured multiplier."""
    return np.abs(measured_multipliers(offsets, terms, about)[:, 0])
