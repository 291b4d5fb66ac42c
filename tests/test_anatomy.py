"""A step taken apart is still the step: its lines give its numbers, its parts add up to it, and its print says it."""

import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from lrviz import (
    GD,
    OPTIMIZERS,
    AdaGrad,
    Adam,
    AdamW,
    Additive,
    AMSGrad,
    Cosine,
    Minibatch,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RMSProp,
    Rosenbrock,
    simulate,
)
from lrviz.anatomy import Dissection, dissect, letters, numbers, record
from lrviz.anatomy.dissection import with_optimizer
from lrviz.anatomy.notation import expression
from lrviz.kernel import TraceError
from lrviz.optimizers import BFGS, WRAPPERS, Armijo, Hypergradient, Lookahead, Wrapper
from lrviz.surfaces import LeastSquares

STEPS = 30


@dataclass(frozen=True)
class Mixed(Optimizer):
    """A method that no table has: it asks twice a step, at a place of its own, and lets the coordinates meet."""

    slug = "mixed"
    title = "Mixed"
    typical_eta = 0.01
    same_as = source = ""

    def init(self, theta: Any) -> Any:
        return {"m": np.zeros_like(theta)}

    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: Any) -> Any:
        g = oracle.grad(theta)
        there = theta + 0.05 * g / np.sqrt(np.sum(g * g, axis=0) + 1.0)
        slope = oracle.grad(there)
        x, y = slope
        m = 0.5 * state["m"] + np.where(np.less_equal(t, 2), 2.0, 0.5) * np.stack([x + 0.3 * y, y - 0.3 * x])
        gain = 1.0 - np.minimum(oracle.loss(theta), 0.5)
        push = np.where(np.less_equal(t, 5), m, m + slope)
        return theta - (eta * gain * push + 0.01 * theta), {"m": m}


VARIANTS: list[Optimizer] = [
    *(cls() for cls in OPTIMIZERS.values() if cls is not Hypergradient),
    Hypergradient(hyper_beta=1e-9, weight_decay=0.1),  # on so steep a surface its default blows up
    GD(weight_decay=0.1),
    Momentum(dampening=0.4, weight_decay=0.1),
    Momentum(beta=0.0, dampening=0.4),
    Nesterov(beta=0.6, weight_decay=0.1),
    AdaGrad(initial_accumulator=0.5),
    RMSProp(beta=0.7, centered=True),
    *(cls(uncorrected=True) for cls in (Adam, AdamW, AMSGrad, NAdam)),
    Adam(beta1=0.0, beta2=0.0, eps=0.1),
    NAdam(momentum_decay=0.0),
    Mixed(),
]
of_all = pytest.mark.parametrize("optimizer", VARIANTS, ids=repr)


def dissected(optimizer: Optimizer, noisy: bool = False) -> Dissection:
    """A run whose rate changes, on a surface that is computed with exact operations alone."""
    noise = Additive(sigma=0.5) if noisy else None
    run = simulate(
        Rosenbrock(), optimizer, Cosine(eta=0.002, period=STEPS), start=(-1.2, 1.1), steps=STEPS, noise=noise, seed=7
    )
    return dissect(run, noise, seed=7)


@pytest.mark.parametrize("noisy", [False, True], ids=["exact", "noisy"])
@of_all
def test_the_lines_come_to_what_the_run_did(optimizer: Optimizer, noisy: bool) -> None:
    dissection = dissected(optimizer, noisy)
    run, recording = dissection.trajectory, dissection.recording
    assert dissection.steps == STEPS
    np.testing.assert_allclose(dissection.of(recording.lines[-1]), run.theta[1:], rtol=1e-15)
    for name, nodes in recording.state.items():
        np.testing.assert_allclose(dissection.table(nodes), run.state[name][1:].reshape(STEPS, -1), rtol=1e-14)


@pytest.mark.parametrize("noisy", [False, True], ids=["exact", "noisy"])
@of_all
def test_the_parts_add_up_to_the_step(optimizer: Optimizer, noisy: bool) -> None:
    dissection = dissected(optimizer, noisy)
    size = np.max(np.abs(dissection.trajectory.theta)) + np.max(
        [np.abs(part).max() for part in dissection.parts.values()]
    )
    total = np.sum(list(dissection.parts.values()), axis=0)
    np.testing.assert_allclose(total, dissection.update, rtol=0, atol=4e-16 * size)
    # Of a sign, and of a product with what the noise is in too, there is no share that is the noise's.
    has_share, has_none = "xi" in dissection.parts, optimizer.slug in ("rprop", "signsgd", "lion", "bfgs")
    assert has_share == (noisy and not has_none)


