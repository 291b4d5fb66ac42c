"""Trainings to start from: one for each thing worth seeing."""

from __future__ import annotations

from lrviz.gallery import Exhibit

_GD = "surface=quadratic"


def _at(optimizer: str, *etas: float) -> str:
    return "&".join([_GD, *(f"run={optimizer}+eta+{eta:g}" for eta in etas)])


EXAMPLES: tuple[Exhibit, ...] = (
    Exhibit(
        "Too low, good, too high",
        "Each run has ten times the rate of the one before, and ends far lower; three times the best learns nothing.",
        _at("gd", 0.01, 0.1, 1, 3),
    ),
    Exhibit(
        "Schedules side by side",
        "1.5 is too high to stay at. A warm-up, a decay and both of them: which of these rescues it?",
        f"{_GD}&run=gd+eta+1.5&run=gd+eta+1.5+warmup+steps+105+start_factor+0.05"
        "&run=gd+eta+1.5+cosine+period+1050&run=gd+eta+1.5+warmup+steps+105+start_factor+0.05+cosine+period+945",
    ),
    Exhibit(
        "Overfitting and early stopping",
        "Few examples, a fifth of them labelled wrongly. The training loss only falls; the validation loss turns.",
        _at("adam", 0.003, 0.01),
        "epochs 60 share 30 wrong 20",
    ),
    Exhibit(
        "Weight decay",
        "The same few examples. λ pulls the weights to 0: the wrong labels are learned less; with too much, all is.",
        f"{_GD}&run=gd+eta+0.5&run=gd+eta+0.5+weight_decay+0.003&run=gd+eta+0.5+weight_decay+0.01"
        "&run=gd+eta+0.5+weight_decay+0.1",
        "epochs 60 share 30 wrong 20",
    ),
    Exhibit(
        "Typical values",
        "GD and momentum at 0.01, Adam at 0.001. Which is near its best? Further down every η is tried.",
        f"{_GD}&run=gd&run=momentum&run=nesterov&run=adagrad&run=rmsprop&run=adam",
    ),
    Exhibit(
        "A large minibatch needs a larger η",
        "With 256 examples a step, 0.05 is slow: there are few steps. Eight times the rate makes up for it.",
        _at("gd", 0.05, 0.4),
        "batch 256",
    ),
    Exhibit(
        "Deeper",
        "Three hidden layers. The best rate is another one, and what was good for one layer may be too high here.",
        _at("gd", 0.01, 0.1, 0.3, 1),
        "layers 3",
    ),
)
"""What an empty link shows is the first."""
