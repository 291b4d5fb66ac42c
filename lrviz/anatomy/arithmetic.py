"""Computes the nodes of a graph with NumPy, for all steps at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from lrviz.kernel.trace import LOGICAL, OPERATIONS, Node, in_order

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    operation: getattr(np, f"logical_{operation}" if operation in LOGICAL else operation)
    for operation in OPERATIONS.values()
} | {"where": np.where}


def evaluated(outputs: Iterable[Node], known: Mapping[Node, Any]) -> dict[Node, Any]:
    """The values of the outputs and of all that they are computed from. known: those of the inputs."""
    values = dict(known)
    with np.errstate(all="ignore"):
        for node in in_order(outputs, values):
            values[node] = _value(node, [values[argument] for argument in node.arguments])
    return values


def _value(node: Node, arguments: list[Any]) -> Any:
    if node.operation == "constant":
        return np.bool_(node.value) if node.boolean else np.float64(node.value)
    if node.operation == "take":
        return np.asarray(node.value)[np.asarray(arguments[0], dtype=int)]
    return _FUNCTIONS[node.operation](*arguments)
