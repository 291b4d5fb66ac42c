/**
 * Straight lines between points that may lie anywhere, cut to what is in sight: canvases draw lines that reach far
 * outside wrongly, and a diverging path reaches to the end of the numbers.
 */
import { pointAt } from "./moment.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./moment.js").Moment} Moment */

/** Farther away than this, in pixels, a point only stands for a direction. */
const HORIZON = 1e9;
/** Up to here the cut is still exact to a hundredth of a pixel. */
const EXACT = 1e12;
/** Lines are cut so far outside the frame that their ends cannot be seen. */
const MARGIN = 24;
/** Points nearer to each other, in pixels, are drawn as one; on long paths more of them. */
const FINEST = 0.5, FINEST_LONG = 1, LONG = 1500;

/** @typedef {(ax: number, ay: number, bx: number, by: number, joined: boolean) => void} OnPiece
 *   joined: the piece begins where the last one ended */

/**
 * The visible pieces of a path between two moments, in pixels.
 * @param {Path} path
 * @param {Frame} frame
 * @param {Moment} from
 * @param {Moment} to
 * @param {OnPiece} onPiece
 */
export function visiblePieces(path, frame, from, to, onPiece) {
  const { x, y } = path;
  const bounds = {
    left: frame.left - MARGIN,
    right: frame.right + MARGIN,
    top: frame.top - MARGIN,
    bottom: frame.bottom + MARGIN,
  };
  let [ax, ay] = pointAt(path, from), endX = NaN, endY = NaN;
  let fromX = frame.across(ax), fromY = frame.down(ay);
  const finest = path.last > LONG ? FINEST_LONG : FINEST;
  const stop = to.share > 0 ? to.row + 1 : to.row;
  for (let row = from.row + 1; row <= stop; row++) {
    const isLast = row === stop;
    const [bx, by] = isLast ? pointAt(path, to) : [x[row], y[row]];
    const toX = frame.across(bx), toY = frame.down(by);
    if (!isLast && Math.abs(toX - fromX) < finest && Math.abs(toY - fromY) < finest) continue;
    const piece = cutToBounds(fromX, fromY, toX, toY, bounds) ?? farPiece(ax, ay, bx, by, frame, bounds);
    if (piece) {
      onPiece(piece[0], piece[1], piece[2], piece[3], piece[0] === endX && piece[1] === endY);
      [endX, endY] = [piece[2], piece[3]];
    }
    [ax, ay, fromX, fromY] = [bx, by, toX, toY];
  }
}

/**
 * The part of a line between two points that lies within bounds (Liang and Barsky); null if none does.
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @param {Box} bounds
 * @returns {[number, number, number, number] | null}
 */
export function cutToBounds(ax, ay, bx, by, bounds) {
  if (!(Math.max(Math.abs(ax), Math.abs(ay), Math.abs(bx), Math.abs(by)) <= EXACT)) return null;
  if (isWithin(ax, ay, bounds) && isWithin(bx, by, bounds)) return [ax, ay, bx, by];
  const dx = bx - ax, dy = by - ay;
  let enter = 0, leave = 1;
  for (
    const [speed, room] of [
      [-dx, ax - bounds.left],
      [dx, bounds.right - ax],
      [-dy, ay - bounds.top],
      [dy, bounds.bottom - ay],
    ]
  ) {
    if (speed === 0 && room < 0) return null;
    if (speed < 0) enter = Math.max(enter, room / speed);
    if (speed > 0) leave = Math.min(leave, room / speed);
  }
  if (enter > leave) return null;
  return [
    enter > 0 ? ax + enter * dx : ax,
    enter > 0 ? ay + enter * dy : ay,
    leave < 1 ? ax + leave * dx : bx,
    leave < 1 ? ay + leave * dy : by,
  ];
}

/**
 * The visible part of a line of which one end is too far away to be computed with, and the other is not.
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @param {Frame} frame
 * @param {Box} bounds
 */
function farPiece(ax, ay, bx, by, frame, bounds) {
  const fromX = frame.across(ax), fromY = frame.down(ay), toX = frame.across(bx), toY = frame.down(by);
  const nearA = isNear(fromX, fromY), nearB = isNear(toX, toY);
  if (nearA === nearB) return null;
  const [dx, dy] = nearA ? directionTo(ax, ay, bx, by) : directionTo(bx, by, ax, ay);
  const [x, y] = nearA ? [fromX, fromY] : [toX, toY];
  const piece = cutToBounds(x, y, x + HORIZON * dx, y + HORIZON * dy, bounds);
  return piece && !nearA ? /** @type {typeof piece} */ ([piece[2], piece[3], piece[0], piece[1]]) : piece;
}

/**
 * The direction on the screen from one point of the plane to another, of length 1; it cannot overflow.
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @returns {[number, number]}
 */
export function directionTo(ax, ay, bx, by) {
  const size = Math.max(Math.abs(ax), Math.abs(ay), Math.abs(bx), Math.abs(by)) || 1;
  const dx = bx / size - ax / size, dy = ay / size - by / size;
  const length = Math.hypot(dx, dy);
  return length > 0 ? [dx / length, dy / length] : [0, 0];
}

/**
 * @param {number} x
 * @param {number} y
 */
function isNear(x, y) {
  return Math.abs(x) <= HORIZON && Math.abs(y) <= HORIZON;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {Box} box
 */
export function isWithin(x, y, box) {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}
