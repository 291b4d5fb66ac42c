"""Makes the golden vectors of PyTorch, for the runs of cases.py: `python tests/golden/make.py`.

Run by hand, with the torch named below (CPU); the tests themselves need none. Everything compared is torch's own: its
optimizers and schedulers, and gradients by its autograd on surfaces that are written out here once more. What lrviz
remembers and torch does not (running products, a buffer that a momentum of 0 makes useless) follows from its
definition. A hyperparameter that a case leaves out has lrviz's default there and torch's here.

torch.npz holds θ and the optimizer's memory at t = 0 … 200, or the rates η_t (and the losses that a plateau schedule
was shown), as "case/name"; "meta" is the JSON that says what each case is. Two runs write the same bytes.
"""

import itertools
import json
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from by_function import drawn, inverse_sqrt, inverse_time, multi_step, warmup_stable_decay
from cases import LANDSCAPES, TORCH_RUNS, TORCH_WRAPPED, Fields, Loss, label, losses, rates, warmed
from numpy.typing import NDArray
from torch.optim import lr_scheduler, swa_utils

TORCH = "2.13.0"
STEPS = 200
MOVE, STRAY = 1e-12, 1e-9  # a run is calm until one whose start is moved by MOVE is farther from it than STRAY
Arrays = dict[str, NDArray[Any]]

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
MILESTONES = [("100,150", 0.1), ("1,2,199", 0.5), ("40,40,90", 0.9)]
DRAWINGS = [("0:0.1,40:0.3,41:0.05,120:0.2,180:0", False), ("0:0.001,30:1,150:0.1,190:0.0001", True), ("9:5", False)]
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
    *(
        rates("multi_step", ETA, milestones=m, drop=d)
        for m, d in [("100,150", 0.1), ("1,2,199", 0.5), ("40,40,90", 0.9)]
    ),
    *(rates("inverse_time", ETA, decay=decay) for decay in (0.01, 1.0, 0.0)),
    *(rates("inverse_sqrt", ETA, warmup=steps) for steps in (30, 1, 500)),
    *(rates("warmup_stable_decay", ETA, warmup=w, stable=s, period=T) for w, s, T in [(20, 120, 180), (0, 150, 151)]),
    *(rates("warmup_stable_decay", ETA, warmup=w, stable=s, period=120, eta_min=0.02) for w, s in [(60, 0), (90, 30)]),
    *(rates("drawn", ETA, points=points, logarithmic=log) for points, log in DRAWINGS),
    warmed(rates("multi_step", ETA, milestones="30,60", drop=0.3), steps=20),
    warmed(rates("inverse_time", ETA, decay=0.1), steps=25, start_factor=0.1),
    warmed(rates("drawn", ETA, points="5:0.7,40:0.2,90:0.1"), steps=15),
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
    "radam": (torch.optim.RAdam, {}, {}),
    "adamax": (torch.optim.Adamax, {}, {}),
    "adadelta": (torch.optim.Adadelta, {}, {}),
    "rprop": (torch.optim.Rprop, {}, {}),
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
    "multi_step": (multi_step, {}, {}),
    "inverse_time": (inverse_time, {}, {}),
    "inverse_sqrt": (inverse_sqrt, {}, {}),
    "warmup_stable_decay": (warmup_stable_decay, {"eta": "eta"}, {}),
    "drawn": (drawn, {}, {}),
}
for mode in ("triangular", "triangular2", "exp_range"):
    TORCH_SCHEDULERS[mode] = (lr_scheduler.CyclicLR, CYCLE, {"mode": mode, "cycle_momentum": False})
# By torch's name: lrviz's. RMSProp's momentum_buffer is its b.
MEMORY = {"momentum_buffer": "m", "exp_avg": "m", "exp_avg_sq": "v", "square_avg": "v"}
MEMORY |= {"max_exp_avg_sq": "v_max", "grad_avg": "g_mean", "sum": "s", "acc_delta": "u", "exp_inf": "u"}
MEMORY |= {"prev": "g", "step_size": "delta"}
# What torch takes as one: the names of the parts, and their defaults.
TUPLES = {"betas": {"beta1": 0.9, "beta2": 0.999}, "etas": {"shrink": 0.5, "grow": 1.2}}
TUPLES |= {"step_sizes": {"step_min": 1e-6, "step_max": 50.0}}
PRODUCTS = {"adam": 2, "adamw": 2, "amsgrad": 2, "nadam": 2, "radam": 2, "adamax": 1}
PRODUCTS |= {"adabelief": 2, "yogi": 2, "prodigy": 2}


def torch_optimizer(slug: str, fields: Fields, thetas: list[torch.Tensor], rates: list[float]) -> torch.optim.Optimizer:
    cls, names, fixed = TORCH_OPTIMIZERS[slug]
    given = {names.get(name, name): value for name, value in fields.items()}
    for name, parts in TUPLES.items():
        if parts.keys() & given.keys():
            given[name] = tuple(given.pop(part, default) for part, default in parts.items())
    groups = [{"params": [theta], "lr": rate} for theta, rate in zip(thetas, rates, strict=True)]
    made: torch.optim.Optimizer = cls(groups, foreach=False, **fixed | given)
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


