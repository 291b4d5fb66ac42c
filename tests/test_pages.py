"""The pages run without an exception whatever the scene, and their widgets and the link agree."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Widget

from lrviz import NOISES, OPTIMIZERS, SCHEDULES, SURFACES
from lrviz.declare import Declared
from lrviz.gallery import GALLERY
from lrviz.link import LANDING, query
from lrviz.ui.widgets import stops


def opened(text: str = "") -> AppTest:
    """The app, opened at a link."""
    app = AppTest.from_file("../app.py", default_timeout=30)
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
    """The link of the scene on the page."""
    return query(app.session_state["scene"])


def sentences(app: AppTest) -> str:
    """All that the page says in words of its own."""
    return " ".join(element.proto.body for element in app.get("html"))


def test_the_empty_link_shows_the_landing_scene():
    app = opened()
    assert app.session_state["scene"] == LANDING
    assert "Converged at step 1,033" in sentences(app)
    assert len(app.get("plotly_chart")) == 2


@pytest.mark.parametrize("exhibit", GALLERY, ids=lambda exhibit: exhibit.title)
def test_every_exhibit_opens_by_its_button(exhibit):
    app = opened("surface=ackley")
    checked(app.button(f"exhibit {exhibit.title}").click())
    assert app.session_state["scene"] == exhibit.scene


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
    checked(app.selectbox("run 1 optimizer").select(slug))
    assert shown(app) == f"surface=quadratic&run={slug}+eta+0.05"


@pytest.mark.parametrize("slug", SCHEDULES)
def test_every_schedule_can_be_chosen_and_keeps_rate_and_warmup(slug):
    app = opened("surface=quadratic&run=gd+eta+0.05+warmup+steps+9")
    checked(app.selectbox("run 1 schedule").select(slug))
    named = "" if slug == "constant" else f"+{slug}"
    assert shown(app) == f"surface=quadratic&run=gd+eta+0.05+warmup+steps+9{named}"


@pytest.mark.parametrize("slug", NOISES)
def test_every_noise_can_be_chosen(slug):
    app = opened("surface=quadratic&run=gd")
    checked(app.selectbox("noise").select(slug))
    assert shown(app) == f"surface=quadratic&noise={slug}&run=gd"
    checked(app.text_input("scene seed field").set_value("7"))
    assert "seed=7" in shown(app)


def test_slider_and_field_agree():
    app = opened("surface=quadratic&run=gd+eta+0.05")
    checked(app.text_input("run 1 eta field").set_value("1.2e-3"))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.0012"
    assert app.select_slider("run 1 eta slider").value == 0.0012
    checked(app.select_slider("run 1 eta slider").set_value(0.1))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.1"
    assert app.text_input("run 1 eta field").value == "0.1"


@pytest.mark.parametrize("typed", ["0", "-1", "nan", "inf", "1e400", "abc", "", "1" * 10_000, "__import__('os')"])
def test_nonsense_is_refused_and_nothing_is_lost(typed):
    app = opened("surface=quadratic&run=gd+eta+0.05")
    checked(app.text_input("run 1 eta field").set_value(typed))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.05"
    assert "Constant.eta (η) = " in sentences(app)
    assert "Nothing was changed." in sentences(app)
    checked(app)
    assert "Nothing was changed." not in sentences(app)


def test_a_rate_beyond_the_slider_runs():
    app = opened("surface=quadratic&run=gd")
    checked(app.text_input("run 1 eta field").set_value("1e308"))
    assert "Diverged:" in sentences(app)
    assert app.select_slider("run 1 eta slider").value == 1e308


def test_runs_are_added_copied_and_removed():
    app = opened("surface=quadratic&run=gd+eta+0.05")
    checked(app.button("run 1 copy").click())
    checked(app.text_input("run 2 eta field").set_value("0.1"))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.05&run=gd+eta+0.1"
    checked(app.button("run 1 remove").click())
    assert shown(app) == "surface=quadratic&run=gd+eta+0.1"
    assert app.button("run 1 remove").disabled
    add = next(button for button in app.sidebar.button if button.label == "Add")
    for _ in range(5):
        checked(add.click())
    assert len(app.session_state["scene"].runs) == 6
    assert next(button for button in app.sidebar.button if button.label == "Add").disabled


def test_a_warmup_is_switched_on_and_off():
    app = opened("surface=quadratic&run=gd+eta+0.05+cosine")
    checked(app.toggle("run 1 warmup").set_value(True))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.05+warmup+cosine"
    checked(app.toggle("run 1 warmup").set_value(False))
    assert shown(app) == "surface=quadratic&run=gd+eta+0.05+cosine"


def test_a_start_outside_the_picture_runs_with_a_note():
    app = opened("surface=quadratic&start=9+9&run=gd+eta+0.1")
    assert "The start (9, 9) lies outside the picture" in sentences(app)
    assert "Converged" in sentences(app)


def test_what_is_wrong_with_a_link_is_said_and_cannot_be_markup():
    app = opened("surface=<b>foo</b>&run=gd+eta+0&steps=1000000000&run=adam")
    assert "There is no surface &#x27;&lt;b&gt;foo&lt;/b&gt;&#x27;" in sentences(app)
    assert "Constant.eta (η) = 0 is outside (0, ∞)." in sentences(app)
    assert "Scene.steps (T) = 1000000000 is outside [1, 5000]." in sentences(app)
    assert [run.optimizer.slug for run in app.session_state["scene"].runs] == ["gd", "adam"]


@pytest.mark.parametrize("cls", [*OPTIMIZERS.values(), *SCHEDULES.values(), *SURFACES.values(), *NOISES.values()])
def test_sliders_stop_at_legal_values_from_end_to_end(cls: type[Declared]):
    for declared in cls.hypers():
        if declared.kind == "flag":
            continue
        values = stops(declared)
        assert all(value in declared.hard for value in values)
        assert values == sorted(set(values))
        assert values[-1] == pytest.approx(declared.soft[1])
        assert 4 <= len(values) <= 250


def test_changes_made_at_once_are_all_kept():
    """A person may be quicker than the page: no change is computed from what was drawn before another one."""
    app = opened("surface=quadratic&run=gd+eta+0.05+warmup&run=adam")
    app.text_input("run 1 eta field").set_value("0.1")
    app.selectbox("run 1 optimizer").select("momentum")
    app.selectbox("run 1 schedule").select("cosine")
    app.text_input("run 1 warmup steps field").set_value("7")
    app.text_input("run 2 optimizer beta1 field").set_value("0.5")
    app.text_input("surface kappa field").set_value("50")
    app.text_input("start x field").set_value("1")
    app.text_input("start y field").set_value("2")
    checked(app.text_input("scene steps field").set_value("40"))
    first, second = "momentum+eta+0.1+warmup+steps+7+cosine", "adam+beta1+0.5"
    assert shown(app) == f"surface=quadratic+kappa+50&start=1+2&steps=40&run={first}&run={second}"


def test_a_number_of_what_has_just_been_replaced_is_let_go():
    app = opened("surface=quadratic&run=gd&run=adam")
    app.selectbox("surface").select("beale")
    app.text_input("surface kappa field").set_value("50")
    app.selectbox("run 2 optimizer").select("gd")
    checked(app.text_input("run 2 optimizer beta1 field").set_value("0.5"))
    assert shown(app) == "surface=beale&run=gd&run=gd+eta+0.001"
