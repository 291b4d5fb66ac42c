"""A range test of the page's model: the test, real runs at fixed rates below it, and whether it was right."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np
import streamlit as st

from lrviz.models.range_check import GOOD, RATES, Checked, check
from lrviz.numerals import count, listed, rounded
from lrviz.tuning.range_test import EDGE
from lrviz.tuning.task import Task
from lrviz.ui import chart, session, words
from lrviz.ui.background import Shelf, answer
from lrviz.ui.chart import Axis, Chart, Dots, Level, Line, Mark, Panel, Zone
from lrviz.ui.chart.parts import Layer
from lrviz.ui.models import results
from lrviz.ui.range_test import told
from lrviz.ui.range_test.picture import SHORT, tested

STEPS = 200
"""Of the ramp, where the page says nothing else."""


def ranging(
    name: str,
    question: Hashable,
    task: Callable[[], Task],
    low: float,
    high: float,
    *,
    steps: int = STEPS,
    use: Callable[[float], None] = session.take_rate,
    judged: str = "loss",
    what: str = "",
) -> None:
    """A section of the page with its own button: the range test of a task from η = low to high.

    name: the page's slug. question: all that the answer depends on besides the range and `steps`, those of the ramp.
    task: makes what is tested and what is really run; cheap, for it is asked how long that is. use: takes the rate
    that a hand picked in the picture, or a suggestion. judged: what a real run is judged by, where that is another
    loss than the one that it brings down. what: is run, in words; the optimizer by default.
    """
    words.heading("A range test of this model")
    asked, made = (name, question, low, high, steps), task()
    found = answer(
        f"range test of {name}",
        asked,
        lambda progress, cancelled: check(made, (low, high), steps, progress, cancelled),
        _shelf(),
        saying="Up the ramp, then real runs",
        label=f"Run the test: {count(steps)} steps",
        by_itself=False,
        note=(
            f"η rises from {rounded(low)} to {rounded(high)} in one run of {count(steps)} steps of"
            f" {what or made.optimizer.title}. Then real runs of {count(made.steps)} steps, side by side at {RATES}"
            " fixed rates and at those that the test suggests, say whether it was right."
        ),
    )
    if found is not None:
        _show(f"range test of {name}", found, use, judged)


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf[Checked]:
    """Where this server keeps the tests."""
    return Shelf(16)


def _show(key: str, found: Checked, use: Callable[[float], None], judged: str) -> None:
    def pick() -> None:
        eta = chart.last_pick(key)
        if eta is not None:
            use(float(f"{eta:.3g}"))  # a hand is no more exact

    chart.show(picture(found, judged), key, on_pick=pick)
    words.verdict(verdict(found, judged))
    results.table(
        ["rule", "η", f"a real run of {count(found.steps)} steps", "why there"],
        rows(found),
        of_runs=False,
        look="lr-reasons",
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.html('<span class="lr-quiet">Take to the first run</span>', width="content")
        for rule, eta in found.suggested.items():
            label = f"{rule}: η = {rounded(eta)}"
            st.button(label, key=f"{key} take {rule}", on_click=use, args=[float(f"{eta:.3g}")])


# ---- the picture


def picture(found: Checked, judged: str = "loss") -> Chart:
    """What the test saw, and below it over the same rates what real runs end with."""
    test = found.test
    return Chart(
        x=Axis("η", "log", float(test.ramp.eta), float(test.ramp.top)),
        panels=(tested(test, _marks(found, labelled=True)), _ends(found, judged)),
        alt=" ".join([*verdict(found, judged), *told.stop(test)]),
        pick="take this η to the first run",
    )


def _marks(found: Checked, labelled: bool) -> list[Mark]:
    return [
        Mark(eta, SHORT.get(name, name) if labelled else "", "run1", text=f"{name}: {_end(found, eta)}")
        for name, eta in found.suggested.items()
    ]


def _ends(found: Checked, judged: str) -> Panel:
    """The loss at the end of each real run."""
    ended = np.isfinite(found.loss)
    axis = Axis(judged, "log" if np.all(found.loss[ended] > 0) and found.start > 0 else "linear")
    texts = tuple(f"η = {rounded(eta)}: {_came_to(loss)}" for eta, loss in zip(found.eta, found.loss, strict=True))
    layers: list[Layer] = [
        *_marks(found, labelled=False),
        Level(found.start, "at the start"),
        Line(found.eta, np.where(ended, found.loss, np.nan), "", "run2", width=1.4, label=False),
        Dots(found.eta, found.loss, "real runs", "run2", texts=texts),
    ]
    if ended.any():
        layers.append(Mark(float(found.eta[found.best]), "best", "run2", dash=(2, 3)))
    last = np.flatnonzero(ended)
    if last.size and last[-1] < len(found.eta) - 1:
        layers.insert(0, Zone(float(found.eta[last[-1] + 1]), np.inf, "blows up"))
    return Panel(f"Real runs at a fixed η, after {count(found.steps)} steps", axis, tuple(layers))


def _came_to(loss: float) -> str:
    return f"ends at {rounded(loss)}" if np.isfinite(loss) else "blows up"


# ---- in words


def verdict(found: Checked, judged: str = "loss") -> list[str]:
    """How what the test suggests stands beside the best of the real runs."""
    best = float(found.loss[found.best])
    if not np.isfinite(best):
        return ["Every one of the real runs blew up: no rate in this range is good."]
    if not best < found.start:
        return [f"None of the real runs came below the {judged} at the start: no rate in this range is good."]
    said = (
        f"After {count(found.steps)} steps the best of {len(found.eta)} fixed rates is"
        f" η = {rounded(float(found.eta[found.best]))}, which takes the {judged} from {rounded(found.start)} to"
        f" {rounded(best)}; as good is what makes {GOOD:.0%} of that way."
    )
    read = found.suggested
    if not read:
        return ["The test suggests nothing here.", said]
    good = [name for name, eta in read.items() if found.is_good(found.at(eta))]
    bad = [name for name in read if name not in good]
    if not bad:
        return [f"The test is right here: {listed(good)} {_is(good)} as good as the best real run.", said]
    if not good:
        return [f"The test misleads here: {listed(bad)} {_is(bad)} not as good as the best real run.", said]
    half = f"{listed(good)} {_is(good)} as good as the best real run, {listed(bad)} {_is(bad)} not."
    return [f"The test is partly right here: {half}", said]


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def rows(found: Checked) -> list[list[str]]:
    """A row for each rule that reads the curve: its name, its η, what a real run there comes to, why it is there."""
    return [
        [name, rounded(one.eta) if 0 < one.eta < np.inf else "–", _end(found, one.eta), one.sentence]
        for name, one in found.test.found.items()
        if name != EDGE
    ]


def _end(found: Checked, eta: float) -> str:
    if not 0 < eta < np.inf:
        return "–"
    loss = found.at(eta)
    share = found.share(loss)
    if not np.isfinite(loss):
        return "blows up"
    if np.isnan(share):
        return f"ends at {rounded(loss)}"
    if share < 0:
        return f"ends at {rounded(loss)}, above the start"
    return f"ends at {rounded(loss)}: {share:.0%} of the best one’s way"
