"""A piece of code as a script shows it: without annotations, and with NumPy's names as another library has them."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Mapping

from lrviz.export.modules import Text, first_sentence

Edit = tuple[int, int, str]
"""From where to where a text is replaced, and by what."""


@dataclasses.dataclass(frozen=True)
class Dialect:
    """What stands for `np` in a script, and for those of NumPy's names that the library has under another."""

    module: str = "np"
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    numbers: bool = True
    """Whether its functions take plain numbers where NumPy's do."""

    def name(self, numpy: str) -> str:
        return f"{self.module}.{self.names.get(numpy, numpy)}"


NUMPY = Dialect()
TORCH = Dialect(
    "torch",
    {"equal": "eq", "power": "pow", "max": "amax", "rint": "round", "take_along_axis": "take_along_dim"},
    numbers=False,
)
JAX = Dialect("jnp")


def written(text: Text, node: ast.stmt, dialect: Dialect, names: Mapping[str, str]) -> str:
    """A piece of code in a dialect, without annotations; of a docstring a sentence is left. names: the new ones."""
    begin, end = text.span(node)
    if isinstance(node, ast.FunctionDef) and node.decorator_list:
        begin = text.span(node.decorator_list[0])[0] - 1
    edits: list[Edit] = []
    for inner in ast.walk(node):
        match inner:
            case ast.FunctionDef():
                edits += _plain_head(text, inner, names if inner is node else {})
            case ast.Name(id=name) if name in names:
                edits.append((*text.span(inner), names[name]))
            case ast.AnnAssign(target=target, annotation=annotation):
                edits.append((text.span(target)[1], text.span(annotation)[1], ""))
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if dialect is not NUMPY:
                if text.span(inner) not in {edit[:2] for edit in edits}:
                    edits.append((*text.span(inner), dialect.name(name)))
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=("maximum" | "minimum") as name)) if (
                not dialect.numbers
            ):
                edits += _clamped(text, inner, name, dialect)
    source = text.source
    replaced = [one for one in edits if not any(a <= one[0] and one[1] <= b and (a, b) != one[:2] for a, b, _ in edits)]
    for start, stop, by in sorted(set(replaced), reverse=True):
        if begin <= start and stop <= end:
            source = source[:start] + by.encode() + source[stop:]
            end += len(by.encode()) - (stop - start)
    column = begin - text.at(_line_of(text, begin), 0)
    first, *rest = source[begin:end].decode().split("\n")
    return "\n".join([first, *(line[column:] if line[:column].isspace() else line for line in rest)]) + "\n"


def _line_of(text: Text, place: int) -> int:
    return next(number for number, start in enumerate(text.lines, 1) if text.lines[number] > place)


def _plain_head(text: Text, node: ast.FunctionDef, names: Mapping[str, str]) -> list[Edit]:
    """A function's head without annotations, and its docstring's first line."""
    arguments = ast.parse(f"def f({ast.unparse(node.args)}): pass").body[0]
    assert isinstance(arguments, ast.FunctionDef)
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    head = f"def {names.get(node.name, node.name)}({ast.unparse(arguments.args)}):"
    body = node.body[0]
    begin = text.span(node)[0]
    edits = [(begin, text.at(body.lineno, 0) - 1, head)]
    docstring = ast.get_docstring(node)
    if docstring and isinstance(body, ast.Expr):
        edits.append((*text.span(body), f'"""{first_sentence(docstring)}"""'))
    return edits


def _clamped(text: Text, call: ast.Call, name: str, dialect: Dialect) -> list[Edit]:
    """The greater or smaller of a tensor and a plain number: PyTorch has `clamp` for it."""
    numbers = [one for one in call.args if isinstance(one, ast.Constant)]
    if not numbers:
        unsure = any(isinstance(one, ast.Name) for one in call.args)
        return [(*text.span(call.func), name)] if unsure else []
    other = next(one for one in call.args if one is not numbers[0])
    bound = "min" if name == "maximum" else "max"
    start, stop = text.span(call)
    inner = text.span(other)
    return [
        (start, inner[0], f"{dialect.module}.clamp("),
        (inner[1], stop, f", {bound}={numbers[0].value!r})"),
    ]
