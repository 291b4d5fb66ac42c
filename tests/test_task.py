"""What is tuned is judged by the very run that `simulate` makes, on surfaces and on any other problem."""

import numpy as np
import pytest

from lrviz import Adam, Additive, Constant, Cosine, LeastSquares, Minibatch, Momentum, Nesterov, Rosenbrock, simulate
from lrviz.problem import Problem
from lrviz.schedules import Warmup
from lrviz.surfaces import Quadratic
from lrviz.tuning import Task


class Held(Problem):
    """A straight line through data in five dimensions, judged on other data than it is fitted to."""

    box, start = ((-3.0, 3.0),) * 5, (0.5,) * 5

    def __init__(self):
        generator = np.random.default_rng(3)
        self.a, self.b = generator.normal(size=(20, 5)), generator.normal(size=20)
        self.held_a, self.held_b = generator.normal(size=(30, 5)), generator.normal(size=30)

    def loss(self, theta):
        return np.mean((self.a @ theta - self.b[:, None]) ** 2, axis=0) / 2

    def grad(self, theta):
        return self.a.T @ (self.a @ theta - self.b[:, None]) / len(self.b)

    def validation(self, theta):
        return np.mean((self.held_a @ theta - self.held_b[:, None]) ** 2, axis=0) / 2


@pytest.mark.parametrize(
    ("task", "numbers"),
    [
        (Task(Rosenbrock(), Adam(), 40, Cosine(period=40), start=(-1.0, 1.5)), {"beta1": [0.5, 0.9, 0.99]}),
        (Task(Quadratic(kappa=20.0), Momentum(), 30, Warmup(Constant(), steps=5)), {"beta": [0.0, 0.8, 0.9]}),
        (Task(LeastSquares(), Nesterov(), 30, noise=Minibatch(2), seed=4), {}),
    ],
    ids=["adam", "warm-up", "minibatch"],
)
def test_each_loss_is_that_at_the_end_of_its_own_run(task, numbers):
    etas = np.array([0.003, 0.01, 0.03])
    course = task.course({"eta": etas} | {name: np.array(values) for name, values in numbers.items()}, at=[0, 10, 30])
    for i, eta in enumerate(etas):
        optimizer = task.optimizer.replace(**{name: values[i] for name, values in numbers.items()})
        run = simulate(
            task.problem,
            optimizer,
            task.schedule.with_eta(float(eta)),
            start=task.start,
            steps=30,
            noise=task.noise,
            seed=task.seed,
        )
        np.testing.assert_allclose(course.loss[:, i], run.loss[[0, 10, 30]], rtol=1e-9)
        assert course.evaluations[-1, i] == run.evaluations
    assert task.losses(etas).shape == (3,)


def test_a_run_that_blows_up_has_an_infinite_loss_from_there_on_and_costs_what_it_ran():
    task = Task(Quadratic(kappa=10.0), Momentum(), 100)
    course = task.course({"eta": np.array([0.1, 5.0])}, at=[1, 50, 100])
    assert np.isfinite(course.loss[:, 0]).all()
    assert np.isfinite(course.loss[0, 1])
    np.testing.assert_array_equal(course.loss[1:, 1], np.inf)
    assert course.evaluations[-1, 0] == 100
    assert course.evaluations[1, 1] == course.evaluations[2, 1] < 20


def test_when_none_is_left_the_rest_is_infinite():
    course = Task(Quadratic(), Momentum(), 1000).course({"eta": np.array([50.0, 80.0])}, at=[500, 1000])
    np.testing.assert_array_equal(course.loss, np.inf)
    assert (course.evaluations > 0).all()


def test_seeds_differ_where_they_are_asked_to():
    task = Task(Quadratic(), Momentum(), 30, noise=Additive(0.5), seed=7)
    same = task.losses(np.full(4, 0.05))
    assert np.unique(same).size == 1
    differ = task.losses(np.full(4, 0.05), seeds=np.array([7, 8, 9, 10]))
    assert differ[0] == same[0]
    assert np.unique(differ).size == 4


def test_a_problem_of_any_dimension_is_judged_on_its_validation_data():
    problem = Held()
    task = Task(problem, Adam(), 200)
    (loss,) = task.losses(np.array([0.05]))
    best = np.linalg.lstsq(problem.a, problem.b, rcond=None)[0]
    assert loss == pytest.approx(float(problem.validation(best[:, None])[0]), rel=0.05)
    assert loss != pytest.approx(float(problem.loss(best[:, None])[0]), rel=0.05)


def test_what_cannot_be_tuned_is_refused_by_name():
    task = Task(Quadratic(), Momentum(), 10, Warmup(Constant()))
    assert task.number("eta").symbol == "η"
    assert task.number("beta").symbol == "β"
    with pytest.raises(ValueError, match=r"Momentum has no number 'beta1' to tune; it has: eta, beta, dampening"):
        task.course({"beta1": np.array([0.5])})
    with pytest.raises(ValueError, match="outside"):
        task.course({"eta": np.array([-1.0])})
    with pytest.raises(ValueError, match="not a whole number"):
        Task(Quadratic(), Momentum(), 0)
    with pytest.raises(ValueError, match="Minibatches are drawn from data"):
        Task(Quadratic(), Momentum(), 10, noise=Minibatch(1))
