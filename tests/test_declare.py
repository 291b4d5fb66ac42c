"""What a declaration says holds: ranges, kinds, the sentences of refusal, and the tables made of declared classes."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import (
    GD,
    NOISES,
    OPTIMIZERS,
    SCHEDULES,
    SURFACES,
    Adam,
    Constant,
    Cosine,
    Quadratic,
    RMSProp,
    Warmup,
    declare,
)
from lrviz.declare import Declared, Hyper, Interval, flag, hyper
from tests.strategies import values

TABLES: dict[str, dict[str, Any]] = {
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "surfaces": SURFACES,
    "noises": NOISES,
}
CLASSES: dict[str, type[Declared]] = {
    f"{table}/{slug}": cls for table, classes in TABLES.items() for slug, cls in classes.items()
} | {"schedules/warmup": Warmup}
every_class = pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)

FIELDS = {
    "optimizers": {
        "gd": "weight_decay",
        "momentum": "beta dampening weight_decay",
        "nesterov": "beta weight_decay",
        "adagrad": "eps initial_accumulator",
        "rmsprop": "rho eps beta centered",
        "adam": "beta1 beta2 eps uncorrected",
        "adamw": "beta1 beta2 eps uncorrected weight_decay",
        "amsgrad": "beta1 beta2 eps uncorrected",
        "nadam": "beta1 beta2 eps uncorrected momentum_decay",
    },
    "schedules": {
        "constant": "eta",
        "step": "eta drop every",
        "exponential": "eta gamma",
        "polynomial": "eta power period eta_min",
        "cosine": "eta eta_min period",
        "warm_restarts": "eta eta_min period period_mult",
        "triangular": "eta eta_min half_period",
        "triangular2": "eta eta_min half_period",
        "exp_range": "eta eta_min half_period gamma",
        "one_cycle": "eta period warmup start_div end_div",
        "plateau": "eta factor patience threshold eps",
        "multi_step": "eta milestones drop",
        "inverse_time": "eta decay",
        "inverse_sqrt": "eta warmup",
        "warmup_stable_decay": "eta warmup stable period eta_min",
        "drawn": "eta points logarithmic",
    },
    "surfaces": {
        "quadratic": "kappa angle",
        "rosenbrock": "",
        "saddle": "",
        "monkey_saddle": "",
        "himmelblau": "",
        "beale": "",
        "rastrigin": "",
        "ackley": "",
        "plateau": "",
        "ravine": "kappa",
        "double_well": "sharpness",
        "factorization": "",
        "least_squares": "",
    },
    "noises": {"additive": "sigma batch", "anisotropic": "sigma_x sigma_y batch", "minibatch": "batch"},
}


@dataclass(frozen=True)
class Sample(Declared):
    """One field of each kind."""

    slug = "sample"
    title = "Sample"

    share: float = hyper(0.5, "β", "[0, 1)", soft=(0, 0.9), help="a share")
    size: float = hyper(1.0, "s", "(0, inf)", soft=(0.1, 10), help="a size")
    times: int = hyper(3, "n", "[1, 100]", soft=(1, 10), help="a count", kind="whole")
    on: bool = flag("c", "a switch")


def _word(typed: str) -> str:
    if not typed.isalpha():
        raise ValueError(f"{typed!r} is no word")
    return typed.lower()


@dataclass(frozen=True)
class Named(Declared):
    """A text beside a number."""

    slug = "named"
    title = "Named"

    name: str = declare.text("plain", "N", _word, help="a word")
    size: float = hyper(1.0, "s", "(0, inf)", soft=(0.1, 10), help="a size")


def test_a_text_is_declared_like_a_number_and_read_by_its_own_rule() -> None:
    (name, size) = Named.hypers()
    assert (name.kind, name.static, size.static) == ("text", True, False)
    assert Named(name="Bent").name == name.parse("Named", "Bent") == "bent"  # in its canonical spelling
    assert [(declared.name, value) for declared, value in Named(name="Bent").changed()] == [("name", "bent")]
    assert (name.spell("bent"), size.spell(0.5)) == ("bent", "0.5")
    for wrong, sentence in (("b ent", "'b ent' is no word"), (3, "Named.name (N) = 3 is not a text")):
        with pytest.raises(ValueError, match=re.escape(sentence)):
            Named(name=wrong)  # type: ignore[arg-type]


def declared(name: str) -> Hyper:
    return next(declaration for declaration in Sample.hypers() if declaration.name == name)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("[0, 1)", [0.0, 0.5, np.nextafter(1, 0)], [-5e-324, 1.0, np.inf, np.nan]),
        ("(0, 1]", [5e-324, 1.0], [0.0, -0.0, np.nextafter(1, 2), np.nan]),
        ("[-360, 360]", [-360.0, 0.0, 360.0], [-361.0, 360.5, np.nan]),
        ("(0, inf)", [5e-324, 1.7e308], [0.0, np.inf, -np.inf, np.nan]),
        ("[0, inf)", [0.0, -0.0, 1.7e308], [np.inf, np.nan]),
    ],
)
def test_an_interval_holds_what_the_textbook_says(text: str, inside: list[float], outside: list[float]) -> None:
    interval = Interval.parse(text)
    assert all(value in interval for value in inside)
    assert not any(value in interval for value in outside)


@pytest.mark.parametrize("text", ["[0, 1)", "(0, 1]", "[−360, 360]", "(0, ∞)", "[1, 1e9]"])
def test_an_interval_is_written_as_it_is_declared(text: str) -> None:
    declared = text.replace("∞", "inf").replace("−", "-")
    assert str(Interval.parse(declared)) == text.replace("1e9", "1000000000")


@pytest.mark.parametrize("text", ["", "0, 1", "[0 1)", "[0, 1", "[0, 1, 2]", "[a, 1]"])
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text)) if "a" not in text else "could not convert"):
        Interval.parse(text)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Adam(beta1=1.0), "Adam.beta1 (β₁) = 1 is outside [0, 1)"),
        (lambda: Adam(beta1=-0.25), "Adam.beta1 (β₁) = -0.25 is outside [0, 1)"),
        (lambda: Adam(eps=0.0), "Adam.eps (ε) = 0 is outside (0, ∞)"),
        (lambda: Constant(np.nan), "Constant.eta (η) = nan is outside (0, ∞)"),
        (lambda: Constant(np.inf), "Constant.eta (η) = inf is outside (0, ∞)"),
        (lambda: Constant("0.1"), "Constant.eta (η) = '0.1' is not a number"),
        (lambda: Constant(None), "Constant.eta (η) = None is not a number"),
        (lambda: Constant(True), "Constant.eta (η) = True is not a number"),
        (lambda: Constant(1j), "Constant.eta (η) = 1j is not a number"),
        (lambda: Constant(10**400), f"Constant.eta (η) = {'1' + '0' * 35}…1 is not a number"),
        (lambda: Constant([0.1, 0.0]), "Constant.eta (η) = 0 is outside (0, ∞)"),
        (
            lambda: Constant([[0.1]]),
            "Constant.eta (η) has shape (1, 1); it takes one number, or a row of B of them",
        ),
        (lambda: Cosine(period=2.5), "Cosine.period (T) = 2.5 is not a whole number"),
        (lambda: Cosine(period=0), "Cosine.period (T) = 0 is outside [1, 1000000000]"),
        (lambda: Cosine(period=[3, 2.5]), "Cosine.period (T) = 2.5 is not a whole number"),
        (lambda: RMSProp(centered=1), "RMSProp.centered (c) = 1 is neither true nor false"),
        (lambda: Quadratic(angle=361), "Quadratic.angle (φ) = 361 is outside [−360, 360]"),
        (lambda: GD().replace(weight_decay=-1), "GD.weight_decay (λ) = -1 is outside [0, ∞)"),
    ],
)
def test_a_refusal_names_owner_symbol_value_and_rule(make: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011  the sentence is compared whole, below
        make()
    assert str(refusal.value) == sentence


def test_a_value_keeps_its_kind() -> None:
    assert (type(Cosine(period=3.0).period), Cosine(period=3.0).period) == (int, 3)
    assert type(Constant(np.float32(0.5)).eta) is float
    assert RMSProp(centered=np.True_).centered is True
    row = Constant([1, 2, 3]).eta
    assert isinstance(row, np.ndarray)
    assert (row.dtype, row.tolist()) == (np.float64, [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3.0),
        (" 3.5 ", 3.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("+1e3", 1000.0),
        ("1E-3", 0.001),
        ("1e−3", 0.001),  # the true minus, as the page prints it
        ("1e-320", 1e-320),
        ("1.7976931348623157e308", 1.7976931348623157e308),
    ],
)
def test_a_typed_number_is_read(text: str, value: float) -> None:
    assert declared("size").parse("Sample", text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "= '' is not a number"),
        ("  ", "= '' is not a number"),
        ("ten", "= 'ten' is not a number"),
        ("0x10", "= '0x10' is not a number"),
        ("1_000", "= '1_000' is not a number"),
        ("1,5", "= '1,5' is not a number"),
        ("1 000", "= '1 000' is not a number"),
        ("１", "= '１' is not a number"),  # a full-width digit
        ("٣", "= '٣' is not a number"),  # an Arabic one
        ("1e", "= '1e' is not a number"),
        ("--1", "= '--1' is not a number"),
        ("1\n2", r"= '1\n2' is not a number"),
        ("∞", "= '∞' is not a number"),
        ("NaN", "= nan is outside (0, ∞)"),
        ("inf", "= inf is outside (0, ∞)"),
        ("-Infinity", "= -inf is outside (0, ∞)"),
        ("1e400", "= inf is outside (0, ∞)"),
        ("1e-400", "= 0 is outside (0, ∞)"),
        ("−3", "= -3 is outside (0, ∞)"),
        ("0", "= 0 is outside (0, ∞)"),
        ("x" * 10_000, f"= '{'x' * 35}…' is not a number"),
    ],
)
def test_a_typed_number_is_refused_with_a_sentence(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"Sample.size (s) {reason}") + "$"):
        declared("size").parse("Sample", text)


def test_ten_thousand_typed_digits_are_read_or_refused_in_few_words() -> None:
    assert declared("share").parse("Sample", "0." + "1" * 10_000) == pytest.approx(1 / 9)
    with pytest.raises(ValueError, match=r"\(s\) = inf is outside"):
        declared("size").parse("Sample", "9" * 10_000)


def test_typed_whole_numbers_and_flags() -> None:
    whole, switch = declared("times"), declared("on")
    assert (whole.parse("Sample", "7"), whole.parse("Sample", "1e2")) == (7, 100)
    assert (switch.parse("Sample", "1"), switch.parse("Sample", " 0 ")) == (True, False)
    with pytest.raises(ValueError, match=r"^Sample\.times \(n\) = 7\.5 is not a whole number$"):
        whole.parse("Sample", "7.5")
    for text in ("true", "on", "2", "1.0", ""):
        with pytest.raises(ValueError, match=rf"^Sample\.on \(c\) = '{text}' is neither 0 \(off\) nor 1 \(on\)$"):
            switch.parse("Sample", text)


@given(st.text() | st.floats().map(repr) | st.integers().map(str))
def test_whatever_is_typed_is_a_legal_value_or_one_sentence(text: str) -> None:
    for declaration in Sample.hypers():
        sentence = ""
        try:
            assert declaration.parse("Sample", text) in declaration.hard
        except ValueError as refusal:
            sentence = str(refusal)
        assert not sentence or sentence.startswith(f"Sample.{declaration.name} ({declaration.symbol}) = ")
        assert len(sentence) < 120


def test_changed_names_what_is_not_the_default() -> None:
    assert list(Sample().changed()) == []
    changed = Sample(share=0.25, on=True, size=[1.0, 1.0]).changed()
    assert [declaration.name for declaration, _ in changed] == ["share", "size", "on"]
    assert Sample(times=5).replace(share=0.25) == Sample(share=0.25, times=5)


def test_batch_shapes_are_those_of_the_hyperparameters_and_of_a_wrapped_schedule() -> None:
    assert list(Adam(beta1=[0.8, 0.9]).batch_shapes()) == [(2,), (), (), ()]
    assert (3,) in list(Warmup(Constant([1.0, 2.0, 3.0])).batch_shapes())


# ---- the tables


@pytest.mark.parametrize("table", FIELDS)
def test_the_tables_hold_the_promised_names(table: str) -> None:
    assert set(FIELDS[table]) <= set(TABLES[table])
    for slug, fields in FIELDS[table].items():
        assert {declaration.name for declaration in TABLES[table][slug].hypers()} == set(fields.split()), slug


@pytest.mark.parametrize("table", TABLES)
def test_a_slug_is_the_key_and_fit_for_a_link(table: str) -> None:
    classes = TABLES[table]
    assert [cls.slug for cls in classes.values()] == list(classes)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", slug) for slug in classes)
    assert len({cls.title for cls in classes.values()}) == len(classes)


@every_class
def test_every_class_says_what_it_is(cls: type[Declared]) -> None:
    assert cls.title
    assert cls.__doc__ is not None
    assert re.match(r"[A-Z].*[.:]\s", cls.__doc__ + "\n"), "the docstring opens with a sentence"
    assert getattr(cls, "source", "")


@pytest.mark.parametrize("cls", [*OPTIMIZERS.values(), *SCHEDULES.values(), Warmup], ids=lambda cls: cls.slug)
def test_the_formula_stands_in_the_docstring(cls: type[Declared]) -> None:
    """One that follows the loss is an algorithm, not a formula."""
    assert cls.__doc__ is not None
    assert cls.slug == "plateau" or re.search(r"\$\$.+?\$\$", cls.__doc__, re.DOTALL)
    assert getattr(cls, "same_as", "")


@pytest.mark.parametrize("cls", SURFACES.values(), ids=SURFACES)
def test_a_surface_says_where_it_is_from_and_what_it_teaches(cls: Any) -> None:
    surface = cls()
    (left, right), (bottom, top) = surface.box
    assert left < surface.start[0] < right
    assert bottom < surface.start[1] < top
    assert surface.formula
    assert cls.source
    assert cls.lesson.endswith(".")


@every_class
def test_defaults_are_legal_and_of_their_kind(cls: type[Declared]) -> None:
    instance = cls()
    for declaration in cls.hypers():
        value = getattr(instance, declaration.name)
        assert declaration.kind == "text" or value in declaration.hard
        assert type(value) is {"real": float, "whole": int, "flag": bool, "text": str}[declaration.kind]
    assert not list(instance.changed())


@every_class
def test_a_slider_lies_within_the_legal_range(cls: type[Declared]) -> None:
    for declaration in cls.hypers():
        low, high = declaration.soft
        assert low < high
        assert low in declaration.hard
        assert high in declaration.hard
        assert declaration.scale != "log" or low > 0
        assert declaration.scale != "complement" or high < 1
        assert declaration.help[0].islower() or not declaration.help[0].isalpha()
        assert declaration.symbol


@every_class
@settings(max_examples=20)
@given(data=st.data())
def test_exactly_the_legal_values_are_taken(cls: type[Declared], data: st.DataObject) -> None:
    for declaration in cls.hypers():
        value = data.draw(values(declaration))
        assert getattr(cls(**{declaration.name: value}), declaration.name) == value
        if declaration.kind == "text":
            with pytest.raises(ValueError, match="is not a text"):
                cls(**{declaration.name: data.draw(st.floats())})
        elif declaration.kind != "flag":
            outside = data.draw(st.floats().filter(lambda number, hard=declaration.hard: number not in hard))
            with pytest.raises(ValueError, match="is outside"):
                cls(**{declaration.name: outside})
