"""What the page shows besides its runs: the network, its data, and how long it is trained."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.declare import flag, hyper
from lrviz.ui.view import Numbers


@dataclass(frozen=True)
class View(Numbers):
    """`steps 1500 images 200 width 20 layers 2 gain 1 entropy 0 seed 0`: what has its default is left out."""

    steps: int = hyper(
        1500,
        "T",
        "[10, 6000]",
        soft=(100, 4000),
        scale="log",
        help="steps of each run, all images in each",
        kind="whole",
    )
    images: int = hyper(
        200, "n", "[10, 600]", soft=(50, 400), help="so many digits, drawn by chance, are trained on", kind="whole"
    )
    width: int = hyper(20, "w", "[1, 64]", soft=(4, 40), help="units in each hidden layer, with tanh", kind="whole")
    layers: int = hyper(2, "l", "[1, 3]", soft=(1, 3), help="hidden layers", kind="whole")
    gain: float = hyper(
        1.0, "g", "(0, 10]", soft=(0.1, 3.0), scale="log", help="the initial weights are multiplied by it"
    )
    entropy: bool = flag("entropy", "cross-entropy in place of the squared loss")
    seed: int = hyper(0, "seed", "[0, 4294967295]", soft=(0, 99), help="which images and initial weights", kind="whole")


parse = View.parse
