"""What a strategy is, what is said for and against it, and what was measured of each claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs

from lrviz.link import read
from lrviz.scene import Scene

Side = Literal["pro", "con"]


@dataclass(frozen=True)
class Measured:
    """What a check of a claim came to."""

    holds: bool
    """Whether what was measured is what the claim says."""
    sentence: str
    """What was measured, with the numbers in it."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """The same by name."""


Check = Callable[[Scene], Measured]
"""Runs a scene, over many seeds, starts or rates, and says whether it shows what the claim says."""


@dataclass(frozen=True)
class Claim:
    """One thing that is said for or against a strategy: shown by a scene and checked, or said to be not shown."""

    slug: str
    side: Side
    text: str
    """The claim, in a sentence."""
    look: str = ""
    """What to look for in the scene."""
    query: str = ""
    """The scene's link."""
    check: Check | None = None
    """How it is measured; None where it is not shown here."""
    page: str = "playground"
    """The page that shows the scene, by its file's name."""
    view: str = ""
    """What that page shows besides, in its own words."""
    why_not: str = ""
    """Why it is not shown here."""
    source: str = ""
    """Who says so."""

    def __post_init__(self) -> None:
        shown = (bool(self.query), bool(self.look), self.check is not None)
        if not (all(shown) and not self.why_not) and not (self.why_not and not any(shown)):
            raise ValueError(
                f"the claim {self.slug!r} has a scene, what to look for and a check, or says why it has not"
            )

    @property
    def is_shown(self) -> bool:
        """Whether there is a scene that shows it."""
        return self.check is not None

    @property
    def scene(self) -> Scene:
        """The scene of the link."""
        return read(parse_qs(self.query)).scene

    def measured(self, scene: Scene | None = None) -> Measured:
        """Check it on its scene, or on another of the same shape. ValueError where it is not shown here."""
        if self.check is None:
            raise ValueError(f"the claim {self.slug!r} is not shown here: {self.why_not}")
        return self.check(self.scene if scene is None else scene)


@dataclass(frozen=True)
class Strategy:
    """A way to choose learning rates, with what is said of it."""

    slug: str
    title: str
    what: str
    """What it does, in a sentence."""
    pro: str
    con: str
    """The short of what is for it and against it: a few words each, of claims that are shown."""
    use: str
    """What it is typically used for: practice, which is told and not measured."""
    use_source: str
    schedules: tuple[str, ...]
    optimizers: tuple[str, ...]
    """What belongs to it, by slug."""
    claims: tuple[Claim, ...]

    @property
    def pros(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.side == "pro")

    @property
    def cons(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.side == "con")