def path(
    slug: str, fields: Fields, schedule: Fields, wrappers: Fields, loss: Loss, start: tuple[float, float]
) -> Arrays:
    """θ and the memory at t = 0 … STEPS, time last."""
    # With a rate for each axis, each is a parameter by itself.
    thetas = [torch.tensor(part, requires_grad=True) for part in (start if "rates" in wrappers else [start])]
    factors = [wrappers["rates"].get(axis, 1.0) for axis in "xy"] if "rates" in wrappers else [1.0]
    eta = schedule["fields"]["eta"]
    optimizer = torch_optimizer(slug, fields, thetas, [factor * eta for factor in factors])
    scheduler = torch_scheduler(schedule, optimizer)
    names = MEMORY | ({"momentum_buffer": "b"} if slug == "rmsprop" else {})

    def now() -> Arrays:
        kept = [
            {"theta": t.detach()} | {names[k]: v for k, v in optimizer.state[t].items() if k in names} for t in thetas
        ]
        return {name: torch.cat([part[name].reshape(-1) for part in kept]).numpy().copy() for name in kept[0]}

    rows = [now()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = loss(*torch.cat([theta.reshape(-1) for theta in thetas]))
        value.backward()
        if "clip" in wrappers:
            torch.nn.utils.clip_grad_norm_(thetas, wrappers["clip"]["norm"])
        optimizer.step()
        scheduler.step(*([value.item()] if schedule["slug"] == "plateau" else []))
        slope = torch.cat([theta.grad.reshape(-1) for theta in thetas if theta.grad is not None]).numpy()
        row, g = now(), slope + fields.get("weight_decay", 0) * rows[-1]["theta"]
        if slug == "momentum":
            row.setdefault("m", g)
        if slug == "rmsprop":
            row.setdefault("b", g / (np.sqrt(row["v"] - row.get("g_mean", 0) ** 2) + fields.get("eps", 1e-8)))
        rows.append(row)
    found = {name: np.stack([row.get(name, np.zeros(2)) for row in rows], axis=-1) for name in rows[-1]}
    if "averaged" in wrappers:
        found = {"w": found["theta"]} | found | {"theta": averages(found["theta"], wrappers["averaged"])}
    return found | products(slug, fields)


def averages(places: NDArray[Any], fields: Fields) -> NDArray[Any]:
    """What torch makes of the places of a model that is averaged; the first one is not counted."""
    model = torch.nn.Linear(2, 1, bias=False)
    how = {"avg_fn": swa_utils.get_ema_avg_fn(fields["fade"])} if "fade" in fields else {}
    average, found = swa_utils.AveragedModel(model, **how), [places[:, 0]]
    for place in places.T[1:]:
        model.weight.data = torch.tensor(place[None])
        average.update_parameters(model)
        found.append(average.module.weight.data[0].numpy().copy())
    return np.stack(found, axis=-1)


def products(slug: str, fields: Fields) -> Arrays:
    """The running products that Adam and its kin remember, each from its definition."""
    t, beta1, beta2 = np.arange(STEPS + 1.0), fields.get("beta1", 0.9), fields.get("beta2", 0.999)
    found = dict(list({"beta1_t": beta1**t, "beta2_t": beta2**t}.items())[: PRODUCTS.get(slug, 0)])
    if slug == "nadam":
        warmup_t = 0.96 ** (t * fields.get("momentum_decay", 0.004))
        mu = beta1 * (1 - warmup_t / 2)
        found |= {"warmup_t": warmup_t, "mu_product": np.cumprod([1.0, *mu[1:]])}
    return found


def optimizer_case(
    run: Callable[..., Arrays],
    wrappers: Fields,
    slug: str,
    landscape: str,
    schedule: Fields,
    fields: Fields,
) -> tuple[str, Fields, Arrays]:
    """A case's name, what it is, and its arrays. run: makes them for one start."""
    surface, surface_fields, (x, y) = LANDSCAPES[landscape]
    found = run((x, y))
    moved = [run(start)["theta"] for start in ((x + MOVE, y), (x, y + MOVE))]
    strayed = np.flatnonzero(np.abs(np.stack(moved) - found["theta"]).max(axis=(0, 1)) > STRAY)
    about = {
        "slug": slug,
        "fields": fields,
        "schedule": schedule,
        "calm": int(strayed[0]) - 1 if strayed.size else STEPS,
        "surface": {"slug": surface, "fields": surface_fields},
    } | ({"wrappers": wrappers} if wrappers else {})
    around = [part for wrapper in wrappers.items() for part in wrapper]
    name = label(*around, slug, landscape, fields, "warmup" if "warmup" in schedule else "", schedule["slug"])
    return name.removesuffix("-constant"), about, found


def torch_case(
    wrappers: Fields, slug: str, landscape: str, schedule: Fields, fields: Fields
) -> tuple[str, Fields, Arrays]:
    loss = losses(torch.cos)[landscape]
    return optimizer_case(
        partial(path, slug, fields, schedule, wrappers, loss), wrappers, slug, landscape, schedule, fields
    )


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


def main() -> None:
    if torch.__version__.partition("+")[0] != TORCH:
        sys.exit(f"The golden vectors are those of torch {TORCH}; this is torch {torch.__version__}.")
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of μ in the default type
    meta: Fields = {"torch": torch.__version__, "numpy": np.__version__, "optimizers": {}, "schedules": {}}
    arrays: Arrays = {}
    warnings.simplefilter("ignore")
    bare = (({}, slug, *case) for slug, cases in TORCH_RUNS.items() for case in cases)
    optimizers = (torch_case(*case) for case in (*bare, *TORCH_WRAPPED))
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
