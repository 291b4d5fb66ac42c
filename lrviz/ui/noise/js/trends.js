/**
 * The width of the cloud and its mean loss over time: measured, with a band of its errors, beside theory's curves.
 */
import { makeScale, scaleTicks } from "../../stage/js/axes.js";
import { rounded } from "../../stage/js/numerals.js";
import { clearedCanvas, seeThrough } from "../../stage/js/paint.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { END_DASH, ERRORS, THEORY_DASH } from "./swarm.js";
import { measured } from "./telling.js";

/** @typedef {import("./cloud.js").Shown} Shown */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** @typedef {import("../../stage/js/types.js").Box} Box */
/** @typedef {import("../../stage/js/axes.js").Scale} Scale */

/**
 * One panel's numbers.
 * @typedef {object} Trend
 * @property {string} title
 * @property {Float64Array} values
 * @property {Float64Array} errors
 * @property {Float64Array | undefined} theory
 * @property {number | null} end where theory says that it ends
 */

const ROOM = { left: 52, right: 14, top: 26, between: 36, bottom: 26 };
const TITLE_SIZE = 14, TICK_SIZE = 12.5, BOLD = 650;
const BAND_ALPHA = 0.2;
/** Values that span more than this are drawn on a logarithmic scale. */
const WIDE = 300;
/** So are those that begin so many times as high as they end. */
const PEAK = 20;
/** Theory widens a scale up to so many times what is measured. */
const THEORY_ABOVE = 30;
/** A logarithmic scale reaches so far down at most. */
const DEPTH = 1e-9;

/** @param {HTMLCanvasElement} canvas */
export function gutters(canvas) {
  return { left: ROOM.left, right: canvas.clientWidth > 0 ? ROOM.right : 0 };
}

/**
 * The step at a place of the time axis.
 * @param {Shown} shown
 * @param {HTMLCanvasElement} canvas
 * @param {number} x in CSS pixels
 */
export function stepAt({ arrays: { frames } }, canvas, x) {
  const share = (x - ROOM.left) / Math.max(1, canvas.clientWidth - ROOM.left - ROOM.right);
  return share * frames[frames.length - 1];
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Shown} shown
 * @param {number} frame
 * @param {Tokens} tokens
 */
export function drawTrends(canvas, shown, frame, tokens) {
  const { c, width, height } = clearedCanvas(canvas), { frames } = shown.arrays;
  const left = ROOM.left, right = Math.max(left + 1, width - ROOM.right), last = frames[frames.length - 1];
  const each = (height - ROOM.top - ROOM.between - ROOM.bottom) / 2;
  const across = (/** @type {number} */ step) => left + (step / last) * (right - left);
  trendsOf(shown).forEach((trend, i) => {
    const top = ROOM.top + i * (each + ROOM.between), box = { left, right, top, bottom: top + each };
    drawPanel(c, trend, frames, frame, box, across, tokens);
    drawCursor(c, across(frames[frame]), box.top, i === 0 ? box.bottom : height - ROOM.bottom + 4, tokens.ink);
  });
  drawSteps(c, frames[frame], last, { left, right, top: ROOM.top, bottom: height - ROOM.bottom }, across, tokens);
}

/**
 * @param {Shown} shown
 * @returns {[Trend, Trend]}
 */
function trendsOf({ arrays, header: { cloud } }) {
  const { settled } = cloud;
  return [
    {
      title: "width √tr $Σ$",
      values: arrays.width,
      errors: arrays.width_error,
      theory: arrays.expected_width,
      end: settled && Math.sqrt(settled[0] + settled[2]),
    },
    {
      title: `mean loss ${cloud.above}`,
      values: arrays.loss,
      errors: arrays.loss_error,
      theory: arrays.expected_loss,
      end: cloud.floor,
    },
  ];
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Trend} trend
 * @param {Int32Array} frames
 * @param {number} frame
 * @param {Box} box
 * @param {(step: number) => number} across
 * @param {Tokens} tokens
 */
function drawPanel(c, trend, frames, frame, box, across, tokens) {
  const { values, errors, theory, end } = trend, [blue, orange] = tokens.runs, scale = scaleFor(trend);
  const down = (/** @type {number} */ value) => box.bottom - scale.share(value) * (box.bottom - box.top);
  drawLevels(c, scale, box, down, tokens);
  const now = measured(values[frame], errors[frame]);
  const name = { size: TITLE_SIZE, color: tokens.ink2 }, number = { ...name, color: blue, weight: BOLD };
  drawText(c, trend.title, box.left, box.top - 9, name);
  if (Number.isFinite(values[frame])) drawText(c, now, box.right, box.top - 9, { ...number, align: "right" });
  c.save();
  c.beginPath();
  c.rect(box.left - 4, box.top - 4, box.right - box.left + 8, box.bottom - box.top + 8);
  c.clip();
  drawBand(c, values, errors, frames, across, down, scale, seeThrough(blue, BAND_ALPHA));
  drawLine(c, values, frames, across, down, { color: blue, width: 2.2, dash: [] });
  if (end !== null) drawEnd(c, end, box, down, tokens, orange);
  if (theory) drawLine(c, theory, frames, across, down, { color: orange, width: 1.8, dash: THEORY_DASH });
  const y = down(values[frame]);
  if (Number.isFinite(y)) {
    c.beginPath();
    c.arc(across(frames[frame]), y, 4.5, 0, 2 * Math.PI);
    c.fillStyle = blue;
    c.strokeStyle = tokens.halo;
    c.lineWidth = 2;
    c.fill();
    c.stroke();
  }
  c.restore();
}

