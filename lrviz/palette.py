"""Colours, dashes and markers, for the light and the dark theme.

The run colours are Okabe & Ito's hues, moved until each has a contrast of at least 4.6 : 1 on the page and 3.2 : 1 on
the highest contour band. Colour never stands alone: a run also has its dash and marker, an outcome its letter.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line through which the ground shines; at powers of ten a little less."""

    color: str
    alpha: float
    decade_alpha: float


@dataclass(frozen=True)
class Theme:
    """One theme's colours, as hexadecimal triplets; `glass` has a fourth pair for its opacity."""

    paper: str
    """The page; the contour fades to it towards the minimum."""
    side: str
    wash: str
    """The sidebar's ground, and that of what is hovered over or selected."""
    glass: str
    """The ground of buttons that lie on the contour, which shines through a little."""
    ink: str
    ink2: str
    """Text, and quieter text."""
    rule: str
    """Hairlines and grids, which only decorate."""
    rail: str
    line: str
    """Rails of sliders, and borders of controls: at least 3 : 1 on the page."""
    focus: str
    """The ring around what has the keyboard's focus."""
    primary: str
    """The accent of controls; not a red, which would read as divergence."""
    ramp: tuple[str, ...]
    """The contour's ground from low to high."""
    contour: Line
    """The contour's lines."""
    halo: str
    """The casing of paths and labels."""
    runs: tuple[str, ...]
    outcomes: dict[str, tuple[str, str]]
    """For each kind the fill and the letter's colour."""


LIGHT = Theme(
    paper="#ffffff",
    side="#f6f7f9",
    wash="#eef1f4",
    glass="#ffffffd9",
    ink="#16202b",
    ink2="#4c5865",
    rule="#dde2e7",
    rail="#8a949f",
    line="#84909c",
    focus="#0b62c4",
    primary="#0068bd",
    ramp=("#fffefa", "#fbfaf6", "#f4f5f5", "#ebeff3", "#e1e8ef", "#d6e0ea", "#c9d6e3"),
    contour=Line("#56708a", alpha=0.17, decade_alpha=0.32),
    halo="#ffffff",
    runs=("#0068bd", "#c84a00", "#00735a", "#ab3f92", "#5c4000", "#1b2430"),
    outcomes={
        "converged": ("#12594d", "#ffffff"),
        "descending": ("#c9ecdf", "#12352c"),
        "oscillating": ("#f2d34c", "#33240a"),
        "diverged": ("#d08592", "#30060f"),
        "escaped": ("#f79f7e", "#3d1208"),
        "saddle": ("#6c49b8", "#ffffff"),
        "stalled": ("#5e748a", "#ffffff"),
        "wandering": ("#d2b6ee", "#2b1e4a"),
    },
)

DARK = Theme(
    paper="#0e1318",
    side="#141a21",
    wash="#1f2831",
    glass="#0e1318cc",
    ink="#edf2f7",
    ink2="#a5b1be",
    rule="#2a333d",
    rail="#6f7c8a",
    line="#748190",
    focus="#7cc0ff",
    primary="#62b2fa",
    ramp=("#0d1218", "#111922", "#16202a", "#1b2733", "#212f3c", "#273746", "#2e4051"),
    contour=Line("#a9c3db", alpha=0.14, decade_alpha=0.27),
    halo="#0b1015",
    runs=("#62b2fa", "#ff8b45", "#35d8a0", "#e493bd", "#f3de35", "#e6eef6"),
    outcomes={
        "converged": ("#58d8c2", "#06231d"),
        "descending": ("#21483f", "#e4f6f0"),
        "oscillating": ("#f0d66f", "#2c1f04"),
        "diverged": ("#b64a6c", "#ffffff"),
        "escaped": ("#eba17c", "#3d1208"),
        "saddle": ("#7f57d4", "#ffffff"),
        "stalled": ("#8099ae", "#0a0f14"),
        "wandering": ("#cbb2f0", "#241a40"),
    },
)

DASHES = ("", "9 3.5", "2 3.2", "11 3 2 3", "5.5 2.5", "16 4")
"""For each run the lengths of its dashes and gaps in pixels; none for a solid line."""

MARKERS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "x")
"""For each run its marker, by Plotly's names."""

LETTERS = {
    "converged": "C",
    "descending": "D",
    "oscillating": "O",
    "diverged": "X",
    "escaped": "E",
    "saddle": "S",
    "stalled": "Z",
    "wandering": "W",
}
