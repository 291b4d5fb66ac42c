"""A scene's trajectories as data: a table of every step, and JSON with all that was chosen and all that came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from lrviz import tables
from lrviz.declare import Array, Declared
from lrviz.link import query
from lrviz.optimizers import unwrapped
from lrviz.outcome import Outcome
from lrviz.scene import Run, Scene
from lrviz.schedules import Warmup
from lrviz.simulation import Trajectory

FORMAT = "lrviz scene 1"

_NUMBERS = {"type": "object", "additionalProperties": {"type": ["number", "boolean", "string"]}}
_PART = {
    "type": "object",
    "description": "a class by its name in links, and all its numbers by their names",
    "required": ["slug", "title", "numbers"],
    "properties": {"slug": {"type": "string"}, "title": {"type": "string"}, "numbers": _NUMBERS},
}
_SERIES = {"type": "array", "items": {"type": ["number", "null"]}}
_PAIR = {"type": "array", "items": {"type": ["number", "null"]}, "minItems": 2, "maxItems": 2}
_POINTS = {"type": "array", "items": _PAIR}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A scene and its trajectories",
    "description": "Numbers that are not finite are null. Rows end with the last step that was taken.",
    "type": "object",
    "required": ["format", "link", "surface", "start", "steps", "noise", "seed", "runs"],
    "properties": {
        "format": {"const": FORMAT},
        "link": {"type": "string", "description": "the query of the URL that shows this scene"},
        "surface": _PART,
        "start": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "steps": {"type": "integer", "description": "how many each run may take"},
        "noise": {"anyOf": [_PART, {"type": "null"}]},
        "seed": {"type": "integer"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "optimizer", "wrappers", "warmup", "schedule", "outcome", "evaluations", "loss"],
                "properties": {
                    "name": {"type": "string"},
                    "optimizer": _PART,
                    "wrappers": {"type": "array", "items": _PART, "description": "round the optimizer, inmost first"},
                    "warmup": {"anyOf": [_PART, {"type": "null"}]},
                    "schedule": _PART,
                    "outcome": {
                        "type": "object",
                        "required": ["kind", "step", "sentence"],
                        "properties": {
                            "kind": {"type": "string"},
                            "step": {"type": "integer"},
                            "sentence": {"type": "string"},
                        },
                    },
                    "evaluations": {"type": "integer", "description": "of the gradient and the loss"},
                    "theta": _POINTS | {"description": "(x, y) at step 0, 1, …"},
                    "loss": _SERIES | {"description": "the true loss there"},
                    "grad": _POINTS | {"description": "the true gradient there"},
                    "eta": _SERIES | {"description": "the rate that led from each step to the next: one fewer"},
                    "state": {
                        "type": "object",
                        "description": "what the optimizer remembers at each step, by the paper's names",
                        "additionalProperties": {"anyOf": [_SERIES, _POINTS]},
                    },
                },
            },
        },
    },
}
"""What `as_json` writes, as a JSON Schema."""


def as_csv(scene: Scene, trajectories: Sequence[Trajectory]) -> str:
    """Every step of every run, one under the other."""
    text: str = tables.paths(scene, trajectories).to_csv(index=False)
    return text


def as_json(scene: Scene, trajectories: Sequence[Trajectory]) -> str:
    """The scene with all its numbers, and what became of each run, as SCHEMA says."""
    told = {
        "format": FORMAT,
        "link": f"?{query(scene, default=None)}",
        "surface": _part(scene.surface),
        "start": scene.start,
        "steps": scene.steps,
        "noise": scene.noise and _part(scene.noise),
        "seed": scene.seed,
        "runs": [
            _run(name, run, trajectory)
            for name, run, trajectory in zip(scene.names(), scene.runs, trajectories, strict=True)
        ],
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False)


def _run(name: str, run: Run, trajectory: Trajectory) -> dict[str, Any]:
    method, wrappers = unwrapped(run.optimizer)
    assert isinstance(trajectory.outcome, Outcome)
    outcome, last = trajectory.outcome, tables.end(trajectory)
    return {
        "name": name,
        "optimizer": _part(method),
        "wrappers": [_part(wrapper, wrapper.label) for wrapper in wrappers],
        "warmup": _part(run.schedule) if isinstance(run.schedule, Warmup) else None,
        "schedule": _part(run.inner),
        "outcome": {"kind": outcome.kind, "step": int(outcome.step), "sentence": outcome.sentence},
        "evaluations": int(trajectory.evaluations),
        "theta": _plain(trajectory.theta[: last + 1]),
        "loss": _plain(trajectory.loss[: last + 1]),
        "grad": _plain(trajectory.grad[: last + 1]),
        "eta": _plain(trajectory.eta[:last]),
        "state": {memory: _plain(values[: last + 1]) for memory, values in trajectory.state.items()},
    }


def _part(part: Declared, title: str = "") -> dict[str, Any]:
    numbers = {number.name: _value(getattr(part, number.name)) for number in part.hypers()}
    return {"slug": part.slug, "title": title or part.title, "numbers": numbers}


def _value(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic | np.ndarray) else value


def _plain(values: Array) -> Any:
    """As lists; null for what is not finite, which JSON cannot say."""
    plain = values.astype(object)
    plain[~np.isfinite(values)] = None
    return plain.tolist()
