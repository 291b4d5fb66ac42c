"""What the page shows besides its scene: which place is to be left, and at what rate. `saddle eta 0.05`."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.declare import Declared, hyper
from lrviz.escape import TRAPS
from lrviz.numerals import exact, quoted


@dataclass(frozen=True)
class View(Declared):
    """The place, and the rate of all methods there: constant, or the top of the schedule."""

    trap: str = "saddle"
    eta: float = hyper(0.05, "η", "(0, inf)", soft=(1e-4, 1.0), scale="log", help="the same rate for all, at its top")

    def __str__(self) -> str:
        rate = [f"eta {exact(self.eta)}"] if self.eta != View().eta else []
        return " ".join([self.trap, *rate]) if rate or self.trap != View().trap else ""


def parse(text: str) -> tuple[View, tuple[str, ...]]:
    """The view that the words say, and a sentence for each that makes no sense; the rest holds."""
    view, problems = View(), []
    words = iter(text.split())
    for word in words:
        if word in TRAPS:
            view = View(word, view.eta)
        elif word == "eta":
            try:
                (declared,) = View.hypers()
                view = view.replace(eta=declared.parse("View", next(words, "")))
            except ValueError as problem:
                problems.append(f"{problem}.")
        else:
            problems.append(
                f"The view has a part {quoted(word)}. There are: {', '.join(TRAPS)}, and eta with a number."
            )
    return view, tuple(problems)
