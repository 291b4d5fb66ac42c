"""A formula with its gradient and its Hessian, by the chain rule, part by part.

Each part of the tree is written down with its five derivatives, made of those of the parts below it: so there are at
most some twenty operations for each part, however deep a formula is. The derivatives that people read are sympy's, in
`lrviz.expressions.symbolic`; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lrviz.expressions.evaluate import Formula, Operand, Recorder
from lrviz.expressions.parse import parse
from lrviz.expressions.tree import CONSTANTS, ExpressionError, Node


@dataclass(frozen=True)
class Derived:
    """Of (x, y): the loss; ∂x and ∂y; ∂xx, ∂xy and ∂yy."""

    tree: Node
    loss: Formula
    grad: Formula
    hess: Formula

    @property
    def constant_hessian(self) -> bool:
        """Whether no part of the Hessian depends on the place."""
        return all(type(one) is float for one in self.hess.results)


@lru_cache(maxsize=256)
def derive(text: str) -> Derived:
    """What was typed, ready to be evaluated; ExpressionError, which points at the place, where it is no formula."""
    tree = parse(text)
    chain = _Chain()
    jet = chain.jet(tree)
    if jet.x == jet.y == 0.0 and type(jet.x) is type(jet.y) is float:
        raise ExpressionError("it is the same everywhere: there is nothing to descend", text, 0, len(text))
    loss = Recorder()
    return Derived(
        tree,
        loss.formula([_typed(tree, loss)]),
        chain.formula([jet.x, jet.y]),
        chain.formula([jet.xx, jet.xy, jet.yy]),
    )


def _typed(node: Node, recorder: Recorder) -> Operand:
    """The value of a part, computed as it was typed."""
    if node.operation == "number":
        return float(node.value or 0)
    if node.operation == "name":
        return {"x": 0, "y": 1}[str(node.value)] if node.value in ("x", "y") else CONSTANTS[str(node.value)]
    operands = [_typed(argument, recorder) for argument in node.arguments]
    if node.operation == "power":
        return _power(recorder, operands[0], float(operands[1]))
    return recorder.put(node.operation, *operands)


def _power(recorder: Recorder, base: Operand, exponent: float) -> Operand:
    """uⁿ: a whole one by multiplying, which is rounded alike everywhere; a half by a root."""
    if exponent < 0:
        return recorder.put("divide", 1.0, _power(recorder, base, -exponent))
    if exponent == 0:
        return 1.0
    if exponent == 0.5:
        return recorder.put("sqrt", base)
    if not exponent.is_integer():
        return recorder.put("power", base, exponent)
    result: Operand | None = None
    left = int(exponent)
    while True:
        if left & 1:
            result = base if result is None else recorder.put("multiply", result, base)
        left >>= 1
        if not left:
            return 1.0 if result is None else result
        base = recorder.put("multiply", base, base)


class _Jet(NamedTuple):
    """A part and its derivatives."""

    value: Operand
    x: Operand
    y: Operand
    xx: Operand
    xy: Operand
    yy: Operand


class _Chain(Recorder):
    """Writes parts down with their derivatives. What is 0 by its form is not computed."""

    def jet(self, node: Node) -> _Jet:
        operation = node.operation
        if operation == "number" or node.value in CONSTANTS:
            return _Jet(_typed(node, self), 0.0, 0.0, 0.0, 0.0, 0.0)
        if operation == "name":
            return _Jet(0, 1.0, 0.0, 0.0, 0.0, 0.0) if node.value == "x" else _Jet(1, 0.0, 1.0, 0.0, 0.0, 0.0)
        if operation == "power":
            exponent = float(_typed(node.arguments[1], self))
            base = node.arguments[0]
            if base.operation == "abs" and exponent > 0 and exponent % 2 == 0:
                base = base.arguments[0]  # |u|² is u², and has no kink
            return self._to_the_power(self.jet(base), exponent)
        if operation == "sqrt":
            inner = node.arguments[0]
            if inner.operation == "power" and _typed(inner.arguments[1], self) == 2.0:
                return self._size(self.jet(inner.arguments[0]))  # √u² is |u|
            return self._to_the_power(self.jet(inner), 0.5)
        jets = [self.jet(argument) for argument in node.arguments]
        if operation in ("add", "subtract"):
            return _Jet(*(self._sum(operation, a, b) for a, b in zip(*jets, strict=True)))
        if operation == "negative":
            return _Jet(*map(self._minus, jets[0]))
        if operation == "multiply":
            return self._product(*jets)
        if operation == "divide":
            return self._quotient(*jets)
        if operation == "abs":
            return self._size(*jets)
        return self._composed(operation, *jets)

    # ---- arithmetic that knows 0 and 1

    def _sum(self, operation: str, a: Operand, b: Operand) -> Operand:
        if _is(b, 0.0):
            return a
        if _is(a, 0.0):
            return b if operation == "add" else self._minus(b)
        return self.put(operation, a, b)

    def _minus(self, a: Operand) -> Operand:
        return 0.0 if _is(a, 0.0) else self.put("negative", a)

    def _times(self, *factors: Operand) -> Operand:
        if any(_is(factor, 0.0) for factor in factors):
            return 0.0
        product: Operand = 1.0
        for factor in factors:
            if _is(product, 1.0):
                product = factor
            elif not _is(factor, 1.0):
                product = self.put("multiply", product, factor)
        return product

    def _over(self, a: Operand, b: Operand, operation: str = "divide") -> Operand:
        return 0.0 if _is(a, 0.0) else self.put(operation, a, b)

    def _add(self, *terms: Operand) -> Operand:
        total: Operand = 0.0
        for term in terms:
            total = self._sum("add", total, term)
        return total

    # ---- rules

    def _product(self, a: _Jet, b: _Jet) -> _Jet:
        times = self._times

        def twice(a_pq: Operand, b_pq: Operand, first: Operand, second: Operand) -> Operand:
            return self._add(times(a_pq, b.value), first, second, times(a.value, b_pq))

        return _Jet(
            self.put("multiply", a.value, b.value),
            self._add(times(a.x, b.value), times(a.value, b.x)),
            self._add(times(a.y, b.value), times(a.value, b.y)),
            twice(a.xx, b.xx, times(2.0, a.x, b.x), 0.0),
            twice(a.xy, b.xy, times(a.x, b.y), times(a.y, b.x)),
            twice(a.yy, b.yy, times(2.0, a.y, b.y), 0.0),
        )

    def _quotient(self, a: _Jet, b: _Jet) -> _Jet:
        q = self.put("divide", a.value, b.value)

        def once(a_p: Operand, b_p: Operand) -> Operand:
            return self._over(self._sum("subtract", a_p, self._times(q, b_p)), b.value)

        x, y = once(a.x, b.x), once(a.y, b.y)

        def twice(a_pq: Operand, b_pq: Operand, *mixed: Operand) -> Operand:
            less = self._add(*mixed, self._times(q, b_pq))
            return self._over(self._sum("subtract", a_pq, less), b.value)

        return _Jet(
            q,
            x,
            y,
            twice(a.xx, b.xx, self._times(2.0, x, b.x)),
            twice(a.xy, b.xy, self._times(x, b.y), self._times(y, b.x)),
            twice(a.yy, b.yy, self._times(2.0, y, b.y)),
        )

    def _outer(self, value: Operand, u: _Jet, first: Operand, second: Operand) -> _Jet:
        """f(u), of which f′(u) and f″(u) are known."""

        def twice(p: Operand, q: Operand, pq: Operand) -> Operand:
            return self._add(self._times(second, p, q), self._times(first, pq))

        return _Jet(
            value,
            self._times(first, u.x),
            self._times(first, u.y),
            twice(u.x, u.x, u.xx),
            twice(u.x, u.y, u.xy),
            twice(u.y, u.y, u.yy),
        )

    def _to_the_power(self, u: _Jet, n: float) -> _Jet:
        value = _power(self, u.value, n)
        if type(u.value) is float or n in (0.0, 1.0):
            return u if n == 1.0 else _Jet(value, 0.0, 0.0, 0.0, 0.0, 0.0)
        first = self._times(n, _power(self, u.value, n - 1))
        second = self._times(n * (n - 1), _power(self, u.value, n - 2))
        jet = self._outer(value, u, first, second)
        if not 0 < n < 1:
            return jet
        below = _power(self, u.value, 1 - n)  # at its 0 is the tip of a cone, or an edge
        return jet._replace(
            x=self._over(self._times(n, u.x), below, "slope"),
            y=self._over(self._times(n, u.y), below, "slope"),
        )

    def _size(self, u: _Jet) -> _Jet:
        sign, kink = self.put("sign", u.value), self.put("kink", u.value)

        def twice(p: Operand, q: Operand, pq: Operand) -> Operand:
            bent = not (_is(p, 0.0) or _is(q, 0.0))
            return self._add(self._times(sign, pq), kink if bent else 0.0)

        return _Jet(
            self.put("abs", u.value),
            self._times(sign, u.x),
            self._times(sign, u.y),
            twice(u.x, u.x, u.xx),
            twice(u.x, u.y, u.xy),
            twice(u.y, u.y, u.yy),
        )

    def _composed(self, name: str, u: _Jet) -> _Jet:
        value = self.put(name, u.value)
        if type(u.value) is float:
            return _Jet(value, 0.0, 0.0, 0.0, 0.0, 0.0)
        return self._outer(value, u, *self._slopes(name, value, u.value))

    def _slopes(self, name: str, f: Operand, u: Operand) -> tuple[Operand, Operand]:
        """f′(u) and f″(u). f: the value."""
        put, minus, times = self.put, self._minus, self._times
        if name == "sin":
            return put("cos", u), minus(f)
        if name == "cos":
            return minus(put("sin", u)), minus(f)
        if name == "sinh":
            return put("cosh", u), f
        if name == "cosh":
            return put("sinh", u), f
        if name == "exp":
            return f, f
        if name == "log":
            first = put("divide", 1.0, u)
            return first, minus(times(first, first))
        if name == "tan":
            first = put("add", 1.0, times(f, f))
            return first, times(2.0, f, first)
        if name == "tanh":
            cosh = put("cosh", u)
            first = put("divide", 1.0, put("multiply", cosh, cosh))  # 1 − f² would lose its digits
            return first, times(-2.0, f, first)
        if name == "atan":
            first = put("divide", 1.0, put("add", 1.0, times(u, u)))
            return first, times(-2.0, u, first, first)
        # asin and acos
        inside = put("multiply", put("subtract", 1.0, u), put("add", 1.0, u))
        first = put("divide", 1.0 if name == "asin" else -1.0, put("sqrt", inside))
        return first, times(u, put("divide", first, inside))


def _is(operand: Operand, number: float) -> bool:
    return type(operand) is float and operand == number
