"""Maps to start from: one for each thing worth seeing."""

from __future__ import annotations

from lrviz.gallery import Exhibit

PRESETS: tuple[Exhibit, ...] = (
    Exhibit(
        "Momentum: η and β",
        "Beyond 2(1 + β)/L all is lost. Inside, the quickest runs lie in a wedge that points to the best pair.",
        "surface=quadratic&steps=300&run=momentum+eta+0.1+beta+0.5",
        "across eta 0.004 1 up beta 0 1",
    ),
    Exhibit(
        "How κ narrows the way",
        "The limit 2/κ comes down with the curvature; below it a run needs ever more steps.",
        "surface=quadratic&steps=300&run=gd+eta+0.05",
        "across eta 0.001 3 up kappa 1 1000",
    ),
    Exhibit(
        "Nesterov: less room than momentum",
        "Its limit falls with β, from 2/L to 4/(3L): what is stable for momentum may blow up here.",
        "surface=quadratic&steps=300&run=nesterov+eta+0.1+beta+0.5",
        "across eta 0.004 1 up beta 0 1",
    ),
    Exhibit(
        "Basins of attraction",
        "Each start leads to one of four minima. Momentum overshoots, so the borders between the basins are torn.",
        "surface=himmelblau&start=-1+-1&steps=300&run=momentum+eta+0.004",
        "across x -5 5 up y -5 5",
    ),
    Exhibit(
        "Adam on Rosenbrock",
        "No closed form tells this map. There is a wide band of good rates, and a frayed edge.",
        "surface=rosenbrock&steps=1000&run=adam+eta+0.3",
        "across eta 0.01 10 up beta1 0 1",
    ),
    Exhibit(
        "Forgetting too soon",
        "RMSProp's ρ and η: it hovers where its memory is short, and rests only where the rate is small.",
        "surface=quadratic&steps=400&run=rmsprop+eta+0.01",
        "across eta 0.0001 1 up rho 0 0.999 complement",
    ),
    Exhibit(
        "Noise against η",
        "The louder the gradient's noise, the smaller the rate that still comes near.",
        "surface=quadratic&steps=300&noise=additive+sigma+0.1&run=gd+eta+0.05",
        "across eta 0.001 1 up sigma 0.001 10",
    ),
    Exhibit(
        "When to restart",
        "The period of warm restarts and η, on a surface full of dents: short cycles and large rates leave them.",
        "surface=rastrigin&start=4+3&steps=300&run=momentum+eta+0.033+beta+0.5+warm_restarts",
        "across eta 0.001 0.1 up period 10 300",
    ),
)
