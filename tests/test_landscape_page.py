"""The loss landscape page: it trains the runs, lays planes through the loss, and says what they hold."""

from functools import cache

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lrviz.models.slice import Slice
from lrviz.optimizers import GD, Momentum
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.ui.chart import Path
from lrviz.ui.chart.pack import pack
from lrviz.ui.landscape import page, picture, study, told
from lrviz.ui.landscape.exhibits import EXHIBITS
from lrviz.ui.landscape.study import Landscape, Trained
from lrviz.ui.landscape.view import View, parse
from tests.test_meta_gradient_page import charts, waited
from tests.test_pages import checked, opened, sentences

SMALL = "epochs 4 batch 20 width 4 images 60"
RUNS = (Run(GD(), Constant(0.1)), Run(GD(), Constant(0.5)))


@cache
def trained(runs: tuple[Run, ...] = RUNS, words: str = SMALL) -> Trained:
    view, problems = parse(words)
    assert not problems
    return study.train(Scene(runs=runs), view, lambda *_: None, lambda: False)


@cache
def looked(words: str = "", runs: tuple[Run, ...] = RUNS, small: str = SMALL) -> Landscape:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(study, "GRID", 9)
        view, problems = parse(f"{small} {words}")
        assert not problems
        training = trained(runs, small)
        return study.look(training, view, lambda *_: None, lambda: False)


# ---- training


def test_each_run_steps_on_its_minibatches_and_is_looked_at_at_the_same_epochs():
    found = trained((*RUNS, Run(Momentum(), Constant(0.1))), f"{SMALL} other 30")
    view, _ = parse(f"{SMALL} other 30")
    net = study.network(view)
    assert (len(net.data), found.names[0]) == (60, "GD, η = 0.1, m = 20")
    np.testing.assert_array_equal(found.steps[-1], [12, 8, 8])
    for number, run in enumerate(found.scene.runs):
        problem = study.problem(net, view, number)
        theta, velocity = net.start, np.zeros(net.dim)
        eta, beta = float(run.schedule.eta), getattr(run.optimizer, "beta", 0.0)
        for t in range(int(found.steps[-1, number])):
            velocity = beta * velocity + problem.at(t).grad(theta)
            theta = theta - eta * velocity
        np.testing.assert_allclose(found.path[-1, :, number], theta, rtol=1e-9, atol=1e-12)
        assert found.loss[-1, number] == pytest.approx(net.loss(theta))
        products = np.array([net.hvp(theta[:, None], unit[:, None])[:, 0] for unit in np.eye(net.dim)])
        assert found.sharpness[number] == pytest.approx(np.linalg.eigvalsh(products)[-1], rel=0.01)
    np.testing.assert_allclose(found.epochs, found.steps[:, 1] / 2)


def test_stopped_training_has_what_there_was():
    seen: list[Trained] = []
    view, _ = parse(SMALL)
    study.train(Scene(runs=RUNS), view, lambda done, total, partial=None: seen.append(partial), lambda: len(seen) > 3)
    partial = seen[-1]
    assert np.isfinite(partial.loss[:4]).all()
    assert np.isnan(partial.loss[5:]).all()
    found = study.look(partial, view, lambda *_: None, lambda: False)
    assert found.seen[0].share > 0.5
    assert pack(picture.main(found))


# ---- planes


def test_the_plane_of_the_paths_holds_most_of_them():
    found = looked()
    (seen,) = found.seen
    assert seen.share > 0.9
    net = study.network(found.view)
    (left, right), (bottom, top) = seen.plane.reach
    assert ((seen.path[:, 0] > left) & (seen.path[:, 0] < right)).all()
    assert top - bottom == pytest.approx(right - left)
    row, column = 2, 5
    theta = seen.plane.lifted(np.array([[seen.x[column]], [seen.y[row]]]))
    assert seen.losses[row, column] == pytest.approx(net.loss(theta)[0])
    away = found.trained.path - found.trained.end(0)[:, None]
    inside = (seen.path**2).sum() + (seen.distance**2).sum()
    assert inside == pytest.approx((away**2).sum())
    assert seen.share == pytest.approx((seen.path**2).sum() / (away**2).sum())
    np.testing.assert_allclose(seen.along[-1, 0], found.trained.loss[-1, 0])


