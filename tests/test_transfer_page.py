"""The transfer page: what is chosen on it, what it says of what was found, and that all of it opens."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz.models.transfer import RANDOM, SCRATCH
from lrviz.models.transfer_sweep import Sweep
from lrviz.ui.transfer import charts, page, study, told
from lrviz.ui.transfer.exhibits import EXHIBITS
from lrviz.ui.transfer.view import View, parse
from tests import parcel
from tests.test_background import ended
from tests.test_pages import checked, opened, sentences

QUICK = "view=epochs+0+steps+3+width+4+seeds+2"


def found_with(lower, one=(0.8, 0.8, 0.8), scratch=(0.7, 0.7, 0.7), frozen=(0.5, 0.5, 0.5)) -> Sweep:
    """Three seeds at n = 20 and one rate: accuracies of each way."""
    accuracy = np.array([one, lower, frozen, scratch]).T[:, None, :, None]
    ways = (1.0, 0.1, 0.0, SCRATCH)
    return Sweep((20,), ways, np.array([0.3]), accuracy, np.full((*accuracy.shape, 3), 0.25), np.zeros((2, 3)))


# ---- the view


def test_a_view_survives_its_words():
    view = View(n=50, early=0.3, epochs=2, steps=100, width=16, seeds=3, same=True)
    assert parse(str(view)) == (view, ())
    assert str(View()) == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("n 12", "View.n = 12 is not a multiple of 5: there are as many of each new digit."),
        ("n 1000", "View.n (n) = 1000 is outside [5, 400]."),
        ("early 1", "View.early (r) = 1 is outside (0, 1)."),
        ("early slow", "View.early (r) = 'slow' is not a number."),
        ("same 2", "View.same (same) = '2' is neither 0 (off) nor 1 (on)."),
    ],
)
def test_nonsense_in_a_view_gets_a_sentence_and_the_rest_holds(text, sentence):
    assert parse(f"{text} seeds 3") == (View(seeds=3), (sentence,))


def test_the_runs_own_rate_is_among_those_that_are_tried():
    asked = study.over_sizes(page.SCENE.runs[0], View(n=30))
    assert asked.own in asked.eta.tolist()
    assert asked.sizes == (10, 20, 30, 50, 100, 200)


# ---- what it says


@pytest.mark.parametrize(
    ("lower", "begins", "by"),
    [
        ((0.85, 0.86, 0.84), "Lower early rates win here.", "ahead by 5.0 ± 0.6 points"),
        ((0.75, 0.74, 0.76), "Lower early rates lose here.", "behind by 5.0 ± 0.6 points"),
        ((0.9, 0.75, 0.78), "Lower early rates do not win here.", "ahead by 1.0 ± 4.6 points"),
        ((0.8, 0.8, 0.8), "Lower early rates do not win here.", "exactly even"),
    ],
)
def test_the_verdict_is_what_was_measured(lower, begins, by):
    first, second, _ = told.verdict(found_with(lower), 0.1, 20, None)
    assert first == begins
    assert by in second


@pytest.mark.parametrize(
    ("scratch", "says"),
    [
        ((0.7, 0.7, 0.71), "one rate for all, is ahead by 9.7 ± 0.3 points: what was learnt on 0–4 helps."),
        ((0.9, 0.9, 0.91), "is behind by 10.3 ± 0.3 points: what was learnt on 0–4 is in the way of 5–9."),
        ((0.7, 0.9, 0.81), "is neither clearly ahead nor behind."),
    ],
)
def test_it_is_said_whether_what_was_learnt_before_helps(scratch, says):
    assert says in told.verdict(found_with((0.7, 0.7, 0.7), scratch=scratch), 0.1, 20, None)[-1]


def test_one_seed_has_no_error_and_nothing_is_clear():
    found = found_with((0.75, 0.74, 0.76))
    one = Sweep(found.sizes, found.ways, found.eta, found.accuracy[:1], found.drift[:1], found.learnt)
    first, second, *_ = told.verdict(one, 0.1, 20, None)
    assert first == "Lower early rates do not win here."
    assert "behind by 5.0 points (one seed: no error is known)" in second
    assert charts.sizes(one, 0.1, 20, None).alt == told.sizes_alt(one, None)


def test_guessing_is_drawn_only_where_something_comes_near_it():
    def guesses(found: Sweep) -> bool:
        first, _ = charts.sizes(found, 0.1, 20, None).panels
        return any(getattr(layer, "label", "") == "guessing" for layer in first.layers)

    assert not guesses(found_with((0.7, 0.7, 0.7)))
    assert guesses(found_with((0.2, 0.2, 0.2)))


# ---- the page


def settled(app: AppTest) -> AppTest:
    """The page after all that it works on by itself has ended, one thing after the other."""
    for name in ("transfer", "transfer over r", "transfer curves"):
        key = f"work {name}"
        if key in app.session_state and app.session_state[key] is not None:
            ended(app.session_state[key])
            checked(app)
    return app


def chart_of(app: AppTest, key: str) -> dict:
    component = next(c.proto for c in app.get("bidi_component") if c.proto.id.endswith(key))
    return parcel.opened(component.bytes)[0]["chart"]


def test_an_empty_link_begins_to_fine_tune_and_stopping_keeps_what_there_is():
    study.shelf.clear()  # another test may have had the answer
    app = opened("", "transfer")
    work = app.session_state["work transfer"]
    assert work.question == study.over_sizes(page.SCENE.runs[0], View())
    checked(app.button("work transfer stop").click())
    ended(work)
    checked(app)
    assert app.button("work transfer begin").label.startswith("Fine-tune: 5 seeds × 5 sizes, 20 fine-tunings")


def test_a_link_shows_the_same_for_all_and_all_its_parts():
    app = settled(opened(f"run=adam+eta+0.02&run=gd&{QUICK}+n+10", "transfer"))
    said = sentences(app)
    assert "This page is about the first of the 2 runs" in said
    assert re.search(r"<b>Lower early rates (win|lose|do not win) here.</b>", said)
    assert "Frozen, the old layers serve 5–9" in said
    assert "Seed 0, 10 new examples: one rate for all at η" in said
    panels = [panel["title"] for panel in chart_of(app, page.CURVES_CHART)["panels"]]
    assert panels == ["Accuracy on held-out 5–9", "Held-out loss", "Loss on the new examples"]
    checked(app.toggle("view same").set_value(True))
    assert "all at the same η = 0.02" in sentences(app)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.title)
def test_every_preset_is_legal(exhibit):
    view, problems = parse(exhibit.view)
    assert problems == ()
    assert str(view) == exhibit.view
    assert exhibit.scene.runs[0].schedule.eta > 0


def test_the_file_has_every_fine_tuning():
    found = study.work(study.over_multipliers(page.SCENE.runs[0], parse("epochs 0 steps 1 width 2 seeds 2")[0]), *_MUTE)
    columns = page._columns(found)
    assert {len(np.ravel(column)) for column in columns.values()} == {found.accuracy.size}
    row = 37
    seed, n, way, eta = np.unravel_index(row, found.accuracy.shape)
    assert columns["accuracy"][row] == found.accuracy[seed, n, way, eta]
    assert columns["eta"][row] == found.eta[eta]
    assert {"scratch", "random, frozen", "0", "0.1", "1"} <= set(columns["early"])
    assert found.ways[-1] == RANDOM


_MUTE = (lambda *_: None, lambda: False)


@pytest.mark.browser
def test_a_hand_picks_how_many_examples_the_rest_is_about(page: Page):
    page.goto(f"/transfer?{QUICK}")
    expect(page.get_by_role("button", name="See this n below")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("How much lower? With 20 new examples")).to_be_visible()
    canvas = page.locator(".st-key-transfer-sizes canvas.hand")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] - 60, "y": box["height"] / 3})
    expect(page.get_by_text("How much lower? With 200 new examples")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile(r"n\+200"))
