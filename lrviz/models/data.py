"""Real data, as they come with scikit-learn: nothing is fetched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array

SETS = ("iris", "wine", "breast_cancer", "digits")
"""What can be loaded."""


@dataclass(frozen=True, eq=False)
class Data:
    """n examples with d features each, and the class that each belongs to."""

    features: Array
    """(n, d)"""
    labels: NDArray[np.int64]
    """(n,): the index of the class."""
    names: tuple[str, ...]
    """Of the features."""
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, index: NDArray[Any]) -> Data:
        """Some of the examples."""
        return replace(self, features=self.features[index], labels=self.labels[index])

    def columns(self, *index: int) -> Data:
        """Some of the features."""
        return replace(self, features=self.features[:, index], names=tuple(self.names[i] for i in index))

    def only(self, *classes: int) -> Data:
        """The examples of some classes, which are numbered anew in this order."""
        new = np.full(len(self.classes), -1)
        new[list(classes)] = np.arange(len(classes))
        kept = self.rows(np.isin(self.labels, classes))
        return replace(kept, labels=new[kept.labels], classes=tuple(self.classes[i] for i in classes))

    def standardized(self) -> Data:
        """Each feature with mean 0 and standard deviation 1; one that is the same everywhere is 0."""
        deviation = self.features.std(axis=0)
        return replace(
            self, features=(self.features - self.features.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
        )

    def split(self, share: float, seed: int = 0) -> tuple[Data, Data]:
        """Two parts, of which the second has this share of each class, drawn by chance (NumPy's PCG64)."""
        generator = np.random.default_rng(seed)
        second = np.zeros(len(self), dtype=bool)
        for label in range(len(self.classes)):
            mine = generator.permutation(np.flatnonzero(self.labels == label))
            second[mine[: round(share * len(mine))]] = True
        return self.rows(~second), self.rows(second)


@cache
def load(name: str) -> Data:
    """One of SETS. The pixels of the digits (8 × 8, 0 to 16) are divided by 16. ValueError for another name.

    Source: Fisher (1936) and the UCI machine learning repository, as distributed with scikit-learn.
    """
    if name not in SETS:
        raise ValueError(f"there are no data {name!r}; there are: {', '.join(SETS)}")
    from sklearn import datasets  # takes a second to import: only for those who ask for data

    bunch = getattr(datasets, f"load_{name}")()
    features = np.array(bunch.data, dtype=np.float64) / (16 if name == "digits" else 1)
    return Data(
        features,
        np.array(bunch.target, dtype=np.int64),
        tuple(map(str, bunch.feature_names)),
        tuple(map(str, bunch.target_names)),
    )
