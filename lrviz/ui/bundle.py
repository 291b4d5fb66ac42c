"""JavaScript modules and style sheets as the one script and the one sheet that a component may have.

There is no build step: modules stay small files that a checker reads as they are, and are joined when the app starts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

# The forms that the modules keep to: one line an export, names in braces an import.
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "(\.[\w./]*/(\w+)\.js)";', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)


def script(entry: Path, worker: Path | None = None) -> str:
    """A module and all that it imports as one, each in a scope of its own, those that others import before them.

    Modules may lie in several folders; no two of them have one name. A worker's module is not among them: it becomes
    the text WORKER_SOURCE, from which the script starts its worker. Comments, which are a third of it all, stay here.
    """
    sources: dict[Path, str] = {}
    needs: dict[Path, list[Path]] = {}
    waiting = [entry.resolve()]
    while waiting:
        path = waiting.pop()
        if path not in sources:
            sources[path] = _source(path)
            needs[path] = [(path.parent / name).resolve() for _, name, _ in _IMPORT.findall(sources[path])]
            waiting += needs[path]
    names = [path.stem for path in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"more than one module is called {', '.join(twice)}: {sorted(map(str, sources))}")
    *others, first = TopologicalSorter(needs).static_order()
    parts = [] if worker is None else [f"const WORKER_SOURCE = {json.dumps(_source(worker))};"]
    for path in others:
        exports = ", ".join(_EXPORT.findall(sources[path]))
        parts.append(f"const {path.stem}_js = (() => {{\n{_plain(sources[path])}return {{ {exports} }};\n}})();")
    return "\n".join([*parts, _plain(sources[first])])


def sheet(paths: Iterable[Path]) -> str:
    """Style sheets as one; a later one overrules those before it."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _source(path: Path) -> str:
    return _COMMENT.sub("", path.read_text(encoding="utf-8"))


def _plain(source: str) -> str:
    """A module without what makes it one."""
    return _EXPORT.sub("", _IMPORT.sub(r"const \1 = \3_js;", source))
