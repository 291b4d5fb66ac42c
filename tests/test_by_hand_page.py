"""The By hand page: attempts are kept in the address, what is said is so, and nothing is given away too early."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Adam, Additive, Constant, Momentum, Quadratic
from lrviz.link import query, read
from lrviz.outcome import Outcome
from lrviz.scene import Run, Scene
from lrviz.tuning.by_hand import Attempt, attempt, log
from lrviz.tuning.measure import measure
from lrviz.tuning.repeat import Repeated
from lrviz.ui import background
from lrviz.ui.by_hand import charts, study, told
from lrviz.ui.by_hand.view import MOST, View, parse, start
from tests import parcel
from tests.pairs import pairs
from tests.test_pages import checked, opened, sentences

BOWL = "surface=quadratic&steps=60&run=gd"
RUN = Run(GD(), Constant(0.01))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer searches, by the methods that take no time."""
    monkeypatch.setattr(study, "SEEDS", 4)
    monkeypatch.setattr(study, "METHODS", ("grid", "random"))
    monkeypatch.setattr(study, "searches", background.Shelf(8))


def visited(text: str = BOWL) -> AppTest:
    return opened(text, "by_hand")


def finished(app: AppTest) -> AppTest:
    """The page once the searches in the background have ended."""
    for _ in range(100):
        if "work by hand" not in app.session_state or app.session_state["work by hand"] is None:
            break
        app.session_state["work by hand"]._ended.wait(0.2)
        checked(app)
    return app


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label == label)


def tried(app: AppTest) -> tuple[float, ...]:
    return parse(app.session_state["desks"]["by_hand"].view, app.session_state["desks"]["by_hand"].board.scene.runs[0])[
        0
    ].etas


def chart_of(app: AppTest, number: int = 0) -> tuple[dict, dict[str, np.ndarray]]:
    """The header's chart and the arrays of one of the page's charts, from above."""
    told_ = [c.proto for c in app.get("bidi_component") if c.proto.component_name == "chart"]
    header, arrays = parcel.opened(told_[number].bytes)
    return header["chart"], arrays


def kinds(chart: dict) -> list[str]:
    return [layer["kind"] for layer in chart["panels"][0]["layers"]]


def made(*numbers: tuple[float, float]) -> tuple:
    return log([Attempt(eta, Outcome("descending", 3, "Still."), np.ones(4), end, 60) for eta, end in numbers])


# ---- the view


@pytest.mark.parametrize(
    "view",
    [
        start(RUN),
        View((0.01, 0.3)),
        View((0.2,), compared=True),
        View((0.01,), hints=False),
        View((3e-7, 5), True, False),
    ],
)
def test_a_view_survives_its_words(view):
    assert parse(view.text(RUN), RUN) == (view, ())


def test_an_empty_view_is_one_attempt_at_the_typical_rate():
    assert start(RUN).text(RUN) == ""
    assert parse("", Run(Adam())) == (View((0.001,)), ())


@pytest.mark.parametrize(
    ("text", "etas", "sentence"),
    [
        ("tried 0.1 x 0.2", (0.1, 0.2), "View.eta (η) = 'x' is not a number."),
        ("tried 0.1 -1", (0.1,), "View.eta (η) = -1 is outside (0, ∞)."),
        ("red tried 0.1", (0.1,), "The view has no word 'red'; it has: tried, compared, no-hints."),
        ("0.1", (0.01,), "The view has no word '0.1'; it has: tried, compared, no-hints."),
        (
            "tried " + " ".join(str(k) for k in range(1, 24)),
            tuple(range(1, 21)),
            "The view has 23 rates; the first 20 are shown.",
        ),
    ],
)
def test_nonsense_in_a_view_gets_a_sentence_and_the_rest_holds(text, etas, sentence):
    view, problems = parse(text, RUN)
    assert problems == (sentence,)
    assert view.etas == etas


def test_the_longest_view_can_be_read_back_from_a_link():
    etas = tuple(float(np.nextafter(10.0**-k * 1.2345678901234567e-80, 1)) for k in range(MOST))
    view = View(etas, compared=True, hints=False)
    link = query(Scene(Quadratic(), (RUN,)), view=view.text(RUN))
    assert parse(read(parse_qs(link)).view, RUN) == (view, ())


# ---- attempts


