"""The reference page: the list of all entries, or the one that the address names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import streamlit as st

from lrviz import catalogue
from lrviz.catalogue import KINDS, Entry, entries
from lrviz.gallery import GALLERY, Exhibit
from lrviz.link import parameters
from lrviz.numerals import count, listed, quoted, rounded
from lrviz.scene import Scene
from lrviz.ui import references, session, words
from lrviz.ui.copy_link import copy_link
from lrviz.ui.reference import entries as list_of

PAGE = "reference"
PARAMETER = "entry"
"""The address's parameter that names an entry."""
_STYLE = Path(__file__).parent / "css" / "page.css"
_OTHER_PAGES = {"optimizer": "anatomy", "wrapper": "anatomy", "schedule": "schedules", "noise": "noise"}
"""Where a kind is looked at besides the playground."""


def show() -> None:
    """The page."""
    session.visit(PAGE)
    st.html(f"<style>{_STYLE.read_text(encoding='utf-8')}</style>")
    named = st.query_params.get(PARAMETER, "")
    entry = entries().get(named)
    if entry is None:
        _all(named)
    else:
        _one(entry)


def _open(key: str) -> None:
    """Show an entry, or with an empty key the list. For callbacks."""
    if key:
        st.query_params[PARAMETER] = key
    else:
        st.query_params.clear()


# ---- the list


def _all(named: str) -> None:
    found = entries().values()
    subtitle = f"{count(len(found))} entries, read from the declarations that the program runs by."
    _head("Reference", subtitle)
    if named:
        words.notes([f"There is no entry {quoted(named)}. All that there are stand below."])
    words.say(summary())
    with st.expander("How they are compared"):
        words.say(_METHOD)
    list_of.show(_open)


def summary() -> list[str]:
    """What was compared with which library, in a sentence."""
    proofs = [entry.proof for entry in entries().values() if entry.proof is not None]
    if not proofs:
        return []
    names = listed(list(dict.fromkeys(map(catalogue.name_of, proofs))))
    worst = rounded(max(proof.difference for proof in proofs), 2)
    return [
        f"{count(len(proofs))} of them have a counterpart in {names}, and were compared with it in"
        f" {count(sum(proof.cases for proof in proofs))} cases: the largest relative difference is {worst}."
    ]


_METHOD = (
    "A case is an optimizer with its numbers on a surface, from a start, for 200 steps; or a schedule with its numbers,"
    " as far as the library's goes on as this one does. What the library did is recorded once; the tests compare with"
    " the recording and need no library.",
    "The whole path is compared as long as it is calm: up to the step where the library's path, with its start moved"
    " by 10⁻¹², is farther than 10⁻⁹ from itself. Beyond that rounding decides where a run goes, not the method. There"
    " each step is compared by itself, from the library's own place and memory.",
    "The difference is relative to the largest coordinate at that step. What has no counterpart in a library is held"
    " against its paper: each entry says how.",
)


# ---- one entry


def _one(entry: Entry) -> None:
    _head(entry.title, f"{KINDS[entry.kind].removesuffix('s')}, {entry.slug}")
    _turn(entry)
    left, right = st.columns([1.55, 1], gap="large")
    with left, st.container(key="entry"):
        st.html(f'<p class="lr-lead">{escape(entry.summary)}</p>')
        st.markdown(described(entry))
        _fields(entry)
    with right, st.container(key="beside"):
        _part("Checked", proof(entry))
        _part("Elsewhere", calls(entry))
        _facts(entry)
        _part("References", references.listing(entry.citations))
        _see_it(entry)


def _head(title: str, subtitle: str) -> None:
    with st.container(key="head"):
        text, button = st.columns([5, 0.8], vertical_alignment="center")
    with text:
        words.head(title, subtitle)
    with button:
        copy_link()


def _turn(entry: Entry) -> None:
    """To the list, and to the entries before and after."""
    keys = list(entries())
    place = keys.index(entry.key)
    with st.container(horizontal=True, gap="small", key="turn"):
        st.button("All entries", on_click=_open, args=[""], type="tertiary", key="to all", width="content")
        for title, key in (("← {}", keys[place - 1]), ("{} →", keys[(place + 1) % len(keys)])):
            label = title.format(entries()[key].title)
            st.button(label, on_click=_open, args=[key], type="tertiary", key=title, width="content")


