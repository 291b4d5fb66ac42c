"""The page and the stage change one scene, and neither waits for the other: what each did is kept."""

import copy
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz import GD, OPTIMIZERS, Adam, Additive, Constant, Cosine, Momentum, Quadratic, Rosenbrock, Warmup
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.ui.stage.board import Board, next_id
from lrviz.ui.stage.edit import Edit
from lrviz.ui.stage.exchange import EDITIONS, Exchange

SCENE = Scene(Quadratic(), (Run(GD(), Constant(0.1)), Run(Momentum(), Warmup(Cosine(0.2)))), noise=Additive(0.5))


def told(board: Board, edition: int, count: int) -> bytes:
    return f"{board.ids} {edition} {count}".encode()


class Stage:
    """A stage without a picture: it takes payloads and sends edits."""

    def __init__(self, scene: Scene = SCENE) -> None:
        self.exchange = Exchange()
        self.board = Board(scene, tuple(range(1, len(scene.runs) + 1)))
        self.count = 0
        self.look()

    def look(self) -> None:
        """Take the payload, if it is new."""
        self.exchange.give(self.board, told, mounted=True)
        self.edition, self.next_id = self.exchange.edition, next_id(self.exchange.edition)
        self.values = values(self.board)

    def send(self, **more: Any) -> dict[str, Any]:
        """Send what is shown; the page's board becomes what it says."""
        self.count += 1
        sent = copy.deepcopy(self.values) | {"edition": self.edition, "count": self.count} | more
        self.board, _, self.problems = self.exchange.take(sent, self.board)
        return sent

    @property
    def renewed(self) -> bool:
        """Whether the page would now say something new."""
        before = self.exchange.edition
        self.exchange.give(self.board, told, mounted=True)
        return self.exchange.edition != before

    def duplicate(self, place: int) -> None:
        original = self.values["runs"][place]
        twin = {"id": self.next_id, "of": original["id"], "numbers": dict(original["numbers"])}
        self.values["runs"].insert(place + 1, twin)
        self.next_id += 1


def values(board: Board) -> dict[str, Any]:
    """What a stage that shows a board sends."""

    def numbers(parts):
        return {
            f"{name}.{declared.name}": getattr(part, declared.name)
            for name, part in parts.items()
            for declared in part.hypers()
            if not declared.static
        }

    runs = [{"id": id, "of": id, "numbers": numbers(run.parts())} for id, run in board.runs().items()]
    return {"start": list(board.scene.start), "numbers": numbers(board.scene.parts()), "runs": runs}


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_an_edit_without_a_change_changes_nothing(stage):
    before = stage.board
    stage.send()
    assert stage.board == before
    assert not stage.renewed


def test_what_is_dragged_arrives_and_needs_no_answer(stage):
    stage.values["start"] = [0.25, -1]
    stage.values["numbers"] |= {"surface.kappa": 50, "noise.sigma": 0.75}
    stage.values["runs"][0]["numbers"]["schedule.eta"] = 0.15
    stage.values["runs"][1]["numbers"] |= {"optimizer.beta": 0.5, "warmup.steps": 7, "schedule.period": 90}
    stage.send()
    assert stage.board.scene == Scene(
        Quadratic(kappa=50),
        (Run(GD(), Constant(0.15)), Run(Momentum(beta=0.5), Warmup(Cosine(0.2, period=90), steps=7))),
        start=(0.25, -1),
        noise=Additive(0.75),
    )
    assert stage.problems == ()
    assert not stage.renewed


def test_runs_are_copied_moved_and_removed(stage):
    stage.duplicate(0)
    stage.values["runs"][1]["numbers"]["schedule.eta"] = 0.3
    stage.send()
    assert stage.board.ids == (1, 1_000_000, 2)
    assert stage.board.scene.runs == (SCENE.runs[0], Run(GD(), Constant(0.3)), SCENE.runs[1])
    stage.values["runs"].reverse()
    stage.send()
    assert stage.board.ids == (2, 1_000_000, 1)
    del stage.values["runs"][2]
    stage.send()
    assert stage.board.ids == (2, 1_000_000)
    assert not stage.renewed


def test_a_copy_may_be_copied_and_its_original_removed_at_once(stage):
    stage.duplicate(0)
    stage.duplicate(1)
    del stage.values["runs"][0]
    stage.send()
    assert stage.board.ids == (1_000_000, 1_000_001, 2)
    assert stage.board.scene.runs == (SCENE.runs[0], SCENE.runs[0], SCENE.runs[1])


