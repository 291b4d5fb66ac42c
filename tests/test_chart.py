"""Charts: what is sent is what was asked for, axes fit what is drawn, and the browser lays it out as it should."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrviz import GD, Additive, Constant, Momentum, Quadratic
from lrviz.noise import numbers
from lrviz.scene import Run, Scene
from lrviz.ui import chart
from lrviz.ui.chart import Axis, Band, Chart, Dots, Level, Line, Mark, Panel, Zone, component
from lrviz.ui.chart.fit import ends
from lrviz.ui.chart.pack import pack
from lrviz.ui.stage.board import Board
from tests import node
from tests.conftest import ROOT
from tests.parcel import opened

HERE = Path(component.__file__).parent / "js"
ETA = np.geomspace(1e-4, 1.0, 41)
LOSS = Axis("loss", "log")
RUN = Scene(Quadratic(kappa=10.0), (Run(Momentum(), Constant(0.05)),), steps=60)


def chart_of(*layers: Any, **parts: Any) -> Chart:
    """A chart of one panel."""
    return Chart(Axis("η", "log"), (Panel("Loss", LOSS, layers),), "What it shows.", **parts)


def told(chart: Chart) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    header, arrays = opened(pack(chart))
    return header["chart"], arrays


# ---- axes


MEASURES = {
    "linear": lambda v: v,
    "log": np.log10,
    "symlog": lambda v: np.arcsinh(v / 2),
    "complement": lambda v: -np.log10(1 - v),
}
"""In which equal distances look equal."""


@pytest.mark.parametrize("scale", MEASURES)
@pytest.mark.parametrize("seed", range(5))
def test_an_axis_holds_all_that_is_ordinary_and_little_more(scale, seed):
    rng = np.random.default_rng(seed)
    values = {
        "linear": 3 + rng.random(50),
        "log": 10 ** rng.uniform(-5, 3, 50),
        "symlog": rng.normal(0, 100, 50),
        "complement": 1 - 10 ** rng.uniform(-3, 0, 50),
    }[scale]
    low, high = ends(Axis("", scale), values, robust=True)
    assert low <= values.min() < values.max() <= high
    bent = MEASURES[scale]
    assert bent(high) - bent(low) < 1.2 * np.ptp(bent(values))


def test_an_axis_without_room_begins_and_ends_with_what_is_drawn():
    assert ends(Axis("", "log"), ETA, robust=False) == pytest.approx((1e-4, 1.0))
    assert ends(Axis("", "linear"), np.array([2.0, np.nan, 5.0]), robust=False) == (2.0, 5.0)


def test_a_run_that_blew_up_does_not_flatten_the_others():
    losses = 10 ** np.linspace(0, -8, 80)
    for blown in ([1e300] * 4, [1e30, 1e100, np.inf, np.nan]):
        low, high = ends(LOSS, np.array([*losses, *blown]), robust=True)
        assert low < 1e-8
        assert 1 < high < 1e6
    low, high = ends(LOSS, np.array([*losses, 0.0, 1e-300]), robust=True)
    assert 1e-30 < low < 1e-8
    assert high > 1


def test_an_axis_of_its_own_stays_and_a_bare_one_is_made_up():
    values = np.array([0.5, 2.0])
    assert ends(Axis("", "linear", low=-1.0, high=7.0), values, robust=True) == (-1.0, 7.0)
    low, high = ends(Axis("", "log", high=100.0), values, robust=True)
    assert (low < 0.5, high) == (True, 100.0)
    assert ends(Axis("", "linear"), np.abs(values), robust=True)[0] == pytest.approx(0.5 - 0.06 * 1.5)
    assert ends(Axis("", "linear"), np.array([0.01, 2.0]), robust=True)[0] == 0  # not below, where there is nothing
    for scale in MEASURES:
        for nothing in (np.empty(0), np.array([np.nan, np.inf]), np.array([3.0, 3.0]), np.array([0.0])):
            low, high = ends(Axis("", scale), nothing, robust=True)
            assert -math.inf < low < high < math.inf
            assert scale != "log" or low > 0
            assert scale != "complement" or high < 1
        low, high = ends(Axis("", scale, low=0.9), np.array([0.1, 0.2]), robust=True)  # what is drawn lies below
        assert low < high


# ---- what is sent


def test_all_layers_arrive_with_their_numbers():
    frames, more = 3, np.arange(3 * 41.0).reshape(3, 41) + 1
    layers = (
        Line(ETA, more, "each frame", "run1", dash=(4, 2), label=False),
        Line(ETA, ETA, "always"),
        Band(ETA, more, 2 * more, "spread"),
        Dots(ETA[:2], [1.0, np.inf], "tried", since=[0, 2], texts=("one", "two")),
        Mark([0.1, 0.2, np.nan], "best", text="The best."),
        Level(3.0, "start"),
        Zone(0.5, np.inf, "beyond"),
    )
    about, arrays = told(chart_of(*layers, frames=frames, frame=1, says=("a", "b", "c"), rates=(0.1, np.nan, 0.3)))
    kinds = ["line", "line", "band", "dots", "mark", "level", "zone"]
    assert [layer["kind"] for layer in about["panels"][0]["layers"]] == kinds
    line, _, band, dots, mark, level, zone = about["panels"][0]["layers"]
    np.testing.assert_array_equal(arrays[line["y"]], more)
    np.testing.assert_array_equal(arrays[band["high"]], 2 * more)
    np.testing.assert_array_equal(arrays[dots["y"]], [1.0, np.inf])
    np.testing.assert_array_equal(arrays[dots["since"]], [0, 2])
    np.testing.assert_array_equal(arrays[mark["at"]], [0.1, 0.2, np.nan])
    np.testing.assert_array_equal(arrays[level["at"]], [3.0])
    np.testing.assert_array_equal(arrays[zone["ends"]], [0.5, np.inf])
    assert (line["dash"], line["is_labelled"], dots["texts"], mark["text"]) == (
        [4, 2],
        False,
        ["one", "two"],
        "The best.",
    )
    assert (about["frame"], about["rates"], about["x"]["low"]) == (1, [0.1, None, 0.3], pytest.approx(1e-4))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: told(chart_of(Line(ETA, ETA[1:], "bent"))), r"bent: y has the shape \(40,\), x \(41,\)"),
        (lambda: told(chart_of(Line(ETA, np.ones((2, 41)), "bent"), frames=3)), "there are 3 frames"),
        (lambda: told(chart_of(Dots(ETA, ETA[1:], "few"))), "few: x, y, since and texts are not of one length"),
        (lambda: told(chart_of(Dots(ETA, ETA, "few", texts=("a",)))), "not of one length"),
        (lambda: told(chart_of(Mark([1.0, 2.0], "here"), frames=3)), "here: 2 numbers for 3 frames"),
        (lambda: chart_of(frames=2, says=("a",)), "says has 1 entries for 2 frames"),
        (lambda: chart_of(frames=2, frame=2), "frame 2 is not one of 2"),
        (
            lambda: told(chart_of(run=Board(RUN, (1,)), second="optimizer.beta1")),
            "no number 'optimizer.beta1'; it has: op",
        ),
        (lambda: chart_of(run=Board(Scene(Quadratic(), (Run(GD()), Run(GD()))), (1, 2))), "runs one run, not 2"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


def test_charts_are_told_apart_by_all_but_their_frame():
    def name(**parts: Any) -> str:
        return str(told(chart_of(Line(ETA, parts.pop("y", ETA), "a"), frames=2, **parts))[0]["id"])

    assert name(frame=0) == name(frame=1)
    assert len({name(), name(y=2 * ETA), name(pick="try it"), name(says=("a", "b")), name(rates=(0.1, 0.2))}) == 5


def test_the_run_beside_comes_with_its_program_and_noise():
    scene = Scene(Quadratic(), (Run(Momentum(), Constant(0.1)),), steps=20, noise=Additive(0.1), seed=4)
    header, arrays = opened(pack(chart_of(Line(ETA, ETA, "a"), run=Board(scene, (1,)))))
    assert len(header["programs"]) == 1
    assert header["runs"][0]["optimizer"] == "momentum"
    np.testing.assert_array_equal(arrays["z"], numbers(scene.noise, scene.surface, 4, 20))
    assert header["chart"]["has_run"]


@pytest.mark.parametrize("nonsense", ["0.1", True, None, [0.1], {"x": 1}, math.nan, math.inf, -1])
def test_what_a_browser_sends_may_be_anything(nonsense, monkeypatch):
    state = {"c": {"pick": nonsense, "frame": nonsense}}
    monkeypatch.setattr("streamlit.session_state", state)
    assert chart.last_pick("c") == (-1.0 if nonsense == -1 else None)
    assert chart.last_frame("c") is None
    state["c"] = {"pick": 1, "frame": 3}
    assert (chart.last_pick("c"), chart.last_frame("c"), chart.last_pick("d")) == (1.0, 3, None)
    assert chart.last_second("c") is None
    state["c"] = {"pick": [0.1, 0.9]}
    assert (chart.last_pick("c"), chart.last_second("c")) == (0.1, 0.9)
    state["c"] = {"pick": ["0.1", math.nan]}
    assert (chart.last_pick("c"), chart.last_second("c")) == (None, None)


# ---- what the modules make of it


def laid(
    chart: Chart, tmp_path: Path, places: list[float], width: int = 700, height: int = 500
) -> list[dict[str, Any]]:
    """Each frame of a chart, as the modules of the browser lay it out and read it."""
    payload = tmp_path / "payload"
    payload.write_bytes(pack(chart))
    frames: list[dict[str, Any]] = json.loads(
        node.run(ROOT / "tests" / "chart.mjs", HERE, payload, width, height, json.dumps(places))
    )
    return frames


def test_frames_hold_what_is_in_them_and_are_read_where_they_are_computed(tmp_path):
    y = np.stack([ETA, 100 * ETA * ETA])
    y[0, 30] = np.nan
    between = float(np.sqrt(ETA[10] * ETA[11]))
    layers = (
        Line(ETA, y, "curve"),
        Dots(ETA[[5, 20]], [ETA[5], np.inf], "tried", since=[0, 1], texts=("first", "second")),
        Mark([np.nan, ETA[33]], "best", text="Here it is."),
        Zone(0.5, np.inf, "beyond"),
    )
    first, second = laid(chart_of(*layers, frames=2), tmp_path, [ETA[10], between, ETA[30], ETA[5], ETA[33], 0.7])

    at_point, at_between, at_gap, at_dot, *_ = first["read"]
    assert (at_point[0]["name"], at_point[0]["value"], at_point[0]["isRead"]) == ("curve", ETA[10], False)
    assert at_between[0]["value"] == pytest.approx(between)  # a power law is a straight line on these axes
    assert at_between[0]["isRead"]
    assert at_gap == []
    assert [(value["name"], value["text"]) for value in at_dot] == [("curve", ""), ("tried", "first")]
    assert second["read"][1][0]["value"] == pytest.approx(100 * between**2)
    assert ("best", "Here it is.") in [(value["name"], value["text"]) for value in second["read"][4]]
    assert "beyond" in [value["name"] for value in second["read"][5]]

    dots = [frame["panels"][0]["dots"][0] for frame in (first, second)]
    assert [one["isThere"] for one in dots] == [[True, False], [True, True]]
    assert [one["isNew"] for one in dots] == [[True, False], [False, True]]
    assert dots[0]["ways"] == [0, -1]
    assert [frame["panels"][0]["kinds"] for frame in (first, second)] == [
        ["line", "dots", "zone"],
        ["line", "dots", "mark", "zone"],
    ]
    assert first["snapped"][0] == ETA[10]
    assert first["stops"] == pytest.approx(list(ETA))


def test_axes_are_laid_onto_the_panels(tmp_path):
    panels = (Panel("a", LOSS, (Line(ETA, ETA, "a"),)), Panel("b", Axis("b"), (Line(ETA, ETA, "b"),), 0.5))
    (frame,) = laid(Chart(Axis("η", "log"), panels, "alt"), tmp_path, [])
    for value, _, x in frame["ticks"]:
        share = np.log(value / 1e-4) / np.log(1e4)
        assert x == pytest.approx(frame["left"] + share * (frame["right"] - frame["left"]))
    assert [label for _, label, _ in frame["ticks"]] == ["10⁻⁴", "10⁻³", "10⁻²", "0.1", "1"]
    assert frame["middle"] == pytest.approx(0.01)
    above, below = frame["panels"]
    assert (above["bottom"] - above["top"]) == pytest.approx(2 * (below["bottom"] - below["top"]), abs=2)
    assert 0 < above["top"] < above["bottom"] < below["top"] < below["bottom"] < 500
    for panel in frame["panels"]:
        assert (panel["low"], panel["high"]) == pytest.approx((panel["bottom"], panel["top"]))


@pytest.mark.parametrize(("low", "high"), [(0.11, 0.19), (0.09, 0.6), (1e-3, 0.05), (1e-12, 1e8)])
def test_a_logarithmic_axis_has_ticks_however_long_it_is(low, high, tmp_path):
    (frame,) = laid(chart_of(Line([low, high], [low, high], "a")), tmp_path, [])
    values = [value for value, _, _ in frame["ticks"]]
    assert 3 <= len(values) <= 12
    assert all(low * 0.999 <= value <= high * 1.001 for value in values)
    assert len({label for _, label, _ in frame["ticks"]}) == len(values)


@pytest.mark.parametrize(
    ("axis", "labels"),
    [
        (Axis("β", "complement", 0.0, 0.9999), ["0", "0.9", "0.99", "0.999", "0.9999"]),
        (Axis("slope", "symlog", -200.0, 30.0), ["0", "1", "10", "−1", "−10", "−10²"]),
        (Axis("share", "linear", 0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
    ],
    ids=["complement", "symlog", "linear"],
)
def test_every_scale_has_its_ticks_and_lays_values_evenly(axis, labels, tmp_path):
    measure = MEASURES[axis.scale]
    panel = Panel("", axis, (Dots([1.0, 2.0], [axis.low, axis.high], "ends"),))
    (frame,) = laid(Chart(Axis("step"), (panel,), "alt"), tmp_path, [], height=300)
    (found,) = frame["panels"]
    assert sorted(label for label, _ in found["ticks"]) == sorted(labels)
    for label, y in found["ticks"]:
        value = float(label.replace("−", "-").replace("10²", "100"))
        share = (measure(value) - measure(axis.low)) / (measure(axis.high) - measure(axis.low))
        assert y == pytest.approx(found["bottom"] - share * (found["bottom"] - found["top"]))


@pytest.mark.parametrize("width", [340, 700])
@pytest.mark.parametrize("seed", range(4))
def test_labels_of_vertical_lines_cover_neither_each_other_nor_another_line(width, seed, tmp_path):
    rng = np.random.default_rng(seed)
    places = 10 ** np.sort(rng.uniform(-3.9, -1.6, 5))
    marks = [Mark(x, "edge of a rule"[: rng.integers(4, 14)]) for x in places]
    (frame,) = laid(chart_of(Line(ETA, ETA, "a"), *marks, Mark(30.0, "far")), tmp_path, [], width)
    flags = frame["panels"][0]["flags"]
    assert len(flags) == 6
    for one in flags:
        for other in flags:
            if one is other:
                continue
            apart = one["left"] + one["width"] < other["left"] or other["left"] + other["width"] < one["left"]
            assert apart or one["row"] != other["row"]
            crosses = other["isInside"] and one["left"] + 1 < other["x"] < one["left"] + one["width"]
            assert not crosses or other["row"] <= one["row"] or one["left"] < one["x"]  # at the right edge
    (far,) = [flag for flag in flags if not flag["isInside"]]
    assert far["text"] == "far →"
