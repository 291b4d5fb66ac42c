"""Measures how far lrviz is from the libraries, and writes it down: `python -m tests.proofs`.

What it writes, lrviz/proof.json, is what the reference page shows; `tests/test_parity.py` measures it again. What was
held against a formula, not against a library's own, is left out.
"""

import json
import math
from dataclasses import asdict
from pathlib import Path

import lrviz
from lrviz.optimizers import OPTIMIZERS, WRAPPERS
from lrviz.proof import Proof
from lrviz.schedules import SCHEDULES
from tests import vectors
from tests.vectors import META, PATHS, RATES, STEPS, about

FILE = Path(lrviz.__file__).with_name("proof.json")
NAMES = {"torch": "PyTorch", "optax": "optax"}
FORMULAS = {"inverse_time", "inverse_sqrt", "warmup_stable_decay", "drawn"}
"""Schedules that were held against a formula of tests/golden/by_function.py, which a library only ran."""


def cases_of(slug: str) -> list[str]:
    """The cases of a schedule, of an optimizer, or of what is round one. "warmup": all that are warmed up."""
    if slug in SCHEDULES:
        return [name for name, case in RATES.items() if case["slug"] == slug and "warmup" not in case]
    if slug == "warmup":
        return [name for name, case in RATES.items() if "warmup" in case]
    return [name for name, case in PATHS.items() if slug in about(case)]


def measured(slug: str) -> Proof:
    """What is found in all cases of a slug; an AssertionError where it is no proof."""
    names, difference = cases_of(slug), 0.0
    for name in names:
        try:
            runs = (vectors.rates,) if name in RATES else (vectors.path, vectors.single_steps)
            difference = max(difference, *(vectors.check(run(name)) for run in runs))
        except AssertionError as apart:
            raise AssertionError(f"{name}: {apart}") from None
    (library,) = {name.partition("/")[0] for name in names}
    version = META[library][library].partition("+")[0]
    steps = sum(len(vectors.recorded(name)["eta"]) if name in RATES else STEPS for name in names)
    return Proof(NAMES[library], version, rounded_up(difference), len(names), steps)


def rounded_up(difference: float) -> float:
    """To two digits."""
    if difference == 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(difference)) - 1)
    return float(f"{math.ceil(difference / unit) * unit:.1e}")


def main() -> None:
    slugs = [slug for slug in (*OPTIMIZERS, *WRAPPERS, *SCHEDULES, "warmup") if cases_of(slug) and slug not in FORMULAS]
    found = {slug: asdict(measured(slug)) for slug in slugs}
    lines = ",\n".join(f"  {json.dumps(slug)}: {json.dumps(entry)}" for slug, entry in found.items())
    FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
