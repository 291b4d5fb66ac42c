"""The source of a class as it stands in a script: what a run needs of it, without declarations and annotations.

A formula is written once, and a script shows that very text. What it calls comes along: the methods of its bases, the
functions and numbers of its module. A dialect says what NumPy's names are in another library.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import importlib
import textwrap
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from lrviz.declare import Declared
from lrviz.export.modules import (
    PACKAGE,
    Home,
    bound,
    class_node,
    definer,
    fields_of,
    home_of,
    is_made,
    loaded,
    member_node,
    sentence,
    stored,
    text_of,
)
from lrviz.export.rewriting import NUMPY, Dialect, written


class Need(NamedTuple):
    """A class that a script makes, and the methods that it calls itself. Some of them may stay in NumPy."""

    cls: type
    methods: tuple[str, ...]
    in_numpy: tuple[str, ...] = ()
    extra: str = ""
    """Methods that are written otherwise, as text."""


@dataclasses.dataclass
class Carried:
    """What is carried: imports, and definitions, each after those that its class is made of."""

    imports: list[str]
    definitions: list[str]
    cached: bool
    """Whether something among it is computed once and kept: data, rather than a formula."""


def carried(
    needs: Iterable[Need],
    dialect: Dialect = NUMPY,
    never: Iterable[str] = (),
    taken: dict[str, Home] | None = None,
) -> Carried:
    """The classes and all that they call. never: methods that no script calls, though something has their name.

    taken: the names that are in the script already, and whose they are; those carried are added.
    """
    return _Carrier(dialect, frozenset(never), {} if taken is None else taken).carry(list(needs))


class _Carrier:
    def __init__(self, dialect: Dialect, never: frozenset[str], taken: dict[str, Home]) -> None:
        self.dialect, self.never, self.taken = dialect, never, taken
        self.renamed: dict[Home, str] = {}
        """Of two functions with one name the second has another."""
        self.imports: set[str] = set()
        self.attributes: set[str] = set()
        """The names behind a dot in all that is carried: whatever has a method of that name needs it."""
        self.functions: dict[Home, Dialect] = {}
        self.classes: dict[type, dict[str, Dialect]] = {}
        """The methods of each class that are written there."""
        self.roots: set[type] = set()
        self.extra: dict[type, str] = {}
        self.order: list[Home] = []
        self.cached = False

    def carry(self, needs: list[Need]) -> Carried:
        for need in needs:
            self.roots.add(need.cls)
            self.extra[need.cls] = need.extra
            self.classes.setdefault(need.cls, {})
            for name in need.methods:
                self.method(need.cls, name, NUMPY if name in need.in_numpy else self.dialect)
        size = -1
        while size != len(self.attributes) + sum(map(len, self.classes.values())):
            size = len(self.attributes) + sum(map(len, self.classes.values()))
            for cls in sorted(self.roots, key=lambda cls: cls.__name__):
                for name in sorted(self.attributes - self.never):
                    if definer(cls, name) is not None and not name.startswith("__"):
                        self.method(cls, name, self.dialect)
        definitions = [self.definition(*key) for key in self.order]
        classes = [self.class_text(cls) for cls in sorted(self.classes, key=lambda cls: len(cls.__mro__))]
        if any("@dataclass" in text for text in classes):
            self.imports.add("from dataclasses import dataclass")
        return Carried(sorted(self.imports), [*filter(None, definitions), *classes], self.cached)

    # ---- what is needed

    def method(self, cls: type, name: str, dialect: Dialect, after: type | None = None) -> None:
        """A method of a class, by its first definition, or by the first behind that of `after`."""
        owner = definer(cls, name, after)
        if owner is None or name in self.classes.setdefault(owner, {}) or is_made(owner, name):
            return
        self.classes[owner][name] = dialect
        self.read(cls, owner, member_node(owner, name), dialect)

    def read(self, cls: type, owner: type, node: ast.AST, dialect: Dialect) -> None:
        for inner in ast.walk(node):
            match inner:
                case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name):
                    self.method(cls, name, dialect, after=owner)
                case ast.Attribute(value=ast.Name(id="self"), attr=name) if definer(cls, name) is not None:
                    self.method(cls, name, dialect)
                case ast.Attribute(attr=name) if dialect is self.dialect:
                    self.attributes.add(name)
        self.globals(owner.__module__, node, dialect)

    def globals(self, module: str, node: ast.AST, dialect: Dialect) -> None:
        """What a piece of code finds in its module."""
        space, local = vars(importlib.import_module(module)), stored(node)
        for name in loaded(node):
            if name in local or name not in space:
                assert name in local or hasattr(builtins, name), f"{module} has no {name}"
                continue
            self.value(module, name, space[name], dialect)

    def value(self, module: str, name: str, value: Any, dialect: Dialect) -> None:
        if isinstance(value, ModuleType):
            alias = "" if value.__name__ == name else f" as {name}"
            if value.__name__ != "numpy" or dialect is NUMPY:
                self.imports.add(f"import {value.__name__}{alias}")
        elif isinstance(value, type) and value.__module__.startswith(PACKAGE):
            if value not in self.roots:
                self.roots.add(value)
                self.classes.setdefault(value, {})
                if not issubclass(value, Declared):
                    for member in list(vars(value)):
                        if member.startswith("__") and isinstance(vars(value)[member], FunctionType):
                            self.method(value, member, dialect)
        else:
            home = home_of(module, name)
            if home is None:
                node = text_of(module).top[name]
                assert isinstance(node, ast.ImportFrom)
                self.imports.add(f"from {node.module} import {name}")
            elif home not in self.functions:
                self.functions[home] = dialect
                node = text_of(home[0]).top[home[1]]
                self.cached |= isinstance(node, ast.FunctionDef) and any(
                    isinstance(one, ast.Name) and one.id == "cache" for one in node.decorator_list
                )
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Attribute) and dialect is self.dialect:
                        self.attributes.add(inner.attr)
                self.globals(home[0], node, dialect)
                self.order.append(home)
                if self.taken.setdefault(home[1], home) != home:
                    self.renamed[home] = f"{home[1]}_{home[0].rpartition('.')[2]}"

    # ---- what is written

    def names(self, module: str) -> dict[str, str]:
        """What is called otherwise in the script than in a module."""
        homes = {name: home_of(module, name) for name in text_of(module).top}
        return {name: self.renamed[home] for name, home in homes.items() if home in self.renamed}

    def definition(self, module: str, name: str) -> str:
        """A function or a number of a module."""
        text, dialect = text_of(module), self.functions[module, name]
        return written(text, text.top[name], dialect, self.names(module))

    def class_text(self, cls: type) -> str:
        methods = self.classes[cls]
        bases = [base.__name__ for base in cls.__bases__ if base in self.classes]
        inherited = {field for base in cls.__mro__[1:] if base in self.classes for field in fields_of(base)}
        extra = self.extra.get(cls, "")
        own = [field for field in fields_of(cls) if field not in inherited and (not extra or f"self.{field}" in extra)]
        head = f"class {cls.__name__}({', '.join(bases)}):" if bases else f"class {cls.__name__}:"
        lines = ["@dataclass", head] if own or is_made(cls, "__init__") else [head]
        lines += [f'    """{sentence(cls)}"""', ""]
        declared = {number.name: number for number in cls.hypers()} if issubclass(cls, Declared) else {}
        for field in own:
            number = declared.get(field)
            kind = {"real": "float", "whole": "int", "flag": "bool", "text": "str"}[number.kind] if number else "object"
            lines.append(f"    {field}: {kind}" + (f"  # {number.symbol}: {number.help}" if number else ""))
        lines += [""] if own else []
        text = text_of(cls.__module__)
        for node in class_node(cls).body:
            for name in bound(node):
                if name in methods:
                    method = written(text, node, methods[name], self.names(cls.__module__))
                    lines += [textwrap.indent(method, "    ").rstrip("\n"), ""]
        lines += [extra]
        return "\n".join(lines).rstrip() + "\n"
