"""Exercises to start from, each with what there is to learn."""

from __future__ import annotations

from lrviz.gallery import Exhibit

EXAMPLES = (
    Exhibit(
        "Find the edge",
        "The larger η, the lower the loss, until it blows up. The best rate is just below.",
        "surface=quadratic&steps=60&run=gd",
    ),
    Exhibit(
        "The typical rate is too large",
        "Momentum blows up at its typical 0.01. One step down, and it runs the length of the valley.",
        "surface=rosenbrock&run=momentum",
    ),
    Exhibit(
        "The typical rate is far too small",
        "Adam moves by about η a step, however steep it is: at 0.001 it does not get far in 300 steps.",
        "surface=least_squares&run=adam",
    ),
    Exhibit(
        "With noise, larger is not better",
        "Large rates hover in the noise, small ones do not arrive. The best lies well below the edge.",
        "surface=quadratic&noise=additive+sigma+2&run=gd",
    ),
    Exhibit(
        "Where looking nearby does not help",
        "All small rates fall into the next dent and end alike. The best is far off, beyond worse ones.",
        "surface=ackley&steps=200&run=gd",
    ),
    Exhibit(
        "A schedule wants a larger rate",
        "Half a cosine brings it down to zero, so it may begin large: the best is far larger, and ends lower.",
        "surface=quadratic&noise=additive+sigma+2&run=gd+cosine",
    ),
)
