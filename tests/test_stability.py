"""The Stability page: its axes, its words, its sweeps in the background, and the page for all kinds of scenes."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrviz import NOISES, SURFACES, Constant, Himmelblau, Momentum, Quadratic, kernel, simulate
from lrviz.noise import Additive
from lrviz.scene import Run, Scene
from lrviz.schedules import WarmRestarts, Warmup
from lrviz.theory import stability_limit
from lrviz.ui.stability import maps
from lrviz.ui.stability.axes import Axis, choices, short, usual, usual_pair
from lrviz.ui.stability.component import Said
from lrviz.ui.stability.maps import placed, question, value_of
from lrviz.ui.stability.presets import PRESETS
from lrviz.ui.stability.view import View, parse
from lrviz.verdict import KINDS
from tests import node
from tests.pairs import pairs
from tests.parcel import opened as unpacked
from tests.test_background import ended
from tests.test_pages import checked, sentences
from tests.test_pages import opened as opened_at

JS = Path(__file__).parent.parent / "lrviz" / "ui" / "stability" / "js"
RICH = Scene(
    surface=Quadratic(kappa=20.0),
    runs=(Run(), Run(Momentum(beta=0.8), Warmup(WarmRestarts(eta=0.05, period=40)))),
    start=(1.0, -0.5),
    steps=30,
    noise=Additive(0.2),
)
SMALL = Scene(Quadratic(), (Run(Momentum(beta=0.5), Constant(0.1)),), steps=20)


# ---- axes


def test_every_number_but_static_ones_may_be_on_an_axis_and_is_put_where_it_belongs():
    offered = choices(RICH, 1)
    assert next(iter(offered)) == "schedule.eta"
    assert {"optimizer.beta", "schedule.period", "warmup.steps", "surface.kappa", "noise.sigma", "start.x"} <= set(
        offered
    )
    assert "schedule.period_mult" not in offered
    for key, choice in offered.items():
        value = 17.0 if choice.declared.kind == "whole" else 0.25
        value = 2.0 if key == "surface.kappa" else value
        changed = placed(RICH, 1, {key: value})
        assert value_of(changed, 1, key) == value
        others = [value_of(changed, 1, other) == value_of(RICH, 1, other) for other in offered if other != key]
        assert all(others), key
        assert changed.runs[0] == RICH.runs[0]


@pytest.mark.parametrize("scale", ["linear", "log", "complement"])
def test_cells_are_the_middles_of_equal_pieces_and_short_numbers(scale):
    axis = Axis("optimizer.beta", 0.01, 0.99, scale)
    values = axis.values(64)
    bent = {"linear": values, "log": np.log(values), "complement": -np.log(1 - values)}[scale]
    ends = {"linear": (0.01, 0.99), "log": np.log([0.01, 0.99]), "complement": -np.log([0.99, 0.01])}[scale]
    middles = ends[0] + (ends[1] - ends[0]) * (np.arange(64) + 0.5) / 64
    assert np.abs(bent - middles).max() < 0.1 * (ends[1] - ends[0]) / 64
    assert max(len(repr(float(value))) for value in values) <= 7


def test_an_axis_of_whole_numbers_has_each_once():
    np.testing.assert_array_equal(Axis("schedule.period", 1, 6, "log").values(64, whole=True), [1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize("slug", SURFACES)
def test_the_usual_axes_are_legal_on_every_surface(slug):
    for optimizer in (Momentum(), *(preset.scene.runs[0].optimizer for preset in PRESETS)):
        scene = Scene(SURFACES[slug](), (Run(optimizer),))
        view = View(*usual_pair(scene, 0))
        assert parse(view.text(scene), scene) == (view, ())
        for key, choice in choices(scene, 0).items():
            usual(key, choice, scene, 0).check(choice.declared, "Axis")


# ---- words


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_the_words_of_every_preset_are_read_and_written(preset):
    view, problems = parse(preset.view, preset.scene)
    assert not problems
    assert view.text(preset.scene) == preset.view


def test_all_parts_of_a_view_are_read_and_written():
    text = "across warmup.steps 2 40 linear up x -1 1.5 colour outcome size 128 run 2"
    view, problems = parse(text, RICH)
    assert not problems
    assert view == View(Axis("warmup.steps", 2, 40, "linear"), Axis("start.x", -1, 1.5, "linear"), "outcome", 128, 1)
    assert view.text(RICH) == text.replace("warmup.steps", short("warmup.steps", choices(RICH, 1)))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("across foo 0 1", "This run has no number 'foo' for an axis; it has: eta,"),
        ("across eta 1 0.1", "The axis of η goes from 1 to 0.1; it must rise."),
        ("across eta -1 1", "on a logarithmic scale it must be above 0."),
        ("across eta nan inf", "it must rise."),
        ("across eta 1e400 2e400", "it must rise."),
        ("across eta a b", "The axis of η goes from 'a' to 'b': no numbers."),
        ("across eta 0.1", "it takes two numbers and perhaps a scale."),
        ("across eta 0.1 1 cubic", "The scale 'cubic' is none of: linear, log, complement."),
        ("up beta 0.5 1.5 linear", "Axis.beta (β) = "),
        ("up beta 0 1 complement", "it must be below 1."),
        ("across eta 0.1 1 up eta 0.1 1", "Both axes are η; one of them was changed."),
        ("colour blue", "The map's colour 'blue' is none of: outcome, steps."),
        ("size 7", "The map's size '7' is none of: 64, 128, 256."),
        ("run 3", "The map's run '3' is none of: 1."),
        ("hello world", "The map's view has a part 'hello', which means nothing here."),
        ("across x -1e308 1e308", "is outside"),
    ],
)
def test_nonsense_gets_a_sentence_and_the_rest_holds(words, sentence):
    view, problems = parse(f"{words} size 128" if "size" not in words else words, SMALL)
    assert sentence in " ".join(problems)
    assert view.size == (64 if "size" in words else 128)
    assert parse(view.text(SMALL), SMALL) == (view, ())


def test_a_map_depends_neither_on_the_run_that_is_kept_nor_on_its_colour():
    view, _ = parse("", SMALL)
    before = question(SMALL, view)
    kept = placed(SMALL, 0, {"schedule.eta": 0.33, "optimizer.beta": 0.1})
    assert question(kept, replace(view, colour="outcome")) == before
    assert question(placed(SMALL, 0, {"surface.kappa": 11.0}), view) != before
    assert question(replace(SMALL, seed=5), view) == before  # without noise no draw matters


@pytest.mark.parametrize(
    "sent",
    [
        *(None, 3, "x", [], {}, {"keep": "x"}, {"keep": [1]}, {"keep": [1, float("nan")]}, {"keep": [True, 1]}),
        *({"axes": [[1, 2]]}, {"axes": [[1, 2], "x"]}, {"axes": 3}, {"colour": 3}, {"map": []}),
    ],
)
def test_garbage_from_the_map_is_let_go(sent):
    assert Said.read(sent) == Said()


def test_what_hands_did_is_read():
    assert Said.read({"keep": [1, 2.5], "map": "m"}) == Said(keep=(1.0, 2.5), map="m")
    assert Said.read({"axes": [[1, 2], [3, 4]], "map": "m"}) == Said(axes=((1.0, 2.0), (3.0, 4.0)), map="m")
    assert Said.read({"axes": None}) == Said(reset=True)


# ---- what the browser makes of it


def in_browser(scene: Scene, view: View, outcome: np.ndarray, tmp_path: Path) -> dict:
    """What the map's modules find about a map."""
    run = scene.runs[0]
    (tmp_path / "kernel.mjs").write_text(kernel.javascript(scene.surface, run.optimizer, run.schedule))
    axes, values = [], []
    for axis, cells in zip((view.across, view.up), outcome.shape, strict=True):
        given = {"parameter": axis.key.replace("start.", "start_"), "low": axis.low, "high": axis.high}
        axes.append(given | {"scale": axis.scale, "symbol": "s", "whose": ""})
        values.append(maps.cell_values(axis, scene, 0, cells).tolist())
    minima = {"minima": scene.surface.minima, "isolated_minima": scene.surface.isolated_minima}
    task = {"axes": axes, "values": values, "outcome": outcome.ravel().tolist(), "size": 400}
    task |= {"surface": minima, "steps": scene.steps, "converged": outcome.ravel().tolist()}
    (tmp_path / "task.json").write_text(json.dumps(task))
    return json.loads(
        node.run(Path(__file__).with_name("map.mjs"), JS, tmp_path / "kernel.mjs", tmp_path / "task.json")
    )


