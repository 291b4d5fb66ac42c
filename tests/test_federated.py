"""Federated averaging is the papers'; it rests where the closed form says; the claims of its page hold over seeds."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from lrviz import GD, Adam, Constant, Cosine, Momentum
from lrviz.iterate import iterate
from lrviz.models import MLP, Data, follow, load
from lrviz.models.clients import Quadratics, Several, by_label, quadratics, shared
from lrviz.models.federated import Federated
from lrviz.models.linear import LogisticRegression
from lrviz.scene import Run
from lrviz.ui.federated import digits
from lrviz.ui.federated import study as studies
from lrviz.ui.federated.examples import EXAMPLES
from lrviz.ui.federated.view import View

SEEDS = range(20)


def ends(federated, optimizer=None, eta=1.0, rounds=100):
    """Where the server stands at the end, (2,)."""
    start = np.asarray(federated.start)[:, None]
    found = follow(federated, optimizer or GD(), Constant(eta), start, [rounds], {})
    assert found.blew_up[0] < 0
    return found.theta[:, 0]


def drift(clients, eta, local):
    return float(np.linalg.norm(clients.fixed_point(eta, local) - clients.optimum))


# ---- clients


def logistic(count=4, alpha=1.0):
    """Clients of unequal size that share real data."""
    data = load("iris").only(1, 2).standardized()
    problem = LogisticRegression(data, penalty=0.01)
    parts = by_label(data, count, alpha)
    return problem, shared(problem, [np.concatenate(parts[:2]), *parts[2:]])


@pytest.mark.parametrize("clients", [quadratics(5, 1.0, 1.0, 3), logistic()[1]], ids=["quadratics", "logistic"])
def test_the_gradient_is_that_of_the_mean_loss(clients):
    theta = np.random.default_rng(0).normal(size=(len(clients.start), 3))
    grad, step = clients.grad(theta), 1e-6
    for i, row in enumerate(np.eye(len(theta))):
        along = step * row[:, None]
        central = (clients.loss(theta + along) - clients.loss(theta - along)) / (2 * step)
        np.testing.assert_allclose(grad[i], central, rtol=1e-6, atol=1e-8)


def test_the_mean_of_a_quadratic_is_lowest_at_the_optimum():
    clients = quadratics(5, 1.0, 1.0, 3)
    own = [
        0.5 * (clients.optimum - c) @ a @ (clients.optimum - c)
        for c, a in zip(clients.own, clients.curvature, strict=True)
    ]
    assert clients.loss(clients.optimum) == pytest.approx(np.mean(own))
    found = minimize(lambda theta: float(clients.loss(theta)), np.zeros(2), tol=1e-12)
    np.testing.assert_allclose(clients.optimum, found.x, atol=1e-6)


def test_shared_examples_weigh_as_much_as_they_are():
    problem, clients = logistic()
    assert len(set(clients.examples)) > 1
    theta = np.random.default_rng(1).normal(size=(problem.dim, 2))
    np.testing.assert_allclose(clients.loss(theta), problem.loss(theta))
    np.testing.assert_allclose(clients.grad(theta), problem.grad(theta))


def test_curvatures_that_are_none_are_refused():
    with pytest.raises(ValueError, match="have shape"):
        Quadratics(np.zeros((3, 2)), np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="not symmetric and positive definite"):
        Quadratics(np.zeros((1, 2)), np.array([[[1.0, 0.0], [0.0, -1.0]]]))
    with pytest.raises(ValueError, match="not symmetric and positive definite"):
        Quadratics(np.zeros((1, 2)), np.array([[[1.0, 0.5], [0.0, 1.0]]]))


# ---- the digits of each client


def coins(n):
    """n examples of two classes, three quarters of them of the second."""
    labels = (np.arange(n) % 4 > 0).astype(np.int64)
    return Data(np.zeros((n, 1)), labels, ("x",), ("a", "b"))


def test_every_example_has_one_client_and_all_have_as_many():
    data = load("digits")
    parts = by_label(data, 7, 0.3, seed=2)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(data)))
    assert {len(part) for part in parts} <= {len(data) // 7, len(data) // 7 + 1}
    again = by_label(data, 7, 0.3, seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))
    assert not np.array_equal(parts[0], by_label(data, 7, 0.3, seed=3)[0])


@pytest.mark.parametrize("alpha", [1.0, 5.0])
def test_shares_of_classes_spread_as_those_of_a_dirichlet_distribution(alpha):
    """Of n draws by shares q ~ Dir(α p) a class's count has the beta-binomial variance (Johnson, Kotz &
    Balakrishnan 1997, Discrete multivariate distributions, chapter 35)."""
    data, n = coins(48), 12
    shares = np.array([(data.labels[by_label(data, 4, alpha, seed)[0]] == 1).mean() for seed in range(500)])
    p = 0.75
    variance = p * (1 - p) / n * (1 + (n - 1) / (alpha + 1))
    assert shares.mean() == pytest.approx(p, abs=4 * math.sqrt(variance / len(shares)))
    assert shares.var() == pytest.approx(variance, rel=0.15)


@pytest.mark.parametrize(
    ("count", "alpha", "says"), [(3, 0.0, "α = 0"), (3, math.inf, "α = inf"), (9, 1.0, "9 clients")]
)
def test_data_that_cannot_be_shared_get_a_sentence(count, alpha, says):
    with pytest.raises(ValueError, match=says):
        by_label(coins(8), count, alpha)


# ---- the rounds


def by_hand(clients, theta, rounds, *, local, rate, beta, server_eta, take):
    """McMahan et al.'s algorithm with momentum on the clients, line by line, for one particle. take(t): the clients."""
    path = [theta]
    for t in range(rounds):
        mean, weight = np.zeros_like(theta), 0.0
        for client in take(t):
            own, m = theta.copy(), np.zeros_like(theta)
            for _ in range(local):
                gradient = clients.each(own[:, None, None], np.array([client]))[1][:, 0, 0]
                m = beta * m + gradient
                own = own - rate(t) * m
            mean = mean + clients.weights[client] * own
            weight += clients.weights[client]
        theta = theta + server_eta * (mean / weight - theta)
        path.append(theta)
    return np.array(path)


