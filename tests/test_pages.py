"""The pages run without an exception whatever the scene; widgets, stage, table and link agree."""

import json
import re
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Widget

from lrviz import NOISES, OPTIMIZERS, SCHEDULES, SURFACES
from lrviz.gallery import GALLERY
from lrviz.link import LANDING, query
from lrviz.ui import stage


def opened(text: str = "", page: str = "playground") -> AppTest:
    """The app, opened at a link of a page."""
    app = AppTest.from_file("../app.py", default_timeout=30)
    app.switch_page(f"pages/{page}.py")
    for part in filter(None, text.split("&")):
        name, _, value = part.partition("=")
        app.query_params[name] = [*app.query_params.get(name, []), value.replace("+", " ")]
    return checked(app)


def checked(touched: AppTest | Widget | Button) -> AppTest:
    """The app after a run, which must have ended without an exception."""
    app = touched.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> str:
    """The link of the scene on the page, which is the address too, and what the stage is told or knows."""
    scene = app.session_state["desks"]["playground"].board.scene
    assert urlencode(dict(app.query_params), doseq=True) == query(scene)
    return query(scene)


def sentences(app: AppTest) -> str:
    """All that the page says in words of its own."""
    return " ".join(element.proto.body for element in app.get("html"))


def payload(app: AppTest) -> bytes:
    """What the stage is told."""
    component = next(c.proto for c in app.get("bidi_component") if c.proto.component_name == "stage")
    return component.bytes


def told(app: AppTest) -> dict:
    """The header of what the stage is told."""
    told = payload(app)
    return json.loads(told[4 : 4 + int.from_bytes(told[:4], "little")])


def edited(app: AppTest, count: int = 1, **changes) -> AppTest:
    """The app after the stage has sent an edit: what it was told, with some of it changed."""
    header = told(app)

    def numbers(part):
        return {number["path"]: number["value"] for number in part["numbers"]}

    known = {run["id"]: numbers(run) for run in header["runs"]}
    runs = changes.pop("runs", [{"id": id} for id in known])
    edit = {
        "edition": header["edition"],
        "count": count,
        "start": header["start"],
        "numbers": numbers(header["surface"]) | (numbers(header["noise"]) if header["noise"] else {}),
        "runs": [
            {"id": run["id"], "of": of, "numbers": known.get(of, {}) | run.get("numbers", {})}
            for run in runs
            for of in [run.get("of", run["id"])]
        ],
    }
    app.session_state[stage.key("playground")] = {"edit": edit | changes}
    return checked(app)


def etas(*values: float, ids: tuple[int, ...] = ()) -> list[dict]:
    """The runs of an edit that changes their η."""
    ids = ids or tuple(range(1, len(values) + 1))
    return [{"id": id, "numbers": {"schedule.eta": value}} for id, value in zip(ids, values, strict=True)]


def test_the_empty_link_shows_the_landing_scene():
    app = opened()
    assert app.session_state["desks"]["playground"].board.scene == LANDING
    assert shown(app) == ""
    assert "<td class=lr-converged>converged<td>0.0012<td>" in sentences(app)
    assert "<td>1,033<td>1,200" in sentences(app)
    assert [run["title"] for run in told(app)["runs"]] == ["Momentum", "Adam"]
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("exhibit", GALLERY, ids=lambda exhibit: exhibit.title)
def test_every_exhibit_opens_by_its_button(exhibit):
    app = opened("surface=ackley")
    checked(app.button(f"exhibit {exhibit.title}").click())
    assert app.session_state["desks"]["playground"].board.scene == exhibit.scene


@pytest.mark.parametrize("slug", SURFACES)
def test_every_surface_can_be_chosen(slug):
    app = opened("surface=himmelblau&run=gd+eta+0.01&run=adam+eta+0.1")
    checked(app.selectbox("surface").select(slug))
    assert shown(app) == f"surface={slug}&run=gd&run=adam+eta+0.1"


def test_a_start_of_ones_own_survives_another_surface():
    app = opened("surface=himmelblau&start=0.5+1&run=gd")
    checked(app.selectbox("surface").select("beale"))
    assert shown(app) == "surface=beale&start=0.5+1&run=gd"


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_optimizer_can_be_chosen_and_keeps_the_rate(slug):
    app = opened("surface=quadratic&run=gd+eta+0.05")
    checked(app.selectbox("optimizer 1").select(slug))
    assert shown(app) == f"surface=quadratic&run={slug}+eta+0.05"


@pytest.mark.parametrize("slug", SCHEDULES)
def test_every_schedule_can_be_chosen_and_keeps_rate_and_warmup(slug):
    app = opened("surface=quadratic&run=gd+eta+0.05+warmup+steps+9")
    checked(app.selectbox("schedule 1").select(slug))
    named = "" if slug == "constant" else f"+{slug}"
    assert shown(app) == f"surface=quadratic&run=gd+eta+0.05+warmup+steps+9{named}"


