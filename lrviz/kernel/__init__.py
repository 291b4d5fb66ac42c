"""One formula, four machines: a run's NumPy formulas are recorded once, and written as JavaScript, as a loop over plain
numbers, and as a loop over rows of thousands.

NumPy stays the judge: what is written must agree with it.
"""

from lrviz.kernel.javascript import javascript
from lrviz.kernel.program import Program, canonical, program, values
from lrviz.kernel.rows import Rows
from lrviz.kernel.scalar import Scalars, run
from lrviz.kernel.trace import TraceError

__all__ = ["Program", "Rows", "Scalars", "TraceError", "canonical", "javascript", "program", "run", "values"]
