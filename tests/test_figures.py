"""Figures and tables say what the trajectories say, for any scene."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import GD, KINDS, OPTIMIZERS, SURFACES, Constant, Quadratic, Saddle
from lrviz.figures.scene import contour, contour_text, curves, curves_text
from lrviz.gallery import GALLERY
from lrviz.palette import DARK, DASHES, LETTERS, LIGHT, MARKERS
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.tables import paths, readable, summary
from tests import strategies

ROOT = Path(__file__).parent.parent
BELOW_AND_ABOVE = Scene(Quadratic(), (Run(GD(), Constant(0.19)), Run(GD(), Constant(0.21))), steps=60)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("exhibit", GALLERY, ids=lambda exhibit: exhibit.title)
def test_figures_of_every_exhibit_are_legal(exhibit, theme):
    runs = exhibit.scene.run()
    for figure in (contour(exhibit.scene, runs, theme), curves(exhibit.scene, runs, theme)):
        assert "NaN" not in json.dumps(json.loads(figure.to_json())["layout"])
        assert set(exhibit.scene.names(short=True)) <= set(_texts(figure))


def _texts(figure):
    """All names in a figure: of its traces, and of the labels at the ends of lines."""
    for trace in figure.data:
        yield trace.name
    for note in figure.layout.annotations:
        yield note.text.removeprefix("<b>").removesuffix("</b>").removesuffix(" ↑").removesuffix(" ↓")


@settings(max_examples=60)
@given(strategies.runs(), st.sampled_from([LIGHT, DARK]))
def test_no_scene_is_too_wild_to_draw(drawn, theme):
    run = Run(drawn["optimizer"], drawn["schedule"])
    scene = Scene(drawn["surface"], (run,), drawn["start"], drawn["steps"], drawn["noise"], drawn["seed"])
    runs = scene.run()
    contour(scene, runs, theme)
    curves(scene, runs, theme)
    assert "nan" not in (contour_text(scene, runs) + curves_text(scene, runs)).lower().replace("nan,", "")
    assert len(summary(scene, runs)) == 1


def test_paths_are_drawn_where_the_run_went():
    runs = BELOW_AND_ABOVE.run()
    drawn = {trace.name: trace for trace in contour(BELOW_AND_ABOVE, runs, LIGHT).data if trace.name}
    np.testing.assert_array_equal(drawn["GD 1"].x, runs[0].theta[:, 0])
    np.testing.assert_array_equal(drawn["GD 1"].y, runs[0].theta[:, 1])
    assert drawn["minimum"].x == (0.0,)
    assert drawn["start"].x == (1.5,)


def test_a_path_that_left_has_an_arrow_and_its_distance():
    notes = [note.text for note in contour(BELOW_AND_ABOVE, BELOW_AND_ABOVE.run(), LIGHT).layout.annotations]
    assert "<b>GD 2: 33 away</b>" in notes
    assert not any("GD 1" in note for note in notes)


def test_the_loss_axis_is_logarithmic_where_the_loss_has_a_lowest_value():
    assert curves(BELOW_AND_ABOVE, BELOW_AND_ABOVE.run(), LIGHT).layout.yaxis.type == "log"
    saddle = Scene(Saddle(), steps=50)
    assert curves(saddle, saddle.run(), LIGHT).layout.yaxis.type != "log"


def test_runs_differ_by_more_than_colour():
    figure = contour(scene := Scene(runs=(Run(),) * MOST_RUNS, steps=5), scene.run(), LIGHT)
    drawn = [trace for trace in figure.data if trace.name in scene.names(short=True)]
    assert len({trace.line.color for trace in drawn}) == len({trace.line.dash for trace in drawn}) == MOST_RUNS
    assert len({trace.marker.symbol for trace in drawn}) == MOST_RUNS


def test_the_palette_has_all_runs_and_all_kinds():
    for theme in (LIGHT, DARK):
        assert len(set(theme.runs)) == MOST_RUNS
        assert set(theme.outcomes) == set(LETTERS) == set(KINDS)
    assert len(set(DASHES)) == len(set(MARKERS)) == MOST_RUNS
    assert len(set(LETTERS.values())) == len(KINDS)


def luminance(colour: str) -> float:
    """Relative luminance, after WCAG 2.2."""
    shares = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return float(
        np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]
    )


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_told_from_their_ground(theme):
    for colour in theme.runs:
        assert contrast(colour, theme.paper) >= 4.5
        assert contrast(colour, theme.ramp[-1]) >= 3
    for fill, ink in theme.outcomes.values():
        assert contrast(fill, ink) >= 4.5
    for ground in (theme.paper, theme.side, theme.wash, theme.ramp[-1]):
        assert contrast(theme.ink2, ground) >= 4.5


def test_streamlit_wears_the_same_colours():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        section = config[name]
        assert section["primaryColor"] == theme.primary
        assert section["backgroundColor"] == theme.paper
        assert section["secondaryBackgroundColor"] == theme.wash
        assert section["textColor"] == theme.ink
        assert section["borderColor"] == theme.line
        assert section["sidebar"]["backgroundColor"] == theme.side


def test_the_summary_has_the_numbers_of_the_runs():
    runs = BELOW_AND_ABOVE.run()
    table = summary(BELOW_AND_ABOVE, runs)
    assert table["run"].tolist() == ["Gradient descent 1", "Gradient descent 2"]
    assert table["outcome"].tolist() == ["converged", "diverged"]
    assert table["loss"].tolist() == [run.loss[-1] for run in runs]
    np.testing.assert_allclose(table["distance"], [np.hypot(*run.theta[-1]) for run in runs])
    assert table["steps"].tolist() == [31, pd.NA]
    assert table["evaluations"].tolist() == [60, 60]
    assert readable(BELOW_AND_ABOVE, runs)["steps to the minimum"].tolist() == ["31", "–"]


def test_the_file_has_every_step_of_every_run():
    scene = Scene(SURFACES["himmelblau"](), tuple(Run(OPTIMIZERS[slug]()) for slug in ("gd", "adam")), steps=7)
    table = paths(scene, scene.run())
    assert len(table) == 2 * 8
    assert table.columns[:4].tolist() == ["run", "step", "x", "y"]
    assert {"m_x", "v_y"} <= set(table.columns)
    assert table.loc[table["run"] == "Adam", "loss"].tolist() == scene.run()[1].loss.tolist()
