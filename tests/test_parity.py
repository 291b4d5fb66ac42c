"""Every optimizer, and what goes round it, is that of its library, by the golden vectors of `tests/golden`.

PyTorch's where PyTorch has it, else optax's. How they are compared is said in `tests/vectors.py`.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lrviz.optimizers import OPTIMIZERS, WRAPPERS, Optimizer
from lrviz.proof import PROOFS
from tests import vectors
from tests.broken_optimizers import BROKEN
from tests.proofs import measured
from tests.vectors import META, PATHS, STEPS, about

BY_PAPER = {"hypergradient", "armijo", "barzilai_borwein", "newton", "bfgs"}
"""No library has these: the test of each by its paper is named after it or its kind."""


@pytest.mark.parametrize("slug", sorted((set(OPTIMIZERS) | set(WRAPPERS)) - BY_PAPER))
def test_it_is_the_librarys_and_as_near_as_is_said(slug: str) -> None:
    check_told(slug)


def check_told(slug: str) -> None:
    """What the proof of a slug says is so, but for what another machine may round differently."""
    now, told = measured(slug), PROOFS[slug]
    assert replace(now, difference=told.difference) == told, "python -m tests.proofs writes it anew"
    assert told.difference / 10 - 1e-15 <= now.difference <= told.difference * 10 + 1e-15


def test_the_golden_vectors_are_those_of_the_scripts_and_cover_everything() -> None:
    for library, script in (("torch", "make.py"), ("optax", "make_optax.py")):
        version = META[library][library].partition("+")[0]
        assert f'\n{library.upper()} = "{version}"\n' in (vectors.HERE / script).read_text(encoding="utf-8")
    assert set().union(*map(about, PATHS.values())) == (set(OPTIMIZERS) | set(WRAPPERS)) - BY_PAPER
    for slug in (set(OPTIMIZERS) | set(WRAPPERS)) - BY_PAPER:
        cases = [case for case in PATHS.values() if slug in about(case)]
        assert len({case["surface"]["slug"] for case in cases}) >= 5
        assert len({case["schedule"]["slug"] for case in cases}) >= 2 or slug in WRAPPERS
        assert np.mean([case["calm"] == STEPS for case in cases]) >= 0.8  # else whole paths are hardly compared


@pytest.mark.parametrize("change", [{"version": "0"}, {"cases": 1}, {"steps": 7}, {"difference": 1e-5}], ids=str)
def test_a_proof_that_says_something_else_is_found(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]) -> None:
    monkeypatch.setattr("tests.test_parity.PROOFS", {"gd": replace(PROOFS["gd"], **change)})
    with pytest.raises(AssertionError):
        check_told("gd")


@pytest.mark.parametrize("broken", BROKEN, ids=lambda cls: cls.__name__)
def test_a_broken_one_is_found(broken: type[Optimizer]) -> None:
    names = [name for name, case in PATHS.items() if broken.slug in about(case)]
    assert any(is_found(vectors.path(name, broken)) for name in names)
    assert any(is_found(vectors.single_steps(name, broken)) for name in names)


def is_found(compared: vectors.Compared) -> bool:
    """Whether a comparison fails."""
    try:
        with np.errstate(all="ignore"):
            vectors.check(compared)
    except AssertionError:
        return True
    return False
