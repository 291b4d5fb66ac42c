"""What can be recorded is recorded in order; what cannot is refused with a sentence that says where and why."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from lrviz import GD, Adam, Constant, Optimizer, RMSProp, Rosenbrock, WarmRestarts, kernel
from lrviz.declare import Array, Number
from lrviz.kernel.trace import Graph, Traced, TraceError, in_order
from lrviz.optimizers import Oracle, State


def point(graph: Graph) -> Traced:
    return np.stack([Traced(graph, graph.input(name)) for name in ("x", "y")])[:, None]


def test_equal_nodes_are_stored_once_and_nothing_is_rearranged() -> None:
    graph = Graph()
    x, y = point(graph)
    (once,), (again,) = (x * y + 1).nodes, (x * y + 1).nodes
    assert once is again
    assert (x * y + 1).nodes[0] is not (y * x + 1).nodes[0]
    assert [node.operation for node in in_order([(0 * x).nodes[0]])] == ["constant", "input", "multiply"]


def test_constants_keep_their_sign_and_their_bits() -> None:
    graph = Graph()
    assert graph.constant(0.0) is not graph.constant(-0.0)
    assert graph.constant(float("nan")) is graph.constant(float("nan"))
    assert graph.constant(1.0) is not graph.constant(True)


def test_what_constants_decide_is_decided() -> None:
    graph = Graph()
    (x,) = Traced(graph, graph.input("x")).nodes.ravel()
    yes = graph.constant(True)
    assert graph.node("where", yes, x, graph.constant(1.0)) is x
    assert graph.node("and", yes, graph.node("less", x, x)).operation == "less"
    assert graph.node("or", yes, graph.node("less", x, x)) is yes
    assert graph.node("divide", graph.constant(1.0), graph.constant(0.0)).value == np.inf


@pytest.mark.parametrize(
    ("formula", "named", "remedy"),
    [
        (lambda x: np.clip(x, 0, 1), "np.clip", "np.minimum and np.maximum"),
        (lambda x: x**2, "a whole power (x ** 2)", "x * x"),
        (lambda x: x if x > 0 else -x, "a branch on a value", "np.where"),
        (lambda x: max(x, 0), "a branch on a value", "np.maximum"),
        (lambda x: x and 1, "a branch on a value", "np.logical_and"),
        (lambda x: np.hypot(x, x), "np.hypot", "lrviz.surfaces.length"),
        (lambda x: np.array([x, x]), "np.array of recorded values", "np.stack"),
        (lambda x: np.dot(x, x), "np.dot", "a sum of products"),
        (lambda x: x @ x, "np.matmul", "a sum of products"),
        (lambda x: np.add.reduce(x), "np.add.reduce", "np.where"),
        (lambda x: np.exp(x, out=x), "np.exp in place", "a new name"),
        (lambda x: np.remainder(x, 3), "np.remainder", "np.floor"),
        (lambda x: float(x), "float() of a value", "the value as it is"),
        (lambda x: int(x), "int() of a value", "np.floor"),
        (lambda x: x.mean(), ".mean of a value", "a sum"),
        (lambda x: np.median(x), "np.median", "np.where"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_recorded_is_refused_with_a_remedy(formula, named, remedy) -> None:
    graph = Graph()
    with pytest.raises(TraceError) as refusal:
        formula(Traced(graph, graph.input("x")))
    assert named in str(refusal.value)
    assert remedy in str(refusal.value)
    assert "test_trace.py:" in str(refusal.value)


def test_an_assignment_in_place_is_refused() -> None:
    x, y = point(Graph())
    with pytest.raises(TraceError, match=r"np\.add in place.*a new name.*x \+= y"):
        x += y
    with pytest.raises(TraceError, match=r"assignment to an element.*np\.stack"):
        x[0] = y


@dataclass(frozen=True)
class Hidden(Optimizer):
    """Counts by itself, which no recording can follow."""

    slug = "hidden"
    title = "Hidden"
    typical_eta = 0.1
    calls: ClassVar[list[int]] = [0]

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        self.calls[0] += 1
        return theta - eta * self.calls[0] * oracle.grad(theta), state


def test_a_formula_that_counts_by_itself_is_refused() -> None:
    with pytest.raises(TraceError, match="Hidden on Rosenbrock is another formula when it is recorded again"):
        kernel.program(Rosenbrock(), Hidden(), Constant())


@dataclass(frozen=True)
class Powers(Rosenbrock):
    def loss(self, theta: Array) -> Array:
        x, y = theta
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def test_the_sentence_names_line_operation_and_remedy() -> None:
    sentence = (
        r"test_trace.py:\d+: a whole power \(x \*\* 2\) cannot be recorded; write it with products \(x \* x\): return"
    )
    with pytest.raises(TraceError, match=sentence):
        kernel.program(Powers(), GD(), Constant())


def test_numbers_are_parameters_and_switches_are_not() -> None:
    one, other = (
        kernel.program(Rosenbrock(), Adam(), Constant()),
        kernel.program(Rosenbrock(), Adam(0.5), Constant(0.3)),
    )
    assert one is other
    assert one.parameters == (
        *("start_x", "start_y", "optimizer.beta1", "optimizer.beta2", "optimizer.eps", "schedule.eta"),
    )
    assert kernel.program(Rosenbrock(), RMSProp(), Constant()) is not kernel.program(
        Rosenbrock(), RMSProp(centered=True), Constant()
    )
    restarts = kernel.program(Rosenbrock(), Adam(), WarmRestarts(period=7))
    assert restarts is kernel.program(Rosenbrock(), Adam(), WarmRestarts(period=9))
    assert restarts is not kernel.program(Rosenbrock(), Adam(), WarmRestarts(period_mult=2))
