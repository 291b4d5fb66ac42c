"""What the outcomes cost: the time of a judged run over that of the same run merely stepped, in one process.

.venv/bin/python -m benchmarks.outcomes
"""

import time
from collections.abc import Callable

import numpy as np

from lrviz import GD, Adam, Constant, Optimizer, Quadratic, Rastrigin, Rosenbrock, Surface, iterate
from lrviz.judge import Judge
from lrviz.verdict import Judging

PARTICLES, STEPS, REPEATS = 16_384, 300, 3


def best(task: Callable[[], None]) -> float:
    """The shortest of a few runs: the others were disturbed."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


def ratio(surface: Surface, optimizer: Optimizer) -> tuple[float, float]:
    """Seconds of stepping alone, and what judging adds, in multiples of that."""
    start = np.repeat(np.array(surface.start)[:, None], PARTICLES, axis=1)
    schedule = Constant(np.geomspace(1e-4, 1.0, PARTICLES))

    def step() -> None:
        for _ in iterate(surface, optimizer, schedule, start, STEPS):
            pass

    def judge() -> None:
        judging = Judging(Judge(surface, optimizer, noisy=False), STEPS)
        for it in iterate(surface, optimizer, schedule, start, STEPS):
            judging.see(it)
        with np.errstate(all="ignore"):
            verdict = judging.verdict()
            assert len(verdict.kind) == len(verdict.step) == PARTICLES

    stepping = best(step)
    return stepping, best(judge) / stepping - 1


if __name__ == "__main__":
    print(f"{PARTICLES:,} particles, {STEPS} steps")
    for surface in (Quadratic(), Rosenbrock(), Rastrigin()):
        for optimizer in (GD(), Adam()):
            seconds, added = ratio(surface, optimizer)
            print(
                f"{surface.title:12} {optimizer.title:18} stepping {seconds:.2f} s, judging adds {added:.1f} times that"
            )
