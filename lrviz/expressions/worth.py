"""What a formula without x and y comes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lrviz.expressions.tree import CONSTANTS, Node

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "power": np.power,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "abs": np.absolute,
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sqrt")},
}
"""The NumPy function of each operation and each function."""


def worth(node: Node) -> float:
    """The number that a constant is; NaN or ∞ where it is none."""
    with np.errstate(all="ignore"):
        return float(_worth(node))


def _worth(node: Node) -> Any:
    if node.operation == "number":
        return np.float64(node.value)
    if node.operation == "name":
        return np.float64(CONSTANTS[str(node.value)])
    return FUNCTIONS[node.operation](*map(_worth, node.arguments))
