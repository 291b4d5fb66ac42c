"""The playground in a real browser, around its stage: what is chosen, refused, copied and opened."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from lrviz.gallery import GALLERY

pytestmark = pytest.mark.browser

BELOW = "/?surface=quadratic&steps=60&run=gd+eta+0.19"
SIX = "&".join(["/?surface=quadratic&noise=anisotropic"] + ["run=rmsprop+eta+0.00123+warmup+warm_restarts"] * 6)


def settled(page: Page) -> None:
    """Wait for the script to end and for stage and table to stand."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)
    expect(page.locator("canvas[data-frame]")).to_be_visible(timeout=30_000)
    expect(page.locator(".lr-table")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def table(page: Page):
    return page.locator(".lr-table")


def pick(page: Page, label: str, option: str) -> None:
    """Choose in one of the sidebar's lists."""
    field = page.get_by_role("combobox", name=label)
    field.scroll_into_view_if_needed()
    page.wait_for_timeout(200)  # a list closes where the sidebar still scrolls
    field.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_surface_and_optimizer_change_the_table_and_the_address(page: Page):
    page.goto(BELOW)
    settled(page)
    expect(table(page)).to_contain_text("converged")
    pick(page, "Surface", "Himmelblau")
    expect(page).to_have_url(re.compile(r"surface=himmelblau&steps=60&run=gd\+eta\+0\.19$"))
    expect(table(page)).to_contain_text("diverged")
    pick(page, "Optimizer of run 1", "Adam")
    expect(page).to_have_url(re.compile(r"run=adam\+eta\+0\.19$"))
    expect(table(page)).to_contain_text("0.0966")
    settled(page)  # a list that is open closes where the page is drawn anew
    pick(page, "Another run", "Nesterov")
    page.get_by_role("button", name="Add").click()
    expect(page).to_have_url(re.compile(r"run=adam\+eta\+0\.19&run=nesterov\+eta\+0\.19$"))
    expect(table(page)).to_contain_text("Nesterov")


def test_choices_made_in_quick_succession_are_all_kept(page: Page):
    page.goto(BELOW)
    settled(page)
    pick(page, "Gradient noise", "Additive")
    pick(page, "Schedule of run 1", "Cosine decay")
    pick(page, "Optimizer of run 1", "Momentum")
    expect(page).to_have_url(re.compile(r"noise=additive&run=momentum\+eta\+0\.19\+cosine$"))


def test_a_second_browser_sees_the_same_numbers(page: Page, browser: Browser):
    page.goto("/?surface=quadratic&steps=300&noise=additive+sigma+0.5&seed=7&run=adam+eta+0.05&run=gd+eta+0.1")
    settled(page)
    pick(page, "Optimizer of run 2", "Momentum")
    expect(page).to_have_url(re.compile(r"run=momentum\+eta\+0\.1$"))
    expect(table(page)).to_contain_text("Momentum")
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    other = context.new_page()
    other.goto(page.url)
    settled(other)
    assert table(other).text_content() == table(page).text_content()
    assert other.url == page.url
    context.close()


def test_nonsense_gets_a_sentence_and_the_way_back_works(page: Page):
    page.goto(BELOW)
    settled(page)
    steps = page.get_by_role("textbox", name="Steps")
    steps.fill("0")
    steps.press("Enter")
    alert = page.get_by_role("main").get_by_role("alert").filter(has_text="Nothing was changed.")
    expect(alert).to_have_text("Scene.steps (T) = 0 is outside [1, 5000]. Nothing was changed.")
    expect(steps).to_have_value("60")
    steps.fill("30")
    steps.press("Enter")
    expect(page).to_have_url(re.compile(r"steps=30&run=gd\+eta\+0\.19$"))
    expect(alert).to_have_count(0)
    page.go_back()
    expect(steps).to_have_value("60")
    expect(table(page)).to_contain_text("converged")


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


def test_every_step_is_a_file(page: Page):
    page.goto(BELOW)
    settled(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Every step (CSV)").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("run,step,x,y,loss,")
    assert len(lines) == 1 + 61
    assert download.value.suggested_filename == "lrviz-quadratic.csv"


def test_all_controls_have_a_name(page: Page):
    page.goto("/?surface=quadratic&noise=additive&run=rmsprop+eta+0.1+warmup+warm_restarts")
    settled(page)
    page.get_by_role("button", name="More of run 1").click()
    expect(page.get_by_role("switch", name="Centered")).to_be_visible()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('.stApp input, .stApp button, .stApp [role=slider]')]
            .filter(e => e.checkVisibility())
            .filter(e => !(e.ariaLabel || e.innerText?.trim() || e.labels?.[0]?.innerText?.trim() || e.title))
            .map(e => e.outerHTML.slice(0, 200))"""
    )
    assert nameless == []


@pytest.mark.parametrize("link", [BELOW, SIX], ids=["one", "six"])
def test_a_phone_shows_the_stage_first_and_nothing_overflows(browser: Browser, server: str, link: str):
    context = browser.new_context(base_url=server, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(link)
    settled(page)
    picture, numbers = page.locator("canvas[data-frame]").bounding_box(), table(page).bounding_box()
    assert picture is not None
    assert numbers is not None
    assert picture["y"] < min(numbers["y"], 400)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
    context.close()


def test_nothing_is_cut_off_on_a_small_projector(browser: Browser, server: str):
    context = browser.new_context(base_url=server, viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto(SIX)
    settled(page)
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.stApp .stTextInput input, .stMain button')]
            .filter(e => e.checkVisibility() && e.clientWidth && e.scrollWidth > e.clientWidth + 1)
            .map(e => e.outerHTML.slice(0, 200))"""
    )
    assert cut == []
    context.close()


def test_the_wheel_scrolls_the_page(page: Page):
    page.set_viewport_size({"width": 1440, "height": 600})
    page.goto(BELOW)
    settled(page)
    page.locator("canvas[data-frame]").hover()
    page.mouse.wheel(0, 200)
    page.wait_for_function("document.querySelector('.stMain').scrollTop > 0")


def test_a_gallery_scene_is_seen_when_it_is_opened(page: Page):
    page.goto(BELOW)
    settled(page)
    exhibit = next(exhibit for exhibit in GALLERY if exhibit.title == "Stuck on the ridge")
    page.get_by_role("button", name="Gallery").click()
    page.get_by_role("button", name=exhibit.title).click()
    expect(table(page)).to_contain_text("saddle")
    expect(page).to_have_url(re.compile(re.escape(exhibit.query) + "$"))
    expect(page.get_by_role("button", name=exhibit.title)).to_have_count(0)


def test_the_policy_stops_nothing_of_ours(page: Page):
    stopped: list[str] = []
    page.on("console", lambda message: stopped.append(message.text) if "Content Security" in message.text else None)
    page.goto(BELOW)
    settled(page)
    # Streamlit's own page has one inline script, a flag for search engines; nothing waits for it.
    assert len(stopped) <= 1
    assert all("Executing inline script" in text for text in stopped)
