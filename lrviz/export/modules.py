"""The package's own source: what stands where in a module, and what a piece of its code takes from elsewhere."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any

from lrviz.declare import Declared

PACKAGE = "lrviz"

Home = tuple[str, str]
"""A module, and a name in it."""


class Text:
    """A module's text, by places in it."""

    def __init__(self, module: ModuleType) -> None:
        self.source = inspect.getsource(module).encode()
        self.tree = ast.parse(self.source)
        self.lines = [0]
        for line in self.source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.top: dict[str, ast.stmt] = {}
        for node in self.tree.body:
            for name in bound(node):
                self.top[name] = node

    def at(self, line: int, column: int) -> int:
        return self.lines[line - 1] + column

    def span(self, node: Any) -> tuple[int, int]:
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)


@lru_cache(maxsize=64)
def text_of(module: str) -> Text:
    return Text(importlib.import_module(module))


def bound(node: ast.stmt) -> list[str]:
    """The names that a statement gives a value to."""
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return [name]
        case ast.ImportFrom() | ast.Import():
            return [alias.asname or alias.name for alias in node.names]
    return []


def definer(cls: type, name: str, after: type | None = None) -> type | None:
    """The class of the package that gives another its method or constant of this name; None for fields."""
    mro = cls.__mro__[cls.__mro__.index(after) + 1 :] if after else cls.__mro__
    for base in mro:
        if base.__module__.startswith(PACKAGE) and base is not Declared and name in vars(base):
            value = vars(base)[name]
            is_method = isinstance(value, FunctionType | property)
            return base if has_node(base, name) and (is_method or name not in fields_of(cls)) else None
    return None


def has_node(cls: type, name: str) -> bool:
    return any(name in bound(node) for node in class_node(cls).body)


def is_made(cls: type, name: str) -> bool:
    """Whether a method was made by the dataclass decorator rather than written."""
    return name in vars(cls) and not has_node(cls, name)


def member_node(cls: type, name: str) -> ast.stmt:
    return next(node for node in class_node(cls).body if name in bound(node))


def class_node(cls: type) -> ast.ClassDef:
    node = text_of(cls.__module__).top[cls.__name__]
    assert isinstance(node, ast.ClassDef)
    return node


def fields_of(cls: type) -> list[str]:
    """A class's fields, with those of its bases."""
    return [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else []


def sentence(thing: object) -> str:
    """The first sentence of a docstring."""
    return first_sentence(inspect.getdoc(thing) or "")


def first_sentence(docstring: str) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    return re.split(r"(?<=[.:]) (?=[A-Z$])", paragraph)[0].rstrip("$ ")


def home_of(module: str, name: str) -> tuple[str, str] | None:
    """Where in the package a name got its value; None where it comes from elsewhere."""
    node = text_of(module).top.get(name)
    if isinstance(node, ast.ImportFrom):
        if not (node.module or "").startswith(PACKAGE):
            return None
        original = next(alias.name for alias in node.names if (alias.asname or alias.name) == name)
        return home_of(str(node.module), original)
    return (module, name)


def loaded(node: ast.AST) -> list[str]:
    """The names that code reads, but for those in annotations."""
    skipped = {
        id(inner)
        for part in ast.walk(node)
        for annotation in (getattr(part, "annotation", None), getattr(part, "returns", None))
        if annotation is not None
        for inner in ast.walk(annotation)
    }
    if isinstance(node, ast.ClassDef):
        skipped |= {id(inner) for one in node.decorator_list for inner in ast.walk(one)}
    found = (inner for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load))
    return list(dict.fromkeys(inner.id for inner in found if id(inner) not in skipped))


def stored(node: ast.AST) -> set[str]:
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return set()
    return names | {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)} | {"self", "super"}
