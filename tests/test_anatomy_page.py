"""The anatomy page: it runs whatever the scene, what it sends is the run, and keys lead through it step by step."""

import re
from urllib.parse import parse_qs

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import Adam, simulate
from lrviz.link import query, read
from lrviz.ui.anatomy.page import EXAMPLES
from lrviz.ui.anatomy.view import View
from tests import parcel
from tests.pairs import pairs
from tests.test_pages import checked, opened, sentences

MOMENTUM = "surface=quadratic&steps=40&run=momentum+eta+0.1"
ADAM = "surface=quadratic&steps=40&run=adam+eta+0.1"


def anatomy(link: str = "") -> AppTest:
    return opened(link, "anatomy")


def told(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    """What the component is told."""
    component = next(c.proto for c in app.get("bidi_component") if c.proto.component_name == "anatomy")
    return parcel.opened(component.bytes)


def stepped(app: AppTest, at: object) -> AppTest:
    """The app after the component has said at which step it stands."""
    app.session_state["anatomy"] = {"at": at}
    return checked(app)


# ---- scenes to start from


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_an_example_is_a_clean_link_and_opens_at_its_step(example):
    link = read(parse_qs(example.query))
    assert link.problems == ()
    assert query(link.scene) == example.query
    view, problems = View.parse(example.view)
    assert (str(view), problems) == (example.view, ())
    app = anatomy()
    checked(app.button(f"exhibit {example.title}").click())
    desk = app.session_state["desks"]["anatomy"]
    assert (desk.board.scene, desk.view) == (example.scene, example.view)
    assert told(app)[0]["step"] == view.step


def test_the_examples_show_what_they_say():
    adam, wall, rmsprop, adagrad, noisy = (example.scene for example in EXAMPLES)
    (first,) = adam.run()
    bare = simulate(adam.surface, Adam(uncorrected=True), 0.2, start=adam.start, steps=1)
    moved = np.abs(first.theta[1] - first.theta[0])
    assert moved == pytest.approx([0.2, 0.2], rel=1e-6)
    assert np.abs(bare.theta[1] - bare.theta[0]) / moved == pytest.approx([10**0.5] * 2, rel=1e-5)
    (run,) = wall.run()
    slope, kept = run.grad[2], 0.9 * run.state["m"][2]
    assert slope @ kept < -0.9 * np.hypot(*slope) * np.hypot(*kept)
    (run,) = rmsprop.run()
    assert np.abs(run.theta[1] - run.theta[0]) == pytest.approx([0.2, 0.2], rel=1e-5)
    (run,) = adagrad.run()
    assert (np.diff(np.abs(np.diff(run.theta, axis=0) / run.grad[:-1]), axis=0) <= 0).all()
    assert np.abs(run.grad[20]).max() < np.abs(run.grad[0]).max()
    (run,) = noisy.run()
    m = run.state["m"][20:]
    assert turning(m) < 0.5 * turning((m[1:] - 0.9 * m[:-1]) / 0.1)


def turning(vectors: np.ndarray) -> float:
    """The mean angle from one to the next."""
    angles = np.arctan2(*vectors.T)
    return float(np.abs(np.angle(np.exp(1j * np.diff(angles)))).mean())


# ---- the script


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs()[::5])
def test_it_runs_whatever_the_scene(surface: str, optimizer: str, schedule: str) -> None:
    app = anatomy(f"surface={surface}&steps=30&run={optimizer}+{schedule}")
    header, arrays = told(app)
    assert header["lines"][-1]["name"] == "theta"
    parts = sum(arrays[f"part {i}"] for i in range(len(header["parts"])))
    size = 1 + np.abs(arrays["theta"]).max()
    np.testing.assert_allclose(parts, np.diff(arrays["theta"], axis=0), rtol=0, atol=1e-12 * size)


def test_what_it_sends_is_the_run() -> None:
    header, arrays = told(anatomy(ADAM))
    (run,) = read(parse_qs(ADAM)).scene.run()
    np.testing.assert_array_equal(arrays["theta"], run.theta)
    np.testing.assert_array_equal(arrays["gradient"], run.grad[:-1])
    assert (header["last"], header["step"], header["corrected"]) == (40, 1, True)
    first = np.hypot(*arrays["other theta"][1] - run.theta[0]) / np.hypot(*run.theta[1] - run.theta[0])
    assert first == pytest.approx(0.1 / np.sqrt(0.001), rel=1e-4)


def test_the_lengths_with_and_without_correction_stand_side_by_side() -> None:
    assert "<th>without : with<td>3.16<td>" in sentences(anatomy(ADAM))
    assert "with correction" not in sentences(anatomy(MOMENTUM))


def test_bias_correction_is_switched_off_and_on() -> None:
    app = anatomy(ADAM)
    checked(app.toggle("bias correction").set_value(False))
    assert app.query_params["run"] == "adam eta 0.1 uncorrected 1"
    header, _ = told(app)
    assert "v_hat" not in [line["name"] for line in header["lines"]]
    assert header["corrected"] is False
    checked(app.toggle("bias correction").set_value(True))
    assert app.query_params["run"] == "adam eta 0.1"


def test_a_step_goes_to_the_address_and_costs_no_answer() -> None:
    app = anatomy(MOMENTUM)
    before = told(app)[0]
    stepped(app, {"edition": before["edition"], "step": 7})
    assert app.query_params["view"] == "step 7"
    assert told(app)[0]["edition"] == before["edition"]


