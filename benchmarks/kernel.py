"""What recording gains: one run by the plain loop over the same run by NumPy, and what the browser's module costs.

.venv/bin/python -m benchmarks.kernel
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lrviz import GD, Ackley, Adam, Constant, Momentum, Optimizer, Quadratic, Rosenbrock, Surface, kernel
from lrviz.simulation import batch
from tests import node

STEPS, ETAS, REPEATS = 500, 160, 5

IN_NODE = """
const [module, steps, etas] = process.argv.slice(2);
const kernel = await import("file://" + module);
const p = Float64Array.from(kernel.defaults);
const place = kernel.parameters.indexOf("schedule.eta");
const rates = Array.from({ length: Number(etas) }, (_, i) => 1e-5 * 10 ** (6 * i / (etas - 1)));
const best = (task) => {
  let least = Infinity;
  for (let i = 0; i < 60; i++) {
    const began = performance.now();
    task();
    least = Math.min(least, performance.now() - began);
  }
  return least;
};
const run = best(() => kernel.simulate(p, Number(steps)));
console.log(JSON.stringify({ run, map: best(() => kernel.map(p, place, rates, -1, [0], Number(steps))) }));
"""


def best(task: Callable[[], object]) -> float:
    """The shortest of a few runs, in ms: the others were disturbed."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        task()
        times.append(1e3 * (time.perf_counter() - began))
    return min(times)


def measure(surface: Surface, optimizer: Optimizer, folder: Path) -> None:
    schedule, start = Constant(1e-3), np.array(surface.start)
    began = time.perf_counter()
    program = kernel.program(surface, optimizer, schedule)
    text = kernel.javascript(surface, optimizer, schedule)
    recorded = 1e3 * (time.perf_counter() - began)
    parameters = [float(value) for value in kernel.values(surface, optimizer, schedule, None, start).values()]
    plain = best(lambda: kernel.run(program, parameters, STEPS, None))
    numpy = best(lambda: batch(surface, optimizer, schedule, start=start[:, None], steps=STEPS))
    module, script = folder / "module.mjs", folder / "measure.mjs"
    module.write_text(text, encoding="utf-8")
    script.write_text(IN_NODE, encoding="utf-8")
    told = json.loads(node.run(script, module, STEPS, ETAS))
    print(
        f"{surface.title:11} {optimizer.title:17} recorded and written in {recorded:.0f} ms, {len(text) / 1e3:.0f} kB;"
        f" {STEPS} judged steps: NumPy {numpy:.0f} ms, plain loop {plain:.1f} ms ({numpy / plain:.0f}×),"
        f" node {1e3 * told['run']:.0f} µs; {ETAS} rates in node {told['map']:.1f} ms"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for surface, optimizer in (
            (Quadratic(), GD()),
            (Rosenbrock(), Momentum()),
            (Rosenbrock(), Adam()),
            (Ackley(), Adam()),
        ):
            measure(surface, optimizer, Path(folder))
