"""The schedules whose fields are texts or that rise by themselves: formulas, spelling, and what stretching does.

All are compared with the golden vectors in `test_parity_schedules.py`; here each is compared with its source, written
again as a plain loop over steps, at numbers of all sizes.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz import GD, Quadratic, simulate
from lrviz.declare import Array, Number
from lrviz.schedules import SCHEDULES, Schedule
from lrviz.schedules.decays import MOST_MILESTONES, InverseTime, MultiStep
from lrviz.schedules.drawn import MOST_CHARACTERS, MOST_POINTS, Drawn, spelled
from lrviz.schedules.peaks import InverseSqrt, WarmupStableDecay
from tests import vectors
from tests.strategies import TEXTS
from tests.test_parity import is_found
from tests.vectors import RATES

LONG = 60
etas = st.floats(1e-6, 1e3)
steps = st.integers(1, 50)


def rates(schedule: Schedule, count: int = LONG) -> Array:
    return np.array([float(np.ravel(schedule(t))[0]) for t in range(count)])


def at_once(schedule: Schedule, count: int = LONG) -> Array:
    """The same, of all steps together."""
    return np.broadcast_to(schedule(np.arange(count)), (count,))


# ---- formulas


@given(etas, st.lists(steps, min_size=1, max_size=5), st.floats(0.01, 1))
def test_each_milestone_drops_the_rate_from_its_own_step_on(eta, milestones, drop):
    """As MultiStepLR goes: at each epoch the rate is multiplied once for each time that the epoch is a milestone."""
    schedule, rate, expected = MultiStep(eta, ",".join(map(str, milestones)), drop), eta, []
    for t in range(LONG):
        rate *= drop ** milestones.count(t)
        expected.append(rate)
    np.testing.assert_allclose(rates(schedule), expected, rtol=1e-12)
    np.testing.assert_array_equal(at_once(schedule), rates(schedule))


@given(etas, st.floats(0, 10))
def test_inverse_time_decay_is_that_of_keras(eta, decay):
    expected = [eta / (1 + decay * t / 1) for t in range(LONG)]  # initial / (1 + rate * step / decay_steps)
    np.testing.assert_allclose(rates(InverseTime(eta, decay)), expected, rtol=1e-12)
    np.testing.assert_array_equal(at_once(InverseTime(eta, decay)), rates(InverseTime(eta, decay)))


def test_inverse_time_decay_has_the_sums_of_robbins_and_monro():
    """Of η/(1 + kt): over t < T about η/k·ln(1 + kT), without end; of squares at most η²(1 + 1/k)."""
    eta, k, last = 0.5, 0.2, 10**6
    found = at_once(InverseTime(eta, k), last)
    assert found.sum() == pytest.approx(eta / k * math.log(1 + k * last), rel=0.05)
    assert (found * found).sum() < eta * eta * (1 + 1 / k)


@pytest.mark.parametrize(("width", "warmup"), [(512, 40), (64, 7), (1024, 1)])
def test_the_inverse_square_root_is_that_of_the_transformer(width, warmup):
    """Vaswani et al., equation 3: lrate = d^−0.5 · min(step_num^−0.5, step_num · warmup_steps^−1.5), from step 1."""
    paper = [width**-0.5 * min(step**-0.5, step * warmup**-1.5) for step in range(1, LONG + 1)]
    top = (width * warmup) ** -0.5
    np.testing.assert_allclose(rates(InverseSqrt(top, warmup)), paper, rtol=1e-12)
    assert max(paper) == pytest.approx(top)
    assert int(np.argmax(paper)) == warmup - 1


def wsd(step: int, *, warmup: int, stable: int, decay: int, least: float) -> float:
    """The transformers library's _get_wsd_scheduler_lambda with its defaults (linear, then cosine, half a cycle)."""
    if step < warmup:
        factor = float(step) / float(max(1, warmup))
        return max(0.0, factor * (1.0 - least) + least)
    if step < warmup + stable:
        return 1.0
    if step < warmup + stable + decay:
        progress = float(step - warmup - stable) / float(max(1, decay))
        factor = 0.5 * (1.0 + math.cos(math.pi * 0.5 * 2.0 * progress))
        return max(0.0, factor * (1.0 - least) + least)
    return least


