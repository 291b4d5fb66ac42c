"""The works behind what is on screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

import streamlit as st

from lrviz.declare import Declared
from lrviz.optimizers import Wrapper
from lrviz.references import BY_NAME, Citation, Reference, on_screen
from lrviz.scene import Scene


def things(scene: Scene) -> Iterator[tuple[str, type[Declared]]]:
    """All that a scene is made of, by what it is called: surface, optimizers, wrappers, schedules, noise."""
    parts = [*scene.parts().values(), *(part for run in scene.runs for part in run.parts().values())]
    for part in parts:
        cls = type(part)
        yield cls.label if issubclass(cls, Wrapper) else cls.title, cls


def expander(scene: Scene, more: Iterable[tuple[str, str]] = ()) -> None:
    """A list that opens: the works behind a scene. more: others that a page stands on, (short name, what for)."""
    found = on_screen(things(scene))
    for short, what in more:
        found.setdefault(BY_NAME[short], []).append(what)
    with st.expander("References for what is on screen"):
        st.html(f"<ul class=lr-works>{''.join(_item(work, ', '.join(why)) for work, why in found.items())}</ul>")


def listing(citations: Iterable[Citation]) -> str:
    """Some works, each with where in it, as HTML."""
    items = [_item(citation.work, citation.note) for citation in citations]
    return f"<ul class=lr-works>{''.join(items)}</ul>" if items else ""


def _item(work: Reference, note: str) -> str:
    title = f"<cite>{escape(work.title)}</cite>"
    if work.link:
        title = f'<a href="{escape(work.link)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    why = f" <span class=lr-quiet>{escape(note)}</span>" if note else ""
    return f"<li>{escape(work.authors)} ({work.year}). {title}. {escape(work.where)}.{why}</li>"
