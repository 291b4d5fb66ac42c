"""Pages keep their scenes apart, find them again, and hand them to each other."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lrviz.link import query, read
from lrviz.ui.open_in import MODELS, PAGES
from tests.test_pages import checked, opened

OTHERS = [page for page in PAGES if page != "playground"] + ["logistic"]
LINK = "surface=quadratic&steps=60&run=gd+eta+0.19"


def scene(app, page: str):
    return app.session_state["desks"][page].board.scene


@pytest.mark.parametrize("page", OTHERS)
def test_a_page_is_found_as_it_was_left(page):
    app = opened(LINK)
    checked(app.text_input("steps").set_value("40"))
    left = scene(app, "playground")
    app.query_params.clear()  # as the navigation does
    checked(app.switch_page(f"pages/{page}.py"))
    assert scene(app, page) != left
    app.query_params.clear()
    checked(app.switch_page("pages/playground.py"))
    assert scene(app, "playground") == left
    assert app.query_params["steps"] == "40"


@pytest.mark.parametrize("page", [*PAGES, *MODELS])
def test_a_page_opens_the_scene_of_a_link(page):
    app = opened(LINK, page)
    assert scene(app, page) == read(parse_qs(LINK)).scene


WRAPPED = "run=adam+eta+0.05+rates+y+0.1+clip+norm+2+lookahead+averaged+warmup+cosine"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("formula", ["exp(x-y)", "abs(x)-(-y^2)"])
def test_a_page_opens_a_typed_formula_without_a_minimum_or_smoothness_and_what_is_round_an_optimizer(formula, page):
    app = opened(f"surface=expression+text+{formula}&steps=60&{WRAPPED}", page)
    assert scene(app, page).surface.text == formula
    assert len(scene(app, page).runs[0].parts()) == 7


@pytest.mark.browser
def test_a_scene_goes_from_page_to_page_and_the_way_back_works(page: Page):
    page.goto(f"/?{LINK}")
    expect(page.locator(".lr-table")).to_contain_text("converged")
    for name, title in list(PAGES.items())[1:]:
        page.locator(".stMain").get_by_role("link", name=title, exact=True).click()
        expect(page).to_have_url(re.compile(f"/{name}\\?"))
        expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        told = read(parse_qs(urlsplit(page.url).query))
        assert "surface=quadratic" in query(told.scene)
        assert "run=gd+eta+0.19" in query(told.scene)
    page.go_back()
    expect(page).to_have_url(re.compile(f"/{list(PAGES)[-2]}\\?"))
    page.get_by_role("link", name="Playground").first.click()
    expect(page.locator(".lr-table")).to_contain_text("converged")
    expect(page).to_have_url(re.compile(re.escape(LINK) + "$"))
