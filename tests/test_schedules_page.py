"""The schedules page: what is chosen and held on it, what it says of the runs, and the scenes that it starts from."""

import re
from urllib.parse import parse_qs

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lrviz import GD, OPTIMIZERS, SCHEDULES, Adam, Constant, Cosine, Schedule, Warmup
from lrviz.changes import changes
from lrviz.escape import TRAPS
from lrviz.link import query, read
from lrviz.scene import Run, Scene
from lrviz.ui import stage
from lrviz.ui.schedules import curves, page, race
from lrviz.ui.schedules.examples import EXAMPLES
from lrviz.ui.schedules.view import View, parse
from tests.pairs import pairs
from tests.test_pages import checked, opened, sentences, told

TWO = "surface=quadratic&steps=120&run=gd+eta+0.1+cosine+period+120&run=gd+eta+0.1+warm_restarts+period+40"


def scene(app) -> Scene:
    return app.session_state["desks"]["schedules"].board.scene


def gallery(app):
    return app.pills("gallery of schedules")


# ---- scenes


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_an_example_is_a_clean_link(example):
    link = read(parse_qs(example.query))
    assert link.problems == ()
    assert query(link.scene) == example.query


@pytest.mark.parametrize("moved", [0.0, 1e-9, -1e-9])
def test_restarts_and_cycles_leave_a_basin_where_every_decay_stays(moved):
    """The first example, and the same with all decays that there are; not by a hair, so the start may move by one."""
    first = EXAMPLES[0].scene
    x, y = first.start
    like, steps = first.runs[0], first.steps
    decays = [page.typical(slug, like, steps) for slug in ("step", "exponential", "polynomial", "cosine")]
    for run in Scene(first.surface, (first.runs[0], *decays), (x + moved, y), steps).run():
        assert run.outcome.kind == "converged"
        assert run.theta[-1] == pytest.approx([-1, 0], abs=0.01)
        assert not any(change.left_a_basin for change in changes(run))
    for run in Scene(first.surface, first.runs[1:], (x + moved, y), steps).run():
        assert run.outcome.kind == "converged"
        assert run.theta[-1] == pytest.approx([2, 0], abs=0.01)
        assert sum(change.left_a_basin for change in changes(run)) == 1


@pytest.mark.parametrize("moved", [0.0, 1e-9, -1e-9])
def test_it_is_the_second_cycle_that_leaves(moved):
    second = EXAMPLES[1].scene
    x, y = second.start
    *decayed, restarted = Scene(second.surface, second.runs, (x + moved, y), second.steps).run()
    assert [run.theta[-1, 0] for run in decayed] == pytest.approx([-1, -1], abs=0.01)
    first, restart, *others = changes(restarted)
    assert (first.left_a_basin, restart.left_a_basin) == (False, True)
    assert restart.stretch.begin == 60
    assert restart.basins == ((-1.0, 0.0), (2.0, 0.0))
    assert "as deep and flatter: λmax 27 → 1" in restart.sentence
    assert not any(change.left_a_basin for change in others)


KINDS = {
    "A drop below the limit": ["diverged", "converged"],
    "Landing from a limit cycle": ["oscillating", "converged", "converged", "converged"],
    "A warm-up saves a rate that is too high at first": ["diverged", "converged"],
    "Noise: fade, or hover": ["wandering", "stalled", "wandering", "wandering"],
}


@pytest.mark.parametrize("title", KINDS)
def test_an_example_ends_as_it_says(title):
    (example,) = (example for example in EXAMPLES if example.title == title)
    assert [run.outcome.kind for run in example.scene.run()] == KINDS[title]


# ---- what is chosen


@pytest.mark.parametrize("schedule", [*(cls() for cls in SCHEDULES.values()), Warmup(Cosine())], ids=lambda s: s.slug)
def test_a_stretched_schedule_has_the_same_curve(schedule: Schedule):
    """By a whole factor, at the steps that both have. Two count from 1, or end a step early, so they differ a bit."""
    short, long = curves.rates(schedule), curves.rates(schedule.stretched(3), 900)
    if schedule.slug == "plateau":
        assert schedule.stretched(3).patience == 30
    else:
        np.testing.assert_allclose(
            long[::3],
            short,
            rtol=1e-9,
            atol={"one_cycle": 0.01, "inverse_sqrt": 0.03}.get(schedule.slug, 0) * short.max(),
        )