def test_the_parts_are_the_textbooks() -> None:
    heavy = dissected(Momentum(beta=0.8, dampening=0.4, weight_decay=0.1))
    run, eta = heavy.trajectory, heavy.trajectory.eta[:, None]
    share = np.where(np.arange(STEPS) == 0, 1.0, 0.6)[:, None]
    np.testing.assert_allclose(heavy.parts["m"], -eta * 0.8 * run.state["m"][:-1], rtol=1e-14)
    np.testing.assert_allclose(heavy.parts["grad"], -eta * share * run.grad[:-1], rtol=1e-14)
    np.testing.assert_allclose(heavy.parts["theta"], -eta * share * 0.1 * run.theta[:-1], rtol=1e-14)
    ahead = dissected(Nesterov(beta=0.8))
    run = ahead.trajectory
    np.testing.assert_allclose(ahead.parts["m"], -eta * 0.64 * run.state["m"][:-1], rtol=1e-14)
    np.testing.assert_allclose(ahead.parts["grad"], -eta * 1.8 * run.grad[:-1], rtol=1e-14)
    decayed = dissected(AdamW(weight_decay=0.3))
    np.testing.assert_allclose(decayed.parts["theta"], -eta * 0.3 * decayed.trajectory.theta[:-1], rtol=1e-14)


def test_the_rate_of_each_coordinate_is_the_textbooks() -> None:
    t = np.arange(1, STEPS + 1)[:, None]
    for optimizer, divisor in [
        (AdaGrad(), lambda state: np.sqrt(state["s"])),
        (RMSProp(beta=0.7), lambda state: np.sqrt(state["v"])),
        (Adam(beta2=0.9), lambda state: np.sqrt(state["v"] / (1 - 0.9**t))),
        (Adam(beta2=0.9, uncorrected=True), lambda state: np.sqrt(state["v"])),
        (AdamW(beta2=0.9), lambda state: np.sqrt(state["v"] / (1 - 0.9**t))),
        (AMSGrad(beta2=0.9), lambda state: np.sqrt(state["v_max"] / (1 - 0.9**t))),
        (NAdam(beta2=0.9), lambda state: np.sqrt(state["v"] / (1 - 0.9**t))),
    ]:
        dissection = dissected(optimizer)
        run = dissection.trajectory
        after = {name: rows[1:] for name, rows in run.state.items()}
        assert dissection.rate_nodes is not None
        rates = dissection.table(dissection.rate_nodes)
        np.testing.assert_allclose(rates, run.eta[:, None] / (divisor(after) + optimizer.eps), rtol=1e-12)
    for optimizer in (GD(weight_decay=0.1), Momentum(), Nesterov()):
        assert dissected(optimizer).rate_nodes is None


def test_the_rate_in_effect_takes_a_plain_step_apart_exactly() -> None:
    plain = dissected(GD())
    np.testing.assert_allclose(plain.secant, np.broadcast_to(plain.trajectory.eta[:, None], (STEPS, 2)), rtol=1e-10)


def test_minibatches_are_noise_like_any_other() -> None:
    run = simulate(LeastSquares(), Momentum(), 0.001, steps=STEPS, noise=Minibatch(batch=4), seed=3)
    dissection = dissect(run, Minibatch(batch=4), seed=3)
    np.testing.assert_allclose(dissection.of(dissection.recording.lines[-1]), run.theta[1:], rtol=1e-13)


# ---- bias correction


def test_without_correction_the_first_step_is_as_much_longer_as_is_said() -> None:
    for cls in (Adam, AMSGrad):
        with_, without = (dissected(cls(eps=1e-300, uncorrected=off)) for off in (False, True))
        np.testing.assert_allclose(without.update[0] / with_.update[0], 0.1 / np.sqrt(0.001), rtol=1e-12)


def test_the_same_step_without_correction_starts_from_the_same_memory() -> None:
    dissection = dissected(Adam(eps=1e-300))
    other = with_optimizer(dissection, Adam(eps=1e-300, uncorrected=True))
    t = np.arange(1, STEPS + 1)[:, None]
    expected = np.broadcast_to((1 - 0.9**t) / np.sqrt(1 - 0.999**t), (STEPS, 2))
    np.testing.assert_allclose(other / dissection.update, expected, rtol=1e-9)


# ---- in print


