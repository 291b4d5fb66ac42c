/**
 * The panels over time: the loss, η·λ against its limit, and the rate, on one time axis with one cursor.
 */
import { drawCurves, drawDepartureMarks } from "./curves.js";
import { roundValues, scaleTicks } from "./axes.js";
import { spread } from "./labels.js";
import { stepShown } from "./moment.js";
import { count, rounded } from "./numerals.js";
import { clearedCanvas, drawMarker, isDark } from "./paint.js";
import { hotLast, presenceOf } from "./paths.js";
import { covering, QUANTITIES, scaleOf, seriesOf } from "./series.js";
import { drawText, textWidth } from "./text.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./axes.js").Scale} Scale */
/** @typedef {import("./series.js").Series} Series */
/** @typedef {import("./series.js").Range} Range */

/** Below this height there is room for one panel, which a tab chooses. */
const ONE_PANEL = 180;
/** Room in CSS pixels at a scale of 1. */
const LEFT = 46, LEFT_PHONE = 40, RIGHT = 70, RIGHT_PHONE = 12, TOP = 18, TOP_PHONE = 16, GAP = 30;
const BOTTOM = 22, BOTTOM_PHONE = 16;
/** How the height is shared out between loss and η·λ; the rate has what is left. */
const SHARES = [0.5, 0.29];
const TICK_ROOM = 24, TIME_ROOM = 50, MOST_TIMES = 6;
const TICK_TEXT = 12, LABEL_TEXT = 12.5, HEAD_TEXT = 14.5, MATH_TEXT = 14.5;
const LABEL_GAP = 16, VALUE_GAP = 15;
const CURSOR = 1.5, CURSOR_MARKER = 5, MARKER_CASING = 1.7;
const LIMIT_DASH = [4, 3], LIMIT_WIDTH = 1.25;
const WASH_LIGHT = 0.12, WASH_DARK = 0.2;
const VALUE_ROOM = 96;
/** A value stands above its marker, or below where the curve rises beside it: within so far, by more than so much. */
const ABOVE_VALUE = -5, BELOW_VALUE = 14, BESIDE = 40, LEVEL = 6;

/**
 * Where one panel lies.
 * @typedef {object} Panel
 * @property {Series} series
 * @property {Scale} scale
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {(row: number) => number} across a step to pixels
 * @property {(value: number) => number} down a value to pixels
 */

/** @type {WeakMap<HTMLCanvasElement, Map<string, Range>>} the ranges of the last draw */
const rangesOf = new WeakMap();

/**
 * How much room there is left and right of the time axis, in CSS pixels.
 * @param {Model} model
 * @param {number} height the canvas's
 * @returns {{left: number, right: number}}
 */
export function gutters({ runs, k }, height) {
  if (height < ONE_PANEL) return { left: LEFT_PHONE * k, right: RIGHT_PHONE * k };
  const names = runs.map(({ short }) => textWidth(short, LABEL_TEXT * k, 700) + 9 * k);
  return { left: LEFT * k, right: Math.max(RIGHT * k, ...names) };
}

/**
 * The step at a place across the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Model} model
 * @param {number} x in CSS pixels from the canvas's left
 */
export function timeAt(canvas, model, x) {
  const { left, right } = gutters(model, canvas.clientHeight);
  const share = (x - left) / Math.max(1, canvas.clientWidth - left - right);
  return Math.round(Math.max(0, Math.min(1, share)) * model.steps);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Model} model
 */
export function drawPanels(canvas, model) {
  const { c, width, height } = clearedCanvas(canvas);
  if (model.runs.length === 0 || width === 0 || height === 0) return;
  const panels = laidOut(canvas, model, width, height);
  for (const panel of panels) drawGrid(c, panel, model);
  drawTimes(c, panels[panels.length - 1], model, { width, height });
  for (const panel of panels) {
    drawLimits(c, panel, model);
    drawCurves(c, panel, model);
    drawDepartureMarks(c, panel, model);
  }
  drawCursor(c, panels, model, height);
  for (const panel of panels) {
    if (height >= ONE_PANEL) drawNames(c, panel, model);
    drawValues(c, panel, model);
    drawTitle(c, panel, model, height);
  }
}

// ---- layout

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Model} model
 * @param {number} width
 * @param {number} height
 * @returns {Panel[]}
 */
function laidOut(canvas, model, width, height) {
  const { k, steps } = model, { left, right } = gutters(model, height), edge = Math.max(left + 1, width - right);
  const across = (/** @type {number} */ row) => left + (row / Math.max(1, steps)) * (edge - left);
  return bandsOf(model, height).map(({ quantity, top, bottom }) => {
    const series = seriesOf(quantity, model), scale = scaleOf(steadyRange(canvas, model, series));
    const down = (/** @type {number} */ value) => bottom - scale.share(value) * (bottom - top);
    return { series, scale, left, right: edge, top, bottom, across, down, k };
  });
}

/**
 * From where to where each panel reaches.
 * @param {Model} model
 * @param {number} height
 */
