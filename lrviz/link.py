"""The scene as a link: short, readable, and the same picture for everyone who opens it.

A link's query is made of words: `surface=quadratic kappa 100`, `start=1.5 1`, `steps=500`, `noise=additive sigma 0.2`,
`seed=3`, and up to six times `run=adam eta 0.05 beta1 0.8 warmup steps 10 cosine period 200`. A run names its
optimizer and then its numbers; what is round it, a warm-up and a schedule follow in the same way. What has its default
is left out.
`view=…` is what a page shows besides its scene, in words that the page itself reads.

Reading never raises: what is not legal is refused with a sentence, and the rest of the link holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from lrviz.declare import Declared
from lrviz.noise import NOISES, Noise
from lrviz.numerals import count, exact, quoted
from lrviz.optimizers import OPTIMIZERS, WRAPPERS, Adam, Momentum, unwrapped, wrapped
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.schedules import SCHEDULES, Constant, Warmup
from lrviz.surfaces import SURFACES, Point, Rosenbrock, Surface

LANDING = Scene(
    surface=Rosenbrock(),
    runs=(Run(Momentum(), Constant(0.0012)), Run(Adam(), Constant(0.05))),
    steps=1200,
)
"""What an empty link shows."""

MOST_CHARACTERS = 800
"""The longest value that is read; the longest legal run takes about 670."""
MOST_SENTENCES = 6
"""How many complaints a person is shown at once."""

D = TypeVar("D", bound=Declared)
Parameters = Mapping[str, Sequence[str]]
"""A URL's parameters: each name with all its values."""


@dataclass(frozen=True)
class Link:
    """What a link says: a scene that is always legal, and a sentence for each thing in the link that was not."""

    scene: Scene
    problems: tuple[str, ...] = ()
    view: str = ""
    """What the page shows besides the scene, in the page's own words."""


# ---- writing


def query(scene: Scene, default: Scene | None = LANDING, view: str = "") -> str:
    """The scene as the query of a URL, without the question mark; empty for the scene that an empty link shows."""
    return urlencode(parameters(scene, default, view), doseq=True)


def parameters(scene: Scene, default: Scene | None = LANDING, view: str = "") -> dict[str, list[str]]:
    """The scene as the parameters of a URL; none for the default, and a view only where it says something."""
    shown = {"view": [view]} if view else {}
    if scene == default:
        return shown
    values = {"surface": [_words(scene.surface)]}
    if scene.start != scene.surface.start:
        values["start"] = [" ".join(exact(coordinate) for coordinate in scene.start)]
    values |= {declared.name: [exact(value)] for declared, value in scene.changed()}
    if scene.noise is not None:
        values["noise"] = [_words(scene.noise)]
    return values | {"run": [_run_words(run) for run in scene.runs]} | shown


def _words(thing: Declared, slug: str | None = None) -> str:
    numbers = (
        f"{declared.name} {declared.spell(value)}" for declared, value in thing.changed() if declared.name != "eta"
    )
    return " ".join([thing.slug if slug is None else slug, *numbers]).strip()


def _run_words(run: Run) -> str:
    words, schedule = [run.method.slug], run.schedule
    if schedule.eta != run.method.typical_eta:
        words.append(f"eta {exact(float(schedule.eta))}")
    method, wrappers = unwrapped(run.optimizer)
    words += [_words(method, slug=""), *map(_words, wrappers)]
    if isinstance(schedule, Warmup):
        words.append(_words(schedule))
        schedule = schedule.schedule
    if not isinstance(schedule, Constant):
        words.append(_words(schedule))
    return " ".join(filter(None, words))


# ---- reading


def read(parameters: Parameters, default: Scene = LANDING) -> Link:
    """The scene of a URL's parameters; the default where they say nothing of a scene."""
    reader = _Reader()
    views = reader.short("view", parameters.get("view", ()))
    rest = {name: values for name, values in parameters.items() if name != "view"}
    scene = reader.scene(rest) if rest else default
    problems = tuple(dict.fromkeys(reader.problems))
    more = len(problems) - MOST_SENTENCES
    others = (f"And {count(more)} more like these.",) if more > 0 else ()
    return Link(scene, problems[:MOST_SENTENCES] + others, views[-1] if views else "")


