"""The golden vectors, and what lrviz makes of the same cases.

An optimizer is compared twice. Its whole path, from the start, up to the step where a reference whose start is moved
by 1e-12 is farther than 1e-9 from itself (calm: beyond that, rounding alone decides where a run goes). And every one of
the 200 steps by itself, memory included, each from the reference's own θ and memory.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.declare import Array
from lrviz.iterate import SampledOracle
from lrviz.optimizers import OPTIMIZERS, WRAPPERS, Optimizer, wrapped
from lrviz.schedules import SCHEDULES, Schedule, Warmup
from lrviz.surfaces import SURFACES, Surface

HERE = Path(__file__).parent / "golden"
STEPS = 200
SAME = 1e-10
"""How far apart two that are the same may be, as `difference` counts."""

ARRAYS: dict[str, Array] = {}
META: dict[str, Any] = {}
"""What is said of each library's vectors, by its name."""
for library in ("torch", "optax"):
    with np.load(HERE / f"{library}.npz") as file:
        ARRAYS |= {f"{library}/{name}": array for name, array in file.items()}
    META[library] = json.loads(ARRAYS.pop(f"{library}/meta").tobytes())


def cases(kind: str) -> dict[str, Any]:
    """What is said of each case, by the library and its name."""
    return {f"{library}/{name}": case for library, meta in META.items() for name, case in meta[kind].items()}


PATHS, RATES = cases("optimizers"), cases("schedules")


def about(case: Any) -> set[str]:
    """The slugs of an optimizer's case: of the optimizer, or of what is round it."""
    return set(case["wrappers"]) if "wrappers" in case else {case["slug"]}


def recorded(name: str) -> dict[str, Array]:
    """A case's arrays, time last."""
    return {key.rpartition("/")[2]: array for key, array in ARRAYS.items() if key.rpartition("/")[0] == name}


def scheduled(case: Any, cls: type[Schedule] | None = None, warmup: type[Warmup] = Warmup) -> Schedule:
    inner = (cls or SCHEDULES[case["slug"]])(**case["fields"])
    return warmup(inner, **case["warmup"]) if "warmup" in case else inner


def parts(case: Any, other: type[Optimizer] | None = None) -> tuple[Optimizer, Schedule, Surface]:
    """The optimizer of a case with all that is round it, its schedule, its surface. other: in place of its kind."""
    known: dict[str, Any] = OPTIMIZERS | WRAPPERS | ({other.slug: other} if other is not None else {})
    optimizer = known[case["slug"]](**case["fields"])
    around = [known[slug](**fields) for slug, fields in case.get("wrappers", {}).items()]
    surface = SURFACES[case["surface"]["slug"]](**case["surface"]["fields"])
    return wrapped(optimizer, around), scheduled(case["schedule"]), surface


def asked(surface: Surface, theta: Array) -> SampledOracle:
    """What answers an optimizer at θ: the surface, without noise."""
    return SampledOracle(surface, theta, surface.loss(theta), surface.grad(theta), None)


def difference(got: Array, reference: Array) -> Array:
    """How far apart the two are at each time (the last axis), as a share of the reference's length at that very time.

    To that length 1e-5 of its greatest so far is added: what has become small because large terms cancel, such as the
    gradient at a minimum that is not at 0, is known to no one to more than some roundings of the large ones.
    """
    here, error = length(reference), length(got - reference)
    scale = here + 1e-5 * np.maximum.accumulate(here)
    return np.where(np.equal(error, 0), 0.0, error / np.where(np.equal(scale, 0), 1e-300, scale))


def length(array: Array) -> Array:
    """The largest coordinate at each time."""
    size: Array = np.abs(array).reshape(-1, array.shape[-1]).max(axis=0)
    return size


Compared = Iterator[tuple[str, Array, Array]]
"""What is compared, as lrviz and as the reference have it."""


def path(name: str, other: type[Optimizer] | None = None) -> Compared:
    """θ from the start on, as long as the reference is calm."""
    calm, reference = PATHS[name]["calm"], recorded(name)["theta"]
    optimizer, schedule, surface = parts(PATHS[name], other)
    theta = reference[:, :1]
    state, memory, path = optimizer.init(theta), schedule.init(surface.loss(theta)), [theta]
    for t in range(1, calm + 1):
        eta, memory = schedule.step(t - 1, surface.loss(theta), memory)
        theta, state = optimizer.step(t, eta, theta, asked(surface, theta), state)
        path.append(theta)
    yield "θ", np.concatenate(path, axis=-1), reference[:, : calm + 1]


def single_steps(name: str, other: type[Optimizer] | None = None) -> Compared:
    """Each step by itself: θ and every entry of the memory, from the reference's θ and memory one step before."""
    reference = recorded(name)
    optimizer, schedule, surface = parts(PATHS[name], other)
    theta = reference["theta"][:, :1]
    rows = [optimizer.init(theta) | {"theta": theta}]
    memory = schedule.init(surface.loss(theta))
    assert rows[0].keys() == reference.keys(), "the memory is not what the reference's optimizer needs"
    for t in range(1, STEPS + 1):
        before = {key: array[..., t - 1 : t] for key, array in reference.items()}
        theta = before.pop("theta")
        eta, memory = schedule.step(t - 1, surface.loss(theta), memory)
        theta, state = optimizer.step(t, eta, theta, asked(surface, theta), before)
        rows.append(state | {"theta": theta})
    for key, array in reference.items():
        yield f"{key}, step by step", np.concatenate([row[key] for row in rows], axis=-1), array


def rates(name: str, other: type[Schedule] | None = None, warmup: type[Warmup] = Warmup) -> Compared:
    """η_t, by the schedule's steps and, where it does not look at the loss, by its formula for all t at once."""
    reference = recorded(name)
    schedule, steps = scheduled(RATES[name], other, warmup), len(reference["eta"])
    losses = reference.get("losses", np.zeros(steps))
    memory, found = schedule.init(losses[:1]), []
    for t in range(steps):
        eta, memory = schedule.step(t, losses[t : t + 1], memory)
        found.append(np.broadcast_to(eta, 1))
    yield "η, step by step", np.concatenate(found), reference["eta"]
    if "losses" not in reference:
        yield "η", np.asarray(schedule(np.arange(float(steps)))), reference["eta"]


def check(compared: Compared) -> float:
    """The largest difference of all; an AssertionError that says where it is too large, where it is."""
    largest = 0.0
    for what, got, reference in compared:
        apart = difference(got, reference)
        wrong = ~(apart <= SAME)  # so written, a NaN is wrong
        if wrong.any():
            t = int(np.argmax(wrong))
            raise AssertionError(f"{what} at t = {t}: {got[..., t]} is not the reference's {reference[..., t]}")
        largest = max(largest, float(apart.max()))
    return largest
