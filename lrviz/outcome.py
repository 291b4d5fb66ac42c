"""What became of a run, in words: the sentence carries the numbers, and all of them are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Number
from lrviz.judge import Bools, dot
from lrviz.lengths import length
from lrviz.sentences import SENTENCES, sentence
from lrviz.surfaces import curvatures
from lrviz.surfaces.surface import column
from lrviz.theory import has_limit, stability_limit
from lrviz.verdict import KINDS, Judging, Kind, Verdict

Columns: TypeAlias = dict[str, Number | Bools]
"""Facts by name: for each particle, (B,), or one value for all."""

NEARBY = 10
"""Box diagonals within which a loss that is no number is the surface's own doing, not the distance's."""

__all__ = ["KINDS", "Kind", "Outcome", "facts", "outcome", "outcomes"]


@dataclass(frozen=True)
class Outcome:
    """What became of one run."""

    kind: Kind
    step: int
    """converged: the step from which on it stayed; escaped, diverged: the step at which it left; else the last step."""
    sentence: str


def outcome(kind: float, step: float, facts: Mapping[str, float]) -> Outcome:
    """One run's outcome. kind: its index in KINDS."""
    name = KINDS[int(kind)]
    return Outcome(name, int(step), sentence(SENTENCES, name, facts))


def outcomes(judging: Judging) -> NDArray[np.object_]:
    """The outcomes of a batch that has been judged to its end, (B,)."""
    with np.errstate(all="ignore"):
        verdict = judging.verdict()
        kinds, steps, known = verdict.kind, verdict.step, facts(verdict)
    told = np.empty(len(kinds), dtype=object)
    columns = [np.broadcast_to(values, told.shape).tolist() for values in known.values()]
    for particle, (index, step, *values) in enumerate(zip(kinds.tolist(), steps.tolist(), *columns, strict=True)):
        told[particle] = outcome(index, step, dict(zip(known, values, strict=True)))
    return told


def facts(verdict: Verdict) -> Columns:
    """All that the sentences of these runs may say. What does not apply to a particle may be anything."""
    stats, surface = verdict.stats, verdict.surface
    told: Columns = {
        "steps": verdict.steps,
        "constant": surface.constant_hessian,
        "many_minima": not surface.isolated_minima,
        "loss": stats.loss,
        "eta": stats.rate,
        "lowest": stats.lowest,
        "lowest_step": stats.lowest_step,
        "gradient": length(stats.grad),
        **_position("theta", stats.theta),
        **_position("minimum", stats.minimum),
        "tolerance": stats.tolerance,
        "blown": verdict.blown,
    }
    if not surface.bounded_below:
        told |= {"began_outside": np.isinf(stats.exit_loss), "exit_step": stats.exit_step}
    return told | _against_limit(verdict) | _growth(verdict) | _rest(verdict) | _motion(verdict) | _way(verdict)


def _position(name: str, theta: Array) -> Columns:
    return {f"{name}_x": theta[0], f"{name}_y": theta[1]}


def _against_limit(verdict: Verdict) -> Columns:
    """η·λmax beside its limit: at the nearest minimum, or where a particle that blew up was lowest."""
    stats, surface, optimizer = verdict.stats, verdict.surface, verdict.judge.optimizer
    told: Columns = {"steady": (stats.lowest > 0) & (surface.constant_hessian and has_limit(optimizer))}
    if not verdict.judge.has_limit:
        return told | {"comparable": False, "exceeds": False, "shrinking": False}
    place = stats.theta if surface.constant_hessian else np.where(verdict.blown, stats.lowest_theta, stats.minimum)
    _, curvature = curvatures(surface.hess(place))
    eta, top = np.where(verdict.blown, stats.lowest_rate, stats.rate), stability_limit(optimizer, curvature)
    product, limit = eta * curvature, top * curvature
    at_limit = np.abs(product - limit) <= 1e-12 * np.abs(limit)
    comparable = (curvature > 0) & np.isfinite(top) & np.isfinite(product)
    beyond = product > limit
    left = dot(stats.move, stats.move) / np.abs(dot(stats.move, stats.first_move))  # of what was there in its direction
    return told | {
        "product": product,
        "limit": limit,
        "at_limit": at_limit,
        "beyond": beyond,
        "comparable": comparable,
        "exceeds": comparable & beyond & (eta > top) & ~at_limit,
        "percent_left": 100 * left,
        "shrinking": comparable & verdict.bouncing & (left < 0.995) & surface.constant_hessian,
    }


