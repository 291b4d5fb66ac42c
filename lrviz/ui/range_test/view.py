"""What the page shows besides its scene: the numbers of the test; one line of words in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lrviz.declare import flag, hyper
from lrviz.numerals import exact
from lrviz.ui.view import Numbers

MOST = 20_000
"""Steps of the longest ramp."""


def _end(default: float, help: str) -> float:
    number: float = hyper(default, "η", "(0, inf)", soft=(1e-5, 10.0), scale="log", help=help)
    return number


@dataclass(frozen=True)
class View(Numbers):
    """`low 0.001 high 1 ramp 500 smoothing 0.98`: what has its default is left out."""

    together: ClassVar[tuple[str, ...]] = ("low", "high")

    low: float = _end(1e-4, "the learning rate at the first step of the test")
    high: float = _end(10.0, "the learning rate at its last step")
    ramp: int = hyper(
        200,
        "n",
        f"[2, {MOST}]",
        soft=(20, 2000),
        scale="log",
        help="steps from the first rate to the last",
        kind="whole",
    )
    smoothing: float = hyper(
        0.9, "β", "[0, 1)", soft=(0.0, 0.99), scale="complement", help="the share of the smoothed loss that is kept"
    )
    stop: float = hyper(
        4.0, "×", "(1, inf)", soft=(1.5, 10.0), help="the test ends where the smoothed loss is so many times its least"
    )
    linear: bool = flag("linear", "the rate rises in a straight line, not by the same factor each step")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.low < self.high:
            raise ValueError(f"The range of η from {exact(self.low)} to {exact(self.high)} is empty")


parse = View.parse
