"""The table of sentences can be read and sent, and is printed by its rules."""

import json
import re

import pytest

from lrviz import KINDS
from lrviz.sentences import SENTENCES, Facts, sentence

PHRASES = {
    "number": [("", "{x}, {x:2}, {n:count}, {n:count step}, {one:count step}")],
    "place": [("", "at {x:point}.")],
    "first": [("wet and not cold", "rain"), ("wet", "snow"), ("", "neither")],
    "maybe": [("wet", "wet")],
    "whole": [("", "<[first]|[maybe]>")],
    "against": [("", "{near:beside x} and {x}")],
}
FACTS: Facts = {
    "x": 1234.5678,
    "x_x": 0.5,
    "x_y": -1e-7,
    "n": 12_750.0,
    "one": 1.0,
    "near": 1234.57,
    "wet": False,
    "cold": True,
}


@pytest.mark.parametrize(
    ("name", "changes", "text"),
    [
        ("number", {}, "1,230, 1,200, 12,750, 12,750 steps, 1 step"),
        ("place", {}, "at (0.5, −10⁻⁷)."),
        ("first", {}, "neither"),
        ("first", {"wet": True}, "snow"),
        ("first", {"wet": True, "cold": False}, "rain"),
        ("maybe", {}, ""),
        ("whole", {"wet": True}, "<snow|wet>"),
        ("whole", {}, "<neither|>"),
        ("against", {}, "1,234.57 and 1,230"),
        ("against", {"near": 2.0}, "2 and 1,230"),
        ("against", {"near": 1234.5678}, "1,234.5678 and 1,230"),
    ],
)
def test_a_phrase_is_printed_by_its_rules(name: str, changes: dict[str, float], text: str) -> None:
    assert sentence(PHRASES, name, {**FACTS, **changes}) == text


def test_the_table_survives_the_way_to_the_browser() -> None:
    sent = json.loads(json.dumps(SENTENCES))
    assert {name: [tuple(choice) for choice in phrase] for name, phrase in sent.items()} == SENTENCES


@pytest.mark.parametrize("name", SENTENCES)
def test_a_phrase_is_written_by_the_rules(name: str) -> None:
    conditions = [condition for condition, _ in SENTENCES[name]]
    assert all(re.fullmatch(r"(not )?\w+( and (not )?\w+)*", condition) for condition in conditions if condition)
    assert "" not in conditions[:-1], "what follows would never be told"
    for _, text in SENTENCES[name]:
        rest = re.sub(r"\{\w+(:(\d+|point|count( \w+)?|beside \w+))?\}|\[\w+\]", "", text)
        assert not set(rest) & set("{}[]")
        assert set(re.findall(r"\[(\w+)\]", text)) <= set(SENTENCES)


def test_each_kind_has_a_sentence_and_each_other_phrase_a_place() -> None:
    used = {name for phrase in SENTENCES.values() for _, text in phrase for name in re.findall(r"\[(\w+)\]", text)}
    assert used | set(KINDS) == set(SENTENCES)
    assert not used & set(KINDS)
