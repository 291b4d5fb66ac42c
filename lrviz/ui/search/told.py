"""What the page says in words, computed from the same numbers as its pictures: pure functions of what was found."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, listed, rounded
from lrviz.tuning.measure import FLOOR
from lrviz.tuning.repeat import Estimate, Repeated
from lrviz.tuning.search import Search
from lrviz.tuning.trials import Belief, Trial
from lrviz.ui.search.study import DRAWS, Question, Truth
from lrviz.ui.search.view import METHODS, SAID, number

SIGMAS = 2
"""What is so many standard errors from even is called ahead."""
BLEW_UP = "blew up"

Losses = Mapping[str, Search]
"""The searches by method."""


# ---- what is asked


def title(asked: Question) -> str:
    """What is searched, and on what."""
    scene = asked.scene
    also = "" if asked.also is None else f" and {_symbol(asked, asked.also.name)}"
    return f"η{also} of {scene.runs[0].optimizer.title} on {scene.surface.title}"


def budget(asked: Question) -> str:
    """What each search may spend."""
    runs = f"as many as {asked.runs} runs of {count(asked.task.steps)} steps take"
    return f"Each search may spend {count(asked.budget)} gradient evaluations, {runs}."


def described(asked: Question) -> str:
    """A question in words, for an answer that still stands while something else is asked."""
    low, high = map(rounded, asked.eta)
    return f"{title(asked)}, η from {low} to {high}, {asked.runs} runs of {count(asked.task.steps)} steps"


def _symbol(asked: Question, name: str) -> str:
    return number(asked.scene.runs[0], name).symbol


def point(asked: Question, values: Mapping[str, float]) -> str:
    """The numbers of a trial: "η = 0.1, β = 0.9"."""
    return ", ".join(f"{_symbol(asked, name)} = {rounded(value)}" for name, value in values.items())


def loss(value: float) -> str:
    return rounded(value) if math.isfinite(value) else BLEW_UP


# ---- the samples


def readouts(asked: Question, found: Search) -> tuple[str, ...]:
    """What is said of each dot that is pointed at."""
    return tuple(
        f"Sample {k}: {point(asked, trial.values)} {_came_to(trial, found.steps)}"
        for k, trial in enumerate(found.trials, 1)
    )


def _came_to(trial: Trial, steps: int) -> str:
    early = "" if trial.steps == steps else f" after {count(trial.steps)} of {count(steps)} steps"
    return f"stands at {rounded(trial.loss)}{early}" if math.isfinite(trial.loss) else f"{BLEW_UP}{early}"


def sample(asked: Question, found: Search, index: int) -> str:
    """The story of one sample: why there, what came of it, and how good that is. index: from 0 on."""
    trial = found.trials[index]
    said = f"Sample {index + 1} of {len(found.trials)}: {point(asked, trial.values)} {_came_to(trial, found.steps)}"
    return f"{said}{_rank(found, index)}. {_why(found, index)}".strip()


def _rank(found: Search, index: int) -> str:
    """How a sample compares with those before it."""
    trial, best = found.trials[index], found.best_so_far
    if trial.steps < found.steps:
        goes_on = any(later.values == trial.values for later in found.trials[index + 1 :])
        return " and goes on" if goes_on else " and is dropped"
    if not math.isfinite(trial.loss):
        return ""
    before = best[index - 1] if index else math.inf
    return ", the best so far" if trial.loss < before else f"; the best so far is {rounded(float(before))}"


def _why(found: Search, index: int) -> str:
    """Why this sample was taken."""
    if found.method == "grid":
        return "A grid is planned beforehand." if index == 0 else ""
    if found.method in ("random", "halving"):
        return "Drawn by chance, evenly on the axis." if index == 0 else ""
    belief = next((belief for belief in found.beliefs if belief.known == index), None)
    if belief is None:
        drawn = found.beliefs[0].known if found.beliefs else 0
        return f"The first {drawn} are drawn by chance." if index < drawn else ""
    low, middle, high = found.measure.loss(_at_proposal(belief))
    expected = f"between {rounded(float(low))} and {rounded(float(high))}, most likely {rounded(float(middle))}"
    return f"From {belief.known} samples the model expected {expected} here, and most to be gained."


def _at_proposal(belief: Belief) -> Array:
    """What the model expects where it wants to look, in the measure: lower end, middle, upper end."""
    here = int(np.argmin(np.abs(belief.eta - belief.proposal)))
    mean, spread = float(belief.mean[here]), float(belief.deviation[here])
    return np.array([mean - spread, mean, mean + spread])


def samples_alt(asked: Question, found: Search) -> str:
    """The picture of the samples, for those who do not see it."""
    best, blown = found.best, sum(not math.isfinite(trial.loss) for trial in found.trials)
    return (
        f"{METHODS[found.method]} search: the loss at the end of {len(found.trials)} samples over η on a logarithmic"
        f" axis. The best is {loss(best.loss)} at {point(asked, best.values)}; {blown} blew up."
    )


# ---- what each search found


def best_of(asked: Question, searches: Losses) -> list[str]:
    """Which search came lowest with this draw."""
    ends = {method: float(found.measure(np.array(found.best.loss))) for method, found in searches.items()}
    least = min(ends.values())
    best = min((found.best for found in searches.values()), key=lambda trial: trial.loss)
    if not math.isfinite(best.loss):
        return ["Every sample of every search blew up: search lower."]
    winners = [SAID[method] for method, end in ends.items() if end == least]
    said = f"With this draw {listed(winners)} came lowest, to {rounded(best.loss)} at {point(asked, best.values)}."
    if len(winners) > 1 and least == _ROUNDING:
        said += " What they still differ by is rounding."
    return [f"{said} Another draw may end otherwise: see below."]


_ROUNDING = math.log10(FLOOR)


def against_truth(asked: Question, searches: Losses, truth: Truth, lowest: float) -> list[str]:
    """How far each search stayed from the best there is. lowest: the minimum, which is taken from each loss before."""
    eta, also, least = truth.best
    values = {"eta": eta} | ({} if asked.also is None else {asked.also.name: also})
    tried = count(truth.eta.size) if asked.also is None else f"{count(truth.eta.size)} × {truth.also.size}"
    if not math.isfinite(least):
        return [f"All of {tried} runs blow up: search lower."]
    said = f"The truth: the best of {tried} is {point(asked, values)}, with {rounded(least)}."
    if eta in (truth.eta[0], truth.eta[-1]):
        said += " It lies at the end of the range: a better one may lie beyond."
    return [said, *_luck(truth), *_both(asked, searches, truth), *_times(searches, least, lowest)]


def _luck(truth: Truth) -> list[str]:
    """Where the best lies when the noise is drawn otherwise."""
    if truth.draws is None:
        return []
    median = truth.quantile(0.5)
    eta, least = truth.eta[np.argmin(median)], float(median.min())
    if not math.isfinite(least):
        return []
    return [
        f"That is with this draw of the noise. Over {DRAWS} draws the median is lowest at η = {rounded(float(eta))},"
        f" with {rounded(least)}: what is better than that is luck."
    ]


def _both(asked: Question, searches: Losses, truth: Truth) -> list[str]:
    """How much each of two numbers matters."""
    if asked.also is None:
        return []
    measure = next(iter(searches.values())).measure
    row, column = np.unravel_index(int(np.argmin(truth.loss)), truth.loss.shape)
    along_eta, along_also = (float(np.ptp(measure(line))) for line in (truth.loss[row], truth.loss[:, column]))
    decades = "" if math.isnan(measure.lowest) else " decades"
    return [
        f"From there η alone changes the loss by {rounded(along_eta, 2)}{decades} over its range,"
        f" {_symbol(asked, asked.also.name)} alone by {rounded(along_also, 2)}."
    ]


def _times(searches: Losses, least: float, lowest: float) -> list[str]:
    """How many times as high each search's best is."""
    measure = next(iter(searches.values())).measure
    if math.isnan(measure.lowest):  # of what has no bottom nothing is a multiple
        return []
    if measure(np.array(least)) == _ROUNDING:
        return ["So near to the minimum rounding decides: below, no search is better than another."]
    told = []
    for method, found in searches.items():
        end = found.best.loss
        times = f"{rounded((end - lowest) / (least - lowest), 2)} ×" if math.isfinite(end) else "no run that held"
        told.append(f"{METHODS[method]} {times}")
    above = " above the minimum" if lowest else ""
    return [f"As a multiple of that loss{above}, the searches found: {', '.join(told)}."]


