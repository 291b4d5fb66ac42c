"""The reference: what there is, read from the declarations, with what it was compared with.

Nothing here is written by hand that a class says itself. `python -m lrviz.catalogue` writes it to docs/reference.md.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from lrviz.checked import CHECKED, Checked
from lrviz.declare import Declared, Hyper
from lrviz.link import LANDING, parameters
from lrviz.noise import NOISES, Noise
from lrviz.numerals import count, rounded
from lrviz.optimizers import GD, OPTIMIZERS, WRAPPERS, Optimizer, Wrapper
from lrviz.proof import PROOFS, Proof
from lrviz.references import Citation, citations
from lrviz.scene import Run, Scene
from lrviz.schedules import SCHEDULES, Constant, Schedule, Warmup
from lrviz.surfaces import SURFACES, LeastSquares, Quadratic, Surface

Kind: TypeAlias = Literal["optimizer", "wrapper", "schedule", "surface", "noise"]
KINDS: dict[Kind, str] = {
    "optimizer": "Optimizers",
    "wrapper": "Wrappers",
    "schedule": "Schedules",
    "surface": "Surfaces",
    "noise": "Noise",
}
"""The kinds of entries, in their order, and what several of one are called."""
LIBRARIES = ("PyTorch", "Keras", "optax")
"""Those of which each optimizer and schedule says what its counterpart is there."""


class Block(NamedTuple):
    """A piece of a description: Markdown with formulas in it, or a formula by itself."""

    text: str
    is_formula: bool


class Call(NamedTuple):
    """How the same is asked for elsewhere."""

    library: str
    code: str
    """The call; empty where there is none, only a text."""
    note: str
    """How it differs, or what it is in place of a call; may be empty."""


@dataclass(frozen=True)
class Entry:
    """All that there is to say of one class."""

    cls: type[Declared]
    kind: Kind
    key: str
    """What a link names it by."""

    @property
    def slug(self) -> str:
        return self.cls.slug

    @property
    def title(self) -> str:
        return self.cls.label if issubclass(self.cls, Wrapper) else self.cls.title

    @property
    def summary(self) -> str:
        """One sentence, as plain text, without the title before it."""
        text = _plain(self._paragraphs[0])
        name, colon, rest = text.partition(": ")
        return rest[:1].upper() + rest[1:] if colon and _bare(name) == _bare(self.title) else text

    @property
    def blocks(self) -> Iterator[Block]:
        """The formula, and the rest of what the class says of itself."""
        if issubclass(self.cls, Surface):
            yield Block(rf"f(x, y) = {self.cls().formula}", True)
        for number, paragraph in enumerate(self._paragraphs):
            for place, piece in enumerate(re.split(r"\$\$(.+?)\$\$", paragraph, flags=re.DOTALL)):
                is_formula = place % 2 == 1
                text = " ".join(piece.split())
                if text and (is_formula or number or place):
                    yield Block(text, is_formula)

    @property
    def _paragraphs(self) -> list[str]:
        # A formula may have empty lines within; none has.
        return re.split(r"\n\s*\n", inspect.cleandoc(self.cls.__doc__ or ""))

    @property
    def fields(self) -> tuple[Hyper, ...]:
        return self.cls.hypers()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The counterparts: the one whose numbers these are first."""
        if not issubclass(self.cls, Optimizer | Schedule):
            return ()
        own = _call(_library(self.cls.same_as), self.cls.same_as)
        others = {_NAMES.get(name, name): text for name, text in self.cls.elsewhere.items()}
        return (own, *(_call(name, text) for name, text in others.items() if name != own.library))

    @property
    def missing(self) -> tuple[str, ...]:
        """The libraries that have no counterpart of an optimizer, a wrapper or a schedule."""
        if not issubclass(self.cls, Optimizer | Schedule):
            return ()
        there = {call.library for call in self.calls}
        return tuple(name for name in LIBRARIES if name not in there)

    @property
    def proof(self) -> Proof | None:
        """How far it was from a library; None where there is none to compare it with."""
        return PROOFS.get(self.slug) if self.kind in ("optimizer", "wrapper", "schedule") else None

    @property
    def checked(self) -> Checked | None:
        """What it was held against where there is no library, or besides one."""
        return CHECKED.get(self.key) or CHECKED.get(self.kind)

    @property
    def source(self) -> str:
        """The citation, as the class has it."""
        return str(getattr(self.cls, "source", ""))

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(citations(self.cls))

    @property
    def facts(self) -> dict[str, str]:
        """What else the class declares: {what it is about: a sentence or a number}."""
        cls, found = self.cls, {}
        if issubclass(cls, Surface):
            (left, right), (low, high) = cls().box
            found["Teaches"] = cls.lesson
            found["Shown"] = f"x in [{rounded(left)}, {rounded(right)}], y in [{rounded(low)}, {rounded(high)}]"
            if not cls().smooth:
                found["Smooth"] = "No: at a kink the gradient is taken as 0, and no Hessian is claimed."
        elif issubclass(cls, Schedule):
            found["Used for"] = cls.use
        elif issubclass(cls, Optimizer) and not issubclass(cls, Wrapper):
            found["η to start from"] = rounded(cls.typical_eta)
            if cls.eta_means:
                found["What η means"] = f"{cls.eta_means[0].upper()}{cls.eta_means[1:]}."
        return {name: text for name, text in found.items() if isinstance(text, str)}

    @property
    def scene(self) -> Scene:
        """A scene to see it in."""
        cls, bowl = self.cls, Quadratic()
        if issubclass(cls, Surface):
            return replace(LANDING, surface=cls(), start=cls().start)
        if issubclass(cls, Noise):
            return Scene(LeastSquares(), (Run(GD(), Constant(0.02)),), noise=cls())
        if issubclass(cls, Wrapper):
            return Scene(bowl, (Run(GD(), Constant(0.05)), Run(cls(), Constant(0.05))))
        if issubclass(cls, Warmup):
            return Scene(bowl, (Run(GD(), Warmup(Constant(0.1))),))
        if issubclass(cls, Schedule):
            return Scene(bowl, (Run(GD(), cls().with_eta(0.1)),))
        assert issubclass(cls, Optimizer)
        return Scene(bowl, (Run(cls(), Constant(cls.typical_eta)),))

    @property
    def link(self) -> dict[str, list[str]]:
        """The parameters that open that scene."""
        return parameters(self.scene, default=None)

    @property
    def words(self) -> str:
        """All that a search looks through, in small letters."""
        works = [citation.work for citation in self.citations]
        said = [self.title, self.slug.replace("_", " "), self.key, KINDS[self.kind], self.summary, self.source]
        named = [f"{work.short} {work.authors} {work.title}" for work in works]
        return " ".join([*said, *(" ".join(call) for call in self.calls), *named]).lower()


