"""What the page shows besides its run: how much there is to learn from, and how; one line of words in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lrviz.declare import flag, hyper
from lrviz.models.transfer import NEW
from lrviz.ui.view import Numbers


@dataclass(frozen=True)
class View(Numbers):
    """`n 50 early 0.3 epochs 2 steps 100 width 16 seeds 3 same 1`: what has its default is left out."""

    together: ClassVar[tuple[str, ...]] = ("n",)

    n: int = hyper(
        20,
        "n",
        "[5, 400]",
        soft=(5, 200),
        scale="log",
        help="new examples, as many of each new digit: a multiple of 5; the charts below the first are about them",
        kind="whole",
    )
    early: float = hyper(
        0.1,
        "r",
        "(0, 1)",
        soft=(0.01, 0.9),
        scale="log",
        help="the multiplier on η of all layers but the last, where early layers have a lower rate",
    )
    epochs: int = hyper(
        10,
        "epochs",
        "[0, 100]",
        soft=(0, 40),
        help="how often the old digits 0–4 are gone through first; 0 leaves the first random weights",
        kind="whole",
    )
    steps: int = hyper(40, "T", "[1, 500]", soft=(10, 200), scale="log", help="steps of each fine-tuning", kind="whole")
    width: int = hyper(
        24, "width", "[2, 64]", soft=(8, 64), help="units in each of the two hidden layers", kind="whole"
    )
    seeds: int = hyper(
        5,
        "S",
        "[2, 20]",
        soft=(3, 10),
        help="networks, and draws of the new examples: one of each a seed",
        kind="whole",
    )
    same: bool = flag("same", "compare all ways at the run's own η, not each at its own best")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n % len(NEW):
            raise ValueError(f"View.n = {self.n} is not a multiple of {len(NEW)}: there are as many of each new digit")


parse = View.parse
