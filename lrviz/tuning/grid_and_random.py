"""Grid and random search.

Source: Bergstra & Bengio (2012), Random search for hyper-parameter optimization, JMLR 13: where one of two numbers does
not matter, a k × k grid tries only k values of the one that does, and random search k².
"""

from __future__ import annotations

import numpy as np

from lrviz.tuning.trials import Ask, Ledger, Plan, Setting


def grid(setting: Setting, ledger: Ledger, generator: np.random.Generator) -> Plan:
    """Evenly spaced on each number's scale, its ends among them, from the lowest up; k × k over two numbers.

    A grid is planned beforehand: k is the largest that fits where no run blows up. What blow-ups save is left over.
    """
    runs, dimensions, points = setting.budget // setting.a_run, len(setting.space.dimensions), 1
    while (points + 1) ** dimensions <= runs:
        points += 1
    values = setting.space.values(setting.space.lattice(points))
    course = yield Ask(values, (setting.task.steps,))
    ledger.note(values, course.loss[0], course.evaluations[0], setting.task.steps)


def random(setting: Setting, ledger: Ledger, generator: np.random.Generator) -> Plan:
    """Drawn evenly on each number's scale, one after the other, while the budget lasts for a run."""
    while (runs := ledger.left // setting.a_run) > 0:
        values = setting.space.values(setting.space.draw(generator, runs))
        course = yield Ask(values, (setting.task.steps,))
        ledger.note(values, course.loss[0], course.evaluations[0], setting.task.steps)