function bandsOf({ k, panelTab }, height) {
  if (height < ONE_PANEL) {
    const quantity = QUANTITIES[panelTab] ?? QUANTITIES[0];
    return [{ quantity, top: TOP_PHONE * k, bottom: Math.max(TOP_PHONE * k + 1, height - BOTTOM_PHONE * k - 2) }];
  }
  const room = height - (TOP + 2 * GAP + BOTTOM) * k;
  const [first, second] = SHARES.map((share) => Math.round(share * room));
  const tops = [TOP * k, TOP * k + first + GAP * k, TOP * k + first + second + 2 * GAP * k];
  const heights = [first, second, room - first - second];
  return QUANTITIES.map((quantity, i) => ({
    quantity,
    top: Math.round(tops[i]),
    bottom: Math.round(tops[i] + heights[i]),
  }));
}

/**
 * The range of an axis, which grows at once but shrinks only when nothing is held.
 * @param {HTMLCanvasElement} canvas
 * @param {Model} model
 * @param {Series} series
 */
function steadyRange(canvas, { surface, dragging }, { quantity, range }) {
  const ranges = rangesOf.get(canvas) ?? new Map(), key = `${surface.key} ${quantity}`, before = ranges.get(key);
  const shown = dragging && before ? covering(before, range) : range;
  ranges.set(key, shown);
  rangesOf.set(canvas, ranges);
  return shown;
}

// ---- axes

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel
 * @param {Model} model
 */
function drawGrid(c, { scale, left, right, top, bottom, down }, { tokens, k }) {
  c.setLineDash([]);
  c.lineWidth = 1;
  c.strokeStyle = tokens.rule;
  c.beginPath();
  for (const { value, label } of scaleTicks(scale, Math.max(2, Math.floor((bottom - top) / (TICK_ROOM * k))))) {
    const y = Math.round(down(value)) + 0.5;
    if (!(y >= top - 1 && y <= bottom + 1)) continue;
    c.moveTo(left, y);
    c.lineTo(right, y);
    drawText(c, label, left - 7 * k, y + 4 * k, { size: TICK_TEXT * k, color: tokens.ink2, align: "right" });
  }
  c.stroke();
  c.strokeStyle = tokens.rail;
  c.beginPath();
  c.moveTo(left, bottom + 0.5);
  c.lineTo(right, bottom + 0.5);
  c.stroke();
}

/**
 * The steps along the time axis; the current one stands bold in place of those that it would touch.
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel the lowest
 * @param {Model} model
 * @param {{width: number, height: number}} size the canvas's
 */
function drawTimes(c, { left, right, across }, model, { width, height }) {
  const { tokens, k, steps } = model, isPhone = height < ONE_PANEL, size = TICK_TEXT * k;
  const baseline = height - (isPhone ? BOTTOM_PHONE : BOTTOM) * k + (isPhone ? 12 : 15) * k;
  const now = count(stepShown(model)), middle = across(model.time), nowHalf = textWidth(now, LABEL_TEXT * k, 700) / 2;
  const most = Math.min(MOST_TIMES, Math.floor((right - left) / (TIME_ROOM * k)));
  for (const step of roundValues(0, steps, Math.max(1, most))) {
    const label = count(step), half = textWidth(label, size) / 2;
    if (!Number.isInteger(step) || Math.abs(across(step) - middle) < half + nowHalf + 6 * k) continue;
    drawText(c, label, Math.min(across(step), width - half), baseline, { size, color: tokens.ink2, align: "center" });
  }
  const style = { size: LABEL_TEXT * k, weight: 700, color: tokens.ink, halo: tokens.paper };
  drawText(c, now, Math.min(middle, width - nowHalf), baseline, { ...style, align: "center" });
}

/**
 * What the panel shows, above it, and what it does not show.
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel
 * @param {Model} model
 * @param {number} height
 */
function drawTitle(c, { series, left, right, top }, { tokens, k }, height) {
  const isWord = series.quantity === "loss", size = (isWord ? HEAD_TEXT : MATH_TEXT) * k;
  const style = { size, weight: isWord ? 700 : 400, color: tokens.ink, halo: tokens.paper };
  drawText(c, series.title, left, top - 7 * k, style);
  const room = right - left - textWidth(series.title, size, style.weight) - 16 * k;
  if (height < ONE_PANEL || textWidth(series.note, TICK_TEXT * k) > room) return;
  const quiet = { size: TICK_TEXT * k, color: tokens.ink2, halo: tokens.paper };
  drawText(c, series.note, right, top - 7 * k, { ...quiet, align: "right" });
}

// ---- limits

/**
 * The region above each limit washed, so that what lies above several is darker, and the limits as dashed lines.
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel
 * @param {Model} model
 */
