"""One formula, three machines: the JavaScript in node and in Chromium and the plain loop agree with NumPy.

Where a program is made of + − × ÷ √ abs min max sign floor and where alone, they agree to the last bit, always. With
sin, cos, exp and powers, which every library rounds in its own way, they agree to 1e-12 by step 20 wherever NumPy
agrees with itself after its start was moved by one unit in the last place: that is what calm means here.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from lrviz import (
    GD,
    OPTIMIZERS,
    SCHEDULES,
    SURFACES,
    Adam,
    Additive,
    Anisotropic,
    Averaged,
    Clipped,
    Constant,
    Cosine,
    Drawn,
    Himmelblau,
    LeastSquares,
    Lookahead,
    Minibatch,
    Momentum,
    MultiStep,
    OneCycle,
    Optimizer,
    PerAxis,
    Plateau,
    Quadratic,
    RMSProp,
    Rosenbrock,
    Schedule,
    Surface,
    Trajectory,
    WarmRestarts,
    Warmup,
    kernel,
    simulate,
)
from lrviz.declare import Array
from lrviz.kernel.trace import EXACT, in_order
from lrviz.noise import Noise, numbers
from lrviz.outcome import Outcome, outcome
from lrviz.simulation import batch
from tests import node
from tests.pairs import pairs

STEPS = 300
CALM = 20
ROUNDING = 1e-12
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A program, and the runs of it that are compared."""

    surface: Surface
    optimizer: Optimizer
    schedule: Schedule
    noise: Noise | None = None

    @property
    def starts(self) -> Array:
        """Four of them, (2, 4): the surface's own and three that are nothing special."""
        x, y = self.surface.start
        return np.array([(x, y), (0.7 * x + 0.1, y - 0.33), (-0.3, 0.77), (1.1, -0.9)]).T

    @property
    def parts(self) -> tuple[Surface, Optimizer, Schedule, Noise | None]:
        return self.surface, self.optimizer, self.schedule, self.noise

    @property
    def z(self) -> Array | None:
        return None if self.noise is None else numbers(self.noise, self.surface, 0, STEPS)

    def parameters(self) -> list[list[float]]:
        return [[float(v) for v in kernel.values(*self.parts, start).values()] for start in self.starts.T]

    def is_exact(self) -> bool:
        """Whether every operation of a step is rounded alike everywhere."""
        program = kernel.program(*self.parts)
        nodes = in_order([*program.begin, *program.step, program.eta])
        return {node.operation for node in nodes} <= EXACT | {"constant", "input"}


@lru_cache(maxsize=8)  # node's runs and the plain loop's are compared with the same reference
def by_numpy(case: Case, steps: int, nudged: bool = False) -> Trajectory:
    """The runs of a case as NumPy has them; nudged: with each start moved by one unit in the last place."""
    start = np.nextafter(case.starts, np.inf) if nudged else case.starts
    surface, optimizer, schedule, noise = case.parts
    return batch(surface, optimizer, schedule, start=start, steps=steps, noise=noise)


@dataclass(frozen=True)
class Result:
    """One run as a machine has it."""

    columns: dict[str, Array]
    outcome: Outcome
    evaluations: int


def columns(run: Trajectory, i: int) -> dict[str, Array]:
    """A particle of a batch, by the names that recorded programs give to columns."""
    table = {"x": run.theta[:, 0, i], "y": run.theta[:, 1, i], "loss": run.loss[:, i]}
    table |= {"grad_x": run.grad[:, 0, i], "grad_y": run.grad[:, 1, i]}
    for name, values in run.state.items():
        table |= {f"{name}_{axis}": values[:, j, i] for j, axis in enumerate("xy")} if values.ndim > 2 else {}
        table |= {name: values[:, i]} if values.ndim == 2 else {}
    rates = run.eta[:, i] if run.eta.ndim > 1 else run.eta
    return table | {"eta": np.where(np.isfinite(run.loss[1:, i]), rates, np.nan)}


def in_node(cases: Sequence[Case], folder: Path) -> Iterator[list[Result]]:
    """The runs of each case as node has them."""
    jobs = []
    for number, case in enumerate(cases):
        module = folder / f"{number}.mjs"
        module.write_text(kernel.javascript(*case.parts), encoding="utf-8")
        z = None if case.z is None else case.z.ravel().tolist()
        jobs.append({"module": str(module), "steps": STEPS, "noise": z, "parameters": case.parameters()})
    (folder / "jobs.json").write_text(json.dumps(jobs))
    said = iter(json.loads(node.run(HERE / "kernel_runs.mjs", folder / "jobs.json", folder / "results")))
    numbers = np.fromfile(folder / "results")
    for case in cases:
        results = []
        for _ in case.starts.T:
            table = {}
            for name in [*kernel.program(*case.parts).row, "eta"]:
                length = STEPS + (name != "eta")
                table[name], numbers = numbers[:length], numbers[length:]
            results.append(result(table, told := next(said)))
            assert told["last"] == np.flatnonzero(np.isfinite(table["loss"]))[-1]
        yield results


