"""What each change of the rate did to a run: the stretches of a schedule, and the run's losses and basins in each.

The stretches are read off η(t) itself, so it does not matter which schedule made it, nor that one looked at the loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from lrviz.declare import Array
from lrviz.lengths import length
from lrviz.numerals import count, point, rounded
from lrviz.simulation import Trajectory
from lrviz.surfaces import Point, Surface, curvatures
from lrviz.theory import preconditioned_curvature, preconditioned_limit

Kind: TypeAlias = Literal["hold", "rise", "fall", "restart", "drop"]
"""What the rate does; restart and drop are sudden, in one step, and last until it turns again."""

SUDDEN = 2.0
"""A change is sudden that is so many times as large as those of the steps beside it, in η and in log η."""
FLAT = 1e-12
"""A rate that changes by no more than this share of its highest value is held."""

_FLOW_STEPS, _FLOW_SHARE, _FLOW_LENGTH = 300, 0.2, 0.01  # a step is 0.2/|λ|, and never above 0.01 box diagonals
_AT_REST = 1e-9  # box diagonals: a step of the flow that is worth no other
_ARRIVED = 1e-3  # box diagonals from a minimum, where the flow is said to end in it
_THROWN = 2.0  # a run was thrown up where its loss rose so many times above both ends of a stretch


@dataclass(frozen=True)
class Stretch:
    """Steps in which the rate does one thing: they lead from θ_begin to θ_end, by the rates η_begin … η_{end − 1}."""

    kind: Kind
    begin: int
    end: int


def stretches(eta: Array) -> tuple[Stretch, ...]:
    """The stretches of a curve of rates, (T,), finite. They follow on each other from 0 to T."""
    found: list[Stretch] = []
    kind: Kind | None = None
    begin, way = 0, 0.0  # where the present stretch began, and the way that the rate goes in it; NaN: not yet known
    for t, (move, sudden) in enumerate(zip(_moves(eta), _sudden(eta), strict=True)):
        if sudden:
            found += [Stretch(kind or "hold", begin, t + 1)]
            kind, begin, way = "restart" if move > 0 else "drop", t + 1, np.nan
        elif kind is None or np.isnan(way):
            kind, way = kind or _KINDS[move], move
        elif move != way:
            found += [Stretch(kind, begin, t)]
            kind, begin, way = _KINDS[move], t, move
    return (*found, Stretch(kind or "hold", begin, len(eta))) if len(eta) else ()


_KINDS: dict[float, Kind] = {0.0: "hold", 1.0: "rise", -1.0: "fall"}


def _moves(eta: Array) -> Array:
    """Whether the rate rises (1), falls (−1) or stays (0) after each step but the last."""
    moves = np.diff(eta)
    return np.where(np.abs(moves) <= FLAT * np.max(eta, initial=0.0), 0.0, np.sign(moves))


def _sudden(eta: Array) -> Array:
    """Where the rate jumps. In η alone a fast decay would jump at its start, in log η alone a slow one at its end."""
    sudden = np.not_equal(_moves(eta), 0)
    for values in (eta, np.log(np.maximum(eta, np.finfo(np.float64).tiny))):
        size = np.abs(np.diff(values))
        padded = np.concatenate([[0.0], size, [0.0]])
        sudden = sudden & (size > SUDDEN * np.maximum(padded[:-2], padded[2:]))
    return sudden


@dataclass(frozen=True)
class Change:
    """What a run did in one stretch."""

    stretch: Stretch
    eta_before: float
    """The rate of the step before; NaN for the first stretch."""
    eta: tuple[float, float]
    """The rates of its first and of its last step."""
    loss: tuple[float, float]
    """The loss where it began and where it ended."""
    highest: float
    """The highest loss on the way."""
    basins: tuple[Point | None, Point | None]
    """The minima to which the gradient flow leads from where it began and ended; None where it leads to none."""
    minima: tuple[float, float]
    """The losses of these minima; NaN where there is none."""
    sharpness: tuple[float, float]
    """λmax at these minima; NaN where there is none."""
    product: float
    """η·λmax where it was highest beside its limit; NaN where none is known. For adaptive methods that of P⁻¹H."""
    limit: float
    beyond: int
    """On so many of its steps η·λmax was beyond the limit."""

    @property
    def left_a_basin(self) -> bool:
        """Whether it began in one basin and ended in another."""
        before, after = self.basins
        return before is not None and before != after

    @property
    def sentence(self) -> str:
        """It in words."""
        return " ".join(filter(None, [self._rate(), self._way(), self._limit()]))

    def _rate(self) -> str:
        begin, end = self.stretch.begin, self.stretch.end
        (first, last), steps = map(rounded, self.eta), f"{count(begin)} to {count(end)}"
        match self.stretch.kind:
            case "restart":
                return f"Restart at step {count(begin)}: η from {rounded(self.eta_before)} up to {first}."
            case "drop":
                return f"Drop at step {count(begin)}: η from {rounded(self.eta_before)} to {first}."
            case "rise":
                return f"Rise, steps {steps}: η from {first} to {last}."
            case "fall":
                return f"Fall, steps {steps}: η from {first} to {last}."
            case _:
                return f"Held, steps {steps}: η = {first}."

    def _way(self) -> str:
        (before, after), (start, end) = self.basins, self.loss
        losses = f"loss {rounded(start)} → {rounded(end)}"
        if self.left_a_basin and before is not None:
            if after is None:
                return f"It left the basin of {point(before)} for nowhere in particular: {losses}."
            return f"It left the basin of {point(before)} for that of {point(after)}{self._depth()}; {losses}."
        if self.highest > _THROWN * max(start, end) and start >= 0:
            back = f" and came back to the basin of {point(after)}" if after else " and came down again"
            return f"It was thrown up to a loss of {rounded(self.highest)}{back}: {losses}."
        if rounded(start) == rounded(end):
            return f"The loss stays at {rounded(end)}."
        return f"The loss {'falls' if end < start else 'rises'} from {rounded(start)} to {rounded(end)}."

    def _depth(self) -> str:
        """The minimum that it came to, beside the one that it left."""
        (was, now), (sharp, sharper) = map(rounded, self.minima), self.sharpness
        if was != now:
            return f", {'lower' if self.minima[1] < self.minima[0] else 'higher'}: {was} → {now}"
        if rounded(sharp) == rounded(sharper):
            return ", as deep"
        way = "flatter" if sharper < sharp else "sharper"
        return f", as deep and {way}: λmax {rounded(sharp)} → {rounded(sharper)}"

    def _limit(self) -> str:
        if not np.isfinite(self.product + self.limit):
            return ""
        steps, product, limit = self.stretch.end - self.stretch.begin, rounded(self.product), rounded(self.limit)
        if self.beyond:
            much = "all its steps" if self.beyond == steps else f"{count(self.beyond)} of its {count(steps)} steps"
            return f"η·λmax was beyond the limit {limit} on {much}, up to {product}."
        return f"η·λmax ≤ {product}, the limit is {limit}."


def changes(trajectory: Trajectory) -> tuple[Change, ...]:
    """What a single run did in each stretch of its schedule; up to its end, where it ended early."""
    steps = int(np.isfinite(trajectory.loss).sum()) - 1
    eta, loss = trajectory.eta[:steps], trajectory.loss[: steps + 1]
    found = stretches(eta)
    ends = [stretch.begin for stretch in found] + [steps]
    basins = _basins(trajectory.surface, trajectory.theta[ends].T)
    products, limits = _against_limit(trajectory, steps)
    return tuple(_changes(found, eta, loss, trajectory.surface, basins, products, limits))


def _changes(
    found: tuple[Stretch, ...],
    eta: Array,
    loss: Array,
    surface: Surface,
    basins: list[Point | None],
    products: Array,
    limits: Array,
) -> Iterator[Change]:
    depths = [np.nan if basin is None else float(surface.loss(np.array(basin))) for basin in basins]
    sharp = [np.nan if basin is None else float(curvatures(surface.hess(np.array(basin)))[1]) for basin in basins]
    for number, stretch in enumerate(found):
        steps = slice(stretch.begin, stretch.end)
        shares = products[steps] / limits[steps]
        at = stretch.begin + int(np.argmax(np.where(np.isnan(shares), -np.inf, shares)))
        yield Change(
            stretch,
            float(eta[stretch.begin - 1]) if stretch.begin else np.nan,
            (float(eta[stretch.begin]), float(eta[stretch.end - 1])),
            (float(loss[stretch.begin]), float(loss[stretch.end])),
            float(loss[stretch.begin : stretch.end + 1].max()),
            (basins[number], basins[number + 1]),
            (depths[number], depths[number + 1]),
            (sharp[number], sharp[number + 1]),
            float(products[at]),
            float(limits[at]),
            int(np.sum(shares > 1)),
        )


def told(found: tuple[Change, ...], most: int = 5) -> tuple[str, ...]:
    """The sentences of the changes that matter most, in their order, and one that counts the others."""
    ranked = sorted(found, key=lambda change: (not change.left_a_basin, not change.beyond, change.stretch.begin))
    shown = ranked[:most] if len(found) > most else ranked
    sentences = [change.sentence for change in found if change in shown]
    rest = [change for change in found if change not in shown]
    if rest:
        left = sum(change.left_a_basin for change in rest)
        basins = f"{count(left)} of which left a basin" if left else "in which it left no basin"
        sentences.append(f"And {count(len(rest))} more, {basins}.")
    return tuple(sentences)


def _against_limit(trajectory: Trajectory, steps: int) -> tuple[Array, Array]:
    """η·λmax at the place of each step, and its limit there: two arrays (steps,)."""
    surface, optimizer = trajectory.surface, trajectory.optimizer
    # What a step divides by is what the state holds after it.
    state = {name: np.moveaxis(rows[1 : steps + 1], 0, -1) for name, rows in trajectory.state.items()}
    with np.errstate(all="ignore"):
        curvature = preconditioned_curvature(optimizer, surface, trajectory.theta[:steps].T, state)
        limits = preconditioned_limit(optimizer, state) if state else preconditioned_limit(optimizer)
        return trajectory.eta[:steps] * curvature, np.broadcast_to(limits, (steps,))


# ---- basins


def basin(surface: Surface, theta: Array) -> Array:
    """The minimum to which the gradient flow leads from θ, (2, B) → (2, B); NaN where it leads to none that is listed.

    By steps of 0.2/|λ|, short beside every curvature there is, so that they follow the flow.
    """
    low, high = np.array(surface.box).T
    diagonal = float(np.hypot(*(high - low)))
    with np.errstate(all="ignore"):
        for _ in range(_FLOW_STEPS):
            grad = surface.grad(theta)
            least, most = curvatures(surface.hess(theta))
            eta = np.minimum(_FLOW_SHARE / np.maximum(-least, most), _FLOW_LENGTH * diagonal / length(grad))
            move = np.where(np.isfinite(eta * grad), eta * grad, 0.0)
            theta = theta - move
            if np.abs(move).max(initial=0.0) <= _AT_REST * diagonal:
                break
        minimum = surface.nearest_minimum(theta)
        return np.where(length(theta - minimum) <= _ARRIVED * diagonal, minimum, np.nan)


def _basins(surface: Surface, theta: Array) -> list[Point | None]:
    """The minima of the basins in which these points lie; none where there is at most one basin to be in."""
    if len(surface.minima) < 2 or not surface.isolated_minima:
        return [None] * theta.shape[1]
    return [None if np.isnan(x) else (float(x), float(y)) for x, y in basin(surface, theta).T]
