"""One formula, three machines: a run's NumPy formulas are recorded once, and written as JavaScript and as a plain loop.

NumPy stays the judge: it runs batches, and what is written must agree with it.
"""

from lrviz.kernel.javascript import javascript
from lrviz.kernel.program import Program, canonical, program, values
from lrviz.kernel.scalar import Scalars, run
from lrviz.kernel.trace import TraceError

__all__ = ["Program", "Scalars", "TraceError", "canonical", "javascript", "program", "run", "values"]
