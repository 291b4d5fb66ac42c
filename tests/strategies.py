"""Hypothesis strategies read from the declarations: all that is legal may be drawn, the ends of a range above all."""

import sys
from collections.abc import Mapping
from typing import Any, TypeVar

from hypothesis import strategies as st

from lrviz import NOISES, OPTIMIZERS, SCHEDULES, SURFACES, Noise, Schedule, Surface, Warmup
from lrviz.declare import Declared, Hyper
from lrviz.optimizers import WRAPPERS, Optimizer, wrapped
from lrviz.schedules.drawn import spelled

MOST = sys.float_info.max
Part = TypeVar("Part", bound=Declared)

_steps = st.integers(1, 10**9) | st.integers(1, 300)
_rates = st.floats(1e-12, 1e12) | st.floats(1e-3, 1)
TEXTS: dict[str, st.SearchStrategy[str]] = {
    "milestones": st.lists(_steps, min_size=1, max_size=16).map(lambda steps: ",".join(map(str, sorted(steps)))),
    "points": st.dictionaries(_steps, _rates, min_size=1, max_size=6).map(
        lambda points: spelled(sorted(points.items()))
    ),
}
"""By a field's name: legal texts in their canonical spelling. One that is missing here has its default."""


def values(declaration: Hyper) -> st.SearchStrategy[Any]:
    """All legal values of a hyperparameter; half of the draws are from its slider's range, where runs are livelier."""
    hard, (soft_low, soft_high) = declaration.hard, declaration.soft
    if declaration.kind == "flag":
        return st.booleans()
    if declaration.kind == "text":
        return TEXTS.get(declaration.name, st.just(declaration.default))
    if declaration.kind == "whole":
        return st.integers(int(hard.low), int(hard.high)) | st.integers(int(soft_low), int(soft_high))
    low, high = max(hard.low, -MOST), min(hard.high, MOST)
    legal = st.floats(
        low, high, exclude_min=hard.low_open and low == hard.low, exclude_max=hard.high_open and high == hard.high
    )
    return legal | st.floats(soft_low, soft_high).filter(lambda value: value in hard)


def parts(cls: type[Part]) -> st.SearchStrategy[Part]:
    """Instances of a declared class."""
    return st.builds(cls, **{declaration.name: values(declaration) for declaration in cls.hypers()})


def any_of(table: Mapping[str, type[Part]]) -> st.SearchStrategy[Part]:
    """Instances of the classes of a table."""
    return st.sampled_from(sorted(table)).flatmap(lambda slug: parts(table[slug]))


def schedules() -> st.SearchStrategy[Schedule]:
    """Any schedule, with or without a warm-up."""
    plain = any_of(SCHEDULES)
    rise = {declaration.name: values(declaration) for declaration in Warmup.hypers()}
    return plain | st.builds(Warmup, schedule=plain, **rise)


def optimizers() -> st.SearchStrategy[Optimizer]:
    """Any optimizer, with up to two wrappers round it, or none."""
    wrappers = st.lists(any_of(WRAPPERS), max_size=2, unique_by=type)
    return any_of(OPTIMIZERS) | st.builds(wrapped, any_of(OPTIMIZERS), wrappers)


def noises(surface: Surface) -> st.SearchStrategy[Noise | None]:
    """None, or any noise that there is on a surface."""
    legal = {slug: cls for slug, cls in NOISES.items() if not cls().refusal(surface)}
    return st.none() | any_of(legal)


def runs() -> st.SearchStrategy[dict[str, Any]]:
    """The arguments of `simulate` for a short run, without any bound but that they are legal."""
    return any_of(SURFACES).flatmap(_runs_on)


def _runs_on(surface: Surface) -> st.SearchStrategy[dict[str, Any]]:
    anywhere = st.floats(allow_nan=False, allow_infinity=False)
    near = st.floats(-5, 5)
    return st.fixed_dictionaries(
        {
            "surface": st.just(surface),
            "optimizer": optimizers(),
            "schedule": schedules(),
            "start": st.tuples(near, near) | st.tuples(anywhere, anywhere) | st.none(),
            "steps": st.integers(1, 40),
            "noise": noises(surface),
            "seed": st.integers(0, 2**32 - 1),
        }
    )
