"""Methods that find the rate themselves."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.scene import Scene
from lrviz.strategies.claims import Claim, Measured, Strategy
from lrviz.strategies.trials import (
    FEWER,
    SEEDS,
    STARTS,
    bar,
    ends,
    from_starts,
    good_decades,
    kinds,
    lowest,
    rates,
    run_from,
    share,
    starts,
    times,
    with_seeds,
)
from lrviz.tuning.task import ETA


def first_rate_free(scene: Scene) -> Measured:
    """The first run is good at many more decades of its first rate than the last one, whose rate is what it is."""
    etas, enough = rates(1e-5, 10.0), bar(scene)
    learned, fixed = (good_decades(etas, ends(scene, number, etas), enough) for number in (0, -1))
    return Measured(
        learned > 4 * fixed > 0,
        f"Of {len(etas)} rates over 6 decades, means of {FEWER} seeds: good (ends with a hundredth of the loss it began"
        f" with) are {rounded(learned, 2)} decades where the rate is learnt, and {rounded(fixed, 2)} where it is not.",
        {"learnt": learned, "fixed": fixed},
    )


def new_number(scene: Scene) -> Measured:
    """The number that takes η's place decides in its turn: the last run's, a few powers of ten higher, blows up."""
    betas = np.geomspace(1e-6, 1.0, 61)
    name = "hyper_beta"
    run, found = scene.runs[0], []
    task = scene.task(0)
    seeds = np.tile(np.arange(8.0), len(betas))
    losses = task.course({ETA: np.full(len(seeds), float(run.schedule.eta)), name: np.repeat(betas, 8)}, seeds=seeds)
    found = losses.loss[-1].reshape(len(betas), 8).mean(axis=1) - lowest(scene)
    good = betas[found <= bar(scene)]
    blown = betas[~np.isfinite(found)]
    width = float(np.log10(good.max() / good.min())) if good.size else 0.0
    return Measured(
        bool(0 < width < 3 and blown.size and blown.min() > good.max()),
        f"Of {len(betas)} values of β over 6 decades, at one first rate, means of 8 seeds: good are {rounded(width, 2)}"
        + (f" decades, from {rounded(float(good.min()), 2)} to {rounded(float(good.max()), 2)};" if good.size else ";")
        + (f" from {rounded(float(blown.min()), 2)} on it blows up." if blown.size else " none blows up."),
        {"decades": width},
    )


def any_first_length(scene: Scene) -> Measured:
    """The first run, which tries lengths, is good wherever η is high enough; the second in a narrow range."""
    etas, enough = rates(1e-3, 1e3), bar(scene)
    searched, fixed = (good_decades(etas, ends(scene, number, etas), enough) for number in (0, 1))
    return Measured(
        searched > fixed + 1.5,
        f"Of {len(etas)} first lengths over 6 decades {rounded(searched, 2)} decades are good (the loss ends at a"
        f" hundredth of what it was); of fixed rates {rounded(fixed, 2)}.",
        {"searched": searched, "fixed": fixed},
    )


def costs_more(scene: Scene) -> Measured:
    """A step of the first run costs several evaluations, of the second one."""
    searched, fixed = (np.asarray(run_from(scene, number, starts(scene)).evaluations) for number in (0, 1))
    per = [float(np.mean(spent)) / scene.steps for spent in (searched, fixed)]
    return Measured(
        per[0] > 3 and per[1] <= 1,
        f"From {STARTS} starts a step costs {rounded(per[0], 2)} evaluations of the loss and its gradient on average,"
        f" one of gradient descent {rounded(per[1], 2)}.",
        {"searched": per[0], "fixed": per[1]},
    )


def blind_to_noise(scene: Scene) -> Measured:
    """Under noise the run that searches ends far above the one that decays."""
    searched, decayed = (float(with_seeds(scene, number)[-1].mean()) for number in (0, 1))
    ratio = searched / decayed
    return Measured(
        ratio > 5,
        f"Over {SEEDS} seeds the mean loss at the end is {rounded(searched, 2)} with the line search and"
        f" {rounded(decayed, 2)} with a decayed rate: {times(ratio)} as high.",
        {"ratio": ratio},
    )


def no_rate_at_all(scene: Scene) -> Measured:
    """As it is, with nothing tuned, the first run ends near what the best of all fixed rates comes to."""
    etas = rates(1e-4, 1.0)
    tried = ends(scene, 1, etas, 16)
    own = float(with_seeds(scene, 0)[-1].mean())
    ratio = own / float(tried.min())
    return Measured(
        ratio < 10 and 3 * ratio < _a_decade_off(etas, tried),
        f"Untouched it ends at {rounded(own, 2)}, the mean of {SEEDS} seeds. The best of {len(etas)} fixed rates"
        f" ends at {rounded(float(tried.min()), 2)}: {times(ratio)} as high, where a tenth of the best rate is"
        f" {times(_a_decade_off(etas, tried))}.",
        {"ratio": ratio, "off": _a_decade_off(etas, tried)},
    )


def _a_decade_off(etas: Array, losses: Array) -> float:
    """How many times as high the loss is at a tenth of the best rate."""
    low = np.argmin(np.abs(etas - etas[np.argmin(losses)] / 10))
    return float(losses[low] / losses.min())


def one_step(scene: Scene) -> Measured:
    """The first run arrives in a step from everywhere, however far the curvatures are apart."""
    losses = from_starts(scene, 0)
    other = from_starts(scene, 1)
    there = float(np.mean(losses[1] <= 1e-12 * losses[0]))
    left = float(np.median(other[-1] / other[0]))
    return Measured(
        there == 1.0 and left > 1e-5,
        f"From {STARTS} starts it is at the minimum after one step in {there:.0%}. Gradient descent just below its"
        f" limit has {rounded(100 * left, 2)} % of its loss left after {count(scene.steps)}, by the median.",
        {"there": there, "left": left},
    )


def to_the_saddle(scene: Scene) -> Measured:
    """The first run ends at the saddle from everywhere; the second leaves it."""
    newton, other = (kinds(run_from(scene, number, starts(scene))) for number in (0, 1))
    drawn, left = share(newton, "saddle"), share(other, "saddle")
    return Measured(
        drawn == 1.0 and left == 0.0,
        f"From {STARTS} starts it stops at the saddle in {drawn:.0%}, gradient descent in {left:.0%}.",
        {"drawn": drawn, "left": left},
    )


AUTOMATIC = Strategy(
    "automatic",
    "Automatic",
    "The method finds its rate: by learning it, by trying lengths, by distances, or from the curvature.",
    "Little or nothing to tune; with the curvature, no valley is too narrow",
    "Costs evaluations; its own number in η’s place; noise misleads line searches; Newton goes to saddles",
    "Line searches and BFGS for problems without noise; DoG, Prodigy and schedule-free methods where tuning is dear.",
    "Nocedal & Wright (2006), Numerical Optimization; Ivgi, Hinder & Carmon (2023), DoG is SGD’s best friend, ICML",
    (),
    ("hypergradient", "armijo", "barzilai_borwein", "dog", "prodigy", "polyak", "schedule_free_sgd", "newton", "bfgs"),
    (
        Claim(
            "automatic-first",
            "pro",
            "A learnt rate hardly minds where it begins: first rates decades apart end alike.",
            "Two first rates a thousand times apart, and soon the same loss. A fixed 0.00001 stays where it is.",
            "surface=quadratic&noise=additive+sigma+1&run=hypergradient+eta+1e-5+hyper_beta+0.001"
            "&run=hypergradient+eta+0.01+hyper_beta+0.001&run=gd+eta+1e-5",
            first_rate_free,
            source="Baydin et al. (2018), Online learning rate adaptation with hypergradient descent, ICLR",
        ),
        Claim(
            "automatic-search",
            "pro",
            "A line search takes any first length that is long enough, and shortens it.",
            "η = 1 and 100: both go down. A fixed rate beyond its limit is gone at once.",
            "surface=himmelblau&steps=100&run=armijo&run=gd",
            any_first_length,
            source="Armijo (1966)",
        ),
        Claim(
            "automatic-none",
            "pro",
            "With DoG nothing need be tuned on a bowl: untouched it ends lower than a rate a decade off.",
            "Its first steps are tiny, and grow until they fit.",
            "surface=quadratic&noise=additive+sigma+1&run=dog&run=gd+eta+0.0126",
            no_rate_at_all,
            source="Ivgi, Hinder & Carmon (2023)",
        ),
        Claim(
            "automatic-newton",
            "pro",
            "With the curvature no valley is too narrow: Newton’s step goes straight to a bowl’s minimum.",
            "One step, where gradient descent crawls along the floor.",
            "surface=quadratic+kappa+1000&steps=100&run=newton&run=gd+eta+0.0019",
            one_step,
            source="Nocedal & Wright (2006), section 3.3",
        ),
        Claim(
            "automatic-number",
            "con",
            "A number takes η’s place: the rate of a learnt rate must be chosen too, and too high a one blows up.",
            "The same first rate; only β differs.",
            "surface=quadratic&noise=additive+sigma+1&run=hypergradient+hyper_beta+0.001"
            "&run=hypergradient+hyper_beta+0.3",
            new_number,
        ),
        Claim(
            "automatic-cost",
            "con",
            "Trying lengths costs evaluations: a step is several times as dear.",
            "The column of evaluations in the table below the stage.",
            "surface=himmelblau&steps=100&run=armijo&run=gd",
            costs_more,
        ),
        Claim(
            "automatic-noise",
            "con",
            "Under noise a line search is misled: it finds what suits one sample, and never slows down.",
            "The loss with the line search stays high; with the decayed rate it falls.",
            "surface=quadratic&noise=additive+sigma+1&run=armijo&run=gd+eta+0.1+cosine",
            blind_to_noise,
        ),
        Claim(
            "automatic-saddle",
            "con",
            "Newton’s method looks for a slope of zero, which may be a saddle.",
            "It is on the saddle after one step; gradient descent leaves.",
            "surface=saddle&start=1.5+0.5&steps=200&run=newton&run=gd+eta+0.1",
            to_the_saddle,
            source="Dauphin et al. (2014), Identifying and attacking the saddle point problem, NeurIPS",
        ),
    ),
)
