"""What the page shows besides its scene, as one line of words that stands in the address.

`method grid eta 0.001 1 also beta 0 0.99 runs 12 sample 4 truth 1 seeds 200`: whose samples are shown, the range
of η, a second number and its range, then the numbers that `View` declares. What has its default is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from lrviz import optimizers
from lrviz.declare import Declared, Hyper, flag, hyper
from lrviz.numerals import exact, quoted
from lrviz.scene import Run, Scene
from lrviz.ui.stability import axes

METHODS = {"grid": "Grid", "random": "Random", "bayesian": "Bayesian", "halving": "Halving"}
"""The searches, and what they are called."""
SAID = {"grid": "the grid", "random": "random search", "bayesian": "Bayesian search", "halving": "halving"}
"""What they are called in a sentence."""
DECADES = 4
"""So wide is the range of η where none was chosen."""
MOST_SAMPLES = 1_000

Range: TypeAlias = tuple[float, float]


class Second(NamedTuple):
    """A number that is searched together with η."""

    name: str
    range: Range


@dataclass(frozen=True)
class View(Declared):
    """What is searched, and how much of it is shown."""

    eta: Range
    """From where to where η is searched."""
    also: Second | None = None
    """The optimizer's number that is searched with it; None for η alone."""
    method: str = "bayesian"
    """Whose samples are shown."""
    runs: int = hyper(
        10, "R", "[2, 100]", soft=(4, 40), help="the budget of each search, in runs of full length", kind="whole"
    )
    sample: int = hyper(
        MOST_SAMPLES,
        "k",
        f"[1, {MOST_SAMPLES}]",
        soft=(1, 40),
        help="the sample that is shown; the last where there are fewer",
        kind="whole",
    )
    truth: bool = flag("truth", "show what every η really comes to")
    seeds: int = hyper(
        100, "N", "[2, 500]", soft=(10, 500), scale="log", help="how often each search is repeated", kind="whole"
    )

    def text(self, scene: Scene) -> str:
        """The words that `parse` reads."""
        words = [] if self.method == View.method else ["method", self.method]
        if self.eta != usual_eta(scene):
            words += ["eta", *map(exact, self.eta)]
        if self.also:
            words += ["also", self.also.name]
            if self.also.range != usual_also(number(scene.runs[0], self.also.name)):
                words += map(exact, self.also.range)
        return " ".join([*words, *(f"{declared.name} {exact(value)}" for declared, value in self.changed())])


def numbers(run: Run) -> dict[str, Hyper]:
    """The optimizer's numbers that may be searched with η, by name."""
    return {name: declared for name, declared in optimizers.numbers(run.optimizer).items() if declared.kind == "real"}


def number(run: Run, name: str) -> Hyper:
    """The declaration of η, or of another number that may be searched. ValueError with a sentence for any other."""
    if name == "eta":
        return next(declared for declared in run.inner.hypers() if declared.name == "eta")
    offered = numbers(run)
    if name not in offered:
        has = f"it has: {', '.join(offered)}" if offered else "it has none"
        raise ValueError(f"{run.optimizer.title} has no number {quoted(name)} to search with η; {has}")
    return offered[name]


def usual_eta(scene: Scene) -> Range:
    """Where η is searched when nothing was chosen: as high as on the map of stability, and some decades down."""
    with np.errstate(all="ignore"):  # a start may be so far off that a distance is too large for a number
        high = axes.usual(axes.ETA, axes.choices(scene, 0)[axes.ETA], scene, 0).high
    return float(f"{high / 10**DECADES:.0e}"), high


def usual_also(declared: Hyper) -> Range:
    """The range of the second number when none was chosen: its slider's."""
    low, high = map(float, declared.soft)
    return low, high


def ranged(declared: Hyper, words: list[str]) -> Range:
    """The range that two words say. ValueError with a sentence where they are no range of this number."""
    if len(words) != 2:
        raise ValueError(f"The range of {declared.symbol} is {quoted(' '.join(words))}; it takes two numbers")
    low, high = (float(declared.parse("Search", word)) for word in words)
    if not low < high:
        raise ValueError(f"The range of {declared.symbol} goes from {exact(low)} to {exact(high)}; it must rise")
    if declared.scale == "log" and low <= 0:
        raise ValueError(f"{declared.symbol} is searched on a logarithmic scale: its range must begin above 0")
    return low, high


def parse(text: str, scene: Scene) -> tuple[View, tuple[str, ...]]:
    """The view that the words say, and a sentence for each thing in them that is not legal; the rest holds."""
    run, problems = scene.runs[0], list[str]()
    chosen: dict[str, Any] = {"eta": usual_eta(scene)}
    for name, words in _parts(text):
        try:
            chosen |= _read(name, words, run)
        except ValueError as problem:
            problems.append(f"{problem}.")
    return View(**chosen), tuple(problems)


_OTHERS = ("method", "eta", "also")
_DECLARED = {declared.name: declared for declared in View.hypers()}


def _parts(text: str) -> Iterator[tuple[str, list[str]]]:
    """The parts of a view: the word that begins each, and those that follow."""
    parts: list[tuple[str, list[str]]] = []
    for word in text.split():
        if word in _OTHERS or word in _DECLARED or not parts:
            parts.append((word, []))
        else:
            parts[-1][1].append(word)
    yield from parts


def _read(name: str, words: list[str], run: Run) -> dict[str, Any]:
    """What one part says."""
    if name == "method":
        method = " ".join(words)
        if method not in METHODS:
            raise ValueError(f"There is no search {quoted(method)}. There are: {', '.join(METHODS)}")
        return {name: method}
    if name == "eta":
        return {name: ranged(number(run, name), words)}
    if name == "also":
        declared = number(run, words[0] if words else "")
        return {name: Second(declared.name, ranged(declared, words[1:]) if words[1:] else usual_also(declared))}
    if name in _DECLARED:
        return {name: _DECLARED[name].parse("View", " ".join(words))}
    raise ValueError(f"The view has no part {quoted(name)}; it has: {', '.join([*_OTHERS, *_DECLARED])}")
