"""Tune each fairly: every run of the playground at its own best η, found for all by one rule, and the race beside it.

The rates that the runs had before are the playground's view, `fair 0.0012 0.05`: so they are in the address, the way
back is one click, and the race is there again when the link is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.link import query, read
from lrviz.numerals import count, exact, quoted, rounded
from lrviz.scene import Scene
from lrviz.tuning.fair import Race, Rule, fairly
from lrviz.tuning.task import ETA
from lrviz.ui import background, session, words

NAME = "fair"
RULE = Rule()
QUICK = 1_200
"""So many steps of all runs together, times the seeds, are tuned at once; more in the background."""
NOTHING_LOWEST = "This surface has no minimum: the larger η, the faster its loss falls, so there is no best η to find."
_APPLY, _DONE = "fair to apply", "fair applied"

_SHELF: background.Shelf[Race] = background.Shelf(32)


@dataclass(frozen=True)
class Way:
    """One choice of rates for all runs, and the loss at the end of each."""

    label: str
    etas: tuple[float, ...]
    losses: tuple[float, ...]


# ---- the view


def parse(view: str, scene: Scene) -> tuple[Scene | None, str]:
    """The scene as it was before it was tuned, and what is wrong with the words that say so; None where it was not."""
    name, *words_ = view.split() or [""]
    if not name:
        return None, ""
    if name != NAME:
        return None, f"The view {quoted(view)} means nothing here; there is '{NAME}' with the η that each run had."
    if len(words_) != len(scene.runs):
        counts = f"{count(len(words_))} rates for {count(len(scene.runs))} runs"
        return None, f"The view {quoted(view)} has {counts}, so there is no race to show."
    etas = []
    for run, word in zip(scene.runs, words_, strict=True):
        (declared,) = (declared for declared in run.inner.hypers() if declared.name == ETA)
        try:
            etas.append(float(declared.parse("View", word)))
        except ValueError as problem:
            return None, f"{problem}, so there is no race to show."
    return at(scene, etas), ""


def etas_of(scene: Scene) -> tuple[float, ...]:
    """The rate of each run."""
    return tuple(float(run.schedule.eta) for run in scene.runs)


def at(scene: Scene, etas: Sequence[float]) -> Scene:
    """The scene with these rates."""
    runs = (replace(run, schedule=run.schedule.with_eta(eta)) for run, eta in zip(scene.runs, etas, strict=True))
    return replace(scene, runs=tuple(runs))


# ---- the button


def button(scene: Scene) -> None:
    """Tune all runs of the scene."""
    blind = not scene.surface.bounded_below
    help = NOTHING_LOWEST if blind else "Gives each run its own best η, found for all by one rule and at one budget"
    st.button("Tune fairly", on_click=_tune, disabled=blind, help=help, width="stretch", key="tune fairly")


def _tune() -> None:
    """Set to work on the scene as it is. For callbacks."""
    scene = session.scene()
    session.look(" ".join([NAME, *map(exact, etas_of(scene))]))
    st.session_state[_APPLY] = question = query(scene, default=None)
    if len(scene.runs) * scene.steps * (RULE.seeds if scene.noise else 1) <= QUICK:
        _SHELF.put(question, race(question))
    else:
        st.toast(f"Trying {RULE.tries} rates for each run; how far it is stands below the stage.")


def race(
    question: str, progress: background.Progress | None = None, cancelled: background.Cancelled | None = None
) -> Race:
    """The race of a scene's link."""
    scene = read(parse_qs(question)).scene
    return fairly([scene.task(number) for number in range(len(scene.runs))], RULE, progress, cancelled)


# ---- the race


def show(scene: Scene) -> None:
    """What tuning has changed, and the race at one η for all beside it; nothing where the scene has not been tuned."""
    before, problem = parse(session.view(), scene)
    if problem:
        words.notes([problem])
    if before is None:
        return
    with st.container(key="fair"):
        words.heading("The race, fairly")
        if not scene.surface.bounded_below:
            words.say([NOTHING_LOWEST])
            return
        question = query(before, default=None)
        found = background.answer(
            NAME,
            question,
            lambda progress, cancelled: race(question, progress, cancelled),
            _SHELF,
            saying="Tuning each run",
            label="Tune each fairly",
            by_itself=st.session_state.get(_APPLY) == question or background.last(NAME) is None,
            note="What was found holds for another scene.",
        )
        if found is None:
            return
        if st.session_state.get(_APPLY) == question:
            del st.session_state[_APPLY]
            _race_at([run.eta for run in found.runs])
            st.session_state[_DONE] = True
            session.tell_again()
            st.rerun()
        if st.session_state.pop(_DONE, False):
            st.toast("Each run is at its own best η now. The race stands below the stage.")
        ways = ways_of(found)
        _switch(scene, ways)
        words.say([winners(scene, ways), *changes(scene, found)])
        st.html(table(scene, ways))
        words.say([rule(scene, found)])


def _race_at(etas: Sequence[float]) -> None:
    session.change(lambda now: at(now, etas) if len(now.runs) == len(etas) else now)


