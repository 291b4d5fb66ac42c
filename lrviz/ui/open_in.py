"""Links that carry a scene from one page to the others."""

from __future__ import annotations

import streamlit as st

from lrviz.link import parameters
from lrviz.scene import Scene

PAGES = {
    "playground": "Playground",
    "stability": "Stability",
    "schedules": "Schedules",
    "anatomy": "Anatomy",
    "noise": "Noise",
    "range_test": "Range test",
    "search": "Search",
    "by_hand": "By hand",
    "meta_gradient": "Meta-gradient",
}
"""The pages that show a scene, in the order of the navigation: the file in pages/ and the title."""
MODELS = {
    "logistic": "Logistic regression",
    "network": "Network",
    "edge": "Edge of stability",
    "landscape": "Loss landscape",
    "transfer": "Transfer",
    "policy": "Reinforcement",
    "federated": "Federated",
}
"""The pages that train a model: of a scene they show the runs."""

BOOKS = {
    "strategies": "Strategies",
    "reference": "Reference",
}
"""The pages that show no scene of their own, but lead to many."""


def open_in(scene: Scene, but: str) -> None:
    """A row of links that open the scene on the other pages of its kind. but: the page that it is on."""
    # An empty link would open what the other page shows by itself, so all is said.
    link = parameters(scene, default=None)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"open in {but}"):
        st.html('<span class="lr-quiet">Open in</span>', width="content")
        for page, title in (PAGES if but in PAGES else MODELS).items():
            if page != but:
                st.page_link(f"pages/{page}.py", label=title, query_params=link, width="content")
