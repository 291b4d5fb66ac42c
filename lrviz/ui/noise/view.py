"""What the page shows besides its scene: how many seeds, and which step; one line of words in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lrviz.declare import Declared, hyper
from lrviz.numerals import exact, quoted
from lrviz.scene import MOST_STEPS


@dataclass(frozen=True)
class View(Declared):
    """`seeds 400 step 120`: what has its default is left out."""

    seeds: int = hyper(
        256, "N", "[2, 1000]", soft=(16, 1000), scale="log", help="runs that differ only by their draws", kind="whole"
    )
    step: int = hyper(
        MOST_STEPS,
        "t",
        f"[0, {MOST_STEPS}]",
        soft=(0, MOST_STEPS),
        help="the step that is shown; the last where there are fewer",
        kind="whole",
    )

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
    return View(**numbers), tuple(problems)