/**
 * @param {Trend} trend
 * @returns {Scale}
 */
function scaleFor({ values, theory, end }) {
  const known = [...values].filter(Number.isFinite), least = Math.min(0, ...known), most = Math.max(0, ...known);
  // A surface without a bottom: the loss falls through 0.
  if (least < 0) return makeScale("symlog", 1.3 * least, 1.3 * (most || -least), Math.abs(known[0]) || 1);
  // Theory may be beyond all that so many seeds can show: it may widen the scale, but not make the rest flat.
  const all = [...known, ...[...(theory ?? []), end ?? NaN].filter((value) => value < THEORY_ABOVE * most)];
  const positive = all.filter((value) => value > 0), high = positive.length ? Math.max(...positive) : 1;
  const low = Math.max(positive.length ? Math.min(...positive) : high / 10, DEPTH * high);
  if (high > WIDE * low || high > PEAK * (known[known.length - 1] ?? high)) {
    return makeScale("log", low / 1.3, high * 1.3);
  }
  return makeScale("linear", 0, 1.08 * high);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Scale} scale
 * @param {Box} box
 * @param {(value: number) => number} down
 * @param {Tokens} tokens
 */
function drawLevels(c, scale, box, down, tokens) {
  c.setLineDash([]);
  c.lineWidth = 1;
  c.strokeStyle = tokens.rule;
  c.beginPath();
  for (const { value, label } of scaleTicks(scale, 4)) {
    const y = Math.round(down(value)) + 0.5;
    if (y < box.top - 1 || y > box.bottom + 1) continue;
    c.moveTo(box.left, y);
    c.lineTo(box.right, y);
    drawText(c, label, box.left - 7, y + 4, { size: TICK_SIZE, color: tokens.ink2, align: "right" });
  }
  c.stroke();
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Float64Array} values
 * @param {Float64Array} errors
 * @param {Int32Array} frames
 * @param {(step: number) => number} across
 * @param {(value: number) => number} down
 * @param {Scale} scale
 * @param {string} color
 */
function drawBand(c, values, errors, frames, across, down, scale, color) {
  const rows = [...frames.keys()].filter((i) => Number.isFinite(values[i]) && Number.isFinite(errors[i]));
  const least = scale.kind === "log" ? scale.low : -Infinity;
  c.beginPath();
  for (const i of rows) c.lineTo(across(frames[i]), down(Math.max(least, values[i] + ERRORS * errors[i])));
  for (const i of rows.reverse()) c.lineTo(across(frames[i]), down(Math.max(least, values[i] - ERRORS * errors[i])));
  c.closePath();
  c.fillStyle = color;
  c.fill();
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Float64Array} values
 * @param {Int32Array} frames
 * @param {(step: number) => number} across
 * @param {(value: number) => number} down
 * @param {{color: string, width: number, dash: number[]}} look
 */
function drawLine(c, values, frames, across, down, { color, width, dash }) {
  c.beginPath();
  let isOn = false;
  frames.forEach((step, i) => {
    const y = down(values[i]);
    if (Number.isFinite(y)) c[isOn ? "lineTo" : "moveTo"](across(step), y);
    isOn = Number.isFinite(y);
  });
  c.setLineDash(dash);
  c.lineJoin = "round";
  c.strokeStyle = color;
  c.lineWidth = width;
  c.stroke();
  c.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {number} end
 * @param {Box} box
 * @param {(value: number) => number} down
 * @param {Tokens} tokens
 * @param {string} color
 */
function drawEnd(c, end, box, down, tokens, color) {
  const y = down(end), text = `theory in the end ${rounded(end, 3)}`, size = TICK_SIZE;
  c.beginPath();
  c.moveTo(box.left, y);
  c.lineTo(box.right, y);
  c.setLineDash(END_DASH);
  c.strokeStyle = color;
  c.lineWidth = 1.6;
  c.stroke();
  c.setLineDash([]);
  const under = y + 1.5 * size < box.bottom ? y + 1.4 * size : y - 0.8 * size;
  drawText(c, text, box.right - 2, under, { size, color, align: "right", halo: tokens.halo });
}

/**
 * The line at the step that is shown.
 * @param {CanvasRenderingContext2D} c
 * @param {number} x
 * @param {number} top
 * @param {number} bottom
 * @param {string} color
 */
function drawCursor(c, x, top, bottom, color) {
  c.beginPath();
  c.moveTo(x, top);
  c.lineTo(x, bottom);
  c.strokeStyle = color;
  c.lineWidth = 1.5;
  c.globalAlpha = 0.7;
  c.stroke();
  c.globalAlpha = 1;
}

/**
 * The time axis, with the step that is shown in bold.
 * @param {CanvasRenderingContext2D} c
 * @param {number} now
 * @param {number} last
 * @param {Box} box
 * @param {(step: number) => number} across
 * @param {Tokens} tokens
 */
function drawSteps(c, now, last, box, across, tokens) {
  const size = TICK_SIZE, x = across(now), own = textWidth(rounded(now, 6), size, BOLD) / 2 + 8;
  for (const { value, label } of scaleTicks(makeScale("linear", 0, last), 5)) {
    const at = across(value), half = textWidth(label, size) / 2;
    if (Math.abs(at - x) < own + half) continue;
    drawText(c, label, Math.min(at, box.right - half + ROOM.right), box.bottom + 18, {
      size,
      color: tokens.ink2,
      align: "center",
    });
  }
  const style = { size, color: tokens.ink, weight: BOLD };
  drawText(c, rounded(now, 6), Math.min(x, box.right - own + 8 + ROOM.right), box.bottom + 18, {
    ...style,
    align: "center",
  });
}
