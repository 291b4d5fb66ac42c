"""The head of a page: its title, what there is to see, scenes to start from, and its link."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from lrviz.gallery import Exhibit
from lrviz.scene import Scene
from lrviz.ui import session, words
from lrviz.ui.copy_link import copy_link


def head(
    title: str, subtitle: str, label: str, exhibits: Iterable[Exhibit], first: Callable[[], None] | None = None
) -> None:
    """label: of the button that opens the list of exhibits, each with what to look for. first: draws a button before
    it, that the page alone has."""
    with st.container(key="head"):
        text, buttons = st.columns([5, 2.1 if first else 1.6], vertical_alignment="center")
    with text:
        words.head(title, subtitle)
    with buttons, st.container(horizontal=True, wrap=False):
        if first:
            first()
        with st.popover(label, width="stretch", key=f"{label.lower()} {session.popovers()}"):
            for exhibit in exhibits:
                key = f"exhibit {exhibit.title}"
                st.button(exhibit.title, key=key, width="stretch", on_click=_open, args=[exhibit])
                st.caption(exhibit.look)
        copy_link()


def notes(scene: Scene, problems: Iterable[str], more: Iterable[str] = ()) -> None:
    """What was refused, in the link or by the last change: of the scene, and problems of the view. On a page that is
    about the first run, which is said where there are others. more: what else should be read before the rest."""
    others = [f"This page is about the first of the {len(scene.runs)} runs, {scene.names()[0]}."]
    refused(problems, [*(others if len(scene.runs) > 1 else []), *more])


def refused(problems: Iterable[str], more: Iterable[str] = ()) -> None:
    """The same on a page that shows all of the scene's runs."""
    with st.container(key="notes"):
        words.notes([*session.problems(), *problems], float_too=True)
        words.notes([*more])


def _open(exhibit: Exhibit) -> None:
    session.close_popovers()
    session.open_(exhibit.scene, exhibit.view)
