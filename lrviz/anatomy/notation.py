"""Prints recorded lines as MathML: with letters, and with holes into which a step's numbers go."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Any

from lrviz.anatomy.recording import NOISE, THETA, Leaf, Line, Recording
from lrviz.anatomy.terms import terms
from lrviz.kernel.trace import Node
from lrviz.numerals import rounded
from lrviz.optimizers import layers

SUM, PRODUCT, ATOM = 1, 2, 3
"""How tightly what was printed last holds together."""

_GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "eps": "ε",
    "eta": "η",
    "theta": "θ",
    "kappa": "κ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "psi": "ψ",
    "omega": "ω",
}
_LOWERED = "₀₁₂₃₄₅₆₇₈₉"
_COMPARISONS = {"less": "<", "less_equal": "≤", "greater": ">", "greater_equal": "≥", "equal": "=", "not_equal": "≠"}
_NAMED = {"maximum": "max", "minimum": "min", "fmax": "max", "fmin": "min"} | {
    f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan")
}

Shown = tuple[str, int]
"""MathML, and how tightly it holds together."""


def letters(recording: Recording, line: Line, steady: bool = False) -> list[tuple[str, str]]:
    """What a line says, (left, right) in letters; once if it is the same for each element, else for each.

    steady: whether η is the same at each step.
    """
    plain, labelled = (_Letters(recording, steady, with_labels) for with_labels in (False, True))
    if words := recording.words(line):
        return [(plain.name(line, ""), f'<mtext><span class="words">{escape(words)}</span></mtext>')]
    told, meet = [], False
    for label, node in zip(line.labels, line.nodes, strict=True):
        labelled.used.clear()
        definition = labelled.definition(node)
        meet = meet or not labelled.used <= {"", label}  # an element that knows of another one
        told.append((labelled.name(line, label), definition))
    short = [(plain.name(line, ""), plain.definition(node)) for node in line.nodes]
    return told if meet or len(set(short)) > 1 else short[:1]


def expression(recording: Recording, node: Node, steady: bool = False) -> str:
    """Any value in letters."""
    return _Letters(recording, steady).printed(node)[0]


def numbers(recording: Recording, node: Node, hole: Callable[[Node], int]) -> str:
    """The right side of a line as numbers. hole: the number of the hole that a changing value goes into.

    Empty where a search found it: its numbers would fill pages.
    """
    found = recording.named(node)
    return "" if found and recording.words(found[0]) else _Numbers(recording, hole).definition(node)


class _Printer:
    """Prints nodes; what a leaf and a named value look like is for its subclasses to say."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def times(self, one: str, other: str) -> str:
        """What stands between two factors."""
        return "<mo>·</mo>"

    def definition(self, node: Node) -> str:
        """A line's right side: how its value is computed."""
        return self._operation(node)[0] if node.arguments else self.leaf(node, True)[0]

    def printed(self, node: Node, first: bool = True) -> Shown:
        """A value: by its name, or by how it is computed. first: whether nothing stands before it."""
        named = self.named(node, first)
        if named or node.arguments:
            return named or self._operation(node, first)
        return self.leaf(node, first)

    def leaf(self, node: Node, first: bool) -> Shown:
        raise NotImplementedError

    def named(self, node: Node, first: bool) -> Shown | None:
        raise NotImplementedError

    def _operation(self, node: Node, first: bool = True) -> Shown:
        operation, arguments = node.operation, node.arguments
        match operation:
            case "add":
                return f"{self._at_least(SUM, arguments[0], first)}<mo>+</mo>{self._at_least(SUM, arguments[1])}", SUM
            case "subtract":
                left, right = self._at_least(SUM, arguments[0], first), self._at_least(PRODUCT, arguments[1])
                return f"{left}<mo>−</mo>{right}", SUM
            case "negative":
                return f'<mo form="prefix">−</mo>{self._at_least(PRODUCT, arguments[0])}', SUM
            case "multiply" if arguments[0] is arguments[1]:
                return f"<msup>{_row(self._at_least(ATOM, arguments[0]))}<mn>2</mn></msup>", ATOM
            case "multiply":
                one, other = self._at_least(PRODUCT, arguments[0], first), self._at_least(PRODUCT, arguments[1])
                return f"{one}{self.times(one, other)}{other}", PRODUCT
            case "divide":
                return f"<mfrac>{self._alone(arguments[0])}{self._alone(arguments[1])}</mfrac>", ATOM
            case "sqrt":
                return f"<msqrt>{self._alone(arguments[0])}</msqrt>", ATOM
            case "power":
                return f"<msup>{_row(self._at_least(ATOM, arguments[0]))}{self._alone(arguments[1])}</msup>", ATOM
            case "absolute":
                return f"<mo>|</mo>{self._alone(arguments[0])}<mo>|</mo>", ATOM
            case "where":
                return self.cases(node, first)
            case "take":
                entries = ", ".join(rounded(entry) for entry in node.value)
                return f"<mo>[</mo><mtext>{entries}</mtext><mo>]</mo><msub><mi/>{self._alone(*arguments)}</msub>", ATOM
            case "and" | "or":
                left, right = map(self._alone, arguments)
                return f"{left}<mtext>&#xa0;{operation}&#xa0;</mtext>{right}", SUM
        if operation in _COMPARISONS:
            return f"{self._alone(arguments[0])}<mo>{_COMPARISONS[operation]}</mo>{self._alone(arguments[1])}", SUM
        inside = "<mo>,</mo>".join(map(self._alone, arguments))
        return f"<mi>{_NAMED.get(operation, operation)}</mi>{_bracketed(inside)}", ATOM

    def cases(self, node: Node, first: bool) -> Shown:
        """A value by a condition."""
        condition, yes, no = node.arguments
        rows = [(yes, f"<mtext>if&#xa0;</mtext>{self._alone(condition)}"), (no, "<mtext>otherwise</mtext>")]
        table = "".join(
            f"<mtr><mtd>{self._alone(branch)}</mtd><mtd>{_row(words)}</mtd></mtr>" for branch, words in rows
        )
        return f"<mrow><mo>{{</mo><mtable>{table}</mtable></mrow>", PRODUCT

    def _alone(self, node: Node) -> str:
        """A value with nothing beside it."""
        return _row(self.printed(node)[0])

    def _at_least(self, tightness: int, node: Node, first: bool = False) -> str:
        """A value as it stands in an operation, in brackets where it would come apart."""
        shown, own = self.printed(node, first)
        return shown if own >= tightness else _bracketed(self.printed(node)[0])