def test_what_the_page_changed_meanwhile_is_kept_and_told(stage):
    first, second = SCENE.runs
    stage.board = Board(
        replace(SCENE, surface=Rosenbrock(), steps=40, runs=(Run(Adam(), first.schedule), second, Run())), (1, 2, 3)
    )
    stage.exchange.give(stage.board, told, mounted=True)  # still on its way
    stage.values["start"] = [1, 1]
    stage.values["numbers"]["surface.kappa"] = 33  # of a surface that is no longer there
    stage.values["runs"][0]["numbers"] |= {"schedule.eta": 0.15, "optimizer.weight_decay": 0.5}
    stage.values["runs"][1]["numbers"]["optimizer.beta"] = 0.5
    stage.duplicate(0)
    stage.send()
    assert stage.board.ids == (1, 1_000_000, 2, 3)
    assert stage.board.scene == Scene(
        Rosenbrock(),
        (
            Run(Adam(), Constant(0.15)),
            Run(GD(weight_decay=0.5), Constant(0.15)),  # a copy of what was seen
            Run(Momentum(beta=0.5), second.schedule),
            Run(),
        ),
        start=(1, 1),
        steps=40,
        noise=Additive(0.5),
    )
    assert stage.renewed


def test_a_hand_that_has_not_seen_the_answer_goes_on(stage):
    stage.board = replace(stage.board, scene=replace(stage.board.scene, steps=40))
    stage.exchange.give(stage.board, told, mounted=True)
    for eta in (0.11, 0.12, 0.13):
        stage.values["runs"][0]["numbers"]["schedule.eta"] = eta
        stage.send()
        assert stage.board.scene.runs[0].schedule.eta == eta
        assert stage.renewed
    assert stage.board.scene.steps == 40


def test_the_page_wins_what_the_stage_did_not_touch(stage):
    changed = replace(SCENE, runs=(Run(GD(), Constant(0.9)), SCENE.runs[1]))
    stage.board = replace(stage.board, scene=changed)
    stage.values["runs"][1]["numbers"]["optimizer.beta"] = 0.5
    stage.send()
    assert stage.board.scene.runs == (changed.runs[0], Run(Momentum(beta=0.5), SCENE.runs[1].schedule))


def test_an_edit_of_another_scene_leaves_the_new_one_alone(stage):
    stage.board = Board(Scene(Quadratic(), (Run(GD(), Constant(0.5)),)), (3,))
    stage.values["runs"][0]["numbers"]["schedule.eta"] = 0.3
    before = stage.board
    stage.send()
    assert stage.board == before
    assert stage.renewed


def test_there_are_never_too_many_runs(stage):
    for _ in range(MOST_RUNS - 2):
        stage.duplicate(0)
    by_page = Board(replace(SCENE, runs=(*SCENE.runs, Run(Adam()))), (1, 2, 3))
    stage.board = by_page
    stage.send()
    assert len(stage.board.ids) == len(stage.board.scene.runs) == MOST_RUNS
    assert stage.board.ids[-1] == 3
    assert stage.renewed


def test_what_is_not_legal_is_told_and_the_rest_is_kept(stage):
    stage.values["runs"][0]["numbers"] |= {"schedule.eta": 0, "optimizer.weight_decay": 0.25}
    stage.values["runs"][1]["numbers"] |= {"warmup.steps": 1.5, "optimizer.beta": 0.25}
    stage.send()
    assert stage.problems == (
        "Constant.eta (η) = 0 is outside (0, ∞). It was left as it was.",
        "Warmup.steps (w) = 1.5 is not a whole number. It was left as it was.",
    )
    assert stage.board.scene.runs[0] == Run(GD(weight_decay=0.25), Constant(0.1))
    assert stage.board.scene.runs[1].optimizer == Momentum(beta=0.25)
    assert stage.renewed
    stage.look()
    assert not stage.renewed


def test_an_edit_that_comes_twice_counts_once(stage):
    stage.values["start"] = [1, 1]
    sent = stage.send()
    stage.board = replace(stage.board, scene=replace(stage.board.scene, start=(0.5, 0.5)))
    board, edit, _ = stage.exchange.take(copy.deepcopy(sent), stage.board)
    assert board == stage.board
    assert edit is None


def test_a_stage_drawn_anew_starts_from_the_payload(stage):
    stage.values["start"] = [1, 1]
    stage.send()
    payload = stage.exchange.give(stage.board, told, mounted=True)
    assert stage.exchange.give(stage.board, told, mounted=False) != payload
    # Should it come up with the old payload all the same, what it did not touch is not put back.
    stage.look()
    stage.values["start"] = [0.5, 0.5]
    stage.send()
    stage.values, stage.count = values(Board(stage.board.scene, (1, 2))), 1
    stage.values["start"] = [1, 1]
    stage.values["runs"][0]["numbers"]["schedule.eta"] = 0.3
    stage.send()
    assert stage.board.scene == replace(stage.board.scene, start=(0.5, 0.5))
    assert stage.board.scene.runs[0].schedule.eta == 0.3


