"""Work in the background: kept for its question, stopped when nobody waits, told when it fails."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from lrviz.ui import background
from lrviz.ui.background import Shelf, Work


def ended(work: Work) -> None:
    for _ in range(600):
        if not work.is_going_on:
            return
        time.sleep(0.05)
    raise AssertionError("the work did not end within half a minute")


def endless(progress, cancelled):
    progress(1, 2)
    while not cancelled():
        time.sleep(0.01)
    return "half an answer"


def test_an_answer_is_kept_for_its_question():
    shelf = Shelf[str](2)
    work = Work("why", lambda progress, cancelled: progress(3, 3) or "because", shelf)
    ended(work)
    assert (shelf.get("why"), shelf.get("how"), work.share, work.problem) == ("because", None, 1, "")


def test_a_shelf_keeps_what_was_asked_for_last():
    shelf = Shelf[int](2)
    shelf.put("a", 1)
    shelf.put("b", 2)
    assert shelf.get("a") == 1
    shelf.put("c", 3)
    assert [shelf.get(name) for name in "abc"] == [1, None, 3]


def test_work_takes_turns_and_leaves_nothing_when_it_is_stopped():
    shelf, begun = Shelf[str](2), []

    def do(progress, cancelled):
        begun.append(progress)
        return endless(progress, cancelled)

    first = Work("q", do, shelf)
    while first.waiting:
        time.sleep(0.01)
    second = Work("q", do, shelf)
    second.stop()  # before its turn has come
    ended(second)
    assert first.is_going_on
    first.stop()
    ended(first)
    assert (len(begun), first.share, shelf.get("q")) == (1, 0.5, None)


def test_work_stops_when_nobody_looks_any_more(monkeypatch):
    monkeypatch.setattr(background, "PATIENCE", 0.0)
    ended(Work("q", endless, Shelf[str](2)))


def test_work_stops_when_the_tab_was_closed_but_not_when_it_is_hidden(monkeypatch):
    monkeypatch.setattr(background, "GONE", 0.0)
    hidden = Work("q", endless, Shelf[str](2), lambda: True)
    while hidden.waiting:
        time.sleep(0.01)
    time.sleep(0.1)
    assert hidden.is_going_on
    hidden.stop()
    ended(hidden)
    closed = Work("q", endless, Shelf[str](2), lambda: False)
    ended(closed)
    assert (hidden.was_stopped, closed.was_stopped) == (True, False)


def test_work_that_fails_says_why_and_lets_the_next_one_in():
    shelf = Shelf[str](2)
    failed = Work("q", lambda *_: 1 / 0, shelf)
    ended(failed)
    assert failed.problem.startswith("ZeroDivisionError")
    assert shelf.get("q") is None
    ended(Work("q", lambda *_: "now", shelf))
    assert shelf.get("q") == "now"


# ---- on a page


def growing(progress, cancelled):
    progress(1, 4, "a quarter of it")
    while not cancelled():
        time.sleep(0.01)


def page(by_itself: bool, keep_partial: bool = False) -> None:
    import streamlit as st

    from lrviz.ui import background, session
    from tests import test_background as here

    session.board("playground")
    question = st.text_input("question", "one")
    known = {"endless": here.endless, "growing": here.growing, "bad": lambda *_: 1 / 0}
    found = background.answer(
        "test",
        question,
        known.get(question, lambda *_: f"answer to {question}"),
        here.shelf,
        saying="thinking",
        label="Begin",
        by_itself=by_itself,
        note="A note.",
        show=lambda partial: st.write(f"so far {partial}"),
        keep_partial=keep_partial,
    )
    st.write(f"found {found}, last {background.last('test')}")


shelf = Shelf[str](9)


def opened(by_itself: bool, keep_partial: bool = False) -> AppTest:
    arguments = {"by_itself": by_itself, "keep_partial": keep_partial}
    app = AppTest.from_function(page, kwargs=arguments, default_timeout=20)
    app.session_state["desks"] = {}
    shelf._answers.clear()
    return app.run()


def settled(app: AppTest) -> None:
    """Once there is nothing more to wait for; what is answered at once is at work no more."""
    if app.session_state["work test"] is not None:
        ended(app.session_state["work test"])


def told(app: AppTest) -> str:
    assert not app.exception
    return app.markdown[-1].value


def test_a_page_shows_the_answer_when_it_is_there_and_the_last_one_until_then():
    app = opened(by_itself=True)
    settled(app)
    assert told(app.run()) == "found answer to one, last ('one', 'answer to one')"
    app.text_input[0].set_value("endless").run()
    assert told(app) == "found None, last ('one', 'answer to one')"
    going = app.session_state["work test"]
    assert going.is_going_on
    app.text_input[0].set_value("one").run()  # asking something else stops what was asked before
    ended(going)
    assert told(app).startswith("found answer to one")


@pytest.mark.parametrize("question", ["two", "bad"])
def test_work_that_waits_to_be_asked_begins_with_the_button_and_for_no_other_question(question):
    app = opened(by_itself=False)
    assert "work test" not in app.session_state
    app.text_input[0].set_value(question).run()
    app.button[0].click().run()
    settled(app)
    app.run()
    if question == "bad":
        assert "ZeroDivisionError" in app.get("html")[-1].proto.body
        assert app.button[0].label == "Begin"
    else:
        assert told(app).startswith("found answer to two")
    app.text_input[0].set_value("three").run()
    assert told(app).startswith("found None")
    assert app.button[0].label == "Begin"


def test_work_that_ended_while_the_visitor_was_gone_begins_again(monkeypatch):
    app = opened(by_itself=True)
    app.text_input[0].set_value("endless").run()
    left = app.session_state["work test"]
    monkeypatch.setattr(background, "PATIENCE", 0.0)
    ended(left)
    monkeypatch.undo()
    app.run()
    again = app.session_state["work test"]
    assert again is not left
    assert again.is_going_on
    again.stop()


def test_work_that_was_stopped_begins_again_only_when_it_is_asked_for():
    app = opened(by_itself=True)
    app.text_input[0].set_value("endless").run()
    going = app.session_state["work test"]
    next(button for button in app.button if button.label == "Stop").click().run()
    ended(going)
    app.run()
    assert app.session_state["work test"] is going
    assert app.button[0].label == "Begin"
    app.button[0].click().run()
    assert app.session_state["work test"] is not going
    app.session_state["work test"].stop()


@pytest.mark.parametrize("keep_partial", [False, True])
def test_what_there_is_so_far_is_shown_and_kept_after_a_stop_where_the_page_wants_it(keep_partial):
    app = opened(by_itself=True, keep_partial=keep_partial)
    settled(app)
    app.run()  # sees the answer to one
    app.text_input[0].set_value("growing").run()
    going = app.session_state["work test"]
    waited = 0
    while going.share == 0 and waited < 1_000:
        time.sleep(0.01)
        waited += 1
    app.run()
    assert [text.value for text in app.markdown] == [
        "so far a quarter of it",
        "found None, last ('one', 'answer to one')",
    ]
    next(button for button in app.button if button.label == "Stop").click().run()
    ended(going)
    app.run()
    assert told(app).startswith("found a quarter of it" if keep_partial else "found None")
    assert ("Stopped at 25%" in app.get("html")[-1].proto.body) == keep_partial
    assert shelf.get("growing") is None  # nobody else is told half an answer
    app.text_input[0].set_value("one").run()
    assert told(app).startswith("found answer to one")
