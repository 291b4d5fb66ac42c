"""What the page has computed: attempts, the truth, and the searches at the same cost; kept for all visitors."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.link import query, read
from lrviz.scene import Scene
from lrviz.tuning.by_hand import Attempt, attempt
from lrviz.tuning.repeat import Repeated, repeat
from lrviz.tuning.task import Task
from lrviz.ui import background

RANGE = (1e-5, 10.0)
"""From which η to which the truth is shown, and the searches look: an η slider's."""
RATES, DIGITS = 241, 4
"""On the curve of the truth, and to how many digits: 40 in each decade, so that a narrow best is not missed."""
SEEDS = 100
"""So many searches of each method, which differ by their draws."""
METHODS = ("grid", "random", "bayesian")

searches: background.Shelf[Repeated] = background.Shelf(32)


def link(scene: Scene) -> str:
    """The text by which answers are kept: the scene with the one run that the page is about, whatever its rate."""
    run = scene.runs[0]
    run = replace(run, schedule=run.schedule.with_eta(run.optimizer.typical_eta))
    return query(replace(scene, runs=(run,)), default=None)


def task(text: str) -> Task:
    """What is tuned."""
    return read(parse_qs(text)).scene.task()


@st.cache_resource(max_entries=256, show_spinner=False)
def attempted(text: str, eta: float) -> Attempt:
    """One attempt."""
    return attempt(task(text), eta)


@st.cache_resource(max_entries=16, show_spinner=False)
def truth(text: str, low: float, high: float) -> tuple[Array, Array]:
    """What every rate of a range comes to, with the attempts' own draws where there is noise: (RATES,) each."""
    etas = np.array([float(f"{eta:.{DIGITS - 1}e}") for eta in np.geomspace(low, high, RATES).tolist()])
    return etas, task(text).losses(etas)


def search(
    text: str, budget: int, progress: background.Progress | None = None, cancelled: background.Cancelled | None = None
) -> Repeated:
    """Many searches of each method at a budget. ValueError where it does not suffice for a single run."""
    asked = task(text)
    return repeat(
        asked.problem,
        asked.optimizer,
        METHODS,
        SEEDS,
        eta=RANGE,
        steps=asked.steps,
        budget=budget,
        schedule=asked.schedule,
        start=asked.start,
        noise=asked.noise,
        seed=asked.seed,
        progress=progress,
        cancelled=cancelled,
    )


def least_budget(text: str) -> int:
    """What one whole run costs, so that a search can begin."""
    asked = task(text)
    return int(asked.course({"eta": np.array([RANGE[0]])}, at=[1]).evaluations[0, 0]) * asked.steps
