"""What the page says of what it found, in words and in rows: only what these numbers show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np

from lrviz.models import Followed
from lrviz.models.linear import Linear
from lrviz.numerals import count, point, rounded
from lrviz.outcome import Outcome
from lrviz.simulation import Trajectory
from lrviz.ui.logistic.study import All, Landmarks, Question, Two

FLOOR = 1e-12
"""A loss so near to the lowest is not told from rounding."""
ARRIVED = 1e-3
"""A run has arrived where it has come down all but this share of the way from the first loss to the lowest."""


def class_name(name: str) -> str:
    return name.replace("_", " ")


def feature(name: str) -> str:
    """A feature's name as a title of an axis."""
    return f"{name.replace('_', ' ')}, standardized"


def above(loss: float) -> str:
    """A loss above the lowest, as far as rounding lets it be known."""
    return rounded(loss) if loss > FLOOR else f"below {rounded(FLOOR)}"


def per_cent(share: float) -> str:
    return f"{share:.1%}"


# ---- what theory knows


def landmarks(known: Landmarks) -> Iterator[tuple[float, str, tuple[float, ...], str]]:
    """The value, the label, the dash and the sentence of each rate that theory knows."""
    yield known.sure, "2/L", (), f"η = {rounded(known.sure)}: below it the loss falls at every step, from any start."
    yield (
        known.edge,
        "2/λmax(θ*)" if known.plain else "limit at θ*",
        (6, 4),
        f"η = {rounded(known.edge)}: by the curvature at the minimum. Beyond it no run stays there.",
    )
    yield (
        known.end,
        "2/λ" if known.plain else "limit far out",
        (2, 3),
        f"η = {rounded(known.end)}: by the curvature of the penalty. Beyond it runs grow without end.",
    )


def reason(problem: Linear, known: Landmarks) -> list[str]:
    """Why a fixed rate is enough here, or is not."""
    if not problem.smooth:
        penalty = f" Far out only the penalty bends it: beyond 2/λ = {rounded(known.end)} runs grow for ever."
        return [
            "The hinge loss is convex, but its slope jumps where a margin is 1: no L bounds how fast the gradient"
            " changes. Where the minimum lies at a kink no constant η comes to rest: it ends in a band around it whose"
            " height goes with η, and a rate that decays closes in."
            + (penalty if problem.penalty and known.plain else "")
        ]
    told = "The loss is convex: there is one valley, and no start leads anywhere else."
    if not problem.minima:
        told += (
            " These classes are separable and there is no penalty: longer weights are always better, so the minimum is"
            " at infinity. A penalty λ above 0 brings it back."
        )
        if known.plain:
            told += " Gradient descent brings the loss down towards 0 all the same, at any η (Wu et al. 2024, COLT)."
        return [told]
    if known.plain:
        told += (
            " It bends nowhere by more than L, which is computed from the data: the largest eigenvalue of XᵀX/4n, plus"
            f" λ. So with any fixed η below 2/L = {rounded(known.sure)} gradient descent falls at every step: no"
            f" schedule is needed. At the minimum it bends less: there the limit is {rounded(known.edge)}."
        )
        if np.isfinite(known.end):
            told += f" Far out only the penalty bends it: beyond 2/λ = {rounded(known.end)} nothing holds a run."
    return [told]


# ---- two features


def at_step(asked: Question, found: Two, index: int) -> str:
    """How the runs stand at a step."""
    step = found.steps[index]
    if step == 0:
        return "Step 0: both weights are 0, and no class is told yet. One step on, there are lines."
    parts = []
    for name, run in zip(asked.scene.names(short=True), found.runs, strict=True):
        theta = run.theta[step]
        right = "blown up" if np.isnan(theta).any() else per_cent(float(found.problem.accuracy(theta)))
        parts.append(f"{name} {right}")
    return f"Step {count(step)}. Told rightly: {', '.join(parts)}."


def at_rate(found: Two, index: int) -> str:
    """What becomes of the run at a rate."""
    eta, end = float(found.eta[index]), float(found.ends[index])
    if found.problem.minima or np.isnan(end):
        return f"η = {rounded(eta)}. {found.outcomes[index].sentence}"
    return f"η = {rounded(eta)}. It ends with a loss of {rounded(end)}."


def minimum(found: Two) -> str:
    """The minimum in words."""
    best = np.array(found.surface.minima[0])
    return (
        f"The minimum: {point(best)}, loss {rounded(found.problem.infimum)},"
        f" {per_cent(float(found.problem.accuracy(best)))} told rightly"
    )


def best_known(found: Two) -> str:
    return f"{minimum(found)}." if found.problem.minima else "There is no minimum: the classes are separable."


def verdict_two(asked: Question, found: Two) -> list[str]:
    """What became of the runs, and why."""
    ended = [
        f"{name}, η = {rounded(float(run.schedule.eta))}: {became_two(found, ran)}"
        for name, run, ran in zip(asked.scene.names(short=True), asked.scene.runs, found.runs, strict=True)
    ]
    return [" ".join(ended), *reason(found.problem, found.known)]


def alone(ran: Trajectory) -> Outcome:
    """The outcome of a run that is one, and not a batch."""
    return cast(Outcome, ran.outcome)


def became_two(found: Two, ran: Trajectory) -> str:
    """What became of a run, in words; where there is no minimum, not in those of one."""
    outcome = alone(ran)
    if found.problem.minima or outcome.kind == "diverged":
        return outcome.sentence
    start, end, size = (rounded(float(each)) for each in (ran.loss[0], ran.loss[-1], np.linalg.norm(ran.theta[-1])))
    return f"The loss went from {start} to {end}, and the weights to a length of {size}."


