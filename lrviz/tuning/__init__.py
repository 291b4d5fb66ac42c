"""Choosing the learning rate: the range test, searches and a fair race, each beside the truth."""

from lrviz.tuning.fair import Race, Rule, fairly
from lrviz.tuning.meta_gradient import MetaGradient, meta_gradient
from lrviz.tuning.range_test import RangeTest, range_test
from lrviz.tuning.repeat import Repeated, repeat
from lrviz.tuning.search import METHODS, Search, search
from lrviz.tuning.task import Course, Task
from lrviz.tuning.truth import Truth, truth

__all__ = [
    "METHODS",
    "Course",
    "MetaGradient",
    "Race",
    "RangeTest",
    "Repeated",
    "Rule",
    "Search",
    "Task",
    "Truth",
    "fairly",
    "meta_gradient",
    "range_test",
    "repeat",
    "search",
    "truth",
]
