/**
 * The picture of a drawn schedule: its axes, the curve as it was, and the curve as it is.
 */
import { clearedCanvas, scaledDash } from "../../stage/js/paint.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { minorTicks, ticksOf } from "../../chart/js/ticks.js";

/** @typedef {import("./drawnpoints.js").Point} Point */
/** @typedef {import("./drawnpoints.js").Axes} Axes */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** @typedef {{left: number, right: number, top: number, bottom: number, width: number, height: number}} Plot */
/** @typedef {{points: Point[], before: Point[], axes: Axes, color: string, dash: number[], tokens: Tokens}} Shown */

/** Sizes in CSS pixels. */
const MARGIN = { left: 62, right: 18, top: 26, bottom: 34 };
const TICK = 4, MINOR = 2.5, TEXT = 12.5, NAME = 17, ACROSS = 80, UP = 40, WIDTH = 2.4;
const GRID_ALPHA = 0.45, BEFORE_ALPHA = 0.4;

/**
 * @param {HTMLElement} canvas
 * @returns {Plot}
 */
export function plotOf({ clientWidth, clientHeight }) {
  const { left, top } = MARGIN, right = clientWidth - MARGIN.right, bottom = clientHeight - MARGIN.bottom;
  return { left, right, top, bottom, width: right - left, height: bottom - top };
}

/**
 * Where a point lies, in CSS pixels from the canvas's corner.
 * @param {Plot} plot
 * @param {Axes} axes
 * @param {Point} point
 */
export function placeOf(plot, { across, up }, [t, eta]) {
  return { x: plot.left + across.share(t) * plot.width, y: plot.bottom - up.share(eta) * plot.height };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Shown} shown
 */
export function drawPicture(canvas, shown) {
  const { c } = clearedCanvas(canvas), plot = plotOf(canvas), { axes, tokens } = shown;
  drawAxes(c, plot, axes, tokens);
  c.save();
  c.beginPath();
  c.rect(plot.left, 0, plot.width, plot.bottom);
  c.clip();
  c.lineJoin = "round";
  c.strokeStyle = shown.color;
  if (shown.before !== shown.points) {
    c.globalAlpha = BEFORE_ALPHA;
    c.lineWidth = 1;
    drawLine(c, plot, axes, shown.before);
    c.globalAlpha = 1;
  }
  c.setLineDash(scaledDash(shown.dash, 1));
  c.lineWidth = WIDTH;
  drawLine(c, plot, axes, shown.points);
  c.restore();
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Plot} plot
 * @param {Axes} axes
 * @param {Point[]} points
 */
function drawLine(c, plot, axes, points) {
  const places = points.map((point) => placeOf(plot, axes, point));
  c.beginPath();
  c.moveTo(plot.left, places[0].y);
  for (const { x, y } of places) c.lineTo(x, y);
  c.lineTo(plot.right, places[places.length - 1].y);
  c.stroke();
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Plot} plot
 * @param {Axes} axes
 * @param {Tokens} tokens
 */
function drawAxes(c, plot, { across, up }, tokens) {
  const { left, right, top, bottom, width, height } = plot, quiet = { size: TEXT, color: tokens.ink2 };
  c.lineWidth = 1;
  c.strokeStyle = tokens.rail;
  c.beginPath();
  for (const { value, label } of ticksOf(across, width / ACROSS)) {
    const x = Math.round(left + across.share(value) * width) + 0.5;
    c.moveTo(x, bottom);
    c.lineTo(x, bottom + TICK);
    drawText(c, label, x, bottom + 17, { ...quiet, align: "center" });
  }
  for (const value of minorTicks(up)) {
    const y = Math.round(bottom - up.share(value) * height) + 0.5;
    c.moveTo(left, y);
    c.lineTo(left - MINOR, y);
  }
  c.stroke();
  c.globalAlpha = GRID_ALPHA;
  c.beginPath();
  for (const { value, label } of ticksOf(up, height / UP)) {
    const y = Math.round(bottom - up.share(value) * height) + 0.5;
    c.moveTo(left - TICK, y);
    c.lineTo(right, y);
    c.globalAlpha = 1;
    drawText(c, label, left - 9, y + 4, { ...quiet, align: "right" });
    c.globalAlpha = GRID_ALPHA;
  }
  c.stroke();
  c.globalAlpha = 1;
  c.strokeRect(left - 0.5, bottom + 0.5, width, 0);
  drawText(c, "$η_t$", 4, top - 8, { size: NAME, color: tokens.ink });
  drawText(c, "step", right - textWidth("step", TEXT), bottom + 31, quiet);
}
