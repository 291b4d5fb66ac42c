"""What the page says, from what was computed: pure functions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lrviz.numerals import count, rounded
from lrviz.ui.federated.study import RUN_AT, Drift, Study, is_plain
from lrviz.ui.federated.view import View

SAME = 1e-4
"""Closer than this the fixed point and the optimum are the same place."""
NEAR = 0.05
"""A run is at the fixed point, or the optimum, when it ends within this distance of it."""


def drift(found: Study) -> float:
    """How far the fixed point is from the optimum; NaN where there is none in closed form."""
    if found.resting is None:
        return float("nan")
    return float(np.linalg.norm(found.resting - found.clients.optimum))


def verdict(found: Study) -> list[str]:
    """What the picture shows."""
    return [" ".join([*_rest(found), *_ended(found)])]


def _rest(found: Study) -> list[str]:
    view = found.asked.view
    local = f"{count(view.local)} local {'step' if view.local == 1 else 'steps'}"
    away = drift(found)
    if np.isnan(away):
        return [f"With {local} a round there is no fixed point in closed form, since {_why_none(found)}."]
    if away <= SAME:
        if view.local == 1:
            why = "with one local step Δ is the gradient of the mean loss, times the clients’ rate"
        elif view.unlike == 0:
            why = "the clients’ curvatures are the same, so that all pull alike"
        else:
            why = "the clients have the same minimum" if view.apart == 0 else "the clients are alike"
        return [f"No drift: the fixed point of {local} a round is the optimum, since {why}."]
    return [
        f"Client drift: rounds of {local} rest {rounded(away)} away from the optimum, at a mean loss"
        f" {rounded(_floor(found))} above the lowest, whatever the server’s optimizer."
    ]


def _why_none(found: Study) -> str:
    view = found.asked.view
    if view.cosine:
        return "the clients’ rate falls"
    if not is_plain(view):
        return "the clients do not take plain gradient steps"
    if found.grows:
        return f"at η = {rounded(view.eta)} the clients’ own steps grow"
    return "the clients of a round change"


def _floor(found: Study) -> float:
    assert found.resting is not None
    clients = found.clients
    return float(clients.loss(found.resting) - clients.loss(clients.optimum))


def _ended(found: Study) -> list[str]:
    """Where the runs are at the end."""
    said, rested = [], []
    for run, name in enumerate(found.asked.names):
        end = found.path[-1, :, run]
        if found.blew_up[run] >= 0:
            said.append(f"{name} blows up in round {count(int(found.blew_up[run]))}.")
            continue
        if not np.isfinite(end).all():
            continue
        away = float(np.linalg.norm(end - found.clients.optimum))
        rest = found.resting
        if rest is not None and drift(found) > SAME:
            there = float(np.linalg.norm(end - rest))
            if there <= NEAR:
                rested.append(name)
                continue
        said.append(f"{name} ends {rounded(away)} from the optimum.")
    if rested:
        *others, last = rested
        names = f"{', '.join(others)} and {last} have" if others else f"{last} has"
        said.insert(0, f"{names} come there.")
    return said


def rounds(found: Study) -> list[str]:
    """A sentence for each frame."""
    first = found.asked.names[0]
    said = [f"Before the first round the mean loss is {rounded(float(found.gap[0, 0]))} above its lowest."]
    for t in range(1, len(found.gap)):
        fan = found.fans[t - 1][-1]  # (2, S)
        gap = float(found.gap[t, 0])
        if not np.isfinite(fan).all() or not np.isfinite(gap):
            said.append(f"Round {count(t)}: {first} has blown up.")
            continue
        spread = float(np.sqrt(((fan - fan.mean(axis=1, keepdims=True)) ** 2).sum(axis=0).mean()))
        said.append(
            f"Round {count(t)}: from where {first} stood {count(fan.shape[1])} clients take their local steps (thin)"
            f" and end {rounded(spread)} from their mean (root mean square). {first} is then {rounded(gap)} above the"
            " lowest mean loss."
        )
    return said


HEADINGS = ("run", "server’s η", "distance from the optimum", "from the fixed point", "mean loss above its lowest")


def rows(found: Study) -> list[list[str]]:
    """The runs at the end, a row each."""
    told = []
    for run, name in enumerate(found.asked.names):
        eta = rounded(float(found.asked.runs[run].schedule.eta))
        if found.blew_up[run] >= 0:
            told.append([name, eta, f"blew up in round {count(int(found.blew_up[run]))}", "–", "–"])
            continue
        end = found.path[-1, :, run]
        away = float(np.linalg.norm(end - found.clients.optimum))
        there = "–" if found.resting is None else rounded(float(np.linalg.norm(end - found.resting)))
        told.append([name, eta, rounded(away), there, rounded(float(found.gap[-1, run]))])
    return told


# ---- the drift


def drift_by_local(found: Drift, view: View) -> str:
    """How the drift goes with E."""
    at = [(local, value) for local, value in zip(RUN_AT, found.measured_local, strict=True) if np.isfinite(value)]
    if not at:
        return "No run of FedAvg came to rest at this client rate."
    listed = ", ".join(f"{rounded(value) if value > SAME else 0} at E = {local}" for local, value in at)
    values = [value for _, value in at]
    grows = all(a <= b + SAME for a, b in pairwise(values))
    says = "The more local steps, the farther" if grows and values[-1] > SAME else "It is not always farther with more"
    if values[-1] <= SAME:
        says = "No drift at any number of local steps"
    return f"{says}: FedAvg rests {listed} from the optimum."


def drift_by_apart(found: Drift, view: View) -> str:
    """How it goes with the differences between clients."""
    with_, without = found.unlike[2][-1], found.unlike[0][-1]
    if not np.isfinite(with_) or with_ <= SAME:
        return "There is no drift here, however far apart the minima are."
    return (
        f"The drift is proportional to how far apart the minima are: {rounded(float(with_))} at the right end. It takes"
        f" both differences: with curvatures alike it is {rounded(float(without)) if without > SAME else 0} however far"
        " apart the minima are."
    )
