"""What training costs: the network beside scikit-learn's, epoch by epoch the same work.

.venv/bin/python -m benchmarks.models

Both have the digits, the same hidden layer, minibatches of the same size, momentum 0.9 and the same rate, in double
precision. scikit-learn's is timed without its own loss curve's extra work, which it does not have.
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


def main() -> None:
    with threadpool_limits(1):
        own, other = timed(ours), timed(theirs)
        several, _ = timed(lambda seed: ours(seed, tuple(np.geomspace(0.01, 0.1, SIDE_BY_SIDE))))
    print(f"digits, {HIDDEN} hidden, minibatches of {BATCH}, {EPOCHS} epochs, {SEEDS} seeds, one thread")
    print(f"lrviz         {own[0]:.2f} s, {own[1]:.2%} held out")
    print(f"scikit-learn  {other[0]:.2f} s, {other[1]:.2%} held out; lrviz takes {own[0] / other[0]:.2f} × as long")
    print(f"{SIDE_BY_SIDE} rates side by side take {several / own[0]:.2f} × as long as one")


if __name__ == "__main__":
    main()