def test_stretching_keeps_what_is_legal():
    assert Warmup(Cosine(period=7), steps=3).stretched(1e-9) == Warmup(Cosine(period=1), steps=1)
    assert Constant(0.3).stretched(7.5) == Constant(0.3)


@pytest.mark.parametrize("slug", SCHEDULES)
def test_every_schedule_comes_and_goes_by_the_gallery(slug):
    app = opened("surface=quadratic&steps=600&run=gd+eta+0.1+cosine+period+600&run=gd+eta+0.1+step", "schedules")
    before = scene(app)
    if slug in ("cosine", "step"):
        checked(gallery(app).unselect(slug))
        assert [run.schedule for run in scene(app).runs] == [
            run.schedule for run in before.runs if run.schedule.slug != slug
        ]
    else:
        checked(gallery(app).select(slug))
        assert scene(app).runs == (*before.runs, page.typical(slug, before.runs[0], 600))
        checked(gallery(app).unselect(slug))
        assert scene(app) == before


def test_the_run_that_stays_is_still_the_same_for_the_stage():
    app = opened(TWO, "schedules")
    first, second = (run["id"] for run in told(app)["runs"])
    checked(gallery(app).unselect("cosine"))
    assert [run["id"] for run in told(app)["runs"]] == [second]
    assert first != second


def test_the_last_schedule_stays():
    app = opened("surface=quadratic&run=gd+eta+0.1+cosine", "schedules")
    checked(gallery(app).unselect("cosine"))
    assert scene(app).runs == (Run(GD(), Cosine(0.1)),)
    assert "Scene.runs has 0 runs; it takes 1 to 6. Nothing was changed." in sentences(app)


def test_the_optimizer_is_given_to_all_and_a_difference_is_said():
    app = opened("surface=quadratic&run=gd+eta+0.1&run=momentum+eta+0.1+beta+0.8+cosine", "schedules")
    assert "The runs differ by more than their schedules: Gradient descent; Momentum (β = 0.8)." in sentences(app)
    checked(app.selectbox("optimizer").select("adam"))
    assert scene(app).runs == (Run(Adam(), Constant(0.1)), Run(Adam(), Cosine(0.1)))
    assert "differ by more" not in sentences(app)


def test_periods_follow_the_budget():
    app = opened(TWO, "schedules")
    checked(app.text_input("steps").set_value("600"))
    assert scene(app).steps == 600
    assert [run.schedule.period for run in scene(app).runs] == [600, 200]


def test_a_warm_up_for_all():
    app = opened(TWO, "schedules")
    before = scene(app)
    checked(app.toggle("warms up").set_value(True))
    assert [run.schedule for run in scene(app).runs] == [Warmup(run.schedule, steps=8) for run in before.runs]
    assert told(app)["runs"][0]["title"] == "Cosine decay, warmed up"
    checked(app.toggle("warms up").set_value(False))
    assert scene(app) == before


def test_the_stage_calls_runs_by_their_schedules():
    app = opened(TWO, "schedules")
    told_runs = told(app)["runs"]
    assert [run["title"] for run in told_runs] == ["Cosine decay", "Cosine with warm restarts"]
    assert [run["short"] for run in told_runs] == ["cosine", "warm restarts"]
    assert [run["method"] for run in told_runs] == ["GD", "GD"]


# ---- what is said


def test_what_each_restart_did_is_said_for_the_scene_on_the_stage():
    app = opened(TWO, "schedules")
    for run in scene(app).run():
        for change in changes(run):
            assert change.sentence in sentences(app)
    assert "Restart at step 40: " in sentences(app)


