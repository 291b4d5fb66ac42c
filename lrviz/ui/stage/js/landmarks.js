/**
 * What stands on the ground beside the paths: minima, saddles, the start, the runs' heads, and arrows at the edge for runs
 * that are out of sight.
 */
import { cutToBounds, directionTo, isWithin } from "./clip.js";
import { placeLabel } from "./labels.js";
import { position, progress, stepShown } from "./moment.js";
import { count, point, rounded } from "./numerals.js";
import { addStar, cased, drawArrow, drawMarker, seeThrough } from "./paint.js";
import { hotLast, presenceOf } from "./paths.js";
import { drawText, textWidth } from "./text.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./labels.js").Crowd} Crowd */
/** @typedef {Map<string, number>} Directions where each label stood last */

/** Sizes in CSS pixels at a scale of 1. */
const STAR = 8.5, SMALL_STAR = 4, SADDLE = 5.5, RING = 8.5, RING_CROSS = 4, START_HALO = 20, HEAD = 7, ARROW = 18;
const STAR_CASING = 2.2, HEAD_CASING = 2.2, THIN = 2.2;
const LABEL_SIZE = 14.5, START_SIZE = 13.5, BOLD = 700;
/** With more minima than this only the best is a large star. */
const MOST_LARGE_STARS = 8;
/** Narrower pictures do not say where the start is. */
export const NARROW = 480;
/** How many box diagonals away a run is followed; whatever ended nearer, overflowed. */
const REACH = 1e6;
/** An arrow that points to a run far beyond a corner stands so far from it. */
const CORNER = 30;
const HALO_ALPHA = { hover: 0.16, drag: 0.24, focus: 0.16 };

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Model} model
 * @param {Frame} frame
 * @param {Crowd} crowd
 */
export function drawCriticalPoints(c, model, frame, crowd) {
  const { surface, tokens, k } = model, { kernel, p } = model.runs[0];
  for (const [x, y] of visiblePoints(kernel.saddles(p), frame)) drawSaddle(c, x, y, tokens, k);
  const large = surface.minima.length <= MOST_LARGE_STARS ? surface.minima.length : 1;
  drawStars(c, visiblePoints(surface.minima.slice(large), frame), SMALL_STAR * k, {
    fill: tokens.ink2,
    casing: tokens.halo,
    width: 1,
  });
  const stars = visiblePoints(surface.minima.slice(0, large), frame);
  drawStars(c, stars, STAR * k, { fill: tokens.ink, casing: tokens.halo, width: STAR_CASING * k });
  for (const [x, y] of stars) crowd.addBox(around(x, y, STAR * k));
}

/**
 * @param {[number, number][]} points
 * @param {Frame} frame
 */
