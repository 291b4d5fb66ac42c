"""Planes of charts: what is sent fits together, fields are interpolated rightly, and all lies where its numbers say."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrviz.palette import DASHES
from lrviz.ui.chart import Axis, Chart, Divide, Field, Line, Panel, Plane, Points, component
from lrviz.ui.chart import Path as Track
from lrviz.ui.chart.pack import pack
from tests import node
from tests.conftest import ROOT
from tests.parcel import opened

HERE = Path(component.__file__).parent / "js"
X, Y = Axis("x"), Axis("y")
BOUNDED = Axis("y", low=-2, high=5)
STEP = np.arange(5.0)
TRACK = Track(STEP, STEP**2, "GD")
GRID = np.linspace(-2, 3, 21)


def field(values: Any, **parts: Any) -> Field:
    return Field(GRID, GRID, values(*np.meshgrid(GRID, GRID)), **parts)


def bowl(x: Any, y: Any) -> Any:
    return 3 * x * x - 2 * x * y + 0.5 * y * y + x - 4


def chart_of(*layers: Any, x: Axis = X, y: Axis = Y, frames: int = 5, square: bool = False, **parts: Any) -> Chart:
    """A chart of one plane."""
    plane = Plane("A plane", x, y, layers, parts.pop("field", None), square)
    return Chart(Axis("step"), parts.pop("panels", ()), "What it shows.", frames=frames, planes=(plane,), **parts)


def told(chart: Chart) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    header, arrays = opened(pack(chart))
    return header["chart"], arrays


# ---- what is sent


def test_paths_are_at_their_frames_by_default_and_else_where_they_are_said_to_be():
    every = np.stack([STEP * k for k in range(5)])
    layers = (
        TRACK,
        Track(STEP[:3], STEP[:3], "short"),
        Track(every, every, "of each frame", "run1", at=[4, 3, 2, 1, 0], dash=()),
        Divide(1.0, [1, 2, 3, 4, np.nan], 0.0, "line"),
        Points(STEP, STEP, "data", marker="triangle"),
    )
    about, arrays = told(chart_of(*layers))
    track, short, each, line, data = about["planes"][0]["layers"]
    np.testing.assert_array_equal(arrays[track["at"]], [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(arrays[short["at"]], [2] * 5)
    np.testing.assert_array_equal(arrays[each["at"]], [4, 3, 2, 1, 0])
    np.testing.assert_array_equal(arrays[each["x"]], every)
    np.testing.assert_array_equal(arrays[line["b"]], [1, 2, 3, 4, np.nan])
    assert (track["dash"], each["dash"], data["marker"]) == (None, [], "triangle-up")


def test_axes_are_fitted_to_the_field_or_the_points_or_the_paths():
    def ends(*layers: Any, **parts: Any) -> tuple[float, float]:
        axis = told(chart_of(*layers, **parts))[0]["planes"][0]["x"]
        return axis["low"], axis["high"]

    far = Track(STEP * 1e9, STEP, "away")
    assert ends(far, field=field(bowl)) == (-2, 3)
    low, high = ends(far, Points([1.0, 2.0], [0.0, 1.0], "data"))
    assert 0.5 < low < 1 < 2 < high < 2.5
    assert ends(TRACK)[1] == pytest.approx(4, abs=0.5)
    assert ends(far, x=Axis("x", low=-7.0, high=7.0), field=field(bowl)) == (-7, 7)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: told(chart_of(Track(STEP, STEP[1:], "bent"))), r"bent: x has the shape \(5,\), y \(4,\)"),
        (lambda: told(chart_of(Track(np.ones((3, 4)), np.ones((3, 4)), "bent"))), "there are 5 frames"),
        (lambda: told(chart_of(Track([], [], "none"))), "none: a path has at least one point"),
        (lambda: told(chart_of(Track(STEP, STEP, "far", at=[0, 1, 2, 3, 5]))), "far: at must be 5 indices of its 5"),
        (lambda: told(chart_of(Track(STEP, STEP, "few", at=[0, 1]))), "few: at must be 5 indices"),
        (lambda: told(chart_of(Divide(1, [1, 2], 0, "line"))), r"line: a, b and c have \[1, 2\] numbers for 5 frames"),
        (
            lambda: told(chart_of(Points(STEP, STEP, "p", marker="heart"))),
            "p: no marker 'heart'; there are: circle",
        ),
        (lambda: told(chart_of(Points(STEP, STEP, "p", texts=("a",)))), "p: 1 texts for 5 points"),
        (
            lambda: told(chart_of(field=Field(GRID, GRID, np.ones((21, 20))))),
            r"the field has the shape \(21, 20\)",
        ),
        (lambda: told(chart_of(field=Field(GRID[::-1], GRID, np.ones((21, 21))))), "x and y of the field must rise"),
        (lambda: told(chart_of(field=Field(GRID, GRID, np.full((21, 21), np.nan)))), "the field is nowhere finite"),
        (lambda: told(chart_of(field=field(bowl, floor=0.0))), "the floor 0.0 of the field is not above 0"),
        (lambda: told(chart_of(TRACK, x=Axis("x", "log"), square=True)), "equally long only on linear axes"),
        (lambda: chart_of(TRACK, frame_x=[1, 2], panels=(Panel("a", Y, ()),)), "frame_x has 2 entries for 5 frames"),
        (lambda: chart_of(TRACK, frame_x=[1, 2, 3, 4, np.nan], panels=(Panel("a", Y, ()),)), "frame_x must be finite"),
        (lambda: chart_of(TRACK, frame_x=STEP), "there must be panels"),
        (lambda: Chart(X, (), "nothing"), "at least a panel or a plane"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


# ---- what the modules make of it


def laid(chart: Chart, tmp_path: Path, places: Any = (), width: int = 600, height: int = 400) -> dict[str, Any]:
    payload = tmp_path / "payload"
    payload.write_bytes(pack(chart))
    ran = node.run(ROOT / "tests" / "chart_planes.mjs", HERE, payload, width, height, json.dumps(list(places)))
    result: dict[str, Any] = json.loads(ran)
    return result


def test_between_its_points_a_field_is_exact_for_quadratics(tmp_path):
    places = np.random.default_rng(0).uniform(-2, 3, (200, 2))
    places[:3] = [-2, -2], [3, 3], [3, -2]  # the corners too
    read = laid(chart_of(field=field(bowl)), tmp_path, places.tolist())["read"]
    np.testing.assert_allclose(read, bowl(*places.T), rtol=1e-9, atol=1e-9)
    beyond = laid(chart_of(field=field(bowl)), tmp_path, [[3.01, 0], [0, -2.01]])["read"]
    assert beyond == [None, None]  # NaN: there nothing is known


def test_beside_a_wall_a_field_does_not_swing(tmp_path):
    def wall(x: Any, y: Any) -> Any:
        return np.where(x > 0.3, 1e3, 1.0) + 0 * y

    places = [[x, y] for x in np.linspace(-2, 3, 101) for y in (-1.9, 0.61)]
    read = np.array(laid(chart_of(field=field(wall)), tmp_path, places)["read"])
    assert read.min() >= 1 - 1e-9
    assert read.max() <= 1e3 + 1e-9


def test_what_is_no_number_spoils_only_its_own_cells(tmp_path):
    values = bowl(*np.meshgrid(GRID, GRID))
    values[10, 10] = np.inf
    own, far = laid(chart_of(field=Field(GRID, GRID, values)), tmp_path, [[0.51, 0.51], [2.1, -1.3]])["read"]
    assert own is None  # infinite: as high as the highest
    assert far == pytest.approx(bowl(2.1, -1.3))


@pytest.mark.parametrize("size", [(900, 400), (340, 500)])
def test_units_are_equally_long_where_they_are_to_be(size, tmp_path):
    chart = chart_of(TRACK, x=Axis("x", low=0, high=4), y=Axis("y", low=-1, high=17), square=True)
    (frame, *_) = laid(chart, tmp_path, (), *size)["frames"]
    left, right, top, bottom = frame["box"]
    assert (right - left) / 4 == pytest.approx((bottom - top) / 18, abs=0.3)
    assert frame["ends"] == pytest.approx([0, 4, -1, 17])
    assert 0 <= left < right <= size[0]
    assert 0 < top < bottom < size[1]


def test_heads_stand_where_their_paths_are_and_one_that_blew_up_at_its_last_place(tmp_path):
    blown = Track(STEP, [0, 1, 2, np.inf, np.nan], "blown", "run1")
    each = Track(np.arange(20.0).reshape(5, 4), np.ones((5, 4)), "each", "run3", at=[3, 2, 1, 0, 3])
    chart = chart_of(TRACK, blown, each, x=Axis("x", low=-1, high=30), y=Axis("y", low=-1, high=20))
    dashes = [[float(length) for length in DASHES[run].split()] for run in (0, 1, 3)]
    for frame, shown in enumerate(laid(chart, tmp_path)["frames"]):
        track, other, last = shown["paths"]
        assert track["head"] == pytest.approx([frame, frame**2])
        assert other["head"] == pytest.approx([min(frame, 2)] * 2)
        assert (other["at"], other["last"]) == (frame, 2)
        assert last["head"] == pytest.approx([4 * frame + [3, 2, 1, 0, 3][frame], 1])
        assert [one["dash"] for one in shown["paths"]] == dashes


LINES = [(1, 2, -1), (-3, 0, 4), (0, 1, 1), (5, -0.01, -1)]


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_dividing_lines_lie_on_their_equation_and_reach_across(scale, tmp_path):
    low = 0.1 if scale == "log" else -3.0
    lines = [Divide(*numbers, "line") for numbers in LINES]
    chart = chart_of(*lines, Divide(1, 1, [0.0, np.nan], "once"), x=Axis("x", scale, low, 4.0), y=BOUNDED, frames=2)
    first, second = laid(chart, tmp_path)["frames"]
    for (a, b, c), points in zip(LINES, first["divides"], strict=False):
        x, y = np.array(points).T
        np.testing.assert_allclose(a * x + b * y + c, 0, atol=1e-6)
        sides = [np.isclose(x.min(), low), np.isclose(x.max(), 4), np.isclose(y.min(), -2), np.isclose(y.max(), 5)]
        assert sum(sides) >= 2
    assert [len(frame["divides"]) for frame in (first, second)] == [5, 4]


def test_a_plane_of_equal_units_leaves_the_rest_of_the_row_to_the_others(tmp_path):
    square, wide = Plane("a", X, Y, (TRACK,), square=True), Plane("b", X, Y, (TRACK,))

    def columns(*planes: Plane) -> list[str]:
        chart = Chart(Axis("step"), (Panel("c", Y, (Line(STEP, STEP, "l"),)),), "", frames=5, planes=planes)
        found: list[str] = laid(chart, tmp_path)["columns"]
        return found

    even = "minmax(0, 1fr)"
    assert columns(wide, wide) == columns(square, square) == [even] * 2
    narrow, rest = columns(square, wide)
    assert ("60%" in narrow, rest) == (True, even)
    assert columns(*[wide] * 5) == [even] * 3
