"""Schedules, by slug: the learning rate as a function of the step, and a warm-up around any of them."""

from lrviz.schedules.cycles import ExpRange, OneCycle, Triangular, Triangular2, WarmRestarts
from lrviz.schedules.decays import Constant, Cosine, Exponential, InverseTime, MultiStep, Polynomial, StepDecay
from lrviz.schedules.drawn import Drawn
from lrviz.schedules.peaks import InverseSqrt, WarmupStableDecay
from lrviz.schedules.reactive import Plateau
from lrviz.schedules.schedule import STEPS, Memory, Schedule
from lrviz.schedules.warmup import Warmup

SCHEDULES: dict[str, type[Schedule]] = {
    cls.slug: cls
    for cls in (
        Constant,
        StepDecay,
        MultiStep,
        Exponential,
        InverseTime,
        Polynomial,
        Cosine,
        InverseSqrt,
        WarmupStableDecay,
        WarmRestarts,
        Triangular,
        Triangular2,
        ExpRange,
        OneCycle,
        Plateau,
        Drawn,
    )
}

__all__ = [
    "SCHEDULES",
    "STEPS",
    "Constant",
    "Cosine",
    "Drawn",
    "ExpRange",
    "Exponential",
    "InverseSqrt",
    "InverseTime",
    "Memory",
    "MultiStep",
    "OneCycle",
    "Plateau",
    "Polynomial",
    "Schedule",
    "StepDecay",
    "Triangular",
    "Triangular2",
    "WarmRestarts",
    "Warmup",
    "WarmupStableDecay",
]
