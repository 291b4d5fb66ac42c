"""What the runs are called on a page where they differ by their schedules."""

from __future__ import annotations

from collections import Counter

from lrviz.scene import Run, Scene
from lrviz.schedules import Warmup
from lrviz.ui.stage import payload
from lrviz.ui.stage.board import Board


def title(run: Run) -> str:
    """Such as "Cosine decay, warmed up"."""
    return run.inner.title + (", warmed up" if isinstance(run.schedule, Warmup) else "")


def word(slug: str) -> str:
    """A schedule's slug as words: short, and as links have it."""
    return slug.replace("_", " ")


def titles(scene: Scene) -> tuple[str, ...]:
    """The runs' titles; one used more than once is numbered, as the stage does."""
    every = [title(run) for run in scene.runs]
    total, seen, names = Counter(every), Counter[str](), []
    for name in every:
        seen[name] += 1
        names.append(f"{name} {seen[name]}" if total[name] > 1 else name)
    return tuple(names)


def pack(board: Board, edition: int, count: int) -> bytes:
    """The stage's payload, with runs called by their schedules."""
    return payload.pack(board, edition, count, _called, tells_when_drawn=True)


def _called(run: Run) -> payload.Part:
    # The stage names the schedule beside the method, unless it is constant; here the method beside the schedule.
    short = word(run.inner.slug)
    return {
        "title": title(run),
        "short": short,
        "schedule_title": run.optimizer.title,
        "schedule": f"of {run.method.slug}",
    }