def test_the_rounds_are_those_of_federated_averaging():
    """Unequal weights, some of the clients, momentum that begins anew, a falling rate, and a server's η of not 1."""
    _, clients = logistic()
    federated = Federated(clients, Momentum(beta=0.5), Cosine(eta=0.3, period=9), 4, share=0.6, seed=5)
    start = np.full((len(clients.start), 1), 0.2)
    path = np.array([it.theta[:, 0] for it in iterate(federated, GD(), Constant(0.7), start, 6)])

    def rate(t):
        return 0.15 * (1 + math.cos(math.pi * t / 9))

    told = {"local": 4, "rate": rate, "beta": 0.5, "server_eta": 0.7, "take": lambda t: federated.at(t).who.tolist()}
    np.testing.assert_allclose(path, by_hand(clients, start[:, 0], 6, **told), rtol=1e-10)


def test_particles_do_not_mix():
    clients = quadratics(4, 1.0, 1.0)
    federated = Federated(clients, schedule=Constant(np.array([0.05, 0.1, 0.2])), steps=3, share=0.5)
    theta = np.random.default_rng(0).normal(size=(2, 3))
    together = federated.grad(theta)
    for i, eta in enumerate((0.05, 0.1, 0.2)):
        alone = Federated(clients, schedule=Constant(eta), steps=3, share=0.5).grad(theta[:, i : i + 1])
        np.testing.assert_allclose(together[:, i], alone[:, 0], rtol=1e-12)


def test_the_server_steps_as_its_optimizer_does_with_the_mean_move_as_gradient():
    """FedAdam, written out (Kingma & Ba 2015, algorithm 1)."""
    clients = quadratics(4, 1.0, 1.0)
    federated = Federated(clients, schedule=Constant(0.1), steps=5)
    theta = np.array(federated.start)
    path = [theta]
    m = v = np.zeros(2)
    for t in range(1, 8):
        delta = theta - federated.local_paths(theta)[-1].mean(axis=1)
        m, v = 0.9 * m + 0.1 * delta, 0.999 * v + 0.001 * delta**2
        theta = theta - 0.2 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        path.append(theta)
    run = iterate(federated, Adam(), Constant(0.2), np.asarray(federated.start)[:, None], 7)
    np.testing.assert_allclose([it.theta[:, 0] for it in run], path, rtol=1e-10)


def test_with_one_local_step_it_is_gradient_descent_on_the_mean_loss():
    clients = quadratics(5, 1.0, 1.0, 1)
    start = np.asarray(clients.start)[:, None]
    rounds = iterate(Federated(clients, schedule=Constant(0.1)), GD(), Constant(1.0), start, 20)
    plain = iterate(clients, GD(), Constant(0.1), start, 20)
    for one, other in zip(rounds, plain, strict=True):
        np.testing.assert_allclose(one.theta, other.theta, rtol=1e-12)


