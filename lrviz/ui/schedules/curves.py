"""Each schedule's η(t) as a small picture: what it looks like over a budget of its own, whatever the scene."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

import numpy as np

from lrviz.declare import Array
from lrviz.palette import DASHES, Theme
from lrviz.schedules import SCHEDULES, STEPS, Constant, Schedule, Warmup

WIDTH, HEIGHT, MARGIN = 76, 30, 3
POINTS = 76
_IMPROVES = 0.4  # the loss that a rate which follows it is shown with: it halves for so long a share, then stands still


def rates(schedule: Schedule, steps: int = STEPS) -> Array:
    """η_0 … η_{steps − 1}, (steps,). One that looks at the loss sees one that falls for a while, then stands still."""
    memory, found = schedule.init(np.zeros(1)), []
    for t in range(steps):
        eta, memory = schedule.step(t, np.array([0.9 ** min(t, _IMPROVES * steps)]), memory)
        found.append(float(np.ravel(eta)[0]))
    return np.array(found)


@lru_cache(64)
def picture(slug: str, colour: str, dash: str = "") -> str:
    """A schedule's curve as SVG, from 0 at the bottom to its highest rate at the top."""
    eta = rates(_typical(slug))
    at = np.unique(np.rint(np.linspace(0, STEPS - 1, POINTS)).astype(int))
    x = MARGIN + (WIDTH - 2 * MARGIN) * at / (STEPS - 1)
    y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * eta[at] / eta.max()
    points = " ".join(f"{across:.1f},{down:.1f}" for across, down in zip(x, y, strict=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        ' stroke-linejoin="round"/></svg>'
    )


def source(slug: str, colour: str, dash: str = "") -> str:
    """The picture as the address of an image."""
    return f"data:image/svg+xml;utf8,{quote(picture(slug, colour, dash))}"


def _typical(slug: str) -> Schedule:
    """With its defaults, but for those that would not show."""
    if slug == Warmup.slug:
        return Warmup(Constant(), steps=STEPS // 4, start_factor=0.02)
    plainer: dict[str, dict[str, float]] = {"step": {"drop": 0.4}, "multi_step": {"drop": 0.4}}
    plainer["plateau"] = {"factor": 0.4, "patience": 40}
    return SCHEDULES[slug](**plainer.get(slug, {}))


def style(shown: dict[str, int], key: str, theme: Theme) -> str:
    """The curves as backgrounds of the buttons under a container's key: in a run's colour and dashes where it is shown.

    shown: which schedules are, each with its run's number.
    """
    rules = []
    for place, slug in enumerate(SCHEDULES, start=1):
        run = shown.get(slug)
        colour, dash = (theme.ink2, "") if run is None else (theme.runs[run], DASHES[run])
        image = f'url("{source(slug, colour, dash)}")'
        rules.append(f".st-key-{key} button:nth-of-type({place}){{background-image:{image}}}")
    return "".join(rules)
