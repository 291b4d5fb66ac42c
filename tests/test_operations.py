"""Each operation on its own, at the edges of numbers: JavaScript and plain numbers answer what NumPy answers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrviz import GD, Constant, Surface, kernel
from lrviz.declare import Array
from lrviz.kernel.trace import EXACT, OPERATIONS
from lrviz.surfaces.surface import entry
from tests import node

EDGES = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3.0,
    7.3,
    -7.3,
    1e-310,
    1e300,
    -1e300,
    np.inf,
    -np.inf,
    np.nan,
)
PAIRS = np.array(list(product(EDGES, EDGES))).T
TABLE = np.array([3.0, -1.0, 4.0, 1.5])


def of_two(name: str) -> Callable[[Any, Any], Any]:
    """A ufunc of one or two arguments, as a function of two."""
    ufunc = getattr(np, name)
    if "logical" in name:
        return lambda x, y: ufunc(*(x > 0, y > 0)[: ufunc.nin])
    if name.startswith("bitwise") or name == "invert":
        return lambda x, y: ufunc(*(x > 0, y > 0)[: ufunc.nin])
    return lambda x, y: ufunc(*(x, y)[: ufunc.nin])


FORMULAS: dict[str, Callable[[Any, Any], Any]] = {name: of_two(name) for name in OPERATIONS} | {
    "where": lambda x, y: np.where(x > y, x, y),
    "where_of_a_number": lambda x, y: np.where(x, y, 2.0),
    "where_of_truths": lambda x, y: np.where(x > 0, y > 0, y < 1),
    "sum_of_truths": lambda x, y: (x > 0) + 1.0 * (y > x),
    "take": lambda x, y: entry(TABLE, np.where(x > 0, 2.0, 1.0).astype(int)),
}


@dataclass(frozen=True)
class Formula(Surface):
    """A surface whose gradient is a formula and its negative; its loss is 0."""

    name: str = "add"
    slug = "formula"
    title = "Formula"
    box = ((-1.0, 1.0), (-1.0, 1.0))
    start = (0.5, 0.5)

    def loss(self, theta: Array) -> Array:
        return np.zeros_like(theta[0])

    def grad(self, theta: Array) -> Array:
        x, y = theta
        result = FORMULAS[self.name](x, y) + 0.0
        return np.stack([result, -result])

    def hess(self, theta: Array) -> Array:
        nothing = np.zeros_like(theta[0])
        return np.stack([np.stack([nothing, nothing]), np.stack([nothing, nothing])])


def expected(name: str) -> Array:
    with np.errstate(all="ignore"):
        return Formula(name).grad(PAIRS)[0]


def assert_equal(name: str, values: Array) -> None:
    if OPERATIONS.get(name, "where") in EXACT:
        np.testing.assert_array_equal(values, expected(name))
    else:
        np.testing.assert_allclose(values, expected(name), rtol=2e-15, atol=0)


def in_script(value: float) -> str:
    """A number as JavaScript reads it; JSON has none that is not finite."""
    return repr(value).replace("inf", "Infinity").replace("nan", "NaN")


def test_in_javascript(tmp_path: Path) -> None:
    jobs = []
    for name in FORMULAS:
        module = tmp_path / f"{name}.mjs"
        module.write_text(kernel.javascript(Formula(name), GD(), Constant(1.0)), encoding="utf-8")
        rows = [[*map(in_script, pair), "0", "1"] for pair in PAIRS.T.tolist()]
        jobs.append({"module": str(module), "steps": 1, "noise": None, "parameters": rows})
    assert kernel.program(Formula("add"), GD(), Constant()).parameters == (
        *("start_x", "start_y", "optimizer.weight_decay", "schedule.eta"),
    )
    (tmp_path / "jobs.json").write_text(json.dumps(jobs))
    node.run(Path(__file__).parent / "kernel_runs.mjs", tmp_path / "jobs.json", tmp_path / "results")
    columns = np.fromfile(tmp_path / "results").reshape(len(FORMULAS), PAIRS.shape[1], -1)
    for name, runs in zip(FORMULAS, columns, strict=True):
        assert_equal(name, runs[:, 6])  # x, y and the loss come first, two rows each


@pytest.mark.parametrize("name", FORMULAS)
def test_as_plain_numbers(name: str) -> None:
    program = kernel.program(Formula(name), GD(), Constant())
    runs = [kernel.run(program, [x, y, 0.0, 1.0], 1, None) for x, y in PAIRS.T.tolist()]
    values = np.array([np.nan if run is None else run.rows["grad_x"][0] for run in runs])
    left = np.array([run is None for run in runs])  # to NumPy, where plain numbers raise an error
    assert_equal(name, np.where(left, expected(name), values))
    assert left.mean() < 0.5
