"""Scenes to start from: when the test is right, and each way in which it misleads."""

from __future__ import annotations

from lrviz.gallery import Exhibit

EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit(
        "The test at its best",
        "A noisy bowl. All that is read off the curve is as good as the best of the real runs; only the edge is late.",
        "surface=quadratic&noise=additive&run=gd+eta+0.025",
    ),
    Exhibit(
        "A slow ramp finds the edge",
        "With 20,000 steps the edge is theory’s to a few percent. But so long a run has arrived before η is large:"
        " the suggestions are far too small.",
        "surface=quadratic&noise=additive&run=gd+eta+0.025",
        "ramp 20000 smoothing 0.99",
    ),
    Exhibit(
        "Without noise it is later still",
        "When η passes the limit the run sits on the minimum. From next to nothing it takes long to grow.",
        "surface=quadratic&run=gd+eta+0.1",
    ),
    Exhibit(
        "The average lags",
        "fastai’s β = 0.98 looks back over 50 steps: the steepest descent moves to the right, where runs are worse.",
        "surface=quadratic&noise=additive&run=gd+eta+0.025",
        "smoothing 0.98",
    ),
    Exhibit(
        "Stopped by the noise",
        "Minibatches of one car: by chance the smoothed loss is four times its least, although the run is well.",
        "surface=least_squares&noise=minibatch&run=gd+eta+0.04",
    ),
    Exhibit(
        "It sees speed, not the floor",
        "Momentum under noise: what falls fastest in a short test is not what ends lowest. All four are too large.",
        "surface=quadratic&noise=additive&run=momentum+eta+0.002",
    ),
    Exhibit(
        "A flat start",
        "On the shelf nothing happens until η is large, and nothing ever blows up: half of the rules are lost.",
        "surface=plateau&run=gd+eta+0.4",
        "low 0.001 high 100",
    ),
    Exhibit(
        "The first wall is not the valley",
        "On Rosenbrock the loss falls on the way into the valley. How to go along it the test never sees.",
        "surface=rosenbrock&steps=1000&run=momentum+eta+0.002",
        "low 1e-5 high 1",
    ),
    Exhibit(
        "Thrown from well to well",
        "The run is thrown out of the sharp well, and the flat one catches it: the loss tells an edge only far beyond.",
        "surface=double_well&run=gd+eta+0.03",
        "low 0.001 high 100",
    ),
)
