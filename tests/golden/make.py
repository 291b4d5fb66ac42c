"""Makes the golden vectors that `tests/test_parity.py` compares with: `python tests/golden/make.py`.

Run by hand, with the torch named below (CPU); the tests themselves need none. Everything compared is torch's own: its
optimizers and schedulers, and gradients by its autograd on surfaces that are written out here once more. What lrviz
remembers and torch does not (running products, a buffer that a momentum of 0 makes useless) follows from its
definition. A hyperparameter that a case leaves out has lrviz's default there and torch's here.

torch.npz holds θ and the optimizer's memory at t = 0 … 200, or the rates η_t (and the losses that a plateau schedule
was shown), as "case/name"; "meta" is the JSON that says what each case is. Two runs write the same bytes.
"""

import itertools
import json
import math
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.optim import lr_scheduler

TORCH = "2.13.0"
STEPS = 200
MOVE, STRAY = 1e-12, 1e-9  # a run is calm until one whose start is moved by MOVE is farther from it than STRAY

Fields = dict[str, Any]
Arrays = dict[str, NDArray[Any]]
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def quadratic(kappa: float, angle: float) -> Loss:
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return lambda x, y: ((c * x + s * y) ** 2 + kappa * (c * y - s * x) ** 2) / 2


def beale(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def rastrigin(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return 20 + x**2 - 10 * torch.cos(2 * math.pi * x) + y**2 - 10 * torch.cos(2 * math.pi * y)


# name: (loss, lrviz's slug, its fields, start). The starts are off every axis: no gradient is 0 by symmetry.
LANDSCAPES: dict[str, tuple[Loss, str, Fields, tuple[float, float]]] = {
    "bowl": (quadratic(10, 30), "quadratic", {"kappa": 10.0, "angle": 30.0}, (1.5, 1.0)),
    "trough": (quadratic(100, -70), "quadratic", {"kappa": 100.0, "angle": -70.0}, (-1.0, 1.2)),
    "rosenbrock": (lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, "rosenbrock", {}, (-1.2, 1.0)),
    "himmelblau": (lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2, "himmelblau", {}, (-0.5, 0.3)),
    "beale": (beale, "beale", {}, (1.0, 1.5)),
    "factorization": (lambda x, y: (x * y - 1) ** 2 / 2, "factorization", {}, (2.6, 0.9)),
    "saddle": (lambda x, y: (x**2 - y**2) / 2, "saddle", {}, (1.5, 0.001)),
    "rastrigin": (rastrigin, "rastrigin", {}, (2.3, -1.2)),
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

OPTIMIZERS: dict[str, list[Case]] = {
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
}

COUNT = np.arange(STEPS)
LOSSES = {
    "falling": 1.5 - COUNT / STEPS,
    "flat": np.ones(STEPS),
    "creeping": 1 - 1e-5 * COUNT,  # each an improvement, each below the default threshold
    "stairs": 10.0 - COUNT // 20,
    "noisy": 0.97**COUNT + 0.05 * np.abs(np.random.default_rng(0).normal(size=STEPS)),
    "negative": -1 - 0.01 * (COUNT // 15),
    "broken": np.where(COUNT % 7 == 3, np.nan, np.where(COUNT > 120, np.inf, 2 - COUNT / STEPS)),
}
PATIENCE: list[Fields] = [{}, {"factor": 0.5, "patience": 0, "threshold": 0.02, "eps": 1e-3}]
PATIENCE += [{"factor": 0.9, "patience": 4, "threshold": 0.0, "eps": 0.02}]
SHAPES: list[tuple[str, Fields]] = [("triangular", {}), ("triangular2", {})]
SHAPES += [("exp_range", {"gamma": 0.99}), ("exp_range", {"gamma": 0.8})]
ETA = 0.3
SCHEDULES: list[Fields] = [
    rates("constant", ETA),
    *(rates("step", ETA, drop=drop, every=every) for drop, every in [(0.5, 30), (0.1, 10), (0.9, 7), (0.99, 1)]),
    *(rates("exponential", ETA, gamma=gamma) for gamma in (0.99, 0.5, 1.0)),
    *(rates("polynomial", ETA, power=p, period=T) for p, T in [(1.0, 120), (2.5, 300), (0.5, 7)]),
    rates("polynomial", ETA, power=3.0, period=90, eta_min=0.02),
    *(rates("cosine", ETA, period=T, eta_min=low) for T, low in [(199, 0.0), (60, 0.01), (1000, 0.1), (1, 0.0)]),
    *(rates("warm_restarts", ETA, period=T, period_mult=f) for T, f in [(30, 1), (1, 2), (5, 3), (40, 4)]),
    *(rates("warm_restarts", ETA, period=T, period_mult=f, eta_min=0.01) for T, f in [(3, 1), (13, 2)]),
    *(
        rates(slug, ETA, eta_min=low, half_period=half, **more)
        for (slug, more), (low, half) in itertools.product(SHAPES, [(0.0, 50), (0.01, 7), (0.1, 1)])
    ),
    *(rates("one_cycle", ETA, period=T) for T in (200, 301)),
    *(rates("one_cycle", ETA, period=77, warmup=w, start_div=3.0, end_div=70.0) for w in (0.0, 0.25, 0.9, 1.0)),
    *(rates("plateau", ETA, **fields) | {"losses": name} for name, fields in itertools.product(LOSSES, PATIENCE)),
    warmed(rates("constant", ETA), steps=20),
    warmed(rates("step", ETA, drop=0.5, every=30), steps=1, start_factor=0.5),
    warmed(rates("exponential", ETA, gamma=0.95), steps=50, start_factor=0.01),
    warmed(rates("polynomial", ETA, power=2.0, period=100), steps=33, start_factor=1.0),
    warmed(rates("cosine", ETA, period=150, eta_min=0.01), steps=40, start_factor=0.1),
    warmed(rates("warm_restarts", ETA, period=20, period_mult=2), steps=17),
    *(warmed(rates(slug, ETA, eta_min=0.05, half_period=20, **more), steps=10) for slug, more in SHAPES[:3]),
    warmed(rates("one_cycle", ETA, period=150), steps=30, start_factor=0.2),
]

# By lrviz's slug: torch's class, its names for what it calls otherwise, and what is fixed.
TORCH_OPTIMIZERS: dict[str, tuple[Any, dict[str, str], Fields]] = {
    "gd": (torch.optim.SGD, {}, {}),
    "momentum": (torch.optim.SGD, {"beta": "momentum"}, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"beta": "momentum"}, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {"initial_accumulator": "initial_accumulator_value"}, {}),
    "rmsprop": (torch.optim.RMSprop, {"rho": "alpha", "beta": "momentum"}, {}),
    "adam": (torch.optim.Adam, {}, {}),
    "adamw": (torch.optim.AdamW, {}, {}),
    "amsgrad": (torch.optim.Adam, {}, {"amsgrad": True}),
    "nadam": (torch.optim.NAdam, {}, {}),
}
CYCLE = {"eta": "max_lr", "eta_min": "base_lr", "half_period": "step_size_up"}
ONE_CYCLE = {"eta": "max_lr", "period": "total_steps", "warmup": "pct_start"}
ONE_CYCLE |= {"start_div": "div_factor", "end_div": "final_div_factor"}
TORCH_SCHEDULERS: dict[str, tuple[Any, dict[str, str], Fields]] = {
    "constant": (lr_scheduler.ConstantLR, {}, {"factor": 1.0}),
    "step": (lr_scheduler.StepLR, {"every": "step_size", "drop": "gamma"}, {}),
    "exponential": (lr_scheduler.ExponentialLR, {}, {}),
    "polynomial": (lr_scheduler.PolynomialLR, {"period": "total_iters"}, {}),
    "cosine": (lr_scheduler.CosineAnnealingLR, {"period": "T_max"}, {}),
    "warm_restarts": (lr_scheduler.CosineAnnealingWarmRestarts, {"period": "T_0", "period_mult": "T_mult"}, {}),
    "one_cycle": (lr_scheduler.OneCycleLR, ONE_CYCLE, {"cycle_momentum": False}),
    "plateau": (lr_scheduler.ReduceLROnPlateau, {}, {}),
}
for mode in ("triangular", "triangular2", "exp_range"):
    TORCH_SCHEDULERS[mode] = (lr_scheduler.CyclicLR, CYCLE, {"mode": mode, "cycle_momentum": False})
# By torch's name: lrviz's. RMSProp's momentum_buffer is its b.
MEMORY = {"momentum_buffer": "m", "exp_avg": "m", "exp_avg_sq": "v", "square_avg": "v"}
MEMORY |= {"max_exp_avg_sq": "v_max", "grad_avg": "g_mean", "sum": "s"}


def torch_optimizer(slug: str, fields: Fields, theta: torch.Tensor, eta: float) -> torch.optim.Optimizer:
    cls, names, fixed = TORCH_OPTIMIZERS[slug]
    given = {names.get(name, name): value for name, value in fields.items() if name not in ("beta1", "beta2")}
    if len(given) < len(fields):
        given["betas"] = fields.get("beta1", 0.9), fields.get("beta2", 0.999)
    made: torch.optim.Optimizer = cls([theta], lr=eta, foreach=False, **fixed | given)
    return made


def torch_scheduler(schedule: Fields, optimizer: torch.optim.Optimizer) -> Any:
    cls, names, fixed = TORCH_SCHEDULERS[schedule["slug"]]
    given = {names.get(name, name): v for name, v in schedule["fields"].items() if name != "eta" or name in names}
    inner = cls(optimizer, **fixed | given)
    if "warmup" not in schedule:
        return inner
    # Made after the inner one, which may set the rate that the rise leads to (the cyclic ones and one-cycle do).
    warmup = dict(schedule["warmup"])
    steps = warmup.pop("steps")
    rise = lr_scheduler.LinearLR(optimizer, total_iters=steps, **warmup)
    return lr_scheduler.SequentialLR(optimizer, [rise, inner], [steps])


def path(slug: str, fields: Fields, schedule: Fields, loss: Loss, start: tuple[float, float]) -> Arrays:
    """θ and the memory at t = 0 … STEPS, time last."""
    theta = torch.tensor(start, requires_grad=True)
    optimizer = torch_optimizer(slug, fields, theta, schedule["fields"]["eta"])
    scheduler = torch_scheduler(schedule, optimizer)
    names = MEMORY | ({"momentum_buffer": "b"} if slug == "rmsprop" else {})

    def now() -> Arrays:
        found = {"theta": theta.detach()} | {names[k]: v for k, v in optimizer.state[theta].items() if k in names}
        return {name: value.numpy().copy() for name, value in found.items()}

    rows = [now()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = loss(*theta)
        value.backward()
        optimizer.step()
        scheduler.step(*([value.item()] if schedule["slug"] == "plateau" else []))
        row, g = now(), theta.grad.numpy() + fields.get("weight_decay", 0) * rows[-1]["theta"]
        if slug == "momentum":
            row.setdefault("m", g)
        if slug == "rmsprop":
            row.setdefault("b", g / (np.sqrt(row["v"] - row.get("g_mean", 0) ** 2) + fields.get("eps", 1e-8)))
        rows.append(row)
    found = {name: np.stack([row.get(name, np.zeros(2)) for row in rows], axis=-1) for name in rows[-1]}
    return found | products(slug, fields)


def products(slug: str, fields: Fields) -> Arrays:
    """The running products that Adam and its kin remember, each from its definition."""
    if slug not in ("adam", "adamw", "amsgrad", "nadam"):
        return {}
    t, beta1, beta2 = np.arange(STEPS + 1.0), fields.get("beta1", 0.9), fields.get("beta2", 0.999)
    found = {"beta1_t": beta1**t, "beta2_t": beta2**t}
    if slug == "nadam":
        warmup_t = 0.96 ** (t * fields.get("momentum_decay", 0.004))
        mu = beta1 * (1 - warmup_t / 2)
        found |= {"warmup_t": warmup_t, "mu_product": np.cumprod([1.0, *mu[1:]])}
    return found


def optimizer_case(slug: str, landscape: str, schedule: Fields, fields: Fields) -> tuple[str, Fields, Arrays]:
    loss, surface, surface_fields, (x, y) = LANDSCAPES[landscape]
    found = path(slug, fields, schedule, loss, (x, y))
    moved = [path(slug, fields, schedule, loss, start)["theta"] for start in ((x + MOVE, y), (x, y + MOVE))]
    strayed = np.flatnonzero(np.abs(np.stack(moved) - found["theta"]).max(axis=(0, 1)) > STRAY)
    about = {
        "slug": slug,
        "fields": fields,
        "schedule": schedule,
        "calm": int(strayed[0]) - 1 if strayed.size else STEPS,
    }
    name = label(slug, landscape, fields, "warmup" if "warmup" in schedule else "", schedule["slug"])
    return name.removesuffix("-constant"), about | {"surface": {"slug": surface, "fields": surface_fields}}, found


def schedule_case(schedule: Fields) -> tuple[str, Fields, Arrays]:
    """η_t for t = 0 … STEPS − 1; for the two that lrviz holds at their end and torch does not, until there."""
    slug, fields, warmup = schedule["slug"], dict(schedule["fields"]), schedule.get("warmup", {})
    losses = {"losses": LOSSES[schedule["losses"]]} if "losses" in schedule else {}
    # torch's polynomial has no η_min, so it is run from η − η_min down to 0.
    least = fields.pop("eta_min", 0.0) if slug == "polynomial" else 0.0
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=fields["eta"] - least)
    scheduler = torch_scheduler(schedule | {"fields": fields}, optimizer)
    until = {"cosine": fields.get("period", 0) + 1, "one_cycle": fields.get("period", 0)}.get(slug, STEPS)
    eta = []
    for t in range(min(STEPS, until + warmup.get("steps", 0))):
        if t > 0:
            scheduler.step(*(series[t - 1] for series in losses.values()))
        eta.append(least + optimizer.param_groups[0]["lr"])
    name = label("warmup" if warmup else "", warmup, slug, schedule["fields"], schedule.get("losses", ""))
    return name.replace(f"-eta={ETA}", ""), schedule, {"eta": np.array(eta)} | losses


def label(*parts: str | Fields) -> str:
    """A case's name, such as adam-bowl-eps=0.1, from its parts; a dict gives its items."""
    return "-".join(p if isinstance(p, str) else "-".join(f"{k}={v:g}" for k, v in p.items()) for p in parts if p)


def main() -> None:
    if torch.__version__.partition("+")[0] != TORCH:
        sys.exit(f"The golden vectors are those of torch {TORCH}; this is torch {torch.__version__}.")
    warnings.simplefilter("ignore")
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of μ in the default type
    meta: Fields = {"torch": torch.__version__, "numpy": np.__version__, "optimizers": {}, "schedules": {}}
    arrays: Arrays = {}
    optimizers = (optimizer_case(slug, *case) for slug, cases in OPTIMIZERS.items() for case in cases)
    for kind, made in [("optimizers", optimizers), ("schedules", map(schedule_case, SCHEDULES))]:
        for name, about, found in made:
            assert name not in meta[kind], f"two cases are called {name}"
            assert all(np.isfinite(array).all() for key, array in found.items() if key != "losses"), name
            meta[kind][name] = about
            arrays |= {f"{name}/{key}": array for key, array in found.items()}
    arrays["meta"] = np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), np.uint8)
    np.savez_compressed(Path(__file__).with_name("torch.npz"), **arrays)


if __name__ == "__main__":
    main()
