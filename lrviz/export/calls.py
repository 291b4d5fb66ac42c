"""A library's own call for an optimizer or a schedule, read from what the class says of it, with the numbers put in.

A class says `torch.optim.Adam(lr, betas=(β₁, β₂), eps=ε)`: symbols stand for its numbers, `lr` for the rate, the bare
name of a field for that field. What is said after a call is a difference, and then the call is not the same.
"""

from __future__ import annotations

import ast
import re

from lrviz.declare import Declared

_DEFAULTS = r", where [^,;]* by default$"
"""What may follow a call: other defaults are no other call."""


def call(part: Declared, text: str, eta: str) -> str | None:
    """The call that a text begins with, where it says all of the part and nothing else follows; else None.

    eta: what stands for the rate.
    """
    fields = {n.name: repr(getattr(part, n.name)) for n in part.hypers() if n.name != "eta"} | {"lr": eta}
    values = {"η": eta} | {n.symbol: fields[n.name] for n in part.hypers() if n.name != "eta"}
    said: set[str] = set()

    def put(match: re.Match[str]) -> str:
        said.add(match[0])
        return values[match[0]] if match[0] in values else f"{match[0]}={fields[match[0]]}"

    symbols = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
    filled = re.sub(rf"(?<![\w.'])(?:{symbols})(?![\w(=⁻⁺*₀₁₂])", put, re.sub(_DEFAULTS, "", text))
    filled = re.sub(rf"(?<=[( ])(?:{'|'.join(fields)})(?=[,)])", put, filled)
    try:
        tree = ast.parse(filled, mode="eval").body
    except SyntaxError:
        return None
    left = [n for n, _ in part.changed() if n.name != "eta" and said.isdisjoint({n.name, n.symbol})]
    if left or not isinstance(tree, ast.Call) or not _is_known(tree, eta):
        return None
    return ast.unparse(tree)


def _is_known(tree: ast.Call, eta: str) -> bool:
    """Whether nothing is left in a call but numbers and the library's own names."""
    behind = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in behind]
    return all(name == eta for name in names) and not any(isinstance(node, ast.Lambda) for node in ast.walk(tree))
