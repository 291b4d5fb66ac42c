"""The proof that a method is that of a library: how far the two were apart at most, over how many cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Proof:
    """What was found where a method ran beside a library's: from the same starts, with the same numbers."""

    library: str
    """"PyTorch" or "optax"."""
    version: str
    difference: float
    """The largest difference found, as a share of the length of what was compared at that step. Compared are whole
    paths, up to where rounding alone decides where a run goes, and each step by itself, its memory included; of a
    schedule its rates."""
    cases: int
    """How many runs: on several surfaces, with several hyperparameters and schedules."""
    steps: int
    """How many steps they had together."""


_FILE = Path(__file__).with_suffix(".json")
PROOFS: Mapping[str, Proof] = {
    slug: Proof(**entry) for slug, entry in json.loads(_FILE.read_text(encoding="utf-8")).items()
}
"""By the slug of an optimizer, of what goes round one, or of a schedule; "warmup" is that of any. `tests/proofs.py`
measures them. What no library has is not here: what it was held against is said by its `same_as`."""
