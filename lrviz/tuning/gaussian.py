"""Bayesian search: a Gaussian process says what to expect at each η, and the next run goes where most is to be gained.

Source: Jones, Schonlau & Welch (1998), Efficient global optimization of expensive black-box functions, Journal of
Global Optimization 13; Snoek, Larochelle & Adams (2012), Practical Bayesian optimization of machine learning
algorithms, NeurIPS (the Matérn 5/2 kernel). The process is scikit-learn's, the expected improvement that of
bayesian-optimization; both are imported only once a search of this kind begins.
"""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array
from lrviz.threads import one_thread
from lrviz.tuning.trials import Ask, Belief, Ledger, Plan, Setting

FIRST = 3
"""Runs before the first proposal, for each number that is searched: drawn as in random search with the same seed."""
CANDIDATES = {1: 513, 2: 65}
"""Points along each number among which the next run is chosen, by how many numbers are searched."""
LENGTH = 0.2
"""How far apart two trials still have much to do with each other, as a share of the range: over five decades of η, one.
It is not fitted: a handful of trials says little about it, and on most surfaces a fitted one searched worse."""
JITTER = 1e-6
"""Variance added to each loss for the sake of the algebra, as a share of their own (bayesian-optimization's)."""


def bayesian(setting: Setting, ledger: Ledger, generator: np.random.Generator) -> Plan:
    """Some random runs; then each where the expected improvement on the best so far is highest.

    It works in the unit scale of each number and in the search's measure of the loss: a run that blew up is to it what
    one that stayed at its start is. Nothing is tried twice.
    """
    space, steps = setting.space, setting.task.steps
    dimensions = len(space.dimensions)
    candidates = space.lattice(CANDIDATES[dimensions])
    units = space.draw(generator, min(FIRST * dimensions, ledger.left // setting.a_run))
    losses = np.empty(0)
    proposed = units
    while True:
        values = space.values(proposed)
        course = yield Ask(values, (steps,))
        ledger.note(values, course.loss[0], course.evaluations[0], steps)
        losses = np.append(losses, course.loss[0])
        untried = ~(candidates[:, None] == units).all(axis=-1).any(axis=-1)
        if ledger.left < setting.a_run or not untried.any():
            return
        mean, deviation, acquisition = believe(units, setting.measure(losses), candidates)
        choice = best_place(np.where(untried, acquisition, -np.inf), np.where(untried, deviation, -np.inf))
        proposed = candidates[choice][None]
        along = (candidates[:, 1:] == proposed[:, 1:]).all(axis=1)  # all of them where η is searched alone
        eta, proposal = space.values(candidates[along])["eta"], float(space.values(proposed)["eta"][0])
        belief = Belief(len(ledger.trials), eta, mean[along], deviation[along], acquisition[along], proposal)
        ledger.beliefs.append(belief)
        units = np.concatenate([units, proposed])


def believe(units: Array, measured: Array, candidates: Array) -> tuple[Array, Array, Array]:
    """Mean, deviation and expected improvement at the candidates, (m, d) → (m,) each, after trials at units, (n, d).

    measured: (n,), lower is better, as are the mean and the improvement.
    """
    from bayes_opt.acquisition import ExpectedImprovement
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Matern

    process = GaussianProcessRegressor(Matern(LENGTH, "fixed", nu=2.5), alpha=JITTER, normalize_y=True)
    with one_thread():
        process.fit(units, -measured)
        mean, deviation = process.predict(candidates, return_std=True)
    improvement = ExpectedImprovement(xi=0.0)
    improvement.y_max = float(np.max(-measured))  # type: ignore[assignment]
    with np.errstate(all="ignore"):
        expected = np.where(deviation > 0, improvement.base_acq(mean, deviation), 0.0)
    return -mean, deviation, np.maximum(expected, 0.0)


def best_place(acquisition: Array, deviation: Array) -> int:
    """Where most is to be gained; where nothing is to be gained anywhere, where least is known."""
    return int(np.argmax(acquisition) if acquisition.max() > 0 else np.argmax(deviation))
