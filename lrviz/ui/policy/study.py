"""What the page's policies learn. Each answer is kept for all visitors, under its question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models.cartpole import LAST, CartPole
from lrviz.models.learning import KEPT, Learned, Learner
from lrviz.models.reinforce import Reinforce
from lrviz.scene import Run
from lrviz.tuning.task import Task
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.policy.view import View

AT_ONCE = 1_500_000
"""Learning of up to so many steps of the environment in all, of all seeds and runs, begins by itself."""
LOOKS = 100
"""So often, at most, the curves are drawn while they grow."""
WATCHED = 10_000_000
"""The episode that is watched is that of an update of this number: none that the policies have learned from."""


@dataclass(frozen=True)
class Question:
    """What is learned: the runs, and the view. What is watched is no part of it."""

    runs: tuple[Run, ...]
    setting: View

    @property
    def steps(self) -> int:
        """Of the environment, of all seeds of all runs."""
        return self.setting.budget * self.setting.seeds * len(self.runs)

    def problem(self) -> Reinforce:
        """What each run learns, with all its seeds."""
        view = self.setting
        return Reinforce(
            CartPole(),
            view.episodes,
            view.hidden,
            view.discount,
            not view.bare,
            tuple(range(view.seed, view.seed + view.seeds)),
        )


def question(runs: Sequence[Run], view: View) -> Question:
    """What the page asks."""
    return Question(tuple(runs), view.replace(watch=View.watch, after=View.after))


def study(asked: Question, progress: Progress, cancelled: Cancelled) -> tuple[Learned, ...]:
    """Let the runs learn. Who has taken the fewest steps in the environment goes next, so that all curves grow."""
    budget = asked.setting.budget
    learners = [Learner(asked.problem(), run.optimizer, run.schedule, budget) for run in asked.runs]
    told, total = 0.0, budget * len(learners)
    while (waiting := [each for each in learners if not each.is_done]) and not cancelled():
        min(waiting, key=lambda each: each.spent).update()
        done = sum(budget if each.is_done else each.spent for each in learners)
        if done - told >= total / LOOKS:
            told = done
            progress(round(done), total, tuple(each.learned() for each in learners))
    return tuple(each.learned() for each in learners)


# ---- watching one of them


@dataclass(frozen=True, eq=False)
class Watched:
    """An episode of T steps, played by a run's policy of one seed; after its end all stays as it was."""

    updates: int
    """That made the policy."""
    position: Array
    """(T,): where the cart is."""
    angle: Array
    """(T,): the pole's, in degrees."""
    length: int
    """How many steps it stood."""

    @property
    def stands(self) -> NDArray[np.bool_]:
        """(T,): whether the episode goes on."""
        return np.arange(len(self.position)) < self.length


def watch(asked: Question, found: Sequence[Learned], seed: int, share: float) -> tuple[Watched, ...]:
    """Each run's policy after this share of the steps, in the same episode. seed: from 1 on; the last where fewer."""
    view = asked.setting
    index, row = min(seed, view.seeds) - 1, round(share * (KEPT - 1))
    theta = np.stack([each.policies[row, :, index] for each in found], axis=1)
    world = Reinforce(CartPole(), 1, view.hidden, baseline=False, seeds=(view.seed + index,), t=WATCHED)
    played = world.play(theta)
    length = played.alive.sum(axis=(0, 2))
    last = np.minimum(np.arange(LAST)[:, None], length - 1)
    states = np.take_along_axis(played.states[:, :, 0], last[..., None], axis=0)
    return tuple(
        Watched(int(each.updates[row]), states[:, run, 0], np.degrees(states[:, run, 2]), int(length[run]))
        for run, each in enumerate(found)
    )


# ---- its range test


def task(asked: Question, run: Run, updates: int) -> Task:
    """A run of the first seed as what a range test is about: so many updates."""
    view = asked.setting
    one = Reinforce(CartPole(), view.episodes, view.hidden, view.discount, not view.bare, (view.seed,))
    return Task(one, run.optimizer, updates, run.schedule)


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[tuple[Learned, ...]]:
    """Where this server keeps what was learned."""
    return Shelf(32)
