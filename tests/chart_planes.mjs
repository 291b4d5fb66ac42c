// What a chart's modules make of its first plane, as JSON: where it lies in each frame, where things are on it, and its field
// at some places.
// node chart_planes.mjs <the chart's folder of modules> <payload> <width> <height> <places, JSON>
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

// Every letter is as wide as another: what is tested is where things go, not a typeface.
Object.assign(globalThis, {
  document: {
    createElement: () => ({
      getContext: () => ({ measureText: (/** @type {string} */ text) => ({ width: 7 * text.length }) }),
    }),
  },
});
const [folder, path, width, height, places] = process.argv.slice(2);
/** @param {string} file */
const load = (file) => import(pathToFileURL(file).href);
const { openParcel } = await load(join(folder, "..", "..", "stage", "js", "parcel.js"));
const { alone, laidPlane } = await load(join(folder, "planelayout.js"));
const { headOf, piecesOf } = await load(join(folder, "planelayers.js"));
const { columnsOf } = await load(join(folder, "planes.js"));
const { Field } = await load(join(folder, "field.js"));
const shown = openParcel(Uint8Array.from(readFileSync(path)));
const { chart } = shown.header, [given] = chart.planes;
const field = given.field && new Field(given.field, shown.arrays, "");
const frames = Array.from({ length: chart.frames }, (_, frame) => {
  const { plane, layout } = laidPlane(given, alone(given, shown), frame, [Number(width), Number(height)], []);
  const { left, right, top, bottom, layers } = plane;
  const back = (/** @type {number[]} */ [x, y]) => [plane.x(x), plane.y(y)];
  return {
    box: [left, right, top, bottom],
    ends: [plane.x(left), plane.x(right), plane.y(bottom), plane.y(top)],
    ticks: layout.ticks.map((/** @type {{value: number}} */ { value }) => value),
    paths: layers.filter((/** @type {any} */ { kind }) => kind === "path").map((/** @type {any} */ path) => ({
      at: path.at,
      last: path.last,
      dash: path.dash,
      head: back(headOf(path, plane)),
    })),
    divides: layers.filter((/** @type {any} */ { kind }) => kind === "divide").map((/** @type {any} */ line) =>
      piecesOf(line, plane).flatMap((/** @type {number[]} */ [ax, ay, bx, by]) => [back([ax, ay]), back([bx, by])])
    ),
    points: layers.filter((/** @type {any} */ { kind }) => kind === "points").map((/** @type {any} */ { x }) => [...x]),
  };
});
const read = JSON.parse(places).map((/** @type {[number, number]} */ [x, y]) => field?.at(x, y) ?? null);
process.stdout.write(JSON.stringify({ frames, read, columns: columnsOf(chart.planes) }));
