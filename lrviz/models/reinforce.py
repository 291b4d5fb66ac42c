r"""REINFORCE: a policy's mean return as a problem for the optimizers, though no data and no loss are given.

$∇J = \mathbb{E} \sum_t A_t ∇ \log π_θ(a_t \mid s_t)$, by the mean over a few episodes of each policy.
Source: Williams (1992), Simple statistical gradient-following algorithms, Machine Learning 8.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models.cartpole import CartPole
from lrviz.models.policy import Actions, Policy, entropy
from lrviz.problem import Problem


class World(Protocol):
    """Where policies act: N at once, each in an episode of its own."""

    observed: int
    actions: int
    longest: int
    """After so many steps each episode is over."""

    def draw(self, generator: np.random.Generator, count: int) -> Array:
        """(count, …): starts of episodes."""

    def begin(self, starts: Array) -> Array:
        """Begin an episode at each of N starts: what is observed, (N, observed)."""

    def step(self, taken: Actions) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Take an action in each, (N,): what is observed then, what that paid, and whether the episode is over."""


@dataclass(frozen=True, eq=False)
class Episodes:
    """What B policies did and saw in E episodes each, of T steps at most."""

    states: Array
    """(T, B, E, observed): in which the actions were taken."""
    taken: Actions
    """(T, B, E)"""
    paid: Array
    """(T, B, E): 0 after an episode's end."""
    alive: NDArray[np.bool_]
    """(T, B, E): whether the step was taken, the episode not being over."""
    entropy: Array
    """(B,): of the policy, the mean over its steps, in nats."""

    @property
    def returns(self) -> Array:
        """(B, E): the sum of what each episode paid."""
        return self.paid.sum(axis=0)

    @property
    def steps(self) -> Array:
        """(B,): steps taken in all."""
        return self.alive.sum(axis=(0, 2)).astype(np.float64)

    def to_go(self, discount: float) -> Array:
        r"""(T, B, E): the return from each step on, $G_t = r_t + γ G_{t + 1}$."""
        found, after = np.empty_like(self.paid), np.zeros_like(self.paid[0])
        for t in range(len(found) - 1, -1, -1):
            found[t] = after = self.paid[t] + discount * after
        return found