class _Reader:
    """Reads one link, and gathers what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def scene(self, parameters: Parameters) -> Scene:
        values = {name: self.short(name, parameters[name]) for name in parameters}
        surface_words, noise_words = self._last(values, "surface"), self._last(values, "noise")
        start, steps, seed = (self._last(values, name) for name in ("start", "steps", "seed"))
        runs = values.pop("run", [])
        for name in values:
            self.problems.append(f"The link has a part {quoted(name)}, which means nothing here.")
        surface = (self._declared(SURFACES, "surface", surface_words) if surface_words else None) or Rosenbrock()
        return Scene(
            surface=surface,
            runs=self._runs(runs),
            start=self._start(start) if start else None,  # type: ignore[arg-type]
            noise=self._noise(noise_words, surface) if noise_words else None,
            **self._numbers(Scene, [(name, text) for name, text in (("steps", steps), ("seed", seed)) if text]),
        )

    def short(self, name: str, values: Sequence[str]) -> list[str]:
        """The values that are not too long to be read."""
        for value in values:
            if len(value) > MOST_CHARACTERS:
                length = f"is {count(len(value))} characters long; at most {MOST_CHARACTERS} are read"
                self.problems.append(f"The link's part {quoted(name)} {length}.")
        return [value for value in values if len(value) <= MOST_CHARACTERS]

    @staticmethod
    def _last(values: dict[str, list[str]], name: str) -> str:
        given = values.pop(name, [])
        return given[-1] if given else ""

    def _start(self, text: str) -> Point | None:
        words = text.split()
        if len(words) != 2:
            self.problems.append(f"The start {quoted(text)} is not two numbers, such as '1.5 -2'.")
            return None
        try:
            x, y = (Scene.coordinate(name).parse("Scene", word) for name, word in zip("xy", words, strict=True))
        except ValueError as problem:
            self.problems.append(f"{problem}.")
            return None
        return float(x), float(y)

    def _runs(self, texts: Sequence[str]) -> tuple[Run, ...]:
        if len(texts) > MOST_RUNS:
            self.problems.append(f"The link has {count(len(texts))} runs; the first {MOST_RUNS} are shown.")
        runs = [self._run(text.split()) for text in texts[:MOST_RUNS]]
        return tuple(run for run in runs if run is not None) or LANDING.runs

    def _run(self, words: list[str]) -> Run | None:
        optimizer_cls = self._known(OPTIMIZERS, "optimizer", words[0] if words else "")
        if optimizer_cls is None:
            return None
        parts = _parts(words[1:])
        own = parts.pop("")  # may hold the schedule's η beside the optimizer's numbers
        method = optimizer_cls(**self._numbers(optimizer_cls, [pair for pair in own if pair[0] != "eta"]))
        wrappers = [WRAPPERS[slug] for slug in WRAPPERS if slug in parts]
        optimizer = wrapped(method, [cls(**self._numbers(cls, parts.pop(cls.slug))) for cls in wrappers])
        eta = [pair for pair in own if pair[0] == "eta"]
        warmup = parts.pop("warmup", None)
        slug, numbers = next(iter(parts.items()), (Constant.slug, []))
        given = {"eta": optimizer.typical_eta} | self._numbers(SCHEDULES[slug], eta + numbers)
        schedule = SCHEDULES[slug](**given)
        if warmup is not None:
            schedule = Warmup(schedule, **self._numbers(Warmup, warmup))
        return Run(optimizer, schedule)

    def _noise(self, text: str, surface: Surface) -> Noise | None:
        noise = self._declared(NOISES, "noise", text)
        if noise is None or not noise.refusal(surface):
            return noise
        self.problems.append(f"{noise.refusal(surface)}.")
        return None

    def _declared(self, table: Mapping[str, type[D]], what: str, text: str) -> D | None:
        slug, *numbers = text.split() or [""]
        cls = self._known(table, what, slug)
        return None if cls is None else cls(**self._numbers(cls, _parts(numbers)[""]))

    def _known(self, table: Mapping[str, type[D]], what: str, slug: str) -> type[D] | None:
        if slug not in table:
            self.problems.append(f"There is no {what} {quoted(slug)}. There are: {', '.join(table)}.")
        return table.get(slug)

    def _numbers(self, cls: type[Declared], pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The legal ones of these names and values."""
        declared = {declaration.name: declaration for declaration in cls.hypers()}
        numbers: dict[str, Any] = {}
        for name, text in pairs:
            if name not in declared:
                has = f"it has: {', '.join(declared)}" if declared else "it has none"
                self.problems.append(f"{cls.__name__} has no number {quoted(name)}; {has}.")
                continue
            try:
                numbers[name] = declared[name].parse(cls.__name__, text)
            except ValueError as problem:
                self.problems.append(f"{problem}.")
        return numbers


def _parts(words: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Names and values, cut at a wrapper, a warm-up and a schedule: `beta1 0.8 warmup steps 10 cosine` has three parts.

    The first part is called "". A word cuts only where a name is due, and the last part is never cut: a one-cycle
    schedule has a number of its own called warmup. What is round the rate comes after what is round the optimizer.
    """
    part: list[tuple[str, str]] = []
    parts, rest, last = {"": part}, iter(words), False
    for name in rest:
        if not last and name not in parts and (name in SCHEDULES or name == Warmup.slug or name in WRAPPERS):
            last = name in SCHEDULES
            part = parts[name] = []
        else:
            part.append((name, next(rest, "")))
    return parts
