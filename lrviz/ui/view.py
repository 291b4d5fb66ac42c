"""What a page shows besides its scene, where that is a few numbers: one line of words in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

import streamlit as st

from lrviz.declare import Declared
from lrviz.numerals import quoted
from lrviz.ui import session, widgets


class Numbers(Declared):
    """A view of declared numbers, such as `seeds 400 step 120`: what has its default is left out."""

    together: ClassVar[tuple[str, ...]] = ()
    """Numbers that may not go together, such as the ends of a range: then they all have their defaults."""

    def __str__(self) -> str:
        return " ".join(f"{declared.name} {declared.spell(value)}" for declared, value in self.changed())

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

    @classmethod
    def change(cls, **numbers: Any) -> None:
        """Change numbers of the view as it has meanwhile become, or tell why not. For callbacks."""
        now, _ = cls.parse(session.view())
        with session.refusal():
            session.look(str(now.replace(**numbers)))

    def fields(self, rows: Iterable[Mapping[str, str]], chosen: Mapping[str, float] | None = None) -> None:
        """Fields and switches that show numbers of the view and change them: rows of {name: label}.

        chosen: what the page itself has chosen for numbers of which the view leaves that to it.
        """
        declared = {declaration.name: declaration for declaration in self.hypers()}
        for row in rows:
            for (name, label), column in zip(row.items(), st.columns(len(row), wrap=False), strict=True):

                def put(value: float, name: str = name) -> None:
                    self.change(**{name: value})

                value, key = (chosen or {}).get(name, getattr(self, name)), f"view {name}"
                with column:
                    if declared[name].kind == "flag":
                        widgets.switch(label, declared[name].help, bool(value), put, key)
                    else:
                        widgets.field(declared[name], "View", value, put, key, label)