@dataclass(frozen=True, eq=False)
class Reinforce(Problem):
    r"""The mean return of a policy over a few episodes, to be brought up: its negative is the loss.

    The gradient that a step sees is $-\frac{1}{E} \sum_i \sum_t (G_{it} - b_{it}) ∇ \log π_θ(a_{it} \mid s_{it})$ over
    E episodes i of the policy as it is now. G is the discounted return from step t on, and the baseline b that of the
    particle's other episodes at the same t, on average; one that is over has nothing to come. It has nothing of
    episode i in it, so it takes away variance and adds no bias (Williams 1992, section 4; leaving one out: Kool, van
    Hoof & Welling 2019, Buy 4 REINFORCE samples, get a baseline for free). With a discount below 1 this is the usual
    estimator, without the factor $γ^t$, and no longer that of the mean return's own gradient.

    θ is (dim, B), and particle p draws its starts and actions from seeds[p] and the number of the step alone (NumPy's
    PCG64): whatever runs beside it, the same policy sees the same episodes. Where there are fewer seeds than
    particles, they repeat. ValueError where the numbers are not legal.
    """

    world: World = field(default_factory=CartPole)
    episodes: int = 10
    """E: of each policy in each step."""
    hidden: int = 0
    """Units of the policy's tanh layer; 0: it is linear."""
    discount: float = 1.0
    """γ"""
    baseline: bool = True
    seeds: tuple[int, ...] = (0,)
    t: int = 0
    """Which step's episodes."""
    log: list[Episodes] = field(default_factory=list)
    """The episodes of the θ that was asked about last, alone: what the losses do not say of them."""

    def __post_init__(self) -> None:
        if self.episodes < 1 + self.baseline:
            raise ValueError(f"{self.episodes} episode has no others to be its baseline; it takes at least two")
        if not 0 <= self.discount <= 1:
            raise ValueError(f"discount (γ) = {self.discount} is outside [0, 1]")
        if not self.seeds:
            raise ValueError("there is no seed to draw episodes from")

    @cached_property
    def policy(self) -> Policy:
        """Whose numbers θ are."""
        return Policy(self.world.observed, self.world.actions, self.hidden)

    @property
    def box(self) -> Any:
        return np.tile([-10.0, 10.0], (self.policy.dim, 1))

    @property
    def start(self) -> Array:
        """(dim,): of the first seed."""
        return self.policy.initial(self.seeds[0])

    def starts(self, count: int) -> Array:
        """(dim, count): of each particle's seed."""
        return np.stack([self.policy.initial(self.seeds[p % len(self.seeds)]) for p in range(count)], axis=1)

    def at(self, t: int) -> Reinforce:
        return replace(self, t=t)

    def loss(self, theta: Array) -> Array:
        """Minus the mean return, (dim,) → () or (dim, B) → (B,)."""
        if theta.ndim == 1:
            return self.loss(theta[:, None])[0]
        return -self.play(theta).returns.mean(axis=1)

    def grad(self, theta: Array) -> Array:
        return self.loss_and_grad(theta)[1]

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        """Of the same episodes."""
        if theta.ndim == 1:
            loss, grad = self.loss_and_grad(theta[:, None])
            return loss[0], grad[:, 0]
        played = self.play(theta)
        self.log[:] = [played]
        return -played.returns.mean(axis=1), -self.estimate(theta, played)

    def estimate(self, theta: Array, played: Episodes) -> Array:
        """The estimate of the return's gradient from episodes that were played at θ, (dim, B)."""
        advantage = np.where(played.alive, self.advantage(played), 0.0) / self.episodes
        B, observed = theta.shape[1], played.states.shape[-1]
        return self.policy.score(
            theta,
            played.states.swapaxes(0, 1).reshape(B, -1, observed),
            played.taken.swapaxes(0, 1).reshape(B, -1),
            advantage.swapaxes(0, 1).reshape(B, -1),
        )

    def advantage(self, played: Episodes) -> Array:
        """(T, B, E): the return from each step on, less the baseline."""
        to_go = played.to_go(self.discount)
        if not self.baseline:
            return to_go
        return to_go - (to_go.sum(axis=-1, keepdims=True) - to_go) / (self.episodes - 1)

    def play(self, theta: Array) -> Episodes:
        """E episodes of each of B policies, side by side."""
        world, E, B = self.world, self.episodes, theta.shape[1]
        drawn = [_Draws(world, seed, self.t, E) for seed in self.seeds[:B]]
        which = np.arange(B) % len(self.seeds)
        starts = np.stack([each.starts for each in drawn])[which]
        luck = np.stack([each.luck for each in drawn])
        layers = self.policy.layers(theta)
        seen = world.begin(starts.reshape(B * E, -1)).reshape(B, E, -1)
        alive = np.ones((B, E), dtype=bool)
        states, taken, paid, lived, likely = [], [], [], [], []
        for t in range(world.longest):
            chances = self.policy.probabilities(layers, seen)
            # The action in whose stretch of [0, 1] the number lies; the last end is left out, for it is rounded.
            act = (luck[which, t, :, None] >= chances.cumsum(axis=-1)[..., :-1]).sum(axis=-1)
            after, reward, over = world.step(act.reshape(-1))
            states.append(seen)
            taken.append(act)
            paid.append(np.where(alive, reward.reshape(B, E), 0.0))
            lived.append(alive)
            likely.append(chances)
            alive, seen = alive & ~over.reshape(B, E), after.reshape(B, E, -1)
            if not alive.any():
                break
        went = np.array(lived)
        spread = np.where(went, entropy(np.array(likely)), 0.0).sum(axis=(0, 2)) / went.sum(axis=(0, 2))
        return Episodes(np.array(states), np.array(taken), np.array(paid), went, spread)


class _Draws:
    """What chance brings to a particle of this seed at step t: the starts of its episodes, (E, …), and the numbers in
    [0, 1) that choose its actions, (longest, E)."""

    def __init__(self, world: World, seed: int, t: int, episodes: int) -> None:
        generator = np.random.default_rng((seed, t))
        self.starts = world.draw(generator, episodes)
        self.luck = generator.random((world.longest, episodes))
