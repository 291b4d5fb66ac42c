"""The component that lists all entries, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lrviz.catalogue import KINDS, Entry, Kind, entries, name_of
from lrviz.numerals import count, rounded
from lrviz.ui import bundle
from lrviz.ui.sent import sent

KEY = "reference"
"""The component's key."""
COLUMNS: dict[Kind, list[str]] = {
    "optimizer": ["Optimizer", "The same call", "Largest difference"],
    "wrapper": ["Goes round any optimizer", "The same call", "Largest difference"],
    "schedule": ["Schedule", "The same call", "Largest difference"],
    "surface": ["Surface", "What it teaches"],
    "noise": ["Gradient noise", "Source"],
}
"""What stands above the columns of each kind."""
_HERE = Path(__file__).parent


def show(open_: Callable[[str], None]) -> None:
    """Draw the list. open_: is called with the key of an entry that was chosen, before the page's next run."""

    def chosen() -> None:
        key = sent(KEY, "open")
        if isinstance(key, str) and key in entries():
            open_(key)

    _component()(key=KEY, data=told(), on_open_change=chosen)


@cache
def told() -> dict[str, Any]:
    """What the component is told: the same for everyone."""
    return {
        "kinds": [{"kind": kind, "title": title, "columns": COLUMNS[kind]} for kind, title in KINDS.items()],
        "entries": [_row(entry) for entry in entries().values()],
    }


def _row(entry: Entry) -> dict[str, str]:
    call, proof = next(iter(entry.calls), None), entry.proof
    text = entry.facts.get("Teaches", "") or entry.source
    said = {"key": entry.key, "kind": entry.kind, "title": entry.title, "summary": entry.summary, "words": entry.words}
    said |= {"code": call.code if call else "", "text": call.note if call else text}
    if proof is None:
        return said | {"proof": "", "against": "by its paper" if entry.checked else ""}
    cases = f"{count(proof.cases)} case{'s' * (proof.cases != 1)}"
    return said | {"proof": rounded(proof.difference, 2), "against": f"{name_of(proof)}, {cases}"}


@cache
def _component() -> Any:
    css = bundle.sheet([_HERE / "css" / "entries.css"])
    script = bundle.script(_HERE / "js" / "entries.js")
    return st.components.v2.component("reference", html='<div class="entries"></div>', css=css, js=script)