def result(table: dict[str, Array], told: dict[str, Any]) -> Result:
    """A run of JavaScript's; its facts come as text, since JSON has no infinity."""
    facts = {name: {"true": True, "false": False}.get(text) for name, text in told["facts"].items()}
    facts = {name: float(told["facts"][name]) if value is None else value for name, value in facts.items()}
    return Result(table, outcome(told["kind"], told["step"], facts), told["evaluations"])


def by_plain_loop(case: Case) -> list[Result]:
    """The runs of a case as the plain loop has them, missing rows filled up with NaN."""
    results = []
    for parameters in case.parameters():
        run = kernel.run(kernel.program(*case.parts), parameters, STEPS, case.z)
        assert run is not None
        table = {}
        for name, values in run.rows.items():
            length = STEPS + (name != "eta")
            table[name] = np.append(values, np.full(length - len(values), np.nan))
        results.append(Result(table, outcome(run.kind, run.step, run.facts), run.evaluations))
    return results


def off(numbers: Array, reference: Array) -> float:
    """The largest relative difference from a shorter reference, over its length."""
    both = np.stack([numbers[: len(reference)], reference])
    missing = np.isnan(both)
    if (missing[0] != missing[1]).any():
        return np.inf
    difference = np.abs(both[0] - both[1]) / np.maximum(np.abs(both[1]), 1e-300)
    return float(np.nanmax(np.where(both[0] == both[1], 0.0, difference), initial=0.0))


def compare(case: Case, results: Sequence[Result]) -> int:
    """Assert that the results are NumPy's; how many of the runs could be compared."""
    return _compare_exactly(case, results) if case.is_exact() else _compare_calm_ones(case, results)


def _compare_exactly(case: Case, results: Sequence[Result]) -> int:
    reference = by_numpy(case, STEPS)
    for i, result in enumerate(results):
        expected = columns(reference, i)
        assert list(result.columns) == list(expected)
        for name, values in expected.items():
            np.testing.assert_array_equal(result.columns[name], values, err_msg=f"{case}: {name} of run {i}")
        assert result.outcome == reference.outcome[i], case
        assert result.evaluations == reference.evaluations[i]
    return len(results)


def _compare_calm_ones(case: Case, results: Sequence[Result]) -> int:
    reference, nudged, compared = by_numpy(case, CALM), by_numpy(case, CALM, nudged=True), 0
    for i, result in enumerate(results):
        expected, moved = columns(reference, i), columns(nudged, i)
        if max(off(moved[name], expected[name]) for name in ("x", "y")) < ROUNDING:
            for name in ("x", "y", "eta"):
                assert off(result.columns[name], expected[name]) <= ROUNDING, f"{case}: {name} of run {i}"
            compared += 1
    return compared


def rate(surface: Surface, optimizer: Optimizer) -> float:
    """A rate at which something happens and little is chaos."""
    steep = surface.slug in ("rosenbrock", "beale", "rastrigin")
    if optimizer.slug == "polyak":  # from 2 on it leads away from a minimum
        return 0.5
    if optimizer.slug in ("barzilai_borwein", "newton"):  # a whole step leaps where a curvature is small
        return 0.1
    if optimizer.eta_means:  # a factor on a step of its own, or a first trial
        return optimizer.typical_eta
    return (0.1 if steep and optimizer.slug in ("gd", "momentum", "nesterov") else 3) * optimizer.typical_eta


def program(surface: str, optimizer: str, schedule: str) -> Case:
    on, by = SURFACES[surface](), OPTIMIZERS[optimizer]()
    return Case(on, by, SCHEDULES[schedule](eta=rate(on, by)))


@pytest.mark.parametrize("surface", SURFACES)
def test_programs_in_node_and_as_a_plain_loop(surface: str, tmp_path: Path) -> None:
    cases = [program(*slugs) for slugs in pairs() if slugs[0] == surface]
    assert len(cases) >= 3
    compared = 0
    for case, results in zip(cases, in_node(cases, tmp_path), strict=True):
        compared += (here := compare(case, results))
        assert compare(case, by_plain_loop(case)) == here
        assert here >= 2, f"{case} is chaos: nothing is compared"
    assert compared >= 3 * len(cases)


