"""A rate of its own for each coordinate, from the gradients that it has seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrviz.models.data import load
from lrviz.models.linear import LogisticRegression
from lrviz.models.sparse import binned
from lrviz.numerals import count, rounded
from lrviz.optimizers import AdaGrad
from lrviz.scene import Scene
from lrviz.schedules import Constant
from lrviz.simulation import simulate
from lrviz.strategies.claims import Claim, Measured, Strategy
from lrviz.strategies.marginal import worse_on_unseen
from lrviz.strategies.trials import (
    STARTS,
    course,
    kinds,
    rates,
    run_from,
    share,
    starts,
    times,
)
from lrviz.threads import one_thread
from lrviz.tuning.task import Task

FEW = 8
"""Starts of runs that are long."""


def any_scale(scene: Scene) -> Measured:
    """The second run's path is the same however steep y is; the first's, at a rate good for the one, is not."""
    kappa = float(scene.surface.kappa)  # type: ignore[attr-defined]
    paths = []
    for steep in (kappa, 100 * kappa):
        surface = scene.surface.replace(kappa=steep)
        runs = [
            simulate(surface, run.optimizer, run.schedule, start=starts(scene), steps=scene.steps) for run in scene.runs
        ]
        paths.append([run.theta for run in runs])
    first, second = (
        float(np.max(np.nan_to_num(np.abs(one - other), nan=np.inf))) for one, other in zip(*paths, strict=True)
    )
    return Measured(
        second < 1e-6 and first > 1,
        f"From {STARTS} starts: where y is made 100 times as steep, its path moves by {rounded(second, 2)} at most; at"
        f" the same η {scene.names()[0].lower()} {'blows up' if np.isinf(first) else f'moves by {rounded(first, 2)}'}.",
        {"moved": second, "moved at one rate": first},
    )


def only_along_axes(scene: Scene) -> Measured:
    """Turned by the scene's angle the same bowl takes far longer, each time at the best of many rates."""
    etas, reached = rates(1e-2, 1e2, 10), []
    for angle in (0.0, float(scene.surface.angle)):  # type: ignore[attr-defined]
        turned = replace(scene, surface=scene.surface.replace(angle=angle))
        run = replace(scene.runs[0], schedule=Constant(etas))
        at = np.repeat(np.array(scene.start)[:, None], len(etas), axis=1)
        losses = course(turned, run, at)
        there = losses <= 1e-6 * losses[0]
        reached.append(float(np.where(there.any(axis=0), there.argmax(axis=0), np.inf).min()))
    ratio = reached[1] / reached[0]
    return Measured(
        bool(ratio > 3),
        f"At the best of {len(etas)} rates it brings the loss to a millionth in {rounded(reached[0])} steps where the"
        " valley lies along an axis, and"
        + (
            f" in {rounded(reached[1])} where it is turned."
            if np.isfinite(reached[1])
            else f" not within {rounded(scene.steps)} where it is turned."
        ),
        {"along": reached[0], "turned": reached[1]},
    )


TESTED = np.geomspace(0.01, 30, 15)


def rare_columns(scene: Scene) -> Measured:
    """On columns that are rarely on, AdaGrad at its best rate ends far below the scene's method at its own."""
    train, _ = binned(load("breast_cancer").only(0, 1)).split(0.3, scene.seed)
    problem = LogisticRegression(train, 0.001)
    with one_thread():
        near = _newton(problem)
        mine, theirs = (
            float(np.min(Task(problem, optimizer, scene.steps).losses(TESTED))) - near
            for optimizer in (AdaGrad(), scene.runs[0].optimizer)
        )
    ratio, often = theirs / mine, float(np.median(train.features.mean(axis=0)))
    return Measured(
        ratio > 2,
        f"{count(problem.dim)} weights on columns of real data, half of them on in {100 * often:.0f} % of the examples"
        f" or fewer; {len(TESTED)} rates for each method, {count(scene.steps)} steps. Gradient descent ends"
        f" {times(ratio)} as far above the lowest loss as AdaGrad, each at its best rate.".replace(
            "Gradient descent", scene.names()[0]
        ),
        {"ratio": ratio, "often": often},
    )


