"""A map that takes long: swept in a thread of its own, with its progress, and stopped when nobody waits for it."""

from __future__ import annotations

import time
from threading import Event, Semaphore, Thread

from lrviz.scene import Scene
from lrviz.ui.stability.maps import Shelf, asked, question, swept
from lrviz.ui.stability.view import View

PATIENCE = 150.0
"""Seconds without a sign of the visitor after which a sweep stops; a browser wakes a hidden tab once a minute."""

_AT_WORK = Semaphore(1)
"""Visitors take turns: two sweeps at once would each take twice as long, and the pages would wait for both."""


class Sweeping:
    """One sweep in the background."""

    def __init__(self, scene: Scene, view: View, shelf: Shelf) -> None:
        self.question = question(scene, view)
        self.size = view.size
        self.share = 0.0
        """How much of it is done, from 0 to 1."""
        self.waiting = True
        """Whether another sweep must end first."""
        self.problem = ""
        """What went wrong, where something did."""
        self._ended, self._stopped, self._seen = Event(), Event(), time.monotonic()
        # The scene is read back from its own question: what is kept under a question is its answer to the last bit.
        arguments = (*asked(scene, view), shelf)
        Thread(target=self._run, args=arguments, name="sweep", daemon=True).start()

    @property
    def is_at_work(self) -> bool:
        """Whether it goes on."""
        return not self._ended.is_set()

    def stop(self) -> None:
        """Let it end soon, without a result."""
        self._stopped.set()

    def seen(self) -> None:
        """Say that a visitor still waits."""
        self._seen = time.monotonic()

    def _given_up(self) -> bool:
        if time.monotonic() - self._seen > PATIENCE:
            self._stopped.set()
        return self._stopped.is_set()

    def _run(self, scene: Scene, view: View, shelf: Shelf) -> None:
        try:
            while not _AT_WORK.acquire(timeout=0.2):
                if self._given_up():
                    return
            try:
                self.waiting = False
                found = swept(scene, view, view.size, progress=self._progress, cancelled=self._given_up)
                if not self._stopped.is_set():
                    shelf.put(self.question, found)
            finally:
                _AT_WORK.release()
        except Exception as problem:  # whatever it was, the page must not wait for ever
            self.problem = f"{type(problem).__name__}: {problem}"
        finally:
            self._ended.set()

    def _progress(self, done: int, total: int) -> None:
        self.share = done / max(total, 1)
