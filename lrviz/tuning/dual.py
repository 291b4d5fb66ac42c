"""Dual numbers: run on them, a NumPy formula yields its derivative too.

A `Dual` stands where an array would. Beside each value it carries the value's derivative by one number, here log η, and
every operation carries it on by the chain rule: forward differentiation, exact to rounding. Source: Griewank & Walther
(2008), Evaluating Derivatives, 2nd ed., chapter 3.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from lrviz.declare import Array

Partial = Callable[..., Any]

_PARTIALS: dict[str, tuple[Partial, ...]] = {
    "add": (lambda x, y, f: 1.0, lambda x, y, f: 1.0),
    "subtract": (lambda x, y, f: 1.0, lambda x, y, f: -1.0),
    "multiply": (lambda x, y, f: y, lambda x, y, f: x),
    "divide": (lambda x, y, f: 1 / y, lambda x, y, f: -f / y),
    "power": (lambda x, y, f: y * np.power(x, y - 1), lambda x, y, f: f * np.log(x)),
    "maximum": (lambda x, y, f: np.greater_equal(x, y), lambda x, y, f: np.less(x, y)),
    "minimum": (lambda x, y, f: np.less_equal(x, y), lambda x, y, f: np.greater(x, y)),
    "negative": (lambda x, f: -1.0,),
    "absolute": (lambda x, f: np.sign(x),),
    "sqrt": (lambda x, f: 0.5 / np.where(np.equal(f, 0), np.inf, f),),
    "exp": (lambda x, f: f,),
    "expm1": (lambda x, f: f + 1,),
    "log": (lambda x, f: 1 / x,),
    "log10": (lambda x, f: 1 / (x * np.log(10.0)),),
    "sin": (lambda x, f: np.cos(x),),
    "cos": (lambda x, f: -np.sin(x),),
    "tan": (lambda x, f: 1 + f * f,),
    "arcsin": (lambda x, f: 1 / np.sqrt(1 - x * x),),
    "arccos": (lambda x, f: -1 / np.sqrt(1 - x * x),),
    "arctan": (lambda x, f: 1 / (1 + x * x),),
    "sinh": (lambda x, f: np.cosh(x),),
    "cosh": (lambda x, f: np.sinh(x),),
    "tanh": (lambda x, f: 1 - f * f,),
}
"""{operation: its derivative by each argument, of the arguments and the result}.

At √0 it is taken as 0: what is never negative does not move where it is 0, and a coordinate whose gradients are 0
whatever η is stays where it is. The larger of two equal numbers is the first, as good a choice as any: there is a kink.
"""
_PARTIALS |= {"fmax": _PARTIALS["maximum"], "fmin": _PARTIALS["minimum"], "fabs": _PARTIALS["absolute"]}

_STEPS = {"sign", "floor", "ceil", "rint", "trunc"}
"""Constant but for jumps."""
_ORDER = {"less", "less_equal", "greater", "greater_equal"}
"""Comparisons that are true on one side and false on the other."""
_PLAIN = {"equal", "not_equal", "isfinite", "isnan", "isinf"}
"""What is decided by single points, or by whether a run has blown up."""

_ROOT = Path(__file__).parents[1]
_GUARDED = (str(_ROOT / "surfaces"), str(_ROOT / "lengths.py"), str(_ROOT / "iterate.py"))
_SKIPPED = (__file__, str(Path(np.__file__).parent))


@dataclass(frozen=True)
class Jump:
    """A place in a formula whose result jumps where a number that is differentiated by reaches a value."""

    owner: str
    """The title of the part whose formula it is, or the function's name."""
    operation: str
    """NumPy's name of what jumps."""
    line: str
    """The file and the line."""


class DualError(TypeError):
    """A formula that uses a function whose derivative is not known here."""