def test_the_line_is_where_theory_says(tmp_path):
    view, _ = parse("across eta 0.004 1 up beta 0 0.99 complement", SMALL)
    found = in_browser(SMALL, view, np.zeros((64, 32)), tmp_path)
    (line,) = found["lines"]
    etas, betas = np.array(line).T
    assert len(line) > 50
    np.testing.assert_allclose(etas, stability_limit(Momentum(beta=betas), 10.0), rtol=2e-3)


def test_cells_and_letters_are_where_their_values_are(tmp_path):
    view, _ = parse("across eta 0.001 1 up beta 0 0.99 complement", SMALL)
    outcome = np.zeros((64, 32), dtype=int)
    outcome[10:21, 5:12] = 3
    outcome[40, 30] = 2
    found = in_browser(SMALL, view, outcome, tmp_path)
    assert found["cells"] == [list(range(64)), list(range(32))]
    assert found["ends"] == [[0, 1], [0, 1]]
    assert all(map(all, found["inside"]))
    spots = {spot["kind"]: spot for spot in found["spots"]}
    assert spots[3] == {"kind": 3, "across": 15, "up": 8, "room": 4}  # in the middle of the deepest
    assert spots[2] == {"kind": 2, "across": 40, "up": 30, "room": 1}
    assert outcome[spots[0]["across"], spots[0]["up"]] == 0
    assert [tick["label"] for tick in found["ticks"][0] if tick["isMajor"]] == ["10⁻³", "10⁻²", "0.1", "1"]