def test_planes_by_chance_lie_around_each_end_and_miss_the_paths():
    found = looked("random 1 reach 0.5")
    assert [seen.center for seen in found.seen] == [0, 1]
    for seen in found.seen:
        assert seen.share < 0.1
        np.testing.assert_allclose(seen.plane.origin, found.trained.end(seen.center))
        assert seen.plane.reach[0][0] == -seen.plane.reach[0][1]
    other = looked("random 1 draw 1")
    assert np.abs(other.seen[0].plane.directions.T @ found.seen[0].plane.directions).max() < 0.5
    assert "by chance" in told.held(found)[0]


def test_a_run_on_the_plane_begins_where_the_run_does():
    found = looked("ride 1")
    (seen,) = found.seen
    assert isinstance(found.ride.surface, Slice)
    np.testing.assert_allclose(found.ride.theta[0], seen.path[0, :, 0])
    assert found.ride.steps == 12
    said = told.verdict(found)[-1]
    assert said.startswith("Gradient descent on the plane itself, from where the run begins on it, 12 steps")
    assert found.ride.outcome.sentence in said
    assert looked("").ride is None


def test_a_run_that_blew_up_does_not_bend_the_plane():
    wild = (Run(GD(), Constant(0.1)), Run(GD(), Constant(1e200)))
    found = looked("", wild)
    alone = looked("", wild[:1])
    assert found.trained.whole == [0]
    np.testing.assert_allclose(
        np.abs(found.seen[0].plane.directions), np.abs(alone.seen[0].plane.directions), atol=1e-8
    )
    assert told.rows(found.trained)[1][1] == "blew up"
    assert "Training loss" in pack(picture.main(found)).decode(errors="ignore")
    with pytest.raises(ValueError, match="blew up at once"):
        looked("", wild[1:])


def test_the_picture_has_the_paths_at_the_losses_frames():
    found = looked("ride 1")
    chart = picture.main(found)
    (plane,) = chart.planes
    paths = [layer for layer in plane.layers if isinstance(layer, Path)]
    assert [path.name for path in paths] == ["on the plane", "η = 0.1", "η = 0.5"]
    np.testing.assert_array_equal(paths[1].x, found.seen[0].path[:, 0, 0])
    assert list(paths[0].at) == list(found.trained.steps[:, 0])
    assert chart.frame_x == tuple(found.trained.epochs)
    assert chart.frames == len(chart.says) == len(found.trained.epochs)
    assert pack(chart)
    two = picture.main(looked("random 1"))
    assert len(two.planes) == 2
    assert two.planes[0].field.high == two.planes[1].field.high
    assert pack(two)
    assert pack(picture.training(found.trained))


def test_what_it_says_is_what_was_measured():
    found = looked()
    said = " ".join(told.verdict(found))
    assert f"holds {told._percent(found.seen[0].share)} of the squared distances" in said
    flattest = found.trained.names[int(np.argmin(found.trained.sharpness))]
    assert f"The flattest end is that of {flattest}" in said
    apart = np.nanmax(np.abs(found.seen[0].along - found.trained.loss) / found.trained.loss)
    assert ("But the contours are not everywhere" in said) == (apart > told.FAR)
    assert len(told.frames(found.trained)) == len(found.trained.epochs)
    paths, field = page.path_columns(found), page.field_columns(looked("random 1"))
    assert len(paths["loss"]) == 2 * len(found.trained.epochs)
    assert {len(column) for column in paths.values()} == {len(paths["loss"])}
    assert len(field["loss"]) == 2 * 81 or study.GRID != 9


