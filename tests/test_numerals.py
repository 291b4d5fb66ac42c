"""Numbers as text: the exact ones read back as themselves, the rounded ones read well."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz.numerals import count, exact, point, quoted, rounded


@given(st.floats(allow_nan=False))
def test_an_exact_number_reads_back_as_itself(value: float) -> None:
    assert float(exact(value)) == value
    assert "+" not in exact(value)
    assert len(exact(value)) <= len(repr(value))


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_has_no_point(value: int) -> None:
    assert exact(float(value)) == str(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.5, "-0.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e15, "1000000000000000"),
        (1e16, "1e16"),
        (1e20, "1e20"),
        (1e-7, "1e-7"),
        (2.5e-8, "2.5e-8"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e308"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_exact(value: float, text: str) -> None:
    assert exact(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "−1"),
        (0.5, "0.5"),
        (2.001, "2"),
        (1.996, "2"),
        (47.44, "47.4"),
        (999.4, "999"),
        (999.6, "1,000"),
        (12_750.0, "12,800"),
        (123_456.0, "123,000"),
        (999_499.0, "999,000"),
        (999_600.0, "10⁶"),
        (1_230_000.0, "1.23 × 10⁶"),
        (-1.84e53, "−1.84 × 10⁵³"),
        (0.001, "0.001"),
        (0.000_999_9, "0.001"),
        (0.000_1, "10⁻⁴"),
        (0.000_123, "1.23 × 10⁻⁴"),
        (2.1e-6, "2.1 × 10⁻⁶"),
        (1e200, "10²⁰⁰"),
        (5e-324, "4.94 × 10⁻³²⁴"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "undefined"),
    ],
)
def test_rounded(value: float, text: str) -> None:
    assert rounded(value) == text


@pytest.mark.parametrize(
    ("digits", "text"), [(1, "2"), (2, "2"), (3, "2"), (4, "2.001"), (6, "2.00123"), (12, "2.001234")]
)
def test_rounded_to_so_many_digits(digits: int, text: str) -> None:
    assert rounded(2.001234, digits) == text


PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789", ",")


def read(text: str) -> float:
    """The number that a person reads."""
    power = re.search("10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$", text)
    if power is None:
        return float(text.translate(PLAIN))
    mantissa = text[: power.start()].removesuffix(" × ").translate(PLAIN)
    return float(f"{mantissa if mantissa.strip('-') else mantissa + '1'}e{power[1].translate(PLAIN)}")


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 12))
def test_a_rounded_number_is_the_number_to_so_many_digits(value: float, digits: int) -> None:
    text = rounded(value, digits)
    assert read(text) == float(f"{value:.{digits - 1}e}")
    assert "-" not in text
    assert not text.endswith(".")


def test_count_separates_thousands() -> None:
    assert (count(999), count(12_750), count(10**9)) == ("999", "12,750", "1,000,000,000")


def test_point() -> None:
    assert point([1.0, -2.805118]) == "(1, −2.81)"


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.1", "'0.1'"), (None, "None"), ("a" * 38, f"'{'a' * 38}'"), ("a" * 39, f"'{'a' * 35}…'")],
)
def test_quoted_is_cut_to_forty_signs(value: object, text: str) -> None:
    assert quoted(value) == text
    assert len(text) <= 40
