"""What the page says in words, computed from the same numbers as its pictures: pure functions of what was found."""

from __future__ import annotations

import numpy as np

from lrviz.models.transfer import RANDOM, SCRATCH
from lrviz.models.transfer_sweep import Sweep
from lrviz.numerals import count, rounded
from lrviz.ui.transfer.study import FROZEN, ONE_RATE, Question

SIGMAS = 2
"""What is so many standard errors from even is called ahead."""


def name(way: float) -> str:
    """What a way is called."""
    fixed = {
        SCRATCH: "from scratch",
        RANDOM: "random early layers frozen",
        FROZEN: "early layers frozen",
        ONE_RATE: "one rate for all",
    }
    return fixed.get(way, f"early layers at {rounded(way)} × η")


def chosen(found: Sweep, same: float | None) -> np.ndarray:
    """(S, N, W): what is compared: all at the rate `same`, or each at its own best where that is None."""
    return found.at_best if same is None else found.at(same)


def percent(accuracy: float) -> str:
    return f"{100 * accuracy:.1f} %"


def points(mean: float, error: float) -> str:
    """A difference of accuracies, unsigned, with its standard error."""
    by = f"{100 * abs(mean):.1f}"
    return f"{by} points" if np.isnan(error) else f"{by} ± {100 * error:.1f} points"


def how(found: Sweep, same: float | None) -> str:
    """At which rates the ways are compared."""
    if same is not None:
        return f"all at the same η = {rounded(same)}"
    low, high = rounded(float(found.eta[0])), rounded(float(found.eta[-1]))
    return f"each at its own best of {len(found.eta)} rates from {low} to {high}"


def verdict(found: Sweep, early: float, n: int, same: float | None) -> list[str]:
    """Whether lower early rates won here; and whether anything was gained by what had been learnt before."""
    at = chosen(found, same)
    size = found.sizes.index(n)
    accuracy = dict(zip(found.ways, at[:, size].mean(axis=0).tolist(), strict=True))
    mean, error = (float(each[size]) for each in found.lead(early, ONE_RATE, at))
    result = {1: "win here", 0: "do not win here", -1: "lose here"}[_sign(mean, error)]
    by = f"{'ahead' if mean > 0 else 'behind'} by {points(mean, error)}" if mean else "exactly even"
    said = [
        f"Lower early rates {result}.",
        f"With {count(n)} new examples, {how(found, same)}, early layers at {rounded(early)} × η come to"
        f" {percent(accuracy[early])}, one rate for all to {percent(accuracy[ONE_RATE])}: {by} ({_pairs(found)}).",
    ]
    signs = [_sign(*both) for both in zip(*found.lead(early, ONE_RATE, at), strict=True)]
    sizes = len(found.sizes)
    if sizes > 1:
        said.append(
            f"Of the {sizes} sizes they are clearly ahead at {signs.count(1) or 'none'},"
            f" clearly behind at {signs.count(-1) or 'none'}."
        )
    return [*said, _from_scratch(found, at, size, accuracy)]


def _pairs(found: Sweep) -> str:
    return f"standard error over {found.seeds} seeds, in pairs" if found.seeds > 1 else "one seed: no error is known"


def _sign(mean: float, error: float) -> int:
    """1 ahead, −1 behind, 0 neither: less than SIGMAS standard errors, or a single seed."""
    return int(np.sign(mean)) if abs(mean) > SIGMAS * error else 0


def _from_scratch(found: Sweep, at: np.ndarray, size: int, accuracy: dict[float, float]) -> str:
    kept = max((way for way in found.ways if way >= 0), key=lambda way: accuracy[way])
    mean, error = (float(each[size]) for each in found.lead(kept, SCRATCH, at))
    said = f"From scratch it is {percent(accuracy[SCRATCH])}; the best that keeps the old layers, {name(kept)}, "
    sign = _sign(mean, error)
    if sign > 0:
        return f"{said}is ahead by {points(mean, error)}: what was learnt on 0–4 helps."
    if sign < 0:
        return f"{said}is behind by {points(mean, error)}: what was learnt on 0–4 is in the way of 5–9."
    return f"{said}is neither clearly ahead nor behind."


def choice_of_rate(found: Sweep, same: float | None) -> list[str]:
    """How each way's own rate is found, and where it may lie beyond those that were tried."""
    if same is not None:
        return []
    said = (
        "A way’s own best rate is the one with the highest mean accuracy over the seeds, on the same held-out examples:"
        " that flatters all ways alike."
    )
    ends = {
        name(way): end
        for column, way in enumerate(found.ways)
        for index, end in ((0, "lowest"), (len(found.eta) - 1, "highest"))
        if (found.best[:, column] == index).any()
    }
    at_end = ", ".join(f"{way} (the {end})" for way, end in ends.items())
    return [said, *([f"At the end of the rates that were tried, for some n: {at_end}."] if at_end else [])]


def rows(found: Sweep, n: int, same: float | None) -> list[list[str]]:
    """A row for each way: its rate, its accuracy, and how far each of its layers came."""
    at, size = chosen(found, same), found.sizes.index(n)
    lines = []
    for column, way in enumerate(found.ways):
        index = found.best[size, column] if same is None else found.eta.tolist().index(same)
        of_seeds = at[:, size, column]
        moved = found.drift[:, size, column, index].mean(axis=0)
        spread = f" ± {100 * of_seeds.std(ddof=1):.1f}" if found.seeds > 1 else ""
        lines.append(
            [name(way), rounded(float(found.eta[index])), f"{100 * of_seeds.mean():.1f}{spread} %"]
            + [f"{share:.0%}" if share < 10 else f"{rounded(float(share))} ×" for share in moved]
        )
    return lines


HEADINGS = ("way", "η", "accuracy on 5–9 ± deviation", "layer 1 moved", "layer 2 moved", "last layer moved")


# ---- over the multiplier


def over_multiplier(found: Sweep, same: float | None) -> list[str]:
    """Where along r it is best, what the two ends come to, and what the frozen layers are worth."""
    at = chosen(found, same)
    accuracy = dict(zip(found.ways, at[:, 0].mean(axis=0).tolist(), strict=True))
    best = max((way for way in found.ways if way >= 0), key=lambda way: accuracy[way])
    others = [f"{name(way)}: {percent(accuracy[way])}" for way in (FROZEN, ONE_RATE) if way != best]
    said = f"Best is {name(best)} with {percent(accuracy[best])}; {', '.join(others)}."
    mean, error = (float(each[0]) for each in found.lead(FROZEN, RANDOM, at))
    than = {1: "better than", 0: "neither clearly better nor worse than", -1: "worse than"}[_sign(mean, error)]
    by = f", by {points(mean, error)}" if _sign(mean, error) else ""
    worth = f"Frozen, the old layers serve 5–9 {than} random ones, which come to {percent(accuracy[RANDOM])}{by}."
    return [said, worth]


# ---- for those who do not see the pictures


def sizes_alt(found: Sweep, same: float | None) -> str:
    at = chosen(found, same).mean(axis=0)
    ways = (
        f"{name(way)}: "
        + ", ".join(f"{percent(one)} at {n}" for n, one in zip(found.sizes, at[:, column], strict=True))
        for column, way in enumerate(found.ways)
    )
    return f"Held-out accuracy over the number of new examples, {how(found, same)}. {'; '.join(ways)}."


def waiting(asked: Question) -> str:
    """What is being done, for the bar."""
    tries = len(asked.ways) * len(asked.eta)
    return f"{count(asked.seeds)} seeds × {len(asked.sizes)} sizes, {tries} fine-tunings side by side"
