"""What the page shows besides its runs, which are the server's: the clients, and what they do in a round."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.declare import flag, hyper, text
from lrviz.numerals import quoted
from lrviz.optimizers import TRAINERS
from lrviz.ui.view import Numbers

MOST_LOCAL = 100


def _known(slug: str) -> str:
    if slug not in TRAINERS:
        raise ValueError(f"There is no optimizer {quoted(slug)} for clients. There are: {', '.join(TRAINERS)}")
    return slug


@dataclass(frozen=True)
class View(Numbers):
    """`local 10 eta 0.1 rounds 40`: what has its default is left out."""

    local: int = hyper(
        10,
        "E",
        f"[1, {MOST_LOCAL}]",
        soft=(1, 50),
        scale="log",
        help="local steps of each client in a round, all its data in each",
        kind="whole",
    )
    eta: float = hyper(
        0.1, "η_c", "(0, inf)", soft=(0.01, 0.3), scale="log", help="the clients' rate on their quadratics"
    )
    rounds: int = hyper(
        60, "T", "[1, 200]", soft=(10, 200), scale="log", help="how often server and clients speak", kind="whole"
    )
    share: float = hyper(
        100.0, "%", "(0, 100]", soft=(10, 100), help="of the clients, drawn anew, take part in a round: at least one"
    )
    clients: int = hyper(6, "K", "[1, 20]", soft=(2, 12), help="how many clients there are", kind="whole")
    apart: float = hyper(
        1.0, "h", "[0, 10]", soft=(0.0, 3.0), help="how far apart the minima of the clients' quadratics are"
    )
    unlike: float = hyper(
        1.0, "u", "[0, 2]", soft=(0.0, 1.5), help="how much their curvatures differ; 0: all have the same"
    )
    cosine: bool = flag("cosine", "the clients' rate falls along half a cosine, to 0 in the last round")
    optimizer: str = text("gd", "optimizer", _known, help="the clients'; it begins anew in each round")
    counted: bool = flag("counted", "the losses stand over the local steps, which cost work; off: over the rounds")
    alpha: float = hyper(
        0.1,
        "α",
        "(0, 10000]",
        soft=(0.03, 100.0),
        scale="log",
        help="how evenly the digits are shared; small: each client has few classes; large: all have the same",
    )
    data_eta: float = hyper(
        1.0, "η_c", "(0, inf)", soft=(0.03, 3.0), scale="log", help="the clients' rate on the digits"
    )
    seed: int = hyper(
        5,
        "seed",
        "[0, 4294967295]",
        soft=(0, 99),
        help="which clients there are, and which of them take part in a round",
        kind="whole",
    )
