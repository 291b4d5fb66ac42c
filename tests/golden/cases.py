"""The runs whose golden vectors are made: where, by which optimizer, with which rates. No library is needed here."""

import math
from collections.abc import Callable
from typing import Any

Fields = dict[str, Any]
Loss = Callable[[Any, Any], Any]


def quadratic(kappa: float, angle: float) -> Loss:
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return lambda x, y: ((c * x + s * y) ** 2 + kappa * (c * y - s * x) ** 2) / 2


def beale(x: Any, y: Any) -> Any:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


# name: (lrviz's slug, its fields, start). The starts are off every axis: no gradient is 0 by symmetry.
LANDSCAPES: dict[str, tuple[str, Fields, tuple[float, float]]] = {
    "bowl": ("quadratic", {"kappa": 10.0, "angle": 30.0}, (1.5, 1.0)),
    "trough": ("quadratic", {"kappa": 100.0, "angle": -70.0}, (-1.0, 1.2)),
    "rosenbrock": ("rosenbrock", {}, (-1.2, 1.0)),
    "himmelblau": ("himmelblau", {}, (-0.5, 0.3)),
    "beale": ("beale", {}, (1.0, 1.5)),
    "factorization": ("factorization", {}, (2.6, 0.9)),
    "saddle": ("saddle", {}, (1.5, 0.001)),
    "rastrigin": ("rastrigin", {}, (2.3, -1.2)),
}


def losses(cos: Callable[[Any], Any]) -> dict[str, Loss]:
    """The loss of each landscape. cos: that of the library whose arrays it is for."""
    return {
        "bowl": quadratic(10, 30),
        "trough": quadratic(100, -70),
        "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        "beale": beale,
        "factorization": lambda x, y: (x * y - 1) ** 2 / 2,
        "saddle": lambda x, y: (x**2 - y**2) / 2,
        "rastrigin": lambda x, y: 20 + x**2 - 10 * cos(2 * math.pi * x) + y**2 - 10 * cos(2 * math.pi * y),
    }


def rates(slug: str, eta: float, /, **fields: Any) -> Fields:
    return {"slug": slug, "fields": {"eta": eta, **fields}}


def warmed(inner: Fields, /, **fields: Any) -> Fields:
    return inner | {"warmup": fields}


Case = tuple[str, Fields, Fields]  # a landscape, the schedule, the optimizer's hyperparameters

# ε is often far above its default, so that it is seen. The last case of each optimizer is chaos on most of them.
ADAM: list[Case] = [
    ("bowl", rates("constant", 0.05), {}),
    ("bowl", rates("constant", 0.05), {"eps": 0.1}),
    ("trough", rates("constant", 0.02), {"eps": 1e-3, "beta1": 0.5}),
    ("rosenbrock", rates("constant", 0.02), {"eps": 0.1}),
    ("rosenbrock", warmed(rates("cosine", 0.05, period=185), steps=15, start_factor=0.1), {"beta2": 0.99}),
    ("himmelblau", rates("constant", 0.1), {"beta1": 0.0, "eps": 1e-3}),
    ("beale", rates("constant", 0.02), {"beta2": 0.95}),
    ("factorization", rates("triangular2", 0.05, eta_min=0.001, half_period=20), {"beta1": 0.99}),
    ("saddle", rates("constant", 0.01), {"eps": 1e-3}),
    ("rastrigin", rates("constant", 0.01), {"beta2": 0.99, "eps": 0.1}),
    ("rastrigin", rates("constant", 1.0), {"beta2": 0.9}),
]
DECAY = [1.0, 0.0, 0.1, 1.0, 0.5, 0.1, 0.2, 0.3, 0.02, 0.2, 0.01]  # of the weights or of the momentum

