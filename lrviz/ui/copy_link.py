"""A button that copies the page's address."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

_HTML = '<button type="button">Copy link</button>'

_CSS = """
button {
  font: inherit; font-size: 0.875rem;
  width: 100%; min-height: 2.5rem; padding: 0.25rem 0.75rem; cursor: pointer; white-space: nowrap;
  color: var(--st-text-color); background: transparent;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
}
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2.5px solid var(--st-primary-color); outline-offset: 2px; }
"""

_JS = """
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {  // not allowed, or the page came over plain HTTP
      const field = document.createElement("textarea");
      field.value = location.href;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy link"; }, 1500);
  };
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("copy_link", html=_HTML, css=_CSS, js=_JS)


def copy_link() -> None:
    """The button."""
    _component()(key="copy link")
