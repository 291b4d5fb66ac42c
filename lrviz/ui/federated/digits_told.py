"""What the page says of the real clients."""

from __future__ import annotations

import numpy as np

from lrviz.models.clients import Index
from lrviz.numerals import count, rounded
from lrviz.ui.federated.digits import ALPHAS, FACTORS, PENALTY, Question, Swept, Trained, model


def sharing(parts: list[Index]) -> str:
    """How the digits are shared."""
    data = model().data
    counts = np.array([np.bincount(data.labels[part], minlength=len(data.classes)) for part in parts])
    largest = (counts.max(axis=1) / counts.sum(axis=1)).mean()
    classes = (counts > 0).sum(axis=1).mean()
    return (
        f"{count(len(data))} digits are shared among {count(len(parts))} clients. On average a client has"
        f" {rounded(float(classes), 2)} of the {len(data.classes)} classes, and {largest:.0%} of its digits are of a"
        " single one."
    )


def verdict(asked: Question, found: Trained) -> list[str]:
    """Who is ahead after the last round."""
    ended = [run for run in range(len(asked.names)) if np.isfinite(found.loss[-1, run])]
    blown = [(name, int(step)) for name, step in zip(asked.names, found.blew_up, strict=True) if step >= 0]
    said = [f"{name} blew up in round {count(step)}." for name, step in blown]
    if ended:
        best = min(ended, key=lambda run: found.loss[-1, run])
        said.insert(
            0,
            f"After {count(len(found.loss) - 1)} rounds {asked.names[best]} has the lowest loss on all clients’ digits,"
            f" {rounded(float(found.loss[-1, best]))}, and {found.accuracy[-1, best]:.1%} of the held-out ones right.",
        )
    return [" ".join(said)] if said else []


HEADINGS = ("run", "server’s η", "loss on all digits", "held-out digits right")


def rows(asked: Question, found: Trained) -> list[list[str]]:
    """The runs at the end."""
    told = []
    for run, name in enumerate(asked.names):
        eta = rounded(float(asked.runs[run].schedule.eta))
        loss = found.loss[:, run]
        last = np.flatnonzero(np.isfinite(loss))
        if found.blew_up[run] >= 0 or not last.size:
            told.append([name, eta, f"blew up in round {count(int(found.blew_up[run]))}" if last.size else "–", "–"])
        else:
            told.append([name, eta, rounded(float(loss[last[-1]])), f"{found.accuracy[last[-1], run]:.1%}"])
    return told


def about() -> list[str]:
    """What is learned, and how the digits are dealt."""
    net = model()
    return [
        f"The model is a logistic regression of ten classes: softmax of 64 weights and a bias for each,"
        f" {count(net.dim)} numbers from zeros, cross-entropy plus λ/2 times the squared weights, λ = {PENALTY:g}. Each"
        " client’s steps see all its digits.",
        "A client draws its shares of the classes from a Dirichlet distribution with parameter α times their shares in"
        " all digits, and then its digits by them (Hsu, Qi & Brown 2019). At a small α each client has few classes; at"
        " a large one all clients have the same. A class that has run out leaves its share to the others.",
    ]


# ---- each at its best rate


def best(asked: Question, found: Swept) -> list[str]:
    """Who wins at each α, each at its own best rate."""
    said = []
    for a, alpha in enumerate(ALPHAS):
        losses = found.best[a]
        if not np.isfinite(losses).all():
            continue
        order = np.argsort(losses)
        first = int(order[0])
        text = f"At α = {alpha:g} {asked.names[first]} ends lowest, at {rounded(float(losses[first]))}"
        if len(order) > 1:
            others = [f"{asked.names[run]} at {rounded(float(losses[run]))}" for run in order[1:].tolist()]
            text += f"; {', '.join(others)}"
        said.append(f"{text}.")
    return [" ".join(said)] if said else []


BEST_HEADINGS = ("run", *(f"best η at α = {alpha:g}" for alpha in ALPHAS), *(f"right at α = {a:g}" for a in ALPHAS))


def best_rows(asked: Question, found: Swept) -> list[list[str]]:
    """For each run its best rate and accuracy at each α."""
    told = []
    for run, name in enumerate(asked.names):
        eta = float(asked.runs[run].schedule.eta)
        rates, right = [], []
        for a in range(len(ALPHAS)):
            if not np.isfinite(found.best[a, run]):
                rates.append("–")
                right.append("–")
                continue
            at = found.at_best(a, run)
            edge = " (an end of the sweep)" if at in (0, len(FACTORS) - 1) else ""
            rates.append(f"{rounded(eta * float(FACTORS[at]), 2)}{edge}")
            right.append(f"{found.accuracy[a, run, at]:.1%}")
        told.append([name, *rates, *right])
    return told
