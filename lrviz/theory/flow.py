"""The curves that small steps follow: gradient flow and heavy-ball flow, the limits of the methods as η → 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from lrviz.declare import Array
from lrviz.lengths import length
from lrviz.surfaces import Surface

Row: TypeAlias = Sequence[float] | Array

_FAR = 1e6  # box diagonals, as for a run: a flow beyond has left for infinity
_THERE = 1e-6  # box diagonals: a gradient flow so near to the tip of a cone falls into it
_RELATIVE, _ABSOLUTE = 1e-10, 1e-13  # what the solver may be off by in a step
_MOST = 20_000  # evaluations of the slope, a second or two; a scene of ordinary length needs a few thousand


def gradient_flow(surface: Surface, start: Row, times: Row) -> Array:
    """The solution of θ̇ = −∇f(θ) from `start` at time 0: (len(times), 2).

    Gradient descent with a small η is near it after t/η steps, with an error in proportion to η. times: 0 or more, not
    falling. Rows are NaN once the flow is 10⁶ box diagonals away, as on a surface without a minimum. At the tip of a
    cone it stays. ValueError for times or a start that are not legal, and where the flow cannot be followed.
    """
    origin, at = _origin(start), _legal(times)
    if (known := surface.flow(origin, at)) is not None:
        return known

    def slope(t: float, theta: Array) -> Array:
        return -surface.grad(theta)

    def jacobian(t: float, theta: Array) -> Array:
        return -surface.hess(theta)

    return _solved(surface, origin, at, slope, jacobian, rests_at_kinks=not surface.smooth)


def heavy_ball_flow(surface: Surface, start: Row, times: Row, friction: float) -> Array:
    """The solution of θ̈ + c θ̇ = −∇f(θ), a ball of mass 1 with friction c, from rest at `start`: (len(times), 2).

    Momentum is near it: a step lasts √η, and c = (1 − β)/√η (see `friction`); the error is in proportion to √η while c
    is kept. times, NaN rows and errors as for `gradient_flow`. Source: Qian (1999), On the momentum term in gradient
    descent learning algorithms, Neural Networks 12.
    """
    if not friction >= 0:
        raise ValueError(f"the friction {friction} is not 0 or more")
    origin, at = _origin(start), _legal(times)
    if surface.beyond_theory:
        raise ValueError(f"{surface.title} has no such flow: {surface.beyond_theory}")

    def slope(t: float, state: Array) -> Array:
        theta, velocity = state[:2], state[2:]
        return np.concatenate([velocity, -friction * velocity - surface.grad(theta)])

    def jacobian(t: float, state: Array) -> Array:
        return np.block([[np.zeros((2, 2)), np.eye(2)], [-surface.hess(state[:2]), -friction * np.eye(2)]])

    return _solved(surface, np.concatenate([origin, np.zeros(2)]), at, slope, jacobian)


def friction(eta: float, beta: float) -> float:
    """The friction c = (1 − β)/√η of the ball that momentum with this η and β follows; one step lasts √η."""
    return float((1 - beta) / np.sqrt(eta))


def _origin(start: Row) -> Array:
    origin = np.asarray(start, dtype=np.float64)
    if origin.shape != (2,) or not np.isfinite(origin).all():
        raise ValueError(f"a flow starts at one finite point (x, y), not at {origin.tolist()}")
    return origin


def _legal(times: Row) -> Array:
    at = np.asarray(times, dtype=np.float64)
    if at.ndim != 1 or not np.isfinite(at).all() or np.any(at < 0) or np.any(np.diff(at) < 0):
        raise ValueError("the times of a flow are a row of finite numbers, 0 or more, that do not fall")
    return at


def _solved(
    surface: Surface,
    state: Array,
    at: Array,
    slope: Callable[[float, Array], Array],
    jacobian: Callable[[float, Array], Array],
    rests_at_kinks: bool = False,
) -> Array:
    """The positions at these times of a flow whose state begins with θ."""
    from scipy.integrate import solve_ivp  # a page that draws no flow need not load it

    low, high = np.array(surface.box).T
    middle, diagonal = (low + high) / 2, float(length(high - low))
    reach = _FAR * max(diagonal, float(length(state[:2] - middle)))
    spent = 0

    def counted(t: float, state: Array) -> Array:
        nonlocal spent
        spent += 1
        if spent > _MOST:
            raise ValueError(f"following the flow beyond t = {t:.3g} takes more than {_MOST:,} evaluations")
        return slope(t, state)

    def near(t: float, state: Array) -> float:
        return reach - float(length(state[:2] - middle))

    def short_of_a_tip(t: float, state: Array) -> float:
        tip = surface.nearest_minimum(state[:2])
        to_go = float(length(state[:2] - tip)) if np.isnan(surface.hess(tip)).any() else diagonal
        return to_go - _THERE * diagonal

    distinct, row = np.unique(at, return_inverse=True)
    positions = np.full((len(distinct), 2), np.nan)
    ends = [near, short_of_a_tip] if rests_at_kinks else [near]
    for end in ends:
        end.terminal = True  # type: ignore[attr-defined]
    if not at.any() or (rests_at_kinks and short_of_a_tip(0.0, state) <= 0):
        return np.tile(state[:2], (len(at), 1))
    with np.errstate(all="ignore"):
        solution = solve_ivp(
            counted,
            (0.0, at[-1]),
            state,
            method="LSODA",
            t_eval=distinct,
            events=ends,
            jac=jacobian,
            rtol=_RELATIVE,
            atol=_ABSOLUTE * diagonal,
        )
    if solution.status < 0:
        raise ValueError(f"the flow cannot be followed beyond t = {solution.t[-1]:.3g}: {solution.message}")
    reached = solution.y[:2].T
    positions[: len(reached)] = reached
    if rests_at_kinks and solution.t_events[1].size:
        positions[len(reached) :] = surface.nearest_minimum(solution.y_events[1][0][:2])
    return positions[row]
