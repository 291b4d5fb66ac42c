r"""Federated learning: clients step on losses of their own, and a server puts together what they found.

A round sends θ to clients; each takes E local steps, from θ to θ_k; the server steps with
$$Δ = \sum_k p_k (θ - θ_k)$$
as if it were a gradient. With gradient descent at η = 1 there it is FedAvg: the mean of the θ_k. Source: McMahan et al.
(2017), Communication-efficient learning of deep networks from decentralized data, AISTATS; with momentum: Hsu, Qi &
Brown (2019), arXiv:1909.06335; with Adam and its kin: Reddi et al. (2021), Adaptive federated optimization, ICLR, whose
Adam has no bias correction, as PyTorch's and this one have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from lrviz.declare import Array, Number
from lrviz.iterate import Iterate, iterate
from lrviz.models.clients import Clients, Index
from lrviz.optimizers import GD, Optimizer
from lrviz.problem import Problem
from lrviz.schedules import Constant, Schedule


@dataclass(frozen=True, eq=False)
class Federated(Problem):
    """What the server's optimizer steps on: the loss is the mean of all clients', but `grad` is Δ, a round's worth.

    The clients' optimizer begins anew in each round, as they keep nothing; all its steps in round t are at the rate
    schedule(t). Where a client blows up Δ is NaN. ValueError where `steps` or `share` is not legal.
    """

    clients: Clients
    optimizer: Optimizer = GD()
    """The clients'."""
    schedule: Schedule = Constant(0.1)
    """The clients', in rounds. Its η is a number, or (B,) where particles differ."""
    steps: int = 1
    """E: of each client in a round. All its data are in each."""
    share: float = 1.0
    """Of the clients that take part in a round, at least one. Which they are depends on `seed` and the round alone
    (NumPy's PCG64), so that runs side by side see the same."""
    seed: int = 0
    round: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.steps, int | np.integer) or self.steps < 1:
            raise ValueError(f"the number of local steps E = {self.steps} is not a whole number of at least 1")
        if not 0 < self.share <= 1:
            raise ValueError(f"the share of clients in a round = {self.share} is outside (0, 1]")

    @property
    def box(self) -> Any:
        return self.clients.box

    @property
    def start(self) -> Any:
        return self.clients.start

    @property
    def minima(self) -> tuple[Any, ...]:
        return self.clients.minima

    def at(self, t: int) -> Self:
        return replace(self, round=t)

    @property
    def each_round(self) -> int:
        """How many clients take part in a round."""
        return max(1, round(self.share * len(self.clients)))

    @cached_property
    def who(self) -> Index:
        """(S,): the clients of this round."""
        if self.each_round == len(self.clients):
            return self.clients.everyone
        drawn = np.random.default_rng((self.seed, self.round)).permutation(len(self.clients))
        return np.sort(drawn[: self.each_round])

    @property
    def rate(self) -> Any:
        """The clients' η in this round."""
        return self.schedule(self.round)

    def loss(self, theta: Array) -> Array:
        """The mean loss of all clients, whether they take part or not: (dim, ...) → (...)"""
        return self.clients.loss(theta)

    def grad(self, theta: Array) -> Array:
        """Δ of this round from θ: (dim, B) → (dim, B)"""
        *_, last = self.local_steps(theta)
        found = last.theta.reshape(len(theta), len(self.who), -1)
        moved = np.where(last.alive.reshape(found.shape[1:]), theta[:, None] - found, np.nan)
        weights = self.clients.weights[self.who]
        delta: Array = np.einsum("s,dsb->db", weights / weights.sum(), moved)
        return delta

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        return self.loss(theta), self.grad(theta)

    def local_steps(self, theta: Array) -> Iterator[Iterate]:
        """The steps 0 … E of this round's clients from θ, (dim, B): S · B particles, those of a client together."""
        dim, count = theta.shape
        there = np.repeat(theta[:, None], len(self.who), axis=1).reshape(dim, -1)
        eta = np.tile(np.broadcast_to(self.rate, count), len(self.who))
        return iterate(_SideBySide(self.clients, self.who), self.optimizer, _Held(eta), there, self.steps)

    def local_paths(self, theta: Array) -> Array:
        """(E + 1, dim, S): where the clients of this round go from θ, (dim,); NaN from a blow-up on."""
        paths = np.full((self.steps + 1, len(theta), len(self.who)), np.nan)
        for it in self.local_steps(theta[:, None]):
            paths[it.t] = np.where(it.alive, it.theta, np.nan)
        return paths


@dataclass(frozen=True)
class _Held(Schedule):
    """One rate throughout a round: any, so 0 too, where the clients' schedule has come to its end."""

    eta: Number

    def __call__(self, t: int | Array) -> Number:
        return self.eta + np.zeros_like(t)


@dataclass(frozen=True, eq=False)
class _SideBySide(Problem):
    """Clients stepped side by side: S · B particles, each on the loss of its client."""

    clients: Clients
    who: Index

    @property
    def box(self) -> Any:
        return self.clients.box

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        loss, grad = self.clients.each(theta.reshape(len(theta), len(self.who), -1), self.who)
        return loss.reshape(-1), grad.reshape(theta.shape)

    def loss(self, theta: Array) -> Array:
        return self.loss_and_grad(theta)[0]

    def grad(self, theta: Array) -> Array:
        return self.loss_and_grad(theta)[1]
