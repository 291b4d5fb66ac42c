"""What the page says of the training, in words computed from the same numbers as its picture: pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrviz.numerals import count, listed, rounded
from lrviz.optimizers import AdamW
from lrviz.scene import Run
from lrviz.ui.models import named
from lrviz.ui.network.study import Question, Setting, Trained
from lrviz.ui.network.view import View

CHANCE = 3.0
"""Who is right no more than so many times as often as by guessing is called at chance."""

Kind = Literal["trained", "at chance", "fell back", "blew up", "waiting"]


@dataclass(frozen=True)
class End:
    """What became of a run by the last look."""

    kind: Kind
    training: float
    validation: float
    test: float
    accuracy: float


def end(found: Trained, run: int, classes: int) -> End:
    """Where a run stands at the last look at it. classes: of which one is guessed."""
    seen = np.flatnonzero(np.isfinite(found.of("test accuracy", run)))
    if not len(seen):
        return End("waiting", *[math.nan] * 4)
    last = int(seen[-1])
    names = ("training loss", "validation loss", "test loss", "test accuracy")
    training, validation, test, accuracy = (float(found.of(name, run)[last]) for name in names)
    limit, best = CHANCE / classes, float(found.of("test accuracy", run)[seen].max())
    kind: Kind = "trained"
    if found.blew_up[run] >= 0:
        kind = "blew up"
    elif accuracy <= limit:
        kind = "at chance" if best <= limit else "fell back"
    return End(kind, training, validation, test, accuracy)


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


# ---- what is trained


def setting(setting: Setting) -> str:
    """The network, its data and an epoch, in numbers."""
    view, network = setting.view, setting.network
    train, validation, test = setting.parts
    widths = "–".join(str(width) for width in (train.features.shape[1], *network.hidden, len(train.classes)))
    wrong = f", {view.wrong:g} % of them (and none of the others) labelled wrongly on purpose" if view.wrong else ""
    return (
        f"The network is {widths} with {'tanh' if view.tanh else 'ReLU'} units: {count(network.dim)} numbers to be"
        f" learned, by cross-entropy, from {count(len(train))} handwritten digits{wrong}; {count(len(validation))} more"
        f" are for validation, {count(len(test))} for the test. An epoch is {count(setting.problem.an_epoch)} steps of"
        f" {count(view.batch)} examples each, the whole training {count(setting.steps)} steps."
    )


# ---- the verdict


def verdict(asked: Question, found: Trained, patience: int) -> list[str]:
    """What the picture shows, one thing a sentence."""
    called, classes = named.names(asked.runs), len(asked.setting.train.classes)
    ends = [end(found, run, classes) for run in range(len(called))]
    return [
        *_best(asked, found, called, ends),
        *_failed(found, called, ends, classes),
        *_slow(found, called, ends),
        *_stopping(found, called, ends, patience),
    ]


def _best(asked: Question, found: Trained, called: list[str], ends: list[End]) -> list[str]:
    trained = [run for run, one in enumerate(ends) if one.kind == "trained"]
    if not trained:
        return []
    best = min(trained, key=lambda run: ends[run].validation)
    told = f"{percent(ends[best].accuracy)} of the {count(len(asked.setting.test))} test digits right"
    after = _epochs(found.epochs)
    if len(called) == 1:
        return [f"After {after} the validation loss is {rounded(ends[best].validation)}, and {told}."]
    return [
        f"After {after} {called[best]} has the lowest validation loss, {rounded(ends[best].validation)}, and {told}."
    ]


def _epochs(number: int) -> str:
    return f"{count(number)} {'epoch' if number == 1 else 'epochs'}"


def _failed(found: Trained, called: list[str], ends: list[End], classes: int) -> list[str]:
    """The runs that came to nothing, and how."""
    told = []
    guess = f"ln {classes} = {rounded(math.log(classes))} is the loss of guessing"
    never = [run for run, one in enumerate(ends) if one.kind == "at chance"]
    if never:
        losses = listed([rounded(ends[run].training) for run in never])
        told.append(
            f"{listed([called[run] for run in never])} never left chance: the training loss ends at {losses},"
            f" where {guess}."
        )
    for run, one in enumerate(ends):
        if one.kind == "fell back":
            accuracy = found.of("test accuracy", run)
            best = int(np.nanargmax(accuracy))
            told.append(
                f"{called[run]} learned, and lost it again: {percent(float(accuracy[best]))} right after"
                f" {_epochs(best)}, {percent(one.accuracy)} at the end."
            )
        if one.kind == "blew up":
            told.append(f"{called[run]} blew up at step {count(int(found.blew_up[run]))}: no number was large enough.")
    return told


SLOW = 2.0
"""A run whose validation loss is so many times the best run's and lowest at the end is called on its way."""