def _newton(problem: LogisticRegression) -> float:
    """The lowest loss, by damped Newton steps: quicker than by the problem itself, which asks for more digits."""
    theta = problem.start
    for _ in range(30):
        loss, grad = problem.loss_and_grad(theta)
        step, length = np.linalg.solve(problem.hess(theta), grad), 1.0
        while problem.loss(theta - length * step) > loss - 1e-4 * length * float(grad @ step) and length > 1e-6:
            length /= 2
        theta = theta - length * step
        if float(grad @ step) < 1e-14:
            break
    return float(problem.loss(theta))


def never_rests(scene: Scene) -> Measured:
    """The first run circles, wherever it starts; the second, whose rate fades, comes to rest."""
    fixed, faded = (kinds(run_from(scene, number, starts(scene, FEW))) for number in (0, 1))
    circling, landed = share(fixed, "oscillating"), share(faded, "converged")
    return Measured(
        circling > 0.95 and landed > 0.95,
        f"From {FEW} starts it ends bouncing at a fixed rate in {circling:.0%}; with the decay it converges in"
        f" {landed:.0%}.",
        {"circling": circling, "landed": landed},
    )


def runs_out(scene: Scene) -> Measured:
    """The first run stops short; it is late, not at its limit."""
    ran = [run_from(scene, number, starts(scene, FEW)) for number in (0, 1)]
    behind = float(np.mean(ran[0].loss[-1] > ran[1].loss[-1]))
    stalled = share(kinds(ran[0]), "stalled")
    return Measured(
        stalled > 0.6 and behind > 0.75,
        f"From {FEW} starts it stops short in {stalled:.0%}, and ends above RMSProp in {behind:.0%}.",
        {"stalled": stalled, "behind": behind},
    )


def fails(scene: Scene) -> Measured:
    """The first run ends at the worst point, the second at the best, wherever they start."""
    (best, _), *_ = scene.surface.minima
    drawn = starts(scene, FEW)
    drawn[0] = np.clip(drawn[0], -1, 1)
    adam, amsgrad = (run_from(scene, number, drawn).theta[-1, 0] for number in (0, 1))
    worst, right = float(np.mean(np.abs(adam + best) < 0.05)), float(np.mean(np.abs(amsgrad - best) < 0.05))
    return Measured(
        worst == 1.0 and right == 1.0,
        f"From {FEW} starts {scene.names()[0]} ends at x = {rounded(-float(best))}, the worst point, in {worst:.0%},"
        f" and {scene.names()[1]} at x = {rounded(float(best))}, the best, in {right:.0%}.",
        {"worst": worst, "right": right},
    )


def remembers(scene: Scene) -> Measured:
    """How many numbers a method keeps for each coordinate."""
    kept = []
    for run in scene.runs:
        state = run.optimizer.init(np.zeros((2, 1)))
        kept.append(sum(np.shape(value) == (2, 1) for value in state.values()))
    names = [name.lower() if name != "Adam" else name for name in scene.names()]
    told = ", ".join(f"{name} {number}" for name, number in zip(names, kept, strict=True))
    return Measured(
        kept[0] == 0 and kept[-1] == 2,
        f"Numbers kept for each coordinate, counted in their states: {told}.",
        dict(zip(names, map(float, kept), strict=True)),
    )


