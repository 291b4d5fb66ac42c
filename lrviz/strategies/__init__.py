"""Strategies for the learning rate, compared: what is said for and against each, with a scene that shows it."""

from lrviz.strategies.adaptive import ADAPTIVE
from lrviz.strategies.automatic import AUTOMATIC
from lrviz.strategies.breadth import Breadth, breadth
from lrviz.strategies.claims import Claim, Measured, Strategy
from lrviz.strategies.cyclical import CYCLICAL
from lrviz.strategies.decay import DECAY
from lrviz.strategies.fixed import FIXED
from lrviz.strategies.warmup import WARMUP

STRATEGIES: tuple[Strategy, ...] = (FIXED, DECAY, WARMUP, CYCLICAL, ADAPTIVE, AUTOMATIC)

__all__ = ["STRATEGIES", "Breadth", "Claim", "Measured", "Strategy", "breadth"]
