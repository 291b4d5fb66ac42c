"""The strategies page: all of them side by side, then each with its claims, the scenes, and what was measured."""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import parse_qs

import streamlit as st

from lrviz.link import LANDING
from lrviz.numerals import count, quoted
from lrviz.palette import Theme
from lrviz.strategies import STRATEGIES, Claim, Measured, Strategy
from lrviz.strategies.breadth import QUERY
from lrviz.ui import chart, session, words
from lrviz.ui.background import answer
from lrviz.ui.copy_link import copy_link
from lrviz.ui.head import refused
from lrviz.ui.open_in import MODELS, PAGES
from lrviz.ui.schedules import curves
from lrviz.ui.strategies import picture, study

PAGE = "strategies"
SCENE = LANDING
"""The page shows no scene of its own; its claims lead to some."""
ALL = "all"
TITLES = {ALL: "All"} | {strategy.slug: strategy.title for strategy in STRATEGIES}
SUBTITLE = "What is said for and against each way to choose a learning rate, and what was measured of it."
_STYLE = Path(__file__).parent / "css" / "page.css"
_CURVES = {
    "fixed": "constant",
    "decay": "cosine",
    "warmup": "warmup",
    "cyclical": "triangular",
}
"""Whose curve stands beside a strategy's name; what is not a curve of time has none."""


def chosen() -> str:
    """The slug of the strategy that is looked at, or ALL; and what is none is told, and is ALL."""
    view = session.view()
    return view if view in TITLES else ALL


def head() -> None:
    """Title and link; and what was refused."""
    st.html(f"<style>{_STYLE.read_text(encoding='utf-8')}{_colours(words.theme())}</style>")
    with st.container(key="head"):
        text, button = st.columns([5, 0.8], vertical_alignment="center")
    with text:
        words.head("Strategies", SUBTITLE)
    with button:
        copy_link()
    view = session.view()
    wrong = view and view not in TITLES
    refused([f"There is no strategy {quoted(view)}. There are: {', '.join(list(TITLES)[1:])}."] if wrong else [])


def _colours(theme: Theme) -> str:
    """Of links and marks; those of an outcome mean the same here as on the stage."""
    marks = {"holds": theme.outcomes["converged"], "fails": theme.outcomes["diverged"]}
    rules = [f".lr-is-{kind}::before{{background:{fill};color:{ink}}}" for kind, (fill, ink) in marks.items()]
    return "".join([f":root{{--lr-link:{theme.focus}}}", *rules])


# ---- side by side


def overview() -> None:
    """A row for each strategy; on a phone a block."""
    headings = "".join(f"<th>{heading}" for heading in ("", "For it", "Against it", "Typically used for"))
    rows = "<tr>".join(_row(strategy, words.theme()) for strategy in STRATEGIES)
    st.html(f'<table class="lr-table lr-strategies" tabindex=0><tr>{headings}<tr>{rows}</table>')
    words.say(
        [
            "What it is used for is practice, as the literature has it. All that stands for or against a strategy is"
            " measured below, or is said to be not shown here."
        ]
    )


def _row(strategy: Strategy, theme: Theme) -> str:
    cells = (("For it", strategy.pro), ("Against it", strategy.con), ("Typically used for", strategy.use))
    told = "".join(f'<td data-of="{heading}">{escape(text)}' for heading, text in cells)
    return f"<th>{escape(strategy.title)}{_curve(strategy, theme)}{told}"


def _curve(strategy: Strategy, theme: Theme) -> str:
    slug = _CURVES.get(strategy.slug)
    return "" if slug is None else f'<img alt="" src="{curves.source(slug, theme.ink2)}" width=76 height=30>'


# ---- hard to tune