ADAPTIVE = Strategy(
    "adaptive",
    "Adaptive",
    "AdaGrad, RMSProp, Adam and their kin: a rate for each coordinate, from the gradients that it has seen.",
    "Does not mind how steep a coordinate is; makes up for rare features",
    "May generalize worse; can fail to converge; a fixed η never rests; keeps more numbers",
    "The first choice for transformers, sparse features and whatever nobody has tuned; mostly with a warm-up and a"
    " decay round it.",
    "Duchi, Hazan & Singer (2011), Adaptive subgradient methods, JMLR; Kingma & Ba (2015), Adam, ICLR",
    (),
    ("adagrad", "adadelta", "rmsprop", "adam", "adamw", "amsgrad", "nadam", "radam", "adamax", "adabelief", "yogi"),
    (
        Claim(
            "adaptive-scale",
            "pro",
            "How steep a coordinate is does not matter: one η serves the flat and the steep alike.",
            "AdaGrad goes straight to the minimum, as if there were no valley. Set κ to anything: its path stays.",
            "surface=quadratic+kappa+100+angle+0&run=gd+eta+0.019&run=adagrad+eta+0.5",
            any_scale,
            source="Duchi, Hazan & Singer (2011)",
        ),
        Claim(
            "adaptive-rare",
            "pro",
            "Rare but telling features get large steps, which one rate for all cannot give them.",
            "Further down: each at its own best η, AdaGrad comes several times as near.",
            "surface=quadratic&steps=100&run=gd+eta+0.3",
            rare_columns,
            page="logistic",
            view="part 2 data 2 first 0 second 1 y 1 penalty 0.001",
            source="Duchi, Hazan & Singer (2011)",
        ),
        Claim(
            "adaptive-axes",
            "con",
            "The rates are those of coordinates: turned by 45° the same valley is slow again.",
            "The same bowl as without the angle, where it goes straight to the minimum.",
            "surface=quadratic+kappa+100+angle+45&steps=1000&run=adagrad+eta+0.5",
            only_along_axes,
        ),
        Claim(
            "adaptive-rest",
            "con",
            "At a fixed η it never rests: where the slope fades, its steps do not.",
            "The fixed run circles the minimum, the decayed one lands.",
            "surface=quadratic&steps=600&run=rmsprop+eta+0.3+rho+0.9&run=rmsprop+eta+0.3+rho+0.9+cosine+period+400",
            never_rests,
        ),
        Claim(
            "adaptive-breath",
            "con",
            "AdaGrad’s sum only grows and its rate only falls: at too small an η it runs out before it arrives.",
            "The loss of AdaGrad flattens far above the minimum, RMSProp’s does not.",
            "surface=quadratic&steps=1000&run=adagrad&run=rmsprop",
            runs_out,
            source="Zeiler (2012), ADADELTA: an adaptive learning rate method",
        ),
        Claim(
            "adaptive-fails",
            "con",
            "Adam can fail to converge: with a short memory it goes to the worst point of a simple convex problem.",
            "Adam goes to x = +1, the highest point of the segment; AMSGrad, which keeps the largest v, to the lowest.",
            "surface=online&steps=1500&run=adam+eta+0.02+beta1+0+beta2+0.1&run=amsgrad+eta+0.02+beta1+0+beta2+0.1",
            fails,
            source="Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond, ICLR, theorem 1",
        ),
        Claim(
            "adaptive-worse",
            "con",
            "May generalize worse: among all solutions that fit, it finds another one than gradient descent.",
            "Every point of the valley’s floor fits. Gradient descent stops at the one nearest to its start, Adam does"
            " not.",
            "surface=expression+text+0.5%2A%28x%2B4%2Ay-1%29%5E2&start=0+0&steps=500&run=gd+eta+0.05&run=adam+eta+0.01",
            worse_on_unseen,
            source="Wilson et al. (2017), The marginal value of adaptive gradient methods in machine learning, NeurIPS",
        ),
        Claim(
            "adaptive-images",
            "con",
            "On deep networks for images, gradient descent with momentum generalizes better than Adam.",
            why_not="It was seen on convolutional networks with millions of weights. Whether it is so for the small"
            " network on the Network page was not measured.",
            source="Wilson et al. (2017), section 4; Choi et al. (2019) did not find it once both were tuned alike",
        ),
        Claim(
            "adaptive-memory",
            "con",
            "It keeps more numbers: Adam two for each weight, where gradient descent keeps none.",
            "The state of each step: g alone, or m and v besides.",
            "surface=quadratic&run=gd+eta+0.1&run=momentum+eta+0.02&run=adam+eta+0.1",
            remembers,
            page="anatomy",
        ),
    ),
)
