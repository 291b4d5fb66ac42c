"""What training costs: the network beside scikit-learn's, epoch by epoch the same work; and what each page trains
before a hand has touched it, as a multiple of that.

.venv/bin/python -m benchmarks.models

Both networks have the digits, the same hidden layer, minibatches of the same size, momentum 0.9 and the same rate, in
double precision. The time is that of one thread.
"""

import time
import warnings
from collections.abc import Callable

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from lrviz import Constant, Momentum
from lrviz.iterate import iterate
from lrviz.models import MLP, Minibatches, load
from lrviz.ui.edge import page as edge_page
from lrviz.ui.edge import study as edge
from lrviz.ui.edge import view as edge_view
from lrviz.ui.federated import digits
from lrviz.ui.federated import page as federated_page
from lrviz.ui.federated import view as federated_view
from lrviz.ui.landscape import page as landscape_page
from lrviz.ui.landscape import study as landscape
from lrviz.ui.landscape import view as landscape_view
from lrviz.ui.logistic import page as logistic_page
from lrviz.ui.logistic import study as logistic
from lrviz.ui.logistic import view as logistic_view
from lrviz.ui.network import page as network_page
from lrviz.ui.network import study as network
from lrviz.ui.network import view as network_view
from lrviz.ui.policy import page as policy_page
from lrviz.ui.policy import study as policy
from lrviz.ui.policy import view as policy_view
from lrviz.ui.transfer import page as transfer_page
from lrviz.ui.transfer import study as transfer
from lrviz.ui.transfer import view as transfer_view

HIDDEN, BATCH, EPOCHS, ETA, SEEDS = 32, 32, 30, 0.05, 5
SIDE_BY_SIDE = 5
TRAIN, HELD_OUT = load("digits").split(0.25)


def ours(seed: int, etas: tuple[float, ...] = (ETA,)) -> float:
    """Held-out accuracy of the first of the networks after training, at each of the rates side by side."""
    network = MLP(TRAIN, HELD_OUT, (HIDDEN,), "relu", seed=seed)
    batches = Minibatches(network, BATCH, seed)
    start = np.repeat(network.start[:, None], len(etas), axis=1)
    *_, end = iterate(batches, Momentum(), Constant(np.array(etas)), start, EPOCHS * batches.an_epoch)
    return float(network.accuracy(end.theta, HELD_OUT)[0])


def theirs(seed: int) -> float:
    network = MLPClassifier(
        (HIDDEN,),
        solver="sgd",
        momentum=0.9,
        nesterovs_momentum=False,
        alpha=0.0,
        batch_size=BATCH,
        learning_rate_init=ETA,
        max_iter=EPOCHS,
        tol=0.0,
        n_iter_no_change=EPOCHS,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(TRAIN.features, TRAIN.labels)
    return float(network.score(HELD_OUT.features, HELD_OUT.labels))


def timed(train: Callable[[int], float]) -> tuple[float, float]:
    """Seconds a run, and the mean held-out accuracy, over the seeds."""
    began = time.perf_counter()
    accuracies = [train(seed) for seed in range(SEEDS)]
    return (time.perf_counter() - began) / SEEDS, float(np.mean(accuracies))


def nobody(*_: object) -> None:
    """Is told how far it is."""


def never() -> bool:
    return False


def pages() -> dict[str, Callable[[], object]]:
    """What each page trains by itself."""
    federated, first = digits.question(federated_page.SCENE.runs, federated_view.View()), transfer_page.SCENE.runs[0]
    asked = network.question(network_page.SCENE.runs, network_view.View())
    learned = policy.question(policy_page.SCENE.runs, policy_view.View())
    moved = transfer.over_sizes(first, transfer_view.View())
    return {
        "Logistic regression": lambda: logistic.two(
            logistic.question(logistic_page.SCENE, logistic_view.View()), nobody, never
        ),
        "Network": lambda: network.train(asked, nobody, never),
        "Edge of stability": lambda: edge.study(edge_page.SCENE, edge_view.View(), nobody, never),
        "Loss landscape": lambda: landscape.train(landscape_page.SCENE, landscape_view.View(), nobody, never),
        "Transfer": lambda: transfer.work(moved, nobody, never),
        "Reinforcement": lambda: policy.study(learned, nobody, never),
        "Federated": lambda: digits.train(federated, nobody, never),
    }


def main() -> None:
    with threadpool_limits(1):
        own, other = timed(ours), timed(theirs)
        several, _ = timed(lambda seed: ours(seed, tuple(np.geomspace(0.01, 0.1, SIDE_BY_SIDE))))
        waits = {}
        for page, train in pages().items():
            began = time.perf_counter()
            train()
            waits[page] = time.perf_counter() - began
    print(f"digits, {HIDDEN} hidden, minibatches of {BATCH}, {EPOCHS} epochs, {SEEDS} seeds, one thread")
    print(f"lrviz         {own[0]:.2f} s, {own[1]:.2%} held out")
    print(f"scikit-learn  {other[0]:.2f} s, {other[1]:.2%} held out; lrviz takes {own[0] / other[0]:.2f} × as long")
    print(f"{SIDE_BY_SIDE} rates side by side take {several / own[0]:.2f} × as long as one")
    print("what a page trains by itself, and as a multiple of scikit-learn's network:")
    for page, seconds in waits.items():
        print(f"{page:20} {seconds:6.2f} s {seconds / other[0]:7.2f}")


if __name__ == "__main__":
    main()
