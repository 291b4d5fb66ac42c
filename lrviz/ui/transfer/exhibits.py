"""Transfers to start from: one for each thing worth seeing."""

from __future__ import annotations

from lrviz.gallery import Exhibit

_RUN = "surface=quadratic&run=gd+eta+0.3"

EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit(
        "Digits 0–4, then 5–9",
        "Each way at its own best rate: look at the lower panel. Do lower early rates get above the line of even?",
        _RUN,
    ),
    Exhibit(
        "A rate too high for one rate",
        "All at the same large η: one rate for all falls to guessing, early layers at 0.03 × η are still whole.",
        "surface=quadratic&run=gd+eta+3",
        "early 0.03 same 1",
    ),
    Exhibit(
        "Frozen random layers",
        "No pretraining at all: are frozen random layers better or worse than those that have learnt 0–4?",
        _RUN,
        "epochs 0",
    ),
    Exhibit(
        "Learnt for very long",
        "Forty epochs of 0–4. Compare the frozen layers with those of ten, and with random ones.",
        _RUN,
        "epochs 40",
    ),
    Exhibit(
        "Ten steps only",
        "Little time in place of little data: which way is ahead when fine-tuning is cut short?",
        _RUN,
        "steps 10",
    ),
    Exhibit(
        "Adam sets its own pace",
        "Adam divides each coordinate’s gradient by its size. What is left of the differences between the ways?",
        "surface=quadratic&run=adam+eta+0.01",
    ),
)