def _slow(found: Trained, called: list[str], ends: list[End]) -> list[str]:
    losses = [one.validation for one in ends if one.kind == "trained"]
    if len(losses) < 2:
        return []
    late = [
        called[run]
        for run, one in enumerate(ends)
        if one.kind == "trained"
        and one.validation > SLOW * min(losses)
        and found.stop(run, found.epochs + 1).kept == found.epochs
    ]
    if not late:
        return []
    is_ = "is" if len(late) == 1 else "are"
    return [f"{listed(late)} {is_} still on the way down: lowest at the last epoch, and not low."]


def _stopping(found: Trained, called: list[str], ends: list[End], patience: int) -> list[str]:
    """Early stopping, where it tells most: of the runs that it would have stopped."""
    trained = [run for run, one in enumerate(ends) if one.kind == "trained"]
    stops = {run: found.stop(run, patience) for run in trained}
    stopped = {run: stop for run, stop in stops.items() if stop.stopped is not None}
    if not trained:
        return []
    if not stopped:
        return [
            f"With a patience of {_epochs(patience)} early stopping lets {'all' if len(trained) > 1 else 'it'} run to"
            " the end."
        ]

    def saved(run: int) -> float:
        return ends[run].test / float(found.of("test loss", run)[stopped[run].kept])

    run = max(stopped, key=saved)
    stop = stopped[run]
    assert stop.stopped is not None
    kept, accuracy = (float(found.of(name, run)[stop.kept]) for name in ("test loss", "test accuracy"))
    better = kept < ends[run].test
    return [
        f"Early stopping with a patience of {_epochs(patience)} ends {called[run]} after epoch {stop.stopped} and keeps"
        f" epoch {stop.kept}: on the test digits, which it has not looked at, a loss of {rounded(kept)} instead of"
        f" {rounded(ends[run].test)}, and {percent(accuracy)} right instead of {percent(ends[run].accuracy)}."
        + ("" if better else " Here training on was better.")
    ]


def decay(runs: Sequence[Run]) -> list[str]:
    """What weight decay is, where a run has it: for some optimizers a penalty, for others not."""
    decaying = [run.optimizer for run in runs if float(getattr(run.optimizer, "weight_decay", 0.0)) > 0]
    apart = sorted({one.title for one in decaying if isinstance(one, AdamW)})
    alike = sorted({one.title for one in decaying if not isinstance(one, AdamW)})
    said = []
    if alike:
        said.append(
            f"The weight decay λ of {listed(alike)} adds λθ to the gradient, as a penalty of λ/2 ‖θ‖² would; the losses"
            " shown are without it."
        )
    if apart:
        said.append(
            f"The weight decay λ of {listed(apart)} shrinks θ by the share ηλ each step, beside the gradient. A penalty"
            " would not do that: its gradient would be rescaled like any other (Loshchilov & Hutter 2019)."
        )
    return said


# ---- the table

HEADINGS = (
    "run",
    "training loss",
    "validation loss",
    "gap",
    "test loss",
    "test accuracy",
    "early stopping after",
    "keeps epoch",
    "its test loss",
    "its test accuracy",
)


def rows(asked: Question, found: Trained, patience: int) -> list[tuple[str, ...]]:
    """A line for each run, under HEADINGS."""
    classes = len(asked.setting.train.classes)
    return [_row(name, found, run, classes, patience) for run, name in enumerate(named.names(asked.runs))]


def _row(name: str, found: Trained, run: int, classes: int, patience: int) -> tuple[str, ...]:
    one = end(found, run, classes)
    if one.kind in ("waiting", "blew up"):
        said = "not trained yet" if one.kind == "waiting" else f"blew up at step {count(int(found.blew_up[run]))}"
        return (name, said, *["–"] * (len(HEADINGS) - 2))
    stop = found.stop(run, patience)
    loss, accuracy = (float(found.of(measure, run)[stop.kept]) for measure in ("test loss", "test accuracy"))
    return (
        name,
        *map(rounded, (one.training, one.validation)),
        rounded(one.validation - one.training, 2),
        rounded(one.test),
        percent(one.accuracy),
        "–" if stop.stopped is None else f"epoch {stop.stopped}",
        str(stop.kept),
        rounded(loss),
        percent(accuracy),
    )


def alt(asked: Question, found: Trained) -> str:
    """The picture for those who do not see it."""
    ends = [end(found, run, len(asked.setting.train.classes)) for run in range(len(asked.runs))]
    told = "; ".join(
        f"{name} {one.kind}, validation loss {rounded(one.validation)}, {percent(one.accuracy)} of the test right"
        for name, one in zip(named.names(asked.runs), ends, strict=True)
        if one.kind != "waiting"
    )
    return f"Training and validation loss, and test accuracy, by epoch. After {_epochs(found.epochs)}: {told}."


def long(view: View, asked: Question) -> str:
    """What stands beside the button that begins a long training."""
    return f"{count(len(asked.runs))} runs of {count(asked.setting.steps)} steps, {_epochs(view.epochs)} each."
