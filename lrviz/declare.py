"""A number is declared once.

`hyper(...)` makes a dataclass field that knows everything the rest of the program asks about a hyperparameter:
its symbol, its default, the *hard* interval outside which it is refused, the *soft* one that only draws a slider,
its scale and one line of help. Widgets, validation, links, tables and sweeps are read from that declaration.
The idea of two ranges is holoviz/param's `bounds` and `softbounds`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Literal, Self, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from lrviz.numerals import exact, quoted

Array: TypeAlias = NDArray[np.float64]
Number: TypeAlias = float | Array
"""A hyperparameter's value: one number, or an array of shape (B,) with one for each particle of a batch."""

Kind: TypeAlias = Literal["real", "whole", "flag", "text"]
Scale: TypeAlias = Literal["linear", "log", "complement"]
"""How a slider spaces its values; `complement` is logarithmic in 1 − value, for the β's that crowd at 1."""


@dataclasses.dataclass(frozen=True)
class Interval:
    """A range of numbers, written as in a textbook: `Interval.parse("[0, 1)")`."""

    low: float
    high: float
    low_open: bool
    high_open: bool

    @classmethod
    def parse(cls, text: str) -> Interval:
        match = re.fullmatch(r"([\[(])\s*(\S+)\s*,\s*(\S+)\s*([\])])", text)
        if match is None:
            raise ValueError(f"{text!r} is not an interval such as '[0, 1)'")
        left, low, high, right = match.groups()
        return cls(float(low), float(high), left == "(", right == ")")

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def __str__(self) -> str:
        ends = [exact(end).replace("inf", "∞").replace("-", "−") for end in (self.low, self.high)]
        return f"{'(' if self.low_open else '['}{ends[0]}, {ends[1]}{')' if self.high_open else ']'}"


@dataclasses.dataclass(frozen=True)
class Hyper:
    """The declaration of one hyperparameter; see `hyper` for the meaning of each part."""

    name: str
    symbol: str
    default: Any
    hard: Interval
    soft: tuple[float, float]
    scale: Scale
    help: str
    kind: Kind
    static: bool = False
    read: Callable[[str], str] | None = None
    """Of a text: brings it into its canonical spelling, or refuses it."""

    def check(self, owner: str, value: Any) -> Any:
        """`value` as this kind of number or text; a ValueError that names owner, symbol, value and rule where it is
        none."""
        who = f"{owner}.{self.name} ({self.symbol})"
        if self.read is not None:
            if not isinstance(value, str):
                raise ValueError(f"{who} = {quoted(value)} is not a text")
            return self.read(value)
        if self.kind == "flag":
            if not isinstance(value, bool | np.bool_):
                raise ValueError(f"{who} = {quoted(value)} is neither true nor false")
            return bool(value)
        if isinstance(value, bool | np.bool_ | str | bytes | complex) or value is None:
            raise ValueError(f"{who} = {quoted(value)} is not a number")
        try:
            values = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{who} = {quoted(value)} is not a number") from None
        if values.ndim > 1:
            raise ValueError(f"{who} has shape {values.shape}; it takes one number, or a row of B of them")
        for single in values.ravel().tolist():
            if single not in self.hard:  # a NaN is in no interval
                raise ValueError(f"{who} = {exact(single)} is outside {self.hard}")
            if self.kind == "whole" and not single.is_integer():
                raise ValueError(f"{who} = {exact(single)} is not a whole number")
        if values.ndim:
            return values
        return int(values) if self.kind == "whole" else float(values)

    def spell(self, value: Any) -> str:
        """The value as `parse` reads it."""
        return value if self.kind == "text" else exact(value)

    def parse(self, owner: str, text: str) -> Any:
        """The value that a person typed or a link carries; a ValueError with a sentence where it is not legal."""
        who = f"{owner}.{self.name} ({self.symbol})"
        if self.read is not None:
            return self.check(owner, text)
        text = text.strip().replace("−", "-")
        if self.kind == "flag":
            if text not in ("0", "1"):
                raise ValueError(f"{who} = {quoted(text)} is neither 0 (off) nor 1 (on)")
            return text == "1"
        if not re.fullmatch(_DECIMAL, text, re.IGNORECASE | re.ASCII):
            raise ValueError(f"{who} = {quoted(text)} is not a number")
        return self.check(owner, float(text))


_DECIMAL = r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity|nan)"


def hyper(
    default: float,
    symbol: str,
    hard: str,
    *,
    soft: tuple[float, float],
    scale: Scale = "linear",
    help: str,
    kind: Kind = "real",
    static: bool = False,
) -> Any:
    """A dataclass field for one hyperparameter.

    default: its value where none is given. symbol: the paper's letter, such as "β₁".
    hard: the interval of legal values, such as "[0, 1)"; anything outside is refused with a sentence.
    soft: the ends of the slider; values beyond them are legal and run.
    scale: how the slider spaces its values. kind: "real" numbers vary continuously, "whole" and "flag" ones do not.
    static: whether a formula branches on the value, so that a formula recorded for one value does not serve another;
    all others are run-time parameters of the recorded formula. A flag is always static.
    """
    declaration = {"symbol": symbol, "hard": Interval.parse(hard), "soft": soft, "scale": scale, "help": help}
    declaration |= {"kind": kind, "default": default, "static": static or kind == "flag"}
    return dataclasses.field(default=default, metadata={"hyper": declaration})


def flag(symbol: str, help: str) -> Any:
    """A dataclass field for a switch, off by default."""
    return hyper(False, symbol, "[0, 1]", soft=(0, 1), help=help, kind="flag")


def text(default: str, symbol: str, read: Callable[[str], str], *, help: str) -> Any:
    """A dataclass field for something that is typed, such as a formula.

    read: brings what is typed into its canonical spelling, without spaces, so that it is one word of a link; a
    ValueError, with a sentence, where it means nothing. A text is always static.
    """
    declaration = {"symbol": symbol, "hard": Interval.parse("(-inf, inf)"), "soft": (0, 1), "scale": "linear"}
    declaration |= {"help": help, "kind": "text", "default": default, "static": True, "read": read}
    return dataclasses.field(default=default, metadata={"hyper": declaration})


class Declared:
    """A frozen dataclass whose fields are made by `hyper`. Subclasses set a `slug` (for links) and a `title`."""

    slug: ClassVar[str]
    title: ClassVar[str]

    def __post_init__(self) -> None:
        for declaration in self.hypers():
            value = declaration.check(type(self).__name__, getattr(self, declaration.name))
            object.__setattr__(self, declaration.name, value)

    @classmethod
    def hypers(cls) -> tuple[Hyper, ...]:
        """The declarations of this class, in the order of its fields."""
        fields: tuple[dataclasses.Field[Any], ...] = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()
        return tuple(Hyper(name=field.name, **field.metadata["hyper"]) for field in fields if "hyper" in field.metadata)

    def replace(self, **changes: Any) -> Self:
        """A copy with some hyperparameters changed."""
        return cast(Self, dataclasses.replace(cast(Any, self), **changes))

    def changed(self) -> Iterator[tuple[Hyper, Any]]:
        """The declarations and values of the hyperparameters that differ from their defaults."""
        for declaration in self.hypers():
            value = getattr(self, declaration.name)
            if np.ndim(value) or value != declaration.default:
                yield declaration, value

    def batch_shapes(self) -> Iterator[tuple[int, ...]]:
        """The shapes of the hyperparameters: () for a single number, (B,) for one number a particle."""
        for declaration in self.hypers():
            yield np.shape(getattr(self, declaration.name))