def spoken(mathml: str) -> str:
    """MathML as plain text: fractions as a/b in brackets, indices and powers behind _ and ^."""
    return _spoken(ElementTree.fromstring(f"<math>{mathml.replace('&nbsp;', ' ')}</math>")).replace("\u2062", "")


def _spoken(element: ElementTree.Element) -> str:
    inside = [_spoken(child) for child in element]
    match element.tag:
        case "mfrac":
            return f"[({inside[0]})/({inside[1]})]"
        case "msqrt":
            return f"sqrt({inside[0]})"
        case "msub":
            return f"{inside[0]}_{inside[1]}"
        case "msup":
            return f"{inside[0]}^{inside[1]}"
        case "msubsup":
            return f"{inside[0]}_{inside[1]}^{inside[2]}"
        case "mover":
            return {"^": f"{inside[0]}hat", "¯": f"{inside[0]}mean"}[inside[1]]
        case "mtr":
            return " ".join(inside) + "; "
    return (element.text or "") + "".join(inside)


def lines(optimizer: Optimizer, **options: bool) -> list[str]:
    recording = record(optimizer, options.pop("noisy", False))
    printed = [pair for line in recording.lines for pair in letters(recording, line, **options)]
    return [f"{spoken(left)} = {spoken(right)}" for left, right in printed]


def test_a_step_reads_as_in_the_paper() -> None:
    assert lines(Momentum()) == ["g_t = ∇f(θ_t−1)", "m_t = βm_t−1+g_t", "θ_t = θ_t−1−η_tm_t"]
    assert lines(Adam(), steady=True) == [
        "g_t = ∇f(θ_t−1)",
        "m_t = β_1m_t−1+(1−β_1)g_t",
        "β_1^t = β_1β_1^t−1",
        "mhat_t = [(m_t)/(1−β_1^t)]",
        "v_t = β_2v_t−1+(1−β_2)g_t^2",
        "β_2^t = β_2β_2^t−1",
        "vhat_t = [(v_t)/(1−β_2^t)]",
        "θ_t = θ_t−1−[(ηmhat_t)/(sqrt(vhat_t)+ε)]",
    ]


def test_what_is_switched_off_is_not_printed_and_what_is_on_is() -> None:
    assert lines(GD(weight_decay=0.1))[0] == "g_t = ∇f(θ_t−1)+λθ_t−1"
    assert lines(GD(), noisy=True)[0] == "g_t = ∇f(θ_t−1)+ξ_t"
    assert lines(Adam(uncorrected=True), steady=True) == [
        "g_t = ∇f(θ_t−1)",
        "m_t = β_1m_t−1+(1−β_1)g_t",
        "v_t = β_2v_t−1+(1−β_2)g_t^2",
        "θ_t = θ_t−1−[(ηm_t)/(sqrt(v_t)+ε)]",
    ]
    assert "v_t^max = max(v_t−1^max,v_t)" in lines(AMSGrad())
    (dampened,) = (line for line in lines(Momentum(dampening=0.4)) if line.startswith("m_t"))
    assert dampened == "m_t = βm_t−1+{1 if\xa0t=1; share otherwise; ·g_t"


def test_where_the_coordinates_differ_each_has_its_own_line() -> None:
    printed = lines(Mixed())
    assert "g_t = ∇f(θ_t−1)" in printed
    assert "slope_t = ∇f(there_t)" in printed
    assert "m_x,t = 0.5m_x,t−1+{2 if\xa0t≤2; 0.5 otherwise; ·(slope_x,t+0.3·slope_y,t)" in printed
    assert "m_y,t = 0.5m_y,t−1+{2 if\xa0t≤2; 0.5 otherwise; ·(slope_y,t−0.3·slope_x,t)" in printed


def test_the_rate_has_a_formula() -> None:
    dissection = dissected(Adam())
    assert dissection.rate_nodes is not None
    assert spoken(expression(dissection.recording, dissection.rate_nodes[0], steady=True)) == "[(η)/(sqrt(vhat_t)+ε)]"


