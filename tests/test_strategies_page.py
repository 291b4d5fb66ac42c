"""The Strategies page: what is measured stands beside each claim, and each claim's link opens its scene."""

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz.scene import Scene
from lrviz.strategies import STRATEGIES, Claim, Measured
from lrviz.ui.background import Shelf
from lrviz.ui.logistic.view import View
from lrviz.ui.strategies import page as strategies
from lrviz.ui.strategies import study
from tests.test_background import ended
from tests.test_pages import checked, opened, sentences

BY_SLUG = {strategy.slug: strategy for strategy in STRATEGIES}


def visited(view: str = "") -> AppTest:
    """The page once all that is asked for has been measured."""
    app = opened(f"view={view}" if view else "", "strategies")
    if "work strategies" in app.session_state:  # else it was known
        ended(app.session_state["work strategies"])
        app = checked(app)
    return app


def linked(app: AppTest) -> dict[str, dict[str, list[str]]]:
    """Where the page's links lead: the parameters of each, by its page and its place."""
    protos = [element.proto for element in app.get("page_link")]
    return {f"{place} {proto.page}": parse_qs(proto.query_string) for place, proto in enumerate(protos)}


def test_each_claim_stands_with_what_was_measured_and_a_link():
    app = visited("warmup")
    said = sentences(app)
    for claim in BY_SLUG["warmup"].claims:
        assert claim.text in said
    assert said.count("<b>Holds.</b>") == 2
    assert said.count("<b>Not shown here.</b>") == 1
    assert "Not measured yet." not in said
    assert "Does not hold here." not in said
    assert "Decayed too soon" not in said, "another strategy's claim"
    _, *links = linked(app).values()  # the first shows the runs of the chart
    assert links == [strategies.link(claim) for claim in BY_SLUG["warmup"].claims if claim.is_shown]
    assert app.query_params == {"view": "warmup"}


def test_all_strategies_stand_side_by_side_whichever_is_looked_at():
    said = sentences(visited("warmup"))
    for strategy in STRATEGIES:
        for text in (strategy.title, strategy.pro, strategy.con, strategy.use):
            assert text in said


def test_another_strategy_is_chosen_and_stands_in_the_address():
    app = visited("warmup")
    app = checked(app.segmented_control("strategy").set_value("cyclical"))
    app.session_state["work strategies"].stop()
    assert app.query_params == {"view": "cyclical"}
    assert BY_SLUG["cyclical"].claims[0].text in sentences(app)


def test_a_strategy_that_there_is_not_is_told():
    app = opened("view=luck", "strategies")
    app.session_state["work strategies"].stop()
    assert "There is no strategy &#x27;luck&#x27;. There are: fixed, decay," in sentences(app)


def test_what_was_stopped_goes_on_where_it_was():
    calls = []

    def check(scene: Scene) -> Measured:
        calls.append(scene)
        return Measured(True, "1.")

    claims = [Claim(f"x-{n}", "pro", "It is.", "Look.", "surface=quadratic&run=gd", check) for n in range(3)]
    kept: Shelf[Measured] = Shelf(9)
    stops = iter([False, True])
    assert [*study.measure(claims, kept, lambda *_: None, lambda: next(stops))] == ["x-0"]
    assert [*study.measure(claims, kept, lambda *_: None, lambda: False)] == ["x-0", "x-1", "x-2"]
    assert len(calls) == 3


def test_what_does_not_hold_is_said_and_escaped():
    claim = BY_SLUG["warmup"].claims[0]
    assert "<b>Does not hold here.</b> 1 &lt; 2" in strategies.status(claim, Measured(False, "1 < 2"))
    assert "<b>Holds.</b> 2" in strategies.status(claim, Measured(True, "2"))
    assert "<b>Not measured yet.</b>" in strategies.status(claim, None)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.slug)
def test_views_of_other_pages_are_legal(strategy):
    for claim in strategy.claims:
        if claim.view:
            assert claim.page == "logistic"
            assert View.parse(claim.view)[1] == ()


@pytest.mark.browser
def test_a_claim_leads_to_its_scene_and_the_page_fits_a_phone(page: Page) -> None:
    page.goto("/strategies?view=warmup")
    expect(page.get_by_text("From 32 starts 100% blow up")).to_be_visible(timeout=60_000)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="See it on the playground").first.click()
    expect(page).to_have_url(re.compile(r"surface=styblinski_tang&run=momentum\+eta\+0\.1&run=.*warmup"))
    expect(page.get_by_role("slider", name="η of run 2")).to_be_visible(timeout=60_000)