def test_local_paths_lead_to_the_mean_move():
    federated = Federated(quadratics(6, 1.0, 1.0), Momentum(), Constant(0.05), 4, share=0.5, seed=1).at(3)
    theta = np.array([0.5, -1.0])
    paths = federated.local_paths(theta)
    assert paths.shape == (5, 2, 3)
    np.testing.assert_array_equal(paths[0], np.repeat(theta[:, None], 3, axis=1))
    np.testing.assert_allclose((theta[:, None] - paths[-1]).mean(axis=1), federated.grad(theta[:, None])[:, 0])


def test_who_takes_part_is_drawn_anew_in_each_round_and_by_the_seed_alone():
    clients = quadratics(10, 1.0, 1.0)
    federated = Federated(clients, share=0.3, seed=4)
    rounds = [tuple(federated.at(t).who.tolist()) for t in range(200)]
    assert all(len(set(who)) == 3 for who in rounds)
    assert rounds == [tuple(Federated(clients, share=0.3, seed=4).at(t).who.tolist()) for t in range(200)]
    assert rounds != [tuple(Federated(clients, share=0.3, seed=5).at(t).who.tolist()) for t in range(200)]
    often = np.bincount(np.ravel(rounds), minlength=10) / 200
    assert np.all(np.abs(often - 0.3) < 5 * math.sqrt(0.3 * 0.7 / 200))
    assert Federated(clients, share=0.01).each_round == 1


def test_a_client_that_blows_up_takes_the_run_with_it():
    clients = quadratics(3, 1.0, 0.0)
    federated = Federated(clients, schedule=Constant(30.0), steps=60)
    assert np.isnan(federated.grad(np.ones((2, 1)))).all()
    found = follow(federated, Adam(), Constant(0.1), np.ones((2, 1)), [0, 5], {"loss": federated.loss})
    assert found.blew_up[0] == 0


@pytest.mark.parametrize("change", [{"steps": 0}, {"steps": 1.5}, {"share": 0.0}, {"share": 1.1}, {"share": math.nan}])
def test_rounds_that_make_no_sense_are_refused(change):
    with pytest.raises(ValueError, match=r"is not a whole number of at least 1|is outside \(0, 1\]"):
        Federated(quadratics(3, 1.0, 1.0), **change)


# ---- where it rests


