/**
 * The points of a drawn schedule: what hands make of them, and the axes on which they lie.
 */
import { makeScale } from "../../stage/js/axes.js";

/** A step and its rate. @typedef {[number, number]} Point */
/** @typedef {import("../../stage/js/axes.js").Scale} Scale */
/** @typedef {{across: Scale, up: Scale}} Axes */

/** How far a point may be dragged above the highest one, and below the lowest on a logarithmic axis. */
const ROOM = 1.25, LOG_ROOM = 3;
const LEAST = 1e-12, MOST = 1e12, LAST_STEP = 1e9;
/** Rates are tidied to so many digits. */
const DIGITS = 3;

/** @param {number} eta */
export function tidied(eta) {
  return Number(eta.toPrecision(DIGITS));
}

/**
 * @param {Point[]} points
 * @param {number} steps
 * @param {boolean} logarithmic
 * @returns {Axes}
 */
export function axesOf(points, steps, logarithmic) {
  const rates = points.map(([, eta]) => eta), top = Math.max(...rates);
  const up = logarithmic
    ? makeScale("log", Math.min(...rates) / LOG_ROOM, top * LOG_ROOM)
    : makeScale("linear", 0, top * ROOM);
  return { across: makeScale("linear", 0, Math.max(steps, points[points.length - 1][0])), up };
}

/**
 * The value at a share of a scale.
 * @param {Scale} scale
 * @param {number} share
 */
export function valueAt({ kind, low, high }, share) {
  const inside = Math.max(0, Math.min(1, share));
  return kind === "log" ? low * (high / low) ** inside : low + inside * (high - low);
}

/**
 * The rate at a step: straight from point to point, held before the first and after the last.
 * @param {Point[]} points
 * @param {number} t
 * @param {boolean} logarithmic
 */
export function rateAt(points, t, logarithmic) {
  const next = points.findIndex(([step]) => step > t);
  if (next === 0) return points[0][1];
  if (next < 0) return points[points.length - 1][1];
  const [[from, low], [to, high]] = [points[next - 1], points[next]], share = (t - from) / (to - from);
  return logarithmic ? low * (high / low) ** share : low + (high - low) * share;
}

/**
 * The points with one of them elsewhere, as near as its neighbours and what is legal allow.
 * @param {Point[]} points
 * @param {number} i
 * @param {number} t
 * @param {number} eta
 * @param {boolean} logarithmic
 * @returns {Point[]}
 */
export function moved(points, i, t, eta, logarithmic) {
  const after = i > 0 ? points[i - 1][0] + 1 : 0;
  const before = i + 1 < points.length ? points[i + 1][0] - 1 : LAST_STEP;
  const others = points.some(([, rate], j) => j !== i && rate > 0);
  // At least one rate is above 0, and on a logarithmic axis all are.
  const least = logarithmic || !others ? LEAST : 0;
  const rate = tidied(Math.min(MOST, Math.max(least, eta < LEAST ? 0 : eta)));
  const step = Math.max(after, Math.min(before, Math.round(t)));
  return points.map((point, j) => (j === i ? [step, rate] : point));
}

/**
 * The points with one more, and its place among them; null where one is there already.
 * @param {Point[]} points
 * @param {number} t
 * @param {number} eta
 * @returns {{points: Point[], at: number} | null}
 */
export function added(points, t, eta) {
  const step = Math.max(0, Math.min(LAST_STEP, Math.round(t)));
  if (points.some(([taken]) => taken === step)) return null;
  const next = points.findIndex(([other]) => other > step), at = next < 0 ? points.length : next;
  return { points: [...points.slice(0, at), [step, tidied(eta)], ...points.slice(at)], at };
}

/**
 * The step in the middle of the widest gap, the ends of the axis included; null where all steps are taken.
 * @param {Point[]} points
 * @param {number} last the axis's last step
 * @returns {number | null}
 */
export function widestGap(points, last) {
  const first = points[0][0], end = points[points.length - 1][0];
  /** @type {[number, number, number][]} a gap's width, and the step that goes into it */
  const gaps = [[first, first, 0], [last - end, last - end, last]];
  points.slice(1).forEach(([t], i) => {
    gaps.push([t - points[i][0] - 1, (t - points[i][0]) / 2, Math.round((t + points[i][0]) / 2)]);
  });
  const [free, , step] = gaps.reduce((best, gap) => (gap[1] > best[1] ? gap : best));
  return free > 0 ? step : null;
}
