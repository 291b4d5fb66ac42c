"""The words of outcomes, as data that Python and JavaScript print alike.

A phrase is a list of choices (condition, text): the first whose condition holds is printed, and nothing where none
does. A condition names facts that hold, "known and not local"; an empty one always holds. In a text stand

    {loss} {loss:2}             a number, rounded to 3 or so many digits
    {steps:count}               a whole number
    {steps:count step}          a whole number of things: "1 step", "2 steps"
    {minimum:point}             the position of the facts minimum_x and minimum_y
    {product:beside limit}      a number with as many digits as tell it from another one
    [place]                     another phrase

The facts are those of `lrviz.outcome.facts`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from lrviz.numerals import count, point, rounded

Facts: TypeAlias = Mapping[str, float]
"""One particle's facts by name; those that hold or do not are true or false."""
Phrases: TypeAlias = dict[str, list[tuple[str, str]]]

SENTENCES: Phrases = {
    "escaped": [
        ("began_outside", "Ran downhill without end: this surface has no minimum. It started outside the box."),
        ("", "Ran downhill without end: this surface has no minimum. It left the box at step {exit_step:count}."),
    ],
    "diverged": [
        ("blown_at_start", "Diverged: at the very start the loss is already beyond all numbers."),
        (
            "blown_at_once and no_infimum",
            "Diverged: not even the first step is defined: it needs the least value of the loss, which is not known.",
        ),
        (
            "blown_at_once and no_curvature",
            "Diverged: not even the first step is defined: it needs the curvature, and here is none.",
        ),
        ("blown_at_once", "Diverged: the very first step, with η = {eta}, goes beyond all numbers."),
        (
            "blown and nearby",
            "Diverged: the step from {theta:point}, after {blown_step:count} of them,"
            " ends where the loss is no number.",
        ),
        ("blown and not uphill", "Diverged: {diagonals} box diagonals away at step {blown_step:count}."),
        ("blown and steady", "Diverged: the loss grew {growth}× a step from step {uphill_from:count}[excess]."),
        ("blown", "Diverged: the loss rose from {lowest} to {loss} in {uphill_steps:count step}[excess]."),
        ("far", "Diverged: {diagonals} box diagonals away after {steps:count step}, and still going."),
        ("slow", "Diverging slowly: the amplitude grows {percent:2} % a step[departure][excess]."),
        ("", "Diverging: the amplitude grows {percent:2} % a step[departure][excess]."),
    ],
    "departure": [("in_view", "; out of view near step {departure:2}")],
    "excess": [
        ("exceeds and blown and not constant", "; [product] exceeds {limit} at step {lowest_step:count}"),
        ("exceeds", "; [product] exceeds {limit}"),
    ],
    "product": [("", "η·λmax = {product:beside limit}")],
    "converged": [
        ("not there", "Converged: at rest at {theta:point}, loss {loss}: a local minimum."),
        ("from_start", "Converged at step 0: it started at the minimum {minimum:point} and stayed.[nudge][best]"),
        (
            "many_minima",  # it may have moved along them since
            "Converged at step {arrival:count}: within {tolerance:1} of a minimum from there on,"
            " of {minimum:point} at the end.[best]",
        ),
        (
            "",
            "Converged at step {arrival:count}: within {tolerance:1} of {minimum:point} from there on.[best]",
        ),
    ],
    "nudge": [
        ("exceeds and constant", " But any nudge would grow: [product] exceeds {limit}."),
        ("exceeds", " But any nudge would grow: [product] exceeds {limit} there."),
    ],
    "best": [("local", " A local minimum, loss {minimum_loss}; the best has {best_loss}.")],
    "saddle": [
        (
            "flat",
            "Stuck at a saddle: the gradient is {gradient:1} and the curvature vanishes too,"
            " but lower points are near.",
        ),
        (
            "hilltop",
            "Stuck on a hilltop: the gradient is {gradient:1}, but both curvatures are negative,"
            " {least_curvature} and {most_curvature}.",
        ),
        ("", "Stuck at a saddle: the gradient is {gradient:1}, but one curvature is {least_curvature}."),
    ],
    "oscillating": [
        ("bouncing", "Oscillating: bounces between two sides[rate][extent]."),
        ("waving", "Oscillating: the loss keeps rising and falling[rate][extent]."),
        ("", "Oscillating: came to a minimum and was thrown out again [often].[back]"),
    ],
    "rate": [
        ("comparable and at_limit", "; η·λmax = {product} is the limit itself[where]"),
        ("comparable and beyond", "; [product] exceeds {limit}[where]"),
        ("comparable", "; [product], the limit is {limit}[where]"),
    ],
    "where": [("not constant", " at the nearest minimum")],
    "extent": [
        ("shrinking", "; {percent_left:2} % of the amplitude is left"),
        ("lasting", "; over a length of {extent:2} that does not shrink"),
        ("", "; over a length of {extent:2} that shrinks slowly"),
    ],
    "often": [("thrown_out_once", "once"), ("", "{stays_ended:count} times")],
    "back": [
        (
            "there and local",
            " It is now within {tolerance:1} of {minimum:point}, where the loss is {minimum_loss}.",
        ),
        ("there", " It is now within {tolerance:1} of {minimum:point}."),
    ],
    "wandering": [
        (
            "hovering and in_turns",
            "Wandering: losses that take turns keep it about {cloud:2} from {minimum:point}; that no longer shrinks.",
        ),
        (
            "hovering",
            "Wandering: the noise keeps it about {cloud:2} from {minimum:point}, and that no longer shrinks.",
        ),
        ("", "Wandering: changed basins {hops:count} times in the second half of the run, without a rhythm."),
    ],
    "stalled": [
        (
            "at_the_wrong_end",
            "Stopped short: each turn of the losses brings it back to the wrong end, near {theta:point}; [left].",
        ),
        ("on_a_plateau", "Stopped short: on a plateau, where the gradient is {gradient:1}; [left]."),
        ("run_out and rate_is_0", "Stopped short: the schedule has run out, η has reached 0; [left]."),
        ("run_out", "Stopped short: the schedule has run out, η is {share:1} of its top; [left]."),
        (
            "held_back",
            "Stopped short: weight decay {weight_decay} holds it back from the minimum; [left].",
        ),
        ("slowed", "Stopped short: the schedule has slowed it down, η is {share:1} of its top; [left]."),
        ("", "Stopped short: the same slope now moves it {worn:1} times as far as at first; [left]."),
    ],
    "left": [("known", "{to_go:2} still to go"), ("", "the loss is {loss}")],
    "descending": [
        ("exactly_there", "At [nearest] after {steps:count step}, too few to tell whether it stays."),
        ("no_nearer and known", "Not there: [place], and of late no nearer."),
        ("rising", "Not there: [place]; the loss is rising, from {lowest} at step {lowest_step:count} to {loss}."),
        ("known", "Still descending: [place]."),
        ("", "Still on its way [place]: the loss is {loss}."),
    ],
    "place": [
        ("known", "{to_go:2} from [nearest] after {steps:count step}"),
        ("", "after {steps:count step}"),
    ],
    "nearest": [("several_minima", "the nearest minimum"), ("", "the minimum")],
}
"""A kind's sentence is the phrase of its name."""

