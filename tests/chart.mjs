// What a chart's own modules make of a payload, as JSON: where panels, ticks and labels lie, what is there in each frame,
// and what is read at some places.
// node chart.mjs <the chart's folder of modules> <payload> <width> <height> <places, JSON>
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
const { laidOut, valueAt } = await load(join(folder, "layout.js"));
const { snapped, stops, valuesAt } = await load(join(folder, "crosshair.js"));
const { spotOf } = await load(join(folder, "layers.js"));
const shown = openParcel(Uint8Array.from(readFileSync(path)));
const frames = Array.from({ length: shown.header.chart.frames }, (_, frame) => {
  const layout = laidOut(shown, frame, Number(width), Number(height), []);
  const { left, right, across } = layout;
  return {
    left,
    right,
    ticks: layout.ticks.map((/** @type {{value: number, label: string}} */ tick) => [
      tick.value,
      tick.label,
      layout.panels[0].across(tick.value),
    ]),
    middle: valueAt(across, 0.5),
    stops: stops(layout).all,
    read: JSON.parse(places).map((/** @type {number} */ x) => valuesAt(layout, x)),
    snapped: JSON.parse(places).map((/** @type {number} */ x) => snapped(layout, layout.panels[0].across(x) + 1)),
    panels: layout.panels.map((/** @type {any} */ panel) => ({
      top: panel.top,
      bottom: panel.bottom,
      low: panel.down(panel.scale.low),
      high: panel.down(panel.scale.high),
      ticks: panel.ticks.map((/** @type {{value: number, label: string}} */ { value, label }) => [
        label,
        panel.down(value),
      ]),
      flags: panel.flags.map((/** @type {any} */ { text, x, left, width, row, isInside }) => ({
        text,
        x,
        left,
        width,
        row,
        isInside,
      })),
      kinds: panel.layers.map((/** @type {any} */ { kind }) => kind),
      dots: panel.layers.filter((/** @type {any} */ { kind }) => kind === "dots").map((/** @type {any} */ dots) => ({
        isThere: dots.isThere,
        isNew: dots.isNew,
        ways: Array.from(dots.y, (y) => spotOf(panel, y).way),
      })),
    })),
  };
});
process.stdout.write(JSON.stringify(frames));
