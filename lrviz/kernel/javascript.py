"""Writes a program as an ES module: what the browser steps at 60 frames a second."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

from lrviz.kernel.program import Program, drawn, program, values
from lrviz.kernel.statements import INFIX, Block, Scope, lay_out
from lrviz.kernel.trace import LOGICAL, Node, in_order
from lrviz.noise import Noise
from lrviz.optimizers import Optimizer
from lrviz.schedules import Schedule
from lrviz.surfaces import Surface
from lrviz.verdict import KINDS

_INFIX = INFIX | {"equal": "===", "not_equal": "!==", "and": "&&", "or": "||"}
_CALLED = {
    "negative": "-",
    "not": "!",
    "isfinite": "Number.isFinite",
    "isnan": "Number.isNaN",
    "absolute": "Math.abs",
    "maximum": "Math.max",
    "minimum": "Math.min",
    "power": "Math.pow",
    **{f"arc{name}": f"Math.a{name}" for name in ("sin", "cos", "tan")},
    **{name: f"Math.{name}" for name in ("sqrt", "cbrt", "floor", "exp", "expm1", "log", "log10")},
    **{name: f"Math.{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{name: name for name in ("sign", "rint", "fmax", "fmin", "isinf", "power")},
}
# The functions that JavaScript has not, or has with other edges.
_OWN = {
    "sign": "const sign = (a) => (a > 0 ? 1 : a < 0 ? -1 : a === 0 ? 0 : a);",
    "rint": "const rint = (a) => (Math.round(a) - a === 0.5 ? 2 * Math.round(a / 2) : Math.round(a));",
    "fmax": "const fmax = (a, b) => (b !== b || a >= b ? a : b);",
    "fmin": "const fmin = (a, b) => (b !== b || a <= b ? a : b);",
    "power": "const power = (a, b) => (a === 1 || (a === -1 && isinf(b)) ? 1 : Math.pow(a, b));",
    "isinf": "const isinf = (a) => a === Infinity || a === -Infinity;",
}

_ROW = ("x", "y", "loss", "grad_x", "grad_y")

_HOST = """\
export function simulate(p, steps, noise) {
  const kept = { eta: new Float64Array(steps).fill(NaN), last: 0 };
  for (const name of ["x", "y", "loss", "grad_x", "grad_y", ...columns]) {
    kept[name] = new Float64Array(steps + 1).fill(NaN);
  }
  run(p, steps, noise, kept);
  return kept;
}
export function map(p, i, us, j, vs, steps, noise) {
  const q = Float64Array.from(p), kinds = new Uint8Array(us.length * vs.length);
  for (let a = 0; a < us.length; a++) {
    q[i] = us[a];
    for (let b = 0; b < vs.length; b++) {
      if (j >= 0) q[j] = vs[b];
      kinds[a * vs.length + b] = run(q, steps, noise, null);
    }
  }
  return kinds;
}
"""


def javascript(surface: Surface, optimizer: Optimizer, schedule: Schedule, noise: Noise | None = None) -> str:
    """An ES module that runs these as NumPy does.

    It exports `parameters`, the names of the run-time numbers in the order of p, with `defaults`, their values here;
    `columns`, the names of what the optimizer remembers; `kinds`, the names of the outcomes; and these functions
    (noise: the numbers that the noise of the first step is made of, of the second, …, where there is noise):

    - simulate(p, steps, noise): {x, y, loss, eta, grad_x, grad_y, the columns, last, kind, step, evaluations, facts}
    - map(p, i, us, j, vs, steps, noise): the outcome's kind for each u as p[i] and, within it, each v as p[j]
    - loss(p, x, y), gradient(p, x, y), curvature(p, x, y), saddles(p), theory(p), limit(p, curvature)

    A kind is its index in `kinds`. TraceError, with a sentence, where a formula cannot be recorded.
    """
    recorded = program(surface, optimizer, schedule, noise)
    writer = _Writer(recorded)
    body = [writer.run(), *(writer.function(name) for name in recorded.functions), _HOST]
    defaults = values(surface, optimizer, schedule, noise, surface.start).values()
    head = [
        f"export const parameters = {json.dumps(recorded.parameters)};",
        f"export const defaults = [{', '.join(map(_number, defaults))}];",
        f"export const kinds = {json.dumps(KINDS)};",
        f"export const columns = {json.dumps([name for name in recorded.row if name not in _ROW])};",
        *(_OWN[name] for name in _OWN if name in writer.used),
        *(f"const {name} = [{', '.join(map(_number, table))}];" for table, name in writer.tables.items()),
    ]
    return "\n".join([*head, *body])


class _Writer:
    """Writes the parts of one module, and notes which functions and tables they use."""

    def __init__(self, recorded: Program) -> None:
        self.recorded = recorded
        self.used: set[str] = set()
        self.tables: dict[tuple[float, ...], str] = {}
        self.inputs = {name: f"p{number}" for number, name in enumerate(recorded.parameters)}
        self.inputs |= {variable.value: f"v{number}" for number, variable in enumerate(recorded.variables)}

    def write(self, node: Node, arguments: Sequence[str]) -> str:
        """One operation."""
        operation = node.operation
        if operation == "constant":
            return str(node.value).lower() if node.boolean else _number(node.value)
        if operation == "input":
            return self.inputs.get(node.value, node.value)
        if operation == "take":
            return f"{self.tables.setdefault(node.value, f'T{len(self.tables)}')}[{arguments[0]}]"
        if operation == "where" and node.boolean:
            return f"({arguments[0]} ? {arguments[1]} : {arguments[2]})"
        if operation not in LOGICAL:  # true counts as 1
            arguments = [
                f"({text} ? 1 : 0)" if given.boolean and (operation, place) != ("where", 0) else text
                for place, (text, given) in enumerate(zip(arguments, node.arguments, strict=True))
            ]
        if operation == "where":
            return f"({arguments[0]} ? {arguments[1]} : {arguments[2]})"
        if operation in _INFIX:
            return f"({arguments[0]} {_INFIX[operation]} {arguments[1]})"
        if operation in _OWN:
            self.used |= {operation, "isinf"} if operation == "power" else {operation}
        called = f"{_CALLED[operation]}({', '.join(arguments)})"
        return f"({called})" if operation in ("negative", "not") else called

    def run(self) -> str:
        """The function that steps: it fills `kept` where there is one, and returns the outcome's kind."""
        recorded, parts = self.recorded, lay_out(self.recorded, self.write)
        variables = [self.inputs[variable.value] for variable in recorded.variables]
        row = {name: self.write(node, ()) for name, node in recorded.row.items()}
        present, alive = (self.write(node, ()) for node in (recorded.present, recorded.alive))
        (kind,) = parts.kind.results
        step, evaluations, *told = parts.facts.results
        known = f"p, steps, {', '.join(variables)}"
        numbers = self._parameters(range(len(recorded.parameters)))
        facts = ", ".join(f"{name}: {text}" for name, text in zip(recorded.facts, told, strict=True))
        noise = [f"const {z} = noise[{recorded.draws} * taken + {i}];" for i, z in enumerate(drawn(recorded.draws))]
        return "\n".join(
            [
                "function run(p, steps, noise, kept) {",
                *numbers,
                *_constants(parts.begin),
                *(f"let {name} = {text};" for name, text in zip(variables, parts.begin.results, strict=True)),
                "let taken = 0;",
                "if (kept !== null) {",
                *(f"  kept.{name}[0] = {text};" for name, text in row.items()),
                "}",
                f"while (taken < steps && {alive}) {{",
                *_constants(parts.closing),
                f"if ({parts.closing.results[0]}) {{",
                *_constants(parts.close),
                *_assignments(variables, parts.close.results),
                "}",
                *noise,
                *_constants(parts.step),
                f"const eta = {parts.step.results[-1]};",
                *_assignments(variables, parts.step.results[:-1]),
                "taken += 1;",
                f"if (kept !== null && {present}) {{",
                *(f"  kept.{name}[taken] = {text};" for name, text in row.items()),
                "  kept.eta[taken - 1] = eta;",
                "  kept.last = taken;",
                "}",
                "}",
                f"const kind = kindOf({known});",
                f"if (kept !== null) Object.assign(kept, {{ kind }}, factsOf({known}));",
                "return kind;",
                "}",
                # Out of the loop's function, which stays small enough to be compiled well and soon.
                f"function kindOf({known}) {{",
                *numbers,
                *_constants(parts.kind),
                f"return {kind};",
                "}",
                f"function factsOf({known}) {{",
                *numbers,
                *_constants(parts.facts),
                f"return {{ step: {step}, evaluations: {evaluations}, facts: {{ {facts} }} }};",
                "}",
            ]
        )

    def function(self, name: str) -> str:
        """One of the small functions."""
        arguments, results = self.recorded.functions[name]
        outputs = list(_leaves(results))
        block = Scope(self.write).block(outputs)
        entering = {node.value for node in in_order(outputs) if node.operation == "input"}
        numbers = [i for i, parameter in enumerate(self.recorded.parameters) if parameter in entering]
        return "\n".join(
            [
                f"export function {name}({', '.join(['p', *arguments])}) {{",
                *self._parameters(numbers),
                *_constants(block),
                f"return {_literal(results, iter(block.results))};",
                "}",
            ]
        )

    def _parameters(self, numbers: Iterable[int]) -> list[str]:
        return [f"const p{number} = p[{number}];" for number in numbers]


