"""Searches to start from: one for each thing worth seeing."""

from __future__ import annotations

from lrviz.gallery import Exhibit

EXAMPLES: tuple[Exhibit, ...] = (
    Exhibit(
        "The best lies beside the edge",
        "Step through the Bayesian samples: the model learns that larger is better, until one sample blows up. Then"
        " reveal the truth.",
        "surface=quadratic&steps=30&run=gd",
    ),
    Exhibit(
        "A wide valley",
        "AdaGrad divides by what it has seen: over more than a decade of η it arrives to the last digit. Any search"
        " will do.",
        "surface=quadratic&run=adagrad",
        "truth 1",
    ),
    Exhibit(
        "A number that does not matter",
        "A grid of 3 × 3 spends nine runs on three values of η, since ε changes nothing. Random search tries nine.",
        "surface=rosenbrock&steps=200&run=adam",
        "method grid also eps 1e-12 1e-6 runs 9 truth 1",
    ),
    Exhibit(
        "Two numbers that do",
        "The larger β, the smaller the η that goes with it. Halving sees many pairs, and spends its steps on the best.",
        "surface=rosenbrock&run=momentum",
        "method halving also beta 0 0.99 runs 16 truth 1",
    ),
    Exhibit(
        "Halving is fooled by noise",
        "A large η is ahead early and hovers in the noise at the end. Halving drops the small ones before they arrive.",
        "surface=quadratic&noise=additive+sigma+0.3&run=momentum",
        "method halving truth 1",
    ),
    Exhibit(
        "The best is luck",
        "RMSProp never rests. Where it happens to stand at its last step changes from η to η: the best is a needle.",
        "surface=rosenbrock&run=rmsprop",
        "method random runs 20 truth 1",
    ),
)
