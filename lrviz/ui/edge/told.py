"""What the page says of its runs, from what was measured in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.numerals import count, listed, rounded
from lrviz.optimizers import GD
from lrviz.ui.edge.study import Study

NEAR = 0.1
"""A run is at its edge when its curvature is within this share of it, in the median over its last third."""
LAST = 1 / 3


@dataclass(frozen=True)
class Told:
    """One run in numbers. What is not known is NaN, a step that did not come −1."""

    name: str
    eta: float
    edge: float
    """At the end,"""
    first_edge: float
    """and when it was known first."""
    lowest: float
    """The least curvature,"""
    when: int
    """and the step at which it was."""
    highest: float
    """The largest curvature."""
    peak: int
    """The step at which it was."""
    reached: int
    """The first step after it at which the curvature was at its edge or beyond."""
    settled: float
    """The median of curvature over edge in the last third."""
    curvature: float
    """The median of the curvature in the last third."""
    rose: float
    """The share of the steps in which the loss went up."""
    first: float
    last: float
    """The loss at the start and at the end."""
    began: float
    """Curvature over edge where it was measured first."""
    blew_up: int
    trained: int
    """Steps that it took."""

    @property
    def is_at_edge(self) -> bool:
        return self.blew_up < 0 and abs(self.settled - 1) <= NEAR


def runs(study: Study) -> list[Told]:
    """Each run of the scene."""
    return [_run(study, number) for number in range(len(study.scene.runs))]


def _run(study: Study, number: int) -> Told:
    run = study.run
    curvature, edge, loss = (values[:, number] for values in (run.curvature, run.edge, run.loss))
    here = np.isfinite(curvature)
    losses = loss[np.isfinite(loss)]
    trained = max(len(losses) - 1, 0)
    late = here & (run.looks > (1 - LAST) * trained)
    ratio = curvature / edge
    known = bool(here.any())
    edges = edge[np.isfinite(edge)]
    lowest = int(np.nanargmin(np.where(here, curvature, np.nan))) if known else -1
    at_edge = np.flatnonzero(here & (ratio >= 1) & (np.arange(len(here)) >= lowest))
    measured = ratio[here & np.isfinite(ratio)]
    return Told(
        name=study.names[number],
        eta=float(study.scene.runs[number].schedule.eta),
        edge=float(edges[-1]) if edges.size else np.nan,
        first_edge=float(edges[0]) if edges.size else np.nan,
        lowest=float(curvature[lowest]) if known else np.nan,
        when=int(run.looks[lowest]) if known else -1,
        highest=float(np.nanmax(curvature)) if known else np.nan,
        peak=int(run.looks[int(np.nanargmax(np.where(here, curvature, -np.inf)))]) if known else -1,
        reached=int(run.looks[at_edge[0]]) if known and at_edge.size else -1,
        settled=float(np.median(ratio[late])) if late.any() else np.nan,
        curvature=float(np.median(curvature[late])) if late.any() else np.nan,
        rose=float(np.mean(np.diff(losses) > 0)) if trained else 0.0,
        first=float(losses[0]) if losses.size else np.nan,
        last=float(losses[-1]) if losses.size else np.nan,
        began=float(measured[0]) if measured.size else np.nan,
        blew_up=int(run.blew_up[number]),
        trained=trained,
    )


def verdict(study: Study) -> list[str]:
    """What came of all of them together."""
    told = [one for one in runs(study) if one.trained]
    if not told:
        return []
    edge = edge_name(study)
    near, blown = [one for one in told if one.is_at_edge], [one for one in told if one.blew_up >= 0]
    known = [one for one in told if np.isfinite(one.settled)]
    of = (
        "The run is"
        if len(told) == 1 and near
        else f"{len(near)} of {len(told)} runs are"
        if len(near) != 1
        else (f"1 of {len(told)} runs is")
    )
    said = []
    if near:
        worst = max(abs(one.settled - 1) for one in near)
        said.append(
            f"{of} at the edge of stability: over the last third of the steps λmax is within {worst:.1%} of {edge}, in"
            " the median."
        )
        rose = [one for one in near if one.rose > 0 and one.last < one.first]
        if rose:
            shares = sorted(one.rose for one in rose)
            span = f"{shares[0]:.0%}" if len(rose) == 1 else f"{shares[0]:.0%} to {shares[-1]:.0%}"
            said.append(
                f"A quadratic bowl would throw out a run that far; here the loss goes up in {span} of the steps and"
                " falls all the same."
            )
    elif known:
        said.append(
            f"None of the runs is at the edge: in the last third of the steps no λmax is within {NEAR:.0%} of {edge}."
        )
    if blown:
        said.append(f"{listed([one.name for one in blown])} blew up.")
    return [" ".join(said)] if said else []


def sentences(study: Study) -> list[str]:
    """A sentence for each run."""
    return [f"{one.name}: {_sentence(one)}" for one in runs(study) if one.trained or one.blew_up >= 0]


def _sentence(one: Told) -> str:
    if one.blew_up >= 0:
        began = f" λmax began at {rounded(one.began)} times its edge." if np.isfinite(one.began) else ""
        return f"blew up at step {count(one.blew_up)}.{began}"
    loss = f"The loss went from {rounded(one.first)} to {rounded(one.last)}"
    loss += f", up in {one.rose:.0%} of the steps." if one.rose else " and never up."
    if not np.isfinite(one.edge):
        return f"no edge is known for this method; λmax of the Hessian is {rounded(one.curvature)} in the end. {loss}"
    edge = rounded(one.edge)
    if abs(one.edge - one.first_edge) > 1e-9 * one.edge:
        loss = f"As its rate changes, its edge goes from {rounded(one.first_edge)} to {edge}. {loss}"
    if one.is_at_edge:
        way = (
            f"λmax grew from {rounded(one.lowest)} at step {count(one.when)} and was at its edge {edge} at step"
            f" {count(one.reached)}."
            if one.reached > one.when
            else f"λmax came to its edge {edge}."
        )
        return f"{way} In the last third it hovers around {rounded(one.curvature)}. {loss}"
    share = f"{rounded(one.curvature)} in the median of the last third, {one.settled:.0%} of its edge {edge}"
    if one.settled < 1:
        late = (1 - LAST) * one.trained
        if one.when > late:  # it still falls
            way = f"λmax has fallen from {rounded(one.highest)} at step {count(one.peak)}"
        elif one.reached >= 0:
            way = f"λmax was at its edge at step {count(one.reached)} and is below it again"
        elif one.curvature > 1.05 * one.lowest:
            way = f"λmax has grown from {rounded(one.lowest)} at step {count(one.when)}, but is not there yet"
        else:
            way = "λmax stays below"
        return f"{way}: {share}. {loss}"
    return f"λmax is above its edge: {share}. {loss}"


def edge_name(study: Study) -> str:
    """What the edge is called."""
    plain = all(isinstance(run.optimizer, GD) and not run.optimizer.weight_decay for run in study.scene.runs)
    return "2/η" if plain else "its edge"


HEADINGS = (
    "run",
    "edge",
    "λmax at its least",
    "at the edge from step",
    "λmax in the end",
    "of the edge",
    "loss up in",
    "loss",
)


def rows(study: Study) -> list[list[str]]:
    """The runs as a table."""
    return [
        [
            one.name,
            _number(one.edge),
            _number(one.lowest),
            count(one.reached) if one.reached >= 0 else "–",
            _number(one.curvature),
            f"{one.settled:.0%}" if np.isfinite(one.settled) else "–",
            f"{one.rose:.0%} of steps",
            rounded(one.last) if one.blew_up < 0 else f"blew up at {count(one.blew_up)}",
        ]
        for one in runs(study)
    ]


def _number(value: float) -> str:
    return rounded(value) if np.isfinite(value) else "–"
