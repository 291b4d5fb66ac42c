"""Real models on real data: problems for the same optimizers and schedules."""

from lrviz.models.data import SETS, Data, load
from lrviz.models.follow import Followed, follow, looks
from lrviz.models.minibatches import Minibatches
from lrviz.models.mlp import MLP

__all__ = ["MLP", "SETS", "Data", "Followed", "Minibatches", "follow", "load", "looks"]
