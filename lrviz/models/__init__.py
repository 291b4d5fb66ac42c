"""Real models on real data: problems for the same optimizers and schedules."""

from lrviz.models.clients import Clients, Quadratics, by_label, quadratics, shared
from lrviz.models.data import SETS, Data, load
from lrviz.models.federated import Federated
from lrviz.models.follow import Followed, follow, looks
from lrviz.models.linear import Hinge, LogisticRegression
from lrviz.models.minibatches import Minibatches
from lrviz.models.mlp import MLP
from lrviz.models.reinforce import Reinforce
from lrviz.models.slice import Slice

__all__ = [
    "MLP",
    "SETS",
    "Clients",
    "Data",
    "Federated",
    "Followed",
    "Hinge",
    "LogisticRegression",
    "Minibatches",
    "Quadratics",
    "Reinforce",
    "Slice",
    "by_label",
    "follow",
    "load",
    "looks",
    "quadratics",
    "shared",
]
