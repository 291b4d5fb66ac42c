"""What to start from: one for each thing worth seeing."""

from __future__ import annotations

from lrviz.gallery import Exhibit


def _runs(steps: int, *runs: str) -> str:
    return "&".join(["surface=quadratic", f"steps={steps}", *(f"run={run}" for run in runs)])


EXAMPLES: tuple[Exhibit, ...] = (
    Exhibit(
        "Far below, just below and above",
        "Two weights, one valley. η = 0.3 creeps, 4 is just below 2/L and soon there, 16.5 is beyond what the minimum"
        " bears: its line swings to and fro.",
        _runs(60, "gd+eta+0.3", "gd+eta+4", "gd+eta+16.5"),
    ),
    Exhibit(
        "No minimum at all",
        "Setosa is separable from the others, and there is no penalty. The paths leave along the valley for ever, the"
        " loss falls towards 0, and the largest η is the fastest.",
        _runs(200, "gd+eta+0.5", "gd+eta+5", "gd+eta+50"),
        "first 0 second 1 y 1 penalty 0",
    ),
    Exhibit(
        "A kink does not let it rest",
        "The hinge loss of a linear SVM. A constant η ends in a band, the higher the larger η is;"
        " the decaying one closes in.",
        _runs(200, "gd+eta+1", "gd+eta+10", "gd+eta+10+cosine+period+200"),
        "hinge 1",
    ),
    Exhibit(
        "All 30 features",
        "L is computed from 30 features now. The best η after so few steps is far beyond 2/L, which only says what is"
        " safe from anywhere.",
        _runs(200, "gd+eta+0.06", "gd+eta+0.6", "gd+eta+6"),
        "part 1 data 2 first 0 second 1 y 1 penalty 0.01",
    ),
    Exhibit(
        "Momentum on all pixels",
        "Threes against eights. At the same η momentum goes ten times as far in the flat directions.",
        _runs(200, "gd+eta+0.3", "momentum+eta+0.3", "nesterov+eta+0.3"),
        "part 1 data 3 first 3 second 8 x 42 y 43 penalty 0.001",
    ),
    Exhibit(
        "Rare but telling columns",
        "What is unusual is rarely seen, and tells most. AdaGrad’s rate is large where a column is rare: each at its"
        " own best η, it comes several times as near.",
        _runs(100, "gd+eta+0.3"),
        "part 2 data 2 first 0 second 1 y 1 penalty 0.001",
    ),
    Exhibit(
        "Sparse is not enough",
        "Lit pixels of fours and nines are zeros and ones too, but most are on often. There is little to make up for,"
        " and AdaGrad is of no use.",
        _runs(100, "gd+eta+0.3"),
        "part 2 data 3 first 4 second 9 x 42 y 43 penalty 0.001",
    ),
)