def tuning() -> None:
    """How wide the range of good rates is for each."""
    words.heading("How hard is each to tune?")
    found = study.good_rates()
    left, right = st.columns([1.7, 1], gap="large", vertical_alignment="center")
    with left:
        chart.show(picture.chart(found), "good rates")
    with right:
        words.say(found.sentences())
        with st.container(key="claim-tuning"):
            label = "See these runs on the playground"
            st.page_link("pages/playground.py", label=label, query_params=parse_qs(QUERY), width="content")


# ---- the claims


def measure() -> None:
    """What is looked at, and how far the measuring is."""
    key, now = "strategy", chosen()
    st.session_state[key] = now

    def choose() -> None:
        slug = st.session_state[key] or now  # a second click on the chosen one means nothing
        session.touch()
        session.look("" if slug == ALL else slug)

    st.segmented_control(
        "Claims about", list(TITLES), format_func=TITLES.__getitem__, key=key, on_change=choose, width="stretch"
    )
    kept = study.shelf()
    asked = [claim for strategy in _looked_at() for claim in strategy.claims if claim.is_shown]
    answer(
        "strategies",
        tuple(claim.slug for claim in asked),
        lambda progress, cancelled: study.measure(asked, kept, progress, cancelled),
        study.answers(),
        saying=f"Measuring {count(len(asked))} claims",
        label="Measure them",
        note=f"{count(len(asked))} claims, each over many starts, seeds or rates.",
        by_itself=True,
    )


def _looked_at() -> tuple[Strategy, ...]:
    now = chosen()
    return tuple(strategy for strategy in STRATEGIES if now in (ALL, strategy.slug))


def claims() -> None:
    """Each strategy that is looked at: what is for it at the left, what is against it at the right."""
    found = study.known()
    for strategy in _looked_at():
        with st.container(key=f"strategy-{strategy.slug}"):
            title = f'<h2 class="lr-h2">{escape(strategy.title)}</h2>{_curve(strategy, words.theme())}'
            st.html(f'<div class="lr-strategy">{title}<p>{escape(strategy.what)}</p></div>')
            for column, side, heading in zip(
                st.columns(2, gap="large"),
                (strategy.pros, strategy.cons),
                ("For it", "Against it"),
                strict=True,
            ):
                with column:
                    st.html(f'<h3 class="lr-side">{escape(heading)}</h3>')
                    for claim in side:
                        _claim(claim, found.get(claim.slug))
            use = f"<b>Typical use.</b> {escape(strategy.use)} <i>{escape(strategy.use_source)}.</i>"
            st.html(f'<p class="lr-quiet">{use}</p>')


def _claim(claim: Claim, found: Measured | None) -> None:
    with st.container(key=f"claim-{claim.slug}", gap="small"):
        parts = [f"<h4>{escape(claim.text)}</h4>", status(claim, found)]
        parts += [f'<p class="lr-aside">{escape(text)}</p>' for text in (claim.look, claim.source) if text]
        st.html(f'<div class="lr-claim">{"".join(parts)}</div>')
        if claim.is_shown:
            title = "playground" if claim.page == "playground" else f"page {(PAGES | MODELS)[claim.page]}"
            label = f"See it on the {title}"
            st.page_link(f"pages/{claim.page}.py", label=label, query_params=link(claim), width="content")


def status(claim: Claim, found: Measured | None) -> str:
    """Whether a claim holds, and the numbers, as HTML."""
    if not claim.is_shown:
        kind, lead, told = "none", "Not shown here.", claim.why_not
    elif found is None:
        kind, lead, told = "open", "Not measured yet.", ""
    elif found.holds:
        kind, lead, told = "holds", "Holds.", found.sentence
    else:
        kind, lead, told = "fails", "Does not hold here.", found.sentence
    return f'<p class="lr-status lr-is-{kind}"><b>{lead}</b> {escape(told)}</p>'


def link(claim: Claim) -> dict[str, list[str]]:
    """The parameters of the address that shows it."""
    return parse_qs(claim.query) | ({"view": [claim.view]} if claim.view else {})
