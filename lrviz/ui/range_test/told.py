"""What the page says of a test, in words that are computed from its numbers: pure functions of a study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.numerals import count, listed, rounded
from lrviz.surfaces import Surface
from lrviz.tuning.range_test import EDGE, RangeTest
from lrviz.tuning.truth import ARRIVED, GOOD, Truth
from lrviz.ui.range_test.study import Study

FOLD = np.log(1e4)
"""From here on a factor is told in powers of ten."""
LAG = 1.5
"""So many times as far right is a lag worth telling."""


# ---- right or misleading


def verdict(study: Study) -> list[str]:
    """How the suggestions that are read off the curve stand beside the best of the real runs."""
    truth, advice = study.truth, study.advice
    if truth is None or advice is None:
        return []
    if np.isnan(truth.bottom):
        return ["There is no minimum here, so no final loss is the best: nothing says which suggestion is good."]
    best = float(truth.loss[truth.best])
    if not np.isfinite(best):
        return ["Every one of the real runs blew up: no rate in this range is good."]
    read = {name: eta for name, eta in study.test.suggestions.items() if name != EDGE and np.isfinite(eta)}
    if not read:
        return [f"The test suggests nothing. {_best(study, truth)}"]
    good = [name for name, eta in read.items() if truth.is_good(advice.at(eta))]
    bad = [name for name in read if name not in good]
    if not bad:
        said = f"The test is right here: {_all(len(read))} as good as the best of the real runs."
    elif good:
        said = (
            f"The test is partly right here: {listed(good)} {_is(good)} as good as the best of the real runs,"
            f" {listed(bad)} {_is(bad)} not."
        )
    else:
        nearest = min(read, key=lambda name: advice.at(read[name]))
        told = "blew up" if not np.isfinite(advice.at(read[nearest])) else _left(study, advice.at(read[nearest]))
        which = "its one suggestion is" if len(read) == 1 else f"none of its {len(read)} suggestions is"
        no = "not " if len(read) == 1 else ""
        said = f"The test misleads here: {which} {no}as good as the best of the real runs. At {nearest} a run {told}."
    return [said, _best(study, truth)]


def _all(number: int) -> str:
    return "its one suggestion is" if number == 1 else f"all {number} suggestions that are read off the curve are"


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _best(study: Study, truth: Truth) -> str:
    eta = float(truth.eta[truth.best])
    low, high = truth.good
    many = f"median of {truth.seeds} seeds" if truth.seeds > 1 else "no noise"
    return (
        f"After {count(study.scene.steps)} steps ({many}) the best of {len(truth.eta)} fixed rates is"
        f" η = {rounded(eta)}; as good are those from {rounded(low)} to {rounded(high)}, which end no more than"
        f" {rounded(GOOD)} × as far above the minimum, or below {rounded(ARRIVED)} of where they began."
    )


def _left(study: Study, loss: float) -> str:
    """How a run's end compares with the best, as a clause."""
    truth = study.truth
    assert truth is not None
    best, ended = truth.excess(float(truth.loss[truth.best])), truth.excess(loss)
    if best <= ARRIVED * truth.excess(truth.start):
        return f"still has {rounded(ended / truth.excess(truth.start), 2)} of the start’s loss; the best has arrived"
    return f"ends {rounded(ended / best, 2)} × as far above the minimum as the best"


# ---- the rules, one a line


@dataclass(frozen=True)
class Row:
    """A rule, its η, and what a real run there comes to."""

    rule: str
    eta: float
    ends: str
    is_good: bool
    why: str


def rows(study: Study) -> list[Row]:
    """The rules in the order of the table."""
    return [
        Row(name, one.eta, _ends(study, one.eta), _good(study, one.eta), one.sentence)
        for name, one in study.test.found.items()
    ]


def _good(study: Study, eta: float) -> bool:
    known = study.truth is not None and study.advice is not None and np.isfinite(eta)
    return bool(known and study.truth.is_good(study.advice.at(eta)))  # type: ignore[union-attr]


def _ends(study: Study, eta: float) -> str:
    if not np.isfinite(eta):
        return "–"
    if study.truth is None or study.advice is None:
        return "…"
    loss = study.advice.at(eta)
    if not np.isfinite(loss):
        return "blows up"
    if np.isnan(study.truth.bottom):
        return f"ends at {rounded(loss)}"
    return "as good as the best" if study.truth.is_good(loss) else _left(study, loss)


# ---- where it stops, and what the average does