function drawLimits(c, { series, scale, left, right, top, bottom, down }, { tokens, k, runs }) {
  const shown = series.limits.filter(({ value }) => value < scale.high);
  c.fillStyle = tokens.outcomes.diverged[0];
  c.globalAlpha = isDark(tokens.paper) ? WASH_DARK : WASH_LIGHT;
  for (const { value } of shown) c.fillRect(left, top, right - left, Math.min(bottom, down(value)) - top);
  c.globalAlpha = 1;
  const lines = shown.map(({ value }) => Math.round(down(value)) + 0.5);
  const labels = spread(lines.map((y) => y + 4 * k), 14 * k, top + 4 * k, bottom + 4 * k);
  shown.forEach(({ value, owners }, i) => {
    const color = shown.length === 1 || owners.length > 1 || runs.length === 1 ? tokens.ink : tokens.runs[owners[0]];
    c.strokeStyle = color;
    c.lineWidth = LIMIT_WIDTH * k;
    c.setLineDash(LIMIT_DASH.map((length) => length * k));
    c.beginPath();
    c.moveTo(left, lines[i]);
    c.lineTo(right, lines[i]);
    c.stroke();
    drawText(c, `limit ${rounded(value)}`, right + 7 * k, labels[i], { size: LABEL_TEXT * k, color });
  });
  c.setLineDash([]);
}

// ---- the cursor

/**
 * One line from the loss to the lower edge, where the scrub's thumb goes on.
 * @param {CanvasRenderingContext2D} c
 * @param {Panel[]} panels
 * @param {Model} model
 * @param {number} height
 */
function drawCursor(c, panels, model, height) {
  const { tokens, k } = model, isPhone = height < ONE_PANEL, x = panels[0].across(model.time);
  const last = panels[panels.length - 1], below = height - (isPhone ? 2 : 4) * k;
  c.strokeStyle = tokens.ink;
  c.lineWidth = CURSOR;
  c.setLineDash([]);
  c.beginPath();
  c.moveTo(x, panels[0].top - 2 * k);
  c.lineTo(x, last.bottom + 4 * k);
  c.moveTo(x, below);
  c.lineTo(x, height);
  c.stroke();
}

/**
 * The values at the cursor with the runs' markers, beside the line and apart from each other.
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel
 * @param {Model} model
 */
function drawValues(c, { series, top, bottom, right, across, down }, model) {
  const { tokens, markers, k } = model, row = stepShown(model), x = across(model.time);
  const isLeft = x > right - VALUE_ROOM * k, near = 9 * k;
  const beside = Math.round(((isLeft ? -1 : 1) * BESIDE * k) / Math.max(1e-9, across(1) - across(0)));
  const values = series.curves
    .filter(({ last }) => row <= last)
    .map(({ index, at, last }) => {
      const y = down(glide(at, row, last, model.time));
      const isRising = down(at(Math.max(0, Math.min(last, row + beside)))) < y - LEVEL * k;
      return { index, value: at(row), y, wanted: y + (isRising ? BELOW_VALUE : ABOVE_VALUE) * k };
    })
    .filter(({ y }) => y >= top - 2 && y <= bottom + 2);
  const heights = spread(values.map(({ wanted }) => wanted), VALUE_GAP * k, top + 8 * k, bottom - 1 * k);
  hotLast(values.map((value, i) => ({ ...value, height: heights[i] })), model.hot).forEach(
    ({ index, value, y, height }) => {
      c.globalAlpha = presenceOf(index, model);
      const look = { fill: tokens.runs[index], casing: tokens.paper, width: MARKER_CASING * k };
      drawMarker(c, markers[index], x, y, CURSOR_MARKER * k, look);
      const style = { size: LABEL_TEXT * k, weight: 700, color: tokens.runs[index], halo: tokens.paper };
      drawText(c, rounded(value), x + (isLeft ? -near : near), height, { ...style, align: isLeft ? "right" : "left" });
    },
  );
  c.globalAlpha = 1;
}

/**
 * A value between two steps, for a marker that glides.
 * @param {(row: number) => number} at
 * @param {number} row
 * @param {number} last
 * @param {number} time
 */
function glide(at, row, last, time) {
  const share = Math.max(0, time - row), from = at(row);
  if (share === 0 || row === last) return from;
  const to = at(row + 1);
  return from > 0 && to > 0 ? from * (to / from) ** share : from + share * (to - from);
}

/**
 * Each loss curve's name at its end, in the right gutter, apart from each other.
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel
 * @param {Model} model
 */
function drawNames(c, { series, top, bottom, right, down }, model) {
  if (series.quantity !== "loss") return;
  const { tokens, k, runs } = model, size = LABEL_TEXT * k, curves = series.curves.filter(({ last }) => last >= 0);
  const wanted = curves.map(({ at, last }) => {
    const y = down(at(last));
    return (Number.isNaN(y) ? bottom : Math.max(top, Math.min(bottom, y))) + 4.5 * k;
  });
  const heights = spread(wanted, LABEL_GAP * k, top + 4.5 * k, bottom + 4.5 * k);
  curves.forEach(({ index }, i) => {
    c.globalAlpha = presenceOf(index, model);
    drawText(c, runs[index].short, right + 7 * k, heights[i], { size, weight: 700, color: tokens.runs[index] });
  });
  c.globalAlpha = 1;
}