HEADINGS = ("search", "best η", "loss at the end", "samples", "run to the end", "blew up", "evaluations")
"""What stands above the columns of `rows`; a second number has its column after η."""


def headings(asked: Question) -> tuple[str, ...]:
    also = () if asked.also is None else (f"best {_symbol(asked, asked.also.name)}",)
    return HEADINGS[:2] + also + HEADINGS[2:]


def row(found: Search) -> tuple[str, ...]:
    """What one search found and spent, under `headings`."""
    best = found.best
    whole = sum(trial.steps == found.steps for trial in found.trials)
    blown = sum(not math.isfinite(trial.loss) for trial in found.trials)
    numbers = map(count, (len(found.trials), whole, blown, found.trials[-1].spent))
    return (METHODS[found.method], *map(rounded, best.values.values()), loss(best.loss), *numbers)


def race_alt(searches: Losses) -> str:
    """The picture of the best so far, for those who do not see it."""
    ends = ", ".join(f"{METHODS[method]} {loss(found.best.loss)}" for method, found in searches.items())
    return f"The lowest loss found so far, over the evaluations spent. At the end: {ends}."


# ---- many repetitions

PAIRS = (("bayesian", "random"), ("halving", "random"), ("random", "grid"))
"""What is compared."""


def many(found: Repeated) -> list[str]:
    """How often one search beats another, and by how much; only what these numbers show."""
    return [*(_compared(found, *pair) for pair in PAIRS), f"In the middle of all draws they end at: {_medians(found)}."]


