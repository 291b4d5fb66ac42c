/**
 * The runs' paths: what has been walked thick, what is to come thin, steps as dots where they can be told apart.
 */
import { isWithin, visiblePieces } from "./clip.js";
import { progress } from "./moment.js";
import { addMarker, scaledDash } from "./paint.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./labels.js").Crowd} Crowd */

/** Widths in CSS pixels at a scale of 1. */
const PAST = 2.6, HOT_PAST = 3.2, PAST_CASING = 5.4, FUTURE = 1.2, FUTURE_CASING = 3;
const FUTURE_ALPHA = 0.6;
/** How much of a run is left while another is pointed at. */
const BESIDE_HOT = 0.3;
const DOT = 3, DOT_CASING = 1.3;
/** Dots nearer than this to the one before are left out. */
const DOT_DISTANCE = 10;
const MOST_DOTS = 400;
/** From so many steps on corners are not rounded: it takes long, and where so many lie together it is not seen. */
export const MANY_STEPS = 1500;

/**
 * A run's path on the screen.
 * @typedef {object} Trace
 * @property {number} index the run's
 * @property {Path2D} past
 * @property {Path2D} future
 * @property {[number, number][]} dots
 */

/**
 * @param {Run} run
 * @param {number} index
 * @param {Model} model
 * @param {Frame} frame
 * @param {Crowd} crowd which is told where the path runs
 * @returns {Trace}
 */
export function tracePath(run, index, model, frame, crowd) {
  const now = progress(run, model), end = { row: Math.max(0, run.path.last), share: 0 };
  const past = joinedPieces(run, frame, { row: 0, share: 0 }, now, crowd);
  const future = joinedPieces(run, frame, now, end, crowd);
  return { index, past, future, dots: separateDots(run, now.row, frame) };
}

/**
 * @param {Run} run
 * @param {Frame} frame
 * @param {{row: number, share: number}} from
 * @param {{row: number, share: number}} to
 * @param {Crowd} crowd
 */
function joinedPieces(run, frame, from, to, crowd) {
  const line = new Path2D();
  visiblePieces(run.path, frame, from, to, (ax, ay, bx, by, joined) => {
    if (!joined) line.moveTo(ax, ay);
    line.lineTo(bx, by);
    crowd.addSegment(ax, ay, bx, by);
  });
  return line;
}

/**
 * The steps that have been reached, are in sight and far enough from each other; none if there are too many.
 * @param {Run} run
 * @param {number} row the last step
 * @param {Frame} frame
 * @returns {[number, number][]}
 */
function separateDots({ path }, row, frame) {
  /** @type {[number, number][]} */
  const dots = [];
  const distance = DOT_DISTANCE * frame.k;
  let beforeX = frame.across(path.x[0]), beforeY = frame.down(path.y[0]);
  for (let i = 1; i <= row; i++) {
    const x = frame.across(path.x[i]), y = frame.down(path.y[i]);
    const far = Math.abs(x - beforeX) > distance || Math.abs(y - beforeY) > distance;
    [beforeX, beforeY] = [x, y];
    if (!far || !isWithin(x, y, frame)) continue;
    if (dots.length === MOST_DOTS) return [];
    dots.push([x, y]);
  }
  return dots;
}

/**
 * Draws all casings and then all lines in the order of the runs, so that each shows through the gaps of those above it,
 * what is to come below what has been walked.
 * @param {CanvasRenderingContext2D} c
 * @param {Trace[]} traces
 * @param {Model} model
 */
export function drawPaths(c, traces, model) {
  const ordered = hotLast(traces, model.hot), { k, tokens, dashes } = model;
  c.lineCap = "round";
  c.lineJoin = model.steps > MANY_STEPS ? "bevel" : "round";
  c.setLineDash([]);
  c.strokeStyle = tokens.halo;
  for (const trace of ordered) {
    const presence = presenceOf(trace.index, model);
    strokePath(c, trace.future, FUTURE_CASING * k, FUTURE_ALPHA * presence);
    strokePath(c, trace.past, PAST_CASING * k, presence);
  }
  c.lineCap = "butt";
  for (const trace of ordered) {
    const presence = presenceOf(trace.index, model);
    c.strokeStyle = tokens.runs[trace.index];
    c.setLineDash(scaledDash(dashes[trace.index], k));
    strokePath(c, trace.future, FUTURE * k, FUTURE_ALPHA * presence);
  }
  for (const trace of ordered) {
    c.strokeStyle = tokens.runs[trace.index];
    c.setLineDash(scaledDash(dashes[trace.index], k));
    strokePath(c, trace.past, (trace.index === model.hot ? HOT_PAST : PAST) * k, presenceOf(trace.index, model));
  }
  c.setLineDash([]);
  for (const trace of ordered) drawDots(c, trace, model);
  c.globalAlpha = 1;
}

/**
 * In the order in which they are drawn: what belongs to the run that is pointed at comes last, on top.
 * @template {{index: number}} T
 * @param {T[]} items
 * @param {number} hot
 * @returns {T[]}
 */
export function hotLast(items, hot) {
  return hot < 0 ? items : [...items].sort((a, b) => Number(a.index === hot) - Number(b.index === hot));
}

/**
 * The opacity of what belongs to a run.
 * @param {number} index
 * @param {Model} model
 */
export function presenceOf(index, { hot }) {
  return hot >= 0 && hot !== index ? BESIDE_HOT : 1;
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Path2D} path
 * @param {number} width
 * @param {number} alpha
 */
function strokePath(c, path, width, alpha) {
  c.lineWidth = width;
  c.globalAlpha = alpha;
  c.stroke(path);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Trace} trace
 * @param {Model} model
 */
function drawDots(c, { dots, index }, model) {
  if (dots.length === 0) return;
  const { k, tokens, markers } = model, outline = new Path2D();
  for (const [x, y] of dots) addMarker(outline, markers[index], x, y, DOT * k);
  c.globalAlpha = presenceOf(index, model);
  c.strokeStyle = tokens.halo;
  c.lineWidth = 2 * DOT_CASING * k;
  c.stroke(outline);
  c.fillStyle = tokens.runs[index];
  c.fill(outline);
}
