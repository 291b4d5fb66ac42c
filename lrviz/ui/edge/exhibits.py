"""Runs to start from: how the edge is come to, what moves it, and where there is none."""

from __future__ import annotations

from lrviz.gallery import Exhibit

EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit(
        "Sharper until 2/η",
        "λmax grows, and stops growing where it meets 2/η. The larger the rate, the sooner and the lower that is.",
        "run=gd+eta+0.15&run=gd+eta+0.3&run=gd+eta+0.5",
    ),
    Exhibit(
        "From a flat start",
        "With small weights it begins far below. Its growth is that of the network, not of the rate.",
        "run=gd+eta+0.15&run=gd+eta+0.3&run=gd+eta+0.5",
        "gain 0.4",
    ),
    Exhibit(
        "Momentum bears more, Nesterov less",
        "The edges are those of a quadratic: 2(1 + β)/η with momentum, 2(1 + β)/((1 + 2β)η) with Nesterov’s.",
        "run=gd+eta+0.6&run=momentum+eta+0.6+beta+0.5&run=nesterov+eta+0.3",
        "steps 800",
    ),
    Exhibit(
        "Adaptive methods have an edge too",
        "They step on P⁻¹H, and it is the λmax of that which comes to an edge: 38/η for Adam. The axis is logarithmic.",
        "run=adam+eta+0.01&run=rmsprop+eta+0.001&run=adagrad+eta+0.03",
        "steps 1000",
    ),
    Exhibit(
        "When η drops, λmax grows again",
        "Both hover at 3.33. Halved at step 700, the rate bears twice as much, and the curvature sets out for that.",
        "run=gd+eta+0.6&run=gd+eta+0.6+step+drop+0.5+every+700",
        "steps 1399",
    ),
    Exhibit(
        "Warm-up flattens the way in",
        "At the start the network is too sharp for η = 1: one run blows up. The other begins low, and λmax gives way.",
        "run=gd+eta+1&run=gd+eta+1+warmup+steps+300",
        "steps 800",
    ),
    Exhibit(
        "Cross-entropy lets go of the edge",
        "Once every digit is told apart, curvature fades with the slopes: λmax falls far below its edge at any rate.",
        "run=gd+eta+0.3&run=gd+eta+1&run=gd+eta+3",
        "steps 400 entropy 1",
    ),
)
