"""Whatever is typed as a formula: nothing of it is run, nothing hangs, and the only error is the parser's own."""

import ast
import pickle
import re
import sys
import time
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lrviz import GD, simulate
from lrviz.expressions import MOST_DEPTH, MOST_EXPONENT, MOST_NODES, ExpressionError, canonical, derive, latex, parse
from lrviz.expressions.parse import MOST_SPELLED, MOST_TYPED
from lrviz.expressions.tree import CONSTANTS, FUNCTIONS, VARIABLES
from lrviz.expressions.worth import worth
from lrviz.link import read
from lrviz.surfaces import Expression
from tests.hostile import HOSTILE


def test_there_are_a_hundred_and_more_and_no_two_are_alike() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 100


WATCHED = (
    "exec",
    "import",
    "open",
    "os.",
    "subprocess.",
    "socket.",
    "ctypes.",
    "pickle.",
    "code.",
    "marshal.",
    "sys._",
)
heard: list[tuple[str, object]] | None = None


def listen(event: str, arguments: tuple[object, ...]) -> None:
    if heard is not None and (event == "compile" or event.startswith(WATCHED)):
        heard.append((event, arguments[0] if arguments else None))


sys.addaudithook(listen)


def events(text: str) -> list[tuple[str, object]]:
    """What Python did of note while a formula was read, and evaluated if it is one."""
    global heard
    parse.cache_clear()
    derive.cache_clear()
    derive("x")
    heard = []
    try:
        derived = derive(text)
        for formula in (derived.loss, derived.grad, derived.hess):
            formula(np.array([0.3]), np.array([0.4]))
    except ExpressionError:
        pass
    finally:
        found, heard = heard, None
    return found


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:40])
def test_hostile_text_is_refused_at_once_and_in_a_sentence(text: str) -> None:
    began = time.thread_time()
    with pytest.raises(ExpressionError) as refused:
        derive(text)
    assert time.thread_time() - began < 1
    error = refused.value
    assert type(error) is ExpressionError
    assert 0 <= error.start <= len(text)
    assert error.start < error.end
    message = str(error)
    assert message.isprintable()
    assert len(message) < 400
    assert not message.endswith(".")
    line, carets = error.pointer().split("\n")
    assert len(line) == len(text)
    assert re.fullmatch(r" *\^+", carets)
    assert str(pickle.loads(pickle.dumps(error))) == message


@pytest.mark.parametrize(
    "text", [*HOSTILE, "(1-x)^2+100(y-x²)²", "sin(x)*exp(-y^2)"], ids=lambda text: ascii(text)[:40]
)
def test_nothing_is_run(text: str) -> None:
    """Python's parser is asked, for a tree alone, with nothing in it but numbers, known names and signs."""
    allowed = "|".join(sorted({*FUNCTIONS, *VARIABLES, *CONSTANTS}, key=len, reverse=True))
    for event, argument in events(text):
        assert event == "compile"
        source = argument.decode() if isinstance(argument, bytes) else argument
        assert isinstance(source, str)
        assert re.fullmatch(rf"(?:{allowed}|[0-9.]+(?:e[+-]?[0-9]+)?|[-+*/()])*", source)


def test_the_ear_hears_what_is_run() -> None:
    global heard
    heard = []
    exec("1 + 1")
    found, heard = heard, None
    assert "exec" in [event for event, _ in found]


def is_formula(text: str) -> bool:
    try:
        derive(text)
    except ExpressionError:
        return False
    return True


