"""What the page says of the trainings at every η, in words computed from their numbers: pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.numerals import count, listed, rounded
from lrviz.ui.network.sweeps import FACTORS, SEEDS, Lane, Sweep, Swept
from lrviz.ui.network.told import CHANCE, percent

AS_GOOD = 1.1
"""A validation loss no more than so many times the best is as good."""
LEVEL = 0.25
"""The rates of two minibatches are compared where the training loss comes down to so much of the loss of guessing."""
OFF = 1.5
"""A measured factor is called near to the expected one where it is off by no more than this factor."""


def median(values: Array) -> Array:
    """Over the lanes, of which one middle one is taken: (lanes, E) → (E,). NaN, a blow-up, is above all."""
    middle: Array = np.quantile(np.where(np.isnan(values), np.inf, values), 0.5, axis=0, method="lower")
    return np.where(np.isinf(middle), np.nan, middle)


def learned(asked: Sweep, found: Swept) -> NDArray[np.bool_]:
    """(lanes, E): whether a training did not end at chance, nor blew up."""
    classes = len(asked.lanes[0].setting.train.classes)
    told: NDArray[np.bool_] = found.values["test accuracy"] > CHANCE / classes
    return told


def question(kind: str) -> str:
    """What the section asks."""
    return {
        "gap": "Does a higher η fit the training data more than it helps elsewhere?",
        "typical": "How far is each optimizer’s typical η from the best one on this network?",
        "minibatch": "How does the η that works depend on the minibatch?",
    }[kind]


def cost(asked: Sweep) -> str:
    """What stands beside the button."""
    trained = {
        "gap": f"{len(FACTORS)} rates of {asked.run.optimizer.title}, {SEEDS} seeds each",
        "typical": f"{len(asked.lanes)} optimizers at {len(FACTORS)} rates each",
        "minibatch": f"{asked.run.optimizer.title} with minibatches of "
        + f"{listed([str(lane.setting.view.batch) for lane in asked.lanes])}, {len(FACTORS)} rates each",
    }[asked.kind]
    return f"{trained}: {count(asked.networks)} networks, {count(asked.steps)} steps of {len(FACTORS)} at a time."


def verdict(asked: Sweep, found: Swept) -> list[str]:
    """What was found."""
    if not learned(asked, found).any():
        return [
            f"None of these networks learned: none was right more than {rounded(CHANCE)} × as often as by guessing."
        ]
    return _VERDICTS[asked.kind](asked, found)


# ---- the gap


def _gap(asked: Sweep, found: Swept) -> list[str]:
    held = np.flatnonzero(learned(asked, found).all(axis=0))
    if not held.size:
        return ["At no rate did all seeds learn: too few epochs, or all rates are too high."]
    eta = [rounded(float(rate)) for rate in asked.lanes[0].eta]
    gap, accuracy, training = (
        median(values) for values in (found.gap, found.values["test accuracy"], found.values["training loss"])
    )
    best, least, most = (int(held[i]) for i in (accuracy[held].argmax(), gap[held].argmin(), gap[held].argmax()))
    said = [
        f"Among the rates at which all seeds learn, η = {eta[held[0]]} to {eta[held[-1]]}, the gap is least at"
        f" {eta[least]} ({rounded(float(gap[least]), 2)}) and largest at {eta[most]} ({rounded(float(gap[most]), 2)}).",
        f"The test accuracy is highest at η = {eta[best]}: {percent(float(accuracy[best]))}, with a gap of"
        f" {rounded(float(gap[best]), 2)}.",
    ]
    if accuracy[least] < accuracy[best] and training[least] > training[best]:
        said.append(
            f"A small gap is no merit: where it is least both losses are high, and {percent(float(accuracy[least]))}"
            " are right."
        )
    beyond = int(held[-1]) + 1
    if beyond < len(eta) and not learned(asked, found)[:, beyond:].any():
        said.append(f"From η = {eta[beyond]} on no seed learns.")
    return said


# ---- typical values


def lowest(losses: Array) -> int:
    """Where the least loss is; NaN, a blow-up, is above all."""
    return int(np.argmin(np.where(np.isnan(losses), np.inf, losses)))


def times_best(losses: Array) -> float:
    """How many times the loss at the best rate that at the typical one is; NaN where one of them blew up."""
    return float(losses[TYPICAL] / losses[lowest(losses)])


TYPICAL = int(np.argmin(np.abs(np.log(FACTORS))))
"""Which of the rates is the typical one."""


def _typical(asked: Sweep, found: Swept) -> list[str]:
    good: list[str] = []
    worse: dict[str, float] = {}
    ends: dict[str, float] = {}
    for lane, losses in zip(asked.lanes, found.values["validation loss"], strict=False):
        times, best = times_best(losses), lowest(losses)
        name = f"{lane.name} at {rounded(float(lane.eta[TYPICAL]))}"
        ends[lane.name] = float(losses[best])
        if times <= AS_GOOD:
            good.append(name)
        elif np.isfinite(times):
            worse[f"{name} ({rounded(times, 2)} × the validation loss at {rounded(float(lane.eta[best]))})"] = times
        else:
            worse[f"{name} (blew up)"] = math.inf
    said = [f"Within {rounded(100 * (AS_GOOD - 1))} % of what its best η comes to: {listed(good) if good else 'none'}."]
    if worse:
        told = listed(sorted(worse, key=worse.__getitem__, reverse=True))
        said.append(f"Worse than their best by more than that: {told}.")
    ends = {name: loss for name, loss in ends.items() if np.isfinite(loss)}
    if len(ends) > 1:
        low, high = (pick(ends, key=ends.__getitem__) for pick in (min, max))
        more = max(worse.values(), default=1.0) > ends[high] / ends[low]
        said.append(
            f"Each at its own best η they end between {rounded(ends[low])} ({low}) and {rounded(ends[high])} ({high})"
            + (": here η matters more than the choice among them." if more else ".")
        )
    return said


# ---- minibatches


def rate_to(level: float, eta: Array, losses: Array) -> float:
    """The lowest rate at which the loss is down to a level, between two rates by a straight line over log η.

    NaN where it never is, or where it is below from the first rate on.
    """
    below = np.flatnonzero(losses <= level)
    if not below.size or below[0] == 0:
        return math.nan
    right = int(below[0])
    high, low = float(losses[right - 1]), float(losses[right])
    share = (high - level) / (high - low)
    return float(np.exp((1 - share) * np.log(eta[right - 1]) + share * np.log(eta[right])))


def _minibatch(asked: Sweep, found: Swept) -> list[str]:
    level = LEVEL * math.log(len(asked.lanes[0].setting.train.classes))
    sizes = [lane.setting.view.batch for lane in asked.lanes[: found.done]]
    rates = [
        rate_to(level, lane.eta, losses)
        for lane, losses in zip(asked.lanes, found.values["training loss"], strict=False)
    ]
    said = []
    factors = [
        (size, rate / rates[0], size / sizes[0])
        for size, rate in zip(sizes[1:], rates[1:], strict=True)
        if np.isfinite(rate / rates[0])
    ]
    if factors:
        told = listed([f"{rounded(factor, 2)} × with {size}" for size, factor, _ in factors])
        rule = listed([f"{rounded(times, 2)} ×" for _, _, times in factors])
        near = all(1 / OFF < factor / times < OFF for _, factor, times in factors)
        said.append(
            f"In the same number of epochs the training loss comes down to {rounded(level, 2)} at"
            f" η = {rounded(rates[0])} with {sizes[0]} examples a step. A larger minibatch needs a larger η for that:"
            f" {told}. Linear scaling (Goyal et al. 2017) says {rule}: {'near to what is seen' if near else 'not so'}"
            " here."
        )
    return said + _edges(asked, found, sizes)


def _edges(asked: Sweep, found: Swept, sizes: list[int]) -> list[str]:
    """Up to which rate training works with each size."""
    lanes = zip(sizes, asked.lanes, learned(asked, found), strict=False)
    tops = {size: float(lane.eta[row].max()) for size, lane, row in lanes if row.any()}
    if len(tops) < 2:
        return []
    told = listed([f"{rounded(top)} with {size}" for size, top in tops.items()])
    (small, low), *_, (large, high) = tops.items()
    rest = " That edge does not scale with the minibatch." if high / low < large / small / OFF else ""
    return [f"The highest of these rates that still learns: {told}.{rest}"]


_VERDICTS: dict[str, Callable[[Sweep, Swept], list[str]]] = {
    "gap": _gap,
    "typical": _typical,
    "minibatch": _minibatch,
}


# ---- the table

HEADINGS = ("", "typical η", "validation loss there", "best η", "validation loss there", "test accuracy there")


def rows(asked: Sweep, found: Swept) -> list[Sequence[str]]:
    """A line for each lane, under HEADINGS."""
    lanes = zip(asked.lanes, found.values["validation loss"], found.values["test accuracy"], strict=False)
    return [_row(lane, losses, accuracy, lowest(losses)) for lane, losses, accuracy in lanes]


def _row(lane: Lane, losses: Array, accuracy: Array, best: int) -> Sequence[str]:
    at = [f"{rounded(float(lane.eta[place]))}" for place in (TYPICAL, best)]
    right = percent(float(accuracy[best])) if np.isfinite(losses[best]) else "–"
    return lane.name, at[0], _loss(float(losses[TYPICAL])), at[1], _loss(float(losses[best])), right


def _loss(value: float) -> str:
    return rounded(value) if np.isfinite(value) else "blew up"


def alt(asked: Sweep, found: Swept) -> str:
    """The picture for those who do not see it."""
    ends = "; ".join(f"{name}: best η {eta}, {loss}" for name, _, _, eta, loss, _ in rows(asked, found))
    return f"How training ends over η on a logarithmic axis, {KIND_ALT[asked.kind]}. {ends}."


KIND_ALT = {
    "gap": "median and range of the seeds: losses, gap and test accuracy",
    "typical": "in multiples of each optimizer’s typical η: the validation loss",
    "minibatch": "one curve for each size of the minibatch: the training loss",
}
