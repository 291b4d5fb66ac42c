"""The search page: what is chosen on it and asked of it, and that its long work is in nobody's way."""

import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Constant, Momentum, Quadratic
from lrviz.scene import Run, Scene
from lrviz.ui.search import page, study
from lrviz.ui.search.examples import EXAMPLES
from lrviz.ui.search.view import Second, View, parse, usual_eta
from tests import parcel
from tests.pairs import pairs
from tests.test_pages import checked, opened, sentences

SCENE = Scene(Quadratic(), (Run(GD(), Constant(0.1)),), steps=30)


# ---- the view


@pytest.mark.parametrize(
    "view",
    [
        View(eta=usual_eta(SCENE)),
        View(eta=(1e-3, 0.5), method="grid", runs=7, sample=3, truth=True, seeds=20),
        View(eta=(1e-3, 0.5), also=Second("weight_decay", (1e-3, 0.1))),
        View(eta=usual_eta(SCENE), also=Second("weight_decay", (1e-4, 1.0))),
    ],
)
def test_a_view_survives_its_words(view):
    assert parse(view.text(SCENE), SCENE) == (view, ())


def test_what_has_its_default_is_not_in_the_words():
    assert View(eta=usual_eta(SCENE)).text(SCENE) == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("method luck", "There is no search 'luck'. There are: grid, random, bayesian, halving."),
        ("method", "There is no search ''. There are: grid, random, bayesian, halving."),
        ("eta 1", "The range of η is '1'; it takes two numbers."),
        ("eta 1 0.1", "The range of η goes from 1 to 0.1; it must rise."),
        ("eta -1 1", "Search.eta (η) = -1 is outside (0, ∞)."),
        ("eta 0.1 inf", "Search.eta (η) = inf is outside (0, ∞)."),
        (
            "also beta",
            "Gradient descent has no number 'beta' to search with η; it has: weight_decay.",
        ),
        ("also weight_decay 0 1", "λ is searched on a logarithmic scale: its range must begin above 0."),
        ("runs 1", "View.runs (R) = 1 is outside [2, 100]."),
        ("seeds many", "View.seeds (N) = 'many' is not a number."),
        ("truth 2", "View.truth (truth) = '2' is neither 0 (off) nor 1 (on)."),
        ("colour red", "The view has no part 'colour'; it has: method, eta, also, runs, sample, truth, seeds."),
    ],
)
def test_nonsense_in_a_view_gets_a_sentence_and_the_rest_holds(text, sentence):
    view, problems = parse(f"{text} sample 4", SCENE)
    assert problems == (sentence,)
    assert view == View(eta=usual_eta(SCENE), sample=4)


# ---- the page


def settled(app: AppTest) -> AppTest:
    """The page after all that it works on by itself has ended."""
    deadline = time.monotonic() + 60
    while any(work and work.is_going_on for work in works(app)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return checked(app)


def works(app: AppTest) -> list:
    keys = ("work bayesian search", "work truth", "work many searches")
    return [app.session_state[key] for key in keys if key in app.session_state]


def visited(text: str = "") -> AppTest:
    return settled(opened(text, "search"))


def samples(app: AppTest) -> dict:
    """The header of the chart of the samples."""
    component = next(c.proto for c in app.get("bidi_component") if c.proto.id.endswith(page.SAMPLES))
    return parcel.opened(component.bytes)[0]["chart"]


def test_an_empty_link_shows_the_bayesian_samples():
    app = visited()
    assert app.session_state["desks"]["search"].board.scene == EXAMPLES[0].scene
    assert "Sample 1 of" in samples(app)["says"][0]
    assert "lr-run-2>Bayesian" in sentences(app)
    assert "The truth: the best" not in sentences(app)
    checked(app.toggle("truth").set_value(True))
    assert "The truth: the best of 400 is η = 0.181, with" in sentences(settled(app))


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs()[::9])
def test_no_scene_raises(surface, optimizer, schedule):
    noise = "&noise=additive" if optimizer < "m" else ""
    app = visited(f"surface={surface}&steps=12{noise}&view=runs+4+truth+1&run={optimizer}+{schedule}")
    assert "lr-run-2>Bayesian" in sentences(app)
    assert "The truth: the best" in sentences(app) or "blow up" in sentences(app)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_opens_by_its_button(example):
    app = visited("surface=ackley&steps=5&view=runs+4")
    app = settled(checked(app.button(f"exhibit {example.title}").click()))
    assert app.session_state["desks"]["search"].board.scene == example.scene
    view, _ = parse(example.view, example.scene)
    assert samples(app)["frame"] + 1 == samples(app)["frames"]
    assert app.segmented_control("method").value == view.method