@cache
def entries() -> dict[str, Entry]:
    """All of them, by what a link names them by: the slug, with its kind where another kind has the same slug."""
    tables: dict[Kind, Mapping[str, type[Declared]]] = {
        "optimizer": OPTIMIZERS,
        "wrapper": WRAPPERS,
        "schedule": SCHEDULES | {Warmup.slug: Warmup},
        "surface": SURFACES,
        "noise": NOISES,
    }
    found: dict[str, Entry] = {}
    for kind, table in tables.items():
        for slug, cls in table.items():
            key = f"{slug}-{kind}" if slug in found else slug
            found[key] = Entry(cls, kind, key)
    return found


def of(cls: type[Declared]) -> Entry:
    """The entry of a class."""
    return next(entry for entry in entries().values() if entry.cls is cls)


# ---- calls

_NAMES = {"torch": "PyTorch", "keras": "Keras", "optax": "optax", "transformers": "transformers"}


def _library(call: str) -> str:
    """Whose call it is: the paper's where it is none."""
    top = call.partition(".")[0]
    return _NAMES.get(top, "Authors" if "of its authors" in call else "Paper")


def _call(library: str, text: str) -> Call:
    """A call and what is said after it."""
    start = re.match(r"(?:torch|keras|optax|scipy)[\w.…]*|[A-Za-z_][\w.]*(?=\()", text)
    if start is None:
        return Call(library, "", text)
    end = _closing(text, start.end())
    return Call(library, text[:end], text[end:].lstrip(",;: "))


