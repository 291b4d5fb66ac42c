"""What the page shows besides its scene: the rates that were tried, in their order; a line of words in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lrviz.declare import Hyper
from lrviz.numerals import count, exact, quoted
from lrviz.scene import Run
from lrviz.tuning.task import ETA

MOST = 20
"""As many attempts as the address has room for; each of its parts is read up to some 600 characters."""
TRIED, COMPARED, NO_HINTS = "tried", "compared", "no-hints"


@dataclass(frozen=True)
class View:
    """`tried 0.01 0.02 compared no-hints`: what has its default is left out."""

    etas: tuple[float, ...]
    """The first is given; it is the optimizer's typical one where nothing else is said."""
    compared: bool = False
    hints: bool = True

    def text(self, run: Run) -> str:
        """The view of a run, in words."""
        words = [] if self.etas == start(run).etas else [TRIED, *map(exact, self.etas)]
        return " ".join([*words, *([COMPARED] if self.compared else []), *([] if self.hints else [NO_HINTS])])

    def tried(self, eta: float) -> View:
        """One attempt more. ValueError, with a sentence, where it makes no sense."""
        if eta in self.etas:
            raise ValueError(f"η = {exact(eta)} has been tried: run again it would end the same")
        if len(self.etas) >= MOST:
            raise ValueError(f"{MOST} attempts are as many as a link can hold: compare, undo one or start again")
        return replace(self, etas=(*self.etas, eta))


def start(run: Run) -> View:
    """Where the exercise begins: one attempt at the optimizer's typical rate."""
    return View((run.optimizer.typical_eta,))


def declared(run: Run) -> Hyper:
    """What the run's rate may be."""
    (found,) = (one for one in run.inner.hypers() if one.name == ETA)
    return found


def parse(text: str, run: Run) -> tuple[View, tuple[str, ...]]:
    """The view of these words, and a sentence for each that is not legal; the rest holds."""
    found, etas, problems = start(run), list[float](), list[str]()
    is_rate = False
    for word in text.split():
        if word in (TRIED, COMPARED, NO_HINTS):
            is_rate = word == TRIED
            found = replace(found, compared=found.compared or word == COMPARED, hints=found.hints and word != NO_HINTS)
        elif not is_rate:
            problems.append(f"The view has no word {quoted(word)}; it has: {TRIED}, {COMPARED}, {NO_HINTS}.")
        else:
            try:
                etas.append(float(declared(run).parse("View", word)))
            except ValueError as problem:
                problems.append(f"{problem}.")
    unique = tuple(dict.fromkeys(etas))
    if len(unique) > MOST:
        problems.append(f"The view has {count(len(unique))} rates; the first {MOST} are shown.")
    return replace(found, etas=unique[:MOST]) if unique else found, tuple(problems)
