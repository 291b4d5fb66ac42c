"""What the page says, from its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.declare import Array
from lrviz.iterate import Bools
from lrviz.numerals import count, rounded
from lrviz.optimizers import GD, Hypergradient
from lrviz.tuning.meta_descent import Update
from lrviz.ui.meta_gradient.study import Curve, Learnt
from lrviz.ui.meta_gradient.view import View

RESOLVED = 1e-16
"""A loss below this share of the start's is not told from rounding, and neither is its slope,"""
FLAT = 1e-6
"""nor is a slope of the loss below this share of it by differences,"""
STILL = 1e-12
"""nor the sign of one below this share."""
WILD = 100.0
"""Slopes beyond the limit are called wild from so many times those below it on."""
APART = 0.1
"""Where slope and differences differ by more than this share of the latter."""
AT_REST = 1e-3
"""A descent whose next update would move η by less than this share of it is at rest."""


def agreement(curve: Curve) -> list[str]:
    """How well the slope and central differences agree, below the limit and beyond it."""
    if curve.slopes.reason:
        return []
    limit = curve.question.limit
    told = curve.checked_slopes
    both = np.isfinite(told.slope) & np.isfinite(curve.differences)
    both &= (np.abs(told.loss) > RESOLVED * abs(_start(curve))) & (np.abs(told.slope) > FLAT * np.abs(told.loss))
    below = both & ~(told.eta >= limit)  # where no limit is known: all
    if not below.any():
        return ["No rate of the axis is left at which differences could be compared with it."]
    largest = float(_apart(curve)[below].max())
    where = f" below the limit {rounded(limit)}" if np.isfinite(limit) else ""
    said = (
        f"Checked by another way: at {int(below.sum())} rates{where} central differences over many runs differ from it"
        f" by a share of {rounded(largest, 2)} at most."
    )
    beyond = both & ~below
    if not beyond.any():
        return [said]
    apart = int(np.sum(_apart(curve)[beyond] > APART))
    wrong = f"at {apart} of {int(beyond.sum())} rates they have little in common" if apart else "they still agree"
    why = ": even runs a ten-thousandth apart in η end in different places" if apart else ""
    return [f"{said} Beyond the limit {wrong}{why}."]


def _apart(curve: Curve) -> Array:
    """By what share the two differ at each checked rate."""
    with np.errstate(all="ignore"):
        apart = np.abs(curve.checked_slopes.slope - curve.differences)
        apart = np.where(np.equal(apart, 0), 0.0, apart / np.abs(curve.differences))
    return np.where(np.isnan(apart), 0.0, apart)


def _start(curve: Curve) -> float:
    scene = curve.question.scene
    return float(scene.surface.loss(np.array(scene.start)))


def smoothness(curve: Curve) -> list[str]:
    """How smooth it is below the limit, and how wild beyond."""
    if curve.slopes.reason:
        return [f"{curve.slopes.reason}."]
    limit, etas = curve.question.limit, curve.slopes.eta
    of = "log loss" if curve.of_log else "loss"
    finite = np.isfinite(curve.slope)
    if not np.isfinite(limit):
        if not finite.any():
            return ["Every run of the axis blows up: there is no slope."]
        steepest = int(np.nanargmax(np.where(finite, np.abs(curve.slope), np.nan)))
        return [
            f"Theory knows no limit on η here. The steepest slope is d {of} / d log η ="
            f" {rounded(float(curve.slope[steepest]))}, at η = {rounded(float(etas[steepest]))}."
        ]
    below, beyond = finite & (etas < limit), finite & (etas >= limit)
    if not below.any():
        return [f"The axis begins beyond the limit {rounded(limit)}."]
    smooth = (
        f"Below the limit η = {rounded(limit)} the slope {_turns(curve, below)} and is {_largest(curve, below)}"
        " at its largest."
    )
    if not (etas >= limit).any():
        return [smooth]
    gone = etas[(etas >= limit) & ~finite]
    if not beyond.any():
        return [f"{smooth} Beyond it every run of the axis blows up: a run that has no end has no slope."]
    wild = f"Beyond it the slope {_turns(curve, beyond)} and reaches {_largest(curve, beyond)}"
    is_wild = np.nanmax(np.abs(curve.slope[beyond])) > WILD * np.nanmax(np.abs(curve.slope[below]))
    wild += ": too steep to say anything about rates nearby." if is_wild else "."
    lost = f" {len(gone)} of {int((etas >= limit).sum())} runs there blow up and have none." if len(gone) else ""
    return [f"{smooth} {wild}{lost}"]


def _turns(curve: Curve, where: Bools) -> str:
    slopes, losses = curve.slopes.slope[where], curve.slopes.loss[where]
    turns = int(np.sum(np.diff(np.sign(slopes[np.abs(slopes) > STILL * np.abs(losses)])) != 0))
    return f"changes its sign {'once' if turns == 1 else f'{turns} times'}" if turns else "never changes its sign"