def _closing(text: str, at: int) -> int:
    """Where the parenthesis that opens here is closed; here, where none opens."""
    depth = 0
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1 if text[place] == ")" else at
    return len(text)


# ---- as text


def _plain(text: str) -> str:
    """Markdown as plain text; its formulas, which are single letters, too."""
    return " ".join(re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL).translate(str.maketrans("", "", "$`*")).split())


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def proof_of(entry: Entry) -> str:
    """What an entry was compared with and how far it was from that, as a sentence; empty where nothing is known."""
    proof = entry.proof
    if proof is None:
        return ""
    return (
        f"The largest relative difference from {name_of(proof)} is {rounded(proof.difference, 2)},"
        f" over {count(proof.cases)} case{'s' * (proof.cases != 1)} and {count(proof.steps)} steps."
    )


def name_of(proof: Proof) -> str:
    """The library and its version."""
    return f"{_NAMES.get(proof.library, proof.library)} {proof.version}"


def default(field: Hyper) -> str:
    """A field's default, to read."""
    if field.kind == "flag":
        return "on" if field.default else "off"
    return field.default if field.kind == "text" else rounded(field.default, 6)


def legal(field: Hyper) -> str:
    """What a field may be, to read."""
    if field.kind == "flag":
        return "on or off"
    if field.kind == "text":
        return "a text"
    hard, (low, high) = field.hard, (rounded(end, 12) for end in (field.hard.low, field.hard.high))
    text = f"{'(' if hard.low_open else '['}{low}, {high}{')' if hard.high_open else ']'}"
    return f"{text}, whole" if field.kind == "whole" else text


def slider(field: Hyper) -> str:
    """From where to where a field's slider goes; empty where it has none."""
    return "" if field.kind in ("flag", "text") or field.static else " … ".join(rounded(end, 6) for end in field.soft)


def markdown() -> str:
    """The whole reference, for those who read without the app."""
    lines = ["# Reference", "", "Written by `python -m lrviz.catalogue` from the declarations; a test keeps it fresh."]
    for kind, title in KINDS.items():
        lines += ["", f"## {title}"]
        for entry in (one for one in entries().values() if one.kind == kind):
            lines += ["", f"### {entry.title} (`{entry.slug}`)", "", entry.summary, *_described(entry)]
    return "\n".join(lines) + "\n"


def _described(entry: Entry) -> Iterator[str]:
    for block in entry.blocks:
        yield from ["", f"$${block.text}$$" if block.is_formula else block.text]
    if entry.fields:
        yield from ["", "| | field | default | may be | slider | |", "|---|---|---|---|---|---|"]
    for field in entry.fields:
        cells = [field.symbol, f"`{field.name}`", default(field), legal(field), slider(field), field.help]
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
    yield ""
    for call in entry.calls:
        yield f"- {call.library}: {', '.join(filter(None, [call.code and f'`{call.code}`', call.note]))}"
    for name, text in entry.facts.items():
        yield f"- {name}: {text}"
    if sentence := proof_of(entry) or (entry.checked.sentence if entry.checked else ""):
        yield f"- Checked: {sentence}"
    for citation in entry.citations:
        work, place = citation.work, f" ({citation.note})" if citation.note else ""
        title = f"[{work.title}]({work.link})" if work.link else work.title
        yield f"- {work.authors} ({work.year}). {title}. {work.where}.{place}"


if __name__ == "__main__":
    Path("docs/reference.md").write_text(markdown(), encoding="utf-8")