class _Letters(_Printer):
    def __init__(self, recording: Recording, steady: bool, with_labels: bool = False) -> None:
        super().__init__(recording)
        self.steady, self.with_labels = steady, with_labels
        self.used: set[str] = set()
        """The labels that were printed."""

    def times(self, one: str, other: str) -> str:
        # Letters stand side by side; words would grow together.
        return super().times(one, other) if re.search(r"<mi>\w{3}", one + other) else "<mo>&#x2062;</mo>"

    def name(self, line: Line, label: str) -> str:
        """A line's left side."""
        return symbol(line.name, self.recording, "t" if line.changes else "", self._shown(label))

    def named(self, node: Node, first: bool) -> Shown | None:
        found = self.recording.named(node)
        return (self.name(*found), ATOM) if found else None

    def leaf(self, node: Node, first: bool) -> Shown:
        if node.operation == "constant":
            return _constant(node)
        leaf = self.recording.leaves[node]
        label = self._shown(leaf.label)
        if leaf.kind == "number":
            return symbol(leaf.name, self.recording), ATOM
        if leaf.name == NOISE:
            return symbol(NOISE, self.recording, "t", label), ATOM
        if leaf.kind in ("theta", "state"):
            return symbol(leaf.name, self.recording, "t−1", label), ATOM
        if leaf.kind == "infimum":
            return "<msup><mi>f</mi><mo>*</mo></msup>", ATOM
        if leaf.kind in ("t", "eta"):
            index = "" if self.steady else "t"
            return (symbol("eta", self.recording, index) if leaf.kind == "eta" else "<mi>t</mi>"), ATOM
        return self._asked(leaf, label), ATOM

    def _asked(self, leaf: Leaf, label: str) -> str:
        what = {
            "loss": "<mi>f</mi>",
            "grad": "<mo>∇</mo><mi>f</mi>",
            "hess": "<msup><mo>∇</mo><mn>2</mn></msup><mi>f</mi>",
        }
        shown = f"<msub>{_row(what[leaf.kind])}<mi>{label}</mi></msub>" if label else what[leaf.kind]
        at = _Letters(self.recording, self.steady).printed(leaf.at[0])[0]
        return f"{_coloured(_row(shown), 'grad' if leaf.kind == 'grad' else '')}{_bracketed(at)}"

    def _shown(self, label: str) -> str:
        self.used.add(label)
        return label if self.with_labels else ""


