"""Whoever runs the tiles of a map, it is the same map; nothing hangs or goes missing in silence."""

import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from lrviz import (
    GD,
    Rosenbrock,
)
from lrviz.grid import crew, sweep
from lrviz.grid.tile import run
from tests.test_grid import momentum_map, same


@pytest.fixture(scope="module")
def plain():
    return momentum_map()


@pytest.fixture
def small_tiles(monkeypatch):
    monkeypatch.setattr("lrviz.grid.maps.CELLS", 20)
    monkeypatch.setattr("lrviz.grid.maps.SHARED", 20)


def test_tiles_make_no_difference(plain, small_tiles):
    same(momentum_map(), plain)


def test_threads_make_no_difference(plain, small_tiles):
    with ThreadPoolExecutor(2) as executor:
        same(momentum_map(executor=executor), plain)


@pytest.mark.slow
def test_processes_make_no_difference(plain, small_tiles):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        same(momentum_map(executor=executor), plain)


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_a_map_that_says_what_is_missing(plain, small_tiles):
    def kill(done, total):
        for process in list(executor._processes.values()):
            process.kill()

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        found = momentum_map(executor=executor, progress=kill, patience=30)
    assert 0 < found.missing.sum() < 108
    assert "cells are missing" in found.missing_sentence
    assert "BrokenProcessPool" in found.missing_sentence
    assert np.array_equal(found.outcome[~found.missing], plain.outcome[~found.missing])


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor])
def test_progress_is_told_in_the_calling_thread(small_tiles, pool):
    told = []

    def progress(done, total):
        told.append((done, total, threading.get_ident()))

    if pool is None:
        momentum_map(progress=progress)
    else:
        with pool(2) as executor:
            momentum_map(progress=progress, executor=executor)
    done, total, thread = zip(*told, strict=True)
    assert done == (20, 40, 60, 80, 100, 108) or (pool and sorted(done) == list(done) and done[-1] == 108)
    assert set(total) == {108}
    assert set(thread) == {threading.get_ident()}


@pytest.mark.parametrize("as_event", [True, False])
@pytest.mark.parametrize("threads", [0, 1])
def test_what_is_cancelled_says_what_is_missing(plain, small_tiles, as_event, threads):
    stop = threading.Event()
    options = {"cancelled": stop if as_event else stop.is_set, "progress": lambda done, _: done >= 40 and stop.set()}
    if threads:
        with ThreadPoolExecutor(threads) as executor:
            found = momentum_map(executor=executor, **options)
    else:
        found = momentum_map(**options)
        assert found.missing.sum() == 68
    assert 0 < found.missing.sum() < 108
    assert f"{found.missing.sum()} of 108 cells are missing: {found.missing.sum()} because it was stopped." == (
        found.missing_sentence
    )
    assert np.array_equal(found.outcome[~found.missing], plain.outcome[~found.missing])
    assert np.isnan(found.loss[found.missing]).all()


def test_a_tile_is_left_in_the_middle_when_it_is_cancelled():
    asked = iter(range(10**9))
    found = sweep(Rosenbrock(), GD(), 1e-3, over={"eta": [1e-3]}, steps=10**8, cancelled=lambda: next(asked) > 50)
    assert found.missing.all()


def test_a_tile_that_fails_once_is_run_again(plain, small_tiles, monkeypatch):
    failed = []

    def shaky(tile, stopped=lambda: False):
        if tile.first not in failed:
            failed.append(tile.first)
            raise MemoryError("no room")
        return run(tile, stopped)

    monkeypatch.setattr(crew, "run", shaky)
    same(momentum_map(), plain)
    failed.clear()
    with ThreadPoolExecutor(2) as executor:
        same(momentum_map(executor=executor), plain)
    assert len(failed) == 6


@pytest.mark.parametrize("threads", [0, 2])
def test_a_tile_that_fails_again_is_missing_and_the_rest_is_there(plain, small_tiles, monkeypatch, threads):
    def broken(tile, stopped=lambda: False):
        if tile.first == 40:
            raise MemoryError("no room")
        return run(tile, stopped)

    monkeypatch.setattr(crew, "run", broken)
    if threads:
        with ThreadPoolExecutor(threads) as executor:
            found = momentum_map(executor=executor)
    else:
        found = momentum_map()
    assert found.missing_sentence == "20 of 108 cells are missing: 20 because MemoryError: no room."
    assert np.array_equal(np.flatnonzero(found.missing), np.arange(40, 60))
    assert np.array_equal(found.outcome[~found.missing], plain.outcome[~found.missing])


class Deaf(Executor):
    """Takes tiles and never runs them, as a cluster without workers."""

    def submit(self, function, /, *arguments, **options):
        return Future()


def test_workers_that_never_answer_are_given_up(small_tiles):
    found = momentum_map(executor=Deaf(), patience=0.2)
    assert found.missing.all()
    assert found.missing_sentence == "108 of 108 cells are missing: 108 because no tile ended for 0.2 seconds."


def test_an_executor_that_is_shut_down_leaves_all_missing(small_tiles):
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    found = momentum_map(executor=executor)
    assert found.missing.all()
    assert "cannot schedule new futures after shutdown" in found.missing_sentence


def test_an_interrupted_sweep_calls_its_tiles_back(small_tiles):
    def interrupt(done, total):
        raise KeyboardInterrupt

    handed_out = []

    class Slow(ThreadPoolExecutor):
        def submit(self, function, /, *arguments, **options):
            handed_out.append(super().submit(function, *arguments, **options))
            return handed_out[-1]

    with Slow(1) as executor, pytest.raises(KeyboardInterrupt):
        momentum_map(executor=executor, progress=interrupt)
    assert any(future.cancelled() for future in handed_out)