def _growth(verdict: Verdict) -> Columns:
    """How it diverged."""
    stats, judge, now, before = verdict.stats, verdict.judge, verdict.now, verdict.before
    needs, surface = judge.optimizer.needs, verdict.surface
    away, unmoved = stats.theta - judge.middle, np.equal(stats.theta, stats.start)
    uphill_steps = stats.lived - stats.lowest_step
    told: Columns = {
        "blown_step": stats.lived,
        "blown_at_start": np.equal(stats.lived, 0),
        "blown_at_once": verdict.blown & unmoved[0] & unmoved[1],
        "no_infimum": "infimum" in needs and not surface.minima,
        "no_curvature": "hess" in needs and not surface.smooth,
        "diagonals": (diagonals := length(away) / judge.diagonal),
        "nearby": diagonals < NEARBY,
        "uphill": (uphill_steps > 0) & (stats.loss >= 2 * stats.lowest),
        "uphill_from": stats.lowest_step + 1,
        "uphill_steps": uphill_steps,
        "growth": np.power(stats.loss / stats.lowest, 1 / uphill_steps),
        "far": verdict.far_and_growing,
    }
    if not surface.constant_hessian:
        return told
    growth = np.power(now.peak / before.peak, 1 / (verdict.steps - now.began))  # the peaks stand at the windows' ends
    left = (np.array(surface.box)[:, 1:] - judge.middle) / np.abs(away)
    room = np.minimum(left[0], left[1])
    return told | {
        "percent": 100 * (growth - 1),
        "slow": growth < 1.01,
        "in_view": room > 1,
        "departure": verdict.steps + np.log(room) / np.log(growth),
    }


def _rest(verdict: Verdict) -> Columns:
    """Where it came to rest, or was about to."""
    stats, surface = verdict.stats, verdict.surface
    _, least, most = verdict.newton
    told: Columns = {
        "there": verdict.there,
        "arrival": verdict.arrival,
        "from_start": np.equal(verdict.arrival, 0),
        "stays_ended": stats.stays_ended,
        "thrown_out_once": np.equal(stats.stays_ended, 1),
        "minimum_loss": (height := surface.loss(stats.minimum)),
        "local": False,
        "least_curvature": least,
        "most_curvature": most,
        "flat": np.equal(least, 0) & np.equal(most, 0),
        "hilltop": most < 0,
    }
    if surface.minima:
        best = surface.loss(column(surface.minima[0], stats.theta))
        told |= {"best_loss": best, "local": height > best + 1e-9 * (1 + np.abs(best))}
    return told


def _motion(verdict: Verdict) -> Columns:
    """How it moves without coming to rest."""
    stats, now = verdict.stats, verdict.now
    return {
        "bouncing": verdict.bouncing,
        "waving": verdict.waving,
        "extent": now.size,
        "lasting": now.size >= 0.95 * verdict.before.size,
        "hovering": verdict.hovering,
        "in_turns": verdict.surface.averaged,
        "cloud": now.distance / (verdict.steps - now.began),
        "hops": stats.hops,
    }


def _way(verdict: Verdict) -> Columns:
    """How far it is from where it should be, and why it is not there."""
    stats, now, before = verdict.stats, verdict.now, verdict.before
    to_go, share = length(stats.theta - stats.minimum), stats.rate / stats.top_rate
    if verdict.noisy:
        was = before.distance / np.maximum(now.began - before.began, 1)
        late: Columns = {"no_nearer": now.distance / (verdict.steps - now.began) >= was, "rising": False}
    else:
        late = {"no_nearer": False, "rising": now.rises > now.falls}
    return late | {
        "known": ~np.isnan(stats.minimum[0]),
        "several_minima": len(verdict.surface.minima) > 1,
        "to_go": to_go,
        "exactly_there": np.equal(to_go, 0),
        "on_a_plateau": verdict.on_a_plateau,
        "at_the_wrong_end": verdict.at_the_wrong_end,
        "run_out": verdict.run_out,
        "rate_is_0": np.equal(stats.rate, 0),
        "held_back": verdict.held_back,
        "weight_decay": verdict.weight_decay,
        "share": share,
        "slowed": share < 0.5,
        "worn": now.path / now.slope / stats.best_pace,
    }
