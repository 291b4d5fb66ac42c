"""What the stage is told: every number of the scene, a program for each kind of run, and the noise."""

import json
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import given, settings

from lrviz import (
    GD,
    KINDS,
    NOISES,
    OPTIMIZERS,
    SCHEDULES,
    SURFACES,
    Adam,
    Additive,
    Constant,
    LeastSquares,
    Minibatch,
    Quadratic,
    RMSProp,
    WarmRestarts,
    Warmup,
)
from lrviz.gallery import GALLERY
from lrviz.link import LANDING, read
from lrviz.noise import draws, numbers
from lrviz.scene import Run, Scene
from lrviz.ui import words
from lrviz.ui.stage.board import Board
from lrviz.ui.stage.payload import pack
from tests import parcel, strategies


def packed(scene: Scene, edition: int = 1, count: int = 0) -> bytes:
    return pack(Board(scene, tuple(range(1, len(scene.runs) + 1))), edition, count)


def unpacked(payload: bytes) -> tuple[dict, np.ndarray]:
    """The header, and the noise."""
    header, arrays = parcel.opened(payload)
    return header, arrays.get("z", np.empty(0))


def test_the_same_board_is_the_same_bytes():
    assert packed(LANDING) == packed(LANDING)
    assert packed(LANDING) != packed(LANDING, edition=2)


def test_the_header_says_what_the_scene_is():
    scene = Scene(
        Quadratic(kappa=50),
        (Run(GD(), Warmup(WarmRestarts(0.25, period_mult=2))), Run(RMSProp(centered=True), Constant(0.5))),
        start=(1, -2),
        steps=40,
    )
    header, rest = unpacked(packed(scene, edition=7, count=12))
    assert (header["edition"], header["count"], header["next_id"]) == (7, 12, 7_000_000)
    assert (header["start"], header["steps"], header["noise"]) == ([1, -2], 40, None)
    assert rest.size == 0
    assert header["surface"]["box"] == [[-2, 2], [-2, 2]]
    assert header["surface"]["minima"] == [[0, 0]]
    kappa = header["surface"]["numbers"][0]
    assert (kappa["path"], kappa["value"], kappa["default"]) == ("surface.kappa", 50, 10)
    first, second = header["runs"]
    assert (first["id"], first["short"], first["optimizer"], first["schedule"]) == (1, "GD", "gd", "warm_restarts")
    values = {number["path"]: number["value"] for number in first["numbers"]}
    assert values["schedule.eta"] == 0.25
    assert values["warmup.steps"] == 20
    assert "schedule.period_mult" not in values
    assert "optimizer.centered" not in {number["path"] for number in second["numbers"]}


def test_a_number_comes_with_its_declaration():
    header, _ = unpacked(packed(Scene(Quadratic(), (Run(Adam()),))))
    beta1 = next(number for number in header["runs"][0]["numbers"] if number["path"] == "optimizer.beta1")
    assert beta1 | {"help": ""} == {
        "path": "optimizer.beta1",
        "name": "beta1",
        "symbol": "β₁",
        "value": 0.9,
        "default": 0.9,
        "low": 0,
        "high": 1,
        "low_open": False,
        "high_open": True,
        "interval": "[0, 1)",
        "soft": [0, 0.9999],
        "scale": "complement",
        "kind": "real",
        "help": "",
        "owner": "Adam",
    }
    eta = next(number for number in header["runs"][0]["numbers"] if number["path"] == "schedule.eta")
    assert (eta["low"], eta["high"], eta["low_open"]) == (0, None, True)


def test_the_noise_lies_where_floats_can_be_read():
    for title in ("a", "ab", "abc"):  # whatever the length of the header
        scene = Scene(Quadratic(), (Run(GD()),), steps=300, noise=Additive(0.5), seed=len(title))
        header, z = unpacked(packed(scene, count=10 ** len(title)))
        assert header["arrays"]["z"]["shape"] == [300, 2]
        expected = [sample[:, 0] for sample in draws(scene.noise, scene.surface, scene.seed, 300)]
        np.testing.assert_array_equal(z.reshape(-1, 2), expected)


