"""What the page shows besides its scene: the numbers of the test; one line of words in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lrviz.declare import Declared, flag, hyper
from lrviz.numerals import exact, quoted

MOST = 20_000
"""Steps of the longest ramp."""


def _end(default: float, help: str) -> float:
    number: float = hyper(default, "η", "(0, inf)", soft=(1e-5, 10.0), scale="log", help=help)
    return number


@dataclass(frozen=True)
class View(Declared):
    """`low 0.001 high 1 ramp 500 smoothing 0.98`: what has its default is left out."""

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

    def __str__(self) -> str:
        return " ".join(f"{declared.name} {exact(value)}" for declared, value in self.changed())


def parse(text: str) -> tuple[View, tuple[str, ...]]:
    """The view of these words, and a sentence for each that is not legal; the rest holds."""
    declared = {declaration.name: declaration for declaration in View.hypers()}
    numbers: dict[str, Any] = {}
    problems = []
    words = iter(text.split())
    for name in words:
        if name not in declared:
            problems.append(f"The view has no number {quoted(name)}; it has: {', '.join(declared)}.")
            next(words, None)
            continue
        try:
            numbers[name] = declared[name].parse("View", next(words, ""))
        except ValueError as problem:
            problems.append(f"{problem}.")
    try:
        return View(**numbers), tuple(problems)
    except ValueError as problem:
        rest = {name: value for name, value in numbers.items() if name not in ("low", "high")}
        return View(**rest), (*problems, f"{problem}.")