@pytest.mark.parametrize("local", [1, 2, 10, 40])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_comes_to_the_fixed_point(local, seed):
    clients = quadratics(4, 1.5, 0.8, seed)
    end = ends(Federated(clients, schedule=Constant(0.15), steps=local), rounds=10 + 400 // local)
    np.testing.assert_allclose(end, clients.fixed_point(0.15, local), atol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(("optimizer", "eta"), [(Momentum(beta=0.5), 0.5), (Adam(), 0.1)])
def test_it_is_the_same_for_every_server(optimizer, eta):
    clients = quadratics(4, 1.0, 1.0, 2)
    end = ends(Federated(clients, schedule=Constant(0.2), steps=4), optimizer, eta, rounds=200)
    assert np.linalg.norm(end - clients.fixed_point(0.2, 4)) < 3e-3 < drift(clients, 0.2, 4) / 10


@pytest.mark.parametrize(("apart", "unlike", "local"), [(1.0, 1.0, 1), (1.0, 0.0, 30), (0.0, 1.0, 30)])
def test_it_is_the_optimum_with_one_local_step_or_where_clients_do_not_differ_in_both(apart, unlike, local):
    for seed in SEEDS:
        assert drift(quadratics(5, apart, unlike, seed), 0.1, local) < 1e-12


def test_the_limit_of_the_servers_rate_is_where_it_blows_up():
    clients = quadratics(4, 1.0, 1.0)
    limit = clients.limit(0.1, 10)
    federated = Federated(clients, schedule=Constant(0.1), steps=10)
    start = np.asarray(federated.start)[:, None].repeat(2, axis=1)
    found = follow(federated, GD(), Constant(limit * np.array([0.98, 1.02])), start, [0, 150], {"loss": clients.loss})
    first, last = found.values["loss"]
    assert last[0] < first[0]
    assert last[1] > first[1]


def test_drift_grows_with_local_steps():
    """Over seeds, in the mean; of a single draw the drift may also fall again."""
    drifts = np.array([[drift(quadratics(6, 1.0, 1.0, seed), 0.1, E) for E in (1, 2, 5, 10, 20, 50)] for seed in SEEDS])
    assert np.all(drifts[:, 1:] > 0.001)
    assert np.all(np.diff(drifts.mean(axis=0)) > 0.02)


def test_drift_grows_with_both_differences_between_clients():
    for seed in SEEDS:  # in proportion to how far apart the minima are
        one, three = (drift(quadratics(6, apart, 1.0, seed), 0.1, 10) for apart in (1.0, 3.0))
        assert three == pytest.approx(3 * one)
    unlike = [[drift(quadratics(6, 1.0, u, seed), 0.1, 10) for u in (0.0, 0.25, 0.5, 1.0)] for seed in SEEDS]
    assert np.all(np.diff(np.mean(unlike, axis=0)) > 0.02)


@pytest.mark.slow
def test_a_falling_rate_of_the_clients_takes_the_drift_back():
    """As in the example: to less than a third, over seeds."""
    shares = []
    for seed in range(4):
        clients = quadratics(6, 1.0, 1.0, seed)
        falling = ends(Federated(clients, schedule=Cosine(eta=0.1, period=60), steps=10), rounds=60)
        shares.append(np.linalg.norm(falling - clients.optimum) / drift(clients, 0.1, 10))
    assert max(shares) < 1 / 3


# ---- what the examples say


def example(title, rounds=None):
    """What it comes to; perhaps of fewer rounds, to save time."""
    found = next(one for one in EXAMPLES if one.title == title)
    view = View.parse(found.view)[0]
    asked = studies.question(found.scene.runs, view.replace(rounds=rounds or view.rounds))
    return studies.study(asked, lambda *_: None, lambda: False)


@pytest.mark.slow
def test_example_client_drift():
    found = example("Client drift")
    rest = np.linalg.norm(found.path[-1] - found.resting[:, None], axis=0)
    away = float(np.linalg.norm(found.resting - found.clients.optimum))
    assert away > 0.5
    assert np.all(rest < 0.1)


@pytest.mark.slow
def test_example_many_local_steps():
    many, one = example("Many local steps", 12), example("One local step")
    assert many.gap[1, 0] < one.gap[1, 0] / 3
    assert many.gap[-1, 0] > 20 * one.gap[-1, 0]
    np.testing.assert_allclose(many.reference[: len(one.gap)], one.gap[:, 0], rtol=1e-9, atol=1e-15)


@pytest.mark.slow
def test_example_server_momentum():
    found = example("Server momentum", 40)
    assert [run.optimizer.slug for run in found.asked.runs] == ["gd", "momentum"]
    away = np.linalg.norm(found.path - found.resting[:, None], axis=1)
    assert away[20, 1] < away[20, 0] / 2
    assert np.linalg.norm(found.path[-1, :, 1] - found.clients.optimum) > 0.3


@pytest.mark.slow
def test_example_a_few_clients_a_round():
    found = example("A few clients a round", 50)
    late = found.path[15:]
    spread = np.sqrt(late.var(axis=0).sum(axis=0))
    assert spread[0] > 2 * spread[1] > 0.01


@pytest.mark.slow
def test_digits_shared_unevenly_are_learned_more_slowly():
    """By FedAvg, with the page's numbers over 12 rounds, for each draw of the clients."""
    view = View(rounds=12)
    for seed in range(2):
        ends = []
        for alpha in (0.1, 100.0):
            asked = digits.question([Run(GD(), Constant(1.0))], view.replace(alpha=alpha, seed=seed))
            ends.append(float(digits.train(asked, lambda *_: None, lambda: False).loss[-1, 0]))
        assert ends[0] > 1.2 * ends[1]


def test_the_model_of_the_digits_is_logistic_regression():
    """Of two classes it is the same function: the difference of the two classes' weights."""
    data = load("iris").only(1, 2)
    net, plain = MLP(data, hidden=()), LogisticRegression(data)
    weights = np.random.default_rng(0).normal(size=(5, 3))
    both = np.concatenate(
        [np.stack([0 * weights[:4], weights[:4]], axis=1).reshape(8, 3), 0 * weights[4:], weights[4:]]
    )
    np.testing.assert_allclose(net.loss(both), plain.loss(weights))
    several = shared(net, by_label(data, 3, 1.0))
    assert isinstance(several, Several)
    np.testing.assert_allclose(several.loss(both), net.loss(both))
