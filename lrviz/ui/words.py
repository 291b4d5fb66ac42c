"""Small pieces of HTML: a run's name and sentence, the page's head, notes. All text in them is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

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


def brand() -> None:
    """The program's mark and name, above the navigation."""
    ink, (blue, orange, *_) = theme().ink, theme().runs
    st.logo(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 116 32" width="116" height="32">'
        f'<path d="M3 8 10 24 16 13 21 21 28 17" fill="none" stroke="{blue}" stroke-width="3" stroke-linejoin="round"/>'
        f'<circle cx="30" cy="17" r="4.5" fill="{orange}"/>'
        f'<text x="44" y="24" font-family="sans-serif" font-size="23" font-weight="700" fill="{ink}">lrviz</text></svg>'
    )


def head(title: str, subtitle: str) -> None:
    """The page's title, and what there is to see on it."""
    st.html(f'<div class="lr-head"><h1>{escape(title)}</h1><p>{escape(subtitle)}</p></div>')


def run(name: str, number: int, outcome: Outcome, theme: Theme) -> None:
    """A run's line and marker, its name, and what became of it."""
    colour, (fill, ink) = theme.runs[number], theme.outcomes[outcome.kind]
    line = f'<path d="M0 8H46" stroke-width="2.600" stroke-dasharray="{DASHES[number]}"/>'
    marker = f'<g transform="translate(23 8)" fill="{colour}">{_SHAPES[number]}</g>'
    chip = _image(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="46" height="16" stroke="{colour}">{line}{marker}</svg>'
    )
    tile = (
        f'<span class="lr-tile" style="background:{fill};color:{ink}" aria-hidden="true">{LETTERS[outcome.kind]}</span>'
    )
    lead, colon, rest = outcome.sentence.partition(":")
    sentence = f"<b>{escape(lead + colon)}</b>{escape(rest)}".replace(" × ", "\u00a0×\u00a0")
    st.html(
        f'<div class="lr-run">{chip}<span class="lr-name" style="color:{colour}">{escape(name)}</span>'
        f'<p role="status">{tile}{sentence}</p></div>'
    )


def _image(svg: str) -> str:
    """A decoration as an image, since SVG elements do not pass Streamlit's sanitizer."""
    return f'<img alt="" src="data:image/svg+xml;utf8,{quote(svg)}">'


def notes(sentences: Iterable[str], float_too: bool = False) -> None:
    """Sentences that a visitor should read before the rest; a floating copy reaches one who has scrolled down."""
    for sentence in sentences:
        if float_too:
            st.toast(re.sub(r"([^\w\s])", r"\\\1", sentence))  # as it is, not as Markdown
        st.html(f'<p class="lr-note" role="alert">{escape(sentence)}</p>')
