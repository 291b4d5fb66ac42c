"""The frame that the rest is hung in: what is required, what may import what, and an app that opens."""

import ast
import re
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from lrviz.ui.security import HEADERS

ROOT = Path(__file__).parent.parent

# A room imports rooms above its own line, and itself. `lrviz` is the package's own list of public names.
LAYERS = """
    palette numerals threads checked
    declare sentences
    lengths problem expressions references proof
    surfaces optimizers schedules
    noise
    theory iterate
    judge
    verdict
    outcome
    kernel
    simulation
    grid anatomy escape changes ensemble
    tuning
    models
    scene
    link tables
    catalogue gallery strategies export figures
    lrviz
    ui
    pages
    app
"""
LEVEL = {name: level for level, layer in enumerate(LAYERS.splitlines()) for name in layer.split()}

# Where a library may be imported; one that is not named here may be anywhere.
HOMES = {
    "streamlit": {"ui", "pages", "app"},
    "plotly": {"figures"},
    "pandas": {"tables", "simulation", "grid"},
    "scipy": {"theory", "tuning", "models"},
    "sklearn": {"tuning", "models"},
    "bayes_opt": {"tuning"},
    "sympy": {"expressions"},
    "gymnasium": {"models"},
    "torch": set(),
    "optax": set(),
}


def room(name: str) -> str:
    """The room of a dotted name: `lrviz.optimizers.Adam` is of `optimizers`, `lrviz.simulate` of `lrviz`."""
    top, *rest = name.split(".")
    return rest[0] if top == "lrviz" and rest and rest[0] in LEVEL else top


def imports(path: Path) -> set[str]:
    """The dotted name of all that a file imports, inside its functions too."""
    package = path.relative_to(ROOT).parent.parts
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = [*above, *filter(None, [node.module])]
            names |= {".".join([*module, alias.name]) for alias in node.names}
    return names


# {dotted name of a module: what it imports}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): imports(path)
    for path in [ROOT / "app.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("lrviz/**/*.py")]
}


def requirements(name: str) -> dict[str, str]:
    """What a requirements file asks for: each package and its range."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = (re.fullmatch(r"([\w-]+)(.*)", line) for line in lines if not line.startswith(("#", "-r")))
    return {match[1]: match[2] for match in found if match}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_a_range(name):
    open_ended = {
        package: bounds
        for package, bounds in requirements(name).items()
        if not re.fullmatch(r">=\d+(\.\d+)*,<\d+(\.\d+)*", bounds)
    }
    assert not open_ended


def test_what_is_imported_is_required_and_what_is_required_is_imported():
    imported = {name.split(".")[0] for names in MODULES.values() for name in names}
    packages = packages_distributions()  # scikit-learn is imported as sklearn
    required = {name for module in imported - sys.stdlib_module_names - {"lrviz"} for name in set(packages[module])}
    assert required == set(requirements("requirements.txt"))


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_at_home(library):
    astray = [module for module, names in MODULES.items() if library in map(room, names)]
    assert {room(module) for module in astray} <= HOMES[library], astray


def test_every_module_has_its_layer():
    assert [module for module in MODULES if room(module) == "lrviz"] == ["lrviz"]


def test_imports_run_one_way():
    upward = [
        f"{module} imports {name}"
        for module, names in MODULES.items()
        for name in names
        if room(name) in LEVEL and room(name) != room(module) and LEVEL[room(name)] >= LEVEL[room(module)]
    ]
    assert not upward


def test_the_core_loads_neither_the_app_nor_the_figures_nor_the_tables():
    heavy = {"streamlit", "plotly", "pandas", "scipy", "sklearn", "bayes_opt", "gymnasium", "sympy"}
    script = f"import sys, lrviz; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/nothing/here", "/static/css/nothing.css"])
def test_every_answer_carries_the_security_headers(server, path):
    with closing(HTTPConnection(urlsplit(server).netloc)) as connection:
        connection.request("GET", path)
        headers = connection.getresponse().headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "unsafe-eval" not in headers["Content-Security-Policy"]


@pytest.mark.browser
def test_the_app_opens_and_asks_nobody_else(page: Page, server: str, requested: list[str]):
    page.goto("/")
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    hosts = {urlsplit(url.removeprefix("blob:")).netloc for url in requested}
    assert hosts - {""} == {urlsplit(server).netloc}
