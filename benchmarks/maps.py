"""What a map costs: 128 × 128 runs of Adam over η and β₁, 300 steps, outcomes included, on one core, on every surface.

.venv/bin/python -m benchmarks.maps

Where optax is installed, the same runs are stepped by it too, compiled, without outcomes: `pip install jax optax`.
"""

import importlib.util
import os
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from lrviz import SURFACES, Adam, Surface
from lrviz.grid import maps, sweep

SIDE, STEPS, REPEATS = 128, 300, 3
ETAS, BETAS = np.geomspace(1e-4, 1.0, SIDE), np.linspace(0.0, 0.99, SIDE)


def best(task: Callable[[], Any]) -> float:
    """The shortest time of this process in a few runs: the others were disturbed."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        task()
        times.append(time.process_time() - began)
    return min(times)


def adam_map(surface: Surface, side: int = SIDE) -> maps.Sweep:
    over = {"eta": ETAS[:: SIDE // side], "beta1": BETAS[:: SIDE // side]}
    return sweep(surface, Adam(), 0.1, over=over, steps=STEPS)


def by_optax(surface: Surface) -> Callable[[], Any]:
    """Steps the same runs by optax: compiled before it is timed, in double precision, all runs side by side."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    losses = {
        "quadratic": lambda x, y: 0.5 * ((c * x + s * y) ** 2 + 10 * (c * y - s * x) ** 2),
        "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        "himmelblau": lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
        "rastrigin": lambda x, y: 20 + x * x + y * y - 10 * (jax.numpy.cos(tau * x) + jax.numpy.cos(tau * y)),
    }
    c, s, tau = np.cos(np.pi / 6), np.sin(np.pi / 6), 2 * np.pi
    grad = jax.grad(lambda theta: losses[surface.slug](*theta))

    def one(eta: Any, beta1: Any) -> Any:
        adam, start = optax.adam(eta, b1=beta1), jax.numpy.array(surface.start)

        def step(carried: Any, _: None) -> Any:
            theta, state = carried
            update, state = adam.update(grad(theta), state)
            return (optax.apply_updates(theta, update), state), None

        (theta, _), _ = jax.lax.scan(step, (start, adam.init(start)), None, length=STEPS)
        return theta

    every = jax.jit(jax.vmap(jax.vmap(one, (None, 0)), (0, None)))
    every(ETAS, BETAS).block_until_ready()
    return lambda: every(ETAS, BETAS).block_until_ready()


def memory(surface: Surface, side: int, cells: int) -> float:
    """Bytes in use at the height of a sweep in tiles of so many cells, beside the map itself."""
    usual, maps.CELLS = maps.CELLS, cells
    tracemalloc.start()
    found = adam_map(surface, side)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    maps.CELLS = usual
    return peak - sum(array.nbytes for array in (found.outcome, found.loss, found.steps, found.growth))


if __name__ == "__main__":
    # One core for XLA too, as NumPy has; it must be said before jax is loaded.
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    has_optax = importlib.util.find_spec("optax") is not None
    print(f"{SIDE} × {SIDE} runs of Adam, {STEPS} steps, outcomes included, seconds of one core")
    for slug, cls in SURFACES.items():
        began = time.process_time()
        adam_map(cls(), 16)
        first, seconds = time.process_time() - began, best(lambda cls=cls: adam_map(cls()))
        line = f"{slug:14} {seconds:.2f} s; the first time {first:.2f} s more to record and write it"
        if has_optax and slug in ("quadratic", "rosenbrock", "himmelblau", "rastrigin"):
            optax_seconds = best(by_optax(cls()))
            line += f"; {seconds / optax_seconds:.1f} × optax, which steps in {optax_seconds:.2f} s and judges nothing"
        print(line, flush=True)
    for side in (64, 128):
        peaks = [
            f"{cells:,} cells: {memory(SURFACES['rosenbrock'](), side, cells) / 1e6:.1f} MB"
            for cells in (1024, 4096, 8192)
        ]
        print(f"{side} × {side}: peak memory beside the map, by tile: {', '.join(peaks)}", flush=True)
