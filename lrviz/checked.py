"""What each class is held against where no library has its like: in words, and the file of tests that does it."""

from __future__ import annotations

from typing import NamedTuple


class Checked(NamedTuple):
    """What the tests hold a class against."""

    sentence: str
    tests: str
    """The file, from the root of the repository."""


_CURVATURE, _AUTOMATIC, _WRAPPERS, _SCHEDULES = (
    f"tests/test_{name}.py" for name in ("curvature_methods", "automatic", "wrappers", "schedules")
)

CHECKED: dict[str, Checked] = {
    "surface": Checked(
        "Gradient and Hessian are compared with central differences of the loss at 300 points of the box, and each"
        " minimum and saddle that is marked is one.",
        "tests/test_surfaces.py",
    ),
    "online": Checked(
        "The paper's result is reproduced: Adam is back at the worst point after every period, and its regret does not"
        " vanish; that of AMSGrad does.",
        "tests/test_reddi.py",
    ),
    "expression": Checked(
        "Its derivatives are compared with those of SymPy at random points, and surfaces that are typed as text with"
        " the classes that there are.",
        "tests/test_expressions.py",
    ),
    "noise": Checked(
        "Its covariance is compared with that of samples, and its loss with its gradient.", "tests/test_noise.py"
    ),
    "hypergradient": Checked(
        "Compared with the paper's Algorithm 4 written again in plain floats; what its rate learns is compared with the"
        " derivative of the loss by the last rate, by differences.",
        "tests/test_hypergradient.py",
    ),
    "armijo": Checked(
        "Compared with the book's algorithm written again. The condition holds where it went, and not one length"
        " before; each particle is charged for the lengths that it tried itself.",
        "tests/test_line_search.py",
    ),
    "barzilai_borwein": Checked(
        "Each rate is compared with the least-squares solution of the secant equation; on a quadratic in two"
        " coordinates it converges faster than linearly, as the paper proves.",
        _AUTOMATIC,
    ),
    "dog": Checked(
        "Compared with its authors' algorithm written again; it finds the rate whatever the scale of the loss.",
        _AUTOMATIC,
    ),
    "sam": Checked(
        "Compared with the paper's Algorithm 1 written again. To first order no place within ρ is worse than the one it"
        " looks at; at a minimum it keeps moving by ηρλ.",
        "tests/test_sharpness.py",
    ),
    "newton": Checked(
        "Each step is compared with the solution of the linear system. One full step arrives on a quadratic whatever"
        " its condition; near a minimum the digits double.",
        _CURVATURE,
    ),
    "bfgs": Checked(
        "Compared with the book's algorithm written again with matrices. What it learns satisfies the secant equation"
        " and stays positive; with exact steps a quadratic takes two.",
        _CURVATURE,
    ),
    "rates": Checked(
        "Each axis does what it would do alone at its own rate; with one rate for all it is the optimizer itself.",
        "tests/test_groups.py",
    ),
    "clip": Checked(
        "Compared with numbers of PyTorch's clip_grad_norm_. No gradient is longer than the bound, and none turns.",
        _WRAPPERS,
    ),
    "lookahead": Checked("Compared with the paper's Algorithm 1 written again.", _WRAPPERS),
    "averaged": Checked(
        "Compared with the formulas of PyTorch's AveragedModel written again; the average of all is their mean.",
        _WRAPPERS,
    ),
    "inverse_time": Checked(
        "Compared with the formula of Keras's InverseTimeDecay; its sum has no end and the sum of its squares has one,"
        " as Robbins and Monro ask.",
        _SCHEDULES,
    ),
    "inverse_sqrt": Checked("Compared with the paper's equation (3).", _SCHEDULES),
    "warmup_stable_decay": Checked(
        "Compared with the transformers library's get_wsd_schedule written again.", _SCHEDULES
    ),
    "drawn": Checked("Compared with NumPy's straight lines from point to point, and their logarithm's.", _SCHEDULES),
    "warmup": Checked(
        "Compared with PyTorch's in cases of the schedules that it goes round, and of optimizers that run by them.",
        "tests/test_parity_schedules.py",
    ),
}
"""By an entry's key, or by its kind for all of that kind."""
