"""What theory says of a run: before it is made, beside it, and where it does not apply."""

from lrviz.theory.claims import Claim, claims
from lrviz.theory.flow import friction, gradient_flow, heavy_ball_flow
from lrviz.theory.linear import (
    PHASES,
    Phase,
    added_curvature,
    growth,
    has_limit,
    iteration_matrix,
    multipliers,
    phase,
    spectral_radius,
    stability_limit,
    transition,
)
from lrviz.theory.local import local_curvature, preconditioned_curvature, preconditioned_limit, preconditioner
from lrviz.theory.measured import measured_multipliers, measured_rate
from lrviz.theory.rates import best, best_eta, steps_to
from lrviz.theory.stationary import floor, noise_covariance, noise_variance, rest, spread

__all__ = [
    "PHASES",
    "Claim",
    "Phase",
    "added_curvature",
    "best",
    "best_eta",
    "claims",
    "floor",
    "friction",
    "gradient_flow",
    "growth",
    "has_limit",
    "heavy_ball_flow",
    "iteration_matrix",
    "local_curvature",
    "measured_multipliers",
    "measured_rate",
    "multipliers",
    "noise_covariance",
    "noise_variance",
    "phase",
    "preconditioned_curvature",
    "preconditioned_limit",
    "preconditioner",
    "rest",
    "spectral_radius",
    "spread",
    "stability_limit",
    "steps_to",
    "transition",
]
