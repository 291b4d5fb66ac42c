"""What the page shows besides its scene, as one line of words that stands in the address.

`across eta 0.004 1 up beta 0 1 linear colour outcome size 128 run 2`: each axis with its number, its range and, where
it is not the number's own, its scale; then what is coloured, how many cells a side has, and which run of the scene it
is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

from lrviz.numerals import exact, quoted
from lrviz.scene import Scene
from lrviz.ui.stability.axes import SCALES, Axis, Choice, choices, find, short, usual, usual_pair

Colour: TypeAlias = Literal["outcome", "steps"]
SIZES = (64, 128, 256)
"""How many cells a side may have."""


@dataclass(frozen=True)
class View:
    """Two axes, and how the map over them is drawn."""

    across: Axis
    up: Axis
    colour: Colour = "steps"
    size: int = SIZES[0]
    run: int = 0

    def text(self, scene: Scene) -> str:
        """The words that `parse` reads."""
        offered = choices(scene, self.run)
        words = [
            "across",
            *_axis_words(self.across, offered, scene, self.run),
            "up",
            *_axis_words(self.up, offered, scene, self.run),
        ]
        words += ["colour", self.colour] if self.colour != "steps" else []
        words += ["size", str(self.size)] if self.size != SIZES[0] else []
        words += ["run", str(self.run + 1)] if self.run else []
        return " ".join(words)


def _axis_words(axis: Axis, offered: dict[str, Choice], scene: Scene, run: int) -> Iterator[str]:
    yield short(axis.key, offered)
    yield exact(axis.low)
    yield exact(axis.high)
    if axis.scale != usual(axis.key, offered[axis.key], scene, run).scale:
        yield axis.scale


def parse(text: str, scene: Scene) -> tuple[View, tuple[str, ...]]:
    """The view that the words say, and a sentence for each thing in them that was not legal; the rest holds."""
    parts = _parts(text)
    problems: list[str] = []
    run = _whole("run", parts.pop("run", []), range(1, len(scene.runs) + 1), 1, problems) - 1
    offered, (across, up) = choices(scene, run), usual_pair(scene, run)
    colours: tuple[Colour, ...] = get_args(Colour)
    colour = next(iter(parts.pop("colour", [])), "steps")
    if colour not in colours:
        problems.append(f"The map's colour {quoted(colour)} is none of: {', '.join(colours)}.")
        colour = "steps"
    size = _whole("size", parts.pop("size", []), SIZES, SIZES[0], problems)
    found = []
    for name, default in (("across", across), ("up", up)):
        words = parts.pop(name, [])
        try:
            found.append(_axis(words, offered, scene, run) if words else default)
        except ValueError as problem:
            problems.append(f"{problem}.")
            found.append(default)
    problems += [f"The map's view has a part {quoted(name)}, which means nothing here." for name in parts]
    across, up = found
    if across.key == up.key:
        problems.append(f"Both axes are {offered[up.key].declared.symbol}; one of them was changed.")
        other = next(axis for axis in (*usual_pair(scene, run)[::-1],) if axis.key != across.key)
        up = other
    return View(across, up, cast(Colour, colour), size, run), tuple(problems)


_KEYWORDS = ("across", "up", "colour", "size", "run")


def _parts(text: str) -> dict[str, list[str]]:
    """The words of each part, by the word that begins it."""
    parts: dict[str, list[str]] = {}
    words: list[str] = []
    for word in text.split():
        if word in _KEYWORDS or not parts:
            words = parts[word] = []
        else:
            words.append(word)
    return parts


def _whole(name: str, words: list[str], legal: range | tuple[int, ...], default: int, problems: list[str]) -> int:
    if not words:
        return default
    number = int(words[0]) if words[0].isascii() and words[0].isdecimal() and len(words[0]) < 9 else None
    if number not in legal:
        problems.append(f"The map's {name} {quoted(words[0])} is none of: {', '.join(map(str, legal))}.")
        return default
    return cast(int, number)


def _axis(words: list[str], offered: dict[str, Choice], scene: Scene, run: int) -> Axis:
    key = find(words[0], offered)
    if key is None:
        names = ", ".join(short(key, offered) for key in offered)
        raise ValueError(f"This run has no number {quoted(words[0])} for an axis; it has: {names}")
    axis = usual(key, offered[key], scene, run)
    return ranged(axis, words[1:], offered[key])


def ranged(axis: Axis, words: list[str], choice: Choice) -> Axis:
    """The axis with the range that the words say: low, high and a scale, or nothing. ValueError with a sentence."""
    if not words:
        return axis
    symbol = choice.declared.symbol
    if len(words) not in (2, 3):
        raise ValueError(f"The axis of {symbol} is {quoted(' '.join(words))}; it takes two numbers and perhaps a scale")
    try:
        low, high = (float(word) for word in words[:2])
    except ValueError:
        raise ValueError(
            f"The axis of {symbol} goes from {quoted(words[0])} to {quoted(words[1])}: no numbers"
        ) from None
    scale = words[2] if len(words) == 3 else axis.scale
    if scale not in SCALES:
        raise ValueError(f"The scale {quoted(scale)} is none of: {', '.join(SCALES)}")
    changed = Axis(axis.key, low, high, scale)
    changed.check(choice.declared, "Axis")
    return changed