function visiblePoints(points, frame) {
  return points
    .map(([x, y]) => /** @type {[number, number]} */ ([frame.across(x), frame.down(y)]))
    .filter(([x, y]) => isWithin(x, y, frame));
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {[number, number][]} points
 * @param {number} radius
 * @param {{fill: string, casing: string, width: number}} look
 */
function drawStars(c, points, radius, look) {
  if (points.length === 0) return;
  c.beginPath();
  for (const [x, y] of points) addStar(c, x, y, radius);
  cased(c, look);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {number} x
 * @param {number} y
 * @param {import("./types.js").Tokens} tokens
 * @param {number} k
 */
function drawSaddle(c, x, y, tokens, k) {
  const r = (SADDLE * k) / Math.SQRT2;
  c.beginPath();
  c.moveTo(x - r, y - r);
  c.lineTo(x + r, y + r);
  c.moveTo(x - r, y + r);
  c.lineTo(x + r, y - r);
  strokeTwice(c, tokens.halo, tokens.ink, THIN * k);
}

/**
 * A line with a casing.
 * @param {CanvasRenderingContext2D} c
 * @param {string} casing
 * @param {string} color
 * @param {number} width
 */
function strokeTwice(c, casing, color, width) {
  c.setLineDash([]);
  c.lineCap = "round";
  c.strokeStyle = casing;
  c.lineWidth = 2.4 * width;
  c.stroke();
  c.strokeStyle = color;
  c.lineWidth = width;
  c.stroke();
  c.lineCap = "butt";
}

// ---- the start

/**
 * The ring to take hold of, with a halo while it is pointed at, held or focused.
 * @param {CanvasRenderingContext2D} c
 * @param {Model} model
 * @param {Frame} frame
 * @param {Crowd} crowd
 */
export function drawStart(c, model, frame, crowd) {
  const { tokens, k, startState } = model, x = frame.across(model.start[0]), y = frame.down(model.start[1]);
  if (!isWithin(x, y, frame)) return;
  crowd.addBox(around(x, y, RING * k));
  if (startState) drawStartHalo(c, x, y, k, tokens.focus, HALO_ALPHA[startState]);
  c.beginPath();
  c.arc(x, y, RING * k, 0, 2 * Math.PI);
  c.fillStyle = tokens.paper;
  c.fill();
  strokeTwice(c, tokens.halo, tokens.ink, THIN * k);
  const r = RING_CROSS * k;
  c.beginPath();
  c.moveTo(x - r, y);
  c.lineTo(x + r, y);
  c.moveTo(x, y - r);
  c.lineTo(x, y + r);
  c.lineWidth = 1.9 * k;
  c.stroke();
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {number} x
 * @param {number} y
 * @param {number} k
 * @param {string} color
 * @param {number} alpha
 */
function drawStartHalo(c, x, y, k, color, alpha) {
  c.beginPath();
  c.arc(x, y, START_HALO * k, 0, 2 * Math.PI);
  c.fillStyle = seeThrough(color, alpha);
  c.fill();
  c.strokeStyle = seeThrough(color, 0.7);
  c.lineWidth = 1.25 * k;
  c.stroke();
}

/**
 * An arrow at the edge that points to a start out of sight.
 * @param {CanvasRenderingContext2D} c
 * @param {Model} model
 * @param {Frame} frame
 * @param {Crowd} crowd
 * @param {Directions} directions
 */
export function pointToStart(c, model, frame, crowd, directions) {
  const { k, start } = model, x = frame.across(start[0]), y = frame.down(start[1]);
  if (isWithin(x, y, frame)) return;
  const tip = nearestOnEdge(x, y, withinEdge(frame), CORNER * k);
  const direction = directionTo(frame.x(tip[0]), frame.y(tip[1]), start[0], start[1]);
  const exit = { tip, direction, key: "start" };
  pointOut(c, exit, `start ${point(start)}`, startStyle(model), { model, crowd, directions });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Model} model
 * @param {Frame} frame
 * @param {Crowd} crowd
 * @param {Directions} directions
 */
export function labelStart(c, model, frame, crowd, directions) {
  const { k, start } = model, x = frame.across(start[0]), y = frame.down(start[1]);
  if (!isWithin(x, y, frame)) return;
  const words = frame.width < NARROW ? "start" : `start ${point(start)}`;
  drawBeside(c, words, { x, y, clearance: 13 * k, key: "start" }, startStyle(model), crowd, directions);
}

/** @param {Model} model */
function startStyle({ tokens, k }) {
  return { size: START_SIZE * k, weight: 400, color: tokens.ink2, halo: tokens.halo };
}

// ---- heads

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Model} model
 * @param {Frame} frame
 * @param {Crowd} crowd
 */
export function drawHeads(c, model, frame, crowd) {
  for (const { run, index: i } of hotLast(model.runs.map((run, index) => ({ run, index })), model.hot)) {
    const [x, y] = headOf(run, model, frame);
    if (!isWithin(x, y, frame)) continue;
    c.globalAlpha = presenceOf(i, model);
    const look = { fill: model.tokens.runs[i], casing: model.tokens.halo, width: HEAD_CASING * model.k };
    drawMarker(c, model.markers[i], x, y, HEAD * model.k, look);
    crowd.addBox(around(x, y, HEAD * model.k));
  }
  c.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Model} model
 * @param {Frame} frame
 * @param {Crowd} crowd
 * @param {Directions} directions
 */
export function labelHeads(c, model, frame, crowd, directions) {
  model.runs.forEach((run, i) => {
    const [x, y] = headOf(run, model, frame);
    if (!isWithin(x, y, frame)) return;
    const words = overflowed(run, model) ? overflowWords(run) : run.short;
    c.globalAlpha = presenceOf(i, model);
    const anchor = { x, y, clearance: 12 * model.k, key: String(run.id) };
    drawBeside(c, words, anchor, runStyle(i, model), crowd, directions);
  });
  c.globalAlpha = 1;
}

/**
 * @param {Run} run
 * @param {Model} model
 * @param {Frame} frame
 * @returns {[number, number]}
 */
function headOf(run, model, frame) {
  const [x, y] = position(run, model);
  return [frame.across(x), frame.down(y)];
}

/**
 * @param {number} index
 * @param {Model} model
 */
function runStyle(index, { tokens, k }) {
  return { size: LABEL_SIZE * k, weight: BOLD, color: tokens.runs[index], halo: tokens.halo };
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {string} words
 * @param {{x: number, y: number, clearance: number, key: string}} anchor
 * @param {import("./text.js").TextStyle} style
 * @param {Crowd} crowd
 * @param {Directions} directions
 */
export function drawBeside(c, words, anchor, style, crowd, directions) {
  const size = { width: textWidth(words, style.size, style.weight) + 4, height: 1.15 * style.size };
  const { box, direction } = placeLabel(crowd, anchor, size, directions.get(anchor.key));
  directions.set(anchor.key, direction);
  drawText(c, words, box.left + 2, (box.top + box.bottom) / 2 + 0.36 * style.size, style);
}

// ---- runs out of sight

/**
 * An arrow at the edge towards each run that is out of sight, with how far away it is.
 * @param {CanvasRenderingContext2D} c
 * @param {Model} model
 * @param {Frame} frame
 * @param {Crowd} crowd
 * @param {Directions} directions
 */
export function drawDepartures(c, model, frame, crowd, directions) {
  model.runs.forEach((run, i) => {
    const [x, y] = position(run, model);
    if (Number.isNaN(x + y) || isWithin(frame.across(x), frame.down(y), frame)) return;
    const words = overflowed(run, model) ? overflowWords(run) : awayWords(run, model, frame);
    c.globalAlpha = presenceOf(i, model);
    const exit = { ...departure(run, model, frame), key: String(run.id) };
    pointOut(c, exit, words, runStyle(i, model), { model, crowd, directions });
  });
  c.globalAlpha = 1;
}

/**
 * An arrow at the edge, and words beside it.
 * @param {CanvasRenderingContext2D} c
 * @param {{tip: [number, number], direction: [number, number], key: string}} exit
 * @param {string} words
 * @param {import("./text.js").TextStyle} style
 * @param {{model: Model, crowd: Crowd, directions: Directions}} scene
 */
export function pointOut(c, { tip, direction, key }, words, style, { model: { tokens, k }, crowd, directions }) {
  drawArrow(c, tip, direction, ARROW * k, { fill: style.color, casing: tokens.halo, width: HEAD_CASING * k });
  const middle = (ARROW * k) / 2, x = tip[0] - middle * direction[0], y = tip[1] - middle * direction[1];
  crowd.addBox(around(x, y, middle));
  drawBeside(c, words, { x, y, clearance: 14 * k, key }, style, crowd, directions);
}

/**
 * Where the last step crosses the edge; if it does not, the point of the edge that is nearest.
 * @param {Run} run
 * @param {Model} model
 * @param {Frame} frame
 * @returns {{tip: [number, number], direction: [number, number]}}
 */
export function departure(run, model, frame) {
  const { x, y } = run.path, { row, share } = progress(run, model), before = share > 0 ? row : row - 1;
  const [atX, atY] = position(run, model);
  const edge = withinEdge(frame);
  if (before >= 0) {
    const fromX = frame.across(x[before]), fromY = frame.down(y[before]);
    const direction = directionTo(x[before], y[before], atX, atY), far = 4 * (frame.width + frame.height);
    const cut = isWithin(fromX, fromY, edge)
      ? cutToBounds(fromX, fromY, fromX + far * direction[0], fromY + far * direction[1], edge)
      : cutToBounds(fromX, fromY, frame.across(atX), frame.down(atY), edge);
    if (cut) return { tip: [cut[2], cut[3]], direction };
  }
  const tip = nearestOnEdge(frame.across(atX), frame.down(atY), edge, CORNER * frame.k);
  return { tip, direction: directionTo(frame.x(tip[0]), frame.y(tip[1]), atX, atY) };
}

/** Just inside the picture. @param {Frame} frame */
function withinEdge({ left, right, top, bottom }) {
  return { left: left + 2, right: right - 2, top: top + 2, bottom: bottom - 2 };
}

/**
 * The point of a box's edge that is nearest to a point outside, but for its corners.
 * @param {number} x
 * @param {number} y
 * @param {import("./types.js").Box} box
 * @param {number} corner
 * @returns {[number, number]}
 */
function nearestOnEdge(x, y, { left, right, top, bottom }, corner) {
  const beside = Math.max(left - x, x - right), above = Math.max(top - y, y - bottom);
  return beside >= above
    ? [clampedTo(x, left, right), clampedTo(y, top + corner, bottom - corner)]
    : [clampedTo(x, left + corner, right - corner), clampedTo(y, top, bottom)];
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clampedTo(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/**
 * How far from the picture a run is; one that is no longer followed stays where it was last.
 * @param {Run} run
 * @param {Model} model
 * @param {Frame} frame
 */
function awayWords(run, model, frame) {
  const [x, y] = position(run, model), { short, path } = run;
  const dx = x - clampedTo(x, frame.x(frame.left), frame.x(frame.right));
  const dy = y - clampedTo(y, frame.y(frame.bottom), frame.y(frame.top));
  const when = stepShown(model) > path.last ? ` at step ${count(Math.max(0, path.last))}` : "";
  return `${short}: ${rounded(Math.hypot(dx, dy), 2)} away${when}`;
}

/**
 * Whether a run has come to the end of the numbers. One that is only too far away to be followed is still somewhere.
 * @param {Run} run
 * @param {Model} model
 */
function overflowed({ path }, model) {
  if (path.last >= model.steps || stepShown(model) <= path.last) return false;
  if (path.last < 0) return true;
  const [[left, right], [bottom, top]] = model.surface.box;
  const from = Math.hypot(model.start[0] - (left + right) / 2, model.start[1] - (bottom + top) / 2);
  const away = Math.hypot(path.x[path.last] - (left + right) / 2, path.y[path.last] - (bottom + top) / 2);
  return !(away > REACH * Math.max(from, Math.hypot(right - left, top - bottom)));
}

/** @param {Run} run */
function overflowWords({ short, path }) {
  return `${short}: overflowed at step ${count(path.last + 1)}`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function around(x, y, radius) {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}
