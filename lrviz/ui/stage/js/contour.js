/**
 * The picture of the plane: the ground with its axes, and on it the paths and what they lead from and to.
 */
import { roundValues } from "./axes.js";
import { drawBounds } from "./bounds.js";
import { Ground } from "./ground.js";
import { Crowd } from "./labels.js";
import {
  drawCriticalPoints,
  drawDepartures,
  drawHeads,
  drawStart,
  labelHeads,
  labelStart,
  NARROW,
  pointToStart,
} from "./landmarks.js";
import { rounded } from "./numerals.js";
import { clearedCanvas } from "./paint.js";
import { drawPaths, tracePath } from "./paths.js";
import { drawText, textWidth } from "./text.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").View} View */

/** Room for the axes in CSS pixels at a scale of 1. */
const ROOM = { left: 36, right: 1, top: 6, bottom: 24 };
const TICK = 5, TICK_SIZE = 12.5, TICK_GAP = 8, AXIS_SIZE = 17;
/** Ticks stand at least so far apart, in wide and in narrow pictures. */
const TICK_DISTANCE = 76, TICK_DISTANCE_NARROW = 56;
/** Of the numbers at ticks so many digits are shown; more where they would read alike. */
const TICK_DIGITS = 3, MOST_TICK_DIGITS = 15;
const LINE_LABEL_SIZE = 12;
/** A line that has room is labelled again so far from its first label. */
const LABEL_AGAIN = 240;
/** Side of the corners in which the axes' names stand. */
const CORNER = 22;
/** The corner in which the shell has its buttons. */
const BUTTONS_WIDE = 146, BUTTONS_NARROW = 80, BUTTONS_HIGH = 46;
const EDGE_ALPHA = 0.6;

/**
 * What a contour remembers from one draw to the next.
 * @typedef {object} Memory
 * @property {Ground} ground
 * @property {Map<string, number>} directions of the labels
 * @property {Map<string, {x: number, y: number}[]>} lineLabels where each line's labels stood
 */
/** @type {WeakMap<HTMLCanvasElement, Memory>} */
const memories = new WeakMap();

/**
 * Where the picture lies on a canvas of this size, and how the plane is laid onto it.
 * @param {Model} model
 * @param {number} width
 * @param {number} height
 * @returns {Frame}
 */
export function geometry({ view, k }, width, height) {
  const left = ROOM.left * k, top = ROOM.top * k;
  const right = Math.max(left + 1, width - ROOM.right), bottom = Math.max(top + 1, height - ROOM.bottom * k);
  const middle = (left + right) / 2, level = (top + bottom) / 2, { span } = view;
  return {
    left,
    top,
    right,
    bottom,
    width: right - left,
    height: bottom - top,
    span,
    k,
    across: (x) => middle + (x - view.x) / span,
    down: (y) => level - (y - view.y) / span,
    x: (pixels) => view.x + (pixels - middle) * span,
    y: (pixels) => view.y - (pixels - level) * span,
  };
}

/**
 * The view in which a box just fits a canvas of this size; it is widened to fill it, with equal units on both axes.
 * @param {[[number, number], [number, number]]} box
 * @param {number} width
 * @param {number} height
 * @param {number} k
 * @returns {View}
 */
export function fittedView([[left, right], [bottom, top]], width, height, k) {
  const across = Math.max(1, width - ROOM.left * k - ROOM.right);
  const down = Math.max(1, height - (ROOM.top + ROOM.bottom) * k);
  const span = Math.max((right - left) / across, (top - bottom) / down);
  return { x: (left + right) / 2, y: (bottom + top) / 2, span };
}

/**
 * Draws everything. The ground is coarse while it changes: then this returns true, and should be called again shortly.
 * @param {HTMLCanvasElement} canvas
 * @param {Model} model
 * @returns {boolean}
 */
export function drawContour(canvas, model) {
  if (model.runs.length === 0) {
    clearedCanvas(canvas);
    return false;
  }
  return drawPlane(canvas, model, (c, frame, crowd, directions) => {
    drawBounds(c, model, frame);
    drawPaths(c, model.runs.map((run, i) => tracePath(run, i, model, frame, crowd)), model);
    drawCriticalPoints(c, model, frame, crowd);
    drawStart(c, model, frame, crowd);
    pointToStart(c, model, frame, crowd, directions);
    drawHeads(c, model, frame, crowd);
    labelHeads(c, model, frame, crowd, directions);
    drawDepartures(c, model, frame, crowd, directions);
    labelStart(c, model, frame, crowd, directions);
  });
}

/**
 * Draws the ground with its axes, and on it whatever is to stand there: labels of lines keep away from what that adds
 * to the crowd. Returns whether the ground is still coarse.
 * @param {HTMLCanvasElement} canvas
 * @param {Model} model of at least one run: its kernel knows the surface
 * @param {(c: CanvasRenderingContext2D, frame: Frame, crowd: Crowd, directions: Map<string, number>) => void} populate
 * @returns {boolean}
 */
export function drawPlane(canvas, model, populate) {
  const { c, width, height, density } = clearedCanvas(canvas);
  const frame = onPixels(geometry(model, width, height), density);
  const { ground, directions, lineLabels } = remembered(canvas);
  ground.update(frame, model, density, performance.now());
  const crowd = new Crowd(frame);
  c.save();
  c.beginPath();
  c.rect(frame.left, frame.top, frame.width, frame.height);
  c.clip();
  ground.draw(c, frame);
  drawAxisNames(c, frame, model, crowd);
  populate(c, frame, crowd, directions);
  labelLines(c, ground, crowd, model, lineLabels);
  c.restore();
  drawAxes(c, frame, model);
  return ground.coarse;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Memory}
 */