def test_all_that_is_chosen_is_in_the_address():
    app = visited("surface=quadratic&steps=20&run=momentum")
    checked(app.segmented_control("method").set_value("grid"))
    checked(app.selectbox("second").select("beta"))
    checked(app.text_input("beta to").set_value("0.99"))
    checked(app.text_input("eta from").set_value("0.01"))
    checked(app.text_input("runs").set_value("9"))
    app = settled(checked(app.text_input("seeds").set_value("20")))
    assert app.query_params["view"] == "method grid eta 0.01 1 also beta 0 0.99 runs 9 seeds 20"
    checked(app.text_input("seed").set_value("4"))
    assert app.query_params["seed"] == "4"
    assert samples(app)["frames"] == 9
    app = settled(checked(app.selectbox("second").select("")))
    assert samples(app)["frames"] == 9
    assert samples(app)["has_run"]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("eta from", "2", "The range of η goes from 2 to 1; it must rise. Nothing was changed."),
        ("eta to", "", "Search.eta (η) = &#x27;nothing&#x27; is not a number. Nothing was changed."),
        ("eta from", "0", "Search.eta (η) = 0 is outside (0, ∞). Nothing was changed."),
        ("runs", "1e9", "View.runs (R) = 1000000000 is outside [2, 100]. Nothing was changed."),
        ("seeds", "<b>", "View.seeds (N) = &#x27;&lt;b&gt;&#x27; is not a number. Nothing was changed."),
    ],
)
def test_nonsense_is_refused_and_nothing_is_lost(field, typed, sentence):
    app = visited("surface=quadratic&steps=20&run=gd&view=runs+4")
    before = dict(app.query_params)
    checked(app.text_input(field).set_value(typed))
    assert sentence in sentences(app)
    assert dict(app.query_params) == before


def test_a_number_that_another_optimizer_does_not_have_goes():
    app = visited("surface=quadratic&steps=20&run=momentum&view=also+beta+runs+4")
    app = settled(checked(app.selectbox("optimizer 1").select("gd")))
    assert "Gradient descent has no number &#x27;beta&#x27; to search with η" in sentences(app)
    assert samples(app)["has_run"]


def test_a_sample_of_the_address_is_shown_and_the_last_where_there_are_fewer():
    for sample, frame in ((2, 1), (77, 5)):
        app = visited(f"surface=quadratic&steps=20&run=gd+eta+0.1&run=adam&view=method+grid+runs+6+sample+{sample}")
        assert samples(app)["frame"] == frame
        assert app.query_params["view"] == f"method grid runs 6 sample {sample}"
    assert "This page is about the first of the 2 runs, Gradient descent." in sentences(app)


@pytest.mark.parametrize("state", [None, 3, "x", {"frame": "x", "pick": None}, {"frame": -1, "pick": "0"}])
def test_garbage_from_the_chart_is_let_go(state):
    app = visited("surface=quadratic&steps=20&run=gd&view=method+grid+runs+6")
    before = dict(app.query_params)
    app.session_state[page.SAMPLES] = state
    assert dict(checked(app).query_params) == before


def test_a_place_on_the_plane_is_both_numbers_and_no_other_question():
    scene = Scene(Quadratic(), (Run(Momentum(), Constant(0.1)),), steps=30)
    view, _ = parse("also beta", scene)
    asked = study.question(scene, view)
    run = page.placed(scene.runs[0], asked, 0.03, 0.6)
    assert run == Run(Momentum(beta=0.6), Constant(0.03))
    assert study.question(replace(scene, runs=(run,)), view) == asked
    assert page.placed(scene.runs[0], asked, 0.03, None) == Run(Momentum(), Constant(0.03))
    assert page.placed(scene.runs[0], study.question(scene, parse("", scene)[0]), 0.03, 0.6).optimizer == Momentum()


