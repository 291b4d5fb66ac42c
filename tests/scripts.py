"""Scenes whose scripts are run, and how a script's paths are compared with the app's own."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import numpy as np

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, simulate
from lrviz.declare import Array
from lrviz.noise import NOISES
from lrviz.optimizers import WRAPPERS, Momentum, wrapped
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant, Warmup
from lrviz.surfaces import LeastSquares
from tests.pairs import pairs

STEPS = 120
MOVE, STRAY, CLOSE = 1e-12, 1e-9, 1e-8
"""A path is calm until one whose start is moved by MOVE is farther from it than STRAY; so long, a script is CLOSE."""
WRAPPED = {"rates": {"x": 0.5, "y": 1.5}, "clip": {"norm": 2.0}, "lookahead": {"every": 4}, "averaged": {"fade": 0.9}}
EVERY_FUNCTION = (
    "sin(x)+cos(y)+tan(x/4)+asin(x/9)+acos(y/9)+atan(x)+sinh(x/3)+cosh(y/2)+tanh(x)+exp(-x^2)+log(x^2+2)"
    "+sqrt(y^2+1)+abs(x-1)+pi*x/e+x^4/9+(y^2+1)^0.3"
)


def scenes(rounds: int) -> dict[str, Scene]:
    """By a name: every optimizer on some surfaces, with some schedules, some after a warm-up, some with noise; and
    every wrapper, warm-up and noise."""
    noises = cycle([None, None, NOISES["additive"](sigma=0.05), None, NOISES["anisotropic"]()])
    found = {}
    for number, (surface, optimizer, schedule) in enumerate(pairs(rounds)):
        method = OPTIMIZERS[optimizer]()
        rule = SCHEDULES[schedule]().stretched(STEPS / 300).with_eta(method.typical_eta)
        rule = Warmup(rule, steps=7) if number % 3 == 0 else rule
        if method.refusal(SURFACES[surface]()):
            surface = "rosenbrock"
        scene = Scene(SURFACES[surface](), (Run(method, rule),), steps=STEPS, noise=next(noises), seed=number)
        found[f"{optimizer} {schedule} {surface}"] = scene
    bowl = SURFACES["quadratic"]()
    for slug, wrapper in WRAPPERS.items():
        one = wrapped(Momentum(), [wrapper(**WRAPPED.get(slug, {}))])
        found[slug] = Scene(bowl, (Run(one, Constant(0.02)),), steps=STEPS)
    every = wrapped(OPTIMIZERS["adam"](), [wrapper(**WRAPPED.get(slug, {})) for slug, wrapper in WRAPPERS.items()])
    found["all wrappers"] = Scene(SURFACES["himmelblau"](), (Run(every, Constant(0.05)), Run()), steps=STEPS)
    typed = SURFACES["expression"](text=EVERY_FUNCTION)
    found["every function"] = Scene(typed, (Run(OPTIMIZERS["adam"](), Constant(0.05)), Run()), steps=STEPS)
    minibatch = NOISES["minibatch"](batch=5)
    found["minibatch"] = Scene(LeastSquares(), (Run(Momentum(), Constant(0.01)),), steps=STEPS, noise=minibatch, seed=3)
    return found


def switched(scene: Scene) -> Scene:
    """The scene with every switch of its optimizers turned on."""
    runs = []
    for run in scene.runs:
        flags = {number.name: True for number in run.method.hypers() if number.kind == "flag"}
        runs.append(run.with_part(run.method.replace(**flags)))
    return replace(scene, runs=tuple(runs))


def calm(scene: Scene, number: int) -> tuple[Array, Array, Array]:
    """θ of a run while it is calm, (steps, 2), with the losses there and the rates that led there."""
    x, y = scene.start
    start = np.array([(x, y), (x + MOVE, y), (x, y + MOVE)]).T
    run = scene.runs[number]
    both = simulate(
        scene.surface, run.optimizer, run.schedule, start=start, steps=scene.steps, noise=scene.noise, seed=scene.seed
    )
    one = scene.run()[number]
    strayed = ~(np.abs(both.theta[..., 1:] - both.theta[..., :1]).max(axis=(1, 2)) <= STRAY)
    if run.inner.slug == "plateau":  # once the loss is at its least, its last digits decide when the rate falls
        strayed |= one.loss - np.nanmin(one.loss) <= 1e-12 * np.abs(one.loss[0])
    end = int(np.argmax(strayed)) if strayed.any() else scene.steps + 1
    return one.theta[:end], one.loss[:end], one.eta[: max(end - 1, 0)]


def differences(scene: Scene, number: int, theta: Array, losses: Array, rates: Array) -> dict[str, float]:
    """The largest difference of a script's θ, losses and rates from the app's, in units of their size (at least 1)."""
    found = {}
    for name, got, own in zip(("theta", "loss", "eta"), (theta, losses, rates), calm(scene, number), strict=True):
        error = np.abs(got[: len(own)] - own) / np.maximum(1, np.abs(own))
        found[name] = float(np.max(np.where(np.isnan(error), np.inf, error), initial=0.0))
    return found
