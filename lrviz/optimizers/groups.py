"""Different rates for different coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number
from lrviz.optimizers.optimizer import Optimizer, Oracle, State


@dataclass(frozen=True, eq=False)
class PerCoordinate(Optimizer):
    r"""Any optimizer, with η times a multiplier of its own for each coordinate. $$\eta_i = r_i \, \eta$$

    As PyTorch's parameter groups, each with an `lr`: everything else of a step is that of the optimizer inside. A
    multiplier of 0 holds its coordinate still (but for an optimizer that moves without η).
    multipliers: (dim,), or (dim, B) where particles differ; each at least 0 and finite, or ValueError.
    """

    title = "Rates per coordinate"
    same_as = "torch.optim.….param_groups"
    source = "Paszke et al. (2019), PyTorch, NeurIPS; for layers: Howard & Ruder (2018), ULMFiT, section 3.2"

    optimizer: Optimizer
    multipliers: Sequence[float] | Array

    def __post_init__(self) -> None:
        super().__post_init__()
        values = np.asarray(self.multipliers, dtype=np.float64)
        if values.ndim not in (1, 2) or not np.all(np.isfinite(values) & (values >= 0)):
            raise ValueError("PerCoordinate.multipliers is not a row of finite numbers of at least 0")

    def init(self, theta: Array) -> State:
        return self.optimizer.init(theta)

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        own = np.asarray(self.multipliers, dtype=np.float64)
        return with_rates(self.optimizer, own if own.ndim == 2 else own[:, None], t, eta, theta, oracle, state)


def with_rates(
    optimizer: Optimizer, multipliers: Array, t: int, eta: Number, theta: Array, oracle: Oracle, state: State
) -> tuple[Array, State]:
    """The optimizer's step with η times a multiplier for each coordinate, (dim, 1) or (dim, B)."""
    return optimizer.step(t, multipliers * eta, theta, oracle, state)
