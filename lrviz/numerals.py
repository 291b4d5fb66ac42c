"""Numbers as text: exact for links and error messages, rounded for reading; and several names as one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def exact(value: float) -> str:
    """The shortest text that reads back as this very number: 1 rather than 1.0, 1e20 rather than 1e+20."""
    if math.isfinite(value) and abs(value) < 1e16 and value == int(value):
        return str(int(value))
    mantissa, e, exponent = repr(float(value)).partition("e")
    return mantissa + (f"e{int(exponent)}" if e else "")


def rounded(value: float, digits: int = 3) -> str:
    """A number to read: 3 significant digits, thousands separated, a true minus, powers of ten as 2.1 × 10⁻⁶."""
    if math.isnan(value):
        return "undefined"
    sign = "−" if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return sign + "∞"
    if size == 0:
        return "0"
    mantissa, _, power = f"{size:.{digits - 1}e}".partition("e")
    exponent = int(power)
    if -4 < exponent < 6:
        text = f"{float(f'{size:.{digits - 1}e}'):,.{max(digits - 1 - exponent, 0)}f}"
        return sign + (text.rstrip("0").rstrip(".") if "." in text else text)
    mantissa = mantissa.rstrip("0").rstrip(".")
    ten = "10" + str(exponent).translate(_SUPERSCRIPTS)
    return sign + (ten if mantissa == "1" else f"{mantissa} × {ten}")


def count(value: int) -> str:
    """A whole number with its thousands separated."""
    return f"{value:,}"


def point(coordinates: Iterable[float]) -> str:
    """A position as (x, y), rounded."""
    return f"({', '.join(rounded(float(c)) for c in coordinates)})"


def quoted(value: object) -> str:
    """A foreign value, quoted and cut to a length that fits a sentence."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:36]}…{text[0]}"


def listed(names: Sequence[str]) -> str:
    """Several in a sentence: "a, b and c". At least one."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
