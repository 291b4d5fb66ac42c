"""What the page says of the learning, in words computed from the same numbers as its picture: pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.models.cartpole import LAST, SECONDS
from lrviz.models.learning import FELL, IN_A_ROW, LAST_PART, Learned
from lrviz.numerals import count, listed, rounded
from lrviz.optimizers import GD
from lrviz.schedules import Constant
from lrviz.ui.models import named
from lrviz.ui.policy.study import Question, Watched

WANTED = 150.0
"""A mean return that is called learned: three seconds on the feet."""
LONGER = 2.0
"""Steps that have grown by this factor are worth a sentence."""


def verdict(asked: Question, found: Sequence[Learned]) -> list[str]:
    """Who learned, who fell, and why; one thing a sentence."""
    called = named.names(asked.runs)
    return [*_learned(called, found), *_blew_up(called, found), *_fell(called, found), *_why(asked, called, found)]


def _learned(called: Sequence[str], found: Sequence[Learned]) -> list[str]:
    passes = {run: each.passes(WANTED) for run, each in enumerate(found)}
    ever = sorted((run for run in passes if passes[run] == passes[run]), key=lambda run: passes[run])
    never = [called[run] for run in passes if run not in ever]
    told = []
    if ever:
        parts = [f"after {count(round(passes[run]))} steps in the environment with {called[run]}" for run in ever]
        told.append(f"The mean return of {found[0].fell.size} seeds passes {WANTED:g} {listed(parts)}.")
    if never:
        it = "it" if ever else f"the mean return of {found[0].fell.size} seeds"
        told.append(f"With {listed(never)} {it} never {'does' if ever else f'passes {WANTED:g}'}.")
    return told


def _blew_up(called: Sequence[str], found: Sequence[Learned]) -> list[str]:
    return [
        f"{int(each.blew_up.sum())} of {each.blew_up.size} seeds with {name} blew up: θ went beyond all bounds."
        for name, each in zip(called, found, strict=True)
        if each.blew_up.any()
    ]


def _fell(called: Sequence[str], found: Sequence[Learned]) -> list[str]:
    fell = [run for run, each in enumerate(found) if each.fell.any()]
    if not fell and (any(each.blew_up.any() for each in found) or all(np.isnan(each.passes(WANTED)) for each in found)):
        return []  # nothing that could have lasted, or not all of it
    if not fell:
        return [
            f"What was learned lasts here: over the last {LAST_PART:.0%} of the steps each seed of each run has a"
            f" return of at least {FELL:.0%} of its best {IN_A_ROW} updates in a row."
        ]
    parts = [f"{int(found[run].fell.sum())} of {found[run].fell.size} seeds with {called[run]}" for run in fell]
    rest = [name for run, name in enumerate(called) if run not in fell and not found[run].blew_up.any()]
    kept = f"; with {listed(rest)} none did" if rest else ""
    return [
        f"What was learned does not last everywhere: over the last {LAST_PART:.0%} of the steps the return is below"
        f" {FELL:.0%} of the seed’s own best {IN_A_ROW} updates in a row for {listed(parts)}{kept}."
    ]


def _why(asked: Question, called: Sequence[str], found: Sequence[Learned]) -> list[str]:
    """How the steps grew, of the run that fell most often."""
    fell = [run for run, each in enumerate(found) if each.fell.any()]
    if not fell:
        return []
    run = max(fell, key=lambda run: (int(found[run].fell.sum()), -run))
    growth = grown(found[run])
    if not growth >= LONGER:
        return []
    said = f"With {called[run]} the longest step of θ is {rounded(growth, 2)} times the first, in the median seed."
    chosen = asked.runs[run]
    if chosen.optimizer == GD() and isinstance(chosen.schedule, Constant):
        said += (
            " Its η stays, so it is the gradient that grows: it adds up the returns of all steps of the episodes, and"
            " these grow longer as the policy learns."
        )
    return [said]


def grown(each: Learned) -> float:
    """How many times as long as the first the longest step of a seed is, the median over the seeds."""
    with np.errstate(all="ignore"):
        return float(np.median(np.fmax.reduce(each.moved, axis=0) / each.moved[0])) if len(each.moved) else np.nan


HEADINGS = (
    "run",
    "mean return, last quarter",
    "lowest and highest seed",
    f"passes {WANTED:g} after",
    "seeds that fell",
    "longest step of θ / first",
    "updates",
)


def rows(asked: Question, found: Sequence[Learned]) -> list[tuple[str, ...]]:
    """A line for each run, under HEADINGS."""
    told: list[tuple[str, ...]] = []
    for name, each in zip(named.names(asked.runs), found, strict=True):
        passes, grew, late = each.passes(WANTED), grown(each), each.late[~each.blew_up]
        told.append(
            (
                name,
                rounded(float(late.mean())) if late.size else "blew up",
                f"{rounded(float(late.min()))}, {rounded(float(late.max()))}" if late.size else "–",
                f"{count(round(passes))} steps" if passes == passes else "–",
                f"{int(each.fell.sum())} of {each.fell.size}",
                rounded(grew, 2) if np.isfinite(grew) else "–",
                count(len(each.steps) - 1),
            )
        )
    return told


def setting(asked: Question) -> str:
    """What is learned, in numbers."""
    view = asked.setting
    problem = asked.problem()
    policy = (
        f"a softmax policy with {view.hidden} tanh units" if view.hidden else "a linear softmax policy"
    ) + f" of {problem.policy.dim} numbers"
    baseline = (
        "as it is" if view.bare else "less the mean of the other episodes’ at the same step, which is the baseline"
    )
    return (
        f"CartPole pays 1 for each step that the pole stands, 500 at most. REINFORCE (Williams 1992): {policy} plays"
        f" {view.episodes} episodes, then one update of θ adds up, for each step, the return from there on"
        f" ({baseline}; γ = {rounded(view.discount)}) times the gradient of log π of the action taken. Each run takes"
        f" {count(view.budget)} steps in the environment with each of {view.seeds} seeds, on average; the return drawn"
        " is that of the episodes that the policy learns from. Runs with the same seed meet the same luck."
    )


def watched(called: Sequence[str], seen: Sequence[Watched]) -> str:
    """How long each stands."""
    parts = [
        f"{name} ({_updates(each.updates)}) stands for {count(each.length)} steps"
        for name, each in zip(called, seen, strict=True)
    ]
    return f"{listed(parts)}; {LAST} are the most."


def _updates(number: int) -> str:
    return f"{count(number)} {'update' if number == 1 else 'updates'}"


def moment(called: Sequence[str], seen: Sequence[Watched], step: int) -> str:
    """How it is at a step of the episode."""
    stand = [name for name, each in zip(called, seen, strict=True) if step < each.length]
    over = [
        f"{name} ended at step {count(each.length)}"
        for name, each in zip(called, seen, strict=True)
        if step >= each.length
    ]
    up = f"{listed(stand)} {'is' if len(stand) == 1 else 'are'} up" if stand else "None is up"
    return f"{step * SECONDS:.1f} seconds: {up}. {listed(over) + '.' if over else ''}".strip()


def seeds_alt(asked: Question, found: Sequence[Learned]) -> str:
    """The picture of the seeds for those who do not see it."""
    parts = [
        f"{name}: {', '.join(rounded(float(end), 2) for end in each.late)}"
        for name, each in zip(named.names(asked.runs), found, strict=True)
    ]
    return f"The return of each seed over steps in the environment; over the last {LAST_PART:.0%}: {'; '.join(parts)}."


def alt(asked: Question, found: Sequence[Learned]) -> str:
    """The picture for those who do not see it."""
    ends = [
        f"{name} blew up" if each.blew_up.any() else f"{name} ends at a mean return of {rounded(float(each.mean[-1]))}"
        for name, each in zip(named.names(asked.runs), found, strict=True)
    ]
    return f"Mean return, length of the steps of θ and entropy over steps in the environment: {'; '.join(ends)}."


def long(asked: Question) -> str:
    """What stands beside the button that begins a long study."""
    view = asked.setting
    runs = "1 run" if len(asked.runs) == 1 else f"{len(asked.runs)} runs"
    return f"{runs} with {view.seeds} seeds, of {count(view.budget)} steps in the environment each."