def test_a_link_with_a_hostile_formula_opens_with_a_sentence() -> None:
    for text in HOSTILE[::7]:
        word = "".join(text.split())
        if not word or len(word) > 500 or is_formula(word):
            continue
        link = read(parse_qs(urlencode({"surface": f"expression text {word}"}, errors="replace")))
        assert link.scene.surface == Expression()
        assert len(link.problems) >= 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x + foo", "foo"),
        ("x*(y", "("),
        ("x + y)", ")"),
        ("x^2 + y^99", "99"),
        ("3 + 2^x", "x"),
        ("x + 1/0", "1/0"),
        ("x+ sin y", "sin"),
        ("x + 7 8", "8"),
        ("x × y", "×"),
    ],
)
def test_the_message_points_at_the_place(text: str, place: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    line, carets = refused.value.pointer().split("\n")
    at = carets.index("^")
    assert line[at : at + carets.count("^")] == place
    assert f"at character {at + 1}:" in str(refused.value)


# ---- fuzzing

WORDS = [*FUNCTIONS, *VARIABLES, *CONSTANTS, *"0123456789.+-*/^()²·−π ", "**", "e5", "1e3", "0.5", "x^2", "sin(", "(x+"]
JUNK = ["__class__", ".", ",", "[", "]", "lambda", "'", '"', "\\", "\0", "\n", "_", "=", ":", "é", "２", "if", "E", "j"]
PARTS = st.deferred(
    lambda: (
        st.sampled_from(["x", "y", "2", "0.3", "pi", "e"])
        | st.builds("{}({})".format, st.sampled_from(FUNCTIONS), PARTS)
        | st.builds("({}{}{})".format, PARTS, st.sampled_from("+-*/"), PARTS)
        | st.builds("{}^{}".format, st.sampled_from(["x", "y", "(x+y)", "sin(x)"]), st.integers(-70, 70))
        | st.builds("-{}".format, PARTS)
    )
)


def depth(node: ast.AST) -> int:
    return 1 + max((depth(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)), default=0)


def check(text: str) -> None:
    """Either it is refused, or it is a formula within all bounds that is spelled, printed and evaluated."""
    try:
        derived = derive(text)
    except ExpressionError:
        return
    assert len(text) <= MOST_TYPED
    tree, spelling = derived.tree, canonical(text)
    assert tree.count <= MOST_NODES
    assert tree.depth <= MOST_DEPTH
    assert len(spelling) <= MOST_SPELLED
    assert not set(spelling) & set(" \t\r\n")
    assert spelling.isascii()
    assert parse(spelling) == tree
    assert canonical(spelling) == spelling
    walked = ast.parse(spelling.replace("^", "**"), mode="eval").body
    assert depth(walked) <= MOST_DEPTH + 1  # a function's name counts here
    stack = [tree]
    while stack:
        node = stack.pop()
        stack += node.arguments
        if node.operation == "power":
            assert node.arguments[1].is_constant
            assert abs(worth(node.arguments[1])) <= MOST_EXPONENT
    assert latex(tree).isascii()
    x, y = np.array([-1.5, 0.0, 0.3, 1e200]), np.array([0.7, 0.0, -2.0, 1.0])
    operations = 0
    for formula, count in ((derived.loss, 1), (derived.grad, 2), (derived.hess, 3)):
        results = formula(x, y)
        assert [result.shape for result in results] == [(4,)] * count
        operations += len(formula.operations)
    assert operations <= 30 * MOST_NODES


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
@example("x" * 3000)
def test_any_text(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=24).map("".join))
def test_any_row_of_words(text: str) -> None:
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS + JUNK), max_size=16).map("".join))
def test_any_row_of_words_with_junk(text: str) -> None:
    check(text)


@settings(max_examples=120, deadline=None)
@given(PARTS)
def test_any_formula(text: str) -> None:
    check(text)


@settings(max_examples=100, deadline=None)
@given(PARTS, st.integers(0, 200), st.sampled_from(WORDS + JUNK))
def test_any_formula_with_a_piece_put_in(text: str, at: int, piece: str) -> None:
    at = min(at, len(text))
    check(text[:at] + piece + text[at:])


@settings(max_examples=10, deadline=None)
@given(PARTS)
def test_what_is_read_runs(text: str) -> None:
    try:
        surface = Expression(text=text)
    except ExpressionError:
        return
    run = simulate(surface, GD(), 0.01, steps=5)
    assert run.theta.shape == (6, 2)
    assert run.outcome.sentence


@pytest.mark.parametrize("count", [MOST_NODES - 1, MOST_NODES, MOST_NODES + 1])
def test_the_bound_on_parts_is_exact(count: int) -> None:
    """A balanced sum of n names has 2n − 1 parts; a minus is one more."""

    def balanced(n: int) -> str:
        return "x" if n == 1 else f"({balanced(n // 2)}+{balanced(n - n // 2)})"

    text = "-" * (1 - count % 2) + balanced((count + count % 2) // 2)
    if count > MOST_NODES:
        with pytest.raises(ExpressionError, match="more than 200 parts"):
            parse(text)
    else:
        assert parse(text).count == count


def test_the_bound_on_depth_is_exact() -> None:
    at_most = "sin(" * (MOST_DEPTH - 1) + "x" + ")" * (MOST_DEPTH - 1)
    assert parse(at_most).depth == MOST_DEPTH
    with pytest.raises(ExpressionError, match="nested more than 32 deep"):
        parse(f"-{at_most}")


@pytest.mark.parametrize("exponent", ["64", "-64", "6.4e1", "(8*8)", "(2^6)", "pi", "(1/3)"])
def test_exponents_up_to_the_bound_are_read(exponent: str) -> None:
    assert parse(f"x^{exponent}").operation == "power"
