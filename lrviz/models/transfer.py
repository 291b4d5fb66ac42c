"""Transfer: a network that has learnt some classes goes on to others, of which there are few examples.

Its early layers are kept, its last one is new. How far the early ones may still move is set by a multiplier r on their
rate: 0 freezes them, 1 is one rate for all. Source: Yosinski et al. (2014), How transferable are features in deep
neural networks?, NeurIPS; rates by layer: Howard & Ruder (2018), ULMFiT, section 3.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from lrviz.declare import Array
from lrviz.models.data import Data, load
from lrviz.models.follow import Followed, follow
from lrviz.models.minibatches import Minibatches
from lrviz.models.mlp import MLP, Activation
from lrviz.optimizers import GD, Optimizer
from lrviz.optimizers.groups import PerCoordinate
from lrviz.schedules import Constant, Schedule

OLD, NEW = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
"""The digits that are learnt first, and those that come then."""
HELD_OUT = 0.5
"""This share of the new digits is never trained on."""
PRETRAINING = 0.1
"""η of gradient descent on the old digits."""
MINIBATCH = 32
"""Of both; fewer where there are fewer examples."""
SCRATCH, RANDOM = -1.0, -2.0
"""In place of a multiplier, where nothing is kept: all layers are new and learn, or the early ones are frozen."""
FRESH = 1_000_000
"""So far above the seed of the old weights is that of the new ones: no new weights are those that went before."""
GUESSING = 1 / len(NEW)
"""The accuracy of one who guesses."""


@dataclass(frozen=True)
class Setting:
    """What is transferred, and how long the fine-tuning is."""

    hidden: tuple[int, ...] = (32, 32)
    activation: Activation = "tanh"
    epochs: int = 10
    """On the old digits."""
    steps: int = 100
    """On the new ones."""


@dataclass(frozen=True, eq=False)
class FineTuning:
    """B fine-tunings on one draw of new examples, side by side."""

    net: MLP
    problem: Minibatches
    """The network on its minibatches, which was stepped."""
    first: Array
    """(dim, B): where each begins."""
    runs: Followed

    @property
    def accuracy(self) -> Array:
        """(B,): of the held-out new examples at the end; that of guessing where a run blew up."""
        return np.nan_to_num(self.runs.values["accuracy"][-1], nan=GUESSING)

    @property
    def drift(self) -> Array:
        """(layers, B): how far each layer has come, as a share of its length at first."""
        moved = self.runs.theta - self.first
        return np.stack(
            [np.linalg.norm(moved[part], axis=0) / np.linalg.norm(self.first[part], axis=0) for part in self.net.slices]
        )


def network(setting: Setting, data: Data, held_out: Data | None = None) -> MLP:
    """The network on these data."""
    return MLP(data, held_out, setting.hidden, setting.activation)


@cache
def digits() -> tuple[Data, Data, Data]:
    """The old digits; the new ones to draw examples from; and those that are held out."""
    everything = load("digits")
    pool, held_out = everything.only(*NEW).split(HELD_OUT)
    return everything.only(*OLD), pool, held_out


def few(pool: Data, n: int, seed: int) -> Data:
    """n examples, as many of each class. ValueError where that cannot be."""
    each, rest = divmod(n, len(pool.classes))
    of_class = [np.flatnonzero(pool.labels == label) for label in range(len(pool.classes))]
    if rest or not 1 <= each <= min(map(len, of_class)):
        raise ValueError(f"{n} examples cannot be drawn evenly from {len(pool.classes)} classes of this size")
    generator = np.random.default_rng(seed)
    return pool.rows(np.concatenate([generator.permutation(mine)[:each] for mine in of_class]))


def pretrained(
    setting: Setting,
    seeds: Sequence[int],
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Array:
    """(dim, seeds): networks that have learnt the old digits, each from its own first weights."""
    net = network(setting, digits()[0])
    start, steps = np.stack([net.initial(seed) for seed in seeds], axis=1), setting.epochs * an_epoch()
    problem, schedule = Minibatches(net, MINIBATCH), Constant(PRETRAINING)
    return follow(problem, GD(), schedule, start, [steps], {}, progress=progress, cancelled=cancelled).theta


def an_epoch() -> int:
    """Steps in an epoch of the old digits."""
    return len(digits()[0]) // MINIBATCH


def multipliers(net: MLP, early: float) -> Array:
    """(dim,): for all layers but the last, which has 1."""
    found = np.ones(net.dim)
    found[: net.slices[-1].start] = early
    return found


def fine_tune(
    setting: Setting,
    learnt: Array,
    n: int,
    seed: int,
    ways: Array,
    eta: Array,
    optimizer: Optimizer,
    schedule: Schedule,
    at: Sequence[int] = (),
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FineTuning:
    """Fine-tune the network `learnt`, (dim,), on n new examples: B times, side by side.

    ways: (B,), the multipliers of the early layers, or SCRATCH or RANDOM. eta: (B,), with which the schedule is used.
    The seed draws the examples, the order of the minibatches and the new weights: the same for all B. at: after which
    numbers of steps to measure; by default after all of them. ValueError where n examples cannot be drawn.
    """
    _, pool, held_out = digits()
    net = network(setting, few(pool, n, seed), held_out)
    fresh = net.initial(seed + FRESH)
    kept = learnt.copy()
    kept[net.slices[-1]] = fresh[net.slices[-1]]
    first = np.where(ways < 0, fresh[:, None], kept[:, None])
    instead = {SCRATCH: 1.0, RANDOM: 0.0}
    each = np.stack([multipliers(net, instead.get(way, way)) for way in ways.tolist()], axis=1)
    problem = Minibatches(net, min(MINIBATCH, n), seed)
    runs = follow(
        problem,
        PerCoordinate(optimizer, each),
        schedule.with_eta(eta),
        first,
        list(at) or [setting.steps],
        {
            "accuracy": lambda theta: net.accuracy(theta, held_out),
            "held-out loss": net.validation,
            "training loss": net.loss,
        },
        progress=progress,
        cancelled=cancelled,
    )
    return FineTuning(net, problem, first, runs)