def test_the_place_to_leave_is_chosen_and_stands_in_the_address():
    app = opened(TWO, "schedules")
    assert "around the saddle" not in sentences(app)
    app.session_state[stage.key("schedules")] = {"drawn": True}
    checked(app)
    assert "around the saddle" in sentences(app)
    checked(app.segmented_control("trap").set_value("beale"))
    checked(app.text_input("escape eta").set_value("0.01"))
    assert app.query_params["view"] == "beale eta 0.01"
    assert "100 starts around Beale" in sentences(app)
    assert "= 1.278 a step" in sentences(app)


@pytest.mark.parametrize("slug", TRAPS)
def test_a_view_is_read_as_it_is_written(slug):
    for view in (View(slug), View(slug, 0.003)):
        assert parse(str(view)) == (view, ())


@pytest.mark.parametrize("text", ["nowhere", "eta", "eta x", "eta 0 beale", "beale nowhere"])
def test_nonsense_in_a_view_gets_a_sentence_and_the_rest_holds(text):
    view, problems = parse(text)
    assert len(problems) == 1
    assert view.trap == ("beale" if "beale" in text else "saddle")
    app = opened(f"{TWO}&view={text.replace(' ', '+')}", "schedules")
    assert problems[0].split("'")[0] in sentences(app)


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs()[2::5])
def test_the_page_opens_for_every_two_kinds(surface, optimizer, schedule):
    runs = f"run={optimizer}+{schedule}&run={optimizer}+warmup+{schedule}"
    app = opened(f"surface={surface}&steps=60&{runs}", "schedules")
    assert [run["optimizer"] for run in told(app)["runs"]] == [optimizer] * 2


@pytest.mark.parametrize("trap", TRAPS)
def test_the_ways_out_are_told_for_every_optimizer_and_every_schedule(trap):
    """Each optimizer with some schedules, each of them with some: every pair is a run of a hundred starts."""
    kinds = list(SCHEDULES.values())
    for place, optimizer in enumerate(OPTIMIZERS.values()):
        if place % len(TRAPS) != list(TRAPS).index(trap):
            continue
        some = [kinds[(place + step) % len(kinds)] for step in range(0, len(kinds), 6)]
        runs = tuple(Run(optimizer(), schedule()) for schedule in some)
        found = race.entries(Scene(runs=runs), View(trap))
        rates = sum(not cls.eta_means for cls in OPTIMIZERS.values())
        assert len(found) == rates + sum(not isinstance(run.schedule, Constant) for run in runs)
        assert all(race.told(found, View(trap)))
        assert [row[0] for row in race.table(found)] == [entry.name for entry in found]


# ---- in a browser


@pytest.mark.browser
def test_a_schedule_is_chosen_and_stage_and_words_follow(page: Page):
    page.goto(f"/schedules?{TWO}")
    words = page.locator(".lr-changes")
    expect(words).to_contain_text("Restart at step 80: ", timeout=30_000)
    curve = page.locator(".st-key-gallery-of-schedules").get_by_role("button", name="one cycle")
    curve.click()
    expect(page.get_by_role("slider", name="η of run 3")).to_be_visible()
    expect(words).to_contain_text("One cycle")
    expect(page).to_have_url(re.compile(r"one_cycle\+period\+120"))
    curve.click()
    expect(page.get_by_role("slider", name="η of run 3")).to_have_count(0)
    expect(page).to_have_url(re.compile(re.escape(TWO) + "$"))


@pytest.mark.browser
def test_a_period_is_held_on_the_stage_and_the_words_follow(page: Page):
    page.goto(f"/schedules?{TWO}")
    expect(page.locator(".lr-changes")).to_contain_text("Restart at step 80: ", timeout=30_000)
    period = page.get_by_role("textbox", name="T of run 2")
    period.fill("50")
    period.press("Enter")
    expect(page.locator(".lr-changes")).to_contain_text("Restart at step 50: ")
    expect(page).to_have_url(re.compile(r"warm_restarts\+period\+50"))
    page.get_by_text("Every schedule: formula and use").click()
    expect(page.get_by_text("As torch.optim.lr_scheduler.OneCycleLR")).to_be_visible()
    expect(page.locator(".katex-error")).to_have_count(0)
    page.reload()
    expect(page.locator(".lr-changes")).to_contain_text("Restart at step 50: ", timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)
