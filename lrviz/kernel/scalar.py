"""Writes a program as a loop over plain numbers: the fast way to run a few particles.

A NumPy call costs as much for one particle as for a hundred; a plain number costs a fiftieth of it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np

from lrviz.declare import Array
from lrviz.kernel.program import Program, drawn
from lrviz.kernel.statements import INFIX, Block, lay_out
from lrviz.kernel.trace import Node

_INFIX = INFIX | {"and": "and", "or": "or"}
_FORMS = {
    "negative": "(-{0})",
    "not": "(not {0})",
    "absolute": "abs({0})",
    "floor": "float(floor({0}))",
    "rint": "float(round({0}))",
    "where": "({1} if {0} else {2})",
}
_CALLED = {
    **{name: name for name in ("sqrt", "cbrt", "exp", "expm1", "log", "log10", "sin", "cos", "tan")},
    **{name: name for name in ("sinh", "cosh", "tanh", "isfinite", "isnan", "isinf")},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan")},
    **{name: name for name in ("sign", "maximum", "minimum", "fmax", "fmin", "power")},
}


def _sign(a: float) -> float:
    return 1.0 if a > 0 else -1.0 if a < 0 else 0.0 if a == 0 else a


def _maximum(a: float, b: float) -> float:
    return a if a >= b or a != a else b


def _minimum(a: float, b: float) -> float:
    return a if a <= b or a != a else b


def _fmax(a: float, b: float) -> float:
    return a if b != b or a >= b else b


def _fmin(a: float, b: float) -> float:
    return a if b != b or a <= b else b


def _over(a: float, zero: float) -> float:
    """a / 0 as NumPy has it."""
    return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, zero)


def _log(a: float) -> float:
    return math.log(a) if a > 0 else -math.inf if a == 0 else math.nan


def _asin(a: float) -> float:
    return math.asin(a) if -1 <= a <= 1 else math.nan


def _acos(a: float) -> float:
    return math.acos(a) if -1 <= a <= 1 else math.nan


def _power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except (ArithmeticError, ValueError):
        with np.errstate(all="ignore"):
            return float(np.power(a, b))


_KNOWN: dict[str, Any] = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")} | {
    "sign": _sign,
    "maximum": _maximum,
    "minimum": _minimum,
    "fmax": _fmax,
    "fmin": _fmin,
    "abs": abs,
    "float": float,
    "round": round,
    "int": int,
    "over": _over,
    "log": _log,
    "asin": _asin,
    "acos": _acos,
    "power": _power,
}


@dataclass(frozen=True)
class Scalars:
    """What became of one particle."""

    rows: dict[str, Array]
    """{column: (rows,)}: up to the last step that was taken; the rates under "eta", one fewer."""
    kind: int
    step: int
    evaluations: int
    facts: dict[str, float | bool]


def run(program: Program, parameters: Sequence[float], steps: int, z: Array | None) -> Scalars | None:
    """Run one particle. z: (steps, k), the numbers that the noise is made of, where there is noise.

    None where plain numbers raise an error and NumPy has an answer, as for √−1 or an overflow: let NumPy run that one.
    """
    kept, rates = array("d"), array("d")
    try:
        told = _function(program)(parameters, steps, z.ravel().tolist() if z is not None else None, kept, rates)
    except (ArithmeticError, ValueError):
        return None
    kind, step, evaluations, *facts = told
    table = np.frombuffer(kept).reshape(-1, len(program.row))
    rows = dict(zip(program.row, table.T, strict=True)) | {"eta": np.frombuffer(rates) if rates else np.empty(0)}
    return Scalars(rows, int(kind), int(step), int(evaluations), dict(zip(program.facts, facts, strict=True)))


@lru_cache(maxsize=128)
def _function(program: Program) -> Callable[..., tuple[Any, ...]]:
    names = dict(_KNOWN)
    # What is run here was written by `source`, from a graph of operations; nothing that a person types gets into it.
    exec(compile(source(program), f"<{len(program.variables)} recorded variables>", "exec"), names)
    function: Callable[..., tuple[Any, ...]] = names["run"]
    return function


def source(program: Program) -> str:
    """The loop as Python: made of numbers, operations and counted names, with no text from outside in it."""
    inputs = {name: f"p{number}" for number, name in enumerate(program.parameters)}
    inputs |= {variable.value: f"v{number}" for number, variable in enumerate(program.variables)}
    divisors = count()

    def write(node: Node, arguments: Sequence[str]) -> str:
        operation = node.operation
        if operation == "constant":
            return _literal(node.value)
        if operation == "input":
            return inputs.get(node.value, node.value)
        if operation == "take":
            return f"({', '.join(map(_literal, node.value))})[int({arguments[0]})]"
        if operation == "divide":  # plain numbers raise where NumPy has an answer
            top, bottom = arguments
            if node.arguments[1].operation == "constant" and node.arguments[1].value:
                return f"({top} / {bottom})"
            divisor = f"d{next(divisors)}"
            return f"({top} / {divisor} if ({divisor} := {bottom}) else over({top}, {divisor}))"
        if operation in _INFIX:
            return f"({arguments[0]} {_INFIX[operation]} {arguments[1]})"
        if operation in _FORMS:
            return _FORMS[operation].format(*arguments)
        return f"{_CALLED[operation]}({', '.join(arguments)})"

    parts = lay_out(program, write)
    variables = [inputs[variable.value] for variable in program.variables]
    row = f"keep(({', '.join(write(node, ()) for node in program.row.values())}))"
    lines = [
        "def run(p, steps, noise, kept, rates):",
        f"    {', '.join(inputs[name] for name in program.parameters)}, = p",
        "    keep, keep_rate, taken = kept.extend, rates.append, 0",
        *_statements(parts.begin, 4),
        *(f"    {name} = {text}" for name, text in zip(variables, parts.begin.results, strict=True)),
        f"    {row}",
        f"    while taken < steps and {write(program.alive, ())}:",
        *_statements(parts.closing, 8),
        f"        if {parts.closing.results[0]}:",
        *_statements(parts.close, 12),
        *_assignment(variables, parts.close.results, 12),
        *(f"        {z} = noise[{program.draws} * taken + {i}]" for i, z in enumerate(drawn(program.draws))),
        *_statements(parts.step, 8),
        f"        eta = {parts.step.results[-1]}",
        *_assignment(variables, parts.step.results[:-1], 8),
        "        taken += 1",
        f"        if {write(program.present, ())}:",
        f"            {row}",
        "            keep_rate(eta)",
        *_statements(parts.kind, 4),
        f"    kind = {parts.kind.results[0]}",
        *_statements(parts.facts, 4),
        f"    return (kind, {', '.join(parts.facts.results)})",
    ]
    return "\n".join(lines)


def _statements(block: Block, indent: int) -> list[str]:
    return [f"{' ' * indent}{name} = {text}" for name, text in block.statements]


def _assignment(variables: Sequence[str], results: Sequence[str], indent: int) -> list[str]:
    """One assignment for all: every new value is computed before any is assigned."""
    changed = [(name, text) for name, text in zip(variables, results, strict=True) if name != text]
    names, texts = (", ".join(side) for side in zip(*changed, strict=True)) if changed else ("_", "0")
    return [f"{' ' * indent}{names}, = {texts}," if changed else f"{' ' * indent}pass"]


def _literal(value: float | bool) -> str:
    if isinstance(value, bool) or math.isfinite(value):
        return f"({value!r})" if value < 0 else repr(value)
    return "nan" if math.isnan(value) else "inf" if value > 0 else "(-inf)"
