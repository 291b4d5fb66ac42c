"""The edge of stability page: it trains the runs, draws λmax with each one's edge, and says what it measured."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lrviz.models import load
from lrviz.optimizers import GD, Adam, Momentum
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant, Cosine, StepDecay
from lrviz.ui.chart import Level, Line
from lrviz.ui.chart.pack import pack
from lrviz.ui.edge import page, picture, study, told
from lrviz.ui.edge.exhibits import EXHIBITS
from lrviz.ui.edge.study import Study
from lrviz.ui.edge.view import View, parse
from tests.test_meta_gradient_page import charts, waited
from tests.test_pages import checked, opened, sentences

SMALL = "steps 40 images 40 width 5 layers 1"
VIEW, _ = parse(SMALL)
RUNS = (Run(GD(), Constant(0.2)), Run(Momentum(), Constant(0.1)), Run(GD(), Constant(0.4)))


def studied(scene: Scene, view: View = VIEW) -> Study:
    return study.study(scene, view, lambda *_: None, lambda: False)


def test_runs_side_by_side_are_as_if_each_were_alone():
    runs = (*RUNS, Run(GD(), Cosine(0.4, period=20)))
    assert study.together(runs) == [[0, 2], [1], [3]]
    all_ = studied(Scene(runs=runs)).run
    for number, run in enumerate(runs):
        alone = studied(Scene(runs=(run,))).run
        np.testing.assert_allclose(all_.loss[:, number], alone.loss[:, 0], rtol=1e-9)
        np.testing.assert_allclose(all_.curvature[:, number], alone.curvature[:, 0], rtol=0.05)
        np.testing.assert_allclose(all_.edge[:, number], alone.edge[:, 0])


def test_the_network_is_what_the_view_says():
    view = View(images=30, width=7, layers=3, entropy=True, seed=4)
    network = study.network(view)
    assert (network.hidden, network.objective, len(network.data)) == ((7, 7, 7), "cross_entropy", 30)
    np.testing.assert_allclose(network.data.features.mean(axis=0), 0, atol=1e-12)
    spread = {tuple(row) for row in np.round(network.data.features - network.data.features[0], 9)}
    assert spread <= {tuple(row) for row in np.round(load("digits").features - _first(view), 9)}
    scaled = studied(Scene(), VIEW.replace(gain=0.5)).run
    assert scaled.loss[0, 0] == pytest.approx(study.network(VIEW).loss(0.5 * study.network(VIEW).start))


def _first(view: View) -> np.ndarray:
    """The features of the first image that is drawn."""
    data = load("digits")
    return data.features[np.random.default_rng(view.seed).permutation(len(data))[0]]


def test_a_question_is_the_runs_and_the_view_and_nothing_else():
    scene = Scene(runs=RUNS)
    assert study.question(scene, VIEW) == study.question(scene.replace(steps=17), VIEW)
    assert study.question(scene, VIEW) != study.question(scene, View())
    assert study.question(scene, VIEW) != study.question(Scene(runs=RUNS[:2]), VIEW)


# ---- what it says


def fake(curvature: np.ndarray, loss: np.ndarray, eta: float = 0.5, run: Run | None = None) -> Study:
    """A study of one run of gradient descent with this course."""
    made = studied(Scene(runs=(run or Run(GD(), Constant(eta)),)), VIEW.replace(steps=len(loss) - 1))
    looks = np.arange(len(loss))
    edge = np.full((len(loss), 1), 2 / eta)
    part = type(made.run)(loss[:, None], looks, curvature[:, None], edge, np.array([-1]), made.run.theta)
    return Study(made.scene, made.view, part)


def test_a_run_at_its_edge_is_told_with_its_numbers():
    curvature = np.concatenate([np.linspace(3, 1, 5), np.linspace(1, 4, 15), np.tile([4.2, 4.0], 20)])
    loss = np.concatenate([np.linspace(2, 1, 20), np.tile([1.1, 0.9], 20) * np.linspace(1, 0.5, 40)])
    found = fake(curvature, loss)
    (one,) = told.runs(found)
    assert one.is_at_edge
    assert (one.edge, one.lowest, one.when, one.reached) == (4.0, 1.0, 4, 19)
    assert one.settled == pytest.approx(np.median(curvature[one.trained * 2 // 3 + 1 :]) / 4)
    assert one.rose == pytest.approx(np.mean(np.diff(loss) > 0))
    (said,) = told.verdict(found)
    assert said.startswith("The run is at the edge of stability")
    assert f"up in {one.rose:.0%} of the steps and falls all the same" in said
    (said,) = told.sentences(found)
    assert "λmax grew from 1 at step 4 and was at its edge 4 at step 19" in said
    assert "The loss went from 2 to 0.45" in said


@pytest.mark.parametrize(
    ("curvature", "said"),
    [
        (np.linspace(1, 2, 60), "has grown from 1 at step 0, but is not there yet: 1.84"),
        (np.linspace(2, 1, 60), "has fallen from 2 at step 0"),
        (np.full(60, 2.0), "stays below: 2 in the median of the last third, 50% of its edge 4"),
        (np.r_[np.linspace(1, 4.1, 20), np.full(40, 2.0)], "was at its edge at step 19 and is below it again"),
        (np.linspace(1, 9, 60), "above its edge"),
    ],
)
def test_a_run_that_is_not_at_its_edge_is_told_as_what_it_is(curvature, said):
    found = fake(curvature, np.linspace(2, 1, 60))
    assert said in told.sentences(found)[0]
    assert told.verdict(found)[0].startswith("None of the runs is at the edge")


def test_what_blew_up_and_what_has_no_edge_are_told():
    found = studied(Scene(runs=(Run(GD(), Constant(50.0)), Run(GD(), Constant(0.1)))))
    step = found.run.blew_up[0]
    assert told.sentences(found)[0].startswith(f"η = 50: blew up at step {step}. λmax began at ")
    assert told.verdict(found)[0].endswith("η = 50 blew up.")
    assert told.rows(found)[0][-1] == f"blew up at {step}"
    dropped = studied(Scene(runs=(Run(GD(), StepDecay(0.1, drop=0.5, every=30)),)))
    assert "its edge goes from 20 to 40" in told.sentences(dropped)[0]


def test_the_picture_has_each_run_with_its_edge():
    found = studied(Scene(runs=(*RUNS[:2], Run(GD(), StepDecay(0.1, drop=0.5, every=30)))))
    chart = picture.main(found)
    curvatures, losses = chart.panels
    levels = [layer for layer in curvatures.layers if isinstance(layer, Level)]
    assert [level.y for level in levels] == pytest.approx([10, 38])
    lines = [layer for layer in curvatures.layers if isinstance(layer, Line)]
    assert len(lines) == 4  # the edge that moves is a line too
    np.testing.assert_array_equal(lines[1].y, found.run.curvature[:, 0])
    np.testing.assert_array_equal(losses.layers[1].y, found.run.loss[:, 1])
    assert curvatures.title.startswith("λmax of the Hessian")
    assert picture.title(studied(Scene(runs=(Run(Adam()),)))).startswith("λmax of P⁻¹H")
    assert "blew" not in chart.alt
    assert pack(chart)


# ---- its exhibits


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.title)
def test_exhibits_are_runs_with_views(exhibit):
    assert parse(exhibit.view)[1] == ()
    assert str(parse(exhibit.view)[0]) == exhibit.view
    assert study.size(exhibit.scene, parse(exhibit.view)[0]) <= study.AT_ONCE


@pytest.mark.slow
def test_what_exhibits_say_is_so_over_seeds():
    shown = {exhibit.title: exhibit for exhibit in EXHIBITS}

    def over_seeds(title: str, *seeds: int) -> list[list[told.Told]]:
        exhibit = shown[title]
        views = [parse(f"{exhibit.view} images 100 seed {seed}")[0] for seed in seeds]
        return [told.runs(studied(exhibit.scene, view)) for view in views]

    for cold, warm in over_seeds("Warm-up flattens the way in", 0, 1):
        assert cold.blew_up > 0
        assert warm.blew_up < 0
        assert warm.last < 0.2 * warm.first
    for ones in over_seeds("Cross-entropy lets go of the edge", 0, 1):
        assert all(one.settled < 0.2 and one.curvature < 0.5 * one.highest for one in ones)
    for kept, dropped in over_seeds("When η drops, λmax grows again", 1):
        assert kept.is_at_edge
        assert dropped.curvature > 1.1 * kept.curvature


# ---- the page


def test_the_page_trains_and_tells():
    app = waited(opened(f"run=gd+eta+0.1&run=gd+eta+9&view={SMALL}", page.PAGE))
    assert len(charts(app)) == 1
    text = sentences(app)
    assert "η = 9 blew up." in text
    assert "2/η for gradient descent" in text
    app = waited(checked(app.text_input("view width").set_value("6")))
    assert app.query_params["view"] == "steps 40 images 40 width 6 layers 1"
    app = waited(checked(app.text_input("view layers").set_value("9")))
    assert "is outside [1, 3]. Nothing was changed." in sentences(app)
    app = waited(checked(app.toggle("view entropy").set_value(True)))
    assert "its loss is cross-entropy" in sentences(app)


def test_what_takes_long_waits_for_a_hand_and_nonsense_is_told():
    app = opened("run=gd&view=steps+6000+images+600+colour+red", page.PAGE)
    assert "The view has no number" in sentences(app)
    assert not app.get("progress")
    assert any(button.label == "Train" for button in app.button)
    assert "6,000 steps with 600 images in each." in sentences(app)


@pytest.mark.browser
def test_the_curves_are_drawn(page: Page):
    page.goto(f"/edge?run=gd+eta+0.2&run=gd+eta+0.4&view={SMALL.replace(' ', '+')}")
    expect(page.get_by_text("Run by run, and what is measured")).to_be_visible(timeout=30_000)
    expect(page.locator(".chart canvas").first).to_be_visible()