_HOLE = re.compile(r"\{(\w+):?([^}]*)\}|\[(\w+)\]")


def sentence(phrases: Phrases, name: str, facts: Facts) -> str:
    """A phrase with its facts in place."""

    def filled(hole: re.Match[str]) -> str:
        fact, form, phrase = hole.groups()
        return sentence(phrases, phrase, facts) if phrase else _told(fact, form, facts)

    text = next((text for condition, text in phrases[name] if _holds(condition, facts)), "")
    return _HOLE.sub(filled, text)


def _holds(condition: str, facts: Facts) -> bool:
    names = condition.split(" and ") if condition else []
    return all(not facts[name[4:]] if name.startswith("not ") else facts[name] for name in names)


def _told(name: str, form: str, facts: Facts) -> str:
    form, _, more = form.partition(" ")
    match form:
        case "point":
            return point((facts[f"{name}_x"], facts[f"{name}_y"]))
        case "count":
            number = int(facts[name])
            return f"{count(number)} {more}{'' if number == 1 else 's'}" if more else count(number)
        case "beside":
            value, other = facts[name], facts[more]
            digits = (digits for digits in range(3, 13) if rounded(value, digits) != rounded(other, digits))
            return rounded(value, next(digits, 13))
        case _:
            return rounded(facts[name], int(form or 3))
