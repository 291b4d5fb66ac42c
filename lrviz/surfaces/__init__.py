"""Loss surfaces, by slug: each shows one thing that a learning rate has to live with."""

from lrviz.surfaces.bowls import Beale, PlateauAndCliff, Quadratic, Ravine, Rosenbrock
from lrviz.surfaces.regression import LeastSquares
from lrviz.surfaces.saddles import Factorization, MonkeySaddle, Saddle
from lrviz.surfaces.surface import Box, Point, Surface, curvatures, length, squared_length
from lrviz.surfaces.valleys import Ackley, DoubleWell, Himmelblau, Rastrigin

SURFACES: dict[str, type[Surface]] = {
    cls.slug: cls
    for cls in (
        Quadratic,
        Rosenbrock,
        Ravine,
        Saddle,
        MonkeySaddle,
        PlateauAndCliff,
        DoubleWell,
        Himmelblau,
        Beale,
        Factorization,
        Rastrigin,
        Ackley,
        LeastSquares,
    )
}

__all__ = [
    "SURFACES",
    "Ackley",
    "Beale",
    "Box",
    "DoubleWell",
    "Factorization",
    "Himmelblau",
    "LeastSquares",
    "MonkeySaddle",
    "PlateauAndCliff",
    "Point",
    "Quadratic",
    "Rastrigin",
    "Ravine",
    "Rosenbrock",
    "Saddle",
    "Surface",
    "curvatures",
    "length",
    "squared_length",
]