def _constants(block: Block) -> list[str]:
    return [f"const {name} = {text};" for name, text in block.statements]


def _assignments(variables: Sequence[str], results: Sequence[str]) -> list[str]:
    """All new values are computed before any is assigned."""
    changed = [(name, text) for name, text in zip(variables, results, strict=True) if name != text]
    return [*(f"const to_{name} = {text};" for name, text in changed), *(f"{name} = to_{name};" for name, _ in changed)]


def _number(value: float) -> str:
    """The shortest text that JavaScript reads as this very number."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "(-Infinity)"
    text = repr(float(value)).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text


def _leaves(results: object) -> Iterable[Node]:
    if isinstance(results, Node):
        yield results
    else:
        assert isinstance(results, dict | tuple)
        for result in results.values() if isinstance(results, dict) else results:
            yield from _leaves(result)


def _literal(results: object, texts: Iterable[str]) -> str:
    """Results in the form they have: one value, a list, an object."""
    texts = iter(texts)
    if isinstance(results, Node):
        return next(texts)
    if isinstance(results, dict):
        return f"{{ {', '.join(f'{name}: {_literal(result, texts)}' for name, result in results.items())} }}"
    assert isinstance(results, tuple)
    return f"[{', '.join(_literal(result, texts) for result in results)}]"
