"""Who runs the tiles: the calling thread, or any executor of `concurrent.futures`, near or far."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from typing import TypeAlias

from lrviz.grid.tile import Ends, Stopped, Tile, run

Told: TypeAlias = Ends | str
"""What came of a tile: its ends, or why there are none."""

TRIES = 2
_LOOK = 0.1  # seconds from one look at whether the sweep was cancelled to the next


def at_home(tiles: Sequence[Tile], stopped: Callable[[], bool]) -> Iterator[tuple[int, Told]]:
    """Run the tiles here, one after the other: each one's number, and what came of it. Ends early where stopped."""
    for number, tile in enumerate(tiles):
        for left in reversed(range(TRIES)):
            if stopped():
                return
            try:
                yield number, run(tile, stopped)
                break
            except Stopped:
                return
            except Exception as problem:
                if not left:
                    yield number, _told(problem)


def abroad(
    tiles: Sequence[Tile], executor: Executor, stopped: Callable[[], bool], patience: float
) -> Iterator[tuple[int, Told]]:
    """Let an executor run the tiles: the same, in the order in which they end.

    A tile that fails, or whose worker dies, is handed out once more. When for so many seconds none has ended, all that
    are left are given up.
    """
    out: dict[Future[Ends], int] = {}
    tries = Counter[int]()

    def hand_out(number: int) -> str:
        tries[number] += 1
        try:
            out[executor.submit(run, tiles[number])] = number
        except Exception as problem:  # its workers are dead, or it was shut down
            return _told(problem)
        return ""

    try:
        for number in range(len(tiles)):
            if problem := hand_out(number):
                yield number, problem
        last = time.monotonic()
        while out and not stopped():
            done, _ = wait(out, timeout=_LOOK, return_when=FIRST_COMPLETED)
            if done:
                last = time.monotonic()
            elif time.monotonic() - last > patience:
                yield from ((number, f"no tile ended for {patience:g} seconds") for number in out.values())
                return
            for future in done:
                number = out.pop(future)
                told = _result(future)
                if isinstance(told, str) and tries[number] < TRIES:
                    told = hand_out(number) and told
                if told:
                    yield number, told
    finally:
        for future in out:
            future.cancel()


def _result(future: Future[Ends]) -> Told:
    try:
        return future.result()
    except (Exception, CancelledError) as problem:
        return _told(problem)


def _told(problem: BaseException) -> str:
    text = str(problem).strip().splitlines()
    return f"{type(problem).__name__}: {text[0]}" if text else type(problem).__name__
