"""Watches runs for what their outcomes are told from, in one pass and with O(B) memory.

A `Judge` is a set of pure functions from statistics to statistics, so that one definition judges a batch and a recorded
run. It judges the end of a run, not its worst moment: catapults, warm restarts and heavy-ball transients come back. So
most statistics are kept in eight windows of equal length, of which the last two decide. Lengths are relative to the box
diagonal D and to d₀, the start's distance to the nearest minimum.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Number
from lrviz.iterate import Iterate, extent
from lrviz.lengths import squared_length
from lrviz.optimizers import Optimizer
from lrviz.surfaces import Surface, curvatures
from lrviz.theory import has_limit

Bools: TypeAlias = NDArray[np.bool_]

WINDOWS = 8
STILL = 1e-3
"""Within this share of D two places are the same place, where no minimum sets a finer tolerance."""


class Window(NamedTuple):
    """What is remembered of one eighth of the run. Arrays are (B,), positions (dim, B)."""

    entry: Array
    """θ before the window's first step."""
    began: Number
    """How many steps came before."""
    low: Array
    high: Array
    """The corners of the rectangle that holds the window's iterates."""
    peak: Array
    """The largest ‖g‖, over the largest rate so far: what only follows a rising η does not grow."""
    turns: Array
    """Steps that point against the step before."""
    flips: Array
    """Changes between a rising and a falling loss."""
    rises: Array
    falls: Array
    """How far the loss rose and fell, in all."""
    path: Array
    slope: Array
    rate: Array
    """The lengths of the steps and of the gradients, and the rates, in all."""
    distance: Array
    distance2: Array
    """The distances to the nearest minimum in all, and their squares."""

    @property
    def size(self) -> Array:
        """The diagonal of the rectangle that holds the window's iterates."""
        return norm(self.high - self.low)


class Stats(NamedTuple):
    """What is remembered of the run. Arrays are (B,), positions (dim, B)."""

    start: Array
    start_loss: Array
    tolerance: Array
    """How near to a minimum counts as there."""
    theta: Array
    loss: Array
    grad: Array
    alive: Bools
    """Of the last iterate; that of a particle that blew up is its last finite one."""
    rate: Array
    """The rate that led there."""
    move: Array
    change: Array
    """The last step, and what the loss changed by."""
    minimum: Array
    distance: Array
    """The nearest minimum, and the distance to it."""
    outside: Bools
    stay: Array
    """How many iterates the present stay at a minimum has lasted; 0 where it is at none."""
    longest_stay: Array
    stays_ended: Array
    """Of the stays that ended: the longest, and how many were long."""
    exit_loss: Array
    exit_step: Array
    """Of the last crossing of the box's edge; the loss is infinite for a start outside."""
    lived: Array
    """For how many iterates it was alive: the step at which it blew up, where it did."""
    lowest: Array
    lowest_step: Array
    lowest_theta: Array
    lowest_rate: Array
    """The lowest loss, when and where it was, and the rate that led on from there."""
    top_rate: Array
    first_move: Array
    best_pace: Array
    """The most that was made of a gradient: step over gradient, of the first step or in a window's mean."""
    half_way: Array
    returns: Array
    hops: Array
    """Since half-way: how often it was back there, and changed basins."""
    windows: tuple[Window, Window, Window, Window]
    """The latest windows, one half of the run's; empty ones stand for those before the first."""
    begun: Number
    """How many windows have begun."""
    growing: Array
    """For how many windows on end the peak has grown."""
    first_peak: Array
    first_size: Array
    """Of the first window."""


