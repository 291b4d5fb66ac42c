"""REINFORCE: its gradients, its estimate, its episodes and what is told of the learning."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from lrviz import GD, Adam, Constant, Exponential
from lrviz.models.cartpole import EDGE, LAST, TILT, CartPole
from lrviz.models.learning import FELL, KEPT, Learned, Learner
from lrviz.models.policy import Policy, entropy
from lrviz.models.reinforce import Reinforce
from lrviz.ui.policy import told

# ---- the policy


@pytest.mark.parametrize("hidden", [0, 3])
def test_the_score_is_the_slope_of_the_log_likelihood(hidden):
    policy, generator = Policy(4, 3, hidden), np.random.default_rng(1)
    theta, states = generator.normal(size=(policy.dim, 2)), generator.normal(size=(2, 7, 4))
    taken, weights = generator.integers(0, 3, (2, 7)), generator.normal(size=(2, 7))
    score, h = policy.score(theta, states, taken, weights), 1e-5
    for coordinate in range(policy.dim):
        step = np.zeros_like(theta)
        step[coordinate] = h
        above = policy.log_likelihood(theta + step, states, taken, weights)
        below = policy.log_likelihood(theta - step, states, taken, weights)
        np.testing.assert_allclose(score[coordinate], (above - below) / (2 * h), rtol=1e-6, atol=1e-8)


def test_the_log_likelihood_is_that_of_the_probabilities():
    policy, generator = Policy(4, 2, 3), np.random.default_rng(2)
    theta, states = generator.normal(size=(policy.dim, 2)), generator.normal(size=(2, 5, 4))
    chances = policy.probabilities(policy.layers(theta), states)
    np.testing.assert_allclose(chances.sum(axis=-1), 1.0)
    ones = np.ones((2, 5), dtype=np.int64)
    expected = np.log(chances[..., 1]).sum(axis=1)
    np.testing.assert_allclose(policy.log_likelihood(theta, states, ones, np.ones((2, 5))), expected)


@pytest.mark.parametrize("hidden", [0, 5])
def test_at_first_all_actions_are_equally_likely(hidden):
    policy = Policy(4, 2, hidden)
    chances = policy.probabilities(policy.layers(policy.initial(3)[:, None]), np.ones((1, 6, 4)))
    np.testing.assert_array_equal(chances, 0.5)
    assert bool(policy.initial(3).any()) == (hidden > 0)


def test_entropy_is_that_of_a_coin_at_most_and_0_where_all_is_certain():
    np.testing.assert_allclose(
        entropy(np.array([[0.5, 0.5], [1.0, 0.0], [0.9, 0.1]])), [np.log(2), 0.0, 0.325083], 1e-5
    )


# ---- the estimate


class Fork:
    """Two decisions among two, the second only after action 1 of the first: all that may happen can be written down."""

    observed = 2
    actions = 2
    longest = 2
    FIRST = np.array([1.0, 0.0])
    SECOND = np.array([0.5, 1.0])
    PAID = ((12.0, 11.0), (0.0, 6.0))  # of each action of the first decision, and of the second

    def draw(self, generator, count):
        return np.zeros((count, 1))

    def begin(self, starts):
        self.turn = 0
        return np.tile(self.FIRST, (len(starts), 1))

    def step(self, taken):
        paid = np.array(self.PAID[self.turn])[taken]
        over = taken == 0 if self.turn == 0 else np.ones(len(taken), dtype=bool)
        self.turn += 1
        return np.tile(self.SECOND, (len(taken), 1)), paid, over

    def expected(self, policy, theta):
        """The mean return, by enumeration."""
        states = np.stack([self.FIRST, self.SECOND])[None]
        first, second = policy.probabilities(policy.layers(theta[:, None]), states)[0]
        ways = [((0,), first[0])] + [((1, b), first[1] * second[b]) for b in (0, 1)]
        return sum(chance * sum(self.PAID[turn][a] for turn, a in enumerate(way)) for way, chance in ways)


MANY = 4000


def estimates(**numbers):
    """The estimates of many seeds at one θ, (dim, MANY), and the gradient that they estimate, (dim,)."""
    world, theta = Fork(), np.random.default_rng(4).normal(size=6)
    problem = Reinforce(world, episodes=3, seeds=tuple(range(MANY)), **numbers)
    _, grad = problem.loss_and_grad(np.repeat(theta[:, None], MANY, axis=1))
    steps = 1e-5 * np.eye(6)
    slope = [
        (world.expected(problem.policy, theta + h) - world.expected(problem.policy, theta - h)) / 2e-5 for h in steps
    ]
    return -grad, np.array(slope)


def test_the_estimate_is_right_on_average_with_a_baseline_and_without():
    spread = {}
    for baseline in (True, False):
        found, exact = estimates(baseline=baseline)
        error = found.std(axis=1) / np.sqrt(MANY)
        assert np.all(np.abs(found.mean(axis=1) - exact) < 4 * error)
        assert np.linalg.norm(error) < 0.1 * np.linalg.norm(exact)  # else this would say little
        spread[baseline] = found.var(axis=1).sum()
    assert spread[True] < 0.7 * spread[False]


def test_the_return_to_go_is_the_discounted_sum_of_what_is_to_come():
    problem = Reinforce(episodes=3, baseline=False, discount=0.9)
    played = problem.play(problem.starts(1))
    to_go = played.to_go(0.9)
    assert played.alive.sum() == played.steps.sum() == played.returns.sum()
    for t, episode in product((0, 5), range(3)):
        paid = played.paid[t:, 0, episode]
        np.testing.assert_allclose(to_go[t, 0, episode], (paid * 0.9 ** np.arange(len(paid))).sum())


def test_the_baseline_is_the_mean_of_the_other_episodes():
    problem = Reinforce(episodes=3)
    played = problem.play(problem.starts(1))
    to_go = played.to_go(1.0)[:, 0]
    expected = to_go[:, 1] - (to_go[:, 0] + to_go[:, 2]) / 2
    np.testing.assert_allclose(problem.advantage(played)[:, 0, 1], expected)


def test_what_follows_an_episodes_end_does_not_count():
    problem = Reinforce(episodes=3)
    played, theta = problem.play(problem.starts(1)), problem.starts(1)
    assert not played.alive.all()
    other = replace(played, states=np.where(played.alive[..., None], played.states, 9.0))
    np.testing.assert_array_equal(problem.estimate(theta, other), problem.estimate(theta, played))


# ---- the episodes


def balancing():
    """θ of a linear policy that pushes to where the pole falls, nearly surely."""
    theta = np.zeros((10, 1))
    theta[[1, 3, 5, 7], 0] = [0.3, 3.0, 20.0, 20.0]  # position, velocity, angle, its velocity: for pushing right
    return theta


def test_a_cart_is_gymnasiums_own():
    import gymnasium

    problem = Reinforce(CartPole(), episodes=2, seeds=(7,))
    played = problem.play(0.1 * balancing())
    steps = int(played.alive[:, 0, 0].sum())
    assert 10 < steps < LAST
    environment = gymnasium.make("CartPole-v1").unwrapped
    environment.reset()
    environment.state = tuple(played.states[0, 0, 0])
    for t in range(steps):
        state, reward, fell, _, _ = environment.step(int(played.taken[t, 0, 0]))
        assert reward == played.paid[t, 0, 0] == 1
        assert fell == (t == steps - 1)
        if not fell:
            np.testing.assert_allclose(played.states[t + 1, 0, 0], state, atol=1e-5)
    assert abs(state[0]) > EDGE or abs(np.degrees(state[2])) > TILT


def test_an_episode_ends_after_500_steps():
    played = Reinforce(episodes=2).play(balancing())
    np.testing.assert_array_equal(played.returns, 500.0)


def test_it_is_over_at_the_500th_step_though_the_pole_stands():
    world, policy = CartPole(), Policy(4, 2)
    states, overs = world.begin(np.full((1, 4), 0.01)), []
    for _ in range(LAST):
        push = policy.probabilities(policy.layers(balancing()), states[None])[0].argmax(axis=1)
        states, _, over = world.step(push)
        overs.append(bool(over[0]))
    assert overs == [False] * (LAST - 1) + [True]


def test_luck_depends_on_the_seed_and_the_step_and_on_nothing_beside():
    together = Reinforce(episodes=2, seeds=(3, 5)).at(4)
    alone = Reinforce(episodes=2, seeds=(5,)).at(4)
    theta = 0.1 * balancing()
    both, one = together.play(np.repeat(theta, 4, axis=1)), alone.play(theta)
    T = len(one.states)
    for p in (1, 3):
        np.testing.assert_array_equal(both.returns[p], one.returns[0])
        alive = one.alive[:, 0]
        np.testing.assert_array_equal(both.states[:T, p][alive], one.states[:, 0][alive])
    assert not np.array_equal(both.returns[0], both.returns[1])
    assert not np.array_equal(alone.at(5).play(theta).returns, one.returns)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="1 episode has no others to be its baseline"):
        Reinforce(episodes=1)
    with pytest.raises(ValueError, match=r"discount \(γ\) = 1.5 is outside \[0, 1\]"):
        Reinforce(discount=1.5)
    with pytest.raises(ValueError, match="no seed"):
        Reinforce(seeds=())


# ---- the learning


def learned(optimizer, schedule, budget, seeds, **numbers):
    learner = Learner(Reinforce(seeds=tuple(seeds), **numbers), optimizer, schedule, budget)
    while not learner.is_done:
        learner.update()
    return learner.learned()


def test_each_policy_plays_once_and_an_update_is_one_step_along_the_estimate():
    class Counting(CartPole):
        begun = 0

        def begin(self, starts):
            self.begun += 1
            return super().begin(starts)

    world = Counting()
    problem = Reinforce(world, episodes=4, seeds=(1, 2))
    learner = Learner(problem, GD(), Constant(0.01), 700)
    while not learner.is_done:
        learner.update()
    found = learner.learned()
    assert world.begun == len(found.steps) > 3
    start = problem.starts(2)
    played = problem.play(start)
    first = start + 0.01 * problem.estimate(start, played)
    np.testing.assert_allclose(found.moved[0], np.linalg.norm(first - start, axis=0))
    np.testing.assert_array_equal(found.returns[0], played.returns.mean(axis=1))
    np.testing.assert_array_equal(found.taken[0], played.steps)
    again = problem.at(1).play(first)
    np.testing.assert_array_equal(found.returns[1], again.returns.mean(axis=1))
    np.testing.assert_array_equal(found.taken[1], played.steps + again.steps)
    assert found.steps[-1] >= 700 > found.steps[-2]


def test_the_policies_that_are_kept_have_learned_from_so_many_steps():
    found = learned(Adam(), Constant(0.1), 3000, (0, 1))
    fed = np.append(0.0, found.steps[:-1])  # what each policy has learned from
    for policy, update in enumerate(found.updates):
        wanted = 3000 * policy / (KEPT - 1)
        assert fed[update] >= wanted or update == len(fed) - 1
        assert update == 0 or fed[update - 1] < wanted
    np.testing.assert_array_equal(found.policies[0], 0.0)
    assert len(found.policies) == KEPT


def test_what_is_read_off_the_returns():
    returns = np.array([[20.0, 20, 20]] * 6 + [[200.0, 200, 20]] * 6 + [[20.0, 180, np.nan]] * 4)
    K = len(returns)
    taken = np.repeat(np.arange(1.0, K + 1)[:, None], 3, axis=1)
    found = Learned(taken, returns, returns, np.ones(K - 1), np.ones((K - 1, 3)), np.empty(0), np.empty(0, np.int64))
    assert found.late[:2].tolist() == [(200 + 4 * 20) / 5, (200 + 4 * 180) / 5]
    assert found.best.tolist() == [200, 200, 20]
    assert found.late[0] < FELL * found.best[0]
    assert found.fell.tolist() == [True, False, False]
    assert found.blew_up.tolist() == [False, False, True]
    assert found.passes(100) == 7
    assert np.isnan(found.passes(1000))


def test_a_rate_beyond_all_bounds_ends_the_run():
    found = learned(GD(), Constant(1e9), 20_000, (0, 1))
    assert np.isnan(found.returns[-1]).all()
    assert found.blew_up.all()
    assert found.steps[-1] < 20_000


# ---- what the page claims, over seeds


@pytest.mark.slow
def test_adam_passes_150_within_20_000_steps_in_the_environment():
    assert learned(Adam(), Constant(0.1), 20_000, range(5)).passes(150) < 20_000


@pytest.mark.slow
def test_a_constant_high_rate_falls_and_a_low_or_decayed_or_discounted_one_does_not():
    high, low, decayed = (
        learned(GD(), schedule, 25_000, range(5))
        for schedule in (Constant(0.01), Constant(0.001), Exponential(0.01, 0.93))
    )
    discounted = learned(GD(), Constant(0.01), 10_000, range(5), discount=0.95)
    assert high.fell.sum() >= 4
    assert max(low.fell.sum(), decayed.fell.sum(), discounted.fell.sum()) <= 1
    assert decayed.late.mean() > 1.5 * low.late.mean()  # quicker, too
    assert decayed.late.mean() > 2 * high.late.mean()
    assert told.grown(high) > 2 * told.grown(discounted)


@pytest.mark.slow
def test_adam_learns_at_rates_far_apart_and_not_at_any():
    low, high, beyond = (learned(Adam(), Constant(eta), 12_000, range(5)) for eta in (0.03, 1.0, 3.0))
    assert min(low.mean[-3:].mean(), high.mean[-3:].mean()) > 1.3 * beyond.mean[-3:].mean()
    assert beyond.entropy[-1].mean() < 0.5 * high.entropy[-1].mean()  # sure too early
