/**
 * The curves in a panel: what has been walked thick, what is to come thin, and arrows where one leaves its panel.
 */
import { progress } from "./moment.js";
import { scaledDash } from "./paint.js";
import { hotLast, MANY_STEPS, presenceOf } from "./paths.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./panels.js").Panel} Panel */
/** @typedef {import("./series.js").Curve} Curve */

/** Widths in CSS pixels at a scale of 1. */
const LOSS_PAST = 2.2, OTHER_PAST = 1.8, THIN_FUTURE = 1.1;
const FUTURE_SHARE = 0.55;
/** How far outside its panel a curve is still drawn, so that it is seen to go on. */
const OUTSIDE = 40;
/** Curves with more steps than this to a pixel are drawn by their lowest and highest values. */
const CROWDED_STEPS = 2;
const LEAVING_WIDTH = 2.2, LEAVING_CASING = 5, LEAVING_LENGTH = 15, LEAVING_HALF = 4.5;

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel
 * @param {Model} model
 */
export function drawCurves(c, panel, model) {
  const { left, right, top, bottom, series } = panel, { k, tokens, dashes, runs } = model;
  c.save();
  c.beginPath();
  c.rect(left - 1, top - 2, right - left + 2, bottom - top + 4);
  c.clip();
  c.lineJoin = model.steps > MANY_STEPS ? "bevel" : "round";
  for (const curve of hotLast(series.curves, model.hot)) {
    const { row } = progress(runs[curve.index], model), presence = presenceOf(curve.index, model);
    c.strokeStyle = tokens.runs[curve.index];
    c.setLineDash(scaledDash(dashes[curve.index], k));
    c.globalAlpha = FUTURE_SHARE * presence;
    c.lineWidth = THIN_FUTURE * k;
    c.stroke(curvePath(panel, curve, row, curve.last));
    c.globalAlpha = presence;
    c.lineWidth = (series.quantity === "loss" ? LOSS_PAST : OTHER_PAST) * k;
    c.stroke(curvePath(panel, curve, 0, row));
  }
  c.restore();
}

/**
 * @param {Panel} panel
 * @param {Curve} curve
 * @param {number} from row
 * @param {number} to row
 */
function curvePath(panel, curve, from, to) {
  const perPixel = (to - from) / Math.max(1, panel.across(to) - panel.across(from));
  return perPixel > CROWDED_STEPS ? envelope(panel, curve, from, to) : polyline(panel, curve, from, to);
}

/**
 * @param {Panel} panel
 * @param {Curve} curve
 * @param {number} from
 * @param {number} to
 */
function polyline(panel, { at }, from, to) {
  const path = new Path2D();
  let joined = false;
  for (let row = from; row <= to; row++) {
    const y = keptNear(panel, panel.down(at(row)));
    if (Number.isNaN(y)) joined = false;
    else if (joined) path.lineTo(panel.across(row), y);
    else {
      path.moveTo(panel.across(row), y);
      joined = true;
    }
  }
  return path;
}

/**
 * A curve with many steps to a pixel: in each pixel it goes from one of its extremes to the other.
 * @param {Panel} panel
 * @param {Curve} curve
 * @param {number} from
 * @param {number} to
 */
function envelope(panel, { at }, from, to) {
  const path = new Path2D();
  let before = NaN, row = from;
  while (row <= to) {
    const column = Math.floor(panel.across(row));
    let low = Infinity, high = -Infinity;
    for (; row <= to && Math.floor(panel.across(row)) === column; row++) {
      const y = keptNear(panel, panel.down(at(row)));
      if (y < low) low = y;
      if (y > high) high = y;
    }
    before = low > high ? NaN : addColumn(path, column, before, low, high);
  }
  return path;
}

/**
 * Goes on to one pixel's extremes, the nearer first.
 * @param {Path2D} path
 * @param {number} x
 * @param {number} before where the curve was, NaN at its beginning
 * @param {number} low
 * @param {number} high
 * @returns {number} where the curve is now
 */
function addColumn(path, x, before, low, high) {
  const [first, last] = Math.abs(before - low) > Math.abs(before - high) ? [high, low] : [low, high];
  if (Number.isNaN(before)) path.moveTo(x, first);
  else path.lineTo(x, first);
  if (last !== first) path.lineTo(x, last);
  return last;
}

/**
 * A height that a canvas can draw: what is far outside stays outside.
 * @param {Panel} panel
 * @param {number} y
 */
function keptNear({ top, bottom }, y) {
  return y < top - OUTSIDE ? top - OUTSIDE : y > bottom + OUTSIDE ? bottom + OUTSIDE : y;
}

/**
 * An arrow up at the top of the panel where a curve leaves it for good.
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel
 * @param {Model} model
 */
export function drawDepartureMarks(c, panel, model) {
  const { k, tokens } = model;
  for (const curve of panel.series.curves) {
    const row = leavingRow(panel, curve);
    if (row === null) continue;
    const half = LEAVING_HALF * k, length = LEAVING_LENGTH * k, tip = panel.top + 1.5 * k;
    const x = Math.max(panel.left + half + 2, Math.min(panel.right - half - 2, panel.across(row)));
    c.beginPath();
    c.moveTo(x, tip + length);
    c.lineTo(x, tip);
    c.moveTo(x - half, tip + 1.1 * half);
    c.lineTo(x, tip);
    c.lineTo(x + half, tip + 1.1 * half);
    c.lineCap = c.lineJoin = "round";
    c.setLineDash([]);
    c.globalAlpha = presenceOf(curve.index, model);
    c.strokeStyle = tokens.paper;
    c.lineWidth = LEAVING_CASING * k;
    c.stroke();
    c.strokeStyle = tokens.runs[curve.index];
    c.lineWidth = LEAVING_WIDTH * k;
    c.stroke();
  }
  c.lineCap = "butt";
  c.globalAlpha = 1;
}

/**
 * The row from which on a curve is above its panel to its end; null if it ends inside.
 * @param {Panel} panel
 * @param {Curve} curve
 */
function leavingRow({ scale }, { at, last }) {
  if (!(at(last) > scale.high)) return null;
  let row = last;
  while (row > 0 && at(row - 1) > scale.high) row--;
  return row;
}