class Judge:
    """How a batch is watched: `begin` with its start, `follow` each step, and before that `close` the window that ends.

    Only what depends on the classes and on whether there is noise is decided here; the rest is arithmetic.
    """

    def __init__(self, surface: Surface, optimizer: Optimizer, noisy: bool) -> None:
        # Losses that take turns are as a noise: their average is what a run is judged by.
        self.surface, self.optimizer, self.noisy = surface, optimizer, noisy or surface.averaged
        self.middle, self.diagonal = extent(surface)
        self.minima_known = bool(surface.minima)
        # What no test and no sentence of these runs will ask for is not followed.
        self.has_basins = not self.noisy and surface.isolated_minima and len(surface.minima) != 1
        self.has_limit = not self.noisy and has_limit(optimizer)

    def begin(self, it: Iterate) -> Stats:
        """The statistics at t = 0."""
        none = np.zeros_like(it.loss)
        minimum = self._nearest(it)
        distance = norm(it.theta - minimum)
        near = tolerance(self.diagonal, distance)
        outside = self._is_outside(it.theta)
        empty = _window(it.theta, 0, none)
        return Stats(
            start=it.theta,
            start_loss=it.loss,
            tolerance=near,
            theta=it.theta,
            loss=it.loss,
            grad=it.grad,
            alive=it.alive,
            rate=none + np.nan,
            move=np.zeros_like(it.theta),
            change=none,
            minimum=minimum,
            distance=distance,
            outside=outside,
            stay=np.where(distance <= near, 1.0, 0.0),
            longest_stay=none,
            stays_ended=none,
            exit_loss=np.where(outside, np.inf, it.loss),
            exit_step=none,
            lived=none + it.alive,
            lowest=it.loss,
            lowest_step=none,
            lowest_theta=it.theta,
            lowest_rate=none + np.nan,
            top_rate=none,
            first_move=np.zeros_like(it.theta),
            best_pace=none,
            half_way=it.theta,
            returns=none,
            hops=none,
            windows=(empty, empty, empty, empty),
            begun=1,
            growing=none,
            first_peak=none,
            first_size=none,
        )

    def closes(self, t: Number, steps: Number) -> Bools:
        """Whether a window ends before step t."""
        return (t > 1) & (np.floor((t - 1) * WINDOWS / steps) != np.floor((t - 2) * WINDOWS / steps))

    def close(self, stats: Stats, t: Number) -> Stats:
        """End a window before step t, and begin the next."""
        _, older, before, now = stats.windows
        new = _window(stats.theta, t - 1, np.zeros_like(stats.loss))
        return self.tally(stats)._replace(windows=(older, before, now, new), begun=stats.begun + 1)

    def tally(self, stats: Stats) -> Stats:
        """Take in the last window, which is complete."""
        before, now = stats.windows[-2:]
        first = np.equal(stats.begun, 1)
        grown = (now.peak > before.peak) & np.logical_not(first)
        return stats._replace(
            growing=np.where(grown, stats.growing + 1, 0),
            best_pace=np.fmax(stats.best_pace, now.path / now.slope),
            first_peak=np.where(first, now.peak, stats.first_peak),
            first_size=np.where(first, now.size, stats.first_size),
        )

    def follow(self, stats: Stats, t: Number, steps: Number, it: Iterate) -> Stats:
        """Take in iterate t, from 1 on."""
        theta, eta = it.theta, it.eta
        assert eta is not None
        move, slope = theta - stats.theta, norm(stats.grad)
        path = norm(move)
        minimum = self._nearest(it)
        distance = norm(theta - minimum)
        rate = np.where(stats.alive, eta, stats.rate)
        top_rate = np.maximum(stats.top_rate, eta)
        now = stats.windows[-1]
        now = now._replace(
            low=np.minimum(now.low, theta),
            high=np.maximum(now.high, theta),
            turns=now.turns + (dot(move, stats.move) < 0),
            path=now.path + path,
            slope=now.slope + slope,
            rate=now.rate + rate,
        )
        if self.surface.constant_hessian:
            now = now._replace(peak=np.maximum(now.peak, slope / top_rate))
        if self.noisy:
            now = now._replace(distance=now.distance + distance, distance2=now.distance2 + distance * distance)
        else:
            now = self._waves(now, stats, it.loss - stats.loss)
        if self.has_basins:
            stats = self._places(stats, t > np.floor(steps / 2), theta, minimum)
        if not self.surface.bounded_below:
            stats = self._exit(stats, t, it)
        first = np.equal(t, 1)
        return self._stay(self._lowest(stats, t, it, rate), steps, distance)._replace(
            theta=theta,
            loss=it.loss,
            grad=it.grad,
            alive=it.alive,
            lived=stats.lived + it.alive,
            rate=rate,
            top_rate=top_rate,
            move=move,
            change=it.loss - stats.loss,
            minimum=minimum,
            distance=distance,
            first_move=_chosen(first, move, stats.first_move),
            best_pace=_chosen(first, path / slope, stats.best_pace),
            windows=(*stats.windows[:-1], now),
        )

    def _waves(self, now: Window, stats: Stats, change: Array) -> Window:
        return now._replace(
            flips=now.flips + (change * stats.change < 0),
            rises=now.rises + np.maximum(change, 0),
            falls=now.falls + np.maximum(-change, 0),
        )

    def _places(self, stats: Stats, late: Bools, theta: Array, minimum: Array) -> Stats:
        """How often it was back where the run's second half began, and how often it changed basins since."""
        back = norm(theta - stats.half_way) < STILL * self.diagonal
        hop = norm(minimum - stats.minimum) > 0.02 * self.diagonal
        return stats._replace(
            half_way=_chosen(late, stats.half_way, theta),
            returns=stats.returns + (late & back),
            hops=stats.hops + (late & hop),
        )

    def _exit(self, stats: Stats, t: Number, it: Iterate) -> Stats:
        outside = self._is_outside(it.theta)
        crossed = outside & ~stats.outside
        return stats._replace(
            outside=outside,
            exit_loss=np.where(crossed, it.loss, stats.exit_loss),
            exit_step=np.where(crossed, t, stats.exit_step),
        )

    def _lowest(self, stats: Stats, t: Number, it: Iterate, rate: Array) -> Stats:
        lower = it.loss < stats.lowest
        if self.has_limit:
            led_on = np.equal(stats.lowest_step, t - 1)
            stats = stats._replace(lowest_rate=np.where(led_on, rate, stats.lowest_rate))
        if self.has_limit and not self.surface.constant_hessian:
            stats = stats._replace(lowest_theta=np.where(lower, it.theta, stats.lowest_theta))
        return stats._replace(
            lowest=np.minimum(stats.lowest, it.loss),
            lowest_step=np.where(lower, t, stats.lowest_step),
        )

    def _stay(self, stats: Stats, steps: Number, distance: Array) -> Stats:
        inside = distance <= stats.tolerance
        ended = stats.stay * ~inside
        return stats._replace(
            stay=(stats.stay + 1) * inside,
            longest_stay=np.maximum(stats.longest_stay, ended),
            stays_ended=stats.stays_ended + (ended >= long_enough(steps)),
        )

    def _nearest(self, it: Iterate) -> Array:
        """The nearest minimum: a known one, else where a Newton step lands if the Hessian is positive definite."""
        if self.minima_known:
            return self.surface.nearest_minimum(it.theta)
        step, least, _ = newton(self.surface, it.theta, it.grad)
        return np.where(least > 0, it.theta + step, np.nan)

    def _is_outside(self, theta: Array) -> Bools:
        (left, right), (bottom, top) = self.surface.box
        x, y = theta
        outside: Bools = (x < left) | (x > right) | (y < bottom) | (y > top)
        return outside


