"""What a page shows besides its scene, where that is a few numbers: one line of words in the address."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from lrviz.declare import Declared
from lrviz.numerals import exact, quoted


class Numbers(Declared):
    """A view of declared numbers, such as `seeds 400 step 120`: what has its default is left out."""

    together: ClassVar[tuple[str, ...]] = ()
    """Numbers that may not go together, such as the ends of a range: then they all have their defaults."""

    def __str__(self) -> str:
        return " ".join(f"{declared.name} {exact(value)}" for declared, value in self.changed())

    @classmethod
    def parse(cls, text: str) -> tuple[Self, tuple[str, ...]]:
        """The view of these words, and a sentence for each that is not legal; the rest holds."""
        declared = {declaration.name: declaration for declaration in cls.hypers()}
        numbers: dict[str, Any] = {}
        problems = []
        words = iter(text.split())
        for name in words:
            if name not in declared:
                problems.append(f"The view has no number {quoted(name)}; it has: {', '.join(declared)}.")
                next(words, None)
                continue
            try:
                numbers[name] = declared[name].parse("View", next(words, ""))
            except ValueError as problem:
                problems.append(f"{problem}.")
        try:
            return cls(**numbers), tuple(problems)
        except ValueError as problem:
            rest = {name: value for name, value in numbers.items() if name not in cls.together}
            return cls(**rest), (*problems, f"{problem}.")
