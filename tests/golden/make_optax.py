"""Makes the golden vectors of what PyTorch has not and optax has: `python tests/golden/make_optax.py`.

As make.py, with the optax named below (on CPU, in double precision): gradients by jax on the same landscapes, the rates
by torch's schedulers. What optax adds to the count of a step, or keeps in another form, is said at each of RUNS.
"""

import json
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from cases import OPTAX_RUNS, OPTAX_WRAPPED, Fields, Loss, losses
from make import STEPS, Arrays, optimizer_case, products, schedule_case
from optax import contrib

OPTAX = "0.2.8"


class Run(NamedTuple):
    """An optimizer of optax as lrviz has it."""

    optimizer: optax.GradientTransformationExtraArgs
    kept: dict[str, str]
    """{lrviz's name: that in optax's state}"""


def betas(fields: Fields) -> dict[str, float]:
    return {f"b{name[-1]}": value for name, value in fields.items() if name.startswith("beta")}


def of(slug: str, fields: Fields, eta: Any) -> Run:
    """eta: a schedule, by the count of steps taken."""
    rest = {name: value for name, value in fields.items() if not name.startswith("beta")}
    match slug:
        case "lion":
            return Run(optax.lion(eta, **betas(fields), **rest), {"m": "mu"})
        case "signsgd":
            return Run(optax.sign_sgd(eta), {})
        case "adabelief":
            both = {"eps": rest["eps"], "eps_root": rest["eps"]} if "eps" in rest else {}
            return Run(optax.adabelief(eta, **betas(fields), **both), {"m": "mu", "s": "nu"})
        case "yogi":
            return Run(optax.yogi(eta, **betas(fields), **rest), {"m": "mu", "v": "nu"})
        case "polyak":  # at scaling 1: optax's scaling enters the norm as well
            bound = {"max_learning_rate": rest["bound"]} if "bound" in rest else {}
            return Run(optax.chain(optax.polyak_sgd(**bound), optax.scale_by_schedule(eta)), {})
        case "prodigy":
            given = {"betas": (fields.get("beta1", 0.9), fields.get("beta2", 0.999))}
            given |= {"estim_lr0" if name == "d0" else name: value for name, value in rest.items()}
            kept = {"m": "exp_avg", "v": "exp_avg_sq", "s": "grad_sum", "theta0": "params0"}
            return Run(contrib.prodigy(eta, **given), kept | {"d": "estim_lr", "r": "numerator_weighted"})
        case "schedule_free_sgd":  # its own count begins at 1, that of SGD within at 0
            own = contrib.schedule_free(optax.sgd(eta), lambda count: eta(count - 1), b1=fields.get("beta", 0.9))
            return Run(own, {"z": "z", "eta_max": "max_lr", "weights": "weight_sum"})
        case "dog":
            given = {"init_step": ("heuristic", fields.get("reps", 1e-6)), "eps": fields.get("eps", 1e-8)}
            return Run(contrib.dog(eta, **given), {"theta0": "init_params", "r": "max_dist", "G": "sum_sq_norm_grads"})
        case "sam":
            up = optax.chain(contrib.normalize(), optax.sgd(fields.get("rho", 0.05)))
            return Run(contrib.sam(optax.sgd(eta), up, sync_period=2, opaque_mode=True), {})
        case "gd":
            return Run(optax.sgd(eta), {})
        case "momentum":
            return Run(optax.sgd(eta, momentum=fields.get("beta", 0.9)), {"m": "trace"})
        case "adam":
            return Run(optax.adam(eta, **betas(fields), **rest), {"m": "mu", "v": "nu"})
    raise ValueError(slug)


def path(slug: str, fields: Fields, rates: Any, wrappers: Fields, loss: Loss, start: tuple[float, float]) -> Arrays:
    """θ and the memory at t = 0 … STEPS, time last."""
    run = of(slug, fields, lambda count: rates[count])
    optimizer, ahead = run.optimizer, wrappers.get("lookahead")
    f = lambda theta: loss(theta[0], theta[1])  # noqa: E731
    theta: Any = jnp.array(start)
    if ahead is not None:
        optimizer = optax.lookahead(run.optimizer, ahead.get("every", 5), ahead.get("share", 0.5))
        theta = optax.LookaheadParams.init_synced(theta)

    def now(theta: Any, state: Any) -> dict[str, Any]:
        found = {name: optax.tree.get(state, key) for name, key in run.kept.items()}
        if slug == "schedule_free_sgd":
            found["x"] = contrib.schedule_free_eval_params(state, theta)
            found |= {name: jnp.broadcast_to(found[name], 2) for name in ("eta_max", "weights")}
        return found | ({"theta": theta} if ahead is None else {"theta": theta.fast, "phi": theta.slow})

    def step(carried: Any, _: Any) -> Any:
        theta, state = carried
        value, grad = jax.value_and_grad(f)(theta if ahead is None else theta.fast)
        given = (
            {"value": value}
            if slug == "polyak"
            else {"grad_fn": lambda at, _: jax.grad(f)(at)}
            if slug == "sam"
            else {}
        )
        updates, state = optimizer.update(grad, state, theta, **given)
        theta = optax.apply_updates(theta, updates)
        return (theta, state), now(theta, state)

    state = optimizer.init(theta)
    _, rows = jax.lax.scan(step, (theta, state), None, length=STEPS)
    first = now(theta, state)
    found = {name: np.stack([first[name], *np.asarray(rows[name])], axis=-1) for name in first}
    return found | products(slug, fields)


def case(wrappers: Fields, slug: str, landscape: str, schedule: Fields, fields: Fields) -> tuple[str, Fields, Arrays]:
    rates = jnp.asarray(schedule_case(schedule)[2]["eta"])
    run = partial(path, slug, fields, rates, wrappers, losses(jnp.cos)[landscape])
    return optimizer_case(run, wrappers, slug, landscape, schedule, fields)


def main() -> None:
    if optax.__version__ != OPTAX:
        sys.exit(f"The golden vectors are those of optax {OPTAX}; this is optax {optax.__version__}.")
    warnings.simplefilter("ignore")
    jax.config.update("jax_enable_x64", True)
    torch.set_default_dtype(torch.float64)
    meta: Fields = {"optax": optax.__version__, "jax": jax.__version__, "optimizers": {}, "schedules": {}}
    arrays: Arrays = {}
    bare = [({}, slug, *one) for slug, cases in OPTAX_RUNS.items() for one in cases]
    for name, about, found in (case(*one) for one in (*bare, *OPTAX_WRAPPED)):
        assert name not in meta["optimizers"], f"two cases are called {name}"
        assert all(np.isfinite(array).all() for array in found.values()), name
        meta["optimizers"][name] = about
        arrays |= {f"{name}/{key}": array for key, array in found.items()}
    arrays["meta"] = np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), np.uint8)
    np.savez_compressed(Path(__file__).with_name("optax.npz"), **arrays)


if __name__ == "__main__":
    main()
