"""The README's examples do what the README says they print."""

import re
import subprocess
import sys
from pathlib import Path

from lrviz import KINDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_examples_print_what_is_under_them():
    """One after the other, as a reader would try them."""
    code = "".join(blocks("python"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert len(blocks("python")) == len(blocks("text")) == 4
    assert done.stdout == "".join(blocks("text"))


def test_the_outcomes_are_listed_in_the_order_in_which_they_are_tried():
    rows = re.findall(r"^\| (\w+) \|", README.partition("| outcome |")[2], re.MULTILINE)
    assert tuple(rows) == KINDS


def test_the_pictures_and_pages_it_names_are_there():
    for name in re.findall(r"\]\(([\w./]+)\)", README):
        assert (ROOT / name).is_file(), name
