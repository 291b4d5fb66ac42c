"""What the scripts of all libraries share: their head, the scene's numbers at the top, and the classes they carry."""

from __future__ import annotations

import ast
import dataclasses
import json
import sys
import textwrap
from collections.abc import Iterable, Sequence

from lrviz.declare import Declared
from lrviz.export.modules import Home
from lrviz.export.recorded import recorded
from lrviz.export.rewriting import NUMPY, Dialect
from lrviz.export.source import Need, carried
from lrviz.link import query
from lrviz.noise import Noise
from lrviz.optimizers import Optimizer
from lrviz.problem import Problem
from lrviz.scene import Scene
from lrviz.schedules import Schedule
from lrviz.surfaces import Surface

NEVER = ("minima", "saddles", "infimum", "nearest_minimum", "refusal", "covariance", "title", "needs", "box", "start")
"""What a run does not ask for: the least value of the loss is written as a number."""
WIDTH = 110
PRINTED = """
if __name__ == "__main__":
    for name, (path, losses, _) in paths().items():
        last = np.flatnonzero(np.isfinite(losses))[-1]
        (x, y), loss = path[last], losses[last]
        print(f"{name}: step {last}, x = {x:.6g}, y = {y:.6g}, loss = {loss:.6g}")
"""
"""The end of each script."""


def head(scene: Scene, library: str, notes: Sequence[str] = ()) -> str:
    """The docstring of a script."""
    runs = " and ".join(filter(None, [", ".join(scene.names()[:-1]), scene.names()[-1]]))
    lines = [
        f"{runs} on {scene.surface.title}: a scene of lrviz that runs by itself, with {library}.",
        "",
        "Run it, and it prints where each run ends; `paths()` gives every step. The same scene in the app:",
        f"?{query(scene, default=None)}",
        *(f"\n{textwrap.fill(note, WIDTH)}" for note in notes),
    ]
    return 'r"""' + "\n".join(lines) + '\n"""\n'


def numbers(scene: Scene) -> str:
    """The start and the number of steps, at the top; with noise its seed."""
    lines = [f"START = {scene.start!r}", f"STEPS = {scene.steps}"]
    return "\n".join([*lines, f"SEED = {scene.seed}"] if scene.noise else lines) + "\n"


def made(part: Declared) -> str:
    """The call that makes an optimizer, a schedule, a surface or a noise, with all its numbers."""
    given = []
    for field in dataclasses.fields(part):  # type: ignore[arg-type]
        value = getattr(part, field.name)
        given.append(f"{field.name}={made(value) if isinstance(value, Declared) else _literal(value)}")
    return f"{type(part).__name__}({', '.join(given)})"


def _literal(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value.item() if hasattr(value, "item") else value)


def chosen(scene: Scene, runs: Sequence[tuple[str, Sequence[str]]], surface: str) -> str:
    """The function at the top that holds the scene. runs: each with its name and what makes it."""
    lines = ["def scene():", '    """The surface, its noise and the runs: change their numbers here."""']
    lines += [f"    surface = {surface}{_typed(scene.surface)}"]
    lines += [f"    noise = {made(scene.noise) if scene.noise else None}", "    runs = {"]
    for name, parts in runs:
        line = f"        {_literal(name)}: ({', '.join(parts)}),"
        if len(line) > WIDTH:
            line = "\n".join([f"        {_literal(name)}: (", *(_broken(part, 12) for part in parts), "        ),"])
        lines.append(line)
    return "\n".join([*lines, "    }", "    return surface, noise, runs"]) + "\n"


def _broken(text: str, indent: int) -> str:
    """A call in one line with a comma, or, where that would be too long, with a line for each argument."""
    line, call = f"{' ' * indent}{text},", ast.parse(text, mode="eval").body
    if len(line) <= WIDTH or not isinstance(call, ast.Call):
        return line
    parts = [str(ast.get_source_segment(text, part)) for part in (call.func, *call.args, *call.keywords)]
    inside = [f"{' ' * (indent + 4)}{part}," for part in parts[1:]]
    return "\n".join([f"{' ' * indent}{parts[0]}(", *inside, f"{' ' * indent}),"])


def is_recorded(surface: Surface, dialect: Dialect) -> bool:
    """Whether a surface's own source is no formula: a text is the formula, or data is read, elsewhere than in NumPy."""
    if any(number.kind == "text" for number in surface.hypers()):
        return True
    return dialect is not NUMPY and carried([Need(type(surface), ("loss", "grad"))], dialect, NEVER).cached


def _typed(surface: Surface) -> str:
    """A comment with the formula that was typed, where there is one."""
    texts = [getattr(surface, number.name) for number in surface.hypers() if number.kind == "text"]
    return f"  # {' '.join(' '.join(texts).split())}" if texts else ""


def surface_call(surface: Surface, dialect: Dialect) -> str:
    """What makes the surface in the script: a recorded one has the numbers that its formula has."""
    if not is_recorded(surface, dialect):
        return made(surface)
    text = recorded(surface, dialect, ("loss",))
    given = [f"{n.name}={_literal(getattr(surface, n.name))}" for n in surface.hypers() if f"self.{n.name}" in text]
    return f"{type(surface).__name__}({', '.join(given)})"


