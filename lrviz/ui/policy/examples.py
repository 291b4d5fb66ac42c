"""Runs to start from: one set for each thing worth seeing."""

from __future__ import annotations

from lrviz.gallery import Exhibit

_GD = "surface=quadratic"


def _at(optimizer: str, *etas: float) -> str:
    return "&".join([_GD, *(f"run={optimizer}+eta+{eta:g}" for eta in etas)])


EXAMPLES: tuple[Exhibit, ...] = (
    Exhibit(
        "A constant high rate, and what helps",
        "High is quick at first, then falls; low crawls. Decayed from high, or with Adam, it is quick and lasts.",
        f"{_GD}&run=gd+eta+0.01&run=gd+eta+0.001&run=gd+eta+0.01+exponential+gamma+0.93&run=adam+eta+0.1",
    ),
    Exhibit(
        "Too low, good, too high",
        "The best constant rate of gradient descent lies close below those that fall. Look at the seeds one by one.",
        _at("gd", 0.0003, 0.002, 0.005, 0.01),
    ),
    Exhibit(
        "Adam does not mind",
        "It divides each gradient by its usual size: from 0.03 to 1 it learns. At 3 its policies are sure too early.",
        _at("adam", 0.01, 0.03, 0.1, 0.3, 1, 3),
    ),
    Exhibit(
        "How fast to decay",
        "From one rate, η times 0.99, 0.97, 0.93 or 0.8 each update. Which of them still falls, which stops early?",
        "&".join([_GD, *(f"run=gd+eta+0.01+exponential+gamma+{gamma}" for gamma in ("0.99", "0.97", "0.93", "0.8"))]),
    ),
    Exhibit(
        "A discount shortens the gradient",
        "At γ = 0.95 a step is paid for what follows within a second: the sums, and so the steps of θ, stay short.",
        _at("gd", 0.01, 0.02, 0.05),
        "discount 0.95",
    ),
    Exhibit(
        "Few episodes an update",
        "Two instead of ten: five times as many updates, each of them mostly luck. Quicker, and less steady.",
        _at("adam", 0.03, 0.1, 0.3),
        "episodes 2",
    ),
    Exhibit(
        "A small network",
        "Sixteen tanh units instead of a linear policy: Adam learns it faster still, and 0.005 is too high for GD.",
        f"{_at('adam', 0.03, 0.1)}&run=gd+eta+0.001&run=gd+eta+0.005",
        "hidden 16",
    ),
)
"""What an empty link shows is the first."""
