"""Every optimizer and schedule is PyTorch's, by the golden vectors of `tests/golden/make.py`.

An optimizer is compared twice. Its whole path, from the start, up to the step where a reference whose start is moved
by 1e-12 is farther than 1e-9 from itself (calm: beyond that, rounding alone decides where a run goes). And every one of
the 200 steps by itself, memory included, each from the reference's own θ and memory.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrviz.declare import Array, Number
from lrviz.optimizers import OPTIMIZERS, AdaGrad, Adam, AdamW, AMSGrad, Momentum, NAdam, Nesterov, Optimizer, RMSProp
from lrviz.optimizers.optimizer import Oracle, State
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
from lrviz.surfaces import SURFACES, Surface

HERE = Path(__file__).parent / "golden"
with np.load(HERE / "torch.npz") as file:
    ARRAYS: dict[str, Array] = dict(file)
META = json.loads(ARRAYS.pop("meta").tobytes())
PATHS: dict[str, Any] = META["optimizers"]
RATES: dict[str, Any] = META["schedules"]
STEPS = 200


@pytest.mark.parametrize("name", PATHS)
def test_optimizer(name: str) -> None:
    case = PATHS[name]
    check_path(OPTIMIZERS[case["slug"]], name)
    check_steps(OPTIMIZERS[case["slug"]], name)


@pytest.mark.parametrize("name", RATES)
def test_schedule(name: str) -> None:
    check_rates(SCHEDULES[RATES[name]["slug"]], Warmup, name)


def test_the_golden_vectors_are_those_of_the_script_and_cover_everything() -> None:
    assert f'\nTORCH = "{META["torch"].partition("+")[0]}"\n' in (HERE / "make.py").read_text(encoding="utf-8")
    assert {case["slug"] for case in RATES.values()} == set(SCHEDULES)
    by_paper = {"hypergradient"}  # PyTorch has none: see tests/test_hypergradient.py
    assert {case["slug"] for case in PATHS.values()} == set(OPTIMIZERS) - by_paper
    for slug in set(OPTIMIZERS) - by_paper:
        cases = [case for case in PATHS.values() if case["slug"] == slug]
        assert len({case["surface"]["slug"] for case in cases}) >= 5
        assert np.mean([case["calm"] == STEPS for case in cases]) >= 0.8  # else whole paths are hardly compared


def recorded(name: str) -> dict[str, Array]:
    """A case's arrays, time last."""
    return {key.rpartition("/")[2]: array for key, array in ARRAYS.items() if key.rpartition("/")[0] == name}


def parts(cls: type[Optimizer], case: Any) -> tuple[Optimizer, Schedule, Surface]:
    surface = SURFACES[case["surface"]["slug"]](**case["surface"]["fields"])
    return cls(**case["fields"]), scheduled(case["schedule"]), surface


def scheduled(case: Any, cls: type[Schedule] | None = None, warmup: type[Warmup] = Warmup) -> Schedule:
    inner = (cls or SCHEDULES[case["slug"]])(**case["fields"])
    return warmup(inner, **case["warmup"]) if "warmup" in case else inner


def check_equal(what: str, got: Array, reference: Array) -> None:
    """The same at each time (the last axis), to 1e-10 of the reference's length at that very time.

    Added to that is 1e-15, some roundings, of its greatest length so far: what has become small because large terms
    cancel, such as the gradient at a minimum that is not at 0, is known no better than that to anyone.
    """
    here, error = length(reference), length(got - reference)
    wrong = ~(error <= 1e-10 * here + 1e-15 * np.maximum.accumulate(here))  # so written, a NaN is wrong
    if wrong.any():
        t = int(np.argmax(wrong))
        raise AssertionError(f"{what} at t = {t}: {got[..., t]} is not PyTorch's {reference[..., t]}")


def length(array: Array) -> Array:
    """The largest coordinate at each time."""
    size: Array = np.abs(array).reshape(-1, array.shape[-1]).max(axis=0)
    return size


def check_path(cls: type[Optimizer], name: str) -> None:
    """θ from the start on, as long as the reference is calm."""
    calm, reference = PATHS[name]["calm"], recorded(name)["theta"]
    optimizer, schedule, surface = parts(cls, PATHS[name])
    theta = reference[:, :1]
    state, memory, path = optimizer.init(theta), schedule.init(surface.loss(theta)), [theta]
    for t in range(1, calm + 1):
        eta, memory = schedule.step(t - 1, surface.loss(theta), memory)
        theta, state = optimizer.step(t, eta, theta, surface, state)
        path.append(theta)
    check_equal("θ", np.concatenate(path, axis=-1), reference[:, : calm + 1])


def check_steps(cls: type[Optimizer], name: str) -> None:
    """Each step by itself: θ and every entry of the memory, from the reference's θ and memory one step before."""
    reference = recorded(name)
    optimizer, schedule, surface = parts(cls, PATHS[name])
    theta = reference["theta"][:, :1]
    rows = [optimizer.init(theta) | {"theta": theta}]
    memory = schedule.init(surface.loss(theta))
    assert rows[0].keys() == reference.keys(), "the memory is not what PyTorch's optimizer needs"
    for t in range(1, STEPS + 1):
        before = {key: array[..., t - 1 : t] for key, array in reference.items()}
        theta = before.pop("theta")
        eta, memory = schedule.step(t - 1, surface.loss(theta), memory)
        theta, state = optimizer.step(t, eta, theta, surface, before)
        rows.append(state | {"theta": theta})
    for key, array in reference.items():
        check_equal(f"{key}, step by step", np.concatenate([row[key] for row in rows], axis=-1), array)


