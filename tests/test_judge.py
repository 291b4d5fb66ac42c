"""A judge is a set of pure functions, and divides a run fairly."""

import numpy as np
import pytest

from lrviz import GD, Constant, Himmelblau, Momentum, Quadratic, iterate
from lrviz.judge import Judge, Stats


@pytest.mark.parametrize("steps", [*range(1, 40), 299, 1000, 12_345])
def test_a_run_has_eight_windows_of_nearly_equal_length(steps: int) -> None:
    judge = Judge(Quadratic(), GD(), noisy=False)
    ends = [t - 1 for t in range(1, steps + 1) if judge.closes(t, steps)]
    lengths = np.diff([0, *ends, steps])
    assert len(lengths) == min(8, steps)
    assert lengths.max() - lengths.min() <= 1


def test_a_judge_forgets_nothing_and_changes_nothing() -> None:
    """What it remembers is handed from step to step, so any step may be judged again from the same memory."""
    judge, steps = Judge(Himmelblau(), Momentum(), noisy=False), 40
    first, *rest = iterate(judge.surface, judge.optimizer, Constant(0.01), np.array([[0.5, 3.0], [-0.5, 2.0]]), steps)

    def stats(upto: int) -> Stats:
        kept = judge.begin(first)
        with np.errstate(all="ignore"):
            for it in rest[:upto]:
                kept = judge.close(kept, it.t) if judge.closes(it.t, steps) else kept
                kept = judge.follow(kept, it.t, steps, it)
        return kept

    half = stats(20)
    before = repr(half)
    whole = stats(40)
    assert repr(half) == before == repr(stats(20))
    assert repr(whole) != before
