"""The terms that a step is the sum of: what each vector that the step begins with adds to it.

A step is linear in θ, in the gradient and in the memory's vectors, once what divides them is taken as it is: Adam's
m and g are added up, and only then divided by √v̂. So each of them has its share of the step.
"""

from __future__ import annotations

from typing import NamedTuple

from lrviz.anatomy.recording import THETA, Recording
from lrviz.kernel.trace import Node, in_order

VECTORS = {THETA, "grad", "xi grad", "state"}
"""The kinds of inputs that a step is made of; the others are factors."""


class Term(NamedTuple):
    """A vector's coordinate times a factor; None where the factor is 1. A product of vectors is a term of its own."""

    vector: Node
    factor: Node | None


def terms(recording: Recording, axis: int) -> dict[str, list[Term]]:
    """What is added to a coordinate of θ, by the name of the vector that it comes from; θ itself is left out."""
    found = _Terms(recording)
    all_terms = found.of(recording.theta[axis], None)
    itself = next((term for term in all_terms if term.factor is None and found.kind(term.vector) == THETA), None)
    if itself is None:  # the new θ is no sum with the old one in it: what is added is the difference
        old = next(node for node, leaf in recording.leaves.items() if leaf.kind == THETA and leaf.label == "xy"[axis])
        all_terms.append(Term(old, recording.graph.constant(-1.0)))
    parts: dict[str, list[Term]] = {}
    for term in all_terms:
        if term is not itself:
            parts.setdefault(found.name(term.vector), []).append(term)
    return parts


def rate(recording: Recording, axis: int) -> Node | None:
    """η over what divides this coordinate and no other; None where all coordinates have one rate."""
    return _Terms(recording).rate(recording.theta[axis], None)


class _Terms:
    def __init__(self, recording: Recording) -> None:
        self.recording, self.graph, self.leaves = recording, recording.graph, recording.leaves
        self._carries: dict[Node, bool] = {}

    def kind(self, node: Node) -> str:
        return self.leaves[node].kind if node in self.leaves else ""

    def name(self, node: Node) -> str:
        """What a term belongs to: "grad", "xi", "theta", or the name in the memory; "" for a product of several."""
        return self.leaves[node].name if node in self.leaves else ""

    def carries(self, node: Node) -> bool:
        """Whether a node is a sum of vectors, each with a factor."""
        for one in in_order([node], self._carries):
            self._carries[one] = self._is_sum(one)
        return self._carries[node]

    def _is_sum(self, node: Node) -> bool:
        if node in self.leaves:
            return self.leaves[node].kind in VECTORS and self.leaves[node].label != ""
        carry = [self._carries[argument] for argument in node.arguments]
        match node.operation:
            case "add" | "subtract" | "negative":
                return any(carry)
            case "multiply":
                return carry.count(True) == 1
            case "divide":
                return carry[0]
            case "where":
                return any(carry[1:])
        return False

    def of(self, node: Node, factor: Node | None) -> list[Term]:
        """A node's terms, each times a factor."""
        if not self.carries(node) or node in self.leaves:
            return [Term(node, factor)]
        arguments = node.arguments
        match node.operation:
            case "add":
                return self.of(arguments[0], factor) + self.of(arguments[1], factor)
            case "subtract":
                return self.of(arguments[0], factor) + self.of(arguments[1], self._negative(factor))
            case "negative":
                return self.of(arguments[0], self._negative(factor))
            case "multiply":
                carrier, other = self._split(node)
                return self.of(carrier, self._times(factor, other))
            case "divide":
                return self.of(arguments[0], self._over(factor, arguments[1]))
        condition, *branches = arguments
        one, none = self.graph.constant(1.0), self.graph.constant(0.0)
        switched = []
        for place, branch in enumerate(branches):
            for term in self.of(branch, factor):
                either = [none, none]
                either[place] = term.factor or one
                switched.append(Term(term.vector, self.graph.node("where", condition, *either)))
        return switched

    def rate(self, node: Node, factor: Node | None) -> Node | None:
        """The first factor on the way from θ to its vectors that divides by something of this coordinate alone."""
        if not self.carries(node) or node in self.leaves:
            return None
        if node.operation == "multiply":
            carrier, other = self._split(node)
            return self.rate(carrier, self._times(factor, other))
        if node.operation == "divide":
            top, bottom = node.arguments
            if any(self.leaves[one].label for one in in_order([bottom]) if one in self.leaves):
                return self._over(self._scaled(top, factor), bottom)
            return self.rate(top, self._over(factor, bottom))
        found = (self.rate(argument, factor) for argument in node.arguments)
        return next(filter(None, found), None)

    def _scaled(self, top: Node, factor: Node | None) -> Node | None:
        """The numbers in a product down to the first value that has a name."""
        while top.operation == "multiply" and self.recording.named(top) is None:
            top, other = self._split(top)
            factor = self._times(factor, other)
        return factor

    def _split(self, product: Node) -> tuple[Node, Node]:
        """A product's vector and its other factor."""
        one, other = product.arguments
        return (one, other) if self.carries(one) else (other, one)

    def _negative(self, factor: Node | None) -> Node:
        return self.graph.constant(-1.0) if factor is None else self.graph.node("negative", factor)

    def _times(self, factor: Node | None, other: Node) -> Node:
        return other if factor is None else self.graph.node("multiply", factor, other)

    def _over(self, factor: Node | None, divisor: Node) -> Node:
        return self.graph.node("divide", factor or self.graph.constant(1.0), divisor)
