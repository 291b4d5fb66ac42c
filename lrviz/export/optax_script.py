"""A scene as an optax script: its own transformations where it has them, the step itself in JAX's arrays where not."""

from __future__ import annotations

from lrviz.export import script
from lrviz.export.calls import call
from lrviz.export.numpy_script import drawing
from lrviz.export.rewriting import JAX
from lrviz.scene import Run, Scene

_CALLS = {
    "momentum": "optax.chain(optax.add_decayed_weights(λ), optax.sgd(η, momentum=β))",
    "rmsprop": "optax.chain(optax.scale_by_rms(decay=ρ, eps=ε, eps_in_sqrt=False), optax.trace(β), optax.scale(-η))",
}
"""What is the same as a class in all that it says, where optax's own call is the same only with fixed numbers."""
_OTHERWISE = ("sam", "rprop")
"""optax's SAM makes a step of two. Its Rprop multiplies each step by the rate, which here is the first step's only."""
_DIVIDES_BY_RATE = ("prodigy",)
"""optax's is no number once a rate was 0."""

_BY_LIBRARY = '''
def by_optax(surface, noise, transformation):
    """The memory at first, and one step of a transformation that optax makes for the rate of each step."""

    def step(t, eta, theta, state, z):
        updates, state = transformation(eta).update({grad}, state, theta)
        return optax.apply_updates(theta, updates), state

    return lambda theta, eta: transformation(eta).init(theta), step
'''
_BY_STEP = '''
def by_step(surface, noise, optimizer):
    """The memory at first, and one step as it is written out above."""

    def step(t, eta, theta, state, z):
        return optimizer.step(t + 1, eta, theta, {oracle}, state)

    return lambda theta, eta: optimizer.init(theta), step
'''
_FOLLOW = '''
def follow(surface, noise, init, step, schedule):
    """One run: theta at each step, (STEPS + 1, 2), the loss there, and the rates."""
    step, told = jax.jit(step), jax.jit(surface.loss)
    theta = jnp.array(START)
    path, losses, rates = np.full((STEPS + 1, 2), np.nan), np.full(STEPS + 1, np.nan), np.full(STEPS, np.nan)
    path[0], losses[0] = theta, told(theta)
    memory = schedule.init(losses[0])
    state = init(theta, schedule.step(0, losses[0], memory)[0])
    {z}for t in range(STEPS):
        rates[t], memory = schedule.step(t, losses[t], memory)
        theta, state = step(t, rates[t], theta, state, {z_now})
        {project}path[t + 1], losses[t + 1] = theta, told(theta)
    return path, losses, rates


def paths():
    """For each run by its name: what `follow` gives."""
    surface, noise, runs = scene()
    return {{
        name: follow(surface, noise, *make(surface, noise, optimizer), schedule)
        for name, (make, optimizer, schedule) in runs.items()
    }}
'''


def optax_script(scene: Scene) -> str:
    """A Python script that reproduces the scene's paths with optax, gradients by JAX.

    A schedule is a rule of plain numbers, as in the app: optax has not all of them, and one that looks at the loss is
    no function of the count.
    """
    runs = dict(zip(scene.names(), scene.runs, strict=True))
    own = {name: library_optimizer(run, scene.steps) for name, run in runs.items()}
    carries = script.classes(
        scene,
        [run.optimizer for name, run in runs.items() if not own[name]],
        [run.schedule for run in runs.values()],
        JAX,
        differentiates=True,
    )
    chosen = script.chosen(
        scene,
        [(name, _parts(run, own[name])) for name, run in runs.items()],
        script.surface_call(scene.surface, JAX),
    )
    noisy, special = scene.noise is not None, script.overridden(scene.surface)
    seen = "surface.at(t)" if "at" in special else "surface"
    oracle = f"Oracle({seen}, noise, z)" if noisy else f"Oracle({seen})"
    gradient = "" if carries.formulas else "jax.grad(self.loss)(theta)"
    pieces = [script.oracle(scene, carries.asks, gradient)]
    pieces += [_BY_LIBRARY.format(grad=f"{oracle}.grad(theta)")] if any(own.values()) else []
    pieces += [_BY_STEP.format(oracle=oracle)] if not all(own.values()) else []
    pieces.append(
        _FOLLOW.format(
            z=f"z = jnp.array({drawing(scene).strip().removeprefix('z = ')})\n    " if noisy else "",
            z_now="z[t]" if noisy else "None",
            project="theta = surface.project(theta)\n        " if "project" in special else "",
        )
    )
    imports = {"import numpy as np", "import jax", "import jax.numpy as jnp"}
    imports |= {"import optax"} if any(own.values()) else set()
    notes = [] if any(own.values()) else ["optax has no such optimizer: its step is written out below."]
    return script.joined(
        script.head(scene, "optax and JAX", notes),
        script.imported({*carries.imports, *imports}),
        'jax.config.update("jax_enable_x64", True)\n\n' + script.numbers(scene) + "\n\n" + chosen,
        *carries.definitions,
        *pieces,
        script.PRINTED,
    )


def library_optimizer(run: Run, steps: int) -> str | None:
    """optax's own call for a run's optimizer, of the rate `eta`, where it is the same."""
    optimizer, slug = run.optimizer, getattr(run.optimizer, "slug", "")
    if slug in _OTHERWISE or (slug in _DIVIDES_BY_RATE and any(run.schedule(t) == 0 for t in range(steps))):
        return None
    texts = [_CALLS.get(slug, ""), optimizer.same_as, optimizer.elsewhere.get("optax", "")]
    found = (call(optimizer, text, "eta") for text in texts if text.startswith("optax."))
    return next(filter(None, found), None)


def _parts(run: Run, own: str | None) -> list[str]:
    made = ["by_optax", f"lambda eta: {own}"] if own else ["by_step", script.made(run.optimizer)]
    return [*made, script.made(run.schedule)]
