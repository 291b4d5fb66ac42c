"""The scene: everything on screen, as one value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from lrviz.declare import Declared, Hyper, Interval, hyper
from lrviz.noise import Noise, check
from lrviz.optimizers import GD, WRAPPERS, Optimizer, layers, unwrapped, with_layer, wrapped
from lrviz.schedules import Constant, Schedule, Warmup
from lrviz.simulation import Trajectory, simulate
from lrviz.surfaces import Point, Rosenbrock, Surface
from lrviz.tuning.task import Task

MOST_RUNS = 6
"""As many as can be told apart."""
MOST_STEPS = 5_000
"""As many as a page can wait for."""


@dataclass(frozen=True)
class Run:
    """One optimizer with its schedule."""

    optimizer: Optimizer = GD()
    schedule: Schedule = Constant()

    def __post_init__(self) -> None:
        if wrapped(*unwrapped(self.optimizer)) != self.optimizer:
            raise ValueError(f"a run's wrappers are, from the inside out and each at most once: {', '.join(WRAPPERS)}")

    @property
    def method(self) -> Optimizer:
        """The optimizer without the wrappers that it may be in."""
        return unwrapped(self.optimizer)[0]

    @property
    def inner(self) -> Schedule:
        """The schedule without the warm-up that it may be in."""
        return self.schedule.schedule if isinstance(self.schedule, Warmup) else self.schedule

    def parts(self) -> dict[str, Declared]:
        """All that has numbers, by the word that their paths begin with, as in "optimizer.beta"."""
        warmup = {"warmup": self.schedule} if isinstance(self.schedule, Warmup) else {}
        return {**layers(self.optimizer), **warmup, "schedule": self.inner}

    def without(self, wrapper: str) -> Run:
        """The run without the wrapper of this slug."""
        method, wrappers = unwrapped(self.optimizer)
        return replace(self, optimizer=wrapped(method, [one for one in wrappers if one.slug != wrapper]))

    def with_part(self, part: Declared) -> Run:
        """The run with this optimizer, wrapper, warm-up or schedule in its place; what is round it stays, and what is
        within it."""
        if isinstance(part, Optimizer):
            return replace(self, optimizer=with_layer(self.optimizer, part))
        if isinstance(part, Warmup):
            return replace(self, schedule=part.replace(schedule=self.inner))
        assert isinstance(part, Schedule)
        return replace(self, schedule=part if self.inner is self.schedule else self.schedule.replace(schedule=part))


@dataclass(frozen=True)
class Scene(Declared):
    """Up to six runs from one start on one surface, with the same noise for all.

    start: the surface's own where None. ValueError with a sentence for what is not legal.
    """

    surface: Surface = Rosenbrock()
    runs: tuple[Run, ...] = (Run(),)
    start: Point = field(default=None)  # type: ignore[assignment]
    steps: int = hyper(
        300, "T", f"[1, {MOST_STEPS}]", soft=(10, 3000), scale="log", help="steps that each run takes", kind="whole"
    )
    noise: Noise | None = None
    seed: int = hyper(0, "seed", "[0, 4294967295]", soft=(0, 99), help="which draw of the noise", kind="whole")

    def __post_init__(self) -> None:
        super().__post_init__()
        start = self.surface.start if self.start is None else self.start
        x, y = (Scene.coordinate(name).check("Scene", value) for name, value in zip("xy", start, strict=True))
        object.__setattr__(self, "start", (x, y))
        object.__setattr__(self, "runs", tuple(self.runs))
        check(self.noise, self.surface)
        if not 1 <= len(self.runs) <= MOST_RUNS:
            raise ValueError(f"Scene.runs has {len(self.runs)} runs; it takes 1 to {MOST_RUNS}")

    @staticmethod
    def coordinate(name: str) -> Hyper:
        """The declaration of the start's coordinate x or y."""
        anywhere = Interval.parse("(-inf, inf)")
        return Hyper(name, name, 0.0, anywhere, (-5, 5), "linear", f"where every run starts, along {name}", "real")

    def run(self) -> tuple[Trajectory, ...]:
        """Run them all."""
        return tuple(
            simulate(
                self.surface,
                run.optimizer,
                run.schedule,
                start=self.start,
                steps=self.steps,
                noise=self.noise,
                seed=self.seed,
            )
            for run in self.runs
        )

    def task(self, number: int = 0) -> Task:
        """What is tuned where that is one of the runs."""
        run = self.runs[number]
        return Task(self.surface, run.optimizer, self.steps, run.schedule, self.start, self.noise, self.seed)

    def parts(self) -> dict[str, Declared]:
        """What all runs share that has numbers, by the word that their paths begin with, as in "surface.kappa"."""
        noise = {} if self.noise is None else {"noise": self.noise}
        return {"surface": self.surface, **noise}

    def with_part(self, part: Declared) -> Scene:
        """The scene with this surface or noise in its place; a noise that there is not on a surface goes."""
        if isinstance(part, Surface):
            noise = None if self.noise is None or self.noise.refusal(part) else self.noise
            return replace(self, surface=part, noise=noise)
        assert isinstance(part, Noise)
        return replace(self, noise=part)

    def on(self, surface: Surface) -> Scene:
        """The scene on this surface; a start that was the old one's own becomes the new one's own."""
        own = self.start == self.surface.start
        return replace(self.with_part(surface), start=surface.start if own else self.start)

    def names(self, short: bool = False) -> tuple[str, ...]:
        """The runs' names; an optimizer used more than once is numbered."""
        titles = [(short and run.optimizer.short) or run.optimizer.title for run in self.runs]
        total, seen = Counter(titles), Counter[str]()
        names = []
        for title in titles:
            seen[title] += 1
            names.append(f"{title} {seen[title]}" if total[title] > 1 else title)
        return tuple(names)

    @property
    def starts_inside(self) -> bool:
        """Whether the start is in the surface's box."""
        low, high = np.array(self.surface.box).T
        return bool(np.all(low <= self.start) and np.all(self.start <= high))
