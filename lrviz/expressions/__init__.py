"""What a person types as f(x, y): read, differentiated, evaluated and looked over. No text is ever run.

`lrviz.expressions.symbolic`, which prints derivatives, loads sympy and is imported by whoever shows them.
"""

from lrviz.expressions.bounds import is_bounded_below, is_smooth
from lrviz.expressions.differentiate import Derived, derive
from lrviz.expressions.parse import MOST_DEPTH, MOST_EXPONENT, MOST_NODES, canonical, parse
from lrviz.expressions.stationary import Found, StationaryPoint, lowest_places, stationary_points
from lrviz.expressions.tree import ExpressionError, Node, latex, spelled

__all__ = [
    "MOST_DEPTH",
    "MOST_EXPONENT",
    "MOST_NODES",
    "Derived",
    "ExpressionError",
    "Found",
    "Node",
    "StationaryPoint",
    "canonical",
    "derive",
    "is_bounded_below",
    "is_smooth",
    "latex",
    "lowest_places",
    "parse",
    "spelled",
    "stationary_points",
]