function remembered(canvas) {
  let memory = memories.get(canvas);
  if (!memory) {
    memory = { ground: new Ground(), directions: new Map(), lineLabels: new Map() };
    memories.set(canvas, memory);
  }
  return memory;
}

/**
 * The frame with its edges moved onto whole pixels of the screen, so that the ground is copied and not resampled.
 * @param {Frame} frame
 * @param {number} density
 * @returns {Frame}
 */
function onPixels(frame, density) {
  const [left, top, right, bottom] = [frame.left, frame.top, frame.right, frame.bottom].map(
    (edge) => Math.round(edge * density) / density,
  );
  return { ...frame, left, top, right, bottom, width: right - left, height: bottom - top };
}

/**
 * Writes the loss on strong lines, where no path and no other label is; a label stays where it was while it can.
 * @param {CanvasRenderingContext2D} c
 * @param {Ground} ground
 * @param {Crowd} crowd
 * @param {Pick<Model, "tokens" | "k">} model
 * @param {Map<string, {x: number, y: number}[]>} lineLabels
 */
export function labelLines(c, ground, crowd, { tokens, k }, lineLabels) {
  const size = LINE_LABEL_SIZE * k;
  for (const { text, halo, places } of ground.labels) {
    const half = textWidth(text, size) / 2 + 3 * k, before = lineLabels.get(text) ?? [];
    /** @type {{x: number, y: number}[]} */
    const chosen = [];
    for (const place of [...places.filter((place) => isAmong(place, before)), ...places]) {
      const { x, y } = place, box = { left: x - half, right: x + half, top: y - 0.62 * size, bottom: y + 0.62 * size };
      if (chosen.some((other) => Math.hypot(other.x - x, other.y - y) < LABEL_AGAIN * k) || !crowd.isFree(box)) {
        continue;
      }
      crowd.addBox(box);
      chosen.push(place);
      drawText(c, text, x, y + 0.35 * size, { size, color: tokens.ink2, align: "center", halo });
    }
    lineLabels.set(text, chosen);
  }
}

/**
 * @param {{x: number, y: number}} place
 * @param {{x: number, y: number}[]} places
 */
function isAmong(place, places) {
  return places.some(({ x, y }) => x === place.x && y === place.y);
}

// ---- axes

/**
 * The axes' names in their corners, and the upper right corner, where buttons lie: labels keep away from both.
 * @param {CanvasRenderingContext2D} c
 * @param {Frame} frame
 * @param {Model} model
 * @param {Crowd} crowd
 */
function drawAxisNames(c, { left, top, right, bottom, width }, { tokens, k }, crowd) {
  const name = { size: AXIS_SIZE * k, color: tokens.ink, halo: tokens.halo }, side = CORNER * k;
  drawText(c, "$y$", left + 7 * k, top + 17 * k, name);
  drawText(c, "$x$", right - 8 * k, bottom - 8 * k, { ...name, align: "right" });
  crowd.addBox({ left, top, right: left + side, bottom: top + side });
  crowd.addBox({ left: right - side, top: bottom - side, right, bottom });
  const buttons = (width < NARROW ? BUTTONS_NARROW : BUTTONS_WIDE) * k;
  crowd.addBox({ left: right - buttons, top, right, bottom: top + BUTTONS_HIGH * k });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Frame} frame
 * @param {Model} model
 */
function drawAxes(c, frame, { tokens, k }) {
  const { left, right, top, bottom } = frame, style = { size: TICK_SIZE * k, color: tokens.ink2 };
  c.setLineDash([]);
  c.lineWidth = 1;
  c.strokeStyle = tokens.rail;
  c.globalAlpha = EDGE_ALPHA;
  c.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
  c.globalAlpha = 1;
  c.beginPath();
  let free = -Infinity;
  for (const { value, label } of axisTicks(frame.x(left), frame.x(right), frame.width, frame)) {
    const x = Math.round(frame.across(value)) + 0.5, half = textWidth(label, style.size) / 2;
    c.moveTo(x, bottom);
    c.lineTo(x, bottom + TICK * k);
    const middle = Math.min(x, right - half);
    if (middle - half < free) continue;
    free = middle + half + TICK_GAP * k;
    drawText(c, label, middle, bottom + 18 * k, { ...style, align: "center" });
  }
  for (const { value, label } of axisTicks(frame.y(bottom), frame.y(top), frame.height, frame)) {
    const y = Math.round(frame.down(value)) + 0.5, room = left - (TICK + 3) * k;
    c.moveTo(left, y);
    c.lineTo(left - TICK * k, y);
    // Zoomed in, numbers grow long: what does not fit outside stands inside.
    if (textWidth(label, style.size) <= room) drawText(c, label, room, y + 4.5 * k, { ...style, align: "right" });
    else if (Math.min(y - top, bottom - y) > CORNER * k) {
      drawText(c, label, left + 4 * k, y + 4.5 * k, { ...style, halo: tokens.halo });
    }
  }
  c.lineWidth = 1;
  c.strokeStyle = tokens.rail;
  c.stroke();
}

/**
 * Round values along a side of the frame, with as many digits as it takes to tell them apart.
 * @param {number} low
 * @param {number} high
 * @param {number} pixels
 * @param {Frame} frame
 */
function axisTicks(low, high, pixels, { width, k }) {
  const values = roundValues(low, high, pixels / ((width < NARROW ? TICK_DISTANCE_NARROW : TICK_DISTANCE) * k));
  const size = Math.max(...values.map(Math.abs)), step = values.length > 1 ? values[1] - values[0] : size;
  const needed = Math.ceil(Math.log10(size / step)) + 1;
  const digits = Math.max(TICK_DIGITS, Math.min(MOST_TICK_DIGITS, needed || 0));
  return values.map((value) => ({ value, label: rounded(value, digits) }));
}
