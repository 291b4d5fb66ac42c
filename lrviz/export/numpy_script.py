"""A scene as a script that needs NumPy alone."""

from __future__ import annotations

from lrviz.export import script
from lrviz.export.rewriting import NUMPY
from lrviz.scene import Scene

_FOLLOW = '''
def follow(surface, noise, optimizer, schedule):
    """One run: theta at each step, (STEPS + 1, 2), the loss there, and the rates; NaN after it has blown up."""
    theta = np.array(START)
    loss = {now}.loss(theta)
    state, memory = optimizer.init(theta), schedule.init(loss)
    path, losses, rates = np.full((STEPS + 1, 2), np.nan), np.full(STEPS + 1, np.nan), np.full(STEPS, np.nan)
    path[0], losses[0] = theta, loss
    {z}for t in range(STEPS):
        eta, memory = schedule.step(t, loss, memory)
        theta, state = optimizer.step(t + 1, eta, theta, {oracle}, state)
        {project}loss = {then}.loss(theta)
        if not (np.isfinite(loss) and np.isfinite(theta).all()):
            break
        path[t + 1], losses[t + 1], rates[t] = theta, loss, eta
    return path, losses, rates


def paths():
    """What `follow` gives, for each run by its name."""
    surface, noise, runs = scene()
    with np.errstate(all="ignore"):
        return {{name: follow(surface, noise, *run) for name, run in runs.items()}}
'''


def numpy_script(scene: Scene) -> str:
    """A Python script that reproduces the scene's paths by the formulas of the app itself, written out."""
    runs = dict(zip(scene.names(), scene.runs, strict=True))
    carries = script.classes(
        scene,
        [run.optimizer for run in runs.values()],
        [run.schedule for run in runs.values()],
        NUMPY,
        differentiates=False,
    )
    chosen = script.chosen(
        scene,
        [(name, (script.made(run.optimizer), script.made(run.schedule))) for name, run in runs.items()],
        script.surface_call(scene.surface, NUMPY),
    )
    special = script.overridden(scene.surface)
    oracle = "Oracle(surface" + (", noise, z[t])" if scene.noise else ")")
    follow = _FOLLOW.format(
        z=drawing(scene),
        oracle=oracle.replace("surface", "surface.at(t)") if "at" in special else oracle,
        now="surface.at(0)" if "at" in special and not scene.surface.averaged else "surface",
        then="surface.at(t + 1)" if "at" in special and not scene.surface.averaged else "surface",
        project="theta = surface.project(theta)\n        " if "project" in special else "",
    )
    return script.joined(
        script.head(scene, "NumPy"),
        script.imported({*carries.imports, "import numpy as np"}),
        script.numbers(scene) + "\n\n" + chosen,
        *carries.definitions,
        script.oracle(scene, carries.asks),
        follow,
        script.PRINTED,
    )


def drawing(scene: Scene) -> str:
    """The line that draws the noise of a run, with what it is indented by."""
    if scene.noise is None:
        return ""
    generator = "np.random.default_rng(SEED)"
    if script.draws(scene.noise):
        return f"z = noise.draw({generator}, surface, STEPS)\n    "
    return f"z = {generator}.standard_normal((STEPS, {scene.noise.width(scene.surface)}))\n    "
