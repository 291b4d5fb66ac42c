"""Optimizers, by slug: how a gradient becomes a step."""

from lrviz.optimizers.adaptive import AdaGrad, Adam, AdamW, AMSGrad, NAdam, RMSProp
from lrviz.optimizers.automatic import BarzilaiBorwein, DoG, Hypergradient
from lrviz.optimizers.curvature import BFGS, Newton
from lrviz.optimizers.gradient import GD, Momentum, Nesterov
from lrviz.optimizers.groups import PerCoordinate
from lrviz.optimizers.line_search import Armijo
from lrviz.optimizers.optimizer import Optimizer, Oracle, State
from lrviz.optimizers.parameter_free import Polyak, Prodigy, ScheduleFreeSGD
from lrviz.optimizers.sharpness import SAM
from lrviz.optimizers.sign import Lion, Rprop, SignSGD
from lrviz.optimizers.variance import AdaBelief, AdaDelta, AdaMax, RAdam, Yogi
from lrviz.optimizers.wrappers import (
    WRAPPERS,
    Averaged,
    Clipped,
    Lookahead,
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
    cls.slug: cls
    for cls in (
        GD,
        Momentum,
        Nesterov,
        AdaGrad,
        AdaDelta,
        RMSProp,
        Adam,
        AdamW,
        AMSGrad,
        NAdam,
        RAdam,
        AdaMax,
        AdaBelief,
        Yogi,
        Rprop,
        SignSGD,
        Lion,
        ScheduleFreeSGD,
        Prodigy,
        Polyak,
        Hypergradient,
        Armijo,
        BarzilaiBorwein,
        DoG,
        SAM,
        Newton,
        BFGS,
    )
}
TRAINERS = {slug: cls for slug, cls in OPTIMIZERS.items() if cls.scales and not cls.needs}
"""Those that any model can be trained with, however many coordinates it has and whatever is known of its loss."""

__all__ = [
    "BFGS",
    "GD",
    "OPTIMIZERS",
    "SAM",
    "TRAINERS",
    "WRAPPERS",
    "AMSGrad",
    "AdaBelief",
    "AdaDelta",
    "AdaGrad",
    "AdaMax",
    "Adam",
    "AdamW",
    "Armijo",
    "Averaged",
    "BarzilaiBorwein",
    "Clipped",
    "DoG",
    "Hypergradient",
    "Lion",
    "Lookahead",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Newton",
    "Optimizer",
    "Oracle",
    "PerAxis",
    "PerCoordinate",
    "Polyak",
    "Prodigy",
    "RAdam",
    "RMSProp",
    "Rprop",
    "ScheduleFreeSGD",
    "SignSGD",
    "State",
    "Wrapper",
    "Yogi",
    "layers",
    "numbers",
    "unwrapped",
    "with_layer",
    "with_number",
    "wrapped",
]