def test_an_empty_link_begins_at_the_typical_rate_which_blows_up():
    app = visited("")
    assert tried(app) == (Momentum.typical_eta,)
    assert "Hint: It blew up at step 5 of 300" in sentences(app)
    assert "Diverged: the loss rose" in sentences(app)
    assert dict(app.query_params) == {}


def test_each_button_is_an_attempt_from_the_last_and_the_address_keeps_them():
    app = visited()
    for label, view in [
        ("Double", "tried 0.01 0.02"),
        ("× 10", "tried 0.01 0.02 0.2"),
        ("Halve", "tried 0.01 0.02 0.2 0.1"),
        ("÷ 10", None),
        ("Undo", "tried 0.01 0.02 0.2"),
    ]:
        checked(button(app, label).click())
        if view is not None:
            assert app.query_params["view"] == view
        else:
            assert "η = 0.01 has been tried: run again it would end the same. Nothing was changed." in sentences(app)
            assert tried(app) == (0.01, 0.02, 0.2, 0.1)
    again = visited(f"{BOWL}&view={app.query_params['view'].replace(' ', '+')}")
    assert told.table(
        log([attempt(study.task(study.link(page_scene(app))), eta) for eta in (0.01, 0.02, 0.2)])
    ) in sentences(again)
    checked(button(app, "Start again").click())
    assert "view" not in app.query_params
    assert button(app, "Undo").disabled


def page_scene(app: AppTest) -> Scene:
    return app.session_state["desks"]["by_hand"].board.scene


def test_ten_times_is_ten_times():
    app = visited(f"{BOWL}&view=tried+0.07")
    checked(button(app, "× 10").click())
    assert app.query_params["view"] == "tried 0.07 0.7"


def test_a_rate_is_typed_and_nonsense_refused():
    app = visited()
    checked(app.text_input("try η").set_value("3e-2"))
    assert app.query_params["view"] == "tried 0.01 0.03"
    for typed, sentence in [
        ("a lot", "Attempt.eta (η) = &#x27;a lot&#x27; is not a number. Nothing was changed."),
        ("-1", "Attempt.eta (η) = -1 is outside (0, ∞). Nothing was changed."),
        ("0.01", "η = 0.01 has been tried"),
    ]:
        checked(app.text_input("try η").set_value(typed))
        assert sentence in sentences(app)
        assert app.query_params["view"] == "tried 0.01 0.03"


def test_no_more_attempts_than_a_link_holds():
    full = "+".join(str(k) for k in range(1, MOST + 1))
    app = visited(f"{BOWL}&view=tried+{full}")
    checked(button(app, "Halve").click())
    assert f"{MOST} attempts are as many as a link can hold" not in sentences(app)  # 10 has been tried
    checked(app.text_input("try η").set_value("0.5"))
    assert f"{MOST} attempts are as many as a link can hold" in sentences(app)
    assert len(tried(app)) == MOST


def test_a_place_on_the_axis_is_a_rate_that_a_person_would_say():
    np.testing.assert_array_equal(charts.readable(np.array([0.0314159, 0.0310001, 2.0, 9.99e-5])), [1e-4, 0.031, 2.0])


def test_hints_can_be_hidden():
    app = visited()
    assert "Hint: From step 54 on the loss was still falling" in sentences(app)
    checked(app.toggle("hints").set_value(False))
    assert "Hint:" not in sentences(app)
    assert app.query_params["view"] == "no-hints"
    checked(button(app, "Double").click())
    assert app.query_params["view"] == "tried 0.01 0.02 no-hints"


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs()[4::5])
def test_no_scene_raises(surface, optimizer, schedule):
    noise = "minibatch" if surface == "least_squares" else "additive+sigma+0.5"
    app = visited(f"surface={surface}&steps=12&noise={noise}&run={optimizer}+{schedule}&view=tried+0.01+1e-9+1e9")
    chart, _ = chart_of(app)
    assert chart["frames"] == 3


def test_of_several_runs_the_first_is_tuned():
    app = visited("surface=quadratic&run=gd&run=adam")
    assert "This page is about the first of the 2 runs, Gradient descent." in sentences(app)


# ---- what is shown


def test_nothing_is_given_away_before_it_is_asked_for():
    chart, arrays = chart_of(visited(f"{BOWL}&view=tried+0.01+0.02"))
    assert not chart["peeks"]
    assert chart["rates"] == [0.01, 0.02]
    assert "mark" not in kinds(chart)
    (line,) = (layer for layer in chart["panels"][0]["layers"] if layer["kind"] == "line")
    assert np.isnan(arrays[line["y"]]).all()  # it only offers rates to point at
    offered = arrays[line["x"]]
    assert (offered.min(), offered.max()) == (1e-5, 10)
    assert all(float(f"{eta:.1e}") == eta for eta in offered.tolist())


