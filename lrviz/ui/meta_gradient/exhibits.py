"""Scenes to start from: where the slope leads, where it misleads, and where there is none."""

from __future__ import annotations

from lrviz.gallery import Exhibit

EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit(
        "Smooth below the limit, wild beyond",
        "The slope leads towards the best η, in ever larger updates. The last one steps over the edge.",
        "surface=ravine&steps=60&run=gd+eta+0.005",
    ),
    Exhibit(
        "At the bottom of the curve",
        "RMSProp on real data: three updates lead to the floor of the curve. It is flat: from there on η hardly moves.",
        "surface=least_squares&steps=40&run=rmsprop+eta+0.01",
        "pace 0.6 updates 25",
    ),
    Exhibit(
        "A valley, but not the lowest",
        "Momentum swings, so its curve has ripples. Descent rests in the first one; a far better η lies behind others.",
        "surface=least_squares&steps=60&run=momentum+eta+0.0005",
        "pace 0.1",
    ),
    Exhibit(
        "One update too far",
        "Just beyond the best η the slope is steep the other way: η is thrown far back, where there is hardly any.",
        "surface=quadratic&steps=60&run=gd+eta+0.02",
        "pace 0.03",
    ),
    Exhibit(
        "Noise does not roughen it",
        "Minibatches of four cars. Every η sees the same draws, so the curve is as smooth as without noise.",
        "surface=least_squares&steps=60&noise=minibatch+batch+4&run=gd+eta+0.01",
        "pace 0.3",
    ),
    Exhibit(
        "A schedule that jumps",
        "Reduce on plateau compares losses. Whether it drops the rate now or a step later is a jump, not a slope.",
        "surface=quadratic&steps=60&run=gd+eta+0.02+plateau+patience+3",
    ),
    Exhibit(
        "A loss without a bottom",
        "Past the saddle losses are negative and have no logarithm: the slope is that of the loss itself.",
        "surface=saddle&steps=60&run=gd+eta+0.02",
        "high 0.2",
    ),
    Exhibit(
        "A rate that learns as it runs",
        "One run of hypergradient descent: α grows while successive gradients agree, and ends far below a fixed η.",
        "surface=double_well&steps=60&run=gd+eta+0.004",
        "pace 0.005",
    ),
    Exhibit(
        "β has a limit of its own",
        "On Rosenbrock’s walls gradients are huge. A β that is harmless elsewhere lets α run away.",
        "surface=rosenbrock&steps=100&run=gd+eta+0.0005",
        "beta 3e-6",
    ),
)