def described(entry: Entry) -> str:
    """The formula and the text, as Markdown."""
    return "\n\n".join(f"$$\n{_lines(block.text)}\n$$" if block.is_formula else block.text for block in entry.blocks)


def _lines(formula: str) -> str:
    """A formula of several equations with each on a line of its own."""
    equations = [equation.strip() for equation in formula.split(r"\qquad")]
    if len(equations) == 1:
        return formula
    return r"\begin{aligned}" + r" \\[0.9em] ".join(f"& {one}" for one in equations) + r"\end{aligned}"


def _fields(entry: Entry) -> None:
    if not entry.fields:
        return
    words.heading("Numbers" if all(field.kind != "text" for field in entry.fields) else "Fields")
    head = "".join(f"<th>{title}" for title in ("", "name", "default", "may be", "slider", "what it does"))
    rows = []
    for field in entry.fields:
        cells = [catalogue.default(field), catalogue.legal(field), catalogue.slider(field) or "–"]
        rows.append(
            f"<tr><th><i>{symbol(field.symbol)}</i><td><code>{escape(field.name)}</code>"
            + "".join(f"<td>{escape(cell)}" for cell in cells)
            + f"<td>{escape(field.help)}"
        )
    # Where it is wider than a phone it scrolls, and the keyboard must reach it.
    st.html(f'<table class="lr-table lr-fields" tabindex=0><tr>{head}{"".join(rows)}</table>')


def symbol(text: str) -> str:
    """A letter as HTML, with what is written below it."""
    letter, line, below = escape(text).partition("_")
    return f"{letter}<sub>{below}</sub>" if line else letter


def _part(title: str, html: str) -> None:
    if html:
        st.html(f'<h2 class="lr-h2">{title}</h2>{html}')


def proof(entry: Entry) -> str:
    """How far it is from a library, and what else it was held against."""
    parts = []
    if found := entry.proof:
        over = f"over {count(found.cases)} case{'s' * (found.cases != 1)} and {count(found.steps)} steps"
        parts.append(
            f"<p class=lr-proof><b>{rounded(found.difference, 2)}</b> is the largest relative difference from"
            f" {escape(catalogue.name_of(found))}, {over}.</p>"
        )
    if entry.checked:
        where = f" <span class=lr-quiet>{escape(entry.checked.tests)}</span>"
        parts.append(f"<p>{escape(entry.checked.sentence)}{where}</p>")
    return "".join(parts)


def calls(entry: Entry) -> str:
    """The counterparts in the libraries."""
    said = [
        f"<dt>{escape(call.library)}<dd>"
        + " ".join(filter(None, [call.code and f"<code>{code(call.code)}</code>", escape(call.note)]))
        for call in entry.calls
    ]
    if entry.missing:
        said.append(f"<dt>{escape(listed(entry.missing))}<dd>none")
    return f"<dl class=lr-calls>{''.join(said)}</dl>" if said else ""


def code(text: str) -> str:
    """A call as HTML, which may be broken where its parts meet."""
    return re.sub(r"[(.]", r"\g<0><wbr>", escape(text))


def _facts(entry: Entry) -> None:
    for name, text in entry.facts.items():
        _part(escape(name), f"<p>{escape(text)}</p>")


def _see_it(entry: Entry) -> None:
    words.heading("See it")
    with st.container(key="see it", gap=None):
        st.page_link("pages/playground.py", label="Open on the playground", query_params=entry.link)
        if page := _OTHER_PAGES.get(entry.kind):
            st.page_link(f"pages/{page}.py", label=_OPEN[page], query_params=entry.link)
        for exhibit in shown_in(entry):
            st.page_link(
                "pages/playground.py",
                label=f"In the gallery: {exhibit.title}",
                query_params=parameters(exhibit.scene, default=None),
            )


_OPEN = {
    "anatomy": "One step taken apart",
    "schedules": "Its curve, beside all others",
    "noise": "Hundreds of seeds of it",
}


def shown_in(entry: Entry, most: int = 3) -> list[Exhibit]:
    """Scenes of the gallery that it is in; those in which it is alone first."""
    found = [exhibit for exhibit in GALLERY if entry.cls in set(classes(exhibit.scene))]
    return sorted(found, key=lambda exhibit: len(exhibit.scene.runs))[:most]


def classes(scene: Scene) -> Iterator[type]:
    """The classes of all that a scene is made of."""
    for part in (*scene.parts().values(), *(part for run in scene.runs for part in run.parts().values())):
        yield type(part)