def _medians(found: Repeated) -> str:
    medians = {method: float(found.quartiles(method)[1, -1]) for method in found.best}
    return ", ".join(f"{METHODS[method]} {loss(median)}" for method, median in medians.items())


def _compared(found: Repeated, one: str, other: str) -> str:
    wins, lead = found.win_rate(one, other), found.lead(one, other)
    often = f"{_percent(wins)} of {count(found.seeds)} draws"
    decades = " decades" if not math.isnan(found.measure.lowest) else ""
    by = f"by {_plus_minus(abs(lead.value), lead.error)}{decades} on average"
    a, b = SAID[one], SAID[other]
    a = a[0].upper() + a[1:]
    if abs(lead.value) <= SIGMAS * lead.error:
        return f"{a} ends lower than {b} in {often}; on average neither is clearly ahead."
    ahead = "ahead" if lead.value > 0 else "behind"
    return f"{a} ends lower than {b} in {often}, and is {ahead} {by}."


def _percent(share: Estimate) -> str:
    return f"{round(100 * share.value)} ± {round(100 * share.error)} %"


def _plus_minus(value: float, error: float) -> str:
    return f"{rounded(value, 2)} ± {rounded(error, 1)}"


def many_alt(found: Repeated) -> str:
    """The picture of the repetitions, for those who do not see it."""
    ends = ", ".join(f"{METHODS[method]} {_quartiles(found.quartiles(method)[:, -1])}" for method in found.best)
    return f"The lowest loss so far over the evaluations spent, median and quartiles of {found.seeds} draws: {ends}."


def _quartiles(three: Array) -> str:
    low, middle, high = (loss(float(value)) for value in three)
    return f"{middle} ({low} to {high})"
