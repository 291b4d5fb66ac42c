"""Modules become one script, and bytes become numbers again in the browser."""

import json
import re

import numpy as np
import pytest

from lrviz.ui import bundle, parcel, stage
from lrviz.ui.anatomy import component as anatomy
from lrviz.ui.chart import component as chart
from lrviz.ui.noise import cloud
from lrviz.ui.schedules import drawing
from lrviz.ui.stability import component as map_
from tests import node
from tests.conftest import ROOT
from tests.parcel import opened


def test_the_script_is_one_module_of_all_modules(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "stage.js").write_text(
        'import {\n  one,\n  two,\n} from "../shared/numbers.js";\nimport { view } from "./view.js";\n\n'
        "export default function (component) {}\n"
    )
    (tmp_path / "page" / "view.js").write_text(
        'import { two } from "../shared/numbers.js";\nexport const view = two;\n'
    )
    (tmp_path / "shared" / "numbers.js").write_text(
        "export function one() {}\nexport const two = 2; // import from it\n"
    )
    (tmp_path / "shared" / "unused.js").write_text("export const three = 3;\n")
    (tmp_path / "page" / "worker.js").write_text('self.onmessage = () => "a";\n')
    joined = bundle.script(tmp_path / "page" / "stage.js", worker=tmp_path / "page" / "worker.js")
    assert joined.splitlines() == [
        'const WORKER_SOURCE = "self.onmessage = () => \\"a\\";\\n";',
        "const numbers_js = (() => {",
        "function one() {}",
        "const two = 2; // import from it",
        "return { one, two };",
        "})();",
        "const view_js = (() => {",
        "const { two } = numbers_js;",
        "const view = two;",
        "return { view };",
        "})();",
        "const {",
        "  one,",
        "  two,",
        "} = numbers_js;",
        "const { view } = view_js;",
        "",
        "export default function (component) {}",
    ]


def test_two_modules_of_one_name_are_refused(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nimport { c } from "./other/b.js";\n')
    (tmp_path / "b.js").write_text("export const b = 1;\n")
    (tmp_path / "other" / "b.js").write_text("export const c = 1;\n")
    with pytest.raises(ValueError, match="more than one module is called b"):
        bundle.script(tmp_path / "a.js")


COMPONENTS = {"stage": stage, "anatomy": anatomy, "map": map_, "cloud": cloud, "chart": chart, "drawing": drawing}


@pytest.mark.parametrize("component", COMPONENTS.values(), ids=COMPONENTS)
def test_every_module_keeps_to_the_forms_that_can_be_joined(component):
    script = component.script()
    exports = re.findall(r"^(?:import|export)\b.*", script, re.MULTILINE)
    assert exports == ["export default function (component) {"]
    # What a module takes from another is what that gives: of several constants in one line only the first is.
    given = {
        name: set(re.findall(r"\w+", names))
        for name, names in re.findall(
            r"^const (\w+_js) = \(\(\) => \{$.*?^return \{(.*?)\};$", script, re.MULTILINE | re.DOTALL
        )
    }
    taken = re.findall(r"^const \{([^}]*)\} = (\w+_js);$", script, re.MULTILINE)
    assert taken
    for names, module in taken:
        assert set(re.findall(r"\w+", names)) <= given[module]


ARRAYS = {
    "floats": np.array([[1.5, -np.inf], [np.nan, 1e-300]]),
    "halves": np.array([0.1, 2.0, 3.0], dtype=np.float32),
    "kinds": np.array([1, 2, 255], dtype=np.uint8),
    "steps": np.array([-1, 70_000], dtype=np.int32),
    "few": np.array([7], dtype=np.uint16),
    "none": np.empty(0),
}

READ = """
import { openParcel } from "%s";
const bytes = new Uint8Array(%s);
const { header, arrays } = openParcel(bytes.subarray(%d));
const told = Object.entries(arrays).map(([name, a]) => [name, a.constructor.name, [...a].map(String)]);
console.log(JSON.stringify([header.title, told]));
"""


def test_a_parcel_comes_back_as_it_was_sent():
    header, arrays = opened(parcel.pack({"title": "η → 0"}, **ARRAYS))
    assert header["title"] == "η → 0"
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


@pytest.mark.parametrize("offset", [0, 3])
def test_the_browser_reads_a_parcel(offset, tmp_path):
    """Wherever its bytes begin in their buffer."""
    module = ROOT / "lrviz" / "ui" / "stage" / "js" / "parcel.js"
    sent = b"." * offset + parcel.pack({"title": "η → 0"}, **ARRAYS)
    (tmp_path / "read.mjs").write_text(READ % (module.as_uri(), list(sent), offset), encoding="utf-8")
    title, told = json.loads(node.run(tmp_path / "read.mjs"))
    assert title == "η → 0"
    assert told == [
        ["floats", "Float64Array", ["1.5", "-Infinity", "NaN", "1e-300"]],
        ["halves", "Float32Array", [str(float(np.float32(0.1))), "2", "3"]],
        ["kinds", "Uint8Array", ["1", "2", "255"]],
        ["steps", "Int32Array", ["-1", "70000"]],
        ["few", "Uint16Array", ["7"]],
        ["none", "Float64Array", []],
    ]
