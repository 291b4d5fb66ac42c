"""What a scene is exported as reproduces it, and says all of it."""

import ast
import csv
import html
import json
import re
import subprocess
import sys
import types
from contextlib import closing
from urllib.parse import parse_qs

import jsonschema
import numpy as np
import pytest
from playwright.sync_api import expect

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, export, simulate
from lrviz.link import LANDING, read
from lrviz.noise import NOISES, Additive
from lrviz.optimizers import GD, WRAPPERS, Adam, Clipped
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant, Cosine, Warmup
from lrviz.surfaces import Expression, Quadratic
from lrviz.ui.stage.standalone import standalone
from tests.scripts import CLOSE, STEPS, calm, differences, scenes, switched

RUNNER = """
import json, runpy, sys
import numpy as np
sys.modules["lrviz"] = None  # nothing of the app can be imported
found = {}
for place, path in enumerate(json.load(sys.stdin)):
    for number, run in enumerate(runpy.run_path(path)["paths"]().values()):
        found |= {f"{place} {number} {name}": array for name, array in zip(("theta", "loss", "eta"), run)}
np.savez(sys.argv[1], **found)
"""

SCENES = scenes(rounds=2)
SCENES |= {f"{name}, switched": switched(scene) for name, scene in SCENES.items() if switched(scene) != scene}


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """{a scene's name: what its NumPy script gives for each run}; all scripts are run by one process."""
    folder = tmp_path_factory.mktemp("scripts")
    paths = []
    for place, scene in enumerate(SCENES.values()):
        paths.append(folder / f"{place}.py")
        paths[-1].write_text(export.numpy_script(scene), encoding="utf-8")
    runner = [sys.executable, "-I", "-W", "error", "-c", RUNNER, str(folder / "found.npz")]
    subprocess.run(runner, input=json.dumps([str(path) for path in paths]), text=True, check=True, cwd=folder)
    with np.load(folder / "found.npz") as file:
        found = dict(file)
    return {
        name: [[found[f"{place} {k} {what}"] for what in ("theta", "loss", "eta")] for k in range(len(scene.runs))]
        for place, (name, scene) in enumerate(SCENES.items())
    }


@pytest.mark.parametrize("name", SCENES)
def test_a_numpy_script_reproduces_the_paths(name, followed):
    scene = SCENES[name]
    for number, run in enumerate(followed[name]):
        found = differences(scene, number, *run)
        assert max(found.values()) <= CLOSE, found


def test_scripts_are_tried_with_everything_that_there_is():
    parts = [part for scene in SCENES.values() for run in scene.runs for part in (run.optimizer, run.method, run.inner)]
    parts += [part for scene in SCENES.values() for part in (scene.surface, scene.noise)]
    assert {part.slug for part in parts if part} >= {*OPTIMIZERS, *SCHEDULES, *SURFACES, *NOISES, *WRAPPERS}
    assert any(isinstance(run.schedule, Warmup) for scene in SCENES.values() for run in scene.runs)
    assert np.mean([len(calm(scene, 0)[0]) > STEPS / 2 for scene in SCENES.values()]) > 0.75


