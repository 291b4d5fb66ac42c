"""Small pieces of HTML: a run's name and sentence, the page's head, notes. All text in them is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

import streamlit as st

from lrviz.outcome import Outcome
from lrviz.palette import DARK, DASHES, LETTERS, LIGHT, Theme

_STYLE = Path(__file__).with_name("style.css")

# The markers of palette.MARKERS as SVG shapes around (0, 0).
_SHAPES = (
    '<circle r="5"/>',
    '<rect x="-4.5" y="-4.5" width="9" height="9"/>',
    '<path d="M0-6 5.500 4H-5.500Z"/>',
    '<path d="M0-6.500 6.500 0 0 6.500-6.500 0Z"/>',
    '<path d="M0 6-5.500-4H5.500Z"/>',
    '<path d="M-4.500-4.500 4.500 4.500M4.500-4.500-4.500 4.500" stroke-width="3.500"/>',
)


def theme() -> Theme:
    """The colours of the theme that the visitor sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def style() -> None:
    """The style sheet; once a page."""
    st.html(_STYLE)


def head(title: str, subtitle: str) -> None:
    """The page's title, and what there is to see on it."""
    st.html(f'<div class="lr-head"><h1>{escape(title)}</h1><p>{escape(subtitle)}</p></div>')


def run(name: str, number: int, outcome: Outcome, theme: Theme) -> None:
    """A run's line and marker, its name, and what became of it."""
    colour, (fill, ink) = theme.runs[number], theme.outcomes[outcome.kind]
    line = f'<path d="M0 8H46" stroke-width="2.600" stroke-dasharray="{DASHES[number]}"/>'
    marker = f'<g transform="translate(23 8)" fill="{colour}">{_SHAPES[number]}</g>'
    chip = f'<svg width="46" height="16" stroke="{colour}" fill="none" aria-hidden="true">{line}{marker}</svg>'
    tile = (
        f'<span class="lr-tile" style="background:{fill};color:{ink}" aria-hidden="true">{LETTERS[outcome.kind]}</span>'
    )
    lead, colon, rest = outcome.sentence.partition(" ")
    sentence = f"<b>{escape(lead)}</b>{colon}{escape(rest)}"
    st.html(
        f'<div class="lr-run">{chip}<span class="lr-name" style="color:{colour}">{escape(name)}</span>'
        f'<p role="status">{tile}{sentence}</p></div>'
    )


def notes(sentences: Iterable[str]) -> None:
    """Sentences that a visitor should read before the rest."""
    for sentence in sentences:
        st.html(f'<p class="lr-note" role="alert">{escape(sentence)}</p>')
