"""How the page's policies learn, besides its scene's runs; one line of words in the address."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.declare import flag, hyper
from lrviz.ui.view import Numbers


@dataclass(frozen=True)
class View(Numbers):
    """`budget 40000 seeds 5 episodes 10`: what has its default is left out."""

    budget: int = hyper(
        40_000,
        "N",
        "[1000, 500000]",
        soft=(10_000, 200_000),
        scale="log",
        help="steps of the environment that a seed takes, on average: all runs may take equally many",
        kind="whole",
    )
    seeds: int = hyper(5, "S", "[2, 20]", soft=(2, 20), help="seeds of each run: its luck", kind="whole")
    episodes: int = hyper(
        10, "E", "[2, 100]", soft=(2, 50), scale="log", help="episodes that an update is made of", kind="whole"
    )
    hidden: int = hyper(0, "h", "[0, 64]", soft=(0, 32), help="tanh units of the policy; 0: it is linear", kind="whole")
    discount: float = hyper(1.0, "γ", "[0, 1]", soft=(0.9, 1.0), help="what a step later counts, as a factor")
    bare: bool = flag("no baseline", "each return counts as it is, not compared with those of the other episodes")
    seed: int = hyper(0, "seed", "[0, 4294967000]", soft=(0, 99), help="of the first; the others follow", kind="whole")
    watch: int = hyper(
        1,
        "watch",
        "[1, 20]",
        soft=(1, 20),
        help="which of the seeds is watched; the last where there are fewer",
        kind="whole",
    )
    after: float = hyper(
        100.0, "%", "[0, 100]", soft=(0, 100), help="after how much of the learning the policies are watched"
    )
