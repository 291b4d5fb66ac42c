"""What the page says, from what was measured."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.ui.landscape.study import Landscape, Seen, Trained

FAR = 0.1
"""The plane is said not to tell the loss of a path where they differ by more than this share of it."""
SMALL = 0.01
"""A plane that holds less than this share of the paths is said to miss them."""


def verdict(found: Landscape) -> list[str]:
    """What the planes hold of the paths, and how sharp the ends are."""
    return [" ".join(held(found)), *sharper(found.trained), *ride(found)]


def held(found: Landscape) -> list[str]:
    """How much of the paths is in the plane."""
    first, trained = found.seen[0], found.trained
    name = trained.names[first.center]
    if found.view.random:
        shares = [seen.share for seen in found.seen]
        most = max(shares)
        said = f"Each plane is spanned by two directions by chance, and holds {_percent(most)} of the squared distances"
        said += " of the paths from its centre"
        said += ": of the way there it sees next to nothing." if most < SMALL else "."
        return [said]
    distance = float(np.nanmax(first.distance[:, trained.whole]))
    whole = float(np.nanmax(_lengths(found, first)[:, trained.whole]))
    said = (
        f"The plane holds {_percent(first.share)} of the squared distances of the {_paths(trained)} from where {name}"
        f" ended; at most a path is {rounded(distance, 2)} away from the plane, and {rounded(whole, 2)} from that end."
    )
    return [said, *_agreement(found, first)]


def _lengths(found: Landscape, seen: Seen) -> Array:
    away = found.trained.path - found.trained.end(seen.center)[:, None]
    lengths: Array = np.sqrt((away**2).sum(axis=1))
    return lengths


def _agreement(found: Landscape, seen: Seen) -> list[str]:
    """How the loss on the plane compares with that of the path itself, at the looks where that is known."""
    with np.errstate(all="ignore"):
        apart = np.abs(seen.along - found.trained.loss) / found.trained.loss
        apart[:, [run for run in range(apart.shape[1]) if run not in found.trained.whole]] = np.nan
    if not np.isfinite(apart).any():
        return []
    worst = float(np.nanmax(apart))
    if worst <= FAR:
        return [
            f"So what the contours show is {_own(found.trained)} own loss: they differ by {_percent(worst)} at most."
        ]
    look, run = np.unravel_index(int(np.nanargmax(apart)), apart.shape)
    epoch, own = float(found.trained.epochs[look]), float(found.trained.loss[look, run])
    return [
        f"But the contours are not everywhere {_own(found.trained)} own loss: at epoch {rounded(epoch)} of"
        f" {found.trained.names[run]} they show {rounded(float(seen.along[look, run]))}, and it has {rounded(own)}."
    ]


def _own(trained: Trained) -> str:
    return "the path’s" if len(trained.names) == 1 else "the paths’"


def _paths(trained: Trained) -> str:
    return "path" if len(trained.names) == 1 else "paths"


def sharper(trained: Trained) -> list[str]:
    """How sharp the places are that the runs came to, side by side."""
    known = [n for n, value in enumerate(trained.sharpness) if np.isfinite(value)]
    if not known:
        return []
    values = ", ".join(f"{rounded(float(trained.sharpness[n]))} for {trained.names[n]}" for n in known)
    said = f"Where they ended λmax is {values}."
    if len(known) > 1:
        flattest = min(known, key=lambda n: float(trained.sharpness[n]))
        lowest = min(known, key=lambda n: float(trained.loss[-1, n]))
        best = min(known, key=lambda n: float(trained.validation[-1, n]))
        said += f" The flattest end is that of {trained.names[flattest]}"
        also = ["lowest training loss"] if flattest == lowest else []
        also += ["lowest held-out loss"] if flattest == best else []
        said += f", which also has the {' and the '.join(also)}." if also else "."
    return [said]


def ride(found: Landscape) -> list[str]:
    """What became of the run on the plane."""
    made = found.ride
    if made is None:
        return []
    trained, center = found.trained, found.seen[0].center
    run = trained.scene.runs[center]
    end = made.loss[np.isfinite(made.loss)][-1]
    own = float(trained.loss[trained.last[center], center])
    where = "near a corner" if found.view.random else "where the run begins on it"
    return [
        f"{run.optimizer.title} on the plane itself, from {where}, {count(made.steps)} steps with all images."
        f" {made.outcome.sentence} The loss there is {rounded(float(end))}; {trained.names[center]}, free to leave the"  # type: ignore[union-attr]
        f" plane, came to {rounded(own)}."
    ]


HEADINGS = ("run", "loss", "held-out loss", "held-out accuracy", "λmax at the end", "2/η", "from the start")


def rows(trained: Trained) -> list[list[str]]:
    """The runs as a table."""
    cells = []
    for number, (name, run) in enumerate(zip(trained.names, trained.scene.runs, strict=True)):
        blown = not np.isfinite(trained.loss[-1, number])
        away = float(np.linalg.norm(trained.end(number) - trained.path[0, :, number]))
        cells.append(
            [
                name,
                "blew up" if blown else rounded(float(trained.loss[-1, number])),
                "–" if blown else rounded(float(trained.validation[-1, number])),
                "–" if blown else f"{trained.accuracy[-1, number]:.1%}",
                "–" if blown else rounded(float(trained.sharpness[number])),
                rounded(2 / float(run.schedule.eta)) if run.optimizer.slug == "gd" else "–",
                rounded(away),
            ]
        )
    return cells


def frames(trained: Trained) -> tuple[str, ...]:
    """For each look where the runs stand."""
    told = []
    for look, epoch in enumerate(trained.epochs):
        each = [
            f"{name} at loss {rounded(float(loss))}" if np.isfinite(loss) else f"{name} has blown up"
            for name, loss in zip(trained.names, trained.loss[look], strict=True)
        ]
        told.append(f"Epoch {rounded(float(epoch))}: {', '.join(each)}")
    return tuple(told)


def about(found: Landscape) -> list[str]:
    """How it is made, and where it comes from."""
    view = found.view
    first = (
        "The axes are distances in the space of all weights and biases, along two orthonormal directions; 0 is where"
        f" {found.trained.names[found.seen[0].center]} ended. The numbers on the contours are losses."
    )
    how = (
        "Each unit’s weights in a direction are as long as its own, biases stay (filter normalization); then the two"
        " are made orthogonal, which by chance they very nearly were. Source: Li et al. (2018), Visualizing the loss"
        " landscape of neural nets, NeurIPS."
        if view.random
        else "The directions are the first two singular vectors of θ_t − θ_T, of all looks at all paths. Source: Lorch"
        " (2016), Visualizing deep network training trajectories with PCA; Li et al. (2018), section 7."
    )
    loss = "the squared loss" if found.trained.view.squared else "cross-entropy"
    net = (
        f"The network has {view.width} tanh units in one hidden layer; {loss} over {count(view.images)} digits. A plane"
        " is two of its many dimensions: what looks like a bowl here may have a way out elsewhere."
    )
    return [first, how, net]


def _percent(share: float) -> str:
    return f"{share:.2%}" if share < 0.1 or share > 0.99 else f"{share:.0%}"