def test_another_number_keeps_the_step() -> None:
    app = anatomy(MOMENTUM)
    stepped(app, {"edition": 1, "step": 7})
    checked(app.text_input("beta 1").set_value("0.5"))
    header, _ = told(app)
    assert (header["edition"], header["step"]) == (2, 7)


@pytest.mark.parametrize("at", [None, 3, {"edition": 1}, {"edition": 1, "step": "x"}, {"edition": 9, "step": 2}, []])
def test_garbage_from_the_component_is_let_go(at: object) -> None:
    app = stepped(anatomy(MOMENTUM), at)
    assert "view" not in app.query_params
    assert told(app)[0]["step"] == 1


@pytest.mark.parametrize(
    ("text", "view", "complaint"),
    [
        ("", View(), ""),
        ("run 2 step 14", View(2, 14), ""),
        ("step 14", View(1, 14), ""),
        ("step 0", View(), "'0' is not a whole number from 1 to 5000"),
        ("step ٣ run 2", View(2, 1), "step '٣' is not a whole number"),
        ("step", View(), "step '' is not a whole number"),
        ("axes x y step 3", View(1, 3), "a part 'axes'"),
    ],
)
def test_a_view_is_read_as_far_as_it_is_legal(text: str, view: View, complaint: str) -> None:
    read_, problems = View.parse(text)
    if text != "axes x y step 3":
        assert read_ == view
    assert complaint in " ".join(problems)
    assert View.parse(str(read_)) == (read_, ())


def test_a_link_with_a_view_opens_there_and_nonsense_gets_a_sentence() -> None:
    app = anatomy(f"{MOMENTUM}&run=adam&view=run+2+step+3000")
    assert told(app)[0]["runs"][0]["optimizer"] == "adam"
    assert told(app)[0]["step"] == 40
    assert app.selectbox("anatomy run").value == 2
    assert "is not a whole number from 1 to 5000" in sentences(anatomy(f"{MOMENTUM}&view=step+-3"))


def test_a_run_that_overflows_at_once_has_no_step_and_says_so() -> None:
    header, arrays = told(anatomy("surface=himmelblau&steps=40&run=gd+eta+1e308"))
    assert header["last"] == 0
    assert arrays["holes"].size == 0
    assert header["sentence"].startswith("Diverged")


# ---- in the browser


def settled(page: Page) -> None:
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("list", name="The step, line by line")).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def line(page: Page, name: str):
    return page.locator(f"[data-line={name}]")


def results(page: Page, name: str) -> list[float]:
    """What a line comes to, x and y."""
    texts = line(page, name).locator(".result").all_text_contents()
    return [float(text.replace("−", "-").replace(",", "")) for text in texts]


@pytest.mark.browser
def test_keys_step_through_the_run_and_numbers_arrows_and_address_follow(page: Page) -> None:
    page.goto(f"/anatomy?{MOMENTUM}")
    settled(page)
    (run,) = read(parse_qs(MOMENTUM)).scene.run()
    page.evaluate("addEventListener('lrviz:step', ({ detail }) => { window.shown = detail; })")
    seen = pixels(page)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("slider", name="Step")).to_have_value("4")
    expect(page.get_by_role("region", name="The step").get_by_role("status")).to_contain_text("The step is")
    assert results(page, "m") == pytest.approx(run.state["m"][4], rel=1e-3)
    assert results(page, "theta") == pytest.approx(run.theta[4], rel=1e-3)
    assert page.evaluate("[...window.shown.theta]") == run.theta[4].tolist()
    assert pixels(page) != seen
    expect(page).to_have_url(re.compile(r"view=step\+4$"))
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"view=step\+3$"))
    page.reload()
    settled(page)
    assert results(page, "theta") == pytest.approx(run.theta[3], rel=1e-3)
    page.get_by_role("region", name="The step").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("slider", name="Step")).to_have_value("40")


def pixels(page: Page) -> str:
    """What the enlarged picture shows."""
    canvas = page.locator("canvas[data-frame]")
    return canvas.evaluate("canvas => canvas.toDataURL()")


@pytest.mark.browser
def test_lines_come_one_by_one_and_the_arrows_with_them(page: Page) -> None:
    page.goto(f"/anatomy?{MOMENTUM}&view=step+5")
    settled(page)
    page.get_by_role("region", name="The step").focus()
    page.wait_for_timeout(400)  # until the picture is as fine as it will be
    whole = pixels(page)
    page.keyboard.press("ArrowDown")
    expect(line(page, "g")).to_have_attribute("aria-current", "step")
    expect(line(page, "theta")).to_have_class(re.compile("to-come"))
    expect(page.locator("canvas[data-frame]")).to_be_visible()
    assert pixels(page) != whole
    page.keyboard.press("Escape")
    expect(line(page, "theta")).not_to_have_class(re.compile("to-come"))


@pytest.mark.browser
def test_bias_correction_off_is_another_step(page: Page) -> None:
    page.goto(f"/anatomy?{ADAM}")
    settled(page)
    (run,) = read(parse_qs(ADAM)).scene.run()
    expect(page.get_by_text("Without bias correction step 1")).to_contain_text("3.16 times as long")
    page.get_by_test_id("stSidebar").get_by_text("Bias correction").click()
    expect(page).to_have_url(re.compile("uncorrected"))
    expect(line(page, "m_hat")).to_have_count(0)
    longer = np.subtract(results(page, "theta"), run.theta[0]) / (run.theta[1] - run.theta[0])
    assert longer == pytest.approx([3.162, 3.162], rel=1e-2)
    expect(page.get_by_text("With bias correction step 1")).to_contain_text("0.316 times as long")
