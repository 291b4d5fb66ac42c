"""The words below the map: what it shows, and theory's claims about the run that is kept."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np
import streamlit as st

from lrviz.grid import Sweep
from lrviz.numerals import count, rounded
from lrviz.scene import Scene
from lrviz.theory import Claim
from lrviz.ui.stability.axes import choices
from lrviz.ui.stability.view import View
from lrviz.verdict import KINDS


def summary(found: Sweep, scene: Scene, view: View) -> str:
    """The map in words: the share of each outcome, and which run was there first."""
    outcome, steps = found.outcome, found.steps
    made = outcome[~found.missing]
    if not made.size:
        return ""
    shares = {kind: float(np.mean(made == kind)) for kind in KINDS}
    parts = [
        f"{rounded(100 * share, 2)} % {kind}"
        for kind, share in sorted(shares.items(), key=lambda one: -one[1])
        if share
    ]
    text = f"Of {count(made.size)} runs of {count(scene.steps)} steps: {', '.join(parts)}."
    if np.isfinite(steps).any():
        first = np.unravel_index(np.nanargmin(steps), steps.shape)
        offered = choices(scene, view.run)
        at = ", ".join(
            f"{offered[axis.key].declared.symbol} = {rounded(float(values[place]))}"
            for axis, values, place in zip((view.across, view.up), found.over.values(), first, strict=True)
        )
        text += f" The quickest is at the minimum after {count(int(np.nanmin(steps)))} steps, with {at}."
    return text


_STYLE = """
.lr-claims{width:100%;border-collapse:collapse;border:0;margin:0;font-size:.94rem}
.lr-claims th,.lr-claims td{padding:.4rem 0 .4rem 1.25rem;border:0;
border-bottom:1px solid var(--lr-rule);text-align:left;font-weight:400;vertical-align:top}
.lr-claims tr>:first-child{padding-left:0}
.lr-claims tr:first-child>*{color:var(--lr-ink2);font-size:.84rem;border-bottom-color:var(--lr-line)}
.lr-claims tr:not(:first-child)>:first-child{font-weight:650}
.lr-claims .lr-no>:nth-child(2),.lr-claims .lr-no>:nth-child(3){color:var(--lr-ink2)}
@media (max-width:640px){.lr-claims,.lr-claims tbody,.lr-claims tr,.lr-claims td,.lr-claims th{display:block}
.lr-claims tr:first-child{display:none}.lr-claims th,.lr-claims td{padding:.1rem 0;border-bottom:0}
.lr-claims tr{padding:.5rem 0;border-bottom:1px solid var(--lr-rule)}
.lr-claims td::before{content:attr(data-of) " ";color:var(--lr-ink2)}}
"""


def claims(found: Iterable[Claim]) -> None:
    """Theory beside measurement, each with whether it holds for this run."""
    rows = ["<tr><th>theory of<th>predicted<th>measured<th>for this run"]
    for claim in found:
        holds = f"<b>{'holds' if claim.holds else 'does not apply'}</b>: {escape(claim.because)}"
        cells = f"<th>{escape(claim.title)}<td data-of=predicted:>{escape(claim.predicted)}"
        cells += f"<td data-of=measured:>{escape(claim.measured)}<td>{holds}"
        rows.append(f"<tr{'' if claim.holds else ' class=lr-no'}>{cells}")
    if len(rows) == 1:
        rows.append("<tr><td colspan=4>Theory has no closed form for this run.")
    st.html(f"<style>{_STYLE}</style><table class=lr-claims>{''.join(rows)}</table>")
