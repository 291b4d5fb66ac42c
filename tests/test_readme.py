"""The README's example does what the README says it prints."""

import re
import subprocess
import sys
from pathlib import Path

from lrviz import KINDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def test_the_example_prints_what_is_under_it():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block("python")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == block("text")


def test_the_outcomes_are_listed_in_the_order_in_which_they_are_tried():
    rows = re.findall(r"^\| (\w+) \|", README.partition("| outcome |")[2], re.MULTILINE)
    assert tuple(rows) == KINDS


def test_the_pictures_and_pages_it_names_are_there():
    for name in re.findall(r"\]\(([\w./]+)\)", README):
        assert (ROOT / name).is_file(), name
