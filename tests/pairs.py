"""Few scenes in which all parts meet: each optimizer on some surfaces, with some schedules, each of them with some."""

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES

ROUNDS = 5
"""On how many surfaces each optimizer is."""


def pairs(rounds: int = ROUNDS) -> tuple[tuple[str, str, str], ...]:
    """Slugs of a surface, an optimizer and a schedule; an optimizer's are all different ones.

    A formula is recorded, written and told of part by part, so that a part which goes well in some company goes well in
    any: the whole table would have thousands of entries. Pages, each of which takes half a second, share these: each
    page has one round, `pairs()[1::5]`, in which there are all optimizers, all surfaces and all schedules.
    """
    surfaces, schedules = list(SURFACES), list(SCHEDULES)
    return tuple(
        (surfaces[(k + 4 * r) % len(surfaces)], optimizer, schedules[(3 * k + 2 * r) % len(schedules)])
        for k, optimizer in enumerate(OPTIMIZERS)
        for r in range(rounds)
    )
