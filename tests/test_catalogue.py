"""The reference says what the declarations say, and names a work, a counterpart and a check for everything."""

import ast
import re
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest

from lrviz import catalogue, references
from lrviz.catalogue import LIBRARIES, Entry, entries
from lrviz.declare import Declared
from lrviz.link import read
from lrviz.noise import NOISES
from lrviz.optimizers import OPTIMIZERS, WRAPPERS, Adam
from lrviz.outcome import Outcome
from lrviz.references import BY_NAME, READ_ON, SHORT_LIST, WORKS, citations
from lrviz.schedules import SCHEDULES, Schedule, Warmup
from lrviz.surfaces import SURFACES, PlateauAndCliff

ROOT = Path(__file__).parent.parent
CLASSES: list[type[Declared]] = [
    cls for table in (OPTIMIZERS, WRAPPERS, SCHEDULES, {"": Warmup}, SURFACES, NOISES) for cls in table.values()
]
every_entry = pytest.mark.parametrize("entry", entries().values(), ids=entries())


def test_every_class_has_one_entry() -> None:
    assert [entry.cls for entry in entries().values()] == CLASSES
    assert {key: entry.key for key, entry in entries().items()} == {key: key for key in entries()}


def test_a_slug_that_two_kinds_share_is_two_entries() -> None:
    assert entries()["plateau"].kind == "schedule"
    assert entries()["plateau-surface"].cls is PlateauAndCliff
    assert entries()["plateau-surface"].proof is None


@every_entry
def test_what_an_entry_says(entry: Entry) -> None:
    assert entry.summary.endswith((".", "2014)"))
    assert not set("$`*") & set(entry.summary)
    blocks = list(entry.blocks)
    assert any(block.is_formula for block in blocks) or entry.key == "plateau"  # which is an algorithm
    for block in blocks:
        assert block.text
        assert "$$" not in block.text
        assert block.text.count("{") == block.text.count("}")
    # Nothing of what the class says is lost.
    kept = " ".join([entry.title, entry.summary, *(block.text for block in blocks)])
    assert letters(entry.cls.__doc__ or "").issubset(letters(kept))


def letters(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.lower()))


@every_entry
def test_the_fields_are_those_declared(entry: Entry) -> None:
    assert entry.fields == entry.cls.hypers()
    for field in entry.fields:
        shown = catalogue.legal(field)
        if field.kind in ("real", "whole"):
            ends = shown.removesuffix(", whole").strip("[]()").split(", ")
            assert [number(end) for end in ends] == [field.hard.low, field.hard.high]
            assert (shown[0] == "(", shown.removesuffix(", whole")[-1] == ")") == (
                field.hard.low_open,
                field.hard.high_open,
            )
            assert number(catalogue.default(field)) == pytest.approx(field.default, rel=1e-5)
            if not field.static:
                assert [number(end) for end in catalogue.slider(field).split(" … ")] == pytest.approx(field.soft)


