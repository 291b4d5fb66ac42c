"""The scripts for PyTorch and optax, run in those libraries: `make parity`. `make test` leaves this out."""

import subprocess
import sys
import types
from typing import Any

import optax  # noqa: F401 - what the scripts import is there
import pytest

from lrviz import OPTIMIZERS, export
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from tests.scripts import CLOSE, differences, scenes, switched

SCENES = scenes(rounds=3)
SCENES |= {f"{name}, switched": switched(scene) for name, scene in SCENES.items() if switched(scene) != scene}
SCRIPTS = {"torch": export.torch_script, "optax": export.optax_script}

OWN = {
    "torch": {
        *("gd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "amsgrad", "nadam", "radam"),
        *("adamax", "rprop"),
    },
    "optax": {
        *(
            "gd",
            "momentum",
            "nesterov",
            "adadelta",
            "rmsprop",
            "adam",
            "adamw",
            "adamax",
            "adabelief",
            "yogi",
            "signsgd",
        ),
        *("lion", "schedule_free_sgd", "prodigy", "dog"),
    },
}
"""The optimizers for which a script calls the library's own; the others' steps it carries."""


def ran(text: str) -> Any:
    """The paths that a script gives."""
    module = types.ModuleType("exported")
    sys.modules["exported"] = module  # where dataclasses look for their own module
    exec(compile(text, "exported", "exec"), module.__dict__)
    return module.paths()


@pytest.mark.parametrize("library", SCRIPTS)
@pytest.mark.parametrize("name", SCENES)
def test_a_script_reproduces_the_paths(library: str, name: str) -> None:
    scene = SCENES[name]
    for number, run in enumerate(ran(SCRIPTS[library](scene)).values()):
        found = differences(scene, number, *run)
        assert max(found.values()) <= CLOSE, found


@pytest.mark.parametrize("library", SCRIPTS)
def test_the_library_is_called_where_it_has_the_optimizer(library: str) -> None:
    call = {"torch": "torch.optim.", "optax": "import optax"}[library]
    scenes = {slug: Scene(runs=(Run(cls(), Constant(0.01)),)) for slug, cls in OPTIMIZERS.items()}
    calling = {slug for slug, scene in scenes.items() if call in SCRIPTS[library](scene)}
    assert calling == OWN[library]


@pytest.mark.parametrize("library", SCRIPTS)
def test_a_wrong_number_is_found(library: str) -> None:
    scene = next(scene for name, scene in SCENES.items() if name.startswith("adam "))
    text = SCRIPTS[library](scene)
    broken = text.replace("0.999", "0.998")
    assert broken != text
    (run,) = ran(broken).values()
    assert differences(scene, 0, *run)["theta"] > CLOSE


@pytest.mark.parametrize("library", SCRIPTS)
def test_a_script_runs_by_itself(library: str, tmp_path: Any) -> None:
    scene = SCENES["all wrappers"]
    (tmp_path / "scene.py").write_text(SCRIPTS[library](scene), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "scene.py"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == list(scene.names())