def stop(test: RangeTest) -> list[str]:
    """Where the test would have ended, and whether that was the run's doing; what the rules see; the average's lag."""
    said = []
    if test.stopped is None:
        said.append(f"The smoothed loss never came to {rounded(test.stop)} × its least: nothing stopped the test.")
    else:
        where = f"η = {rounded(float(test.eta[test.stopped]))}, step {count(test.stopped)}"
        said.append(f"The test stops at {where}, where the smoothed loss is above {rounded(test.stop)} × its least.")
        if test.is_false_stop:
            said.append(
                "Only the noise in the losses did that: without it the same rule goes on. Smooth more, or allow more."
            )
    return [*said, test.read_sentence, *_lag(test)]


def _lag(test: RangeTest) -> list[str]:
    """How much later the average is at its least than the loss itself."""
    end = len(test.eta) if test.stopped is None else test.stopped + 1
    plain, smoothed = (float(test.eta[np.argmin(losses[:end])]) for losses in (test.true, test.smoothed))
    if not smoothed > LAG * plain:
        return []
    back = 1 / (1 - test.smoothing)
    return [
        f"The average lags: without noise the loss is least at η = {rounded(plain)}, smoothed at {rounded(smoothed)},"
        f" {rounded(smoothed / plain, 2)} × as large. With β = {rounded(test.smoothing)} it looks back over about"
        f" {rounded(back, 2)} steps, in which η rises {_rise(test, back)}."
    ]


def _rise(test: RangeTest, steps: float) -> str:
    """By how much η rises in so many steps."""
    ramp, share = test.ramp, steps / (test.ramp.steps - 1)
    if ramp.linear:
        return f"by {rounded(float((ramp.top - ramp.eta) * share))}"
    factor = float(np.power(ramp.top / ramp.eta, share))
    return f"by {rounded(100 * (factor - 1), 2)} %" if factor < 2 else f"{rounded(factor, 2)}-fold"


# ---- the edge


def edge(test: RangeTest) -> list[str]:
    """Where the loss tells that η is too large, beside where theory says it is, and why the one comes late."""
    multiple = f"{rounded(test.stop)} × its start"
    if not test.true[0] > 0:
        return ["The loss at the start is not above 0, so no multiple of it tells an edge."]
    if np.isnan(test.edge):
        seen = f"The loss never rose above {multiple}: this test sees no edge up to η = {rounded(float(test.eta[-1]))}."
        return [seen, *_unseen(test)]
    seen = f"The loss rises above {multiple} at η = {rounded(test.edge)}: that is the edge which this test sees."
    growth = test.growth
    if growth is None:
        return [seen, test.sentences[EDGE]]
    if growth.late <= 0:
        return [
            f"{seen} Theory’s limit, {rounded(growth.limit)}, is beyond it: noise, or a run that is far from the"
            " minimum, is thrown out sooner."
        ]
    return [f"{seen} Theory’s limit is {rounded(growth.limit)}: it comes {_late(growth.late)} too late.", *_why(test)]


def _late(share: float) -> str:
    return f"{rounded(100 * share, 2)} %" if share < 1 else f"{rounded(1 + share, 2)} ×"


def _unseen(test: RangeTest) -> list[str]:
    growth = test.growth
    if growth is None:
        return [test.sentences[EDGE]]
    return [f"Theory’s limit is {rounded(growth.limit)}, and the ramp went beyond it.", *_why(test)]


def _why(test: RangeTest) -> list[str]:
    """How long growth takes, in this test's numbers."""
    growth = test.growth
    assert growth is not None
    if isinstance(test.problem, Surface) and not test.problem.constant_hessian:
        return [
            "That limit is set by the curvature at the nearest minimum. Farther off, where a run may be, it differs."
        ]
    if np.isinf(growth.log_needed):
        return [
            "When η passed the limit the run was exactly on the minimum in the steepest direction: 0 does not grow."
        ]
    said = [
        f"When η passed the limit, at step {count(growth.step)}, what was left of the loss along the steepest direction"
        f" had to grow {_fold(growth.log_needed)} to come to {rounded(growth.target)}. {_took(test)}"
        f" In each of them η rises {_rise(test, 1.0)}."
    ]
    if test.noise is None and growth.log_needed > FOLD:
        said.append(
            "There is no noise: below the limit the run came ever nearer to the minimum, and only what is off it can"
            " grow. Noise would have kept it off."
        )
    return said


def _took(test: RangeTest) -> str:
    growth = test.growth
    assert growth is not None
    expected = growth.expected_steps
    theory = "Theory says that the ramp ends before" if expected is None else f"Theory gives that {_steps(expected)}"
    if growth.late_steps is None:
        return f"{theory}; it was not seen."
    return f"{theory}; it took {_steps(growth.late_steps)}."


def _steps(number: int) -> str:
    return f"{count(number)} step" + ("" if number == 1 else "s")


def _fold(log: float) -> str:
    return (
        f"{rounded(float(np.exp(log)), 2)}-fold" if log < FOLD else f"by {rounded(log / np.log(10), 3)} powers of ten"
    )