HEADINGS_TWO = ("run", "η", "outcome", "at step", "loss at the end", "above the lowest", "told rightly")


def rows_two(asked: Question, found: Two) -> list[list[str]]:
    rows = []
    for name, run, ran in zip(asked.scene.names(), asked.scene.runs, found.runs, strict=True):
        there = np.flatnonzero(np.isfinite(ran.loss))
        last = int(there[-1])
        rows.append(
            [
                name,
                rounded(float(run.schedule.eta)),
                alone(ran).kind,
                count(alone(ran).step),
                rounded(float(ran.loss[last])),
                above(float(ran.loss[last]) - found.problem.infimum),
                per_cent(float(found.problem.accuracy(ran.theta[last]))),
            ]
        )
    return rows


def steps_alt(asked: Question, found: Two) -> str:
    """The picture of the runs, for those who do not see it."""
    return (
        f"The loss over two weights as a contour with {count(len(found.runs))} paths, the data with each run’s line"
        f" between the classes, and the loss over the steps. {' '.join(verdict_two(asked, found))}"
    )


def hand_alt(asked: Question, found: Two) -> str:
    """The picture of every rate, for those who do not see it."""
    return f"The loss after {count(asked.scene.steps)} steps over η. {' '.join(found_rates(found))}"


def found_rates(found: Two) -> list[str]:
    """From which rate on runs no longer come to the minimum, as measured and as theory has it."""
    kinds = [outcome.kind for outcome in found.outcomes]
    arrived = [k for k, kind in enumerate(kinds) if kind == "converged"]
    if not arrived:
        return []
    first, last = (rounded(float(found.eta[k])) for k in (arrived[0], arrived[-1]))
    said = f"Of {count(len(kinds))} rates, those from {first} to {last} came to the minimum within these steps."
    later = kinds[arrived[-1] + 1 :]
    if later and np.isfinite(found.known.edge):
        said += (
            f" Theory’s limit there is {rounded(found.known.edge)}; the next rate, "
            f"{rounded(float(found.eta[arrived[-1] + 1]))}, is {_article(later[0])}."
        )
    return [said]


def _article(kind: str) -> str:
    return f"“{kind}”"


# ---- all features


def came(run: Followed) -> tuple[int | None, float]:
    """The step at which a run had arrived, None where it had not, and its last loss above the lowest."""
    loss = run.values["loss above the lowest"][:, 0]
    near = np.flatnonzero(loss <= ARRIVED * loss[0])
    there = loss[np.isfinite(loss)]
    return (int(run.steps[near[0]]) if near.size else None), float(there[-1])


def became(run: Followed) -> str:
    """What became of a run, in words."""
    if run.blew_up[0] >= 0:
        return f"blew up at step {count(int(run.blew_up[0]))}"
    loss = run.values["loss above the lowest"][:, 0]
    arrived, last = came(run)
    if last > loss[0]:
        return f"ended above where it began, at {rounded(last)} above the lowest loss"
    if arrived is None:
        return f"went {per_cent(1 - last / loss[0])} of the way to the lowest loss"
    left = " but did not stay there" if last > ARRIVED * loss[0] else ""
    return f"had gone {per_cent(1 - ARRIVED)} of the way to the lowest loss at step {count(arrived)}{left}"


def verdict_all(asked: Question, found: All) -> list[str]:
    """What became of the runs, and why."""
    ended = [
        f"{name}, η = {rounded(float(run.schedule.eta))}, {became(ran)}"
        for name, run, ran in zip(asked.scene.names(short=True), asked.scene.runs, found.runs, strict=True)
    ]
    return [f"{'; '.join(ended)}.", *reason(found.problem, found.known)]


HEADINGS_ALL = ("run", "η", "what became of it", "training loss", "held-out loss", "held-out accuracy", "evaluations")


def rows_all(names: Sequence[str], etas: Sequence[float], runs: Sequence[Followed], infimum: float) -> list[list[str]]:
    rows = []
    for name, eta, run in zip(names, etas, runs, strict=True):
        loss, held, accuracy = (run.values[key][:, 0] for key in run.values)
        there = np.flatnonzero(np.isfinite(loss))
        last = int(there[-1]) if there.size else 0
        rows.append(
            [
                name,
                rounded(float(eta)),
                became(run),
                rounded(float(loss[last]) + infimum),
                rounded(float(held[last])),
                per_cent(float(accuracy[last])),
                count(int(run.evaluations[0])),
            ]
        )
    return rows


def curves_alt(names: Sequence[str], runs: Sequence[Followed]) -> str:
    """The curves, for those who do not see them."""
    ends = "; ".join(f"{name} {became(run)}" for name, run in zip(names, runs, strict=True))
    return f"Training loss, held-out loss and held-out accuracy over the steps: {ends}."


def every_rate_alt(found: All) -> str:
    """The ends at every rate, for those who do not see them."""
    return f"The loss at the end over η. {' '.join(best_rates(found))}"


def best_rates(found: All) -> list[str]:
    """Where the ends are lowest, beside what theory knows."""
    ends, held = found.ends["loss above the lowest"], found.ends["held-out loss"]
    if not np.isfinite(ends).any():
        return ["Every rate blew up."]
    best, good = (float(found.eta[np.nanargmin(each)]) for each in (ends, held))
    said = f"The training loss ends lowest at η = {rounded(best)}, the held-out loss at η = {rounded(good)}."
    if np.isfinite(found.known.sure):
        times = best / found.known.sure
        said += f" The first is {rounded(times, 2)} times 2/L, which is only what is sure from anywhere."
    return [said]
