"""The noise page: whatever the scene it shows a cloud, says what theory says of it, and follows hands."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Adam, Additive, Constant, Cosine, LeastSquares, Minibatch, Momentum, Quadratic, Rosenbrock
from lrviz.figures import noise as figures
from lrviz.link import query
from lrviz.palette import DARK
from lrviz.scene import Run, Scene
from lrviz.theory.moments import Moments
from lrviz.ui.noise import cloud, page, study, told
from lrviz.ui.noise.view import View, parse
from tests import parcel
from tests.pairs import pairs
from tests.test_pages import checked, opened, sentences


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fewer seeds and steps for what is below the cloud."""
    for name, few in {"FLOOR_STEPS": 40, "FLOOR_SEEDS": 3, "DECAY_SEEDS": 3, "SCALING_SEEDS": 3}.items():
        monkeypatch.setattr(study, name, few)
    kept = (study.floor_study, study.decay_study, study.scaling_study)
    for cache in kept:
        cache.clear()
    yield
    for cache in kept:
        cache.clear()


SCENE = Scene(LeastSquares(), (Run(GD(), Constant(0.05)),), steps=60, noise=Minibatch())


def scene_of(**parts) -> Scene:
    """SCENE with other parts."""
    run = Run(parts.pop("optimizer", GD()), parts.pop("schedule", Constant(0.05)))
    surface = parts.get("surface", SCENE.surface)
    return replace(SCENE, runs=(run,), **{"start": surface.start} | parts)


def studied(seeds: int = 64, **parts) -> study.Study:
    return study.study(study.link(scene_of(**parts)), seeds)


def header_of(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    component = next(c.proto for c in app.get("bidi_component") if c.proto.component_name == "cloud")
    return parcel.opened(component.bytes)


# ---- what is told


@pytest.mark.parametrize("steps", [1, 7, 60, 1_000])
def test_the_payload_is_the_cloud(steps):
    found = studied(seeds=9, steps=steps)
    header, arrays = parcel.opened(cloud.pack(found, 5))
    assert header["cloud"]["step"] == 5
    frames = arrays["frames"]
    assert (frames[0], frames[-1]) == (0, steps)
    assert len(frames) == min(steps + 1, cloud.MOST_FRAMES)
    assert arrays["clouds"].shape == (len(frames), 2, 9)
    np.testing.assert_array_equal(arrays["clouds"][-1], found.runs.theta[-1].astype(np.float32))
    np.testing.assert_array_equal(arrays["width"], found.runs.width[frames])
    moments = Moments(LeastSquares(), GD(), Minibatch())
    means, covs = moments.path([0.05] * steps, np.array(LeastSquares().start))
    np.testing.assert_allclose(arrays["expected_covariance"][-1], covs[-1].ravel()[[0, 1, 3]])
    np.testing.assert_allclose(arrays["expected_loss"], moments.loss(means, covs)[frames])
    np.testing.assert_allclose(header["cloud"]["settled"], moments.settled(0.05).ravel()[[0, 1, 3]])
    assert header["cloud"]["floor"] == pytest.approx(moments.floor(0.05))


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"surface": Rosenbrock(), "noise": Additive()}, "the surface is not quadratic"),
        ({"optimizer": Adam()}, "Adam rescales each coordinate"),
        ({"noise": None}, "there is no noise"),
    ],
)
def test_where_theory_is_silent_it_says_why(parts, reason):
    header, arrays = parcel.opened(cloud.pack(studied(**parts), 0))
    assert header["cloud"]["reason"].startswith(reason)
    assert not [name for name in arrays if name.startswith("expected")]
    assert header["cloud"]["settled"] is None


def test_a_schedule_has_a_path_in_theory_but_no_end():
    found = studied(schedule=Cosine(0.05, period=60))
    assert found.expected is not None
    assert found.settled is None
    assert found.expected.width[-1] == pytest.approx(found.runs.width[-1], rel=0.3)


