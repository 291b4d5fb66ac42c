"""The Federated page: its pictures are what was computed, its words too, and its long work is in nobody's way."""

import re
import time

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Adam, Constant, Momentum
from lrviz.scene import Run
from lrviz.ui.chart import Path
from lrviz.ui.federated import digits, page, picture, study, told
from lrviz.ui.federated.examples import EXAMPLES
from lrviz.ui.federated.view import View
from tests import parcel
from tests.test_pages import checked, opened, sentences

RUNS = (Run(GD(), Constant(1.0)), Run(Momentum(beta=0.5), Constant(0.5)), Run(GD(), Constant(0.1)))
SMALL = "rounds 5 local 2"


VIEW = View(rounds=6, local=4)


def studied(view: View = VIEW, runs=RUNS) -> study.Study:
    return study.study(study.question(runs, view), lambda *_: None, lambda: False)


# ---- the picture


def paths(chart) -> list[Path]:
    return [layer for layer in chart.planes[0].layers if isinstance(layer, Path)]


def test_clients_fan_out_from_where_the_server_stands_and_their_mean_is_where_fedavg_stands_next():
    found = studied()
    chart = picture.main(found, found.asked.view)
    fans = np.array([[path.x, path.y] for path in paths(chart) if path.colour == "ink"])  # (K, 2, frames, points)
    server = next(np.array([path.x, path.y]) for path in paths(chart) if path.colour == "run0")
    assert fans.shape == (6, 2, 7, 5)
    assert np.isnan(fans[:, :, 0]).all()  # before the first round nobody has stepped
    np.testing.assert_allclose(fans[:, :, 1:, 0], np.repeat(server[None, :, :-1], 6, axis=0))
    np.testing.assert_allclose(fans[:, :, 1:, -1].mean(axis=0), server[:, 1:])


def test_the_losses_stand_over_rounds_or_over_the_work_that_they_cost():
    found = studied()
    over_rounds, over_work = (picture.main(found, View(rounds=6, local=4, counted=on)) for on in (False, True))
    for chart, step in ((over_rounds, 1), (over_work, 4)):
        one, first, *_ = chart.panels[0].layers
        assert one.name == "1 local step"
        np.testing.assert_array_equal(first.x, step * np.arange(7))
        np.testing.assert_array_equal(chart.frame_x, step * np.arange(7))
        np.testing.assert_array_equal(one.y, found.reference[: 6 * step + 1])


def test_dots_of_the_drift_lie_on_the_closed_form():
    found = study.drift(View())
    at = [study.LOCALS.index(local) for local in study.RUN_AT]
    np.testing.assert_allclose(found.measured_local, found.local[at], atol=1e-4)
    np.testing.assert_allclose(found.measured_unlike, found.unlike[:, study.RUN_APARTS], atol=1e-4)


# ---- in words


def test_servers_have_the_names_of_the_papers():
    assert study.names(RUNS) == ["FedAvg, η = 1", "FedAvgM", "FedAvg, η = 0.1"]
    assert study.names([Run(Adam(), Constant(0.1)), Run(GD(), Constant(1.0))]) == ["FedAdam", "FedAvg"]
    assert study.names([RUNS[0], RUNS[0]]) == ["1: FedAvg, η = 1", "2: FedAvg, η = 1"]


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (View(rounds=60, seed=5), r"Client drift: rounds of 10 local steps rest 0\.685 away .* whatever"),
        (View(rounds=5, local=1), "No drift: the fixed point of 1 local step a round is the optimum, since with one"),
        (View(rounds=5, unlike=0.0), "No drift: .* curvatures are the same"),
        (View(rounds=5, apart=0.0), "No drift: .* the clients have the same minimum"),
        (View(rounds=5, share=50.0), "no fixed point in closed form, since the clients of a round change"),
        (View(rounds=5, cosine=True), "since the clients’ rate falls"),
        (View(rounds=5, optimizer="adam"), "since the clients do not take plain gradient steps"),
        (View(rounds=5, eta=5.0), "since at η = 5 the clients’ own steps grow"),
    ],
)
def test_the_verdict_says_where_it_rests_and_why(view, says):
    (verdict,) = told.verdict(studied(view, RUNS[:1]))
    assert re.search(says, verdict)


def test_the_verdict_says_where_each_run_ends():
    found = studied(View(rounds=40), (*RUNS[:1], Run(GD(), Constant(0.01)), Run(GD(), Constant(8.0))))
    (verdict,) = told.verdict(found)
    away = float(np.linalg.norm(found.path[-1, :, 1] - found.clients.optimum))
    assert "FedAvg, η = 1 has come there." in verdict
    assert f"FedAvg, η = 0.01 ends {away:.2f}" in verdict
    assert f"FedAvg, η = 8 blows up in round {found.blew_up[2]}." in verdict


