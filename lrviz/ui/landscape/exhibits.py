"""Runs to start from: what a plane shows of them, and what it hides."""

from __future__ import annotations

from lrviz.gallery import Exhibit

TWO = "run=gd+eta+0.05&run=gd+eta+0.5"
"""The same method at a small and at a large rate."""

EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit(
        "Two rates, one plane",
        "Two dimensions hold nearly all of both paths. The larger rate goes the same way, farther, to a flatter end.",
        TWO,
    ),
    Exhibit(
        "By chance: a bowl without a path",
        "Filter-normalized planes around both ends. They hold next to nothing of the paths, which went other ways.",
        TWO,
        "random 1",
    ),
    Exhibit(
        "Small and large minibatches",
        "Equal rates and epochs. With 250 images a step the run takes few steps, and ends sooner, where it is sharper.",
        "run=gd+eta+0.5&run=gd+eta+0.5",
        "other 250",
    ),
    Exhibit(
        "Adam takes another way",
        "The same start and minibatches. The paths part early, and the plane of both holds less of each.",
        "run=gd+eta+0.2&run=adam+eta+0.01",
    ),
    Exhibit(
        "Run on the plane itself",
        "Gradient descent on the plane, as on any surface: without noise, and held to it, it finds a way of its own.",
        "run=gd+eta+0.5",
        "ride 1",
    ),
    Exhibit(
        "Momentum goes far",
        "It passes where gradient descent stops, and what looks like one valley goes on behind it.",
        "run=gd+eta+0.1&run=momentum+eta+0.1",
    ),
    Exhibit(
        "One of them blows up",
        "With the squared loss η = 0.5 is beyond what the start can bear. The plane is that of the others.",
        "run=gd+eta+0.05&run=gd+eta+0.2&run=gd+eta+0.5",
        "squared 1",
    ),
)
