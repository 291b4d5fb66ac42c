"""Formulas as lists of operations, and how NumPy works through them.

A tree in which parts return is written down as a list in which each stands once, in order. Working through it is a loop
over NumPy's functions, so that one list serves a point, a batch and a recorded graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from lrviz.expressions.worth import FUNCTIONS

Operand: TypeAlias = int | float
"""A place, which is an int: 0 is x, 1 is y, then the results of the operations in order; or a number, a float."""
Operation: TypeAlias = tuple[str, tuple[Operand, ...]]


def _kink(u: Any) -> Any:
    """What the slope of the sign adds: nothing; at the kink itself it is not defined."""
    return np.where(np.equal(u, 0), np.nan, 0.0)


def _slope(above: Any, below: Any) -> Any:
    """A fraction that is 0 where its numerator is: at the tip of a cone the slope is taken as 0."""
    return np.where(np.equal(above, 0), 0.0, np.divide(above, below))


_STEPS: dict[str, Callable[..., Any]] = FUNCTIONS | {"sign": np.sign, "kink": _kink, "slope": _slope}


@dataclass(frozen=True)
class Formula:
    """Operations in order, and the results that are wanted."""

    operations: tuple[Operation, ...]
    results: tuple[Operand, ...]

    def __call__(self, x: Any, y: Any) -> list[Any]:
        """The results at (x, y), each in the shape of x. What is not finite is a value like others."""
        values = [x, y]
        with np.errstate(all="ignore"):
            for operation, operands in self.operations:
                given = [values[operand] if type(operand) is int else operand for operand in operands]
                values.append(_STEPS[operation](*given))
            return [values[one] if type(one) is int else np.full_like(x, one) for one in self.results]


class Recorder:
    """Writes operations down, equal ones once."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._known: dict[Any, int] = {}

    def put(self, operation: str, *operands: Operand) -> Operand:
        """The place of a result; a number where all operands are numbers."""
        if all(type(operand) is float for operand in operands):
            with np.errstate(all="ignore"):
                return float(_STEPS[operation](*map(np.float64, operands)))
        key = (operation, *((type(operand), operand) for operand in operands))
        if key not in self._known:
            self.operations.append((operation, operands))
            self._known[key] = len(self.operations) + 1
        return self._known[key]

    def formula(self, results: Sequence[Operand]) -> Formula:
        """These results, with the operations that they need and no others."""
        needed, stack = set[int](), [one for one in results if type(one) is int and one > 1]
        while stack:
            place = stack.pop()
            if place not in needed:
                needed.add(place)
                operands = self.operations[place - 2][1]
                stack.extend(operand for operand in operands if type(operand) is int and operand > 1)
        moved: dict[int, int] = {0: 0, 1: 1} | {place: i + 2 for i, place in enumerate(sorted(needed))}

        def put(one: Operand) -> Operand:
            return moved[one] if type(one) is int else one

        operations = (self.operations[place - 2] for place in sorted(needed))
        return Formula(
            tuple((operation, tuple(map(put, operands))) for operation, operands in operations),
            tuple(map(put, results)),
        )