def test_a_run_that_blows_up_is_told():
    found = studied(View(rounds=60, eta=1.0), RUNS[:1])
    assert found.blew_up[0] > 0
    assert f"FedAvg blows up in round {found.blew_up[0]}." in told.verdict(found)[0]
    assert told.rows(found)[0][2] == f"blew up in round {found.blew_up[0]}"
    assert told.rounds(found)[-1] == "Round 60: FedAvg has blown up."


# ---- the page


def settled(app: AppTest) -> AppTest:
    """The page after all that it works on by itself has ended."""
    deadline = time.monotonic() + 60
    while any(work and work.is_going_on for work in works(app)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return checked(app)


def works(app: AppTest) -> list:
    keys = ("work federated rounds", "work federated digits", "work federated sweep")
    return [app.session_state[key] for key in keys if key in app.session_state]


def plane(app: AppTest) -> dict:
    """The header of the first chart."""
    component = next(c.proto for c in app.get("bidi_component") if c.proto.id.endswith(page.PLANE))
    return parcel.opened(component.bytes)[0]["chart"]


def test_the_page_shows_rounds_drift_and_digits():
    app = settled(opened(f"run=gd+eta+1&run=adam+eta+0.1&view={SMALL.replace(' ', '+')}", "federated"))
    said = sentences(app)
    assert plane(app)["frames"] == 6
    assert "Client drift: rounds of 2 local steps rest" in said
    assert "FedAvg rests 0 at E = 1" in said
    assert "1,258 digits are shared among 6 clients" in said
    assert re.search(r"After 5 rounds Fed\w+ has the lowest loss on all clients’ digits", said)


@pytest.mark.slow
def test_the_sweep_is_asked_for():
    app = settled(opened("run=gd+eta+1&run=momentum+eta+0.3&view=rounds+1+local+1", "federated"))
    assert "ends lowest" not in sentences(app)
    app = settled(checked(next(button for button in app.button if button.label == "Train 42 times").click()))
    assert re.search(r"At α = 0\.1 Fed\w+ ends lowest, at [\d.]+; Fed\w+ at [\d.]+\. At α = 1 ", sentences(app))


def test_an_example_opens_by_its_button(monkeypatch):
    monkeypatch.setattr(digits, "BY_ITSELF", 0)
    app = opened(f"run=gd+eta+1&view={SMALL.replace(' ', '+')}", "federated")
    example = next(one for one in EXAMPLES if one.title == "One local step")
    app = settled(checked(app.button(f"exhibit {example.title}").click()))
    assert app.session_state["desks"]["federated"].board.scene == example.scene
    assert "No drift" in sentences(app)
    assert plane(app)["frames"] == 61


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_the_words_of_every_example_are_legal(example):
    view, problems = View.parse(example.view)
    assert (str(view), problems) == (example.view, ())
    asked = study.question(example.scene.runs, view)
    assert (asked.runs, asked.local_steps <= study.BY_ITSELF) == (example.scene.runs, True)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("view local", "0", "View.local (E) = 0 is outside [1, 100]. Nothing was changed."),
        ("view share", "0", "View.share (%) = 0 is outside (0, 100]. Nothing was changed."),
        ("view alpha", "<b>", "View.alpha (α) = &#x27;&lt;b&gt;&#x27; is not a number. Nothing was changed."),
    ],
)
def test_nonsense_is_refused_and_nothing_is_lost(field, typed, sentence, monkeypatch):
    monkeypatch.setattr(digits, "BY_ITSELF", 0)
    app = opened(f"run=gd+eta+1&view={SMALL.replace(' ', '+')}", "federated")
    before = dict(app.query_params)
    app = checked(app.text_input(field).set_value(typed))
    assert sentence in sentences(app)
    assert dict(app.query_params) == before


def test_the_clients_have_any_optimizer(monkeypatch):
    monkeypatch.setattr(digits, "BY_ITSELF", 0)
    app = opened(f"run=gd+eta+1&view={SMALL.replace(' ', '+')}", "federated")
    app = checked(app.selectbox("clients’ optimizer").select("Adam"))
    assert app.query_params["view"] == "local 2 rounds 5 optimizer adam"
    assert "the clients do not take plain gradient steps" in sentences(app)


@pytest.mark.parametrize("view", ["eta 1e300 local 100 rounds 2", "clients 1 apart 0 rounds 2 local 1 cosine 1"])
def test_extremes_do_not_raise(view, monkeypatch):
    monkeypatch.setattr(digits, "BY_ITSELF", 0)
    opened(f"run=gd+eta+1e10&run=adagrad&view={view.replace(' ', '+')}", "federated")


@pytest.mark.browser
def test_hands_step_through_the_rounds(page: Page) -> None:
    page.goto("/federated?run=gd+eta+1&view=rounds+5+local+2")
    says = page.locator(".says").first
    expect(says).to_contain_text("Round 1: from where FedAvg stood 6 clients", timeout=60_000)
    scrub = page.get_by_role("slider", name="round").first
    scrub.focus()
    page.keyboard.press("ArrowRight")
    expect(says).to_contain_text("Round 2: from where FedAvg stood 6 clients")
