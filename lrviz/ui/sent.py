"""What a component has sent."""

from __future__ import annotations

import streamlit as st


def sent(key: str, name: str) -> object:
    """The value that a component last sent under a name; it comes from a browser and may be anything, or nothing."""
    state = st.session_state.get(key)
    return state.get(name) if isinstance(state, dict) else None
