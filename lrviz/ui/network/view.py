"""What the page shows besides its scene: the network, its data, how it trains; one line of words in the address."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.declare import flag, hyper
from lrviz.ui.view import Numbers


@dataclass(frozen=True)
class View(Numbers):
    """`width 64 epochs 30 batch 32`: what has its default is left out."""

    width: int = hyper(64, "h", "[1, 256]", soft=(8, 256), scale="log", help="units in each hidden layer", kind="whole")
    layers: int = hyper(1, "ℓ", "[1, 3]", soft=(1, 3), help="hidden layers", kind="whole")
    tanh: bool = flag("tanh", "the units are tanh; off: ReLU")
    epochs: int = hyper(
        30, "E", "[1, 500]", soft=(5, 200), scale="log", help="how often each example is seen", kind="whole"
    )
    batch: int = hyper(
        32,
        "b",
        "[1, 1150]",
        soft=(8, 512),
        scale="log",
        help="examples that a step sees",
        kind="whole",
    )
    share: float = hyper(
        100.0, "%", "(0, 100]", soft=(5, 100), help="how much of the training data is kept; few examples overfit"
    )
    wrong: float = hyper(
        0.0, "%", "[0, 90]", soft=(0, 40), help="of so many training examples the class is told wrongly, by chance"
    )
    patience: int = hyper(
        10,
        "p",
        "[1, 500]",
        soft=(2, 50),
        scale="log",
        help="early stopping: epochs in a row without a lower validation loss, after which it stops",
        kind="whole",
    )
    seed: int = hyper(
        0,
        "seed",
        "[0, 4294967295]",
        soft=(0, 99),
        help="of the split of the data, the initial weights and the minibatches",
        kind="whole",
    )
    compared: int = hyper(
        0, "compared", "[0, 2]", soft=(0, 2), help="what varies besides η: seed, optimizer, minibatch", kind="whole"
    )
