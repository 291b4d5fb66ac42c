"""What the page shows besides its runs: the network, how it is trained, and which plane is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.declare import flag, hyper
from lrviz.ui.view import Numbers


@dataclass(frozen=True)
class View(Numbers):
    """`random 1 reach 2 draw 3 ride 1 epochs 40 batch 32 other 500 width 32 images 500 squared 1 seed 0`: what has its
    default is left out."""

    random: bool = flag(
        "random", "directions by chance, each unit’s weights as long as its own; else those of the paths"
    )
    ride: bool = flag("ride", "let the first run’s optimizer step on the plane itself, as on any surface")
    reach: float = hyper(
        1.0,
        "r",
        "(0, 20]",
        soft=(0.2, 5.0),
        scale="log",
        help="how much of the plane is seen: 1 is about the paths’ own",
    )
    draw: int = hyper(0, "draw", "[0, 9999]", soft=(0, 99), help="which directions by chance", kind="whole")
    epochs: int = hyper(40, "E", "[1, 200]", soft=(5, 100), help="epochs of each run", kind="whole")
    batch: int = hyper(32, "m", "[1, 1000]", soft=(8, 500), scale="log", help="images in a minibatch", kind="whole")
    other: int = hyper(
        0,
        "m′",
        "[0, 1000]",
        soft=(0, 500),
        help="images in a minibatch of all runs but the first; 0: as many as in the first",
        kind="whole",
    )
    width: int = hyper(32, "w", "[1, 64]", soft=(4, 64), help="units in the hidden layer, with tanh", kind="whole")
    images: int = hyper(500, "n", "[50, 1000]", soft=(100, 1000), help="digits that are trained on", kind="whole")
    squared: bool = flag("squared", "the squared loss in place of cross-entropy")
    seed: int = hyper(
        0, "seed", "[0, 4294967295]", soft=(0, 99), help="which images, initial weights and minibatches", kind="whole"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, size in (("batch (m)", self.batch), ("other (m′)", self.other)):
            if size > self.images:
                raise ValueError(f"View.{name} = {size} is more than the {self.images} images")

    def size(self, number: int) -> int:
        """Images in a minibatch of a run, by its number."""
        return self.other if number and self.other else self.batch


View.together = ("batch", "other", "images")
parse = View.parse