class _Numbers(_Printer):
    def __init__(self, recording: Recording, hole: Callable[[Node], int]) -> None:
        super().__init__(recording)
        self.hole = hole

    def named(self, node: Node, first: bool) -> Shown | None:
        return self._hole(node, first) if self.recording.named(node) else None

    def leaf(self, node: Node, first: bool) -> Shown:
        return _constant(node) if node.operation == "constant" else self._hole(node, first)

    def cases(self, node: Node, first: bool) -> Shown:
        return self._hole(node, first)  # with numbers there is but one case

    def _hole(self, node: Node, first: bool) -> Shown:
        # A negative number needs brackets behind an operation.
        bracketed = "" if first else " data-after"
        return f'<mn data-hole="{self.hole(node)}"{bracketed}></mn>', ATOM


def _constant(node: Node) -> Shown:
    return f"<mn>{rounded(node.value, 6)}</mn>", ATOM if node.value >= 0 else SUM


def _bracketed(shown: str) -> str:
    """In brackets, which grow with what is high."""
    stretch = "" if "<mfrac" in shown or "<mtable" in shown else ' stretchy="false"'
    return f"<mo{stretch}>(</mo>{shown}<mo{stretch}>)</mo>"


def _row(shown: str) -> str:
    return f"<mrow>{shown}</mrow>"


# ---- symbols


@dataclass(frozen=True)
class Symbol:
    """What a name stands for in mathematics."""

    letter: str
    below: str = ""
    above: str = ""
    accent: str = ""
    is_power: bool = False
    """Whether it is a running product: a number to the power of the step."""


def symbol(name: str, recording: Recording, time: str = "", label: str = "") -> str:
    """A name as MathML, with the step and the coordinate as its index."""
    read = _read(name, recording)
    letter = _coloured(f"<mi>{escape(read.letter)}</mi>", part_of(name, recording, time))
    if read.accent:
        letter = f'<mover accent="true">{letter}<mo>{read.accent}</mo></mover>'
    if read.is_power:
        power = _row(_time(time or "t"))
        return (
            f"<msubsup>{letter}<mn>{read.below}</mn>{power}</msubsup>"
            if read.below
            else f"<msup>{letter}{power}</msup>"
        )
    marks = [f"<mi>{escape(part)}</mi>" for part in (read.below, label) if part] + ([_time(time)] if time else [])
    index = _row("<mo>,</mo>".join(marks)) if marks else ""
    above = f"<mi>{escape(read.above)}</mi>" if read.above else ""
    if index and above:
        return f"<msubsup>{letter}{index}{above}</msubsup>"
    return f"<msub>{letter}{index}</msub>" if index else f"<msup>{letter}{above}</msup>" if above else letter


def part_of(name: str, recording: Recording, time: str = "") -> str:
    """The part of the step that a name belongs to, by whose colour it is found in the picture; "" for none."""
    if name == THETA:
        return "step" if time == "t" else ""
    if name in ("g", NOISE):
        return {"g": "grad"}.get(name, name)
    return "memory" if name in remembered(recording) else ""


@lru_cache(maxsize=64)
def remembered(recording: Recording) -> frozenset[str]:
    """The names in the memory whose vectors a step is made of; the others only divide."""
    names = {name for axis in range(len(recording.theta)) for name in terms(recording, axis)}
    return frozenset(names & set(recording.state))


def _coloured(shown: str, part: str) -> str:
    return f'<mrow class="part-{part}">{shown}</mrow>' if part else shown


def _time(time: str) -> str:
    return "<mi>t</mi><mo>−</mo><mn>1</mn>" if time == "t−1" else f"<mi>{time}</mi>"


_SUFFIXES: dict[str, dict[str, Any]] = {
    "hat": {"accent": "^"},
    "mean": {"accent": "¯"},
    "max": {"above": "max"},
    "min": {"above": "min"},
    "next": {"above": "next"},
    "last": {"above": "last"},
}


def _read(name: str, recording: Recording) -> Symbol:
    """A name's letter and what stands around it: `m_hat`, `v_max`, `beta1_t`; a number's own symbol where it is one."""
    declared = {
        number.name: number.symbol for layer in layers(recording.optimizer).values() for number in layer.hypers()
    }
    if name in declared:
        return Symbol(declared[name][0], _digits(declared[name][1:]))
    stem, _, rest = name.partition("_")
    if rest == "t" and stem in declared:
        return replace(_read(stem, recording), is_power=True)
    letter = _GREEK.get(stem, stem)
    if rest in _SUFFIXES:
        return Symbol(letter, **_SUFFIXES[rest])
    if numbered := re.fullmatch(r"([A-Za-z]+)(\d+)", name):
        return Symbol(_GREEK.get(numbered[1], numbered[1]), numbered[2])
    if rest == "product":
        return Symbol(f"∏{letter}")
    return Symbol(letter) if rest in ("", "t") else Symbol(name.replace("_", " "))


def _digits(index: str) -> str:
    return "".join(str(_LOWERED.index(letter)) if letter in _LOWERED else letter for letter in index)
