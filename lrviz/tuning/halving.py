"""Successive halving: start many runs, drop the worse half again and again, and let only the best go on to the end.

Source: Jamieson & Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization, AISTATS.
How many runs to begin with, which the paper leaves open, is as many as fit into the budget.
"""

from __future__ import annotations

import math

import numpy as np

from lrviz.tuning.trials import Ask, Ledger, Plan, Setting

MOST_HALVINGS = 4
"""The first look is after 1/2⁴ of the steps, where the budget and the steps allow as many halvings."""


def halving(setting: Setting, ledger: Ledger, generator: np.random.Generator) -> Plan:
    """Drawn as in random search. Looked at after 1/16, 1/8, 1/4, 1/2 of the steps, and at the end.

    Each look drops the worse half: it costs only what it ran, the others go on from where they are. So a run is a trial
    at each look that it lives to see. What blow-ups save goes into a further, smaller round while it lasts for a run.
    """
    while ledger.left >= setting.a_run:
        runs, looks = rounds(ledger.left // setting.a_step, setting.task.steps)
        values = setting.space.values(setting.space.draw(generator, runs))
        course = yield Ask(values, looks)
        kept, before = np.arange(runs), np.zeros(runs)
        for look, loss, evaluations in zip(looks, course.loss, course.evaluations, strict=True):
            on = {name: each[kept] for name, each in values.items()}
            ledger.note(on, loss[kept], evaluations[kept] - before[kept], look)
            before = evaluations
            better = np.argsort(loss[kept], kind="stable")[: max(len(kept) // 2, 1)]
            kept = kept[np.sort(better)]


def rounds(steps_left: int, steps: int) -> tuple[int, tuple[int, ...]]:
    """How many runs to begin with, and after which steps to look at them, for so many steps in all.

    As many halvings as can be, then as many runs as can be; at least one of them comes to its end.
    """
    for halvings in range(min(MOST_HALVINGS, int(math.log2(steps))), -1, -1):
        looks = tuple(round(steps / 2 ** (halvings - k)) for k in range(halvings + 1))
        runs = 2**halvings
        if cost(runs, looks) <= steps_left:
            while cost(runs + 1, looks) <= steps_left:
                runs += 1
            return runs, looks
    raise ValueError(f"{steps_left} steps are not enough for one run of {steps}")


def cost(runs: int, looks: tuple[int, ...]) -> int:
    """The steps that so many runs take in all, if none blows up."""
    total, before = 0, 0
    for look in looks:
        total += runs * (look - before)
        runs, before = max(runs // 2, 1), look
    return total
