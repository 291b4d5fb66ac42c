"""Tune fairly on the playground: what it changes, what it says, and the way back."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Adam, Additive, Constant, Cosine, Momentum, Quadratic, Saddle, Warmup
from lrviz.link import query
from lrviz.scene import Run, Scene
from lrviz.tuning.fair import Race, Tuned, tuned
from lrviz.tuning.task import Task
from lrviz.ui import background, fair
from tests.test_pages import checked, edited, etas, opened, sentences

THREE = "surface=quadratic&steps=60&run=gd+eta+0.25&run=momentum+eta+0.25&run=adam+eta+0.25"
SCENE = Scene(Quadratic(), (Run(GD(), Constant(0.25)), Run(Momentum(), Constant(0.25)), Run(Adam(), Constant(0.25))))


def scene_of(app: AppTest) -> Scene:
    return app.session_state["desks"]["playground"].board.scene


def tuned_page(text: str = THREE) -> AppTest:
    return checked(opened(text).button("tune fairly").click())


def way(app: AppTest):
    return app.segmented_control("fair way")


def race_of(*numbers: tuple[float, float, float, float], one_eta: float = 0.25, at_one: list[float]) -> Race:
    """A race of made-up numbers: for each run its best η and loss, and those before."""
    runs = [Tuned(*four, tried=np.ones(1), losses=np.ones(1), evaluations=100) for four in numbers]
    return Race(tuple(runs), one_eta, np.array(at_one))


# ---- what it does


def test_each_run_gets_its_own_best_rate_and_nothing_else_changes():
    app = tuned_page()
    for run in scene_of(app).runs:
        best = tuned(Task(Quadratic(), run.optimizer, 60, Constant(0.25), start=Quadratic().start))
        assert run.schedule.eta == best.eta
    before = fair.at(scene_of(app), [0.25] * 3)
    assert query(before) == THREE
    assert app.query_params["view"] == "fair 0.25 0.25 0.25"
    assert urlencode(dict(app.query_params), doseq=True) == query(scene_of(app), view="fair 0.25 0.25 0.25")


def test_the_way_back_is_one_click_and_so_is_the_way_on():
    app = tuned_page()
    best = scene_of(app)
    for label, wanted in (("One η for all: 0.25", fair.at(best, [0.25] * 3)), ("Each at its own best", best)):
        checked(way(app).set_value(label))
        assert scene_of(app) == wanted
        assert app.session_state["fair way"] == label


def test_rates_that_were_not_alike_can_be_had_back_too():
    text = "surface=quadratic&steps=60&run=gd+eta+0.02&run=adam+eta+0.3"
    app = tuned_page(text)
    assert way(app).options == ["As it was", "One η for all: 0.02", "Each at its own best"]
    checked(way(app).set_value("As it was"))
    assert query(scene_of(app)) == text
    checked(way(app).set_value("One η for all: 0.02"))
    assert fair.etas_of(scene_of(app)) == (0.02, 0.02)
    checked(app.button("close fair").click())
    assert "view" not in app.query_params
    assert "The race, fairly" not in sentences(app)


def test_the_link_of_a_tuned_scene_shows_the_race_and_leaves_the_rates_alone():
    app = opened(THREE.replace("gd+eta+0.25", "gd+eta+0.1") + "&view=fair+0.25+0.25+0.25")
    wait(app)
    assert fair.etas_of(scene_of(app)) == (0.1, 0.25, 0.25)
    assert app.session_state["fair way"] is None
    assert "With one η for all, 0.25" in sentences(app)


def is_tuning(app: AppTest) -> bool:
    return "work fair" in app.session_state and app.session_state["work fair"] is not None


def wait(app: AppTest) -> None:
    """For the work in the background."""
    for _ in range(100):
        if not is_tuning(app):
            return
        app.session_state["work fair"]._ended.wait(0.2)
        checked(app)


def test_what_takes_longer_is_done_in_the_background_and_then_put_on_the_stage(monkeypatch):
    monkeypatch.setattr(fair, "QUICK", 0)
    monkeypatch.setattr(fair, "_SHELF", background.Shelf(2))
    app = tuned_page()
    wait(app)
    assert "With one η for all" in sentences(app)
    assert scene_of(app) != fair.at(scene_of(app), [0.25] * 3)
    assert app.session_state["fair way"] == "Each at its own best"


def test_another_scene_is_not_tuned_until_that_is_asked_for():
    app = tuned_page()
    checked(app.text_input("steps").set_value("50"))
    now = scene_of(app)
    assert "What was found holds for another scene." in sentences(app)
    assert not is_tuning(app)
    checked(app.button("tune fairly").click())
    assert app.query_params["view"] == f"fair {' '.join(map(str, fair.etas_of(now)))}"
    assert "each for all 50 steps" in sentences(app)


def test_a_rate_moved_by_hand_stays_moved():
    app = tuned_page()
    edited(app, runs=etas(0.1, 0.1, 0.1, ids=tuple(app.session_state["desks"]["playground"].board.ids)))
    assert fair.etas_of(scene_of(app)) == (0.1, 0.1, 0.1)
    assert app.session_state["fair way"] is None
    assert "Each at its own best" in sentences(app)


def test_where_there_is_no_minimum_nothing_is_tuned():
    app = opened("surface=saddle&steps=30&run=gd&view=fair+0.1")
    assert app.button("tune fairly").disabled
    assert fair.NOTHING_LOWEST in sentences(app)


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        ("fair", "The view 'fair' has 0 rates for 3 runs, so there is no race to show."),
        ("fair 1 2", "The view 'fair 1 2' has 2 rates for 3 runs, so there is no race to show."),
        ("fair 1 2 -3", "View.eta (η) = -3 is outside (0, ∞), so there is no race to show."),
        ("fair 1 2 x", "View.eta (η) = 'x' is not a number, so there is no race to show."),
        ("tried 1", "The view 'tried 1' means nothing here; there is 'fair' with the η that each run had."),
    ],
)
def test_nonsense_in_a_view_gets_a_sentence(view, sentence):
    assert fair.parse(view, SCENE) == (None, sentence)


def test_a_view_gives_the_scene_before():
    warm = replace(SCENE, runs=(*SCENE.runs[:2], Run(Adam(), Warmup(Cosine(0.2)))))
    before, problem = fair.parse("fair 0.1 2 0.003", warm)
    assert problem == ""
    assert fair.etas_of(before) == (0.1, 2, 0.003)
    assert fair.at(before, (0.25, 0.25, 0.2)) == warm


# ---- what it says


def test_the_words_have_the_races_numbers():
    race = race_of((0.1, 1.0, 0.25, 3.0), (0.2, 0.5, 0.25, 2.0), (0.3, 4.0, 0.25, np.inf), at_one=[3.0, 2.0, np.inf])
    equal, best = fair.ways_of(race)
    assert (
        fair.winners(SCENE, (equal, best))
        == "With one η for all, 0.25, Momentum ends lowest, at 2; Gradient descent is"
        " next, at 3. Each at its own best, Momentum ends lowest, at 0.5; Gradient descent is next, at 1."
    )
    assert "62 runs for each, and 300 evaluations in all" in fair.rule(SCENE, race)
    assert "496 runs for each" in fair.rule(replace(SCENE, noise=Additive()), race)


@pytest.mark.parametrize(
    ("losses", "sentence"),
    [
        ((np.inf, np.inf, np.inf), "all blow up"),
        ((1.0, np.inf, np.inf), "Gradient descent ends lowest, at 1; all others blow up"),
        ((1.0, 0.0, 0.0), "Momentum and Adam end alike and lowest, at 0"),
        ((2.0, 2.0, 2.0), "Gradient descent, Momentum and Adam end alike and lowest, at 2"),
    ],
)
def test_a_race_without_a_single_winner_says_so(losses, sentence):
    assert fair.lowest(SCENE, fair.Way("", (1.0,) * 3, losses)) == sentence


def test_one_run_alone_is_told_without_a_race():
    alone = replace(SCENE, runs=SCENE.runs[:1])
    ways = fair.ways_of(race_of((0.1, 1.0, 0.25, np.inf), at_one=[np.inf]))
    assert fair.winners(alone, ways) == "At η = 0.25, Gradient descent blows up; at its own best, 0.1, at 1."


def test_what_is_special_about_a_run_is_said():
    race = race_of((10.5, 1, 0.25, 3), (0.25, 2, 0.25, 2), (0.25, np.inf, 0.25, np.inf), at_one=[3, 2, np.inf])
    assert fair.changes(SCENE, race) == [
        "Gradient descent’s best, 10.5, lies at the end of the range: beyond it there may be a better.",
        "Momentum was at its best already.",
        "Adam blows up at every η that was tried, so it keeps its own.",
    ]


def test_the_table_has_each_way_beside_the_other():
    app = tuned_page()
    (table,) = (element.proto.body for element in app.get("html") if "lr-race" in element.proto.body)
    assert re.findall("colgroup>([^<]+)", table) == ["One η for all: 0.25", "Each at its own best"]
    assert table.count("<tr>") == 2 + 3
    assert "<td>0.25<td class=lr-diverged>diverged<td>∞<td>" in table


def test_a_saddle_is_without_a_minimum():
    assert not Saddle().bounded_below


# ---- in a browser


@pytest.mark.browser
def test_tuning_is_seen_on_the_stage_and_undone_by_the_browser_too(page: Page):
    page.goto(f"/?{THREE}")
    rate = page.get_by_role("slider", name="η of run 1")
    expect(rate).to_have_attribute("aria-valuetext", re.compile("0.25"), timeout=30_000)
    page.get_by_role("button", name="Tune fairly").click()
    expect(page.locator(".lr-race")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile(r"run=gd\+eta\+0\.1\d+&.*view=fair\+0\.25\+0\.25\+0\.25$"))
    expect(rate).not_to_have_attribute("aria-valuetext", re.compile("0.25"))
    page.get_by_role("radio", name="One η for all: 0.25").click()
    expect(rate).to_have_attribute("aria-valuetext", re.compile("0.25"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"run=gd\+eta\+0\.1\d+&"))
    expect(rate).not_to_have_attribute("aria-valuetext", re.compile("0.25"))
