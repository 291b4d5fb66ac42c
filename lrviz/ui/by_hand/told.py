"""What the page says: pure functions of the attempts and of what they are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.scene import Scene
from lrviz.tuning.by_hand import Entry, Hint, beaten
from lrviz.tuning.measure import Measure
from lrviz.tuning.repeat import Estimate, Repeated
from lrviz.ui.by_hand.study import DIGITS

METHODS = {"grid": "grid", "random": "random", "bayesian": "Bayesian"}
_HEADS = ("", "η", "what became of it", "loss at the end", "spent so far", "best so far")


def attempts(number: int) -> str:
    return f"{count(number)} {'attempt' if number == 1 else 'attempts'}"


def end(loss: float) -> str:
    """The loss at the end of a run."""
    return rounded(loss) if np.isfinite(loss) else "blew up"


def attempt(number: int, entry: Entry) -> str:
    """One attempt, in a sentence."""
    ends = f"ends at {rounded(entry.attempt.end)}" if np.isfinite(entry.attempt.end) else "blows up"
    so_far = ", the best so far" if entry.leads and number > 1 else ""
    return f"Attempt {count(number)}, η = {rounded(entry.attempt.eta)}: {ends}{so_far}."


def table(entries: Sequence[Entry]) -> str:
    """The log of attempts, the last one first: it is what one looks for."""
    rows = ["".join(f"<th>{head}" for head in _HEADS)]
    for number, entry in reversed(list(enumerate(entries, 1))):
        one, outcome = entry.attempt, entry.attempt.outcome
        mark = " class=lr-lead" if entry.leads else ""
        rows.append(
            f"<th>{number}<td>{rounded(one.eta)}<td class=lr-{outcome.kind}>{escape(outcome.sentence)}"
            f"<td{mark}>{end(one.end)}<td>{count(entry.spent)}<td>{end(entry.best)}"
        )
    return f'<table class="lr-table lr-log" tabindex=0 aria-label="Attempts"><tr>{"<tr>".join(rows)}</table>'


def what_counts(scene: Scene) -> str:
    """What the loss at the end is, and what it stands for."""
    noise = ", without the noise of the gradient" if scene.noise else ""
    return (
        f"What counts is the loss after {count(scene.steps)} steps. On a surface that is the true loss{noise}; with a"
        " real model it would be the loss on data for validation. What is spent are evaluations of the gradient."
    )


def hint(found: Hint) -> str:
    return f"Hint: {found.sentence}"


# ---- the comparison


def best(truth: tuple[Array, Array]) -> str:
    """The best rate there is."""
    etas, losses = truth
    lowest = int(np.argmin(losses))
    if not np.isfinite(losses[lowest]):
        return f"All of {count(len(etas))} rates from {rounded(etas[0])} to {rounded(etas[-1])} blow up."
    return (
        f"Of {count(len(etas))} rates from {rounded(etas[0])} to {rounded(etas[-1])} the best is"
        f" {rounded(etas[lowest], DIGITS)}, which ends at {rounded(losses[lowest])}."
    )


def yours(entries: Sequence[Entry], truth: tuple[Array, Array], measure: Measure) -> str:
    """What was found by hand, beside the best there is."""
    last = entries[-1]
    runs = f"{count(len(entries))} {'run' if len(entries) == 1 else 'runs'}"
    if not np.isfinite(last.best):
        return f"By hand: {runs}, and every one blew up. {best(truth)}"
    mine = min(entries, key=lambda entry: entry.attempt.end).attempt
    told = f"By hand: {runs}, and the best, η = {rounded(mine.eta)}, ends at {rounded(mine.end)}. {best(truth)}"
    return f"{told} {_beside(mine.end, float(np.min(truth[1])), measure)}"


def _beside(mine: float, least: float, measure: Measure) -> str:
    own, lowest = (float(measure(np.array(loss))) for loss in (mine, least))
    if own <= lowest:
        return "Yours is as low as that."
    if np.isnan(measure.lowest):
        return "Yours is higher."
    factor = float((mine - measure.lowest) / (measure.loss(np.array(lowest)) - measure.lowest))
    if factor < 2:
        return f"Yours is {rounded(100 * (factor - 1), 2)} % farther above the minimum."
    return f"Yours is {rounded(factor, 2)} times as far above the minimum."


def verdict(entries: Sequence[Entry], searches: Repeated) -> str:
    """At the same cost, who did better how often."""
    parts = []
    for method in searches.best:
        share = beaten(searches, method, entries[-1].best)
        if method == "grid" and not share.error:
            parts.append(f"{_WON[float(np.sign(share.value - 0.5))]} the grid")
        else:
            parts.append(f"better than {percent(share)} of {searches.seeds} {_OF[method]}")
    *others, last = parts
    joined = f"{', '.join(others)} and {last}" if others else last
    return f"At the same cost, {count(int(searches.spent[-1]))} evaluations, you did {joined}."


_WON = {1.0: "better than", 0.0: "as well as", -1.0: "worse than"}
_OF = {"grid": "grids, each with other noise", "random": "random searches", "bayesian": "Bayesian ones"}


def percent(share: Estimate) -> str:
    """A share with its standard error, which there is none of where all are alike."""
    error = f" ± {max(round(100 * share.error), 1)}" if share.error else ""
    return f"{round(100 * share.value)}{error} %"


def rows(entries: Sequence[Entry], searches: Repeated) -> str:
    """What each came to at this cost, as a table."""
    lines = ["<th>at this cost<th>lower quartile<th>median<th>upper quartile<th>you did better than"]
    mine = entries[-1].best
    lines.append(f"<th>by hand<td><td>{end(mine)}<td><td>")
    for method in searches.best:
        low, middle, high = searches.quartiles(method)[:, -1].tolist()
        share = beaten(searches, method, mine)
        if method == "grid" and not share.error:
            lines.append(f"<th>{METHODS[method]}<td><td>{end(middle)}<td><td>{percent(share)}")
            continue
        lines.append(
            f"<th>{METHODS[method]}, {searches.seeds} times<td>{end(low)}<td>{end(middle)}<td>{end(high)}"
            f"<td>{percent(share)}"
        )
    return f'<table class="lr-table" tabindex=0 aria-label="Searches"><tr>{"<tr>".join(lines)}</table>'


def advantage(noisy: bool) -> str:
    """In what the comparison is uneven."""
    said = (
        "You began at the optimizer’s typical η and saw each run; a search knows the range and the losses at the end."
    )
    luck = " Each search has draws of the noise of its own; in yours there may be luck, or the lack of it."
    return said + (luck if noisy else "")
