/**
 * Theory's line on the map: where η equals the limit that theory knows for the other numbers.
 */
import { traceIsolines } from "../../stage/js/isolines.js";

/** @typedef {import("./mapmodel.js").OutcomeMap} OutcomeMap */
/** @typedef {import("../../stage/js/liverun.js").LiveRun} LiveRun */

/** Side of the cells, in CSS pixels, on whose corners the limit is computed. */
const CELL = 4;
/** A grid's lines are at whole heights: divided by so much, the logarithm of η over its limit is whole only at 0. */
const FLAT = 1e4;

/** @typedef {[number, number][]} Line points in CSS pixels from the map's corner */

/**
 * @param {OutcomeMap} map
 * @param {LiveRun} run
 * @param {number} width
 * @param {number} height
 * @returns {Line[]} none where theory has no limit for this optimizer
 */
export function limitLine({ given, across, up }, run, width, height) {
  const { kernel } = run;
  if (!given.has_line) return [];
  const place = (/** @type {string} */ name) => kernel.parameters.indexOf(name);
  const p = Float64Array.from(run.p), i = place(across.given.parameter), j = place(up.given.parameter);
  const eta = place("schedule.eta");
  const columns = Math.ceil(width / CELL) + 1, rows = Math.ceil(height / CELL) + 1;
  const heights = new Float32Array(columns * rows);
  for (let column = 0; column < columns; column++) {
    p[i] = across.value((column * CELL) / width);
    for (let row = 0; row < rows; row++) {
      p[j] = up.value(1 - (row * CELL) / height);
      const beyond = Math.log(p[eta] / kernel.theory(p).limit) / FLAT;
      heights[row * columns + column] = Math.max(-0.9, Math.min(0.9, beyond));
    }
  }
  /** @type {Line[]} */
  const stretches = [];
  traceIsolines({ heights, columns, rows, cell: CELL }, (_, ax, ay, bx, by) => stretches.push([[ax, ay], [bx, by]]));
  return joined(stretches);
}

/**
 * Stretches that meet as one line: only then it can be dashed.
 * @param {Line[]} stretches
 * @returns {Line[]} the longest first
 */
function joined(stretches) {
  /** @type {Map<string, Line>} the lines by their open ends */
  const open = new Map(), name = (/** @type {[number, number]} */ [x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`;
  /** @type {Set<Line>} */
  const lines = new Set();
  for (const stretch of stretches) {
    let line = stretch;
    for (const end of [stretch[0], stretch[1]]) {
      const other = open.get(name(end));
      if (!other || other === line) continue;
      for (const place of [other[0], other[other.length - 1]]) open.delete(name(place));
      lines.delete(other);
      line = linked(line, other, name(end), name);
    }
    lines.add(line);
    for (const place of [line[0], line[line.length - 1]]) open.set(name(place), line);
  }
  return [...lines].sort((a, b) => b.length - a.length);
}

/**
 * Two lines that end at one point as one.
 * @param {Line} a
 * @param {Line} b
 * @param {string} end
 * @param {(place: [number, number]) => string} name
 * @returns {Line}
 */
function linked(a, b, end, name) {
  const first = name(a[a.length - 1]) === end ? a : [...a].reverse();
  const second = name(b[0]) === end ? b : [...b].reverse();
  return [...first, ...second.slice(1)];
}
