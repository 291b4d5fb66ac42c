"""What the page shows besides its scene: how many seeds, and which step; one line of words in the address."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.declare import hyper
from lrviz.scene import MOST_STEPS
from lrviz.ui.view import Numbers


@dataclass(frozen=True)
class View(Numbers):
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


parse = View.parse
