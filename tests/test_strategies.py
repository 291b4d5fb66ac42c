"""Every claim about a strategy is a clean link or says why it is not shown; what is shown holds, and is found out where
it does not."""

import re
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, Constant
from lrviz.link import query, read
from lrviz.models import follow
from lrviz.models.more_features import MoreFeatures
from lrviz.optimizers import GD, AdaGrad, Adam, RMSProp
from lrviz.schedules import Warmup
from lrviz.simulation import simulate
from lrviz.strategies import STRATEGIES, Claim, Measured, breadth

CLAIMS = [claim for strategy in STRATEGIES for claim in strategy.claims]
SHOWN = [claim for claim in CLAIMS if claim.is_shown]

_NOISY = "surface=quadratic&noise=additive+sigma+1"
# For each claim a scene of the same shape that does not show it.
ELSEWHERE = {
    "fixed-edge": "surface=quadratic&steps=60&run=gd+eta+0.19&run=gd+eta+0.195",
    "fixed-enough": f"{_NOISY}&run=gd+eta+0.1&run=gd+eta+0.1+cosine",
    "fixed-hovers": "surface=quadratic&steps=600&run=gd+eta+0.05&run=gd+eta+0.025",
    "fixed-compromise": "surface=quadratic+kappa+1+angle+0&run=gd",
    "fixed-tuning": f"{_NOISY}&run=hypergradient+hyper_beta+0.001&run=gd+eta+0.02",
    "decay-settles": "surface=quadratic&run=gd+eta+0.1&run=gd+eta+0.1+step",
    "decay-both": "surface=quadratic&run=gd+eta+0.1+cosine",
    "decay-short": "surface=quadratic&run=gd+eta+0.1+exponential+gamma+0.999",
    "decay-budget": f"{_NOISY}&steps=800&run=gd+eta+0.1+cosine+period+100&run=gd+eta+0.1+cosine+period+101",
    "decay-numbers": f"{_NOISY}&run=gd+eta+0.05+step+every+95&run=gd+eta+0.05+step+every+105",
    "warmup-steep": "surface=styblinski_tang&run=momentum+eta+0.001&run=momentum+eta+0.001+warmup+steps+100",
    "warmup-cost": "surface=quadratic&steps=100&run=gd+eta+0.15+warmup+steps+50&run=gd+eta+0.15",
    "cyclical-basins": "surface=ackley&steps=600&run=momentum+eta+0.003+cosine+period+600"
    "&run=momentum+eta+0.003+warm_restarts",
    "cyclical-range": "surface=quadratic&run=gd+eta+0.15&run=gd+eta+0.15+triangular",
    "cyclical-worse": "surface=quadratic&run=gd+eta+0.15+warm_restarts+period+75",
    "cyclical-numbers": f"{_NOISY}&run=gd+eta+0.15+triangular+half_period+75&run=gd+eta+0.15+triangular+half_period+76",
    "adaptive-scale": "surface=quadratic+kappa+100&steps=300&run=gd+eta+0.019&run=adagrad+eta+0.5",
    "adaptive-rare": "surface=quadratic&steps=100&run=adagrad",
    "adaptive-axes": "surface=quadratic+kappa+100+angle+0&steps=1000&run=adagrad+eta+0.5",
    "adaptive-rest": "surface=quadratic&steps=600&run=gd+eta+0.1&run=gd+eta+0.1+cosine+period+400",
    "adaptive-breath": "surface=quadratic&steps=1000&run=adagrad+eta+0.5&run=rmsprop",
    "adaptive-fails": "surface=online&steps=1500&run=amsgrad+eta+0.02+beta1+0+beta2+0.1"
    "&run=adam+eta+0.02+beta1+0+beta2+0.1",
    "adaptive-worse": "surface=expression+text+0.5%2A%28x%2B4%2Ay-1%29%5E2&start=0+0&steps=500"
    "&run=gd+eta+0.05&run=momentum+eta+0.01",
    "adaptive-memory": "surface=quadratic&run=momentum&run=adam",
    "automatic-first": f"{_NOISY}&run=gd+eta+1e-5&run=gd+eta+1e-5",
    "automatic-search": "surface=himmelblau&steps=100&run=gd&run=armijo",
    "automatic-none": f"{_NOISY}&run=gd+eta+0.0005&run=gd+eta+0.0126",
    "automatic-newton": "surface=quadratic+kappa+1000&steps=100&run=gd+eta+0.0019&run=gd+eta+0.0019",
    "automatic-number": f"{_NOISY}&steps=10&run=hypergradient+hyper_beta+0.001",
    "automatic-cost": "surface=himmelblau&steps=100&run=gd&run=armijo",
    "automatic-noise": "surface=quadratic&run=armijo&run=gd+eta+0.1+cosine",
    "automatic-saddle": "surface=saddle&steps=200&start=1.5+0.5&run=newton+absolute+1&run=gd+eta+0.1",
}


def by_slug(claim: Claim) -> str:
    return claim.slug


# ---- that they are whole


def test_no_two_are_called_alike():
    slugs = [claim.slug for claim in CLAIMS] + [strategy.slug for strategy in STRATEGIES]
    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.slug)
def test_a_strategy_has_claims_for_and_against_it_and_members_that_there_are(strategy):
    assert strategy.pros
    assert strategy.cons
    assert {*strategy.schedules} <= {*SCHEDULES, Warmup.slug}
    assert {*strategy.optimizers} <= {*OPTIMIZERS}
    assert all(claim.slug.startswith(f"{strategy.slug}-") for claim in strategy.claims)
    assert {*strategy.pros} | {*strategy.cons} == {*strategy.claims}