def test_a_minibatch_comes_as_its_means():
    scene = Scene(LeastSquares(), (Run(GD()),), steps=7, noise=Minibatch(3), seed=5)
    header, z = unpacked(packed(scene))
    assert header["arrays"]["z"]["shape"] == [7, 5]
    np.testing.assert_array_equal(z, numbers(scene.noise, scene.surface, 5, 7))
    assert header["noise"]["numbers"] == []  # another batch is another draw, which only Python makes


def test_runs_of_a_kind_share_a_program_whatever_their_numbers():
    runs = (
        Run(GD(), Constant(0.1)),
        Run(GD(weight_decay=0.5), Constant(0.2)),
        Run(Adam()),
        Run(RMSProp(centered=True)),
    )
    header, _ = unpacked(packed(Scene(Quadratic(kappa=33), (*runs, Run(RMSProp())), start=(0.5, 0.5))))
    assert [run["program"] for run in header["runs"]] == [0, 0, 1, 2, 3]
    assert len(header["programs"]) == 4
    assert all("export function simulate" in program for program in header["programs"])
    moved, _ = unpacked(packed(Scene(Quadratic(kappa=44), runs, start=(0.25, 0.5))))
    assert moved["programs"] == header["programs"][:3]


@pytest.mark.parametrize("exhibit", GALLERY, ids=lambda exhibit: exhibit.title)
def test_every_exhibit_can_be_told(exhibit):
    header, _ = unpacked(packed(exhibit.scene))
    assert len(header["runs"]) == len(exhibit.scene.runs)


@settings(max_examples=30)
@given(strategies.runs())
def test_no_scene_is_too_wild_to_tell(drawn):
    run = Run(drawn["optimizer"], drawn["schedule"])
    scene = Scene(drawn["surface"], (run,), drawn["start"], drawn["steps"], drawn["noise"], drawn["seed"])
    header, z = unpacked(packed(scene))
    assert tuple(header["start"]) == scene.start
    assert z.size == (scene.noise.width(scene.surface) * scene.steps if scene.noise else 0)


def test_letters_meanings_and_colours_are_there_for_each_kind():
    header, _ = unpacked(packed(LANDING))
    assert set(header["words"]) == set(words.MEANINGS) == set(KINDS)
    for theme in header["themes"].values():
        assert set(theme["outcomes"]) == set(KINDS)
        assert len(theme["runs"]) == len(header["dashes"]) == len(header["markers"]) == header["most_runs"]
        assert set(theme["contour"]) == {"color", "alpha", "decade_alpha"}
    assert header["dashes"][:2] == [[], [9, 3.5]]


def test_all_parts_have_their_numbers_in_paths():
    """A path names one number, and is the same for the page, the stage and the program."""
    for slug in SCHEDULES:
        scene = read(parse_qs(f"surface=quadratic&noise=additive&run=adam warmup {slug}")).scene
        header, _ = unpacked(packed(scene))
        told = [number["path"] for run in header["runs"] for number in run["numbers"]]
        told += [number["path"] for number in header["surface"]["numbers"] + header["noise"]["numbers"]]
        told += [number["path"] for number in header["start_numbers"]]
        line = next(line for line in header["programs"][0].splitlines() if line.startswith("export const parameters"))
        assert sorted(told) == sorted(json.loads(line.partition("=")[2].strip().rstrip(";")))


def test_a_part_is_put_in_its_place():
    scene = Scene(LeastSquares(), noise=Additive())
    for cls in (*SURFACES.values(), *NOISES.values()):
        assert cls() in scene.with_part(cls()).parts().values()
    assert scene.with_part(Quadratic()).noise == Additive()
    assert scene.with_part(Minibatch(3)).with_part(Quadratic()).noise is None
    run = Run(GD(), Warmup(Constant(0.5), steps=7))
    for cls in (*OPTIMIZERS.values(), *SCHEDULES.values()):
        changed = run.with_part(cls())
        assert cls() in changed.parts().values()
        assert changed.schedule.steps == 7
    assert run.with_part(Warmup(steps=9)) == Run(GD(), Warmup(Constant(0.5), steps=9))
