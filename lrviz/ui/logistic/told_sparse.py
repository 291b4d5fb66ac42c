"""What the page says of optimizers on sparse columns."""

from __future__ import annotations

from collections import Counter

import numpy as np

from lrviz.models import SETS
from lrviz.models.sparse import SHARES
from lrviz.numerals import count, rounded
from lrviz.ui.logistic.study import LIT, SEARCHED, Contestant, Question, Sparse
from lrviz.ui.logistic.told import per_cent

RARE, COMMON = 0.25, 0.75
"""Columns are compared at these quantiles of how often they are on."""
RARELY = 0.1
"""A column is called rare where it is on in no more than this share of the examples."""
CLOSE = 1.5
"""Ends that are within this factor of each other are called about equal."""


def names(found: Sparse) -> tuple[str, ...]:
    """The contestants' names; one that is there with two schedules has its schedule's name too."""
    titles = Counter(one.run.optimizer.title for one in found.contestants)
    return tuple(
        one.run.optimizer.title
        if titles[one.run.optimizer.title] == 1
        else f"{one.run.optimizer.title}, {one.run.inner.title.lower()}"
        for one in found.contestants
    )


def columns(asked: Question, found: Sparse) -> str:
    """What the columns are."""
    d, n = found.often.size, len(found.problem.data)
    if SETS[asked.view.data] == "digits":
        made = f"one for each pixel, 1 where it is brighter than {LIT} of the brightest"
    else:
        shares = ", ".join(f"{share:.0%}" for share in SHARES[: len(SHARES) // 2 + 1])
        made = (
            f"each feature is cut into {len(SHARES)} bins, which hold {shares} of the examples and the same back: what"
            " is unusual has a column of its own"
        )
    return (
        f"{count(d)} columns of zeros and ones, {count(n)} examples to train on: {made}. Half of the columns are on in"
        f" {per_cent(float(np.median(found.often)))} of the examples or fewer."
    )


def end(one: Contestant) -> float:
    """Its lowest loss at the end, above the infimum; infinite where every rate blew up."""
    return float(np.nanmin(one.ends, initial=np.inf))


def verdict(found: Sparse) -> list[str]:
    """Which of gradient descent and AdaGrad came lower, each at its best rate, and how."""
    gd, adagrad = found.contestants[:2]
    times = end(gd) / end(adagrad)
    rates = (
        f"gradient descent at η = {rounded(float(gd.run.schedule.eta))}, AdaGrad at"
        f" η = {rounded(float(adagrad.run.schedule.eta))}, each its best of {count(SEARCHED.size)} rates"
    )
    if times > CLOSE:
        said = f"Here AdaGrad came {rounded(times, 2)} times as near to the lowest loss as gradient descent: {rates}."
    elif times < 1 / CLOSE:
        said = f"Here AdaGrad was of no use: gradient descent came {rounded(1 / times, 2)} times as near: {rates}."
    else:
        said = f"Here neither is clearly ahead: {rates}."
    return [said, *spread(found), *ends(found)]


def spread(found: Sparse) -> list[str]:
    """How differently AdaGrad steps what is rare and what is common."""
    often, acted = found.often, found.contestants[1].acted[: found.often.size]
    known = np.isfinite(acted) & (acted > 0) & (often > 0)
    if known.sum() < 4:
        return []
    low, high = np.quantile(often[known], (RARE, COMMON))
    if low == high:
        return ["All columns are on about equally often: there is nothing to make up for."]
    rare, common = (float(np.median(acted[known & mask])) for mask in (often <= low, often >= high))
    if low > RARELY:
        begins = f"Even the rarest quarter of the columns is on in up to {per_cent(float(low))} of the examples."
    else:
        begins = (
            f"The rarest quarter of the columns is on in {per_cent(float(low))} of the examples at most, and its"
            " weights meet small gradients; one rate for all must suit the common ones."
        )
    return [
        f"{begins} AdaGrad divides by what it has seen: at the end it steps the rarest quarter with {rounded(rare)}"
        f" (median), the most common one, on in {per_cent(float(high))} at least, with {rounded(common)}:"
        f" {rounded(rare / common, 2)} times as much."
    ]


def ends(found: Sparse) -> list[str]:
    """Where a best rate lies at the end of what was searched."""
    at = [
        name
        for one, name in zip(found.contestants, names(found), strict=True)
        if np.isfinite(one.ends).any() and int(np.nanargmin(one.ends)) in (0, SEARCHED.size - 1)
    ]
    return [f"The best rate of {', '.join(at)} is the last that was tried: a better one may lie beyond."] if at else []


def contest_alt(found: Sparse) -> str:
    """The ends at every rate, for those who do not see them."""
    lowest = "; ".join(
        f"{name} {rounded(end(one))} at η = {rounded(float(one.run.schedule.eta))}"
        for one, name in zip(found.contestants, names(found), strict=True)
    )
    return f"The loss at the end over η for each optimizer. The lowest: {lowest}."


def acting_alt(found: Sparse) -> str:
    """The rates of the weights, for those who do not see them."""
    return f"The rate of each weight at the last step over how often its column is on. {' '.join(spread(found))}"