def _switch(scene: Scene, ways: Sequence[Way]) -> None:
    """Which of the ways stands on the stage; none where the rates have been moved since."""
    key, labels = "fair way", [way.label for way in ways]
    now = next((way.label for way in ways if way.etas == etas_of(scene)), None)
    st.session_state[key] = now

    def choose() -> None:
        chosen = next((way for way in ways if way.label == st.session_state[key]), None)
        if chosen is not None:
            _race_at(chosen.etas)

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<span class="lr-quiet">On the stage</span>', width="content")
        st.segmented_control("On the stage", labels, key=key, on_change=choose, label_visibility="collapsed")
        st.button("Close", on_click=session.look, args=[""], type="tertiary", key="close fair")


# ---- what is said: pure functions of a race


def ways_of(found: Race) -> tuple[Way, ...]:
    """The rates that can be raced at: as they were, one for all, each its own best. The first two may be the same."""
    before = tuple(run.first_eta for run in found.runs)
    equal = Way(
        f"One η for all: {rounded(found.one_eta)}", (found.one_eta,) * len(before), tuple(found.at_one.tolist())
    )
    best = Way("Each at its own best", tuple(run.eta for run in found.runs), tuple(run.loss for run in found.runs))
    if before == equal.etas:
        return equal, best
    return Way("As it was", before, tuple(run.first_loss for run in found.runs)), equal, best


def winners(scene: Scene, ways: Sequence[Way]) -> str:
    """Who comes lowest at one η for all, and who at its own best."""
    *_, equal, best = ways
    if len(scene.runs) == 1:
        own = f"at its own best, {rounded(best.etas[0])}, at {rounded(best.losses[0])}"
        return f"At η = {rounded(equal.etas[0])}, {lowest(scene, equal)}; {own}."
    return (
        f"With one η for all, {rounded(equal.etas[0])}, {lowest(scene, equal)}."
        f" Each at its own best, {lowest(scene, best)}."
    )


def lowest(scene: Scene, way: Way) -> str:
    """Which run ends lowest, and what the next ends at."""
    order = np.argsort(way.losses, kind="stable").tolist()
    names, losses = scene.names(), way.losses
    least = losses[order[0]]
    if not np.isfinite(least):
        return "all blow up" if len(order) > 1 else f"{names[0]} blows up"
    alike = [names[i] for i in order if losses[i] == least]
    if len(alike) > 1:
        return f"{', '.join(alike[:-1])} and {alike[-1]} end alike and lowest, at {rounded(least)}"
    if len(order) == 1:
        return f"{names[0]} ends at {rounded(least)}"
    next_, second = names[order[1]], losses[order[1]]
    then = f"{next_} is next, at {rounded(second)}" if np.isfinite(second) else f"{next_} blows up"
    if len(order) > 2 and not np.isfinite(second):
        then = "all others blow up"
    return f"{names[order[0]]} ends lowest, at {rounded(least)}; {then}"


def changes(scene: Scene, found: Race) -> list[str]:
    """What is worth a word about single runs."""
    said = []
    for name, run in zip(scene.names(), found.runs, strict=True):
        if not np.isfinite(run.loss):
            said.append(f"{name} blows up at every η that was tried, so it keeps its own.")
        elif RULE.at_an_end(run.eta):
            said.append(
                f"{name}’s best, {rounded(run.eta)}, lies at the end of the range: beyond it there may be a better."
            )
        elif run.eta == run.first_eta:
            said.append(f"{name} was at its best already.")
    return said


def rule(scene: Scene, found: Race) -> str:
    """By what rule and at what budget."""
    low, high = rounded(RULE.low), rounded(RULE.high)
    seeds = f", on average over {RULE.seeds} seeds of the noise" if scene.noise else ""
    runs = count(RULE.tries * (RULE.seeds if scene.noise else 1))
    return (
        f"The rule, for all alike: the η that it had, {RULE.rates} from {low} to {high}, evenly in log η, and"
        f" {RULE.finer} more around the best of these; each for all {count(scene.steps)} steps. What counts is the loss"
        f" at the end{seeds}. All else stays. That made {runs} runs for each, and"
        f" {count(found.evaluations)} evaluations in all."
    )


def table(scene: Scene, ways: Sequence[Way]) -> str:
    """One row a run, and for each way what it comes to there."""
    loss = "mean final loss" if scene.noise else "final loss"
    heads = "".join(f"<th colspan=3 scope=colgroup>{escape(way.label)}" for way in ways)
    rows = [f"<td>{heads}", f"<th>run{f'<th>η<th>outcome<th>{loss}' * len(ways)}"]
    outcomes = [[run.outcome for run in session.trajectories(at(scene, way.etas))] for way in ways]
    for number, name in enumerate(scene.names()):
        cells = [f"<th class=lr-run-{number}>{escape(name)}"]
        for way, ends in zip(ways, outcomes, strict=True):
            kind = ends[number].kind  # type: ignore[union-attr]  # of a single run
            end = rounded(way.losses[number])
            cells.append(f"<td>{rounded(way.etas[number])}<td class=lr-{kind}>{kind}<td>{end}")
        rows.append("".join(cells))
    return f'<table class="lr-table lr-race" tabindex=0 aria-label="The race"><tr>{"<tr>".join(rows)}</table>'
