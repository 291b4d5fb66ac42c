"""Work that takes long: done in a thread of its own, with its progress, and stopped when nobody waits for it.

Its answer is kept under its question, for all visitors. While it goes on the page stays usable; whatever a hand does
there, the answer is not lost. What there is of it by then may be shown: curves that grow while a model trains.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from html import escape
from threading import Event, Lock, Semaphore, Thread
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, cast

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lrviz.threads import one_thread
from lrviz.ui import session

T = TypeVar("T")


class Progress(Protocol):
    """Is told how much is done, and how much there is in all."""

    def __call__(self, done: int, total: int, partial: Any = None, /) -> object:
        """partial: what the answer would be if the work ended here; it must not change any more."""


Cancelled: TypeAlias = Callable[[], bool]
"""Says whether to stop."""
Do: TypeAlias = Callable[[Progress, Cancelled], T]

PATIENCE = 150.0
"""Seconds without a sign of the visitor after which work stops; a browser wakes a hidden tab once a minute."""
GONE = 10.0
"""The same where the visitor's connection is closed: a network may fail for a moment, a closed tab stays closed."""
_EVERY = 0.4  # seconds between two looks at it

_AT_WORK = Semaphore(1)
"""Visitors take turns: two at once would each take twice as long, and the pages would wait for both."""


class Shelf(Generic[T]):
    """Answers that took long, the last ones asked for."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, question: Hashable) -> T | None:
        """The answer to a question, if it is there."""
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
            return self._answers.get(question)

    def put(self, question: Hashable, answer: T) -> None:
        """Keep an answer, in place of the one that was not asked for longest."""
        with self._lock:
            self._answers[question] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


class Work(Generic[T]):
    """The answering of one question, in the background.

    is_connected: whether the visitor who asked still has the page open, hidden or not.
    """

    def __init__(
        self, question: Hashable, do: Do[T], shelf: Shelf[T], is_connected: Callable[[], bool] = lambda: True
    ) -> None:
        self.question = question
        self.share = 0.0
        """How much of it is done, from 0 to 1."""
        self.waiting = True
        """Whether another's must end first."""
        self.partial: T | None = None
        """What there is of the answer so far, where the work tells."""
        self.problem = ""
        """What went wrong, where something did."""
        self.was_stopped = False
        """Whether a hand stopped it, or another question did."""
        self._do, self._shelf, self._is_connected = do, shelf, is_connected
        self._ended, self._stopped, self._seen = Event(), Event(), time.monotonic()
        Thread(target=self._run, name=f"work {question!r:.60}", daemon=True).start()

    @property
    def is_going_on(self) -> bool:
        """Whether it has not ended."""
        return not self._ended.is_set()

    def stop(self) -> None:
        """Let it end soon, without an answer."""
        self.was_stopped = True
        self._stopped.set()

    def seen(self) -> None:
        """Say that a visitor still waits."""
        self._seen = time.monotonic()

    def _given_up(self) -> bool:
        if not self._stopped.is_set():
            unseen = time.monotonic() - self._seen
            if unseen > PATIENCE or (unseen > GONE and not self._is_connected()):
                self._stopped.set()
        return self._stopped.is_set()

    def _run(self) -> None:
        try:
            while not _AT_WORK.acquire(timeout=0.2):
                if self._given_up():
                    return
            try:
                self.waiting = False
                with one_thread():
                    answer = self._do(self._progress, self._given_up)
                if not self._stopped.is_set():
                    self._shelf.put(self.question, answer)
            finally:
                _AT_WORK.release()
        except Exception as problem:  # whatever it was, the page must not wait for ever
            self.problem = f"{type(problem).__name__}: {problem}"
        finally:
            self._ended.set()

    def _progress(self, done: int, total: int, partial: T | None = None, /) -> None:
        self.share = done / max(total, 1)
        if partial is not None:
            self.partial = partial


