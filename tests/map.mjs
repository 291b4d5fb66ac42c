// What the map's own modules find, as JSON: where cells lie, in which of them letters stand, where theory's line runs, and
// which minimum each run comes to.
// node map.mjs <folder of those files> <kernel> <task, JSON>
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [folder, program, path] = process.argv.slice(2);
/** @param {string} file */
const load = (file) => import(pathToFileURL(file).href);
const { MapAxis } = await load(join(folder, "mapaxis.js"));
const { limitLine } = await load(join(folder, "limitline.js"));
const { regionSpots } = await load(join(folder, "regions.js"));
const { Basins } = await load(join(folder, "basins.js"));
const kernel = await load(program);
const { axes, values, outcome, size, surface, steps, converged } = JSON.parse(readFileSync(path, "utf8"));

const [across, up] = [0, 1].map((i) => new MapAxis(axes[i], Float64Array.from(values[i])));
const p = Float64Array.from(kernel.defaults);
const lines = limitLine({ given: { has_line: true }, across, up }, { kernel, p }, size, size);
const places = lines.map((/** @type {[number, number][]} */ line) =>
  line.map(([x, y]) => [across.value(x / size), up.value(1 - y / size)])
);
const model = {
  given: { id: "map", isOverStart: true, outcome, steps: converged, never: 0, across, up },
  run: { kernel, p },
  stage: { surface, steps },
};
const basins = new Basins();
while (basins.advance(model)) if (basins.isComplete) break;
const found = {
  basins: Array.from(basins.ends),
  cells: [across, up].map((axis) => Array.from(axis.values, (value) => axis.cellOf(value))),
  ends: [across, up].map((axis) => [axis.edges[0], axis.edges[axis.cells]]),
  inside: [across, up].map((axis) =>
    Array.from(axis.values, (value, i) => axis.edges[i] < axis.share(value) && axis.share(value) < axis.edges[i + 1])
  ),
  ticks: [across, up].map((axis) => axis.ticks(8)),
  spots: regionSpots(Uint8Array.from(outcome), across.cells, up.cells, 1),
  lines: places,
};
process.stdout.write(JSON.stringify(found));