@pytest.mark.parametrize("claim", SHOWN, ids=by_slug)
def test_a_scene_is_a_clean_link(claim):
    link = read(parse_qs(claim.query))
    assert link.problems == ()
    assert query(link.scene) == claim.query


def test_what_the_field_says_is_among_them():
    texts = " ".join(claim.text for claim in CLAIMS)
    for said in ("May generalize worse", "Hard to tune", "can fail to converge", "never arrives", "know the budget"):
        assert said in texts


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if not claim.is_shown], ids=by_slug)
def test_what_is_not_shown_says_why_and_who_says_so(claim):
    assert claim.why_not
    assert claim.source
    with pytest.raises(ValueError, match="is not shown here: "):
        claim.measured()


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"query": "surface=quadratic"},
        {"check": lambda scene: Measured(True, "")},
        {"why_not": "x", "look": "y"},
        {"query": "surface=quadratic", "look": "y", "check": lambda scene: Measured(True, ""), "why_not": "x"},
    ],
)
def test_a_claim_is_shown_whole_or_not_at_all(parts):
    with pytest.raises(ValueError, match="the claim 'x' has a scene"):
        Claim("x", "pro", "It is.", **parts)


# ---- that they hold


@pytest.mark.parametrize("claim", SHOWN, ids=by_slug)
def test_a_claim_holds(claim):
    measured = claim.measured()
    assert measured.holds, measured.sentence
    assert re.search(r"\d", measured.sentence)
    assert measured.numbers
    assert "  " not in measured.sentence
    assert measured.sentence.endswith(".")


SLOW = {
    "adaptive-rare",
    "adaptive-worse",
    "adaptive-memory",
}  # the last draws nothing, the others' own draws are several


@pytest.mark.parametrize("claim", [claim for claim in SHOWN if claim.slug not in SLOW], ids=by_slug)
def test_it_holds_with_other_draws(claim):
    measured = claim.measured(replace(claim.scene, seed=12_345))
    assert measured.holds, measured.sentence


@pytest.mark.parametrize("claim", SHOWN, ids=by_slug)
def test_a_scene_that_does_not_show_it_is_found_out(claim):
    link = read(parse_qs(ELSEWHERE[claim.slug]))
    assert link.problems == ()
    measured = claim.measured(link.scene)
    assert not measured.holds, measured.sentence


def test_how_wide_the_good_range_is():
    found = breadth()
    decades = dict(zip(found.names, found.decades, strict=True))
    assert 0 < decades["GD"] < 0.7 * decades["GD with cosine"]
    assert decades["Adam"] < 0.7 * decades["Adam with cosine"]
    assert max(decades, key=decades.__getitem__) == "Hypergradient descent"
    assert found.sentences()[0].startswith(
        ("Decades of good rates, out of 6: GD 0.", "Decades of good rates, out of 6: A")
    )
    # By hand, for one rate: eight seeds from the start on.
    scene, at = found.scene, int(np.argmin(np.abs(found.etas - 0.02)))
    ran = simulate(
        scene.surface,
        GD(),
        found.etas[at],
        start=np.tile([[1.5], [1.0]], 8),
        steps=300,
        noise=scene.noise,
        seed=np.arange(8),
    )
    assert found.losses[0, at] == pytest.approx(ran.loss[-1].mean(), rel=1e-9)


# ---- the data of Wilson et al.


def test_the_gradient_of_more_features_is_that_of_central_differences():
    problem = MoreFeatures(5)
    theta = np.random.default_rng(0).normal(size=problem.dim)
    h = 1e-5
    numeric = [
        (problem.loss(theta + h * unit) - problem.loss(theta - h * unit)) / (2 * h) for unit in np.eye(problem.dim)
    ]
    np.testing.assert_allclose(problem.grad(theta), numeric, rtol=1e-6, atol=1e-9)
    assert problem.grad(np.stack([theta, 2 * theta], axis=1)).shape == (problem.dim, 2)


@pytest.mark.parametrize("seed", range(2))
def test_gradient_descent_comes_to_the_solution_of_least_length_and_the_others_to_that_of_signs(seed):
    """Wilson et al. (2017): lemma 3.1 and section 3.3."""
    problem = MoreFeatures(20, seed=seed)
    assert problem.dim > len(problem.labels)
    (least, *_) = np.linalg.lstsq(problem.features, problem.labels, rcond=None)
    signs = np.sign(problem.features.T @ problem.labels)
    negative = float(np.mean(problem._labels(1000, seed + 1_000_003) < 0))
    assert 0.2 < negative < 0.5
    for optimizer, eta in ((GD(), 0.3), (AdaGrad(), 0.1), (RMSProp(), 0.001), (Adam(), 0.01)):
        ran = follow(problem, optimizer, Constant(eta), np.zeros((problem.dim, 1)), [800], {"loss": problem.loss})
        assert ran.values["loss"][-1, 0] < 1e-9
        theta, wrong = ran.theta[:, 0], problem.unseen(ran.theta)[0]
        if isinstance(optimizer, GD):
            np.testing.assert_allclose(theta, least, atol=1e-6)
            assert wrong == 0
        else:
            size = np.abs(theta[signs != 0])
            np.testing.assert_array_equal(np.sign(theta[size.argmax()]), signs[size.argmax()])
            np.testing.assert_allclose(theta / theta[0], signs / signs[0], atol=0.3)
            assert wrong == negative, "it calls all of them +1"
