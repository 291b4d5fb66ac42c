"""Choosing the learning rate: the range test, searches, and a fair race, each beside the truth."""

from lrviz.tuning.task import Course, Problem, Task

__all__ = ["Course", "Problem", "Task"]