TORCH_RUNS: dict[str, list[Case]] = {
    "gd": [
        ("bowl", rates("constant", 0.1), {}),
        ("bowl", rates("constant", 0.05), {"weight_decay": 0.5}),
        ("trough", rates("step", 0.015, drop=0.5, every=40), {}),
        ("rosenbrock", rates("plateau", 0.004, factor=0.5, patience=3, threshold=0.01), {"weight_decay": 0.01}),
        ("himmelblau", rates("constant", 0.005), {"weight_decay": 0.1}),
        ("beale", rates("polynomial", 0.01, power=2.0, period=150), {}),
        ("factorization", rates("constant", 0.1), {}),
        ("saddle", rates("constant", 0.03), {}),
        ("rastrigin", rates("constant", 0.002), {"weight_decay": 1.0}),
        ("rastrigin", rates("constant", 0.01), {}),
    ],
    "momentum": [
        ("bowl", rates("constant", 0.02), {}),
        ("bowl", rates("constant", 0.1), {"dampening": 0.9}),
        ("trough", rates("constant", 0.005), {"beta": 0.99, "dampening": 0.5, "weight_decay": 0.1}),
        ("rosenbrock", rates("constant", 0.0003), {}),
        ("rosenbrock", rates("exponential", 0.001, gamma=0.99), {"dampening": 0.3}),
        ("himmelblau", rates("constant", 0.01), {"beta": 0.0, "dampening": 0.5}),
        ("beale", rates("one_cycle", 0.01, period=220, start_div=10.0, end_div=100.0), {"beta": 0.8}),
        ("factorization", rates("constant", 0.02), {"beta": 0.5, "weight_decay": 0.05}),
        ("rastrigin", rates("constant", 0.0005), {"beta": 0.95, "dampening": 0.1}),
        ("rastrigin", rates("constant", 0.01), {}),
    ],
    "nesterov": [
        ("bowl", rates("constant", 0.02), {}),
        ("bowl", rates("constant", 0.02), {"beta": 0.99}),
        ("trough", rates("constant", 0.005), {"weight_decay": 0.2}),
        ("rosenbrock", rates("constant", 0.0003), {}),
        ("rosenbrock", rates("warm_restarts", 0.0008, period=30, period_mult=2), {"beta": 0.8}),
        ("himmelblau", rates("constant", 0.002), {"beta": 0.5}),
        ("beale", rates("constant", 0.002), {}),
        ("factorization", rates("constant", 0.02), {"beta": 0.3, "weight_decay": 0.05}),
        ("rastrigin", rates("constant", 0.0005), {"beta": 0.95}),
        ("rastrigin", rates("constant", 0.01), {}),
    ],
    "adagrad": [
        ("bowl", rates("constant", 0.3), {}),
        ("bowl", rates("constant", 0.5), {"eps": 0.1}),
        ("trough", rates("constant", 0.2), {"initial_accumulator": 10.0}),
        ("rosenbrock", rates("constant", 0.3), {"eps": 0.1}),
        ("rosenbrock", warmed(rates("constant", 0.2), steps=20, start_factor=0.3), {"initial_accumulator": 0.1}),
        ("himmelblau", rates("constant", 0.5), {"eps": 1e-3}),
        ("beale", rates("exp_range", 0.2, eta_min=0.01, half_period=15, gamma=0.99), {}),
        ("factorization", rates("constant", 0.1), {"eps": 1.0, "initial_accumulator": 1.0}),
        ("saddle", rates("constant", 0.05), {"initial_accumulator": 0.1, "eps": 0.1}),
        ("rastrigin", rates("constant", 0.1), {}),
        ("rastrigin", rates("constant", 2.0), {"eps": 1e-3}),
    ],
    "rmsprop": [
        ("bowl", rates("constant", 0.01), {}),
        ("bowl", rates("constant", 0.02), {"eps": 0.1, "rho": 0.9}),
        ("trough", rates("constant", 0.01), {"centered": True, "eps": 1e-3}),
        ("rosenbrock", rates("constant", 0.01), {"eps": 0.1}),
        ("rosenbrock", rates("cosine", 0.005, period=210), {"beta": 0.9}),
        ("himmelblau", rates("constant", 0.02), {"beta": 0.5, "centered": True, "eps": 1e-3}),
        ("beale", rates("constant", 0.005), {"rho": 0.999, "beta": 0.8, "eps": 0.1}),
        ("factorization", rates("constant", 0.02), {"rho": 0.95, "eps": 0.01}),
        ("saddle", rates("constant", 0.003), {"centered": True, "eps": 0.1}),
        ("rastrigin", rates("constant", 0.01), {"rho": 0.0, "eps": 1.0}),
        ("rastrigin", rates("constant", 0.05), {"rho": 0.9}),
    ],
    "adam": ADAM,
    "amsgrad": ADAM,
    "adamw": [*ADAM[:1], *((a, b, c | {"weight_decay": d}) for (a, b, c), d in zip(ADAM, DECAY, strict=True))],
    "nadam": [*ADAM[:1], *((a, b, c | {"momentum_decay": d}) for (a, b, c), d in zip(ADAM, DECAY, strict=True))],
    "radam": [  # its first steps are as long as the slope is steep
        *ADAM[:2],
        ("trough", rates("constant", 0.005), {"eps": 1e-3, "beta1": 0.5}),
        ("rosenbrock", rates("constant", 0.0005), {"eps": 0.1}),
        ("rosenbrock", warmed(rates("cosine", 0.002, period=185), steps=15, start_factor=0.1), {"beta2": 0.99}),
        ("himmelblau", rates("constant", 0.01), {"beta1": 0.0, "eps": 1e-3}),
        ("beale", rates("constant", 0.005), {"beta2": 0.95}),
        ("bowl", rates("constant", 0.05), {"beta2": 0.6}),
        *ADAM[7:9],
        ("rastrigin", rates("constant", 0.002), {"beta2": 0.99, "eps": 0.1}),
    ],
    "adamax": ADAM,
    "adadelta": [
        ("bowl", rates("constant", 1.0), {}),
        ("bowl", rates("constant", 1.0), {"eps": 0.1}),
        ("trough", rates("constant", 2.0), {"rho": 0.99, "eps": 1e-3}),
        ("rosenbrock", rates("constant", 1.0), {"eps": 1e-5}),
        ("rosenbrock", rates("cosine", 4.0, period=210), {"rho": 0.95}),
        ("himmelblau", rates("constant", 1.0), {"rho": 0.5, "eps": 1e-4}),
        ("beale", rates("step", 1.0, drop=0.3, every=60), {"eps": 1e-3}),
        ("factorization", rates("constant", 0.5), {"eps": 1e-4}),
        ("saddle", rates("constant", 1.0), {"rho": 0.0, "eps": 1e-4}),
        ("rastrigin", rates("constant", 0.1), {"eps": 0.01}),
        ("rastrigin", rates("constant", 10.0), {"eps": 0.1}),
    ],
    "rprop": [
        ("bowl", rates("constant", 0.01), {}),
        ("bowl", rates("constant", 0.3), {"shrink": 0.8, "grow": 1.05}),
        ("trough", rates("constant", 1e-4), {"step_min": 1e-3, "step_max": 0.05}),
        ("rosenbrock", rates("constant", 0.02), {"step_max": 0.1}),
        ("rosenbrock", rates("cosine", 0.01, period=210), {"grow": 1.5, "step_min": 1e-9}),
        ("himmelblau", rates("constant", 0.1), {}),
        ("beale", rates("constant", 0.05), {"shrink": 0.2}),
        ("factorization", rates("constant", 100.0), {"step_max": 0.2}),
        ("saddle", rates("constant", 0.01), {"step_max": 0.01}),
        ("rastrigin", rates("constant", 0.01), {"shrink": 0.3}),
    ],
}
# What goes round an optimizer: what PyTorch has for it, round some of them.
TORCH_WRAPPED: list[tuple[Fields, str, str, Fields, Fields]] = [
    ({"clip": {"norm": 0.7}}, "gd", "bowl", rates("constant", 0.1), {}),
    ({"clip": {"norm": 5.0}}, "momentum", "rosenbrock", rates("constant", 0.0005), {}),
    ({"clip": {"norm": 2.0}}, "adamw", "himmelblau", rates("cosine", 0.05, period=210), {"weight_decay": 0.3}),
    ({"clip": {"norm": 1.0}}, "nesterov", "beale", rates("constant", 0.01), {"weight_decay": 0.1}),
    ({"clip": {"norm": 0.5}}, "rmsprop", "factorization", rates("constant", 0.01), {"eps": 0.1}),
    ({"averaged": {}}, "gd", "bowl", rates("constant", 0.15), {}),
    ({"averaged": {"fade": 0.9}}, "momentum", "trough", rates("constant", 0.01), {}),
    ({"averaged": {"fade": 0.5}}, "adam", "rosenbrock", rates("constant", 0.02), {"eps": 0.1}),
    ({"averaged": {}}, "adagrad", "himmelblau", rates("constant", 0.5), {}),
    ({"averaged": {"fade": 0.0}}, "nesterov", "beale", rates("step", 0.002, drop=0.5, every=50), {}),
    ({"averaged": {"fade": 0.99}}, "gd", "factorization", rates("constant", 0.1), {}),
    ({"rates": {"x": 0.1, "y": 3.0}}, "gd", "bowl", rates("constant", 0.05), {}),
    ({"rates": {"y": 0.1}}, "momentum", "trough", rates("constant", 0.01), {"weight_decay": 0.1}),
    ({"rates": {"x": 5.0}}, "adam", "rosenbrock", warmed(rates("constant", 0.01), steps=20), {"eps": 0.1}),
    ({"rates": {"x": 0.0, "y": 2.0}}, "nesterov", "himmelblau", rates("constant", 0.002), {}),
    ({"rates": {"x": 0.3, "y": 0.7}}, "rprop", "beale", rates("constant", 0.1), {}),
    ({"rates": {"x": 2.0}}, "adamw", "factorization", rates("constant", 0.05), {"weight_decay": 0.1}),
    ({"rates": {"x": 2.0, "y": 0.5}, "clip": {"norm": 1.0}}, "gd", "rosenbrock", rates("constant", 0.01), {}),
]