def test_each_start_is_in_the_basin_of_the_minimum_that_its_run_comes_to(tmp_path):
    scene = Scene(Himmelblau(), (Run(Momentum(), Constant(0.004)),), steps=110)
    view, _ = parse("across x -5 5 up y -5 5", scene)
    found = maps.swept(scene, view, 12)
    converged = (found.outcome == "converged").astype(int)
    starts = np.stack([axis.ravel() for axis in np.meshgrid(*found.over.values(), indexing="ij")])
    ends = simulate(scene.surface, Momentum(), 0.004, start=starts, steps=110).theta[-1]
    apart = np.linalg.norm(ends[:, None] - np.array(scene.surface.minima).T[:, :, None], axis=0)
    expected = np.where(converged.ravel(), np.argmin(apart, axis=0), 255)
    assert len(set(expected)) == 5  # all four, and starts that come to none
    assert in_browser(scene, view, converged, tmp_path)["basins"] == expected.tolist()


# ---- the page


def opened(text: str = "") -> AppTest:
    """The page, opened at a link."""
    return opened_at(text, "stability")


def told(app: AppTest) -> tuple[dict, dict]:
    """What the component is told: the header, and the arrays."""
    component = next(c.proto for c in app.get("bidi_component") if c.proto.component_name == "map")
    return unpacked(component.bytes)


def test_the_empty_link_shows_momentum_with_theorys_line_and_claims():
    app = opened()
    assert View(*usual_pair(PRESETS[0].scene, 0)).text(PRESETS[0].scene) == PRESETS[0].view
    header, arrays = told(app)
    assert [axis["parameter"] for axis in header["map"]["axes"]] == ["schedule.eta", "optimizer.beta"]
    assert header["map"]["line"] == "theory’s limit on η"
    assert header["map"]["exact"]
    assert arrays["outcome"].shape == arrays["steps"].shape == (64, 64)
    kinds = np.array(KINDS)[arrays["outcome"]]
    np.testing.assert_array_equal(kinds == "converged", arrays["steps"] < 65535)
    said = sentences(app)
    assert f"{100 * np.mean(kinds == 'converged'):.2g} % converged" in said.replace("\u202f", " ")
    assert "Best η and β" in said
    assert "<b>holds</b>" in said


@pytest.mark.parametrize("triple", pairs()[3::5], ids=" ".join)
def test_no_scene_breaks_the_page(triple):
    surface, optimizer, schedule = triple
    app = opened(f"surface={surface}&steps=12&run={optimizer}+{schedule}")
    header, arrays = told(app)
    assert len(arrays["across"]) == arrays["outcome"].shape[0]
    assert np.all(arrays["outcome"] < len(KINDS))
    assert header["map"]["has_line"] == (not header["map"]["line"].startswith("No line"))


@pytest.mark.parametrize("slug", NOISES)
def test_every_noise_may_be_on_an_axis(slug):
    surface = "least_squares" if slug == "minibatch" else "quadratic"
    scene = opened(f"surface={surface}&steps=12&noise={slug}&run=gd").session_state["desks"]["stability"].board.scene
    for key in choices(scene, 0):
        if key.startswith("noise."):
            app = opened(f"surface={surface}&steps=12&noise={slug}&run=gd&view=across+eta+0.001+1+up+{key}+1+4")
            header, arrays = told(app)
            assert header["map"]["axes"][1]["parameter"] == key
            assert len(arrays["z"]) >= 12


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_map_opens_by_its_button(preset):
    app = opened("surface=himmelblau&steps=5&run=gd")
    checked(app.button(f"exhibit {preset.title}").click())
    desk = app.session_state["desks"]["stability"]
    assert (desk.board.scene, desk.view) == (preset.scene, preset.view)


