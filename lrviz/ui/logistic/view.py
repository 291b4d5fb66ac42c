"""What the page shows besides the runs: which part of it, and of which data and loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from lrviz.declare import flag, hyper
from lrviz.models import SETS
from lrviz.ui.view import Numbers

PARTS = ("Two features", "All features", "Sparse columns")


class Shape(NamedTuple):
    """What is known of a set of data before it is loaded."""

    title: str
    classes: int
    features: int
    pair: tuple[int, int]
    """The classes that are told apart at first …"""
    axes: tuple[int, int]
    """… and the features that are used."""


SHAPES = {
    "iris": Shape("Iris", 3, 4, (1, 2), (0, 2)),
    "wine": Shape("Wine", 3, 13, (0, 1), (0, 12)),
    "breast_cancer": Shape("Breast cancer", 2, 30, (0, 1), (0, 1)),
    "digits": Shape("Digits", 10, 64, (3, 8), (42, 43)),
}


def _choice(default: int, most: int, help: str) -> int:
    number: int = hyper(default, "number", f"[0, {most}]", soft=(0, most), help=help, kind="whole")
    return number


@dataclass(frozen=True)
class View(Numbers):
    """`part 1 data 2 first 0 second 1`: what has its default is left out."""

    together: ClassVar[tuple[str, ...]] = ("data", "first", "second", "x", "y")

    part: int = _choice(0, len(PARTS) - 1, "0 two features, 1 all features, 2 sparse columns")
    data: int = _choice(0, len(SETS) - 1, "0 iris, 1 wine, 2 breast cancer, 3 digits")
    first: int = _choice(1, 9, "the class that is told as −1")
    second: int = _choice(2, 9, "the class that is told as +1")
    x: int = _choice(0, 63, "the feature that the first weight belongs to")
    y: int = _choice(2, 63, "the feature that the second weight belongs to")
    hinge: bool = flag("hinge", "the hinge loss of a linear SVM in place of logistic regression's")
    penalty: float = hyper(
        0.03, "λ", "[0, inf)", soft=(1e-4, 1.0), scale="log", help="how strongly large weights are penalized"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = self.shape
        if self.first == self.second or max(self.first, self.second) >= shape.classes:
            raise ValueError(
                f"{shape.title} has the classes 0 to {shape.classes - 1};"
                f" {self.first} and {self.second} are not two of them"
            )
        if self.x == self.y or max(self.x, self.y) >= shape.features:
            raise ValueError(
                f"{shape.title} has the features 0 to {shape.features - 1}; {self.x} and {self.y} are not two of them"
            )

    @property
    def shape(self) -> Shape:
        """Of the data."""
        return SHAPES[SETS[self.data]]

    @staticmethod
    def on(data: int) -> dict[str, float]:
        """What is chosen at first of a set of data."""
        (first, second), (x, y) = SHAPES[SETS[data]][3:]
        return {"data": data, "first": first, "second": second, "x": x, "y": y}