MUTATIONS = {
    "a number": ("beta1=0.9,", "beta1=0.91,"),
    "the start": ("START = (", "START = (1e-6 + "),
    "the step": ("- eta * m_hat", "- 1.00001 * eta * m_hat"),
    "the memory": ("(1 - self.beta2) * (g * g)", "(1 - self.beta2) * g * g * 1.001"),
    "the rate": ("(1 + np.cos(np.pi * share)) / 2", "(1 + np.cos(np.pi * share)) / 2.00001"),
    "the noise": ("default_rng(SEED)", "default_rng(SEED + 1)"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_script_that_is_wrong_is_found(name):
    run = Run(Adam(), Cosine(0.05, period=STEPS))
    scene = Scene(Quadratic(), (run,), steps=STEPS, noise=Additive(), seed=5)
    text = export.numpy_script(scene)
    assert max(differences(scene, 0, *executed(text)["Adam"]).values()) <= CLOSE
    right, wrong = MUTATIONS[name]
    assert text.count(right) == 1
    assert max(differences(scene, 0, *executed(text.replace(right, wrong))["Adam"]).values()) > CLOSE


def scene_of(query):
    """The scene of a link, all of whose words were read."""
    link = read(parse_qs(query))
    assert link.problems == ()
    return link.scene


def executed(text):
    """The paths of a script, in this process."""
    module = types.ModuleType("exported")
    sys.modules["exported"] = module  # where dataclasses look for their own module
    try:
        exec(compile(text, "exported", "exec"), module.__dict__)
        return module.paths()
    finally:
        del sys.modules["exported"]


def test_a_script_prints_where_its_runs_end_and_says_what_it_is(tmp_path):
    text = export.numpy_script(LANDING)
    (tmp_path / "scene.py").write_text(text, encoding="utf-8")
    run = [sys.executable, "-I", "scene.py"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    ends = [f"{trajectory.loss[-1]:.6g}" for trajectory in LANDING.run()]
    assert [line.rpartition(" ")[2] for line in done.stdout.splitlines()] == ends
    assert text.startswith('r"""Momentum and Adam on Rosenbrock')
    assert scene_of(text.split("\n?")[1].split("\n")[0]) == LANDING


@pytest.mark.parametrize("name", ["numpy_script", "torch_script", "optax_script"])
@pytest.mark.parametrize(
    "scene", [LANDING, SCENES["all wrappers"], SCENES["minibatch"]], ids=["plain", "wrapped", "data"]
)
def test_numbers_stand_at_the_top_and_the_app_is_not_needed(scene, name):
    tree = ast.parse(getattr(export, name)(scene))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    allowed = {"numpy_script": set(), "torch_script": {"torch"}, "optax_script": {"jax", "jax.numpy", "optax"}}
    assert imported <= {"numpy", "dataclasses", "functools", "itertools", "math", "typing"} | allowed[name]
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert defined[0] == "scene"
    assert len(defined) == len(set(defined))  # nothing is defined twice
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"Array", "Number", "State", "hyper"}


def test_libraries_call_their_own_with_the_numbers_of_the_scene():
    scene = Scene(Quadratic(), (Run(Adam(beta2=0.99), Cosine(0.05)), Run(Clipped(Adam()), Constant(0.1))), steps=300)
    text = export.torch_script(scene)
    assert "torch.optim.Adam([theta], lr=0.05, betas=(0.9, 0.99), eps=1e-08)" in text
    assert "lr_scheduler.CosineAnnealingLR(optimizer, T_max=300, eta_min=0.0)" in text
    assert "torch.nn.utils.clip_grad_norm_" in text
    assert "optax.adam(eta, b1=0.9, b2=0.99, eps=1e-08)" in export.optax_script(scene)
    longer = Scene(Quadratic(), (Run(Adam(uncorrected=True), Cosine(0.05, period=100)),), steps=300)
    assert "torch.optim" not in export.torch_script(longer)  # PyTorch's Adam has no such switch
    assert "CosineAnnealingLR" not in export.torch_script(Scene(Quadratic(), (Run(Adam(), Cosine(period=100)),)))


def test_what_is_typed_is_code_only_as_a_formula():
    scene = Scene(Expression("x^2 + 3*sin(y)^2"), (Run(),))
    assert "3 * (n0 * n0)" in export.numpy_script(scene) or "np.sin(y)" in export.numpy_script(scene)
    assert "text=" not in export.numpy_script(scene)


@pytest.mark.parametrize("name", [*list(SCENES)[::9], "all wrappers", "minibatch"])
def test_json_is_as_its_schema_says_and_has_every_step(name):
    scene = SCENES[name]
    trajectories = scene.run()
    told = json.loads(export.as_json(scene, trajectories))
    jsonschema.validate(told, export.SCHEMA)
    assert scene_of(told["link"].removeprefix("?")) == scene
    for run, trajectory in zip(told["runs"], trajectories, strict=True):
        size = len(run["loss"])
        assert len(run["eta"]) == size - 1
        for field in ("theta", "loss", "grad"):
            np.testing.assert_array_equal(np.array(run[field], dtype=float), getattr(trajectory, field)[:size])
        assert set(run["state"]) == set(trajectory.state)
        assert np.isnan(trajectory.loss[size:]).all()
        assert run["outcome"]["sentence"] == trajectory.outcome.sentence


def test_json_has_no_number_that_is_none():
    scene = Scene(Quadratic(), (Run(optimizer=Adam(), schedule=Constant(0.1)), Run(schedule=Constant(10.0))), steps=400)
    told = json.loads(export.as_json(scene, scene.run()), parse_constant=pytest.fail)
    assert told["runs"][1]["outcome"]["kind"] == "diverged"


def test_csv_has_a_row_for_each_step_of_each_run():
    rows = list(csv.DictReader(export.as_csv(LANDING, LANDING.run()).splitlines()))
    assert len(rows) == 2 * (LANDING.steps + 1)
    assert float(rows[-1]["loss"]) == LANDING.run()[1].loss[-1]


# ---- the page


def test_the_page_holds_all_it_needs():
    page = standalone(LANDING)
    assert re.findall(r"""(?:src|href)\s*=\s*["'][^"']*["']""", page.split("<script")[0]) == []
    assert not re.search(r"https?://(?!www\.w3\.org/)", page)
    assert "default-src 'none'" in html.unescape(page)
    assert "surface=rosenbrock" in page


def test_the_page_holds_no_markup_from_outside():
    scene = Scene(Expression("x^2+y^2"), (Run(),))
    assert scene.surface.title in html.unescape(standalone(scene))
    with pytest.raises(ValueError, match="<"):
        Expression("</script><b>")


COLOURS = """() => {
    const strip = document.getElementById("host").shadowRoot.querySelector("canvas.strip");
    const row = strip.getContext("2d").getImageData(0, strip.height >> 1, strip.width, 1).data;
    return new Set(new Uint32Array(row.buffer)).size > 3;
}"""


@pytest.mark.browser
def test_the_page_opens_from_a_disk_and_its_paths_follow_the_hand(browser, tmp_path):
    scene = Scene(Quadratic(), (Run(GD(), Constant(0.05)), Run(Adam(), Cosine(0.1))), steps=80)
    (tmp_path / "scene.html").write_text(standalone(scene), encoding="utf-8")
    requests, errors = [], []
    with closing(browser.new_context(color_scheme="dark", offline=True)) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error))
        page.on("request", lambda request: requests.append(request.url))
        page.add_init_script("addEventListener('lrviz:draw', ({ detail }) => (window.drawn = detail.runs))")
        page.goto((tmp_path / "scene.html").as_uri())
        losses = "() => window.drawn && [...window.drawn.map((run) => Array.from(run.loss))]"
        page.wait_for_function("() => window.drawn")
        for drawn, trajectory in zip(page.evaluate(losses), scene.run(), strict=True):
            np.testing.assert_allclose(drawn, trajectory.loss, rtol=1e-12)
        before = page.evaluate(losses)
        slider = page.get_by_role("slider", name="η of run 1")
        slider.focus()
        slider.press("ArrowRight")
        page.wait_for_function("(before) => window.drawn[0].loss.at(-1) !== before", arg=before[0][-1])
        moved = page.evaluate("window.drawn[0].eta")
        own = simulate(scene.surface, GD(), moved, steps=80)
        assert moved > 0.05
        np.testing.assert_allclose(page.evaluate(losses)[0], own.loss, rtol=1e-12)
        # A strip has the colours of its kinds once the worker has answered.
        expect(page.locator(".strip").first).to_be_visible()
        page.wait_for_function(COLOURS)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 19, 24)"
    assert not errors
    assert [url for url in requests if not url.startswith(("file:", "blob:"))] == []
    assert sum(url.startswith("file:") for url in requests) == 1