def test_blown_up_runs_are_counted():
    found = studied(schedule=Constant(50.0), steps=60)
    assert "64 of 64 seeds blew up, the first at step" in told.cloud(found)[0]
    parcel.opened(cloud.pack(found, 0))


# ---- what is said


def test_the_cloud_agrees_with_theory_and_a_wrong_theory_would_not():
    found = studied(seeds=400, steps=200)
    assert "agrees" in told.cloud(found)[0]
    wrong = Moments(LeastSquares(), GD(), Minibatch(2)).path([0.05] * 200, np.array(LeastSquares().start))
    other = study.Expected(*wrong, np.zeros(201))
    assert not told.agree(found.runs.width[-1], found.runs.width_error[-1], other.width[-1])


def test_beyond_the_limit_of_the_spread_it_says_so():
    assert any("is beyond 0.453" in sentence for sentence in told.cloud(studied(schedule=Constant(0.5))))
    assert not any("is beyond" in sentence for sentence in told.cloud(studied(schedule=Constant(0.4))))


def test_the_floor_is_theorys_and_its_words_tell_where_it_bends():
    found = study.floor_study(study.link(scene_of()))
    moments = Moments(LeastSquares(), GD(), Minibatch())
    first, second = told.floor(found)
    bends = float(re.search(r"up to η = ([\d.]+\d)", first)[1])
    slope = moments.floor(1e-5) / 1e-5
    assert moments.floor(bends) == pytest.approx(1.1 * slope * bends, rel=0.1)
    assert second.startswith("8 of 8 measured floors")


def test_without_theory_the_slope_is_measured():
    found = study.floor_study(study.link(scene_of(optimizer=Adam(), surface=Quadratic(), noise=Additive(1.0))))
    (sentence,) = told.floor(found)
    assert 0.5 < float(re.search(r"power ([\d.]+)", sentence)[1]) < 2


def test_a_decayed_rate_ends_lowest_where_the_small_one_has_no_time():
    ways = study.decay_study(study.link(scene_of(steps=300)))
    assert told.decay(ways)[1].startswith("Lowest with cosine")
    ends = [way.loss[-1] for way in ways]
    assert ends[2] < min(ends[:2])
    for way in ways:
        assert abs(way.loss[-1] - way.theory[-1]) < 4 * way.error[-1]


def test_the_scaling_rule_holds_and_breaks_where_it_is_said_to():
    small = study.scaling_study(study.link(scene_of(schedule=Constant(0.01), steps=1_000)))
    text = " ".join(told.scaling(small))
    holds, breaks = (int(re.search(rf"{word} K = (\d+)", f" {text}")[1]) for word in ("up to", "At"))
    assert breaks == 2 * holds >= 8
    theory = dict(zip([one.workers for one in small.measured], small.theory, strict=True))
    assert theory[holds] <= 1.2 * theory[1] < theory[breaks]
    large = study.scaling_study(study.link(scene_of(schedule=Constant(0.3))))
    assert "At K = 2 it breaks" in (said := " ".join(told.scaling(large)))
    assert "is beyond 0.504, from which on the spread grows" in said


def test_before_the_cloud_has_settled_few_large_steps_are_no_match_for_many_small_ones():
    found = study.scaling_study(
        study.link(scene_of(surface=Quadratic(), noise=Additive(1e-6), schedule=Constant(0.099), steps=20))
    )
    assert "so few large steps leave the mean farther off" in " ".join(told.scaling(found))


# ---- figures


def test_figures_are_pure_and_have_what_is_measured():
    found = study.floor_study(study.link(scene_of()))
    measured = (found.measured.eta, found.measured.loss, found.measured.error)
    figure = figures.floor(measured, (found.etas, found.theory), found.line, found.limit, 0.05, DARK)
    assert [trace.name for trace in figure.data] == ["theory", "in proportion to η", "measured"]
    np.testing.assert_array_equal(figure.data[2].error_y.array, 2 * np.nan_to_num(found.measured.error))
    assert len(figure.layout.shapes) == 2
    silent = figures.floor(measured, (found.etas, np.full(60, np.nan)), found.line, np.nan, 0.05, DARK)
    assert [trace.name for trace in silent.data] == ["measured"]


