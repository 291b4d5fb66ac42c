"""The calls that the reference names exist, and those of which it names no difference give the same path.

Needs optax, PyTorch and, for Keras's calls, Keras: `make parity`.
"""

import importlib
import os
import re
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import optax
import pytest

from lrviz.catalogue import Call, Entry, entries
from lrviz.optimizers import Optimizer
from lrviz.schedules import Schedule
from lrviz.surfaces import Quadratic

os.environ.setdefault("KERAS_BACKEND", "jax")
jax.config.update("jax_enable_x64", True)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

STEPS, ETA = 40, 0.05
BOWL = Quadratic()
CALLS = [(entry, call) for entry in entries().values() for call in entry.calls if call.code and "…" not in call.code]
VALUES = {"weight_decay": 0.1, "initial_accumulator": 0.1, "eps": 1e-6, "beta": 0.8, "drop": 0.5, "every": 7}
"""Numbers that show more than the defaults."""
MAY_BE_ABSENT = {"adabelief_pytorch", "torch_optimizer", "lion_pytorch", "schedulefree", "prodigyopt"}


def ids(value: object) -> str:
    return value.key if isinstance(value, Entry) else value.library if isinstance(value, Call) else str(value)


@pytest.mark.parametrize(("entry", "call"), CALLS, ids=ids)
def test_what_is_called_exists(entry: Entry, call: Call) -> None:
    names = re.findall(r"\b(?:torch|optax|keras|scipy|transformers)(?:\.\w+)+", call.code)
    assert names or call.code.partition(".")[0] in MAY_BE_ABSENT or call.library in ("Authors", "transformers")
    for name in names:
        module, *rest = name.split(".")
        found = pytest.importorskip(module)
        for part in rest:
            found = getattr(found, part, None) or importlib.import_module(f"{found.__name__}.{part}")
        assert callable(found)


def same(library: str) -> Any:
    """The calls of a library to which no difference is named."""
    some = [(entry, call) for entry, call in CALLS if call.library == library and not call.note]
    return pytest.mark.parametrize(("entry", "call"), some, ids=ids)


@same("optax")
def test_optax(entry: Entry, call: Call) -> None:
    check(entry, call, {"optax": optax}, optax_path)


@same("Keras")
def test_keras(entry: Entry, call: Call) -> None:
    import keras  # after its backend is chosen

    keras.config.set_floatx("float64")
    check(entry, call, {"keras": keras}, keras_path)


def check(entry: Entry, call: Call, names: dict[str, Any], path: Callable[[Any], Any]) -> None:
    if entry.key in OTHERWISE:
        pytest.skip(OTHERWISE[entry.key])
    ours = made(entry)
    theirs = eval(code(call.code, ours), names)  # the project's own text, in a test
    if isinstance(ours, Schedule):
        steps = [0, 1, 6, 7, 8, 20, 60, 200, 299, 300, 320]
        rates = [float(theirs(t)) for t in steps]
        np.testing.assert_allclose(rates, [float(ours(t)) for t in steps], rtol=1e-6, atol=1e-9)
    else:
        np.testing.assert_allclose(path(theirs), our_path(ours), rtol=1e-8, atol=1e-12)


OTHERWISE = {
    "polyak": "is told the loss too: compared in tests/test_parity.py",
    "sam": "asks for two gradients a step: compared in tests/test_parity.py",
    "plateau": "is told the loss",
    "multi_step": "names its milestones in another form",
    "constant": "is a number",
    "warmup": "goes round another schedule",
    "clip": "goes round another optimizer",
}


def made(entry: Entry) -> Any:
    given = {field.name: VALUES[field.name] for field in entry.fields if field.name in VALUES}
    if issubclass(entry.cls, Schedule):
        return entry.cls(**given | {"eta": ETA})  # type: ignore[call-arg]
    return entry.cls(**given)


def code(text: str, ours: Any) -> str:
    """The call with numbers in place of its letters."""
    values = {field.symbol: repr(getattr(ours, field.name)) for field in ours.hypers()} | {"η": repr(ETA)}
    text = text.replace("−", "-").replace("f*", "0.0")
    for symbol in sorted(values, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.⁻⁺]){re.escape(symbol)}(?![\w=₀₁₂⁻⁺])", values[symbol], text)
    return text


def our_path(optimizer: Optimizer) -> Any:
    theta = np.array([[1.5], [1.0]])
    state, path = optimizer.init(theta), []
    for t in range(1, STEPS + 1):
        theta, state = optimizer.step(t, ETA, theta, Known(), state)
        path.append(theta[:, 0])
    return np.array(path)


class Known:
    """An oracle of the bowl."""

    infimum = 0.0

    def loss(self, theta: Any, asked: Any = True) -> Any:
        return BOWL.loss(theta)

    def grad(self, theta: Any, asked: Any = True) -> Any:
        return BOWL.grad(theta)


def slope(theta: Any) -> Any:
    return jax.numpy.array(BOWL.grad(np.asarray(theta)))


def optax_path(optimizer: Any) -> Any:
    theta = jax.numpy.array([1.5, 1.0])
    state, path = optimizer.init(theta), []
    for _ in range(STEPS):
        updates, state = optimizer.update(slope(theta), state, theta)
        theta = optax.apply_updates(theta, updates)
        path.append(np.asarray(theta))
    return np.array(path)


def keras_path(optimizer: Any) -> Any:
    import keras

    variable, path = keras.Variable(np.array([1.5, 1.0]), dtype="float64"), []
    for _ in range(STEPS):
        optimizer.apply([slope(variable.value)], [variable])
        path.append(np.asarray(variable.value))
    return np.array(path)


@pytest.mark.parametrize("text", ["optax.adam(η, b1=β₂, b2=β₂, eps=ε)", "optax.adam(η, b1=β₁, b2=β₂, eps_root=ε)"])
def test_a_wrong_call_is_found(text: str) -> None:
    with pytest.raises(AssertionError):
        check(entries()["adam"], Call("optax", text, ""), {"optax": optax}, optax_path)
