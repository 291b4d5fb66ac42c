"""The playground in a real browser: what is done to it, its picture, its sentences and its address follow."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

BELOW = "/?surface=quadratic&steps=60&run=gd+eta+0.19"


def settled(page: Page) -> None:
    """Wait for the script to end and the figures to stand."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)


PATH = """([name, before]) => {
    const trace = document.querySelector('.js-plotly-plot').data?.find(trace => trace.name === name);
    const x = trace && Array.from(trace.x._inputArray ?? trace.x);
    return x && JSON.stringify(x) !== JSON.stringify(before) && x;
}"""


def path(page: Page, name: str, before: Sequence[float] = ()) -> list[float]:
    """The x coordinates of a run's path, as the figure in the browser has them once they are not those of before."""
    found: list[float] = page.wait_for_function(PATH, arg=[name, before]).json_value()
    return found


def rate(page: Page, run: int):
    return page.get_by_label(f"η of run {run}, typed")


def test_a_change_of_the_rate_moves_picture_sentence_and_address(page: Page):
    page.goto(BELOW)
    settled(page)
    expect(page.get_by_role("status")).to_contain_text("Converged at step 31: within 0.006 of (0, 0)")
    before = path(page, "GD")
    rate(page, 1).fill("0.21")
    rate(page, 1).press("Enter")
    expect(page.get_by_role("status")).to_contain_text("η·λmax = 2.1 exceeds 2")
    expect(page).to_have_url(re.compile(r"\?surface=quadratic&steps=60&run=gd\+eta\+0\.21$"))
    after = path(page, "GD", before)
    assert len(after) == len(before) == 61
    assert after[:2] == pytest.approx([1.5, before[1] - 0.02 * (1.5 - before[1]) / 0.19])


def test_the_slider_moves_by_keyboard(page: Page):
    page.goto(BELOW)
    settled(page)
    slider = page.get_by_role("slider", name="η of run 1")
    slider.focus()
    slider.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"eta\+0\.2$"))
    expect(page.get_by_role("status")).to_contain_text("η·λmax = 2 is the limit itself")
    expect(slider).to_be_focused()


def test_surface_and_optimizer_change_the_picture_and_the_address(page: Page):
    page.goto(BELOW)
    settled(page)
    page.get_by_role("combobox", name="Surface").click()
    page.get_by_role("option", name="Himmelblau").click()
    expect(page).to_have_url(re.compile(r"surface=himmelblau&steps=60&run=gd\+eta\+0\.19$"))
    expect(page.get_by_role("status")).to_contain_text("Diverged")
    page.get_by_role("combobox", name="Optimizer of run 1").click()
    page.get_by_role("option", name="Adam", exact=True).click()
    expect(page).to_have_url(re.compile(r"run=adam\+eta\+0\.19$"))
    expect(page.get_by_role("status")).to_contain_text("0.097 from the nearest minimum after 60 steps")
    assert len(path(page, "Adam")) == 61


def test_a_second_browser_sees_the_same_numbers(page: Page, browser: Browser, server: str):
    page.goto("/?surface=quadratic&steps=300&noise=additive+sigma+0.5&seed=7&run=adam+eta+0.05&run=gd+eta+0.1")
    settled(page)
    rate(page, 2).fill("0.15")
    rate(page, 2).press("Enter")
    expect(page).to_have_url(re.compile(r"eta\+0\.15$"))
    settled(page)
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    other = context.new_page()
    other.goto(page.url)
    settled(other)
    assert page.get_by_role("status").all_inner_texts() == other.get_by_role("status").all_inner_texts()
    assert path(page, "GD") == path(other, "GD")
    assert path(page, "Adam") == path(other, "Adam")
    assert other.url == page.url
    context.close()