def test_axes_are_chosen_and_stretched_and_nonsense_is_refused():
    app = opened("surface=quadratic&steps=12&run=momentum+eta+0.1")
    checked(app.selectbox("up number").select("surface.kappa"))
    assert told(app)[0]["map"]["axes"][1]["parameter"] == "surface.kappa"
    checked(app.text_input("up to").set_value("50"))
    assert app.query_params["view"].endswith(" up kappa 1 50")
    before = told(app)[0]["map"]["id"]
    for nonsense in ("-1", "abc", "", "0.5", "inf", "1 2 log"):
        checked(app.text_input("up to").set_value(nonsense))
        if nonsense != "1 2 log":
            assert "Nothing was changed." in sentences(app), nonsense
        assert app.text_input("up to").value == "50", nonsense
        assert told(app)[0]["map"]["id"] == before
    checked(app.selectbox("up scale").select("linear"))
    assert app.query_params["view"].endswith(" up kappa 1 50 linear")


def test_a_view_that_another_optimizer_has_not_is_told_and_the_map_stands():
    app = opened("surface=quadratic&steps=12&run=momentum+eta+0.1&view=across+eta+0.01+1+up+beta+0+1")
    checked(app.selectbox("optimizer 1").select("adam"))
    assert "This run has no number &#x27;beta&#x27; for an axis" in sentences(app)
    assert [axis["parameter"] for axis in told(app)[0]["map"]["axes"]] == ["schedule.eta", "optimizer.beta1"]


def test_a_scene_with_several_runs_shows_one_of_them():
    app = opened("surface=quadratic&steps=12&run=gd+eta+0.1&run=adam+eta+0.2")
    assert told(app)[0]["runs"][0]["title"] == "Gradient descent"
    checked(app.selectbox("map of").select(1))
    assert told(app)[0]["runs"][0]["title"] == "Adam"
    assert app.query_params["view"].endswith("run 2")
    checked(app.text_input("beta1 2").set_value("0.5"))
    assert [run.optimizer.slug for run in app.session_state["desks"]["stability"].board.scene.runs] == ["gd", "adam"]


def test_a_long_map_is_coarse_at_once_and_comes_in_full():
    app = opened("surface=quadratic&steps=1600&run=gd+eta+0.1&view=across+eta+0.01+1+up+kappa+1+100")
    coarse = told(app)[1]["outcome"].shape
    assert coarse == (27, 27)
    ended(app.session_state["work map"])
    checked(app)
    assert told(app)[1]["outcome"].shape == (64, 64)


def test_a_link_to_a_fine_map_waits_to_be_asked():
    app = opened("surface=quadratic&steps=300&run=gd+eta+0.1&view=across+eta+0.01+1+up+kappa+1+90+size+128")
    assert told(app)[1]["outcome"].shape == (64, 64)
    assert "work map" not in app.session_state
    checked(next(button for button in app.button if button.label == "Sweep 128 × 128").click())
    ended(app.session_state["work map"])
    checked(app)
    assert told(app)[1]["outcome"].shape == (128, 128)


def test_what_is_missing_of_a_map_is_said(monkeypatch):
    whole = maps.swept

    def half(scene, view, size, **how):
        found = whole(scene, view, size, **how)
        outcome = found.outcome.copy()
        outcome[:32] = ""
        return replace(found, outcome=outcome, missing_sentence="2,048 of 4,096 cells are missing: a test.")

    monkeypatch.setattr(maps, "swept", half)
    app = opened("surface=quadratic&steps=17&run=momentum+eta+0.1")
    assert "2,048 of 4,096 cells are missing: a test." in sentences(app)
    assert np.all(told(app)[1]["outcome"][:32] == 255)
    assert "Of 2,048 runs of 17 steps" in sentences(app)


def test_a_scene_opens_elsewhere_as_it_is():
    app = opened("surface=himmelblau&steps=12&run=gd+eta+0.013")
    links = [link.proto for link in app.get("page_link")]
    assert any("himmelblau" in str(link) for link in links)
    assert app.session_state["desks"]["stability"].board.scene.surface == Himmelblau()
