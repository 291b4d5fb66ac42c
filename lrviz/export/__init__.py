"""A scene as a file: a script that runs by itself, a table of every step, or data."""

from lrviz.export.data import SCHEMA, as_csv, as_json
from lrviz.export.numpy_script import numpy_script
from lrviz.export.optax_script import optax_script
from lrviz.export.torch_script import torch_script

__all__ = ["SCHEMA", "as_csv", "as_json", "numpy_script", "optax_script", "torch_script"]