SIGNS: list[Case] = [
    ("bowl", rates("constant", 0.01), {}),
    ("bowl", rates("cosine", 0.05, period=210), {}),
    ("trough", rates("constant", 0.003), {}),
    ("rosenbrock", rates("step", 0.02, drop=0.5, every=30), {}),
    ("rosenbrock", rates("constant", 0.001), {}),
    ("himmelblau", rates("constant", 0.03), {}),
    ("beale", warmed(rates("constant", 0.01), steps=20), {}),
    ("factorization", rates("exponential", 0.05, gamma=0.98), {}),
    ("saddle", rates("constant", 0.01), {}),
    ("rastrigin", rates("constant", 0.01), {}),
]
LION: list[Fields] = [{}, {"beta1": 0.5}, {"weight_decay": 0.5}, {"beta2": 0.9}, {"weight_decay": 0.0}]
LION += [{"beta1": 0.95, "beta2": 0.98}, {"weight_decay": 0.1}, {"beta1": 0.0}, {"beta2": 0.0}, {"weight_decay": 1.0}]
OPTAX_RUNS: dict[str, list[Case]] = {
    "signsgd": SIGNS,
    "lion": [(a, b, c) for (a, b, _), c in zip(SIGNS, LION, strict=True)],
    "adabelief": [
        *ADAM[:5],
        ("bowl", rates("constant", 0.02), {"eps": 1e-4}),
        ("himmelblau", rates("constant", 0.05), {"beta1": 0.5, "eps": 1e-6}),
        *ADAM[6:-1],
        ("rastrigin", rates("constant", 0.5), {"beta2": 0.9, "eps": 1e-8}),
    ],
    "yogi": [*ADAM[:8], ("bowl", rates("constant", 0.02), {"eps": 1e-5}), *ADAM[9:]],
    "prodigy": [  # a d₀ far below what rounding does to a distance makes every run chaos
        ("bowl", rates("constant", 1.0), {}),
        ("bowl", rates("constant", 1.0), {"d0": 1e-3, "eps": 0.1}),
        ("trough", rates("cosine", 1.0, period=210), {"d0": 0.01}),
        ("rosenbrock", rates("constant", 0.3), {"beta2": 0.99, "d0": 1e-3}),
        ("rosenbrock", rates("constant", 0.3), {"eps": 1e-3, "d0": 1e-4}),
        ("himmelblau", rates("constant", 0.3), {"beta1": 0.0, "d0": 0.01}),
        ("beale", warmed(rates("constant", 0.3), steps=20), {"beta1": 0.8, "beta2": 0.95, "d0": 0.01}),
        ("factorization", rates("constant", 0.5), {"d0": 0.01}),
        ("saddle", rates("constant", 0.01), {"d0": 0.1, "beta1": 0.5}),
        ("rastrigin", rates("constant", 0.2), {"beta2": 0.9, "d0": 1e-3}),
    ],
    "polyak": [
        ("bowl", rates("constant", 0.5), {}),
        ("bowl", rates("constant", 0.3), {"bound": 0.2}),
        ("trough", rates("constant", 1.0), {"bound": 0.01}),
        ("rosenbrock", rates("constant", 0.5), {"bound": 3e-3}),
        ("rosenbrock", rates("cosine", 1.0, period=210), {"bound": 1e-3}),
        ("himmelblau", rates("constant", 1.0), {}),
        ("himmelblau", rates("constant", 0.2), {"bound": 0.5}),
        ("beale", rates("step", 1.0, drop=0.5, every=40), {"bound": 0.01}),
        ("factorization", rates("constant", 1.0), {"bound": 0.1}),
        ("factorization", rates("constant", 0.1), {}),
        ("trough", rates("constant", 1.5), {}),
    ],
    "schedule_free_sgd": [
        ("bowl", rates("constant", 0.1), {}),
        ("bowl", warmed(rates("constant", 0.3), steps=40, start_factor=0.1), {}),
        ("trough", rates("constant", 0.02), {"beta": 0.5}),
        ("rosenbrock", rates("constant", 0.002), {}),
        ("rosenbrock", warmed(rates("constant", 0.003), steps=30), {"beta": 0.98}),
        ("himmelblau", rates("constant", 0.01), {"beta": 0.8}),
        ("beale", rates("cosine", 0.02, period=210), {}),
        ("factorization", rates("constant", 0.2), {"beta": 0.6}),
        ("saddle", rates("triangular", 0.03, eta_min=0.003, half_period=25), {}),
        ("rastrigin", rates("constant", 0.003), {"beta": 0.2}),
    ],
    "dog": [
        ("bowl", rates("constant", 1.0), {}),
        ("bowl", rates("constant", 1.0), {"reps": 0.1, "eps": 1.0}),
        ("trough", rates("constant", 0.5), {"reps": 0.01}),
        ("rosenbrock", rates("constant", 1.0), {"reps": 1e-3}),
        ("himmelblau", rates("constant", 1.0), {"reps": 1e-4}),
        ("beale", rates("cosine", 1.0, period=210), {"reps": 1e-2}),
        ("factorization", rates("constant", 2.0), {"reps": 1e-3, "eps": 0.1}),
        ("rastrigin", rates("constant", 0.5), {"reps": 1e-3}),
    ],
    "sam": [
        ("bowl", rates("constant", 0.01), {}),
        ("bowl", rates("cosine", 0.02, period=210), {"rho": 0.2}),
        ("trough", rates("step", 0.01, drop=0.5, every=40), {"rho": 0.01}),
        ("rosenbrock", rates("constant", 0.0005), {}),
        ("himmelblau", rates("constant", 0.002), {"rho": 0.3}),
        ("beale", rates("constant", 0.005), {"rho": 0.1}),
        ("factorization", rates("constant", 0.05), {"rho": 0.2}),
        ("rastrigin", rates("constant", 0.001), {"rho": 0.02}),
    ],
}
OPTAX_WRAPPED: list[tuple[Fields, str, str, Fields, Fields]] = [
    ({"lookahead": {}}, "gd", "bowl", rates("constant", 0.1), {}),
    ({"lookahead": {"every": 3, "share": 0.8}}, "momentum", "rosenbrock", rates("constant", 0.0005), {}),
    ({"lookahead": {"every": 10}}, "adam", "himmelblau", rates("cosine", 0.1, period=210), {"eps": 1e-3}),
    ({"lookahead": {"every": 1, "share": 0.3}}, "gd", "beale", rates("constant", 0.01), {}),
    ({"lookahead": {"share": 1.0}}, "momentum", "factorization", rates("constant", 0.01), {}),
    ({"lookahead": {"every": 7, "share": 0.0}}, "adam", "saddle", rates("constant", 0.05), {"beta2": 0.99}),
]


def label(*parts: str | Fields) -> str:
    """A case's name, such as adam-bowl-eps=0.1, from its parts; a dict gives its items."""
    return "-".join(p if isinstance(p, str) else "-".join(map(_named, p.items())) for p in parts if p)


def _named(field: tuple[str, Any]) -> str:
    name, value = field
    return f"{name}={value}" if isinstance(value, str) else f"{name}={value:g}"
