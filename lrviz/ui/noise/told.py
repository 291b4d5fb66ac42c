"""What the page's figures say, in words that are computed from the same numbers: pure functions of a study."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.ui.noise.study import FloorStudy, ScalingStudy, Study, Way

SIGMAS = 3
"""Two numbers agree when they are no more than so many standard errors apart, or by so little that none would care."""
CLOSE = 0.03
HOLDS = 0.2
"""The scaling rule holds while the loss at the end is at most by such a share above that of one worker."""


def agree(measured: float, error: float, theory: float) -> bool:
    """Whether a measured number is theory's, as far as can be told."""
    return bool(abs(measured - theory) <= max(SIGMAS * error, CLOSE * abs(theory)))


def plus_minus(value: float, error: float) -> str:
    return f"{rounded(value)} ± {rounded(error, 2)}"


def cloud(study: Study) -> list[str]:
    """Whether the last cloud is the one that theory expects, and what it comes to in the end."""
    runs, scene = study.runs, study.scene
    if scene.noise is None:
        return ["Without noise every seed is the same run. Choose a gradient noise to see a cloud."]
    gone = runs.seeds - int(runs.alive[-1])
    if gone:
        first = int(np.argmax(runs.alive < runs.seeds))
        said = f"{count(gone)} of {count(runs.seeds)} seeds blew up, the first at step {count(first)}."
        return [said, *_beyond(study)]
    width, error = float(runs.width[-1]), float(runs.width_error[-1])
    measured = f"After {count(scene.steps)} steps the cloud is {plus_minus(width, error)} wide"
    if study.expected is None:
        return [f"{measured}.", f"Theory does not apply here: {study.reason}."]
    expected = float(study.expected.width[-1])
    verb = "agrees" if agree(width, error, expected) else "does not agree"
    return [f"{measured}; theory’s {rounded(expected)} {verb}.", *_end(study), *_beyond(study)]


def _end(study: Study) -> list[str]:
    if study.settled is None:
        return []
    long, short = (float(np.sqrt(value)) for value in np.linalg.eigvalsh(study.settled)[::-1])
    shape = "round" if long < 1.1 * short else f"{rounded(long / short, 2)} times as long as broad"
    return [
        f"In the end its standard deviations are {rounded(long)} and {rounded(short)} ({shape}),"
        f" and the loss stays {rounded(study.floor)} above the minimum on average."
    ]


def _beyond(study: Study) -> list[str]:
    eta = float(study.run.schedule.eta)
    if not np.isfinite(study.limit) or eta < study.limit:
        return []
    return [
        f"η = {rounded(eta)} is beyond {rounded(study.limit)}, from which on the spread grows without end; what makes"
        f" it grow are runs thrown far out, too rare for {count(study.runs.seeds)} seeds to show all of it."
    ]


# ---- the floor


def floor(study: FloorStudy) -> list[str]:
    """Where the floor is in proportion to η, and where it bends."""
    etas, losses, errors = study.measured.eta, study.measured.loss, study.measured.error
    if study.reason:
        seen = np.isfinite(losses) & (losses > 0)
        if seen.sum() < 2:
            return [f"Theory does not apply here: {study.reason}."]
        slope = np.polyfit(np.log(etas[seen]), np.log(losses[seen]), 1)[0]
        return [f"Measured alone: the floor grows like η to the power {rounded(float(slope), 2)} over this range."]
    bends = study.etas[np.argmax(study.theory > 1.1 * study.line)]
    below = np.isfinite(losses) & (etas < study.limit)
    theory = np.interp(np.log(etas[below]), np.log(study.etas), study.theory)
    close = [agree(*numbers) for numbers in zip(losses[below], errors[below], theory, strict=True)]
    return [
        f"Half the η, half the floor: that holds to 10 % up to η = {rounded(float(bends))}."
        f" Beyond, the floor bends up, and at {rounded(study.limit)} it goes to infinity.",
        f"{sum(close)} of {len(close)} measured floors below the limit are theory’s, within {SIGMAS} standard errors"
        f" or {round(100 * CLOSE)} %.",
    ]


# ---- decay


def decay(ways: tuple[Way, ...]) -> list[str]:
    """What the decayed rate ends at, beside the two constant ones."""
    held, small, decayed = (float(way.loss[-1]) for way in ways)
    if not np.isfinite([held, small, decayed]).all():
        gone = [way.name for way in ways if not np.isfinite(way.loss[-1])]
        return [f"Runs blew up with {' and '.join(gone)}: there is no mean to compare."]
    numbers = [f"{way.name}: {plus_minus(float(way.loss[-1]), float(way.error[-1]))}" for way in ways]
    best = ways[int(np.argmin([held, small, decayed]))].name
    why = {
        ways[0].name: "the steps are too few for a smaller rate to arrive",
        ways[1].name: "there was time enough for the small rate to arrive at its lower floor",
        ways[2].name: "it travels at the large rate and comes down to a small one’s floor",
    }[best]
    return [f"Loss at the end: {'; '.join(numbers)}.", f"Lowest with {best}: {why}."]


# ---- workers


def scaling(study: ScalingStudy) -> list[str]:
    """Up to which K the linear scaling rule holds, and what breaks it."""
    told = study.measured
    losses = np.array([one.loss for one in told])
    errors = np.array([one.error for one in told])
    if len(told) < 2 or not np.isfinite(losses[0]):
        return ["One worker alone already blows up, or has too few steps to share."]
    broken = _broken(losses, errors) if study.reason else _broken(study.theory, np.zeros_like(errors))
    good = told[len(told) - 1 if broken is None else broken - 1]
    one = f"one worker’s {count(told[0].steps)} at {plus_minus(losses[0], errors[0])}"
    end = f"{count(good.steps)} steps of η = {rounded(good.eta)} end at {plus_minus(good.loss, good.error)}"
    holds = [f"The rule holds up to K = {good.workers}: {end}, {one}."] if good.workers > 1 else []
    if broken is None:
        return holds
    bad = told[broken]
    end = plus_minus(bad.loss, bad.error) if np.isfinite(bad.loss) else "runs blow up"
    return [*holds, f"At K = {bad.workers} it breaks: {end}. {_why(study, broken)}".strip()]


def _broken(losses: Array, errors: Array) -> int | None:
    """The first K whose loss is clearly above that of one worker."""
    with np.errstate(invalid="ignore"):
        above = losses - losses[0] > HOLDS * losses[0] + 2 * np.hypot(errors, errors[0])
    worse = above | ~np.isfinite(losses)
    return int(np.argmax(worse)) if worse.any() else None


def _why(study: ScalingStudy, broken: int) -> str:
    one, limit = study.measured[broken], float(study.limits[broken])
    if study.reason:
        return ""
    rate = f"K·η = {rounded(one.eta)}"
    if one.eta >= limit:
        return f"{rate} is beyond {rounded(limit)}, from which on the spread grows: no batch is large enough."
    before, now = float(study.floors[0]), float(study.floors[broken])
    if now - before > (float(study.theory[broken]) - float(study.theory[0])) / 2:
        return (
            f"{rate} is {rounded(one.eta / limit, 2)} of the limit, where the floor is no longer as η ÷ batch:"
            f" it is {rounded(now)} in place of {rounded(before)}."
        )
    return "That is not the noise: so few large steps leave the mean farther off than many small ones."
