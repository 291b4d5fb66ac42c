"""Small pieces of HTML: the page's head, a run's name, the table, notes. All text in them is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import punctuation
from urllib.parse import quote

import streamlit as st

from lrviz.palette import DARK, DASHES, LETTERS, LIGHT, Theme
from lrviz.tables import HEADINGS, Line

_STYLE = Path(__file__).with_name("style.css")

MEANINGS = {
    "converged": "came to a minimum and stayed",
    "descending": "still on its way",
    "oscillating": "bounces back and forth without settling",
    "diverged": "grew beyond all bounds: the steps are too large",
    "escaped": "ran downhill without end: there is no minimum",
    "saddle": "stopped where the slope is zero, yet lower points are near",
    "stalled": "stopped short of a minimum: its steps have run out",
    "wandering": "hovers in the noise, or hops from basin to basin",
}
"""What each kind of outcome means, for one who meets it for the first time."""

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
    st.html(f"<style>{_STYLE.read_text(encoding='utf-8')}{_colours(theme())}</style>")


def _colours(theme: Theme) -> str:
    """What the palette gives to each run and each kind, as classes: no piece of HTML needs to say it again."""
    rules = [f":root{{--lr-ink2:{theme.ink2};--lr-rule:{theme.rule};--lr-line:{theme.line}}}"]
    for number, (colour, dash, shape) in enumerate(zip(theme.runs, DASHES, _SHAPES, strict=True)):
        line = f'<path d="M0 8H46" stroke-width="2.600" stroke-dasharray="{dash}"/>'
        marker = f'<g transform="translate(23 8)" fill="{colour}">{shape}</g>'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="46" height="16" stroke="{colour}">{line}{marker}</svg>'
        rules.append(f".lr-run-{number}{{color:{colour}}}")
        rules.append(f'.lr-run-{number}::before{{content:url("data:image/svg+xml;utf8,{quote(svg)}")}}')
    for kind, (fill, ink) in theme.outcomes.items():
        letter = f'content:"{LETTERS[kind]}"/""'  # the kind's own word is beside it
        rules.append(f".lr-{kind}::before{{{letter};background:{fill};color:{ink}}}")
    return "".join(rules)


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


def heading(text: str) -> None:
    """What a part of the page is about."""
    st.html(f'<h2 class="lr-h2">{escape(text)}</h2>')


def say(sentences: Iterable[str]) -> None:
    """Sentences, each a paragraph."""
    if paragraphs := "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences):
        st.html(paragraphs)


def verdict(sentences: Iterable[str]) -> None:
    """One paragraph, of which the first sentence is what to remember."""
    first, *rest = [*map(escape, sentences), ""]
    if first:
        st.html(f"<p><b>{first}</b> {' '.join(rest)}</p>")


def chip(number: int) -> None:
    """A run's line and marker."""
    st.html(f'<span class="lr-run-{number}"></span>')


def table(lines: Iterable[Line]) -> None:
    """What became of each run, in numbers. It travels after each edit, so its markup leaves out what HTML allows."""
    rows = ["".join(f"<th>{heading}" for heading in HEADINGS.values())]
    for number, line in enumerate(lines):
        text = line.readable()
        run, kind, *numbers = (escape(text[name]) for name in HEADINGS)
        cells = [f"<th class=lr-run-{number}>{run}", f"<td class=lr-{kind}>{kind}"]
        rows.append("".join([*cells, *(f"<td>{number}" for number in numbers)]))
    # Where it is wider than a phone it scrolls, and the keyboard must reach it.
    st.html(f"<table class=lr-table tabindex=0><tr>{'<tr>'.join(rows)}</table>")


def notes(sentences: Iterable[str], float_too: bool = False) -> None:
    """Sentences that a visitor should read before the rest; a floating copy reaches one who has scrolled down."""
    for sentence in sentences:
        if float_too:
            st.toast(re.sub(f"([{re.escape(punctuation)}])", r"\\\1", sentence))  # as it is, not as Markdown
        st.html(f'<p class="lr-note" role="alert">{escape(sentence)}</p>')
