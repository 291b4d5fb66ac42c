/**
 * Views nearer and farther, about a place that stays where it is.
 */

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").View} View */
/** @typedef {{x: number, y: number}} Place in CSS pixels */
/** @typedef {{view: View, surface: import("./types.js").Surface}} Looking */

/** How much one press of a button or key zooms. */
export const ZOOM_STEP = 1.5;
const WHEEL_SPEED = 0.0022;
/** A wheel that counts in lines turns so many pixels a line. */
const LINE = 16;
const MOST_A_TURN = 1.6;
/** From a billionth of the surface's box to a million times as much; beyond, numbers run out of digits. */
const NEAREST = 1e-9, FARTHEST = 1e6;

/**
 * @param {Looking} looking
 * @param {Frame} frame
 * @param {number} factor above 1 is nearer
 * @param {Place} [about] stays where it is; the middle if left out
 * @returns {View}
 */
export function zoomed({ view, surface }, frame, factor, about = middleOf(frame)) {
  const [[left, right]] = surface.box, home = (right - left) / frame.width;
  const span = Math.max(home * NEAREST, Math.min(home * FARTHEST, view.span / factor));
  const x = frame.x(about.x), y = frame.y(about.y), change = span / view.span;
  return { x: x + (view.x - x) * change, y: y + (view.y - y) * change, span };
}

/**
 * The view after two fingers have moved.
 * @param {Looking} looking
 * @param {Frame} frame
 * @param {[Place, Place]} before
 * @param {[Place, Place]} after
 * @returns {View}
 */
export function pinched(looking, frame, before, after) {
  const from = between(before), to = between(after);
  const factor = distance(after) / Math.max(1, distance(before));
  const { x, y, span } = zoomed(looking, frame, factor, from);
  return { x: x - (to.x - from.x) * span, y: y + (to.y - from.y) * span, span };
}

/** @param {WheelEvent} event */
export function wheelFactor({ deltaY, deltaMode }) {
  const pixels = deltaMode === 0 ? deltaY : deltaY * LINE;
  return Math.max(1 / MOST_A_TURN, Math.min(MOST_A_TURN, Math.exp(-pixels * WHEEL_SPEED)));
}

/** @param {Frame} frame */
function middleOf({ left, right, top, bottom }) {
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** @param {[Place, Place]} places */
function between([a, b]) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** @param {[Place, Place]} places */
function distance([a, b]) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
