/**
 * The numbers of a step as text: four digits, and of θ as many as it takes to see it move.
 */
import { rounded } from "../../stage/js/numerals.js";

/** @typedef {import("./dissected.js").Dissected} Dissected */
/** @typedef {import("./dissected.js").Hole} Hole */

export const DIGITS = 4;
const MOST_DIGITS = 12;

/**
 * What goes into a hole.
 * @param {Dissected} model
 * @param {number} number
 */
export function holeText(model, number) {
  const hole = model.header.holes[number];
  if (hole.fixed !== undefined) return hole.fixed;
  return rounded(model.value(number), hole.axis === undefined ? DIGITS : thetaDigits(model, hole.axis));
}

/**
 * How many digits of a coordinate show three of its change.
 * @param {Dissected} model
 * @param {number} axis
 */
export function thetaDigits(model, axis) {
  const before = model.theta(0)[axis], after = model.theta(1)[axis];
  const size = Math.max(Math.abs(before), Math.abs(after)), change = Math.abs(after - before);
  const needed = Math.floor(Math.log10(size)) - Math.floor(Math.log10(change)) + 3;
  return Number.isFinite(needed) ? Math.max(DIGITS, Math.min(MOST_DIGITS, needed)) : DIGITS;
}

/**
 * The angle between two directions in degrees; NaN where one has no length.
 * @param {[number, number]} a
 * @param {[number, number]} b
 */
export function degreesBetween([ax, ay], [bx, by]) {
  const sizes = Math.hypot(ax, ay) * Math.hypot(bx, by);
  return sizes > 0 ? (Math.acos(Math.max(-1, Math.min(1, (ax * bx + ay * by) / sizes))) * 180) / Math.PI : NaN;
}

/** @param {[number, number]} vector */
export function lengthOf([x, y]) {
  return Math.hypot(x, y);
}