def test_the_truth_passes_through_the_attempts(few):
    app = finished(visited(f"{BOWL}&view=tried+0.01+0.033+compared"))
    chart, arrays = chart_of(app)
    assert chart["peeks"]
    _, line = (layer for layer in chart["panels"][0]["layers"] if layer["kind"] == "line")
    etas, heights = arrays[line["x"]], arrays[line["y"]]
    task = study.task(study.link(page_scene(app)))
    inside = np.isfinite(heights)
    np.testing.assert_allclose(heights[inside], np.maximum(task.losses(etas[inside]), 1e-300), rtol=1e-9)
    for eta in (0.01, 0.033):
        assert heights[etas == eta] == pytest.approx(attempt(task, eta).end)
    dots = next(layer for layer in chart["panels"][0]["layers"] if layer["kind"] == "dots")
    np.testing.assert_array_equal(arrays[dots["x"]], [0.01, 0.033])


def test_rates_beyond_the_range_widen_it(few):
    chart, _ = chart_of(finished(visited(f"{BOWL}&view=tried+1e-7+25+compared")))
    assert (chart["x"]["low"], chart["x"]["high"]) == (1e-7, 25)


def test_a_surface_without_a_minimum_is_drawn_as_it_is(few):
    app = finished(visited("surface=saddle&steps=20&run=gd&view=tried+0.01+0.1+compared"))
    chart, _ = chart_of(app)
    assert chart["panels"][0]["y"]["scale"] == "symlog"
    assert "above the minimum" not in sentences(app)


# ---- what is said


def test_the_log_says_what_became_of_each_and_what_it_cost():
    table = told.table(made((0.1, 2.0), (0.2, np.inf), (0.3, 1.5)))
    rows = re.findall(
        r"<th>(\d)<td>([\d.]+)<td class=lr-descending>Still\.<td[^>]*>([^<]+)<td>(\d+)<td>([\d.]+)", table
    )
    assert rows == [
        ("3", "0.3", "1.5", "180", "1.5"),
        ("2", "0.2", "blew up", "120", "2"),
        ("1", "0.1", "2", "60", "2"),
    ]
    assert table.count("lr-lead") == 2


SCENE = Scene(Quadratic(), (RUN,), steps=60)


@pytest.mark.parametrize(
    ("end", "least", "words"),
    [
        (2.0, 1.0, "ends at 2. Of 3 rates from 0.1 to 1 the best is 0.3, which ends at 1. Yours is 2 times as far"),
        (1.04, 1.0, "Yours is 4 % farther above the minimum."),
        (1.0, 1.0, "Yours is as low as that."),
        (1e-40, 1e-60, "Yours is as low as that."),
        (np.inf, 1.0, "By hand: 1 run, and every one blew up."),
    ],
)
def test_what_was_found_stands_beside_the_best_there_is(end, least, words):
    known = measure(study.task(study.link(SCENE)))
    truth = np.array([0.1, 0.3, 1.0]), np.array([9.0, least, np.inf])
    assert words in told.yours(made((0.2, end)), truth, known)


def searched(**ends: list[float]) -> Repeated:
    """Searches that came to these."""
    best = {method: np.array(each)[:, None] for method, each in ends.items()}
    return Repeated(len(next(iter(ends.values()))), np.array([60.0]), best, measure(study.task(study.link(SCENE))))


def test_the_verdict_counts():
    found = searched(grid=[0.5] * 4, random=[0.1, 0.3, 0.4, 1.0], bayesian=[0.1, 0.1, 0.1, 0.1])
    assert told.verdict(made((0.1, 0.2)), found) == (
        "At the same cost, 60 evaluations, you did better than the grid, better than 75 ± 25 % of 4 random searches and"
        " better than 0 % of 4 Bayesian ones."
    )
    assert "you did worse than the grid" in told.verdict(made((0.1, 0.7)), found)
    assert "you did as well as the grid" in told.verdict(made((0.1, 0.5)), found)
    assert "better than 50 ± 29 % of 4 grids, each with other noise" in told.verdict(
        made((0.1, 0.5)), searched(grid=[0.4, 0.4, 0.6, 0.6])
    )
    assert "<th>random, 4 times<td>0.1<td>0.3<td>0.4<td>75 ± 25 %" in told.rows(made((0.1, 0.2)), found)


