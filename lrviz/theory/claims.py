"""Everything theory says of a run in hand, beside what the run did, and whether theory applies to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array
from lrviz.noise import Noise
from lrviz.numerals import count, rounded
from lrviz.optimizers import Hypergradient, Momentum, Nesterov, Optimizer
from lrviz.schedules import Schedule
from lrviz.surfaces import Surface
from lrviz.theory.linear import added_curvature, has_limit, multipliers, phase, spectral_radius
from lrviz.theory.local import preconditioned_curvature, preconditioned_limit, preconditioner
from lrviz.theory.moments import Moments
from lrviz.theory.rates import best, best_eta, steps_to
from lrviz.theory.situation import Situation
from lrviz.theory.stationary import floor, noise_covariance

_NO_PART = "hardly a part of the run is along it"
_FLAT = 1e-15  # of the steepest curvature: what is flatter may be rounding
_SETTLED = 0.01  # what may be left of the start when a width is measured


@dataclass(frozen=True)
class Claim:
    """One thing that theory says, beside what happened."""

    title: str
    predicted: str
    measured: str
    holds: bool
    """Whether theory applies to this run; where it does not, `predicted` is what it would say."""
    because: str
    """Why it applies, or why not."""


def claims(
    surface: Surface,
    optimizer: Optimizer,
    schedule: Schedule,
    noise: Noise | None,
    theta: Array,
    loss: Array,
    eta: Array,
    state: dict[str, Array],
) -> tuple[Claim, ...]:
    """All claims about one run, as `simulate` gives it: theta (T + 1, 2), loss (T + 1,), eta (T,), state (T + 1, …).

    Linear theory of the plain methods (stability, the two directions, the rate, steps, the best η and β), the
    preconditioned curvature of the adaptive ones, and the width and the floor that noise keeps up. On a surface that is
    no quadratic they are about the minimum that the run came to, or about where it ended.
    """
    run = Situation(surface, optimizer, schedule, noise, theta, loss, eta, state)
    if run.last < 1:
        return ()
    with np.errstate(all="ignore"):  # a run that blew up may overflow once more; what is not finite is not told
        if isinstance(optimizer, Hypergradient):
            return tuple(_learnt(run))
        if not has_limit(optimizer):
            return tuple(_adaptive(run))
        return (*_stability(run), *_directions(run), *_tuning(run), *_noise(run))


def _stability(run: Situation) -> Iterator[Claim]:
    """η·λmax against its limit."""
    top = run.axes[0][1]
    if np.isnan(top):
        where = "at the minimum" if run.ends_in_a_kink else "where it ended"
        yield Claim("Stability", f"no limit: there is no curvature {where}", "–", *run.because())
        return
    total = top + added_curvature(run.optimizer)
    limit = float(preconditioned_limit(run.optimizer))
    holds, because = run.because(noise_matters=False)
    if total <= 0:
        yield Claim("Stability", "no direction draws it in, so no η is too large or small enough", "–", holds, because)
        return
    product = run.rate * total
    verb = "grows" if _beyond(product, limit) else "stays as it is" if _equal(product, limit) else "shrinks"
    side = "above" if verb == "grows" else "at" if verb == "stays as it is" else "below"
    predicted = f"{verb} along the steepest direction: η·λmax = {_beside(product, limit)} is {side} {rounded(limit)}"
    if holds:
        because += "" if run.noise is None else "; with noise it is the mean over its draws that does so"
        steep = np.abs(run.offsets[:, 1])
        measured = _left(steep[0], steep[-1], len(steep) - 1) if np.isfinite(run.seen[1]) else _NO_PART
    else:
        products = run.eta[: run.last] * (run.path_curvature + added_curvature(run.optimizer))
        above = int(np.sum(products > limit))
        measured = f"η·λmax is above {rounded(limit)} in {count(above)} of {count(run.last)} steps"
    yield Claim("Stability", predicted, measured, holds, because)


def _directions(run: Situation) -> Iterator[Claim]:
    """How each direction behaves, at which rate, and how long it takes."""
    values, _ = run.axes
    if np.isnan(values).any():
        return
    holds, because = run.because()
    expected = multipliers(run.optimizer, run.rate, values)[:, 0]
    rates = np.abs(expected)
    seen = run.seen if holds else np.full(2, np.nan)
    # Off a quadratic the surface's bend puts the square of the slower direction's offset into the other one.
    slower = np.max(rates[values > 0], initial=0.0)
    hidden = (values == 0) | (rates <= slower * slower) & (not run.surface.constant_hessian)
    for name, value, leading, found, hides in zip(("flat", "steep"), values, expected, seen, hidden, strict=True):
        told = _multiplier(found) if np.isfinite(found) else _NO_PART if holds else "–"
        title = f"Along the {'downhill' if value < 0 else name} direction, λ = {rounded(value)}"
        manner = f"{phase(run.optimizer, run.rate, value)}: {_multiplier(leading)}"
        reason = "the slower direction bends into this one, and hides its own rate" if holds and hides else because
        yield Claim(title, manner, told, holds and not hides, reason)
    along = np.isfinite(seen) & ~hidden
    rate = float(np.max(rates[along])) if along.any() else float(np.max(rates))
    told = f"{_factor(float(np.max(np.abs(seen[along]))))} a step" if along.any() else "–"
    yield Claim("Rate, in the long run", f"{_factor(rate)} a step", told, holds, because)
    if rate < 1 and run.surface.minima:
        yield _steps(run, np.where(along | ~along.any(), rates, 0.0), holds, because)


def _steps(run: Situation, rates: Array, holds: bool, because: str) -> Claim:
    """How long it takes from the first of `rows` to a thousandth of the distance there."""
    distance = np.linalg.norm(run.theta[run.rows] - run.centre, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        fractions = 1e-3 * distance[0] / np.abs(run.offsets[0])
    expected = np.max(steps_to(np.where(np.isfinite(fractions), fractions, 1.0), rates))
    outside = np.flatnonzero(distance > 1e-3 * distance[0])
    there = int(outside[-1]) + 1 if outside.size else 0
    measured = count(there) if there < len(distance) else f"more than {count(len(distance) - 1)}"
    title = "Steps until a thousandth of the distance is left"
    return Claim(title, f"about {rounded(float(expected))}", measured if holds else "–", holds, because)


def _tuning(run: Situation) -> Iterator[Claim]:
    """The best η for this method, and the best β with it."""
    optimizer, decay = run.optimizer, added_curvature(run.optimizer)
    low, high = run.axes[0]
    if not low + decay > _FLAT * (high + decay):
        return
    holds, because = run.because()
    rate = float(np.nanmax(np.abs(run.seen))) if holds and np.isfinite(run.seen).any() else np.nan

    def beside(numbers: str, fastest: float) -> str:
        return f"{numbers}: {_factor(rate)} a step{_slower(rate, fastest)}" if np.isfinite(rate) else "–"

    eta, fastest = (float(value) for value in best_eta(optimizer, low, high))
    predicted = f"η = {rounded(eta)}: {_factor(fastest)} a step"
    yield Claim("Best η", predicted, beside(f"η = {rounded(run.rate)}", fastest), holds, because)
    if isinstance(optimizer, Momentum | Nesterov):
        tuned, *both = best(type(optimizer), low + decay, high + decay)
        eta, fastest = (float(value) for value in both)
        assert isinstance(tuned, Momentum | Nesterov)
        predicted = f"η = {rounded(eta)}, β = {rounded(float(tuned.beta))}: {_factor(fastest)} a step"
        here = beside(f"η = {rounded(run.rate)}, β = {rounded(float(optimizer.beta))}", fastest)
        dampened = isinstance(optimizer, Momentum) and optimizer.share != 1
        yield Claim(f"Best η and β{', undampened' if dampened else ''}", predicted, here, holds, because)


def _noise(run: Situation) -> Iterator[Claim]:
    """The width of the cloud, and the loss that noise keeps up, from the second half of the run."""
    if run.noise is None or not run.surface.minima:
        return
    low, high = run.axes[0] + added_curvature(run.optimizer)
    covariance = run.noise.covariance(run.surface, run.minimum)
    if not (low > _FLAT * high and np.isfinite(covariance).all()):
        return
    holds, because = run.because(noise_matters=False)
    rate = float(spectral_radius(run.optimizer, run.rate, run.axes[0]).max())
    if not rate < 1:
        settled, kept = np.full((2, 2), np.inf), np.inf
    elif run.surface.constant_hessian:  # exactly, however the noise depends on the place
        moments = Moments(run.surface, run.optimizer, run.noise)
        settled, kept = moments.settled(run.rate), moments.floor(run.rate)
    else:
        settled = noise_covariance(run.optimizer, run.rate, run.hessian, covariance)
        kept = float(floor(run.optimizer, run.rate, run.hessian, covariance))
    half = run.rows[len(run.rows) // 2 :]
    left = rate ** float(half[0] - run.rows[0])
    if holds and not np.isfinite(settled).all():
        holds, because = False, "at this η the cloud grows without end"
    elif holds and left > _SETTLED:
        because = f"half-way {rounded(100 * left, 2)} % of the start is still there: too early for a stationary cloud"
        holds = False
    apart = f" (one run, about {rounded(len(half) * (1 - rate), 1)} times its memory)" if holds else ""
    away = run.theta[half] - run.centre
    width = rounded(float(np.sqrt(np.mean(np.sum(away * away, axis=1)))))
    predicted = f"{rounded(float(np.sqrt(np.trace(settled))))} from the middle"
    yield Claim("Width of the cloud", predicted, f"{width}{apart}", holds, because)
    above = rounded(float(np.mean(run.loss[half]) - run.surface.loss(run.minimum)))
    yield Claim("Loss above the minimum", rounded(kept), f"{above}{apart}", holds, because)


def _adaptive(run: Situation) -> Iterator[Claim]:
    """η times the curvature that an adaptive method meets, against the limit of its plain form."""
    steps = np.arange(1, run.last + 1)
    # The step that left the state of row t started from the place of row t − 1.
    remembered = {name: values[steps].T for name, values in run.state.items()}
    places = run.theta[steps - 1].T
    curvature = preconditioned_curvature(run.optimizer, run.surface, places, remembered)
    product = run.eta[steps - 1] * curvature
    limits = np.broadcast_to(preconditioned_limit(run.optimizer, remembered), product.shape)
    if not np.isfinite(limits).any():
        why = f"{run.optimizer.title} {run.optimizer.no_limit}"
        yield Claim("Stability", "no limit on η is known in closed form", "–", False, why)
        return
    limit = float(limits[-1])
    above = int(np.sum(product > limits))
    p = preconditioner(run.optimizer, places, remembered)
    memory = max(1, int(np.ceil(1 / (1 - _memory(run.optimizer)))))
    seen = min(memory, run.last - 1)
    change = float(np.max(np.abs(np.log(p[:, -1] / p[:, -1 - seen])))) if seen else np.nan
    holds = bool(change < 0.1) and run.noise is None
    within = f"in the last {_steps_told(seen)}, the memory of the momentum" if seen > 1 else "in the last step"
    reason = f"the rates of the coordinates changed by {rounded(100 * change, 2)} % {within}"
    if not np.isfinite(product[-1]):
        return
    if not np.isfinite(change):
        reason = "a single step does not tell how fast the rates of the coordinates change"
    if run.noise is not None:
        reason += "; gradient noise moves it too"
    yield Claim(
        "Preconditioned curvature",
        f"grows where η·λmax(P⁻¹H) is above {rounded(limit)}, shrinks where it is below",
        f"η·λmax(P⁻¹H) = {_beside(float(product[-1]), limit)} in the last step; above in {count(above)} of"
        f" {count(run.last)} steps",
        holds,
        reason,
    )


def _learnt(run: Situation) -> Iterator[Claim]:
    """Each step of hypergradient descent is one of gradient descent at the learnt rate α: α times the curvature met."""
    assert isinstance(run.optimizer, Hypergradient)
    alpha = run.eta[: run.last] + run.state["h"][1 : run.last + 1]
    product = alpha * (run.path_curvature + run.optimizer.weight_decay)
    if not np.isfinite(product[-1]):
        return
    outside = int(np.sum((product > 2) | (product < 0)))
    change = float(np.abs(alpha[-1] / alpha[-2] - 1)) if run.last > 1 else np.nan
    reason = f"α changed by {rounded(100 * change, 2)} % in the last step"
    if not np.isfinite(change):
        reason = "a single step does not tell how fast α changes"
    if run.noise is not None:
        reason += "; gradient noise moves it too"
    yield Claim(
        "Stability at the learnt rate",
        "shrinks along the steepest direction where α·λmax is between 0 and 2, grows where it is not",
        f"α·λmax = {_beside(float(product[-1]), 2)} in the last step; not between them in {count(outside)} of"
        f" {count(run.last)} steps",
        bool(change < 0.1) and run.noise is None,
        reason,
    )


def _memory(optimizer: Optimizer) -> float:
    """The share of its last step that a method keeps."""
    return float(getattr(optimizer, "beta1", getattr(optimizer, "beta", 0.0)))


def _equal(product: float, limit: float) -> bool:
    return abs(product - limit) <= 1e-12 * limit


def _beyond(product: float, limit: float) -> bool:
    return product > limit and not _equal(product, limit)


def _beside(value: float, other: float) -> str:
    """A number with as many digits as tell it from another one."""
    digits = (digits for digits in range(3, 13) if rounded(value, digits) != rounded(other, digits))
    return rounded(value, 3 if _equal(value, other) else next(digits, 13))


def _factor(value: float) -> str:
    """What a step leaves, with three digits of what it takes."""
    gap = abs(1 - value)
    digits = 3 if gap >= 0.1 or gap == 0 else min(3 + int(np.floor(-np.log10(gap))), 13)
    return rounded(value, digits)


def _multiplier(z: complex) -> str:
    """What a multiplier does in a step."""
    size = _factor(abs(z))
    if abs(z) ** 2 <= np.finfo(np.float64).eps:
        return "0 a step"
    if z.imag:
        return f"{size} a step, a wave in {rounded(2 * np.pi / abs(np.angle(z)))} steps"
    return f"{size} a step" if z.real > 0 else f"{size} a step, changing sides"


def _slower(rate: float, fastest: float) -> str:
    if rate >= 1:
        return ", which never arrives"
    times = np.log(fastest) / np.log(rate) if fastest > 0 and rate > 0 else 1.0
    return f", so {rounded(times)} times as many steps" if times >= 1.005 else ""


def _left(before: float, after: float, steps: int) -> str:
    """What became of an offset."""
    if abs(after - before) <= 1e-9 * before:
        return f"stayed as it was in {_steps_told(steps)}"
    share = rounded(after / before)
    told = f"grew to {share} times" if after > before else f"shrank to {share} of"
    return f"{told} the first offset in {_steps_told(steps)}"


def _steps_told(number: int) -> str:
    return f"{count(number)} step{'' if number == 1 else 's'}"