@pytest.mark.parametrize("slug", NOISES)
def test_every_noise_can_be_chosen(slug):
    app = opened("surface=least_squares&run=gd")
    checked(app.selectbox("noise").select(slug))
    assert shown(app) == f"surface=least_squares&noise={slug}&run=gd"
    checked(app.text_input("seed").set_value("7"))
    assert "seed=7" in shown(app)


def test_a_batch_is_chosen_beside_the_stage():
    app = opened("surface=least_squares&noise=minibatch&run=gd")
    checked(app.text_input("batch noise").set_value("8"))
    assert shown(app) == "surface=least_squares&noise=minibatch+batch+8&run=gd"
    assert told(app)["edition"] == 2


def test_minibatches_are_refused_where_there_is_no_data_and_go_with_it():
    app = opened("surface=quadratic&run=gd")
    checked(app.selectbox("noise").select("minibatch"))
    assert "Minibatches are drawn from data: Quadratic has none" in sentences(app)
    assert shown(app) == "surface=quadratic&run=gd"
    assert app.selectbox("noise").value == "none"
    app = opened("surface=least_squares&noise=minibatch+batch+4&run=gd")
    checked(app.selectbox("surface").select("himmelblau"))
    assert shown(app) == "surface=himmelblau&run=gd"


@pytest.mark.parametrize(
    "typed", ["0", "-1", "nan", "inf", "1e400", "1.5", "abc", "", "1" * 10_000, "__import__('os')"]
)
def test_nonsense_is_refused_and_nothing_is_lost(typed):
    app = opened("surface=quadratic&steps=40&run=gd+eta+0.05")
    checked(app.text_input("steps").set_value(typed))
    assert shown(app) == "surface=quadratic&steps=40&run=gd+eta+0.05"
    assert app.text_input("steps").value == "40"
    assert "Scene.steps (T) = " in sentences(app)
    assert "Nothing was changed." in sentences(app)
    checked(app)
    assert "Nothing was changed." not in sentences(app)


def test_a_rate_beyond_the_slider_runs():
    app = opened("surface=quadratic&run=gd+eta+1e308")
    assert "<td class=lr-diverged>" in sentences(app)
    assert told(app)["runs"][0]["numbers"][-1]["value"] == 1e308


def test_runs_are_added_until_there_are_six():
    app = opened("surface=quadratic&run=gd+eta+0.05")
    for _ in range(5):
        app.selectbox("another").select("adam")
        checked(button(app, "Add").click())
    assert shown(app) == "surface=quadratic&run=gd+eta+0.05" + "&run=adam+eta+0.05" * 5
    assert button(app, "Add").disabled


def button(app: AppTest, label: str) -> Button:
    return next(button for button in app.sidebar.button if button.label == label)


def test_what_has_a_formula_of_its_own_is_chosen_beside_the_stage():
    app = opened("surface=quadratic&run=rmsprop+warm_restarts")
    checked(app.toggle("centered 1").set_value(True))
    checked(app.text_input("period_mult schedule 1").set_value("2"))
    assert shown(app) == "surface=quadratic&run=rmsprop+centered+1+warm_restarts+period_mult+2"
    assert told(app)["edition"] == 3


def test_a_warmup_is_switched_on_and_off():
    app = opened("surface=quadratic&run=gd+eta+0.05+cosine")
    checked(app.toggle("warmup 1").set_value(True))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.05+warmup+cosine"
    checked(app.toggle("warmup 1").set_value(False))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.05+cosine"


def test_a_start_outside_the_picture_runs_with_a_note():
    app = opened("surface=quadratic&start=9+9&run=gd+eta+0.1")
    assert "The start (9, 9) lies outside the picture" in sentences(app)
    assert "converged" in sentences(app)


def test_what_is_wrong_with_a_link_is_said_and_cannot_be_markup():
    app = opened("surface=<b>foo</b>&run=gd+eta+0&steps=1000000000&run=adam")
    assert "There is no surface &#x27;&lt;b&gt;foo&lt;/b&gt;&#x27;" in sentences(app)
    assert "Constant.eta (η) = 0 is outside (0, ∞)." in sentences(app)
    assert "Scene.steps (T) = 1000000000 is outside [1, 5000]." in sentences(app)
    assert [run.optimizer.slug for run in app.session_state["desks"]["playground"].board.scene.runs] == ["gd", "adam"]


