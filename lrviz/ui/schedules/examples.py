"""Scenes to start from: one for each thing that a schedule can do."""

from __future__ import annotations

from lrviz.gallery import Exhibit

EXAMPLES = (
    Exhibit(
        "Restarts and cycles leave a basin",
        "The decayed rate stays in the sharp well where it began. Restarts and cycles throw it into the flat one.",
        "surface=double_well&start=-1.2+0.8&steps=240&run=momentum+eta+0.08+cosine+period+240"
        "&run=momentum+eta+0.08+warm_restarts+period+40&run=momentum+eta+0.08+triangular+half_period+20",
    ),
    Exhibit(
        "It takes a second restart",
        "The first cycle ends in the sharp well, like every decay. Only the restart at step 60 leaves it.",
        "surface=double_well&start=-1.5+0.5&steps=240&run=momentum+eta+0.17+beta+0.7+cosine+period+240"
        "&run=momentum+eta+0.17+beta+0.7+polynomial+period+240"
        "&run=momentum+eta+0.17+beta+0.7+warm_restarts+period+60",
    ),
    Exhibit(
        "A drop below the limit",
        "η·L = 2.1 grows. Halved at step 50 it is below the limit, and all that it had grown is gone soon.",
        "surface=quadratic&steps=200&run=gd+eta+0.21&run=gd+eta+0.21+step+drop+0.5+every+50",
    ),
    Exhibit(
        "Landing from a limit cycle",
        "At a fixed rate RMSProp circles the minimum at a distance of about η. Every decay lands; they differ in when.",
        "surface=quadratic&steps=600&run=rmsprop+eta+0.3+rho+0.9&run=rmsprop+eta+0.3+rho+0.9+cosine+period+600"
        "&run=rmsprop+eta+0.3+rho+0.9+polynomial+period+600&run=rmsprop+eta+0.3+rho+0.9+exponential",
    ),
    Exhibit(
        "A warm-up saves a rate that is too high at first",
        "At the start the valley is steep, and η = 0.003 is thrown out. Warmed up, the same rate lands.",
        "surface=rosenbrock&steps=600&run=momentum+eta+0.003&run=momentum+eta+0.003+warmup+steps+100+start_factor+0.1",
    ),
    Exhibit(
        "Noise: fade, or hover",
        "With noise a constant rate hovers. Each decay closes in; each rise of a cycle is thrown out again.",
        "surface=quadratic&steps=600&noise=additive+sigma+1&run=gd+eta+0.1&run=gd+eta+0.1+cosine+period+600"
        "&run=gd+eta+0.1+warm_restarts+period+150&run=gd+eta+0.1+triangular2+half_period+75",
    ),
)
