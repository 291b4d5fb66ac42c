/**
 * What the ground shows: the loss on a grid, on a scale on which one line follows another at even heights.
 *
 * Where the loss has a lowest value it is log₁₀ of the loss above it, which shows a narrow valley and its far slopes
 * alike; elsewhere it is the loss itself.
 */
import { powerOfTen } from "./axes.js";
import { rounded } from "./numerals.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./isolines.js").Grid} Grid */

/** Lines to a decade or decades to a line, from the finest. */
const LOG_STEPS = [
  1 / 2000,
  1 / 1000,
  1 / 500,
  1 / 200,
  1 / 100,
  1 / 50,
  1 / 20,
  1 / 10,
  1 / 5,
  1 / 4,
  1 / 3,
  1 / 2,
  1,
  2,
  4,
  8,
  16,
  32,
];
const MOST_BANDS = 16, MOST_LINEAR_BANDS = 20;
/** Steps of a linear scale, as digits, and which lines are strong then: those at round values. */
const LINEAR_STEPS = [{ digit: 1, emphasis: 5 }, { digit: 2, emphasis: 5 }, { digit: 2.5, emphasis: 4 }, {
  digit: 5,
  emphasis: 2,
}];
/** Below what so many of the grid's points reach, the grid is too coarse to tell where a line runs. */
const FLOOR_QUANTILE = 0.005;
const FLOOR_SHARE = 1e-7;
/** To find that floor it is enough to look at every so manieth point. */
const QUANTILE_STRIDE = 7;

/**
 * The relief: a grid whose heights are counted in lines, and what a line's number means.
 * @typedef {object} Relief
 * @property {Grid} grid
 * @property {number} low the lowest height
 * @property {number} high
 * @property {number} emphasis every so manieth line is strong and labelled
 * @property {(level: number) => string} label of a strong line
 */

/**
 * @param {Frame} frame
 * @param {Model} model
 * @param {number} cell side of the grid's cells in CSS pixels
 * @returns {Relief}
 */
export function relief(frame, model, cell) {
  const columns = Math.ceil(frame.width / cell) + 1, rows = Math.ceil(frame.height / cell) + 1;
  const losses = sampledLoss(frame, model, cell, columns, rows);
  const heights = new Float32Array(losses.length);
  const grid = { heights, columns, rows, cell };
  const extent = finiteExtent(losses);
  return shaped(grid, losses, extent, extent && model.surface.bounded_below ? lowestLoss(model, extent) : null);
}

/**
 * The relief of known losses.
 * @param {Grid} grid whose heights are yet to be filled in
 * @param {Float64Array} losses at its corners
 * @param {{low: number, high: number} | null} extent from the lowest colour to the highest; null where there are none
 * @param {number | null} lowest the loss above which a logarithmic scale counts; null for a linear one
 * @param {number} [floor] how far above it what is lower is drawn alike; by default so far that lines can be told apart
 * @returns {Relief}
 */
export function shaped(grid, losses, extent, lowest, floor) {
  if (!extent) return { grid, low: 0, high: 0, emphasis: 1, label: () => "" };
  return lowest === null ? linearRelief(grid, losses, extent) : logRelief(grid, losses, extent, lowest, floor);
}

/**
 * @param {Frame} frame
 * @param {Model} model
 * @param {number} cell
 * @param {number} columns
 * @param {number} rows
 */
function sampledLoss(frame, model, cell, columns, rows) {
  const losses = new Float64Array(columns * rows), { loss } = model.runs[0].kernel, { p } = model.runs[0];
  const step = cell * frame.span, left = frame.x(frame.left), top = frame.y(frame.top);
  for (let row = 0, at = 0; row < rows; row++) {
    const y = top - row * step;
    for (let column = 0; column < columns; column++, at++) losses[at] = loss(p, left + column * step, y);
  }
  return losses;
}

/**
 * The lowest and highest finite loss; null where the surface is flat or nowhere finite.
 * @param {Float64Array} losses
 */
function finiteExtent(losses) {
  let low = Infinity, high = -Infinity;
  for (const loss of losses) {
    // A comparison with NaN is false, and infinities are left out by hand.
    if (loss < low && loss !== -Infinity) low = loss;
    if (loss > high && loss !== Infinity) high = loss;
  }
  return low < high ? { low, high } : null;
}

/**
 * @param {Model} model
 * @param {{low: number}} extent
 */
function lowestLoss({ surface, runs }, { low }) {
  const { kernel, p } = runs[0];
  const known = surface.minima.length ? kernel.loss(p, ...surface.minima[0]) : Infinity;
  return known < low ? known : low;
}

/**
 * @param {Grid} grid
 * @param {Float64Array} losses
 * @param {{high: number}} extent
 * @param {number} lowest
 * @param {number} [given]
 * @returns {Relief}
 */
function logRelief(grid, losses, extent, lowest, given) {
  const top = extent.high - lowest, floor = given ?? Math.max(lowQuantile(losses, lowest), FLOOR_SHARE * top);
  const low = Math.log10(floor), high = Math.log10(top);
  const step = LOG_STEPS.find((size) => (high - low) / size <= MOST_BANDS) ?? high - low;
  for (let i = 0; i < losses.length; i++) {
    const above = losses[i] - lowest;
    // What is no number lies as high as numbers go.
    grid.heights[i] = Math.log10(above <= top ? Math.max(above, floor) : top) / step;
  }
  const emphasis = Math.max(1, Math.round(1 / step));
  return {
    grid,
    low: low / step,
    high: high / step,
    emphasis,
    label: (level) => powerOfTen(Math.round(level * step)),
  };
}

/**
 * @param {Float64Array} losses
 * @param {number} lowest
 */
function lowQuantile(losses, lowest) {
  const some = new Float64Array(Math.ceil(losses.length / QUANTILE_STRIDE));
  for (let i = 0; i < some.length; i++) some[i] = losses[i * QUANTILE_STRIDE] - lowest;
  return some.sort()[Math.floor(FLOOR_QUANTILE * some.length)];
}

/**
 * @param {Grid} grid
 * @param {Float64Array} losses
 * @param {{low: number, high: number}} extent
 * @returns {Relief}
 */
function linearRelief(grid, losses, { low, high }) {
  const least = (high - low) / MOST_LINEAR_BANDS, power = 10 ** Math.floor(Math.log10(least));
  const { digit, emphasis } = LINEAR_STEPS.find((step) => step.digit * power >= least) ?? { digit: 10, emphasis: 5 };
  const step = digit * power;
  for (let i = 0; i < losses.length; i++) {
    grid.heights[i] = Math.max(low, losses[i] <= high ? losses[i] : high) / step;
  }
  return {
    grid,
    low: low / step,
    high: high / step,
    emphasis,
    label: (level) => rounded(level * step),
  };
}
