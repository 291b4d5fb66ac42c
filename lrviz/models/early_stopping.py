"""Early stopping: where a run would have stopped, and what it would have kept, by its losses on validation data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array


@dataclass(frozen=True)
class EarlyStop:
    """What the rule comes to."""

    stopped: int | None
    """The look after which it stops; None where the patience never ran out."""
    kept: int
    """The look whose θ it keeps: the best one seen until then, the first of equals."""


def early_stop(validation: Array, patience: int) -> EarlyStop:
    """Stop after so many looks in a row of which none was better than the best before them; keep that best one.

    validation: (K,), a loss at each look. What is not finite is never better. ValueError where the patience is not a
    whole number of at least 1, or there is no look.
    Source: Goodfellow, Bengio & Courville (2016), Deep Learning, algorithm 7.1; as Keras' EarlyStopping(min_delta=0,
    restore_best_weights=True) from its first epoch on. What patience costs and what it buys: Prechelt (1998), Early
    stopping – but when?
    """
    if patience < 1 or patience != int(patience):
        raise ValueError(f"a patience of {patience} is not a whole number of at least 1")
    if not len(validation):
        raise ValueError("there is no look at the validation loss")
    losses = np.where(np.isfinite(validation), validation, np.inf)
    best = np.minimum.accumulate(losses)
    improved = np.append(True, losses[1:] < best[:-1])
    since = np.arange(len(losses)) - np.maximum.accumulate(np.where(improved, np.arange(len(losses)), 0))
    out = np.flatnonzero(since == patience)
    seen = losses[: int(out[0]) + 1] if out.size else losses
    return EarlyStop(int(out[0]) if out.size else None, int(np.argmin(seen)))