def test_nonsense_gets_a_sentence_and_the_way_back_works(page: Page):
    page.goto(BELOW)
    settled(page)
    rate(page, 1).fill("0")
    rate(page, 1).press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Constant.eta (η) = 0 is outside (0, ∞). Nothing was changed.")
    expect(rate(page, 1)).to_have_value("0.19")
    rate(page, 1).fill("0.05")
    rate(page, 1).press("Enter")
    expect(page).to_have_url(re.compile(r"eta\+0\.05$"))
    expect(page.get_by_role("alert")).to_have_count(0)
    page.go_back()
    expect(rate(page, 1)).to_have_value("0.19")
    expect(page.get_by_role("status")).to_contain_text("Converged at step 31")


def test_a_broken_link_still_opens_the_page_and_asks_nobody_else(page: Page, server: str, requested: list[str]):
    page.goto("/?surface=![x](http://elsewhere.example/a.png)&run=" + "a" * 10_000 + "&steps=1e9&start=1e308+0")
    settled(page)
    alerts = " ".join(page.get_by_role("alert").all_inner_texts())
    assert "There is no surface" in alerts
    assert "10,000 characters long" in alerts
    assert "Scene.steps (T) = 1000000000 is outside [1, 5000]." in alerts
    hosts = {urlsplit(url.removeprefix("blob:")).netloc for url in requested}
    assert hosts - {""} == {urlsplit(server).netloc}


def test_the_link_is_copied(page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(BELOW)
    settled(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_figures_have_a_text_and_controls_a_name(page: Page):
    page.goto("/?surface=quadratic&noise=additive&run=adam+eta+0.1+warmup+one_cycle")
    settled(page)
    page.get_by_role("button", name="β 0.9, 0.999").click()
    expect(page.get_by_role("slider", name="β₁ · beta1")).to_be_visible()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('.stApp input, .stApp button, .stApp [role=slider]')]
            .filter(e => e.checkVisibility() && !e.closest('.modebar'))
            .filter(e => !(e.ariaLabel || e.innerText?.trim() || e.labels?.[0]?.innerText?.trim() || e.title))
            .map(e => e.outerHTML.slice(0, 200))"""
    )
    assert nameless == []
    texts = page.locator("[aria-label*='Contour map of the Quadratic surface. Adam goes from (1.5, 1)']")
    expect(texts.first).to_be_attached()


def test_a_phone_shows_the_picture_first_and_nothing_overflows(browser: Browser, server: str):
    context = browser.new_context(base_url=server, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(BELOW)
    settled(page)
    picture, row = page.locator(".js-plotly-plot").first.bounding_box(), page.get_by_role("status").bounding_box()
    assert picture is not None
    assert row is not None
    assert picture["y"] < row["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_nothing_is_cut_off_on_a_small_projector(browser: Browser, server: str):
    context = browser.new_context(base_url=server, viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto("/?surface=quadratic&run=gd+eta+0.00123+warm_restarts&run=adam+eta+0.05")
    settled(page)
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.stMain .stTextInput input, .stMain button')]
            .filter(e => e.checkVisibility() && e.clientWidth && e.scrollWidth > e.clientWidth + 1)
            .map(e => e.outerHTML.slice(0, 200))"""
    )
    assert cut == []
    context.close()


def test_the_wheel_scrolls_the_page_and_not_the_picture(page: Page):
    page.set_viewport_size({"width": 1440, "height": 600})
    page.goto(BELOW)
    settled(page)
    view = "document.querySelector('.js-plotly-plot').layout.xaxis.range.map(Number)"
    before = page.evaluate(view)
    page.locator(".js-plotly-plot").first.hover()
    page.mouse.wheel(0, 200)
    page.wait_for_function("document.querySelector('.stMain').scrollTop > 0")
    assert page.evaluate(view) == before


def test_a_gallery_scene_is_seen_when_it_is_opened(page: Page):
    page.goto(BELOW)
    settled(page)
    page.get_by_role("button", name="Gallery").click()
    page.get_by_role("button", name="Stuck on the ridge").click()
    expect(page.get_by_role("status").first).to_contain_text("Stuck at a saddle")
    expect(page.get_by_role("button", name="Stuck on the ridge")).to_have_count(0)
