"""Where there is a kink or a constraint, theory says that it says nothing, and why."""

import numpy as np
import pytest

from lrviz import GD, Ackley, Additive, Constant, Momentum, Quadratic, Surface, simulate
from lrviz.scene import Run, Scene
from lrviz.surfaces import Absolute, Online
from lrviz.theory import Claim, claims, stability_limit
from lrviz.tuning import range_test
from lrviz.ui.stability.component import _line
from lrviz.ui.stability.view import Axis, View
from lrviz.ui.stage.payload import _surface


def claimed(surface: Surface, eta: float, noise: Additive | None = None) -> tuple[Claim, ...]:
    run = simulate(surface, GD(), eta, steps=120, noise=noise)
    return claims(surface, GD(), Constant(eta), noise, run.theta, run.loss, run.eta, run.state)


@pytest.mark.parametrize("noise", [None, Additive(0.3)], ids=["exact", "noisy"])
@pytest.mark.parametrize("eta", [1e-4, 0.1])
@pytest.mark.parametrize(
    ("surface", "reason"),
    [
        (Absolute(), "its minimum is a kink"),
        (Ackley(), None),
        (Online(), "losses take turns, and x has bounds"),
    ],
    ids=str,
)
def test_no_claim_holds_and_each_says_why(
    surface: Surface, reason: str | None, eta: float, noise: Additive | None
) -> None:
    found = claimed(surface, eta, noise)
    assert found
    if reason is not None:
        assert not any(claim.holds for claim in found)
        assert all(reason in claim.because for claim in found)
    assert not any("nan" in claim.predicted or "nan" in claim.measured for claim in found)


def test_on_a_kink_there_is_no_limit() -> None:
    (only,) = claimed(Absolute(), 0.1)
    assert only.predicted == "no limit: there is no curvature at the minimum"
    assert all(claim.holds for claim in claimed(Quadratic(), 0.1))


def test_the_limit_of_no_curvature_is_none() -> None:
    for optimizer in (GD(), Momentum()):
        found = stability_limit(optimizer, np.array([np.nan, 0.0, -1.0, 1.0]))
        assert np.isnan(found[0])
        assert (found[1], found[2]) == (np.inf, 0)
        assert found[3] > 0


@pytest.mark.parametrize(
    ("surface", "words"), [(Absolute(), "a kink at its minimum"), (Online(), "losses take turns")], ids=str
)
def test_the_range_test_and_the_map_say_so(surface: Surface, words: str) -> None:
    limit = range_test(surface, GD(), (1e-4, 10.0), 100).limit
    assert np.isnan(limit.eta)
    assert words in limit.sentence
    told = _line(
        Scene(surface, (Run(),)), View(Axis("schedule.eta", 1e-3, 1.0, "log"), Axis("start.x", -1, 1, "linear"))
    )
    assert not told["has_line"]
    assert words in told["line"]


def test_the_stage_is_told() -> None:
    assert _surface(Absolute())["smooth"] is False
    told = _surface(Online())
    assert (told["bounds"], told["beyond_theory"]) == ((-1.0, 1.0), "losses take turns, and x has bounds")
    assert (_surface(Quadratic())["bounds"], _surface(Quadratic())["beyond_theory"]) == (None, "")