def answer(
    name: str,
    question: Hashable,
    do: Do[T],
    shelf: Shelf[T],
    *,
    saying: str,
    label: str,
    by_itself: bool,
    note: str = "",
    show: Callable[[T], None] | None = None,
    keep_partial: bool = False,
) -> T | None:
    """The answer to a question where it is on the shelf; else None, and on the page how far the work on it is.

    name: what on the page it is; asking something else under it stops the work on what was asked before. saying: what
    is being done, for the bar. by_itself: whether the work begins at once; else, and after a stop, a button with this
    label begins it. note: what stands beside the button. show: draws what there is of the answer while the work goes
    on, below the bar; the whole answer is the page's to draw, under the same keys. keep_partial: after a stop, what
    there was by then is the answer, and it is said where that was; it is kept for this visitor only, and until the work
    begins again.
    """
    key, asked_for = f"work {name}", f"work {name} asked for"
    work: Work[T] | None = st.session_state.get(key)
    ended = work is not None and not work.is_going_on  # asked before the shelf: by then its answer is there
    known = shelf.get(question)
    if work is not None and (known is not None or work.question != question):
        work.stop()
        work = st.session_state[key] = None
    if known is not None:
        st.session_state[f"{key} last"] = question, known
        return known
    if work is not None and ended and not (work.was_stopped or work.problem):
        work = None  # it ended because the visitor was gone, who is here again
    if work is None and (by_itself or st.session_state.get(asked_for) == question):
        work, ended = Work(question, do, shelf, _connection()), False
        st.session_state[key] = work
    st.session_state.pop(asked_for, None)
    if work is not None and not ended:
        _progress(name, work, saying, show)
        return None
    kept = None
    if work is not None and work.problem:
        note = f"{note} It failed: {work.problem}.".strip()
    elif work is not None and keep_partial and work.partial is not None:
        kept, note = work.partial, f"Stopped at {work.share:.0%}: what there was by then is shown. {note}".strip()

    def begin() -> None:
        st.session_state[key], st.session_state[asked_for] = None, question
        session.touch()

    with st.container(horizontal=True, vertical_alignment="center"):
        if note:
            st.html(f'<span class="lr-quiet">{escape(note)}</span>', width="content")
        st.button(label, on_click=begin, key=f"{key} begin")
    return kept


def drawn(
    draw: Callable[[T], None], name: str, question: Hashable, do: Do[T], shelf: Shelf[T], **options: Any
) -> T | None:
    """The answer as `answer` gives it, drawn; while the work goes on, what there is of it."""
    with st.container(key=f"{name} drawn"):
        found = answer(name, question, do, shelf, show=draw, **options)
        if found is not None:
            draw(found)
    return found


def last(name: str) -> tuple[Hashable, T] | None:
    """The question that was answered last under a name, and its answer: to be shown until there is a newer one."""
    return cast("tuple[Hashable, T] | None", st.session_state.get(f"work {name} last"))


def drop(name: str) -> None:
    """Nothing is asked for under a name any more: stop the work on what was, so that the next is not kept waiting."""
    work: Work[object] | None = st.session_state.pop(f"work {name}", None)
    if work is not None:
        work.stop()


def _connection() -> Callable[[], bool]:
    """Says whether the connection of this visitor is open; where there is no server, it always is."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return lambda: True
    session_id, server = context.session_id, runtime.get_instance()
    return lambda: server.is_active_session(session_id)


@st.fragment(run_every=_EVERY)
def _progress(name: str, work: Work[T], saying: str, show: Callable[[T], None] | None) -> None:
    """How far it is, a way to stop it, and what there is of it. The page is drawn anew when it ends."""
    work.seen()
    if not work.is_going_on:
        session.tell_again()
        st.rerun()
    bar, button = st.columns([6, 1], vertical_alignment="center", wrap=False)
    bar.progress(
        work.share, text=f"{saying}, after another visitor’s" if work.waiting else f"{saying}: {work.share:.0%}"
    )
    button.button("Stop", on_click=work.stop, width="stretch", key=f"work {name} stop")
    if show is not None and work.partial is not None:
        show(work.partial)
