"""Few scenes in which every two meet: each surface with each optimizer, each of these with each schedule."""

from functools import cache

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES


@cache
def pairs() -> tuple[tuple[str, str, str], ...]:
    """Slugs of a surface, an optimizer and a schedule, such that every two of two kinds are together somewhere.

    Greedy: each next triple is the one that brings together the most that have not met. Pages, each of which takes half
    a second, share them: one has those of even places, another those of odd ones.
    """
    waiting = (
        {(s, o) for s in SURFACES for o in OPTIMIZERS}
        | {(o, c) for o in OPTIMIZERS for c in SCHEDULES}
        | {(s, c) for s in SURFACES for c in SCHEDULES}
    )
    triples = []
    while waiting:
        best = max(
            ((s, o, c) for s in SURFACES for o in OPTIMIZERS for c in SCHEDULES),
            key=lambda triple: len(_meetings(triple) & waiting),
        )
        waiting -= _meetings(best)
        triples.append(best)
    return tuple(triples)


def _meetings(triple: tuple[str, str, str]) -> set[tuple[str, str]]:
    surface, optimizer, schedule = triple
    return {(surface, optimizer), (optimizer, schedule), (surface, schedule)}