def test_what_is_off_the_scale_has_an_arrow():
    losses = np.array([0.1, 0.2, 1e9, np.nan])
    figure = figures.scaling(np.array([1.0, 2, 4, 8]), (losses, 0.01 * losses), np.full(4, np.nan), DARK)
    assert [round(10**note.x) for note in figure.layout.annotations] == [4, 8]


# ---- the view


@pytest.mark.parametrize("view", [View(), View(seeds=2), View(step=0), View(seeds=1000, step=77)])
def test_a_view_survives_its_words(view):
    assert parse(str(view)) == (view, ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("seeds 1", "View.seeds (N) = 1 is outside [2, 1000]."),
        ("seeds", "View.seeds (N) = '' is not a number."),
        ("step 1.5", "View.step (t) = 1.5 is not a whole number."),
        ("colour red seeds 7", "The view has no number 'colour'; it has: seeds, step."),
    ],
)
def test_nonsense_in_a_view_gets_a_sentence(text, sentence):
    view, problems = parse(text)
    assert problems == (sentence,)
    assert view == (View(seeds=7) if "7" in text else View())


# ---- the page


def visited(text: str) -> AppTest:
    """The page at a link, after its component has drawn the first cloud."""
    app = opened(text, "noise")
    assert not app.get("plotly_chart")
    app.session_state[cloud.KEY] = {"ready": True}
    return checked(app)


def test_an_empty_link_shows_minibatches_of_real_data(brief):
    app = visited("")
    header, arrays = header_of(app)
    assert header["surface"]["slug"] == "least_squares"
    assert arrays["clouds"].shape == (151, 2, 256)
    assert "agrees" in sentences(app)
    assert len(app.get("plotly_chart")) == 3


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs()[1::5])
def test_no_scene_raises(brief, surface, optimizer, schedule):
    noise = "minibatch" if surface == "least_squares" else "additive+sigma+0.5"
    app = visited(f"surface={surface}&steps=12&noise={noise}&view=seeds+5&run={optimizer}+{schedule}")
    header, arrays = header_of(app)
    assert header["surface"]["slug"] == surface
    assert arrays["clouds"].shape == (13, 2, 5)


@pytest.mark.parametrize("example", page.EXAMPLES, ids=lambda example: example.title)
def test_every_example_is_a_clean_link_and_opens(brief, example):
    assert query(example.scene, default=None) == example.query
    app = visited("")
    button = next(button for button in app.button if button.label == example.title)
    checked(button.click())
    assert app.session_state["desks"]["noise"].board.scene == example.scene


def test_the_examples_show_what_they_say():
    round_one, long_one, heavy, thrown, *_ = (example.scene for example in page.EXAMPLES)

    def proportion(scene: Scene) -> float:
        moments = Moments(scene.surface, scene.runs[0].optimizer, scene.noise)
        long, short = np.sqrt(np.linalg.eigvalsh(moments.settled(scene.runs[0].schedule.eta)))[::-1]
        return float(long / short)

    assert proportion(round_one) < 1.5
    assert proportion(long_one) > 4
    plain, own = (Moments(heavy.surface, optimizer, heavy.noise).floor(0.02) for optimizer in (GD(), Momentum()))
    assert own / plain == pytest.approx(10, rel=0.15)
    steepest = np.linalg.eigvalsh(thrown.surface.hess(np.zeros(2)))[-1]
    assert Moments(thrown.surface, GD(), thrown.noise).limit < thrown.runs[0].schedule.eta < 2 / steepest


