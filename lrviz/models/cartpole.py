"""CartPole, many at once: gymnasium's vector environment, with starts that depend on nothing but a seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array

START = 0.05
"""Position, velocity, angle and angular velocity start evenly between −START and START, as in gymnasium."""
LAST = 500
"""An episode of CartPole-v1 ends after so many steps at the latest."""
EDGE = 2.4
"""Units of length from the middle: beyond, the cart has left the track and the episode ends."""
TILT = 12.0
"""Degrees: beyond, the pole counts as fallen and the episode ends."""
SECONDS = 0.02
"""Of one step."""


class CartPole:
    """Carts with a pole on top, each pushed left (0) or right (1) at each step; each step that the pole stands pays 1.

    As `gymnasium.make_vec("CartPole-v1")`, but that each start is drawn from a generator of one's own: gymnasium's
    vector environment draws all from one, so that an episode would depend on how many others run beside it.
    Source: Barto, Sutton & Anderson (1983), IEEE Transactions on Systems, Man, and Cybernetics 13.
    """

    observed = 4
    actions = 2
    longest = LAST

    def __init__(self) -> None:
        self._environment: Any = None

    def draw(self, generator: np.random.Generator, count: int) -> Array:
        """(count, 4): starts."""
        return generator.uniform(-START, START, (count, self.observed))

    def begin(self, starts: Array) -> Array:
        """Put carts at these starts, (N, 4): what is observed, (N, 4)."""
        self._environment = self._of(len(starts))
        self._environment.reset(seed=0)  # only sets its counters: the starts are ours
        self._environment.unwrapped.state = np.ascontiguousarray(starts.T)
        return starts

    def step(self, taken: NDArray[np.int64]) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Push each cart: what is observed then, (N, 4), what that paid, (N,), and whether the episode is over, (N,).

        What follows an episode's end is gymnasium's own next one, and of no use."""
        states, paid, fell, ran_out, _ = self._environment.step(taken)
        return states.astype(np.float64), paid.astype(np.float64), fell | ran_out

    def _of(self, count: int) -> Any:
        if self._environment is not None and self._environment.num_envs == count:
            return self._environment
        import gymnasium

        return gymnasium.make_vec("CartPole-v1", num_envs=count, vectorization_mode="vector_entry_point")