@given(etas, st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.floats(0, 1))
def test_warm_up_stable_decay_is_that_of_transformers(eta, warmup, stable, decay, least):
    period = max(1, warmup + stable + decay)
    schedule = WarmupStableDecay(eta, warmup, stable, period, eta * least)
    decay = period - warmup - stable
    expected = [eta * wsd(t, warmup=warmup, stable=stable, decay=decay, least=least) for t in range(LONG)]
    np.testing.assert_allclose(rates(schedule), expected, rtol=1e-12, atol=1e-14 * eta)
    np.testing.assert_array_equal(at_once(schedule), rates(schedule))


def test_where_no_steps_are_left_the_fall_is_over_at_once():
    assert rates(WarmupStableDecay(0.2, 3, 4, 5, 0.01), 12).tolist() == pytest.approx(
        [0.01 + 0.19 * min(t / 3, 1) for t in range(7)] + [0.01] * 5
    )


@given(etas, TEXTS["points"], st.booleans())
def test_a_drawing_goes_straight_from_point_to_point(eta, points, logarithmic):
    schedule = Drawn(eta, points, logarithmic)
    times, heights = np.array(schedule.shape).T
    top = heights.max()
    everywhere = np.unique(np.concatenate([times, times + 1, np.linspace(0, 1.1 * times[-1], 40).round()]))
    bent = np.log(heights / top) if logarithmic else heights / top
    expected = np.interp(everywhere, times, bent)
    expected = eta * (np.exp(expected) if logarithmic else expected)
    found = schedule(everywhere)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14 * eta)
    np.testing.assert_allclose(schedule(times), eta * heights / top, rtol=1e-15)
    assert np.max(found) <= eta * (1 + 1e-12)
    assert [float(np.ravel(schedule(int(t)))[0]) for t in times] == schedule(times).tolist()


def test_a_drawing_has_the_rates_that_were_drawn_and_keeps_its_shape_at_others():
    drawn = Drawn.through([(100, 0.01), (0, 0.1), (50, 0.0)])
    assert (drawn.eta, drawn.points) == (0.1, "0:0.1,50:0,100:0.01")
    assert [float(drawn(t)) for t in (0, 25, 50, 75, 100, 10**6)] == pytest.approx([0.1, 0.05, 0, 0.005, 0.01, 0.01])
    assert [float(drawn.with_eta(7)(t)) for t in (0, 25, 100)] == pytest.approx([7, 3.5, 0.7])


def test_a_batch_of_rates_is_drawn_at_once():
    found = Drawn(np.array([0.1, 0.2]), "0:1,10:0")
    assert found(5).tolist() == pytest.approx([0.05, 0.1])
    run = simulate(Quadratic(), GD(), found, steps=12)
    assert run.eta.shape == (12, 2)
    assert run.eta[-1].tolist() == [0, 0]


# ---- texts


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [("0:0.1,100:0.01", "0:0.1,100:0.01"), (" 100 : 1e-2 ,0:.1".replace(".1", "0.1"), "0:0.1,100:0.01")],
)
def test_points_have_one_spelling(typed, canonical):
    assert Drawn(points=typed).points == canonical


@given(TEXTS["points"])
def test_what_is_spelled_is_read_as_it_is(points):
    assert Drawn(points=points).points == points
    assert spelled(Drawn(points=points).shape) == points


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ("", r"Drawn.points \(p\) are pairs step:rate .*; '' is none"),
        ("0:0.1,", "'' is none"),
        ("0.5:1", "'0.5:1' is none"),
        ("0:-1", "'0:-1' is none"),
        ("0:nan", "'0:nan' is none"),
        ("٣:1", "is none"),
        ("5:0.1,5:0.2", "has two points at step 5; a jump takes two steps"),
        ("9999999999:1", "step 9999999999 is outside"),
        ("0:1e300", "a rate of 1e300 is neither 0 nor in"),
        ("0:0", "has no rate above 0"),
        (",".join(f"{t}:1" for t in range(MOST_POINTS + 1)), f"has {MOST_POINTS + 1} points; at most {MOST_POINTS}"),
        (",".join(f"{t}:0.1234567890123456" for t in range(MOST_POINTS)), f"there is room for {MOST_CHARACTERS}"),
    ],
)
def test_other_points_are_refused_with_a_sentence(points, sentence):
    with pytest.raises(ValueError, match=sentence):
        Drawn(points=points)


