"""The stage: the component that owns everything that can be dragged, and this side of the talk with it.

It is plain JavaScript in `js/`, of small modules, and style sheets in `css/`. There is no build step: they are joined
into the one script and the one sheet that a component may have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
KEY = "stage"
"""The stage's place in the session; its last edit is there under "edit"."""

# The forms that the modules keep to: one line an export, names in braces an import.
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_FIRST, _WORKER = "stage", "worker"
_STYLES = ("frame", "rows", "sliders", "pictures", "narrow")
"""The style sheets; a later one overrules those before it."""


def show(payload: bytes, on_edit: Callable[[], None]) -> None:
    """Show the stage, which takes a payload that is new to it; `on_edit` is called before a run that an edit causes."""
    _component()(key=KEY, data=payload, on_edit_change=on_edit)


def last_edit() -> object:
    """What the stage sent last; it comes from a browser and may be anything."""
    sent = st.session_state.get(KEY)
    return sent.get("edit") if isinstance(sent, dict) else None


def is_mounted() -> bool:
    """Whether the stage stood on the page before this run; otherwise it knows no more than the payload tells it."""
    return KEY in st.session_state


@cache
def _component() -> Any:
    css = "\n".join((HERE / "css" / f"{name}.css").read_text(encoding="utf-8") for name in _STYLES)
    return st.components.v2.component("stage", html='<div class="stage"></div>', css=css, js=script(HERE / "js"))


def script(folder: Path) -> str:
    """The modules of a folder as one, those that others import before them, each in a scope of its own.

    The worker's module is not among them: it becomes a text, from which the script starts its worker. Comments, which
    are a third of it all, stay here.
    """
    sources = {path.stem: _COMMENT.sub("", path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.js"))}
    parts = [f"const WORKER_SOURCE = {json.dumps(sources.pop(_WORKER))};"]
    needs = {name: [module for _, module in _IMPORT.findall(source)] for name, source in sources.items()}
    for name in TopologicalSorter(needs).static_order():
        if name != _FIRST:
            exports = ", ".join(_EXPORT.findall(sources[name]))
            parts.append(f"const {name}_js = (() => {{\n{_plain(sources[name])}return {{ {exports} }};\n}})();")
    return "\n".join([*parts, _plain(sources[_FIRST])])


def _plain(source: str) -> str:
    """A module without what makes it one."""
    return _EXPORT.sub("", _IMPORT.sub(r"const \1 = \2_js;", source))