SPECIAL = [
    Case(Quadratic(100.0, 0.0), Momentum(0.5, 0.3, 0.01), Constant(0.003)),
    Case(Quadratic(10.0, 0.0), GD(), Constant(0.21)),
    Case(Quadratic(10.0, 0.0), GD(), Constant(1e300)),
    Case(Rosenbrock(), Momentum(), Constant(0.05)),
    Case(Rosenbrock(), RMSProp(beta=0.5, centered=True), Constant(0.002)),
    Case(Rosenbrock(), Adam(), Warmup(Cosine(eta=0.05, period=200), steps=30)),
    Case(Rosenbrock(), Adam(), Warmup(Plateau(eta=0.05, patience=3), steps=7)),
    Case(Rosenbrock(), Adam(), WarmRestarts(eta=0.05, period=20, period_mult=2)),
    *(Case(Rosenbrock(), Adam(), Warmup(schedule(eta=0.02), steps=9)) for schedule in SCHEDULES.values()),
    Case(Rosenbrock(), Adam(), OneCycle(eta=0.05, period=100, warmup=0.0)),
    Case(Rosenbrock(), Adam(), MultiStep(eta=0.05, milestones="3,20,20,50")),
    Case(Rosenbrock(), Adam(), Drawn(eta=0.05, points="2:0.01,30:1,60:0.2", logarithmic=True)),
    Case(Rosenbrock(), Lookahead(Clipped(PerAxis(Adam(), y=0.3), norm=2.0), every=3), Constant(0.01)),
    Case(Rosenbrock(), Averaged(Clipped(Momentum()), fade=0.9), Constant(0.001)),
    Case(Quadratic(10.0, 0.0), GD(), Constant(0.1), Additive(0.5)),
    Case(Rosenbrock(), Adam(), Plateau(eta=0.05), Anisotropic(0.5, 2.0)),
    Case(LeastSquares(), Momentum(), Constant(0.02), Minibatch(4)),
    Case(LeastSquares(), RMSProp(), Cosine(eta=0.1), Minibatch(1)),
    Case(LeastSquares(), GD(), Constant(0.02), Additive(0.5, 7)),
]


def test_static_numbers_warmups_noise_and_blowups(tmp_path: Path) -> None:
    for case, results in zip(SPECIAL, in_node(SPECIAL, tmp_path), strict=True):
        compared = compare(case, results)
        assert compare(case, by_plain_loop(case)) == compared
        assert compared >= 3


class Reassociated(Rosenbrock):
    """(a·b)·c in place of a·(b·c), which is the same to a mathematician."""

    def grad(self, theta: Array) -> Array:
        x, y = theta
        b = y - x * x
        return np.stack([-2 * (1 - x) - (400 * x) * b, 200 * b])


def test_a_reassociated_formula_is_caught(tmp_path: Path) -> None:
    true = Case(Rosenbrock(), GD(), Constant(0.001))
    (results,) = in_node([Case(Reassociated(), GD(), Constant(0.001))], tmp_path)
    with pytest.raises(AssertionError, match="x of run"):
        compare(true, results)


def test_a_map_has_the_outcome_of_every_run(tmp_path: Path) -> None:
    """Over η and β, and over the start: what the strips and maps are coloured by."""
    etas, betas, xs = np.geomspace(1e-5, 10, 25), np.array([0.0, 0.5, 0.9, 0.99]), np.linspace(-4, 4, 9)
    case, module = Case(Himmelblau(), Momentum(), Constant()), tmp_path / "module.mjs"
    module.write_text(kernel.javascript(*case.parts), encoding="utf-8")
    place = kernel.program(*case.parts).parameters.index
    job = {"module": str(module), "steps": 100, "noise": None, "parameters": case.parameters()[:1]}
    maps = [
        {"i": place("schedule.eta"), "us": etas.tolist(), "j": place("optimizer.beta"), "vs": betas.tolist()},
        {"i": place("start_x"), "us": xs.tolist(), "j": -1, "vs": [0]},
    ]
    (tmp_path / "jobs.json").write_text(json.dumps([job | {"map": map} for map in maps]))
    _, both, _, along = json.loads(node.run(HERE / "kernel_runs.mjs", tmp_path / "jobs.json", tmp_path / "results"))
    eta, beta = (grid.ravel() for grid in np.meshgrid(etas, betas, indexing="ij"))
    x, y = Himmelblau().start
    ran = simulate(Himmelblau(), Momentum(beta=beta), eta, start=(x, y), steps=100)
    assert both == [outcome.kind for outcome in ran.outcome]
    assert len(set(both)) >= 3
    ran = simulate(Himmelblau(), Momentum(), 0.01, start=np.stack([xs, np.full_like(xs, y)]), steps=100)
    assert along == [outcome.kind for outcome in ran.outcome]


@pytest.mark.browser
def test_a_telling_sample_in_chromium(page: Page, server: str) -> None:
    cases = [program(*slugs) for slugs in pairs()[::5]] + SPECIAL
    page.goto(f"{server}/_stcore/health")
    for case in cases:
        z = None if case.z is None else case.z.ravel().tolist()
        told = page.evaluate(IN_PAGE, [kernel.javascript(*case.parts), case.parameters(), STEPS, z])
        assert compare(case, [result(_columns(run["columns"]), run) for run in told]) >= 3, case


IN_PAGE = """async ([source, rows, steps, z]) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const kernel = await import(url);
    return rows.map((p) => {
        const run = kernel.simulate(p, steps, z);
        const names = ["x", "y", "loss", "grad_x", "grad_y", ...kernel.columns, "eta"];
        // As text: what is not finite does not survive JSON.
        const columns = Object.fromEntries(names.map((name) => [name, Array.from(run[name], String).join(" ")]));
        const facts = Object.fromEntries(Object.entries(run.facts).map(([name, value]) => [name, String(value)]));
        return { columns, kind: run.kind, step: run.step, evaluations: run.evaluations, facts };
    });
}"""


def _columns(texts: dict[str, Any]) -> dict[str, Array]:
    return {name: np.array([float(text) for text in row.split(" ")]) for name, row in texts.items()}
