"""Where to read a learning rate off the curve of a range test: the published rules, each with its reason in numbers.

Each takes the rates of the test, rising, and the smoothed losses at them, both (n,). Where a rule is not defined it
suggests NaN, and says why. None of them knows anything about the loss but this curve.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded


@dataclass(frozen=True)
class Suggestion:
    """A learning rate that a rule proposes."""

    eta: float
    """NaN where the rule is not defined."""
    sentence: str
    """Why it is there, or why there is none."""


def steepest(eta: Array, smoothed: Array, forward: bool = False) -> Suggestion:
    """Where the smoothed loss falls fastest along log η.

    The slope is taken by central differences, as in pytorch-lr-finder (`np.gradient`, per step of its ramp, which is
    the same for an exponential one). forward: by the difference to the next step, as fastai's `steep` does.
    Source: Smith (2017), and pytorch-lr-finder's `plot(suggest_lr=True)`; fastai's `SuggestionMethod.Steep`.
    """
    if len(eta) < 2:
        return Suggestion(np.nan, _few(eta, 2))
    with np.errstate(all="ignore"):
        slope = np.diff(smoothed) / np.diff(np.log(eta)) if forward else np.gradient(smoothed, np.log(eta))
    lowest = int(np.argmin(slope))
    if not slope[lowest] < 0:
        return Suggestion(np.nan, "The smoothed loss falls nowhere, so there is no steepest descent.")
    fall = rounded(float(-slope[lowest] * np.log(10)))
    return Suggestion(
        float(eta[lowest]),
        f"The smoothed loss falls fastest at {_at(eta, lowest)}: from {rounded(float(smoothed[lowest]))} there, at a"
        f" pace of {fall} for a tenfold η.",
    )


def valley(eta: Array, smoothed: Array) -> Suggestion:
    """In the middle of the longest valley: fastai's default.

    The longest valley is the longest strictly falling subsequence of the smoothed losses, L steps of them, which may
    skip others. It is taken to begin L steps before its end, and the rate is ⌊L/3⌋ + ⌊L/6⌋ steps in: half way. fastai's
    text says "roughly 2/3 through", its code is this. Below 3 steps fastai's index falls off the curve; here there is
    no suggestion then. Source: fastai's `SuggestionMethod.Valley`, after ESRI's learning rate finder.
    """
    length, end = _longest_fall(smoothed)
    if length < 3:
        return Suggestion(np.nan, "The smoothed loss does not fall for even 3 steps, so there is no valley.")
    begin = end - length
    middle = begin + length // 3 + length // 6
    return Suggestion(
        float(eta[middle]),
        f"The longest valley of the smoothed loss is {count(length)} steps long and ends at {_at(eta, end)}, at a loss"
        f" of {rounded(float(smoothed[end]))}; its middle is at {_at(eta, middle)}.",
    )


def _longest_fall(losses: Array) -> tuple[int, int]:
    """The length of the longest strictly falling subsequence, and the first place where one of that length ends.

    By patience sorting, in n log n: Fredman (1975), On computing the length of longest increasing subsequences.
    """
    ends: list[float] = []  # the largest last loss, turned over, of a fall of each length
    where = 0
    for place, loss in enumerate((-losses).tolist()):
        length = bisect_left(ends, loss)
        if length == len(ends):
            ends.append(loss)
            where = place
        else:
            ends[length] = loss
    return len(ends), where


SLIDE_STEPS = 15
SLIDE_CHANGE = 0.005
"""fastai's: the window of `slide`, in steps, and by how much slopes at its ends differ where the blow-up begins."""


def slide(eta: Array, smoothed: Array) -> Suggestion:
    """The left end of the last window, slid from the right, whose two ends differ in slope.

    The slopes are losses a step, so the threshold of 0.005 is in units of the loss: on losses of another size the same
    rule is another one. Source: fastai's `SuggestionMethod.Slide`, after Novetta's learning rate finder.
    """
    window = SLIDE_STEPS + 1
    if len(eta) < window:
        return Suggestion(np.nan, _few(eta, window))
    slope = np.gradient(smoothed)
    differs = (np.abs(slope[SLIDE_STEPS:] - slope[:-SLIDE_STEPS]) > SLIDE_CHANGE)[::-1]
    slides = len(differs) if differs.all() else int(np.argmin(differs))
    # The window before the first one that is even; the outermost where that is even already.
    left = len(differs) - max(slides, 1)
    if slides == 0:
        why = f"at the very end of the curve slopes {SLIDE_STEPS} steps apart are alike already"
    elif slides == len(differs):
        why = "they differ all the way, so this is the left end of the curve"
    else:
        why = f"to the left of {_at(eta, left)} they are alike"
    return Suggestion(
        float(eta[left]),
        f"Slid from the right, slopes {SLIDE_STEPS} steps apart differ by more than {SLIDE_CHANGE} a step: {why}.",
    )


TENTH = 10
"""A tenth of the rate at the minimum, as fastai's `minimum` has it."""


def minimum(eta: Array, smoothed: Array) -> Suggestion:
    """A tenth of the rate at which the smoothed loss is least. Source: fastai's `SuggestionMethod.Minimum`."""
    if not len(eta):
        return Suggestion(np.nan, _few(eta, 1))
    lowest = int(np.argmin(smoothed))
    return Suggestion(
        float(eta[lowest]) / TENTH,
        f"The smoothed loss is least, {rounded(float(smoothed[lowest]))}, at {_at(eta, lowest)}; a tenth of that is"
        f" {rounded(float(eta[lowest]) / TENTH)}.",
    )


def _at(eta: Array, place: int) -> str:
    return f"η = {rounded(float(eta[place]))}"


def _few(eta: Array, least: int) -> str:
    return f"Only {count(len(eta))} steps of the test are left to read; the rule needs {least}."


RULES: dict[str, Callable[[Array, Array], Suggestion]] = {
    "steepest": steepest,
    "valley": valley,
    "slide": slide,
    "minimum ÷ 10": minimum,
}
"""The rules that read the curve, by the name under which they are shown."""
