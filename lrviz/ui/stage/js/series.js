/**
 * What the panels show over time: for each quantity the runs that have it, its scale, its limits and its title.
 */
import { makeScale } from "./axes.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./axes.js").Scale} Scale */
/** @typedef {import("./axes.js").ScaleKind} ScaleKind */

/** @typedef {"loss" | "sharpness" | "rate"} Quantity */
/**
 * @typedef {object} Curve
 * @property {number} index the run's
 * @property {(row: number) => number} at the value at a row of its path
 * @property {number} last row that has a value
 */
/**
 * @typedef {object} Series
 * @property {Quantity} quantity
 * @property {string} title
 * @property {string} note what is not drawn, and why
 * @property {Curve[]} curves
 * @property {Limit[]} limits
 * @property {Range} range
 */
/** @typedef {{value: number, owners: number[]}} Limit the runs, by index, that share a limit */
/** @typedef {{kind: ScaleKind, low: number, high: number, near: number}} Range */

/** @type {Quantity[]} in the order in which they stand, and in which a phone's tabs count them */
export const QUANTITIES = ["loss", "sharpness", "rate"];

/** How far above its start the loss axis reaches, and how many decades below its top. */
const LOSS_ABOVE = 1e3, LOSS_DECADES = 14, LOSS_FOOT = 0.5;
/** How far around the loss's start a two-sided axis reaches, and where it turns linear. */
const TWO_SIDED_REACH = 1e6, TWO_SIDED_NEAR = 0.1;
/** From this ratio of the highest to the lowest value on an axis is logarithmic. */
const LINEAR_RATIO = 20;
const RATE_RATIO = 6, RATE_DECADES = 4;
/** What is so far above the highest limit need not be seen. */
const ABOVE_LIMIT = 5;

/**
 * @param {Quantity} quantity
 * @param {Model} model
 * @returns {Series}
 */
export function seriesOf(quantity, model) {
  return makers[quantity](model);
}

/** @type {Record<Quantity, (model: Model) => Series>} */
const makers = { loss: lossSeries, sharpness: sharpnessSeries, rate: rateSeries };

/** @param {Range} range */
export function scaleOf({ kind, low, high, near }) {
  return makeScale(kind, low, high, near);
}

/**
 * The smallest range that covers two of one kind.
 * @param {Range} a
 * @param {Range} b
 * @returns {Range}
 */
export function covering(a, b) {
  if (a.kind !== b.kind) return b;
  return { ...b, low: Math.min(a.low, b.low), high: Math.max(a.high, b.high), near: Math.min(a.near, b.near) };
}

// ---- loss

/**
 * @param {Model} model
 * @returns {Series}
 */
function lossSeries({ runs, surface }) {
  const curves = runs.map(({ path }, index) => ({
    index,
    at: (/** @type {number} */ row) => path.loss[row],
    last: path.last,
  }));
  const start = curves.length ? Math.abs(curves[0].at(0)) : 1, all = extentOf(curves);
  const isLog = surface.bounded_below && (all?.low ?? 0) >= 0;
  const range = isLog ? logLossRange(curves, start) : twoSidedLossRange(all, start);
  return { quantity: "loss", title: "loss", note: "", curves, limits: [], range };
}

/**
 * @param {Curve[]} curves
 * @param {number} start
 * @returns {Range}
 */
function logLossRange(curves, start) {
  const positive = extentOf(curves, 0);
  if (!positive) return { kind: "log", low: 0.1, high: 1, near: 1 };
  const high = start > 0 ? Math.min(positive.high, LOSS_ABOVE * start) : positive.high;
  const low = Math.max(positive.low, high * 10 ** -LOSS_DECADES);
  return { kind: "log", low: LOSS_FOOT * Math.min(low, high / 10), high: 1.3 * high, near: 1 };
}

/**
 * @param {{low: number, high: number} | null} all
 * @param {number} start
 * @returns {Range}
 */
function twoSidedLossRange(all, start) {
  if (!all) return { kind: "linear", low: -1, high: 1, near: 1 };
  const unit = start > 0 && start < 1e300 ? start : 1, reach = TWO_SIDED_REACH * Math.max(unit, 1);
  const low = Math.max(all.low, -reach), high = Math.min(all.high, reach);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const margin = 0.06 * (high - low) || 0.5 * size || 1;
  if (size <= LINEAR_RATIO * unit) return { kind: "linear", low: low - margin, high: high + margin, near: 1 };
  const near = TWO_SIDED_NEAR * unit;
  return { kind: "symlog", low: low < 0 ? 1.5 * low : -near, high: high > 0 ? 1.5 * high : near, near };
}

