"""Columns of zeros and ones that are made of real features; most are rarely 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.declare import Array
from lrviz.models.data import Data

SHARES = (0.01, 0.02, 0.04, 0.08, 0.7, 0.08, 0.04, 0.02, 0.01)
"""How large a share of the examples each bin of a feature holds, from its lowest values up: what is unusual tells most,
and is rarely seen."""


def binned(data: Data, shares: Sequence[float] = SHARES) -> Data:
    """A column for each bin of each feature, 1 for the examples in it; one that is the same everywhere is left out.

    shares: of the examples in each bin, positive; ValueError where they do not sum to 1. Equal values share a bin.
    """
    if min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"the shares {tuple(shares)} are not positive with the sum 1")
    edges = np.quantile(data.features, np.cumsum(shares)[:-1], axis=0)
    columns, names = [], []
    for values, cuts, name in zip(data.features.T, edges.T, data.names, strict=True):
        bins = np.searchsorted(cuts, values, side="right")
        columns += [bins == number for number in range(len(shares))]
        names += [f"{name}, bin {number + 1} of {len(shares)}" for number in range(len(shares))]
    return _varying(data, np.array(columns, dtype=np.float64).T, names)


def lit(data: Data, above: float) -> Data:
    """A column for each feature, 1 for the examples in which it is larger; one that is the same everywhere is left
    out."""
    return _varying(data, (data.features > above).astype(np.float64), data.names)


def _varying(data: Data, columns: Array, names: Sequence[str]) -> Data:
    kept: list[int] = np.flatnonzero(np.ptp(columns, axis=0) > 0).tolist()
    return Data(columns[:, kept], data.labels, tuple(names[i] for i in kept), data.classes)
