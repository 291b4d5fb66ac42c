"""Optimizers, by slug: how a gradient becomes a step."""

from lrviz.optimizers.adaptive import AdaGrad, Adam, AdamW, AMSGrad, NAdam, RMSProp
from lrviz.optimizers.automatic import Hypergradient
from lrviz.optimizers.gradient import GD, Momentum, Nesterov
from lrviz.optimizers.groups import PerCoordinate
from lrviz.optimizers.optimizer import Optimizer, Oracle, State
from lrviz.optimizers.wrappers import WRAPPERS, PerAxis, Wrapper, layers, unwrapped, with_layer, wrapped

OPTIMIZERS: dict[str, type[Optimizer]] = {
    cls.slug: cls for cls in (GD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW, AMSGrad, NAdam, Hypergradient)
}

__all__ = [
    "GD",
    "OPTIMIZERS",
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
    "unwrapped",
    "with_layer",
    "wrapped",
]
