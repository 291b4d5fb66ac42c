"""The reference page: a list that is searched while one types, and each entry by itself, with links that lead on."""

import json
import re
import sys
from dataclasses import replace
from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import catalogue
from lrviz.catalogue import Entry, entries
from lrviz.gallery import GALLERY
from lrviz.link import LANDING, query, read
from lrviz.noise import Additive
from lrviz.optimizers import Adam, AMSGrad, Clipped
from lrviz.scene import Run
from lrviz.schedules import Triangular, Warmup
from lrviz.surfaces import Quadratic
from lrviz.ui import references
from lrviz.ui.reference import entries as list_of
from lrviz.ui.reference import page
from tests.test_pages import checked, opened, sentences

every_entry = pytest.mark.parametrize("entry", entries().values(), ids=entries())


def listed(app: AppTest) -> list[dict[str, str]]:
    component = next(c.proto for c in app.get("bidi_component") if c.proto.component_name == "reference")
    return json.loads(component.json)["entries"]


def chosen(app: AppTest, key: str) -> AppTest:
    """The app after an entry of the list was chosen."""
    app.session_state[list_of.KEY] = {"open": key}
    return checked(app)


# ---- the list


def test_the_list_has_every_entry_and_does_not_load_sympy() -> None:
    before = "sympy" in sys.modules
    app = opened(page="reference")
    assert [row["key"] for row in listed(app)] == list(entries())
    assert before or "sympy" not in sys.modules
    assert "References" not in sentences(app)


def test_a_row_says_what_was_compared() -> None:
    rows = {row["key"]: row for row in list_of.told()["entries"]}
    assert rows["adam"]["code"] == "torch.optim.Adam(lr, betas=(β₁, β₂), eps=ε)"
    assert re.fullmatch(r"([\d.]+ × )?10⁻¹[⁰¹²³⁴⁵⁶⁷⁸⁹]", rows["adam"]["proof"])
    assert re.fullmatch(r"PyTorch [\d.]+, [\d,]+ cases", rows["adam"]["against"])
    assert (rows["newton"]["proof"], rows["newton"]["against"]) == ("", "by its paper")
    assert rows["rosenbrock"]["text"] == LANDING.surface.lesson


def test_a_link_to_what_there_is_not_is_refused_and_shows_the_list() -> None:
    app = opened("entry=<b>nothing</b>", "reference")
    assert "There is no entry &#x27;&lt;b&gt;nothing" in sentences(app)
    assert listed(app)


# ---- one entry


@pytest.mark.parametrize("key", ["adam", "newton", "clip", "drawn", "online", "minibatch"])
def test_an_entry_opens_by_its_link(key: str) -> None:
    app = opened(f"entry={key}", "reference")
    entry = entries()[key]
    said = sentences(app)
    assert f"<h1>{escape(entry.title)}</h1>" in said
    assert any("$$" in markdown.value for markdown in app.markdown)
    for field in entry.fields:
        assert f"<code>{field.name}</code>" in said
    for citation in entry.citations:
        assert escape(citation.work.title) in said


def test_one_leads_to_the_next_and_back_to_the_list() -> None:
    app = opened("entry=adam", "reference")
    keys = list(entries())
    checked(app.button("{} →").click())
    assert app.query_params["entry"] == keys[keys.index("adam") + 1]
    checked(app.button("← {}").click())
    assert app.query_params["entry"] == "adam"
    checked(app.button("to all").click())
    assert not dict(app.query_params)
    assert listed(app)


def test_the_playground_is_found_as_it_was_left() -> None:
    link = "surface=quadratic&steps=60&run=gd+eta+0.19"
    app = opened(link)
    app.query_params.clear()
    checked(app.switch_page("pages/reference.py"))
    checked(app.switch_page("pages/playground.py"))
    assert query(app.session_state["desks"]["playground"].board.scene) == link


@every_entry
def test_every_entry_is_described(entry: Entry) -> None:
    text = page.described(entry)
    assert text.count("$$") % 2 == 0
    assert r"\qquad" not in re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", text)
    assert text.count(r"\begin{") == text.count(r"\end{")
    html = page.proof(entry)
    assert "<b>" in html or entry.proof is None
    assert catalogue.proof_of(entry) == "" or entry.proof
    for call in entry.calls:
        assert call.code == re.sub("<.*?>|&#x27;", lambda tag: "'" if "&" in tag[0] else "", page.code(call.code))


@every_entry
def test_scenes_of_the_gallery_are_those_with_it(entry: Entry) -> None:
    found = page.shown_in(entry)
    assert len(found) <= 3
    assert all(entry.cls in set(page.classes(exhibit.scene)) for exhibit in found)
    assert found or not any(entry.cls in set(page.classes(exhibit.scene)) for exhibit in GALLERY)


# ---- references for what is on screen


def test_the_playground_names_the_works_behind_what_is_on_it() -> None:
    noisy = replace(
        LANDING,
        surface=Quadratic(),
        runs=(Run(Clipped(Adam()), Warmup(Triangular())), Run(AMSGrad())),
        noise=Additive(),
    )
    app = opened(query(noisy))
    (shown,) = (html.proto.body for html in app.get("html") if "lr-works" in html.proto.body)
    found = re.findall(r"<cite>(.*?)</cite>", shown)
    assert len(found) == len(set(found))
    for what in ("Adam: a method", "On the convergence of Adam", "Cyclical learning", "Accurate, large minibatch"):
        assert sum(title.startswith(what) for title in found) == 1
    assert "Numerical Optimization" in found  # the surface
    assert "A stochastic approximation method" in found  # the noise, and the schedule of the second run
    assert "On the difficulty of training recurrent neural networks" in found  # the clipping
    assert re.search(r"Adam: a method.*?>Adam, AMSGrad \(the method it mends\)<", shown)
    assert shown.count("https://") == shown.count('rel="noopener noreferrer"') > 5


def test_a_page_adds_what_it_stands_on() -> None:
    assert list(dict(references.things(LANDING))) == ["Rosenbrock", "Momentum", "Constant", "Adam"]
    app = opened(page="range_test")
    (shown,) = (html.proto.body for html in app.get("html") if "lr-works" in html.proto.body)
    assert re.search(r"Cyclical learning rates.*?>the range test, section 3.3<", shown)


# ---- in a browser


@pytest.mark.browser
def test_a_hand_searches_opens_and_goes_on(page: Page) -> None:
    page.goto("/reference")
    field = page.get_by_label("Search the reference")
    field.fill("CosineAnnealingWarmRestarts sgdr")
    expect(page.get_by_role("status")).to_have_text(f"1 of {len(entries())} entries")
    field.fill("no such thing")
    expect(page.get_by_role("status")).to_have_text("Nothing here is called that.")
    field.fill("kingma")
    page.get_by_role("button", name="Optimizers").click()
    page.get_by_role("link", name="Adam", exact=True).click()
    expect(page.get_by_role("heading", name="Adam", exact=True)).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"entry": ["adam"]}
    expect(page.locator(".katex-display")).not_to_have_count(0)
    page.go_back()
    expect(page.get_by_label("Search the reference")).to_have_value("kingma")
    page.get_by_role("link", name="Nadam", exact=True).click()
    page.get_by_role("link", name="Open on the playground").click()
    expect(page).to_have_url(re.compile(r"/(playground)?\?.*run=nadam"))
    link = urlsplit(page.url).query
    assert read(parse_qs(link)).scene == entries()["nadam"].scene
