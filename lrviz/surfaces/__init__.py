"""Loss surfaces, by slug: each shows one thing that a learning rate has to live with."""

from lrviz.surfaces.bowls import Beale, Booth, PlateauAndCliff, Quadratic, Ravine, Rosenbrock
from lrviz.surfaces.expression import Expression
from lrviz.surfaces.kinks import Absolute
from lrviz.surfaces.online import Online
from lrviz.surfaces.regression import LeastSquares
from lrviz.surfaces.saddles import Factorization, MonkeySaddle, Saddle
from lrviz.surfaces.surface import Box, Point, Surface, curvatures
from lrviz.surfaces.valleys import Ackley, DoubleWell, Himmelblau, Rastrigin
from lrviz.surfaces.wells import StyblinskiTang, ThreeHumpCamel

SURFACES: dict[str, type[Surface]] = {
    cls.slug: cls
    for cls in (
        Quadratic,
        Booth,
        Rosenbrock,
        Ravine,
        Saddle,
        MonkeySaddle,
        PlateauAndCliff,
        DoubleWell,
        Himmelblau,
        StyblinskiTang,
        ThreeHumpCamel,
        Beale,
        Factorization,
        Rastrigin,
        Ackley,
        Absolute,
        Online,
        LeastSquares,
        Expression,
    )
}

__all__ = [
    "SURFACES",
    "Absolute",
    "Ackley",
    "Beale",
    "Booth",
    "Box",
    "DoubleWell",
    "Expression",
    "Factorization",
    "Himmelblau",
    "LeastSquares",
    "MonkeySaddle",
    "Online",
    "PlateauAndCliff",
    "Point",
    "Quadratic",
    "Rastrigin",
    "Ravine",
    "Rosenbrock",
    "Saddle",
    "StyblinskiTang",
    "Surface",
    "ThreeHumpCamel",
    "curvatures",
]