def _window(entry: Array, began: Number, none: Array) -> Window:
    """A window that nothing is in yet."""
    return Window(entry, began, entry, entry, *[none] * (len(Window._fields) - 4))


def _chosen(condition: Bools, yes: Array, no: Array) -> Array:
    """np.where, which costs nothing where the condition is one for all."""
    if isinstance(condition, np.bool_):
        return yes if condition else no
    return np.where(condition, yes, no)


def long_enough(steps: Number) -> Number:
    """The length from which on a stay at a minimum counts."""
    return np.minimum(steps, np.maximum(5, 0.02 * steps))


def tolerance(diagonal: float, start_distance: Array) -> Array:
    """How near to a minimum counts as there: max(10⁻⁹ D, min(10⁻³ D, 0.1 d₀)); NaN where there is no minimum."""
    return np.maximum(1e-9 * diagonal, np.minimum(1e-3 * diagonal, 0.1 * start_distance))


def newton(surface: Surface, theta: Array, grad: Array) -> tuple[Array, Array, Array]:
    """Newton's step −H⁻¹g, (2, B), and the Hessian's smallest and largest eigenvalue, (B,) each."""
    hess = surface.hess(theta)
    (xx, xy), (_, yy) = hess
    x, y = grad
    determinant = xx * yy - xy * xy
    step = np.stack([xy * y - yy * x, xy * x - xx * y]) / determinant
    return step, *curvatures(hess)


def norm(vectors: Array) -> Array:
    """‖v‖, fast; infinite where a square overflows."""
    return np.sqrt(squared_length(vectors))


def dot(a: Array, b: Array) -> Array:
    """The scalar product over the coordinates."""
    total: Array = a[0] * b[0] + a[1] * b[1]
    return total
