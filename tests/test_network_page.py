"""The Network page: what is chosen on it and asked of it, and what it says."""

import re
import time

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Constant
from lrviz.scene import Run
from lrviz.ui.network import page
from lrviz.ui.network.examples import EXAMPLES
from lrviz.ui.network.study import question, train
from lrviz.ui.network.view import View
from tests import parcel
from tests.test_pages import checked, opened, sentences

SMALL = "width+4+epochs+2+share+20"
"""Trained in no time."""
WORKS = ("work network training", "work network sweep", "work range test of network")


def settled(app: AppTest) -> AppTest:
    """The page after all that it works on by itself has ended."""
    deadline = time.monotonic() + 60
    while any(work and work.is_going_on for work in works(app)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return checked(app)


def works(app: AppTest) -> list:
    return [app.session_state[key] for key in WORKS if key in app.session_state]


def picture(app: AppTest, key: str = page.CHART) -> dict:
    """The header of a chart."""
    component = next(c.proto for c in app.get("bidi_component") if c.proto.id.endswith(key))
    return parcel.opened(component.bytes)[0]["chart"]


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label.startswith(label))


def test_a_link_is_trained_and_told():
    app = settled(opened(f"surface=quadratic&run=gd+eta+0.5&run=adam+cosine+period+20&view={SMALL}", "network"))
    said = sentences(app)
    assert [panel["title"] for panel in picture(app)["panels"]][1:] == ["test accuracy", "η"]
    assert "64–4–10 with ReLU units: 310 numbers to be learned" in said
    assert "An epoch is 7 steps of 32 examples each, the whole training 14 steps." in said
    assert "<th scope=row class=lr-run-1>Adam, cosine decay, η = 0.001" in said
    assert "gd" in str(app.query_params["run"])
    checked(app.text_input("view width").set_value("5"))
    app = settled(checked(app.text_input("rate 1").set_value("0.25")))
    assert "64–5–10" in sentences(app)
    assert app.query_params["view"] == "width 5 epochs 2 share 20"
    assert "eta 0.25" in app.query_params["run"][0]


def test_what_makes_no_sense_gets_a_sentence_and_nothing_is_lost():
    app = settled(opened(f"surface=quadratic&run=gd&view={SMALL}+depth+3+layers+7", "network"))
    assert "The view has no number &#x27;depth&#x27;" in sentences(app)
    assert "View.layers (ℓ) = 7 is outside [1, 3]." in sentences(app)
    before = dict(app.query_params)
    for field, typed, sentence in (
        ("view epochs", "0", "View.epochs (E) = 0 is outside [1, 500]. Nothing was changed."),
        ("view share", "all", "View.share (%) = &#x27;all&#x27; is not a number. Nothing was changed."),
        ("rate 1", "-1", "is outside (0, ∞). Nothing was changed."),
    ):
        checked(app.text_input(field).set_value(typed))
        assert sentence in sentences(app)
        assert dict(app.query_params) == before
    app = checked(app.text_input("view batch").set_value("500"))
    assert "There is nothing to train: a minibatch of 500 examples cannot be drawn from 229." in sentences(app)
    app = settled(checked(app.text_input("view batch").set_value("32")))
    assert picture(app)


def test_what_takes_long_waits_for_a_button():
    app = opened("surface=quadratic&run=gd&run=adam&view=width+4+epochs+300", "network")
    assert "2 runs of 10,500 steps, 300 epochs each." in sentences(app)
    assert button(app, "Train")
    assert not any(works(app))


def test_what_there_was_when_it_was_stopped_is_shown():
    app = opened("surface=quadratic&run=gd&run=adam&view=width+4+epochs+300", "network")
    app = checked(button(app, "Train").click())
    (work,) = works(app)
    deadline = time.monotonic() + 60
    while work.partial is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    work.stop()
    app = settled(app)
    assert "Stopped at" in sentences(app)
    assert "Adam, η = 0.001<td>not trained yet" in sentences(app)
    assert picture(app)


@pytest.mark.parametrize("number", range(3))
def test_every_rate_is_trained_by_a_button(number):
    app = settled(opened(f"surface=quadratic&run=gd&view={SMALL.replace('epochs+2', 'epochs+1')}", "network"))
    kind = list(page.sweeps.KINDS)[number]
    app = checked(app.segmented_control("compared").set_value(kind))
    assert app.query_params.get("view", "").endswith(f"compared {number}" if number else "share 20")
    app = settled(checked(next(b for b in app.button if re.match(r"Train \d+ networks", b.label)).click()))
    assert picture(app, page.SWEEP)["x"]["title"].startswith("η")
    assert page.sweeps_told.question(kind) in sentences(app)
    assert sentences(app).count("<table") == 2


def test_the_range_test_is_of_the_first_run_on_minibatches():
    app = settled(opened(f"surface=quadratic&run=gd+eta+0.5&view={SMALL}", "network"))
    app = settled(checked(button(app, "Run the test").click()))
    assert "each step’s sample" in str(picture(app, "range test of network"))


def test_all_that_was_looked_at_can_be_downloaded():
    from lrviz.ui.network.study import train

    asked = question(EXAMPLES[2].scene.runs, View(width=4, epochs=2, share=20))
    found = train(asked, lambda *_: None, lambda: False)
    columns = page.columns(asked, found)
    assert list(columns["run"]) == ["η = 0.003"] * 3 + ["η = 0.01"] * 3
    assert list(columns["epoch"]) == [0, 1, 2] * 2
    assert columns["validation loss"][4] == found.of("validation loss", 1)[1]


def test_two_visitors_train_at_once_and_each_sees_what_is_theirs():
    etas = (0.05, 0.5)
    both = [opened(f"surface=quadratic&run=gd+eta+{eta}&view={SMALL}", "network") for eta in etas]
    for eta, app in zip(etas, map(settled, both), strict=True):
        asked = question([Run(GD(), Constant(eta))], View.parse(SMALL.replace("+", " "))[0])
        told, found = app.session_state["work network training last"]
        assert told == asked
        alone = train(asked, lambda *_: None, lambda: False)
        for name, values in alone.values.items():
            np.testing.assert_array_equal(found.values[name], values)
        assert f"η = {eta}" in sentences(app)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_is_legal_and_short_enough_to_begin_by_itself(example):
    view, problems = View.parse(example.view)
    assert problems == ()
    assert question(example.scene.runs, view).steps <= page.studies.AT_ONCE


# ---- in a browser


@pytest.mark.browser
def test_curves_grow_and_are_read(page: Page) -> None:
    page.goto("/network?surface=quadratic&run=gd+eta+0.1&run=gd+eta+1&view=epochs+4")
    expect(page.get_by_text("has the lowest validation loss")).to_be_visible(timeout=60_000)
    chart = page.locator(".chart").first
    expect(chart).to_contain_text("Point at the chart to read it")
    chart.get_by_role("application").hover()
    expect(chart.locator(".readout")).to_contain_text("epoch =")
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("button", name="A large minibatch needs a larger η").click()
    expect(page.get_by_text("η = 0.4 has the lowest validation loss")).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile(r"view=batch\+256$"))