def test_what_cannot_be_searched_gets_a_sentence():
    app = opened("surface=rosenbrock&start=1e200+1e200&steps=20&run=gd", "search")
    assert "There is nothing to search: " in sentences(app)
    assert not app.exception


def repeat_button(app: AppTest):
    return next(button for button in app.button if button.label.startswith("Repeat each search"))


def wins(said: str) -> list[str]:
    return re.findall(r"\w+ search ends lower than [^.]*", said)


def test_repetitions_wait_for_nobody_and_stay():
    app = visited("surface=quadratic&steps=20&run=gd&view=runs+4+seeds+500")
    app = checked(
        next(button for button in app.button if button.label.startswith("Repeat each search with 500")).click()
    )
    work = app.session_state["work many searches"]
    assert work.is_going_on
    checked(app.segmented_control("method").set_value("grid"))  # the page goes on while it works
    assert app.session_state["work many searches"] is work
    assert samples(app)["frames"] == 4
    app = settled(app)
    assert "of 500 draws" in (first := sentences(app))
    assert "still about" not in first
    app = settled(checked(app.text_input("steps").set_value("21")))
    kept = sentences(app)
    assert "What stands here is still about η of Gradient descent on Quadratic, η from 1e" not in kept
    assert "of 20 steps, 500 draws." in kept
    assert (
        re.search(r"Bayesian search ends lower.*?</p>", kept)[0]
        == re.search(r"Bayesian search ends lower.*?</p>", first)[0]
    )
    assert repeat_button(app).label == "Repeat each search with 500 draws"


def test_repetitions_can_be_stopped():
    app = visited("surface=quadratic&steps=20&run=gd&view=runs+30+seeds+500")
    app = checked(repeat_button(app).click())
    work = app.session_state["work many searches"]
    work.stop()
    app = settled(app)
    assert repeat_button(app)
    assert "of 500 draws" not in sentences(app)


def test_nothing_heavy_is_loaded_before_a_bayesian_search():
    script = "import sys, lrviz.ui.search.page; print(*{'sklearn', 'bayes_opt', 'pandas'} & set(sys.modules))"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# ---- in a browser


@pytest.mark.browser
def test_hands_step_through_the_samples_and_take_a_rate(page: Page) -> None:
    page.goto("/search?surface=quadratic&steps=30&run=gd&view=runs+6")
    scrub = page.get_by_role("slider", name="sample").first
    expect(scrub).to_have_attribute("aria-valuetext", re.compile("sample (6|7) of"), timeout=60_000)
    says = page.locator(".says").first
    expect(says).to_contain_text("the model expected")
    scrub.focus()
    page.keyboard.press("Home")
    expect(says).to_contain_text("Sample 1 of")
    expect(page).to_have_url(re.compile(r"view=runs\+6\+sample\+1"))
    page.keyboard.press("ArrowRight")
    expect(says).to_contain_text("Sample 2 of")
    expect(page).to_have_url(re.compile(r"sample\+2"))
    page.reload()
    expect(page.locator(".says").first).to_contain_text("Sample 2 of", timeout=60_000)
    hand = page.get_by_role("application").first
    hand.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"run=gd\+eta\+"))
    expect(page.locator(".says").first).to_contain_text("Sample 2 of")


@pytest.mark.browser
def test_an_example_opens_whole_while_the_page_works(page: Page) -> None:
    """Its numbers stay, although the progress bar lets the browser send what its fields held before."""
    page.goto("/search")
    expect(page.locator(".says").first).to_contain_text("Sample", timeout=60_000)
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("button", name="Halving is fooled by noise").click()
    expect(page.get_by_text("Over 16 draws the median is lowest")).to_be_visible(timeout=60_000)
    expect(page.locator(".says").first).to_contain_text("η = 0.0195 stands at 0.00396")
    expect(page).to_have_url(re.compile(r"noise=additive\+sigma\+0\.3.*view=method\+halving\+truth\+1$"))
    expect(page.get_by_role("textbox", name="Steps a run")).to_have_value("300")