class Dual(NDArrayOperatorsMixin):
    """An array and its derivative, of one shape.

    jumps: where the jumps that its operations meet are noted, one for all that belongs together. A comparison counts as
    one where its outcome depends on what is differentiated by, a sign or a floor too: they cut the axis into pieces,
    and a derivative within a piece says nothing of the whole. Not so in the formulas of surfaces, which are
    continuous, and in the loop's own questions, whether a run has blown up.
    """

    __array_priority__ = 1000

    def __init__(self, value: Any, slope: Any, jumps: list[Jump]) -> None:
        self.value: Array = np.asarray(value, dtype=np.float64)
        same = np.shape(slope) == self.value.shape
        self.slope: Array = slope if same else np.broadcast_to(np.asarray(slope, dtype=np.float64), self.value.shape)
        self.jumps = jumps

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def ndim(self) -> int:
        return self.value.ndim

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Dual]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Dual:
        return Dual(self.value[index], self.slope[index], self.jumps)

    def sum(self, axis: int | None = None) -> Dual:
        return Dual(self.value.sum(axis=axis), self.slope.sum(axis=axis), self.jumps)

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise DualError("a value with a derivative was made a plain array, which has none; write it with np.stack")

    def __bool__(self) -> bool:
        raise DualError("a formula branches on a value; write it with np.where")

    # Equality is an operation, so identity is the hash.
    __hash__ = object.__hash__

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        values = [value(one) for one in inputs]
        if method != "__call__" or options:
            raise DualError(f"np.{name}.{method} with {', '.join(options) or 'no options'} has no derivative here")
        if name in _ORDER | _STEPS:
            self._note(name)
        if name in _ORDER | _STEPS | _PLAIN:
            return ufunc(*values)
        if name not in _PARTIALS:
            raise DualError(f"the derivative of np.{name} is not known here")
        result = ufunc(*values)
        slope: Any = 0.0
        for one, partial in zip(inputs, _PARTIALS[name], strict=True):
            if isinstance(one, Dual):
                slope = slope + partial(*values, result) * one.slope
        return Dual(result, slope, self.jumps)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        if function not in _FUNCTIONS:
            raise DualError(f"the derivative of np.{function.__name__} is not known here")
        return _FUNCTIONS[function](self.jumps, *arguments, **options)

    def _note(self, operation: str) -> None:
        """Note a jump with the line that it is on, unless that line is exempt."""
        frame = sys._getframe(2)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(_SKIPPED):
            frame = frame.f_back
        path = frame.f_code.co_filename
        if operation in _ORDER and path.startswith(_GUARDED):
            return
        jump = Jump(_owner(frame), operation, f"{Path(path).name}:{frame.f_lineno}")
        if jump not in self.jumps:
            self.jumps.append(jump)


def _owner(frame: FrameType) -> str:
    """The title of the part that is at work, be it in a function that it called; else the function's name."""
    called: FrameType | None = frame
    while called is not None:
        if title := getattr(called.f_locals.get("self"), "title", ""):
            return str(title)
        called = called.f_back
    return frame.f_code.co_name


def value(one: Any) -> Any:
    """The value without its derivative; what has none is itself."""
    return one.value if isinstance(one, Dual) else one


def slope(one: Any) -> Any:
    """The derivative; 0 where there is none."""
    return one.slope if isinstance(one, Dual) else 0.0


# ---- NumPy's functions that are not ufuncs


def _where(jumps: list[Jump], condition: Any, yes: Any, no: Any) -> Dual:
    chosen = np.where(condition, value(yes), value(no))
    return Dual(chosen, np.where(condition, slope(yes), slope(no)), jumps)


def _stack(jumps: list[Jump], arrays: Sequence[Any], axis: int = 0) -> Dual:
    # Broadcast first: beside (B,) a formula may stack one number for all.
    values = np.broadcast_arrays(*map(value, arrays))
    slopes = [np.broadcast_to(slope(one), values[0].shape) for one in arrays]
    return Dual(np.stack(values, axis=axis), np.stack(slopes, axis=axis), jumps)


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: _where,
    np.stack: _stack,
    np.sum: lambda jumps, one, axis=None: one.sum(axis=axis),
    np.max: lambda jumps, one, axis: reduce(np.maximum, one),
    np.zeros_like: lambda jumps, like: np.zeros_like(like.value),
    np.ones_like: lambda jumps, like: np.ones_like(like.value),
    np.full_like: lambda jumps, like, fill: _where(jumps, np.full(like.shape, True), fill, 0.0),
    np.shape: lambda jumps, one: one.shape,
    np.ndim: lambda jumps, one: one.ndim,
}