def test_it_says_what_counts_and_in_what_the_comparison_is_uneven():
    assert "the loss after 60 steps. On a surface that is the true loss;" in told.what_counts(SCENE)
    assert "without the noise of the gradient" in told.what_counts(replace(SCENE, noise=Additive()))
    assert "luck" in told.advantage(noisy=True)
    assert "luck" not in told.advantage(noisy=False)


def test_the_race_is_drawn_as_stairs():
    entries = made((0.1, 2.0), (0.2, 1.5), (0.3, 1.7))
    chart = charts.race(
        entries, searched(random=[0.1, 0.3, 0.4, 1.0]), charts.Height(measure(study.task(study.link(SCENE))))
    )
    mine = next(layer for layer in chart.panels[0].layers if getattr(layer, "name", "") == "by hand")
    np.testing.assert_array_equal(mine.x, [60, 120, 120, 180, 180])
    np.testing.assert_array_equal(mine.y, [2.0, 2.0, 1.5, 1.5, 1.5])


# ---- the comparison


def test_comparing_shows_what_searches_find_at_the_same_cost(few):
    app = visited(f"{BOWL}&view=tried+0.01+0.02+0.04")
    assert "What that is worth" not in sentences(app)
    finished(checked(button(app, "Compare").click()))
    assert app.query_params["view"] == "tried 0.01 0.02 0.04 compared"
    task = study.task(study.link(page_scene(app)))
    expected = study.search(study.link(page_scene(app)), 180)
    entries = log([attempt(task, eta) for eta in (0.01, 0.02, 0.04)])
    assert told.verdict(entries, expected) in sentences(app)
    assert "180 evaluations" in sentences(app)


def test_after_another_attempt_the_old_searches_stay_until_new_ones_are_asked_for(few):
    app = finished(visited(f"{BOWL}&view=tried+0.01+0.02+compared"))
    assert "At the same cost, 120 evaluations" in sentences(app)
    checked(button(app, "Double").click())
    assert "What follows was found at 120 evaluations." in sentences(app)
    assert "At the same cost, 120 evaluations" in sentences(app)
    finished(checked(button(app, "Search at 180 evaluations").click()))
    assert "At the same cost, 180 evaluations" in sentences(app)


def test_where_all_blew_up_there_is_nothing_to_compare_with(few):
    app = finished(visited("view=compared"))
    assert "By hand: 1 run, and every one blew up." in sentences(app)
    assert "it needs 300 for a single one" in sentences(app)


def test_another_page_gets_the_best_rate():
    app = visited(f"{BOWL}&view=tried+0.01+0.1+0.3")
    links = [link.proto.page for link in app.get("page_link")]
    assert links
    queries = {link.proto.query_string for link in app.get("page_link")}
    assert all("gd+eta+0.1" in query for query in queries)


# ---- in a browser


@pytest.mark.browser
def test_a_place_that_is_clicked_is_tried_and_a_reload_keeps_it(page: Page):
    page.goto(f"/by_hand?{BOWL}")
    hand = page.locator("canvas.hand").first
    expect(page.locator(".alongside .told").first).to_contain_text("η = 0.01", timeout=30_000)
    box = hand.bounding_box()
    assert box
    left, right = map(float, (hand.get_attribute("data-plot") or "").split())
    page.mouse.move(box["x"] + left + (right - left) * 0.5, box["y"] + box["height"] / 2)  # the middle is 0.01
    page.mouse.move(box["x"] + left + (right - left) * 2 / 3, box["y"] + box["height"] / 2)
    expect(page.locator(".alongside .told").first).to_contain_text("η = 0.01")  # no peeking
    page.mouse.click(box["x"] + left + (right - left) * 2 / 3, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"view=tried\+0\.01\+0\.1$"))
    expect(page.locator(".lr-log")).to_contain_text("0.1")
    expect(page.locator(".alongside .told").first).to_contain_text("η = 0.1")
    page.reload()
    expect(page.locator(".lr-log tr")).to_have_count(3, timeout=30_000)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("At the same cost, 120 evaluations")).to_be_visible(timeout=60_000)
    assert urlencode({"view": "tried 0.01 0.1 compared"}) in page.url