def test_seeds_and_step_are_in_the_address(brief):
    app = visited("surface=least_squares&steps=40&noise=minibatch&run=gd+eta+0.05")
    checked(app.text_input("view seeds").set_value("30"))
    assert app.query_params["view"] == "seeds 30"
    before = next(c.proto for c in app.get("bidi_component")).bytes
    app.session_state[cloud.KEY] = {"ready": True, "step": 12}
    checked(app)
    assert next(c.proto for c in app.get("bidi_component")).bytes == before
    assert header_of(app)[0]["cloud"]["seeds"] == 30
    checked(app.text_input("view seeds").set_value("nonsense"))
    assert "View.seeds (N) = &#x27;nonsense&#x27; is not a number" in sentences(app)
    assert app.query_params["view"] == "seeds 30"


def test_without_noise_and_without_a_minimum_it_says_so(brief):
    assert "Without noise every seed is the same run" in sentences(visited("surface=quadratic&run=gd"))
    app = visited("surface=saddle&noise=additive&steps=20&run=gd")
    assert "Saddle has no minimum, so the loss has no floor" in sentences(app)
    assert not app.get("plotly_chart")


def test_of_several_runs_the_first_is_shown(brief):
    app = visited("surface=quadratic&steps=20&noise=additive&run=momentum&run=gd")
    assert "This page is about the first of the 2 runs, Momentum." in sentences(app)


# ---- in a browser


def moment(page: Page) -> str:
    return page.locator(".moment").inner_text()


@pytest.mark.browser
def test_a_hand_moves_through_time(page: Page) -> None:
    page.goto("/noise?surface=least_squares&steps=90&noise=minibatch&run=gd+eta+0.05&view=seeds+100")
    scrub = page.get_by_role("slider", name="Step")
    expect(scrub).to_have_attribute("aria-valuetext", "step 90 of 90", timeout=30_000)
    assert moment(page).startswith("At step 90 the cloud is around")
    scrub.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".moment")).to_contain_text("At step 89 ")
    page.keyboard.press("Home")
    expect(page.locator(".moment")).to_contain_text("At step 0 the cloud is around (2.5, 7.5). Width 0 ± 0; theory 0.")
    expect(page).to_have_url(re.compile(r"view=seeds\+100\+step\+0"))
    page.keyboard.press("Space")
    expect(scrub).to_have_attribute("aria-valuetext", "step 90 of 90", timeout=15_000)
    box = page.locator(".panels canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".moment")).to_contain_text(re.compile(r"At step [45]\d "))
    expect(page).to_have_url(re.compile(r"step\+[45]\d"))
    page.reload()
    expect(page.locator(".moment")).to_contain_text(re.compile(r"At step [45]\d "), timeout=30_000)
    name = page.locator(".contour canvas").get_attribute("aria-label")
    assert name
    assert "100 seeds of Gradient descent" in name


@pytest.mark.browser
def test_a_change_at_the_left_is_another_cloud(page: Page) -> None:
    page.goto("/noise?surface=least_squares&steps=90&noise=minibatch&run=gd+eta+0.05&view=seeds+100")
    expect(page.locator(".moment")).to_contain_text("theory", timeout=30_000)
    before = moment(page)
    field = page.get_by_role("textbox", name="b · batch")
    field.fill("16")
    field.press("Enter")
    expect(page.locator(".moment")).not_to_have_text(before, timeout=10_000)
    expect(page).to_have_url(re.compile(r"noise=minibatch\+batch\+16"))
    page.get_by_role("button", name="Close up").click()
    expect(page.get_by_role("button", name="Close up")).to_have_attribute("aria-pressed", "true")


@pytest.mark.browser
def test_what_a_link_has_wrong_stands_still_when_the_charts_have_come(page: Page) -> None:
    page.goto("/noise?surface=least_squares&steps=90&noise=minibatch&run=gd+eta+-1&view=seeds+50")
    expect(page.locator(".stPlotlyChart").first).to_be_visible(timeout=30_000)
    expect(page.locator(".lr-note")).to_contain_text(["Constant.eta (η) = -1 is outside"])
