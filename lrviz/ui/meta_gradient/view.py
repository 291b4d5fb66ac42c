"""What the page shows besides its scene: the axis, what is differentiated, and how descent on it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lrviz.declare import flag, hyper
from lrviz.numerals import exact
from lrviz.ui.view import Numbers


def _chosen(symbol: str, help: str) -> float:
    number: float = hyper(
        0.0, symbol, "[0, inf)", soft=(1e-9, 10.0), scale="log", help=f"{help}; 0 lets the page choose"
    )
    return number


@dataclass(frozen=True)
class View(Numbers):
    """`pace 0.1 updates 30 low 0.001 high 1 beta 1e-5 plain 1`: what has its default is left out."""

    together: ClassVar[tuple[str, ...]] = ("low", "high")

    pace: float = hyper(
        0.15,
        "γ",
        "(0, inf)",
        soft=(1e-3, 10.0),
        scale="log",
        help="the learning rate of the learning rate: log η moves by γ times the slope",
    )
    updates: int = hyper(20, "K", "[1, 60]", soft=(5, 60), help="how often log η is moved", kind="whole")
    low: float = _chosen("η", "the lowest rate on the axis")
    high: float = _chosen("η", "the highest rate on the axis")
    beta: float = _chosen("β", "the rate at which hypergradient descent learns its rate")
    plain: bool = flag("plain", "the slope of the loss itself, not of its logarithm")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low and self.high and not self.low < self.high:
            raise ValueError(f"The range of η from {exact(self.low)} to {exact(self.high)} is empty")


parse = View.parse