def check_rates(cls: type[Schedule], warmup: type[Warmup], name: str) -> None:
    """η_t, by the schedule's steps and, where it does not look at the loss, by its formula for all t at once."""
    case, reference = RATES[name], recorded(name)
    schedule, steps = scheduled(case, cls, warmup), len(reference["eta"])
    losses = reference.get("losses", np.zeros(steps))
    memory, rates = schedule.init(losses[:1]), []
    for t in range(steps):
        eta, memory = schedule.step(t, losses[t : t + 1], memory)
        rates.append(np.broadcast_to(eta, 1))
    check_equal("η, step by step", np.concatenate(rates), reference["eta"])
    if "losses" not in reference:
        check_equal("η", np.asarray(schedule(np.arange(float(steps)))), reference["eta"])


# The rest tests the test: what is broken here on purpose must be found by each of the comparisons above.


class DampedFromTheFirst(Momentum):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t + 1, eta, theta, oracle, state)


class NesterovIsMomentum(Nesterov):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return Momentum(beta=self.beta, weight_decay=self.weight_decay).step(t, eta, theta, oracle, state)


class AdaGradStartsAtZero(AdaGrad):
    def init(self, theta: Array) -> State:
        return {"s": np.zeros_like(theta)}


class AdaGradEpsInside(AdaGrad):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        s = state["s"] + g * g
        return theta - eta * g / np.sqrt(s + self.eps), {"s": s}


class RMSPropEpsInside(RMSProp):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        variance = new["v"] - new.get("g_mean", 0.0) ** 2
        new["b"] = self.beta * state["b"] + oracle.grad(theta) / np.sqrt(variance + self.eps)
        return theta - eta * new["b"], new


class AdamEpsInside(Adam):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        new = self.moments(oracle.grad(theta), state)
        m_hat, v_hat = new["m"] / (1 - new["beta1_t"]), new["v"] / (1 - new["beta2_t"])
        return theta - eta * m_hat / np.sqrt(v_hat + self.eps), new


class AdamEpsBeforeCorrection(Adam):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        new = self.moments(oracle.grad(theta), state)
        rate = eta * np.sqrt(1 - new["beta2_t"]) / (1 - new["beta1_t"])
        return theta - rate * new["m"] / (np.sqrt(new["v"]) + self.eps), new


class AdamWCoupled(AdamW):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        new = self.moments(oracle.grad(theta) + self.weight_decay * theta, state)
        m_hat, v_hat = new["m"] / (1 - new["beta1_t"]), new["v"] / (1 - new["beta2_t"])
        return theta - eta * m_hat / (np.sqrt(v_hat) + self.eps), new


class AMSGradMaxAfterCorrection(AMSGrad):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        new = self.moments(oracle.grad(theta), state)
        v_max = np.maximum(state["v_max"], new["v"] / (1 - new["beta2_t"]))
        return theta - eta * new["m"] / (1 - new["beta1_t"]) / (np.sqrt(v_max) + self.eps), new | {"v_max": v_max}


class AMSGradIsAdam(AMSGrad):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t, eta, theta, oracle, state | {"v_max": 0 * state["v_max"]})


class NAdamWithoutWarmup(NAdam):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t, eta, theta, oracle, state | {"warmup_t": 0 * state["warmup_t"]})


class NAdamProductOffByOne(NAdam):
    def init(self, theta: Array) -> State:
        return super().init(theta) | {"mu_product": 0.5 * self.beta1 * np.ones_like(theta[0])}


def uncorrected(cls: type[Adam], product: str) -> type[Adam]:
    """A bias correction that divides by 1 − 0."""

    class Uncorrected(cls):  # type: ignore[misc, valid-type]
        def init(self, theta: Array) -> State:
            state: State = super().init(theta)
            return state | {product: np.zeros_like(theta[0])}

    Uncorrected.__name__ = f"{cls.__name__}Without_{product}"
    return Uncorrected


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


BROKEN_OPTIMIZERS: list[type[Optimizer]] = [
    DampedFromTheFirst,
    NesterovIsMomentum,
    AdaGradStartsAtZero,
    AdaGradEpsInside,
    RMSPropEpsInside,
    AdamEpsInside,
    AdamEpsBeforeCorrection,
    AdamWCoupled,
    AMSGradMaxAfterCorrection,
    AMSGradIsAdam,
    NAdamWithoutWarmup,
    NAdamProductOffByOne,
    *(uncorrected(cls, "beta1_t") for cls in (Adam, AdamW, AMSGrad)),
    *(uncorrected(cls, "beta2_t") for cls in (Adam, AdamW, AMSGrad, NAdam)),
]
BROKEN_SCHEDULES: list[type[Schedule]] = [
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


def found(check: Callable[[str], None], names: Iterable[str]) -> list[str]:
    """The cases that a check fails on."""
    failed = []
    for name in names:
        try:
            with np.errstate(all="ignore"):
                check(name)
        except AssertionError:
            failed.append(name)
    return failed


@pytest.mark.parametrize("broken", BROKEN_OPTIMIZERS, ids=lambda cls: cls.__name__)
def test_a_broken_optimizer_is_found(broken: type[Optimizer]) -> None:
    names = [name for name, case in PATHS.items() if case["slug"] == broken.slug]
    assert found(lambda name: check_path(broken, name), names)
    assert found(lambda name: check_steps(broken, name), names)


@pytest.mark.parametrize("broken", BROKEN_SCHEDULES, ids=lambda cls: cls.__name__)
def test_a_broken_schedule_is_found(broken: type[Schedule]) -> None:
    if issubclass(broken, Warmup):
        names = [name for name, case in RATES.items() if "warmup" in case]
        assert found(lambda name: check_rates(SCHEDULES[RATES[name]["slug"]], broken, name), names)
    else:
        names = [name for name, case in RATES.items() if case["slug"] == broken.slug]
        assert found(lambda name: check_rates(broken, Warmup, name), names)