def test_editions_long_past_are_let_go(stage):
    for steps in range(1, EDITIONS + 2):
        stage.board = replace(stage.board, scene=replace(stage.board.scene, steps=steps))
        stage.exchange.give(stage.board, told, mounted=True)
    stage.values["start"] = [1, 1]
    before = stage.board
    stage.send()
    assert stage.board == before


GARBAGE = [
    {"start": None},
    {"start": [1]},
    {"start": [1, "2"]},
    {"start": [math.nan, 1]},
    {"start": [1, math.inf]},
    {"start": [10**400, 1]},
    {"start": [True, 1]},
    {"numbers": None},
    {"numbers": {"surface.kappa": "12"}},
    {"numbers": {"surface.kappa": None}},
    {"numbers": {"surface.kappa": [1, 2]}},
    {"numbers": {"surface.kappa": math.nan}},
    {"numbers": {"surface.kappa": True}},
    {"numbers": {f"surface.kappa{i}": 12 for i in range(100_000)}},
    {"numbers": {"surface.__class__": 1, "__init__": 2, "": 3}},
    {"runs": None},
    {"runs": []},
    {"runs": {}},
    {"runs": [None]},
    {"runs": [{"id": 1}]},
    {"runs": [{"id": -1, "of": -1, "numbers": {}}]},
    {"runs": [{"id": 99, "of": 1, "numbers": {}}]},
    {"runs": [{"id": 2**60, "of": 1, "numbers": {}}]},
    {"runs": [{"id": 1_000_000, "of": 77, "numbers": {}}]},
    {"runs": [{"id": [1], "of": {}, "numbers": {}}]},
    {"runs": [{"id": 1, "of": 1, "numbers": {}}] * 100_000},
    {"edition": "1"},
    {"edition": True},
    {"edition": 99},
    {"edition": [1]},
    {"count": None},
    {"count": -1},
]


@pytest.mark.parametrize("part", GARBAGE, ids=lambda part: repr(part)[:40])
def test_garbage_changes_nothing_that_it_does_not_name(stage, part):
    before = stage.board
    stage.values |= part
    stage.send(**{name: value for name, value in part.items() if name in ("edition", "count")})
    assert stage.board == before
    assert stage.problems == ()


@pytest.mark.parametrize("sent", [None, 1, "x", [], {}, {"edition": 1}, [[[]]], {"edition": 1, "count": 1}])
def test_what_is_no_edit_is_no_edit(stage, sent):
    before = stage.board
    stage.board, _, problems = stage.exchange.take(sent, stage.board)
    assert stage.board == before
    assert problems == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
NUMBERS = st.dictionaries(
    st.sampled_from(["schedule.eta", "optimizer.beta", "surface.kappa", "noise.sigma", "warmup.steps"]), JSON
)
IDS = st.sampled_from([1, 2, 3, 1_000_000, 1_000_001]) | JSON
RUNS = st.lists(st.fixed_dictionaries({"id": IDS, "of": IDS, "numbers": NUMBERS | JSON}) | JSON, max_size=8)


@given(
    st.fixed_dictionaries(
        {
            "edition": st.just(1) | JSON,
            "count": st.integers(0, 3) | JSON,
            "start": st.lists(st.floats() | JSON, max_size=3) | JSON,
            "numbers": NUMBERS | JSON,
            "runs": RUNS | JSON,
        }
    )
    | JSON
)
def test_nothing_that_a_browser_sends_raises_or_breaks_the_scene(sent):
    stage = Stage()
    stage.board, _, problems = stage.exchange.take(sent, stage.board)
    assert 1 <= len(stage.board.ids) == len(stage.board.scene.runs) <= MOST_RUNS
    assert all(math.isfinite(coordinate) for coordinate in stage.board.scene.start)
    assert all(problem.endswith("It was left as it was.") for problem in problems)


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_number_that_may_be_dragged_arrives(slug):
    stage = Stage(Scene(Quadratic(), (Run(OPTIMIZERS[slug]()),)))
    for declared in OPTIMIZERS[slug].hypers():
        if not declared.static:
            stage.values["runs"][0]["numbers"][f"optimizer.{declared.name}"] = declared.soft[0]
    stage.send()
    for declared in OPTIMIZERS[slug].hypers():
        if not declared.static:
            assert getattr(stage.board.scene.runs[0].optimizer, declared.name) == declared.soft[0]


def test_an_edit_says_whether_the_hand_is_still_down():
    sent = {"edition": 1, "count": 1}
    assert not Edit.read(sent).held
    assert Edit.read(sent | {"held": True}).held
    assert not Edit.read(sent | {"held": "yes"}).held
