"""Takes out of a recorded formula what is switched off: nothing is added, and nothing is multiplied by 1."""

from __future__ import annotations

from collections.abc import Callable

from lrviz.kernel.trace import Graph, Node, in_order


def plain(graph: Graph, decided: Callable[[Node], bool | None]) -> Callable[[Node], Node]:
    """A function that rewrites nodes. decided: what a condition comes to, where that is known.

    For finite numbers each rewriting is exact, but for the sign of a zero.
    """
    rewritten: dict[Node, Node] = {}

    def rewrite(node: Node) -> Node:
        for one in in_order([node], rewritten):
            rewritten[one] = _plain(graph, one, tuple(rewritten[argument] for argument in one.arguments), decided)
        return rewritten[node]

    return rewrite


def _plain(graph: Graph, node: Node, arguments: tuple[Node, ...], decided: Callable[[Node], bool | None]) -> Node:
    if not arguments:
        return node
    if node.operation == "take":
        return graph.take(node.value, *arguments)
    first, *rest = arguments
    match node.operation:
        case "add" | "multiply":
            for one, other in ((first, rest[0]), (rest[0], first)):
                if _is(one, 0.0):
                    return other if node.operation == "add" else one
                if _is(one, 1.0) and node.operation == "multiply":
                    return other
        case "subtract" if _is(rest[0], 0.0):
            return first
        case "divide" if _is(rest[0], 1.0):
            return first
        case "where":
            yes, no = rest
            truth = decided(first)
            if yes is no or truth is not None:
                return yes if truth or yes is no else no
    return graph.node(node.operation, *arguments)


def _is(node: Node, value: float) -> bool:
    return node.operation == "constant" and not node.boolean and node.value == value
