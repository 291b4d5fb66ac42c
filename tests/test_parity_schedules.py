"""Every schedule is that of its library, by the golden vectors of `tests/golden`, as `tests/vectors.py` compares."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lrviz.declare import Array, Number
from lrviz.proof import PROOFS
from lrviz.schedules import (
    SCHEDULES,
    Cosine,
    Exponential,
    ExpRange,
    Memory,
    OneCycle,
    Plateau,
    Polynomial,
    Schedule,
    StepDecay,
    Triangular,
    Triangular2,
    WarmRestarts,
    Warmup,
)
from tests import vectors
from tests.proofs import FORMULAS, measured
from tests.test_parity import check_told, is_found
from tests.vectors import RATES


@pytest.mark.parametrize("slug", [*SCHEDULES, "warmup"])
def test_it_is_the_librarys_and_as_near_as_is_said(slug: str) -> None:
    if slug in FORMULAS:
        assert measured(slug).cases
        assert slug not in PROOFS
    else:
        check_told(slug)


def test_all_are_compared() -> None:
    assert {case["slug"] for case in RATES.values()} == set(SCHEDULES)
    warm_by_themselves = {"inverse_sqrt", "warmup_stable_decay"}
    warmed = {case["slug"] for case in RATES.values() if "warmup" in case}
    assert warmed == set(SCHEDULES) - warm_by_themselves - {"plateau"}  # torch chains no plateau


# The rest tests the test: what is broken here on purpose must be found.


def changed(cls: type[Schedule], **changes: Callable[[Any], Any]) -> type[Schedule]:
    """A schedule that misreads some of its hyperparameters."""

    class Changed(cls):  # type: ignore[misc, valid-type]
        def __post_init__(self) -> None:
            super().__post_init__()
            for name, change in changes.items():
                object.__setattr__(self, name, change(getattr(self, name)))

    Changed.__name__ = f"{cls.__name__}_{'_'.join(changes)}"
    return Changed


def early(cls: type[Schedule]) -> type[Schedule]:
    """A schedule that is one step ahead."""

    class Early(cls):  # type: ignore[misc, valid-type]
        def __call__(self, t: int | Array) -> Number:
            eta: Number = super().__call__(t + 1)
            return eta

    Early.__name__ = f"{cls.__name__}_early"
    return Early


class PlateauNeverReduces(Plateau):
    def step(self, t: int | Array, loss: Array, memory: Memory) -> tuple[Number, Memory]:
        eta, new = super().step(t, loss, memory)
        return eta, new | {"eta": memory["eta"]}


class PlateauNeverForgets(Plateau):
    def step(self, t: int | Array, loss: Array, memory: Memory) -> tuple[Number, Memory]:
        eta, new = super().step(t, loss, memory)
        return eta, new | {"bad": np.where(new["best"] < memory["best"], 0, memory["bad"] + 1)}


class Triangular2IsTriangular(Triangular2):
    def __call__(self, t: int | Array) -> Number:
        return Triangular.__call__(self, t)


class ExpRangeByCycle(ExpRange):
    def __call__(self, t: int | Array) -> Number:
        return self.eta_min + (self.eta - self.eta_min) * self._height(t) * np.power(self.gamma, self._cycle(t))


class WarmupRunsAlong(Warmup):
    def step(self, t: int | Array, loss: Array, memory: Memory) -> tuple[Number, Memory]:
        return np.where(np.less(t, self.steps), self._rise(t), self.schedule(t)), memory


BROKEN: list[type[Schedule]] = [
    *(early(cls) for cls in (StepDecay, Exponential, Polynomial, Cosine, WarmRestarts, Triangular, OneCycle)),
    changed(WarmRestarts, period=lambda period: period + 1),
    changed(WarmRestarts, period_mult=lambda mult: 1),
    changed(Polynomial, eta_min=lambda least: 0.0),
    changed(Cosine, eta_min=lambda least: 0.0),
    changed(Plateau, patience=lambda patience: patience + 1),
    changed(Plateau, threshold=lambda threshold: 0.0),
    changed(Plateau, eps=lambda eps: 0.0),
    PlateauNeverReduces,
    PlateauNeverForgets,
    Triangular2IsTriangular,
    ExpRangeByCycle,
    WarmupRunsAlong,
    early(Warmup),
    changed(Warmup, start_factor=lambda factor: 0.0),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda cls: cls.__name__)
def test_a_broken_one_is_found(broken: type[Schedule]) -> None:
    if issubclass(broken, Warmup):
        names = [name for name, case in RATES.items() if "warmup" in case]
        assert any(is_found(vectors.rates(name, warmup=broken)) for name in names)
    else:
        names = [name for name, case in RATES.items() if case["slug"] == broken.slug]
        assert any(is_found(vectors.rates(name, broken)) for name in names)