def _largest(curve: Curve, where: Bools) -> str:
    return rounded(float(np.max(np.abs(curve.slope[where]))))


# ---- descent


def frames(updates: Sequence[Update], view: View, of_log: bool) -> tuple[str, ...]:
    """For each update where it stands and what comes of its slope."""
    return tuple(_frame(one, view, of_log) for one in updates)


def _frame(one: Update, view: View, of_log: bool) -> str:
    here = f"η = {rounded(one.eta)}: loss {rounded(one.loss)}"
    if not np.isfinite(one.loss):
        return f"η = {rounded(one.eta)}: the run blows up, and there is no slope to go down"
    if not np.isfinite(one.slope):
        return f"{here}, which has no slope that could be followed"
    move = -view.pace * one.slope
    percent = f", so 1 % more η is {rounded(abs(one.slope), 2)} % {'less' if one.slope < 0 else 'more'} loss"
    with np.errstate(over="ignore"):
        factor = float(np.exp(move))
    by = f"γ times that moves log η by {rounded(move)}, η by a factor of {rounded(factor)}"
    return f"{here}, slope {rounded(one.slope)}{percent if of_log else ''}; {by}"


def descent(updates: Sequence[Update], curve: Curve, view: View) -> list[str]:
    """Where descent on the meta-gradient led."""
    first, last = updates[0], updates[-1]
    losses = np.array([one.loss for one in updates])
    if not np.isfinite(first.slope):
        return [f"At the scene’s η = {rounded(first.eta)} there is no slope to go down."]
    top = updates[int(np.argmin(losses))]
    steps = int(np.argmin(losses))
    started = f"From η = {rounded(first.eta)} with loss {rounded(first.loss)},"
    if steps == 0:
        said = [f"{started} no update led to anything lower."]
    else:
        made = "1 update" if steps == 1 else f"{steps} updates"
        said = [f"{started} {made} led to η = {rounded(top.eta)} with loss {rounded(top.loss)}."]
    best, least = float(curve.slopes.eta[curve.best]), float(curve.slopes.loss[curve.best])
    said.append(
        f"The best of the {count(len(curve.slopes.eta))} rates of the curve is {rounded(best)}, with {rounded(least)}."
    )
    if best > 1.05 * curve.question.limit:
        said.append("That is beyond the limit: with so few steps, what grows at the minimum has not grown yet.")
    move = view.pace * abs(last.slope)
    if not np.isfinite(last.loss):
        said.append(
            f"Then an update went too far: at η = {rounded(last.eta)} the run blows up, and nothing leads back."
        )
    elif not np.isfinite(last.slope):
        said.append("There it ends: the loss is 0, and 0 has no logarithm." if last.loss == 0 else "There it ends.")
    elif last.loss > 2 * top.loss > 0:
        said.append(
            f"Then an update went too far: it ends at η = {rounded(last.eta)} with loss {rounded(last.loss)}."
            " Where the slope is steep a smaller γ is needed: the rate of the rate has a limit of its own."
        )
    elif move < AT_REST:
        lower = least < last.loss - 0.01 * abs(last.loss)
        rest = "in a valley of the curve that is not its lowest" if lower else "at the bottom of the curve"
        flat = abs(last.slope) > 0 and abs(np.log(last.eta / first.eta)) < AT_REST * len(updates)
        said.append("It hardly moves: the curve is nearly flat here." if flat else f"It has come to rest, {rest}.")
    else:
        said.append("It is still on its way: more updates or a larger γ would take it farther.")
    return said


# ---- a rate that learns while it runs


def hypergradient(found: Learnt, curve: Curve) -> list[str]:
    """What a rate came to that learnt within one run."""
    scene = curve.question.scene
    optimizer, eta = scene.runs[0].optimizer, float(scene.runs[0].schedule.eta)
    if not len(found.alpha):
        return ["Hypergradient descent took no step."]
    last = float(found.alpha[-1])
    became = "grew" if last > eta else "shrank" if last < eta else "stayed"
    ended = f"ended at loss {rounded(found.loss)}" if np.isfinite(found.loss) else "blew up"
    said = [
        f"Hypergradient descent needs no second run: with β = {rounded(found.beta)} its rate {became} from"
        f" {rounded(eta)} to {rounded(last)} while it ran, and it {ended}."
    ]
    least = float(curve.slopes.loss[curve.best])
    if isinstance(optimizer, Hypergradient):
        said.append("The curve is its own: η is the rate that it begins with.")
    elif isinstance(optimizer, GD):
        fixed = f"with loss {rounded(found.held)}" if np.isfinite(found.held) else "in a blow-up"
        said.append(f"Without learning the run ends {fixed}, at the best η of the curve with {rounded(least)}.")
    else:
        said.append(f"It is gradient descent whose rate learns; the curve is {optimizer.title}’s.")
    return said
