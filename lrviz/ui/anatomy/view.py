"""What the page shows of its scene: which run, and which of its steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lrviz.numerals import quoted
from lrviz.scene import MOST_RUNS, MOST_STEPS

MOST = {"run": MOST_RUNS, "step": MOST_STEPS}


@dataclass(frozen=True)
class View:
    """A run and a step, both counted from 1. As words: `run 2 step 14`; what has its default is left out."""

    run: int = 1
    step: int = 1

    def __str__(self) -> str:
        return " ".join(f"{name} {getattr(self, name)}" for name in MOST if getattr(self, name) != 1)

    @staticmethod
    def parse(text: str) -> tuple[View, tuple[str, ...]]:
        """A view of these words, and a sentence for each that says nothing; the legal rest holds."""
        view, problems, words = View(), [], text.split()
        for name, value in zip(words[::2], [*words[1::2], ""], strict=False):
            if name not in MOST:
                problems.append(f"The view has a part {quoted(name)}; it may have: run, step.")
            elif not (value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= MOST[name]):
                problems.append(f"The view's {name} {quoted(value)} is not a whole number from 1 to {MOST[name]}.")
            else:
                view = replace(view, **{name: int(value[:6])})
        return view, tuple(problems)
