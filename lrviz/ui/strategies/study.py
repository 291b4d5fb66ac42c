"""What has been measured of the claims. It is kept for all visitors: no scene that they choose is in it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lrviz.strategies import STRATEGIES, Breadth, Claim, Measured, breadth
from lrviz.ui.background import Cancelled, Progress, Shelf

SHOWN: tuple[Claim, ...] = tuple(claim for strategy in STRATEGIES for claim in strategy.claims if claim.is_shown)
"""The claims that are measured."""

Found = dict[str, Measured]
"""By the claims' slugs."""


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[Measured]:
    """What was measured, claim by claim: what was stopped goes on where it was."""
    return Shelf(2 * len(SHOWN))


@st.cache_resource(show_spinner=False)
def answers() -> Shelf[Found]:
    """What was measured of all that was asked for together."""
    return Shelf(2 * len(STRATEGIES))


def known() -> Found:
    """What has been measured by now."""
    found = {claim.slug: shelf().get(claim.slug) for claim in SHOWN}
    return {slug: measured for slug, measured in found.items() if measured is not None}


def measure(claims: Sequence[Claim], kept: Shelf[Measured], progress: Progress, cancelled: Cancelled) -> Found:
    """Measure these claims, but for those of which it is known: they are on the shelf, where the others are put."""
    found = Found()
    for number, claim in enumerate(claims):
        progress(number, len(claims))
        if cancelled():
            break
        measured = kept.get(claim.slug)
        if measured is None:
            measured = claim.measured()
            kept.put(claim.slug, measured)
        found[claim.slug] = measured
    return found


@st.cache_resource(max_entries=1, show_spinner=False)
def good_rates() -> Breadth:
    """How wide the range of good rates is."""
    return breadth()