@dataclasses.dataclass
class Classes:
    """All that a script carries, as text."""

    imports: list[str]
    definitions: list[str]
    asks: set[str]
    """What of the loss the optimizers ask for: "loss", "grad", "hess", "infimum"."""
    formulas: bool
    """Whether gradients are by the surface's own formula."""


def classes(
    scene: Scene,
    optimizers: Sequence[Optimizer],
    schedules: Sequence[Schedule],
    dialect: Dialect,
    differentiates: bool,
) -> Classes:
    """The classes of a scene that its script carries; schedules are of plain numbers and stay in NumPy.

    differentiates: whether the library finds gradients by itself. At a kink it has others, and for a Hessian, whose
    smallest numbers decide where a run goes, it rounds otherwise: there the formulas are carried.
    """
    taken: dict[str, Home] = {}
    rules = carried([Need(type(one), ("__call__", "init", "step")) for one in _every(schedules)], NUMPY, taken=taken)
    steps = carried([Need(type(one), ("init", "step")) for one in _every(optimizers)], dialect, NEVER, taken)
    asks = {name for name in ("loss", "grad", "hess", "infimum") if f"oracle.{name}" in "".join(steps.definitions)}
    formulas = not differentiates or not scene.surface.smooth or "hess" in asks
    methods = ["loss", *(["grad"] if formulas else []), *(["hess"] if "hess" in asks else [])]
    own = () if scene.noise is None or not draws(scene.noise) else ("draw",)
    below: list[Need] = []
    never = list(NEVER)
    if is_recorded(scene.surface, dialect):
        extra = recorded(scene.surface, dialect, methods)
        below.append(Need(type(scene.surface), own and ("examples",), own and ("examples",), extra))
        never += ["loss", "grad", "hess"]
    else:
        below.append(Need(type(scene.surface), (*methods, *overridden(scene.surface))))
    if scene.noise is not None:
        of_noise = ("loss", "grad", *(["hess"] if "hess" in asks else []))
        below.append(Need(type(scene.noise), (*of_noise, *own), own))
    ground = carried(below, dialect, never, taken)
    parts = [rules, steps, ground]
    imports = sorted({line for part in parts for line in part.imports})
    definitions = dict.fromkeys(text for part in (ground, steps, rules) for text in part.definitions)
    return Classes(imports, list(definitions), asks, formulas)


_ORACLE = '''
class Oracle:
    """Answers an optimizer's questions within one step{sampled}."""

    def __init__(self, {arguments}):
        {assigned}

    def loss(self, theta, asked=True):
        return self.surface.loss(theta){loss}

    def grad(self, theta, asked=True):
        return {by_formula}{grad}
'''
_HESS = """
    def hess(self, theta):
        return self.surface.hess(theta){hess}
"""
_INFIMUM = """
    infimum = {infimum!r}  # the least value of the loss
"""


def oracle(scene: Scene, asks: set[str], gradient: str = "") -> str:
    """What a step asks. gradient: how it is found where it is not by the surface's own formula."""
    noisy = scene.noise is not None
    noise = {name: f" + self.noise.{name}(self.z, theta)" if noisy else "" for name in ("loss", "grad", "hess")}
    text = _ORACLE.format(
        sampled=", with that step's noise" if noisy else "",
        arguments="surface, noise, z" if noisy else "surface",
        assigned="self.surface, self.noise, self.z = surface, noise, z" if noisy else "self.surface = surface",
        loss=noise["loss"],
        by_formula=gradient or "self.surface.grad(theta)",
        grad="" if gradient else noise["grad"],
    )
    text += _HESS.format(hess=noise["hess"]) if "hess" in asks else ""
    return text + (_INFIMUM.format(infimum=float(scene.surface.infimum)) if "infimum" in asks else "")


def overridden(surface: Surface) -> tuple[str, ...]:
    """What is special about a problem: a loss that changes by the step, and a constraint."""
    return tuple(name for name in ("at", "project") if getattr(type(surface), name) is not getattr(Problem, name))


def draws(noise: Noise) -> bool:
    """Whether the numbers of a noise are drawn in a way of its own."""
    return type(noise).draw is not Noise.draw


def _every(parts: Sequence[Declared]) -> list[Declared]:
    """These and what they are round."""
    found = []
    for part in parts:
        found.append(part)
        for field in dataclasses.fields(part):  # type: ignore[arg-type]
            value = getattr(part, field.name)
            if isinstance(value, Declared):
                found += _every([value])
    return found


def imported(lines: Iterable[str]) -> str:
    """Imports in order, those of the standard library first."""
    own = {line for line in lines if line.split()[1].partition(".")[0] in sys.stdlib_module_names}
    return "\n\n".join("\n".join(sorted(group)) for group in (own, set(lines) - own) if group)


def joined(*pieces: str) -> str:
    """Pieces of a script with two empty lines between them."""
    return "\n\n\n".join(piece.strip("\n") for piece in pieces if piece.strip()) + "\n"
