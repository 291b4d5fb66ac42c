"""One step taken apart: its lines, its numbers, and the parts that it is the sum of.

No formula is written a second time. An optimizer's own `step` is recorded on symbols, and the names of the values on
its way are those of its own variables.
"""

from lrviz.anatomy.dissection import Dissection, dissect
from lrviz.anatomy.notation import letters, numbers
from lrviz.anatomy.recording import Line, Recording, record

__all__ = ["Dissection", "Line", "Recording", "dissect", "letters", "numbers", "record"]
