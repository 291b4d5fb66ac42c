"""Rounds to start from: one thing each."""

from __future__ import annotations

from lrviz.gallery import Exhibit

_ON = "surface=quadratic"
_THREE = f"{_ON}&run=gd+eta+1&run=momentum+eta+0.3+beta+0.7&run=adam+eta+0.1"
_ONE = f"{_ON}&run=gd+eta+1"

EXAMPLES: tuple[Exhibit, ...] = (
    Exhibit(
        "Client drift",
        "The clients fan out, each to its own minimum. All servers come to rest at the same wrong place, ×.",
        _THREE,
    ),
    Exhibit(
        "One local step",
        "Then a round is one step of plain gradient descent on the mean loss: no drift, and many rounds.",
        _ONE,
        "local 1",
    ),
    Exhibit(
        "Many local steps",
        "Each round goes far: the loss falls at once, and stops falling at the drift’s floor.",
        _ONE,
        "local 50",
    ),
    Exhibit(
        "Curvatures alike",
        "The minima lie just as far apart, and yet there is no drift: all clients pull equally hard.",
        _ONE,
        "unlike 0",
    ),
    Exhibit(
        "The clients’ rate falls to 0",
        "The smaller η · E, the smaller the drift. A falling client rate leads the server away from × to the optimum.",
        _ONE,
        "rounds 100 cosine 1",
    ),
    Exhibit(
        "A few clients a round",
        "Who takes part is drawn anew: the server jumps about, the more the farther the clients’ minima are apart.",
        f"{_ON}&run=gd+eta+1&run=gd+eta+0.2",
        "rounds 100 share 35",
    ),
    Exhibit(
        "Server momentum",
        "FedAvgM: the same rate with and without momentum. It is faster, and it does not take the drift away.",
        f"{_ON}&run=gd+eta+0.1&run=momentum+eta+0.1+beta+0.8",
        "local 5",
    ),
    Exhibit(
        "Each client has few digits",
        "Further down: 1 of 10 is shared so unevenly that clients know few classes. Set α to 100 and compare.",
        _THREE,
        "alpha 0.03",
    ),
)
"""What an empty link shows is the first."""
