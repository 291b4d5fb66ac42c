"""The stage writes numbers and sentences as Python does, sign for sign: the same thousands of them by both."""

import json
import math
import random
import re
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz import GD, KINDS, SURFACES, Adam, Additive, Constant, Cosine, Momentum, Saddle, iterate
from lrviz.judge import Judge
from lrviz.numerals import count, point, rounded
from lrviz.outcome import facts
from lrviz.sentences import SENTENCES, sentence
from lrviz.verdict import Judging
from tests import node

TASKS = {"count": count, "point": point, "rounded": rounded, "sentence": lambda *rest: sentence(SENTENCES, *rest)}
SOURCE = Path(lrviz.__file__).parent / "ui/stage/js"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stage's files, where node takes them for the modules that they are."""
    folder: Path = tmp_path_factory.mktemp("words")
    for name in ("numerals.js", "sentences.js"):
        shutil.copy(SOURCE / name, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def told_in_javascript(folder: Path, tasks: list[Any]) -> list[str]:
    (folder / "tasks.json").write_text(json.dumps(plain({"phrases": SENTENCES, "tasks": tasks}), allow_nan=False))
    texts: list[str] = json.loads(node.run(Path(__file__).with_name("words.mjs"), folder, folder / "tasks.json"))
    return texts


def plain(value: Any) -> Any:
    """As JSON, which has no word for some numbers."""
    match value:
        case dict():
            return {name: plain(part) for name, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case float() if math.isnan(value):
            return "NaN"
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case float() if value == 0 and math.copysign(1, value) < 0:
            return "-0"
        case _:
            return value


def assert_told_alike(folder: Path, tasks: list[Any]) -> None:
    for task, text in zip(tasks, told_in_javascript(folder, tasks), strict=True):
        assert text == TASKS[task[0]](*task[1:]), task


# ---- numerals


def numbers(draw: random.Random) -> Iterator[float]:
    yield from (0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308)
    for exponent in range(-12, 18):  # powers of ten, the numbers beside them, and halves of the last digit kept
        ten = float(f"1e{exponent}")
        yield from (ten, -ten, np.nextafter(ten, 0.0).item(), np.nextafter(ten, np.inf).item())
        yield from (digits * ten for digits in (0.5, 1.5, 9.5, 9.995, 99.95, 0.125, 1.125, 1.135, 2.375, 99.5, 999.5))
    for _ in range(2000):  # exact halves: odd multiples of a power of two
        yield (2 * draw.randrange(5000) + 1) * 2.0 ** draw.randrange(-20, 4)
    for _ in range(4000):  # any bits at all
        yield struct.unpack("d", struct.pack("Q", draw.getrandbits(64)))[0]
    for _ in range(4000):  # numbers as they occur
        yield draw.choice((-1, 1)) * 10 ** draw.uniform(-7, 8)
    for _ in range(2000):  # numbers with few digits, which are near halves
        yield float(f"{draw.randrange(10**5)}e{draw.randrange(-9, 6)}")


@pytest.fixture(scope="module")
def many_numbers() -> list[float]:
    return list(numbers(random.Random(0)))


def test_numbers_are_rounded_alike(folder: Path, many_numbers: list[float]) -> None:
    draw = random.Random(1)
    tasks = [["rounded", number, digits] for number in many_numbers for digits in (3, draw.randrange(1, 14))]
    assert_told_alike(folder, [*tasks, *(["rounded", number] for number in many_numbers[:400])])


def test_the_numbers_hold_halves_that_go_down_and_halves_that_go_up(many_numbers: list[float]) -> None:
    """Else the comparison would prove nothing of the hardest case."""
    halves = [x for x in many_numbers if re.fullmatch("[^e]*50*e.*", f"{x:.100e}") and len(f"{x:e}".rstrip("0")) > 4]
    even = [x for x in halves if f"{x:.2e}" == "1.12e+00"]
    odd = [x for x in halves if f"{x:.2e}" == "2.38e+00"]
    assert len(halves) > 500
    assert even
    assert odd


def test_counts_and_points_are_written_alike(folder: Path, many_numbers: list[float]) -> None:
    draw = random.Random(2)
    whole = [0, 1, 999, 1000, 12_750, 10**6, 10**9, *map(draw.getrandbits, range(1, 50))]
    counts = [["count", number] for number in whole]
    points = [["point", [a, b]] for a, b in zip(many_numbers, reversed(many_numbers), strict=True)]
    assert_told_alike(folder, counts + points)


# ---- sentences


def names() -> tuple[set[str], set[str]]:
    """The facts that the conditions ask for, and those that the texts tell."""
    choices = [choice for phrase in SENTENCES.values() for choice in phrase]
    asked = {name.removeprefix("not ") for condition, _ in choices if condition for name in condition.split(" and ")}
    told = set()
    for _, text in choices:
        for name, form in re.findall(r"\{(\w+):?([^}]*)\}", text):
            told |= {f"{name}_x", f"{name}_y"} if form == "point" else {name}
            told |= {form.removeprefix("beside ")} if form.startswith("beside ") else set()
    return asked, told


def test_any_facts_are_told_alike(folder: Path) -> None:
    """Every choice of every phrase, with numbers of all kinds in every place."""
    draw, (asked, told) = random.Random(3), names()
    texts = [text for phrase in SENTENCES.values() for _, text in phrase]
    counted = {name for text in texts for name in re.findall(r"\{(\w+):count", text)}

    def number(name: str) -> float:
        if name in counted:
            return float(draw.choice((0, 1, 2, 1000, draw.randrange(10**7))))
        return draw.choice((draw.uniform(-3, 3), 10 ** draw.uniform(-9, 9), math.inf, math.nan, 0.0))

    tasks = []
    for _ in range(3000):
        values: dict[str, Any] = {name: number(name) for name in sorted(told)}
        values |= {name: draw.random() < 0.5 for name in sorted(asked)}
        values["limit"] = values["product"] * (1 + draw.choice((0.0, 0.1, 10 ** draw.uniform(-14, -1))))
        tasks.append(["sentence", draw.choice(KINDS), values])
    assert_told_alike(folder, tasks)
    sentences = " ".join(TASKS[task[0]](*task[1:]) for task in tasks)
    for text in texts:
        longest = max(re.split(r"\{[^}]*\}|\[\w+\]", text), key=len)
        assert longest in sentences, f"never told: {text}"


def runs() -> Iterator[tuple[Any, ...]]:
    """Surfaces with all that is known of them, methods with a limit and without one, and noise."""
    draw = np.random.default_rng(0)
    for surface in (cls() for cls in SURFACES.values()):
        for optimizer in (GD(), GD(weight_decay=0.3), Momentum(), Adam()):
            for schedule, noise in ((Constant, None), (Cosine, None), (Constant, Additive(0.3))):
                etas = 10 ** draw.uniform(-4, 0.5, size=8)
                start = np.array(surface.start)[:, None] + draw.normal(size=(2, 8)) * [[0, 0, 0, 0, 1, 1, 3, 30]]
                yield surface, optimizer, schedule(eta=etas), start, 80, noise
    yield Saddle(), GD(), Constant(np.array([0.1, 0.1])), np.array([[1.5, 0.0], [0.0, 0.0]]), 150, None


def test_runs_are_told_alike(folder: Path) -> None:
    tasks, kinds = [], set()
    for surface, optimizer, schedule, start, steps, noise in runs():
        judging = Judging(Judge(surface, optimizer, noisy=noise is not None), steps)
        for it in iterate(surface, optimizer, schedule, start, steps, noise):
            judging.see(it)
        with np.errstate(all="ignore"):
            verdict = judging.verdict()
            particles = verdict.kind.tolist()
            columns = {name: np.broadcast_to(value, len(particles)).tolist() for name, value in facts(verdict).items()}
        for i, index in enumerate(particles):
            tasks.append(["sentence", KINDS[int(index)], {name: values[i] for name, values in columns.items()}])
            kinds.add(KINDS[int(index)])
    assert kinds == set(KINDS)
    assert_told_alike(folder, tasks)


def test_the_facts_are_those_that_the_sentences_ask_for() -> None:
    """None is missing from the table's words, and none is computed for nothing."""
    asked, told = names()
    computed = set()
    for surface, optimizer, schedule, start, _, noise in runs():
        judging = Judging(Judge(surface, optimizer, noisy=noise is not None), 1)
        for it in iterate(surface, optimizer, schedule, start, 1, noise):
            judging.see(it)
        with np.errstate(all="ignore"):
            computed |= set(facts(judging.verdict()))
    assert computed == asked | told