def test_changes_made_at_once_are_all_kept():
    """A person may be quicker than the page: no change is computed from what was drawn before another one."""
    app = opened("surface=quadratic&run=gd+eta+0.05+warmup&run=adam")
    app.selectbox("optimizer 1").select("momentum")
    app.selectbox("schedule 1").select("cosine")
    app.selectbox("optimizer 2").select("adamw")
    app.text_input("steps").set_value("40")
    button(app, "Add").click()
    edited(app, start=[1, 2], numbers={"surface.kappa": 50}, runs=etas(0.1, 0.2))
    runs = "run=momentum+eta+0.1+warmup+cosine&run=adamw+eta+0.2&run=gd+eta+0.001"
    assert shown(app) == f"surface=quadratic+kappa+50&start=1+2&steps=40&{runs}"
    assert told(app)["edition"] == 2


def test_what_is_dragged_is_in_table_and_address_and_needs_no_answer():
    app = opened("surface=quadratic&steps=60&run=gd+eta+0.19")
    before = payload(app)
    edited(app, runs=etas(0.21))
    assert shown(app) == "surface=quadratic&steps=60&run=gd+eta+0.21"
    assert "<td class=lr-diverged>diverged<td>0.21<td>" in sentences(app)
    assert payload(app) == before
    checked(app)
    assert payload(app) == before


def test_while_the_hand_is_down_the_address_waits():
    app = opened("surface=quadratic&steps=60&run=gd+eta+0.19")
    edited(app, held=True, runs=etas(0.21))
    assert "<td>0.21<td>" in sentences(app)
    assert app.query_params["run"] == "gd eta 0.19"
    edited(app, count=2, runs=etas(0.22))
    assert shown(app) == "surface=quadratic&steps=60&run=gd+eta+0.22"


def test_runs_are_copied_moved_and_removed_on_the_stage_and_the_sidebar_follows():
    app = opened("surface=quadratic&run=gd+eta+0.1&run=adam+eta+0.2")
    first = told(app)["next_id"]
    edited(app, runs=[*etas(0.2, 0.1, ids=(2, 1)), {"id": first, "of": 2, "numbers": {"schedule.eta": 0.3}}])
    assert shown(app) == "surface=quadratic&run=adam+eta+0.2&run=gd+eta+0.1&run=adam+eta+0.3"
    assert [app.selectbox(f"optimizer {id}").value for id in (2, 1, first)] == ["adam", "gd", "adam"]
    edited(app, count=2, runs=etas(0.3, ids=(first,)))
    assert shown(app) == "surface=quadratic&run=adam+eta+0.3"
    checked(app.selectbox(f"optimizer {first}").select("gd"))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.3"
    assert [run["id"] for run in told(app)["runs"]] == [first]


def test_a_floating_note_reads_as_it_is():
    """Markdown takes a backslash away only before a character of punctuation that is ASCII."""
    app = opened("surface=quadratic&run=gd+eta+0")
    markdown = app.toast[0].value
    assert "Constant.eta (η) = 0 is outside (0, ∞)." in re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


def test_an_edit_of_an_older_edition_is_merged():
    app = opened("surface=quadratic&run=gd+eta+0.1")
    checked(app.text_input("steps").set_value("40"))
    assert told(app)["edition"] == 2
    edited(app, edition=1, runs=etas(0.3))
    assert shown(app) == "surface=quadratic&steps=40&run=gd+eta+0.3"
    assert told(app)["edition"] == 3
    assert told(app)["count"] == 1


def test_an_illegal_number_of_the_stage_gets_a_sentence_and_the_rest_is_kept():
    app = opened("surface=quadratic&run=gd+eta+0.1&run=adam+eta+0.2")
    edited(app, start=[1, 1], runs=etas(0, 0.3))
    assert shown(app) == "surface=quadratic&start=1+1&run=gd+eta+0.1&run=adam+eta+0.3"
    assert "Constant.eta (η) = 0 is outside (0, ∞). It was left as it was." in sentences(app)
    assert told(app)["edition"] == 2
    checked(app)
    assert "It was left as it was." not in sentences(app)


@pytest.mark.parametrize("state", [None, 3, "x", [1], {"edit": None}, {"edit": "x"}, {"edit": [[]]}, {"other": 1}])
def test_garbage_from_the_stage_is_let_go(state):
    app = opened("surface=quadratic&run=gd+eta+0.1")
    before = payload(app)
    app.session_state[stage.key("playground")] = state
    checked(app)
    assert shown(app) == "surface=quadratic&run=gd+eta+0.1"
    assert payload(app) == before


def test_another_scene_is_another_edition_with_other_runs():
    app = opened("surface=quadratic&run=gd+eta+0.1")
    checked(app.button(f"exhibit {GALLERY[1].title}").click())
    assert told(app)["edition"] == 2
    assert [run["id"] for run in told(app)["runs"]] == [2, 3]