def number(text: str) -> float:
    """A number that was written to be read."""
    plain = text.replace("−", "-").replace(",", "").replace("∞", "inf")
    found = re.fullmatch(r"(-?)(?:([\d.]+|inf)(?: × |$))?(?:(10)([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", plain)
    assert found
    sign, mantissa, _, power = found.groups()
    exponent = int((power or "0").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    return float(f"{sign}{mantissa or 1}") if not power else float(f"{sign}{mantissa or 1}e{exponent}")


def test_numbers_that_were_written_are_read() -> None:
    assert [number(text) for text in ("10⁻⁸", "2.1 × 10⁶", "−∞", "1,000", "−10³")] == [
        1e-8,
        2.1e6,
        -np.inf,
        1e3,
        -1e3,
    ]


# ---- counterparts


@pytest.mark.parametrize("entry", [e for e in entries().values() if e.calls], ids=lambda entry: entry.key)
def test_each_library_has_a_counterpart_or_is_said_to_have_none(entry: Entry) -> None:
    named = [call.library for call in entry.calls]
    assert len(named) == len(set(named))
    assert {*named, *entry.missing} >= set(LIBRARIES)
    assert not set(named) & set(entry.missing)
    for call in entry.calls:
        assert call.code or call.note
        assert call.code.count("(") == call.code.count(")")
        assert not call.note.startswith((",", ";", ")"))
    assert letters(entry.cls.same_as) == letters(" ".join(entry.calls[0][1:]))  # type: ignore[attr-defined]


def test_optimizers_and_schedules_have_calls_and_the_rest_has_none() -> None:
    assert {entry.kind for entry in entries().values() if entry.calls} == {"optimizer", "wrapper", "schedule"}
    assert all(entry.calls for entry in entries().values() if entry.kind in ("optimizer", "wrapper", "schedule"))


@pytest.mark.parametrize(
    ("text", "code", "note"),
    [
        ("torch.optim.SGD(lr, weight_decay=λ)", "torch.optim.SGD(lr, weight_decay=λ)", ""),
        ("optax.chain(optax.f(c), …), without it", "optax.chain(optax.f(c), …)", "without it"),
        ("torch.optim.….param_groups", "torch.optim.….param_groups", ""),
        ("SGDHD(lr) of its authors", "SGDHD(lr)", "of its authors"),
        ("Algorithm 6.1 of Nocedal & Wright (2006)", "", "Algorithm 6.1 of Nocedal & Wright (2006)"),
        ("no scheduler", "", "no scheduler"),
        ("optax.sgd(unclosed", "optax.sgd(unclosed", ""),
    ],
)
def test_a_call_and_what_is_said_of_it_are_told_apart(text: str, code: str, note: str) -> None:
    assert catalogue._call("", text)[1:] == (code, note)


# ---- works


def unknown(source: str) -> list[str]:
    """The years of works that a source names and that are not listed."""
    for work in WORKS:
        source = source.replace(work.short, "")
    return re.findall(r"\(\d{4}\)", source)


@every_entry
def test_every_work_that_is_named_is_listed(entry: Entry) -> None:
    assert unknown(entry.source) == []
    assert entry.citations or "(" not in entry.source


def test_a_work_that_is_not_listed_is_found() -> None:
    assert unknown("Kingma & Ba (2015), Adam; Nobody (1999), Nothing") == ["(1999)"]
    assert unknown("Kingma & Ba (2014), Adam") == ["(2014)"]


def test_the_list_of_works_is_in_order_and_each_is_used() -> None:
    assert len(BY_NAME) == len(WORKS)
    assert [work.authors[0] for work in WORKS] == sorted(work.authors[0] for work in WORKS)
    used = {citation.work for entry in entries().values() for citation in entry.citations}
    assert set(WORKS) - used == set()
    for work in WORKS:
        assert re.fullmatch(r"\d{4}", work.year)
        assert not work.link or work.link.startswith("https://")
        assert work.short.split()[0].strip(",") in work.authors.replace(";", " ")


def test_the_short_list_is_where_it_applies() -> None:
    by_work = references.on_screen((entry.title, entry.cls) for entry in entries().values())
    told = {short: " ".join(by_work[BY_NAME[short]]) for short in SHORT_LIST}
    for short, title in zip(
        SHORT_LIST, ("AdaGrad", "Adam", "Cyclical (triangular)", "Constant", "Momentum"), strict=True
    ):
        assert title in told[short]
    assert set(READ_ON) <= {cls.__name__ for cls in CLASSES}
    assert {short for notes in READ_ON.values() for short in notes} <= set(SHORT_LIST)


def test_where_in_a_work() -> None:
    class Odd(Adam):
        source = "Nocedal & Wright (2006), section 3.3; absolute: Dauphin et al. (2014), chapter 2"

    assert [(c.work.short, c.note) for c in citations(Odd)] == [
        ("Nocedal & Wright (2006)", "section 3.3"),
        ("Dauphin et al. (2014)", "chapter 2"),
    ]


# ---- what it was compared with


@every_entry
def test_everything_was_compared_with_a_library_or_says_what_with(entry: Entry) -> None:
    assert entry.proof or entry.checked
    if proof := entry.proof:
        assert 0 <= proof.difference <= 1e-10
        assert proof.cases >= 1
        assert proof.steps >= 200
        assert proof.version[0].isdigit()
        assert str(proof.cases) in catalogue.proof_of(entry).replace(",", "")
    if checked := entry.checked:
        tests = (ROOT / checked.tests).read_text(encoding="utf-8")
        names = {node.id for node in ast.walk(ast.parse(tests)) if isinstance(node, ast.Name)}
        tables = {"optimizer": "OPTIMIZERS", "schedule": "SCHEDULES", "surface": "SURFACES", "noise": "NOISES"}
        assert names & {entry.cls.__name__, tables.get(entry.kind, "WRAPPERS")}


# ---- scenes


@every_entry
def test_its_scene_shows_it_and_runs(entry: Entry) -> None:
    scene = read(entry.link).scene
    assert scene == entry.scene
    parts = [*scene.parts().values(), *(part for run in scene.runs for part in run.parts().values())]
    assert entry.cls in map(type, parts)
    if entry.kind == "surface":  # by the runs of the landing page, whose rates are another surface's
        return
    for trajectory in scene.run():
        assert isinstance(trajectory.outcome, Outcome)
        assert trajectory.outcome.kind != "diverged"


def test_a_schedule_is_seen_as_it_is() -> None:
    for entry in entries().values():
        if issubclass(entry.cls, Schedule) and entry.cls is not Warmup:
            assert entry.scene.runs[0].schedule == entry.cls(eta=0.1)


def test_links_are_short() -> None:
    assert max(len(urlencode(entry.link, doseq=True)) for entry in entries().values()) < 200


# ---- the file


def test_the_file_is_fresh() -> None:
    """Else: python -m lrviz.catalogue."""
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == catalogue.markdown()
