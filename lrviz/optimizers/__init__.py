"""Optimizers, by slug: how a gradient becomes a step."""

from lrviz.optimizers.adaptive import AdaGrad, Adam, AdamW, AMSGrad, NAdam, RMSProp
from lrviz.optimizers.automatic import Hypergradient
from lrviz.optimizers.gradient import GD, Momentum, Nesterov
from lrviz.optimizers.groups import PerCoordinate
from lrviz.optimizers.optimizer import Optimizer, Oracle, State
from lrviz.optimizers.wrappers import (
    WRAPPERS,
    PerAxis,
    Wrapper,
    layers,
    numbers,
    unwrapped,
    with_layer,
    with_number,
    wrapped,
)

OPTIMIZERS: dict[str, type[Optimizer]] = {
    cls.slug: cls for cls in (GD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW, AMSGrad, NAdam, Hypergradient)
}
TRAINERS = {slug: cls for slug, cls in OPTIMIZERS.items() if cls.scales and not cls.needs}
"""Those that any model can be trained with, however many coordinates it has and whatever is known of its loss."""

__all__ = [
    "GD",
    "OPTIMIZERS",
    "TRAINERS",
    "WRAPPERS",
    "AMSGrad",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Hypergradient",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Optimizer",
    "Oracle",
    "PerAxis",
    "PerCoordinate",
    "RMSProp",
    "State",
    "Wrapper",
    "layers",
    "numbers",
    "unwrapped",
    "with_layer",
    "with_number",
    "wrapped",
]