// ---- η·λ against its limit

/**
 * @param {Model} model
 * @returns {Series}
 */
function sharpnessSeries({ runs, surface }) {
  const here = !surface.beyond_theory;
  const curves = runs.flatMap((run, index) => here && Number.isFinite(run.limits) ? [sharpnessCurve(run, index)] : []);
  return {
    quantity: "sharpness",
    title: "$η_t$·$λ_{max}$($θ_t$)",
    note: here ? withoutLimit(runs) : "no limit on this surface",
    curves,
    limits: here ? sharedLimits(runs) : [],
    range: sharpnessRange(curves, runs),
  };
}

/**
 * @param {Run} run
 * @param {number} index
 * @returns {Curve}
 */
function sharpnessCurve({ path, curvature }, index) {
  // The last row has no rate of its own: none leads on from it. It is shown under the one that led there.
  const rate = (/** @type {number} */ row) => path.eta[Math.min(row, path.eta.length - 1)];
  return { index, at: (row) => rate(row) * curvature[row], last: path.last };
}

/** @param {Run[]} runs */
function withoutLimit(runs) {
  const names = [...new Set(runs.filter(({ limits }) => !Number.isFinite(limits)).map(({ method }) => method))];
  return names.length ? `${names.join(", ")}: no limit of this kind` : "";
}

/**
 * @param {Run[]} runs
 * @returns {Limit[]} the highest first
 */
function sharedLimits(runs) {
  /** @type {Limit[]} */
  const limits = [];
  runs.forEach(({ limits: value }, index) => {
    if (!Number.isFinite(value)) return;
    const shared = limits.find((limit) => Math.abs(limit.value - value) < 5e-3 * value);
    if (shared) shared.owners.push(index);
    else limits.push({ value, owners: [index] });
  });
  return limits.sort((a, b) => b.value - a.value);
}

/**
 * @param {Curve[]} curves
 * @param {Run[]} runs
 * @returns {Range}
 */
function sharpnessRange(curves, runs) {
  const known = runs.map(({ limits }) => limits).filter(Number.isFinite);
  if (known.length === 0) return { kind: "linear", low: 0, high: 1, near: 1 };
  const least = Math.min(...known),
    most = Math.max(...known),
    positive = extentOf(curves, 0) ?? { low: least, high: most };
  const high = Math.max(most, Math.min(positive.high, ABOVE_LIMIT * most)), low = Math.max(positive.low, least / 100);
  if (high / Math.min(low, least) > LINEAR_RATIO && high > 3 * most) {
    return { kind: "log", low: 0.7 * Math.min(low, least), high: 1.8 * high, near: 1 };
  }
  return { kind: "linear", low: 0, high: 1.22 * high, near: 1 };
}

// ---- the rate

/**
 * @param {Model} model
 * @returns {Series}
 */
function rateSeries({ runs }) {
  const curves = runs.map(({ path }, index) => ({
    index,
    at: (/** @type {number} */ row) => path.eta[Math.min(row, path.eta.length - 1)],
    last: path.last,
  }));
  return { quantity: "rate", title: "$η_t$", note: "", curves, limits: [], range: rateRange(curves) };
}

/**
 * @param {Curve[]} curves
 * @returns {Range}
 */
function rateRange(curves) {
  const positive = extentOf(curves, 0);
  if (!positive) return { kind: "linear", low: 0, high: 1, near: 1 };
  const low = Math.max(positive.low, positive.high * 10 ** -RATE_DECADES);
  if (positive.high / low > RATE_RATIO) return { kind: "log", low: 0.55 * low, high: 1.9 * positive.high, near: 1 };
  return { kind: "linear", low: 0, high: 1.35 * positive.high, near: 1 };
}

/**
 * The lowest and highest finite value above a bound; null if there is none.
 * @param {Curve[]} curves
 * @param {number} [above]
 */
function extentOf(curves, above = -Infinity) {
  let low = Infinity, high = -Infinity;
  for (const { at, last } of curves) {
    for (let row = 0; row <= last; row++) {
      const value = at(row);
      if (!(value > above) || value === Infinity) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? { low, high } : null;
}