@of_all
def test_the_printed_numbers_come_to_the_left_side(optimizer: Optimizer) -> None:
    """Brackets and all: what is printed is read again, by the rules of arithmetic, and computed."""
    dissection = dissected(optimizer)
    for line in dissection.recording.lines:
        for place, node in enumerate(line.nodes):
            holes: list[Any] = []

            def hole(node: Any, holes: list[Any] = holes) -> int:
                holes.append(node)
                return len(holes) - 1

            printed = numbers(dissection.recording, node, hole)
            name, searched = line.name, line.name in optimizer.in_words
            assert (printed == "") == searched, name
            if searched:
                continue
            values = dissection.table(tuple(holes)) if holes else np.empty((STEPS, 0))
            expected = dissection.of(line)[:, place]
            for row in (0, 1, STEPS - 1):
                filled = re.sub(
                    r'<mn data-hole="(\d+)"( data-after)?></mn>',
                    lambda match, row=row, values=values: (
                        f"<mn>{shown(values[row, int(match[1])], bool(match[2]))}</mn>"
                    ),
                    printed,
                )
                assert computed(filled) == pytest.approx(float(expected[row]), rel=1e-9, abs=1e-300, nan_ok=True), (
                    line.name,
                    filled,
                )


def shown(value: float, after: bool) -> str:
    """A number as the browser puts it into a hole, with all its digits."""
    return f"({float(value)!r})" if value < 0 and after else repr(float(value))


def computed(mathml: str) -> float:
    text = _spoken(ElementTree.fromstring(f"<math>{mathml}</math>"))
    text = re.sub(r" × 10([⁻⁰¹²³⁴-⁹]+)", lambda power: "e" + power[1].translate(_RAISED), text)
    for sign, python in _SIGNS.items():
        text = text.replace(sign, python)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    try:
        return float(eval(text, _FUNCTIONS))  # made of numbers and signs by the above
    except ZeroDivisionError:
        return np.nan  # a rate that is not taken


_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SIGNS = {"−": "-", "·": "*", "^": "**", "[": "(", "]": ")", "=": "==", "≤": "<=", "≥": ">=", "\xa0": " "}
_FUNCTIONS = {"sqrt": np.sqrt, "max": max, "min": min, "sign": np.sign, "floor": np.floor, "abs": abs}


# ---- what cannot be taken apart


def test_several_runs_at_once_are_refused() -> None:
    run = simulate(Rosenbrock(), GD(), np.array([0.001, 0.002]), steps=3)
    with pytest.raises(ValueError, match="one run is taken apart; this trajectory holds 2"):
        dissect(run)


def test_a_step_that_cannot_be_recorded_says_why() -> None:
    @dataclass(frozen=True)
    class Branching(GD):
        def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: Any) -> Any:
            return (theta if theta[0] > 0 else -theta), state

    with pytest.raises(TraceError, match=r"np\.where"):
        record(Branching())


def test_a_run_that_blew_up_is_taken_apart_up_to_its_last_finite_step() -> None:
    dissection = dissect(simulate(Rosenbrock(), GD(), 1.0, start=(-1.2, 1.0), steps=100))
    assert 0 < dissection.steps < 10
    assert all(np.isfinite(dissection.of(line)).all() for line in dissection.recording.lines)


# ---- a search, and what goes round a method


@pytest.mark.parametrize("optimizer", [Armijo(), BFGS()], ids=str)
def test_what_a_search_found_is_told_in_words(optimizer: Optimizer) -> None:
    told = [line for line in lines(optimizer) if line.startswith("σ_t = ")]
    assert told == [f"σ_t = {optimizer.in_words['sigma']}"]
    assert sum(map(len, lines(optimizer))) < 2000
    assert not any("the first of" in line for line in lines(BFGS(trials=0)))


def test_armijos_step_reads_as_in_the_book() -> None:
    assert lines(Armijo(), steady=True)[-1] == "θ_t = θ_t−1−σ_tηg_t"


@pytest.mark.parametrize("noisy", [False, True], ids=["exact", "noisy"])
@pytest.mark.parametrize("inner", [GD(), Adam(), Armijo()], ids=str)
@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=WRAPPERS)
def test_a_wrapped_step_is_taken_apart_too(wrapper: type[Wrapper], inner: Optimizer, noisy: bool) -> None:
    optimizer = wrapper(inner)
    test_the_lines_come_to_what_the_run_did(optimizer, noisy)
    dissection = dissected(optimizer, noisy)
    total = np.sum(list(dissection.parts.values()), axis=0)
    np.testing.assert_allclose(total, dissection.update, rtol=0, atol=2e-15)
    assert lines(optimizer)


def test_a_wrapped_steps_numbers_have_their_letters() -> None:
    printed = lines(Lookahead(Momentum(), every=4), steady=True)
    assert "φ_t = {φ_t−1+α·(fast_t−φ_t−1) if\xa0now_t; φ_t−1 otherwise; " in printed
    assert "m_t = βm_t−1+g_t" in printed
