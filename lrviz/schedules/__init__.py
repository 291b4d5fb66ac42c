"""Schedules, by slug: the learning rate as a function of the step, and a warm-up around any of them."""

from lrviz.schedules.cycles import ExpRange, OneCycle, Triangular, Triangular2, WarmRestarts
from lrviz.schedules.decays import Constant, Cosine, Exponential, Polynomial, StepDecay
from lrviz.schedules.reactive import Plateau
from lrviz.schedules.schedule import STEPS, Memory, Schedule
from lrviz.schedules.warmup import Warmup

SCHEDULES: dict[str, type[Schedule]] = {
    cls.slug: cls
    for cls in (
        Constant,
        StepDecay,
        Exponential,
        Polynomial,
        Cosine,
        WarmRestarts,
        Triangular,
        Triangular2,
        ExpRange,
        OneCycle,
        Plateau,
    )
}

__all__ = [
    "SCHEDULES",
    "STEPS",
    "Constant",
    "Cosine",
    "ExpRange",
    "Exponential",
    "Memory",
    "OneCycle",
    "Plateau",
    "Polynomial",
    "Schedule",
    "StepDecay",
    "Triangular",
    "Triangular2",
    "WarmRestarts",
    "Warmup",
]
