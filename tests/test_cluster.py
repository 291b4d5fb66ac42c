"""Maps on a real Dask cluster: complete, even when a worker is killed in the middle; and never without an end."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from lrviz import Adam, Rosenbrock
from lrviz.grid import sweep

pytestmark = pytest.mark.slow

OVER = {"eta": np.geomspace(1e-4, 1.0, 24), "beta1": np.linspace(0.0, 0.95, 20)}


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch):
    monkeypatch.setattr("lrviz.grid.maps.SHARED", 40)


@contextmanager
def cluster(workers: int) -> Iterator:
    """A client of a cluster of processes on this machine."""
    from distributed import Client, LocalCluster

    options = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with LocalCluster(**options) as local, Client(local) as client:
        yield client


def adam_map(**options):
    return sweep(Rosenbrock(), Adam(), 0.1, over=OVER, steps=200, **options)


def test_a_cluster_makes_no_difference_though_a_worker_is_killed():
    killed, told = [], []

    def kill(done: int, total: int) -> None:
        told.append((done, total))
        if not killed:
            killed.append(min(client.run(os.getpid).values()))
            os.kill(killed[0], signal.SIGKILL)

    with cluster(2) as client:
        found = adam_map(executor=client.get_executor(), progress=kill, patience=60)
    plain = adam_map()
    assert told[0] == (40, 480)
    assert told[-1] == (480, 480)
    assert found.missing_sentence == ""
    for name in ("outcome", "loss", "steps", "growth"):
        assert np.array_equal(getattr(found, name), getattr(plain, name), equal_nan=name != "outcome"), name


def test_a_cluster_that_goes_away_leaves_a_map_that_says_what_is_missing():
    with cluster(1) as client:
        found = adam_map(executor=client.get_executor(), progress=lambda *_: client.cluster.close(), patience=5)
    assert 0 < found.missing.sum() < 480
    assert found.missing_sentence.startswith(f"{found.missing.sum()} of 480 cells are missing: ")
    assert np.array_equal(found.outcome[~found.missing], adam_map().outcome[~found.missing])