def test_a_logarithmic_drawing_has_no_rate_of_0():
    with pytest.raises(ValueError, match=r"Drawn.points \(p\) has a rate of 0, which a logarithmic axis has not"):
        Drawn(points="0:1,9:0", logarithmic=True)


@given(st.text() | st.text(alphabet="0123456789:,.e+- "))
def test_no_text_does_more_than_be_refused(text):
    for cls, field in ((Drawn, "points"), (MultiStep, "milestones")):
        try:
            made = cls(**{field: text})
        except ValueError:
            continue
        again = cls(**{field: getattr(made, field)})
        assert again == made
        assert " " not in getattr(made, field)


@pytest.mark.parametrize(
    ("milestones", "sentence"),
    [
        ("", r"MultiStep.milestones \(m\) are whole numbers .*; '' is none"),
        ("0", r"0 is outside \[1, 1e9\]"),
        ("1,x", "'x' is none"),
        ("1.5", "'1.5' is none"),
        ("2000000000", "2000000000 is outside"),
        (",".join(map(str, range(1, MOST_MILESTONES + 2))), f"at most {MOST_MILESTONES} are taken"),
    ],
)
def test_other_milestones_are_refused_with_a_sentence(milestones, sentence):
    with pytest.raises(ValueError, match=sentence):
        MultiStep(milestones=milestones)


def test_milestones_have_one_spelling():
    assert MultiStep(milestones=" 200, 100,200").milestones == "100,200,200"


# ---- stretching


@given(TEXTS["points"], st.floats(1e-6, 1e6))
def test_a_stretched_drawing_loses_no_point(points, factor):
    drawn = Drawn(points=points)
    assert [eta for _, eta in drawn.stretched(factor).shape] == [eta for _, eta in drawn.shape]


@given(TEXTS["milestones"], st.floats(1e-6, 1e6))
def test_stretched_milestones_drop_as_often(milestones, factor):
    schedule = MultiStep(milestones=milestones)
    assert len(schedule.stretched(factor).steps) == len(schedule.steps)


# ---- what is broken here on purpose must be found by the golden vectors


class MilestoneIsLate(MultiStep):
    @property
    def steps(self) -> tuple[int, ...]:
        return tuple(step + 1 for step in super().steps)


class MilestonesCountOnce(MultiStep):
    @property
    def steps(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(super().steps))


class InverseTimeIsExponential(InverseTime):
    def __call__(self, t: int | Array) -> Number:
        return self.eta * np.exp(-self.decay * t)


class InverseSqrtCountsFromZero(InverseSqrt):
    def __call__(self, t: int | Array) -> Number:
        return super().__call__(np.maximum(t - 1, 0))


class FallsInAStraightLine(WarmupStableDecay):
    def __call__(self, t: int | Array) -> Number:
        since, fall = t - self.warmup - self.stable, np.maximum(self.period - self.warmup - self.stable, 1)
        straight = self.eta + (self.eta_min - self.eta) * np.minimum(since / fall, 1)
        return np.where(np.greater(since, 0), straight, super().__call__(t))


class RisesFromZero(WarmupStableDecay):
    def __call__(self, t: int | Array) -> Number:
        return np.where(np.less(t, self.warmup), self.eta * t / np.maximum(self.warmup, 1), super().__call__(t))


class DrawnInSteps(Drawn):
    def _between(self, low: float, high: float, share: Number) -> Number:
        return low + 0 * share


class NeverLogarithmic(Drawn):
    def _between(self, low: float, high: float, share: Number) -> Number:
        return low + (high - low) * share


class DrawnAsTyped(Drawn):
    def __call__(self, t: int | Array) -> Number:
        return super().__call__(t) * max(eta for _, eta in self.shape)


BROKEN = [
    *(MilestoneIsLate, MilestonesCountOnce, InverseTimeIsExponential, InverseSqrtCountsFromZero),
    *(FallsInAStraightLine, RisesFromZero, DrawnInSteps, NeverLogarithmic, DrawnAsTyped),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda cls: cls.__name__)
def test_a_broken_one_is_found(broken: type[Schedule]) -> None:
    names = [name for name, case in RATES.items() if case["slug"] == broken.slug]
    assert not any(is_found(vectors.rates(name, SCHEDULES[broken.slug])) for name in names)
    assert any(is_found(vectors.rates(name, broken)) for name in names)