# ---- the view, exhibits


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("batch 900", "View.batch (m) = 900 is more than the 500 images."),
        ("images 100 other 200", "View.other (m′) = 200 is more than the 100 images."),
        ("reach 0", "View.reach (r) = 0 is outside (0, 20]."),
    ],
)
def test_nonsense_gets_a_sentence_and_the_rest_holds(text, sentence):
    view, problems = parse(f"random 1 {text}")
    assert problems == (sentence,)
    assert view == View(random=True)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.title)
def test_exhibits_are_runs_with_views(exhibit):
    view, problems = parse(exhibit.view)
    assert problems == ()
    assert str(view) == exhibit.view
    assert study.size(exhibit.scene, view) <= study.AT_ONCE


def exhibited(title: str, seed: int) -> Landscape:
    exhibit = next(exhibit for exhibit in EXHIBITS if exhibit.title == title)
    view, _ = parse(exhibit.view)  # a smaller one: fewer images in fewer steps
    small = view.replace(images=150, epochs=20, width=12, other=min(view.other, 75), seed=seed)
    return looked("", exhibit.scene.runs, str(small))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_what_exhibits_say_is_so_over_seeds(seed):
    two = exhibited("Two rates, one plane", seed)
    small, large = two.trained.sharpness
    assert two.seen[0].share > 0.95
    assert large < 0.9 * small
    ends = two.seen[0].path[-1] - two.seen[0].path[0]
    assert np.linalg.norm(ends[:, 1]) > 1.3 * np.linalg.norm(ends[:, 0])
    assert ends[:, 0] @ ends[:, 1] > 0.8 * np.linalg.norm(ends[:, 0]) * np.linalg.norm(ends[:, 1])
    chance = exhibited("By chance: a bowl without a path", seed)
    assert max(seen.share for seen in chance.seen) < 0.01
    minibatches = exhibited("Small and large minibatches", seed).trained
    assert minibatches.sharpness[1] > 1.2 * minibatches.sharpness[0]
    adam = exhibited("Adam takes another way", seed)
    assert adam.seen[0].share < two.seen[0].share - 0.01
    momentum = exhibited("Momentum goes far", seed).seen[0]
    away = np.linalg.norm(momentum.path[-1] - momentum.path[0], axis=0)
    assert away[1] > 1.5 * away[0]


# ---- the page


def test_the_page_trains_looks_and_tells(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(study, "GRID", 9)
    app = waited(opened(f"run=gd+eta+0.1&run=gd+eta+0.5&view={SMALL}", page.PAGE))
    assert len(charts(app)) == 1
    assert "The plane holds" in sentences(app)
    app = waited(checked(app.toggle("view random").set_value(True)))
    assert "two directions by chance" in sentences(app)
    assert app.query_params["view"].startswith("random 1 epochs 4")
    app = waited(checked(app.text_input("view batch").set_value("999")))
    assert "is more than the 60 images. Nothing was changed." in sentences(app)


def test_where_all_blow_up_it_is_said(monkeypatch: pytest.MonkeyPatch):
    app = waited(opened(f"run=gd+eta+1e300&view={SMALL}", page.PAGE))
    assert "no path to lay a plane through" in sentences(app)
    app = waited(opened("&".join(["run=gd"] * 4) + f"&view={SMALL}", page.PAGE))
    assert "The first 3 of the 4 runs are shown." in sentences(app)


def test_what_takes_long_waits_for_a_hand():
    app = opened("run=gd&view=epochs+200+images+1000+width+64", page.PAGE)
    assert not app.get("progress")
    assert any(button.label == "Train" for button in app.button)


@pytest.mark.browser
def test_the_paths_are_stepped_through(page: Page):
    page.goto(f"/landscape?run=gd+eta+0.1&run=adam&view={SMALL.replace(' ', '+')}")
    slider = page.get_by_role("slider", name="Epoch")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 4 of 4", timeout=60_000)
    page.get_by_role("button", name="One frame back").click()
    expect(slider).to_have_attribute("aria-valuetext", "epoch 3.67 of 4")
