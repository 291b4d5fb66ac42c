"""How many threads the products of matrices take."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Matrices of this size are no work for several threads: they would only wait for each other.

    On a machine that has other work the waiting made training five times as slow.
    """
    return _libraries("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas")


@cache
def _libraries(with_scipy: bool) -> ThreadpoolController:
    """Those that are loaded: SciPy brings one of its own, and may come later."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
