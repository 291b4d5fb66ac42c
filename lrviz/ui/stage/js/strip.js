/**
 * The outcome strip under a run's η: what becomes of the run for each η on the axis, and what theory says about it.
 */
import { clearedCanvas, hatchPattern, isDark } from "./paint.js";
import { drawText, textWidth } from "./text.js";
import { noTheoryNote, theoryMarks } from "./theory.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./theory.js").Mark} Mark */

/** Sizes in CSS pixels at a scale of 1. */
const HEIGHT = 17, RADIUS = 4, GAP = 1, LETTER_ROOM = 14, LETTER_SIZE = 12, PATCH = 15;
const HATCH_ALPHA = 0.3;
const OUTLINE_ALPHA = 0.55;
/** A letter keeps so far from the needle, which stands at the run's η. */
const NEEDLE_ROOM = 3;
const TICK = 6, MARK_SIZE = 12, MARK_BASELINE = 17, MARK_GAP = 7, MARK_SIDE = 4;
/** Marks nearer than this are one. */
const SAME = 3;
const PLACEHOLDER_BARS = 24;

/** @typedef {{kind: string, from: number, to: number}} Segment in CSS pixels along the strip */

/**
 * Draws the strip over the whole width of its canvas, and below it what fits of theory's marks.
 * @param {HTMLCanvasElement} canvas
 * @param {Run} run
 * @param {Model} model
 */
export function drawStrip(canvas, run, model) {
  const { c, width, height, density } = clearedCanvas(canvas), { tokens, k } = model;
  if (width === 0) return;
  const deep = Math.min(HEIGHT * k, height);
  c.save();
  c.beginPath();
  c.roundRect(0, 0, width, deep, RADIUS * k);
  c.clip();
  if (run.strip) {
    drawSegments(c, segmentsOf(run, run.strip, model, width), deep, needleAt(run, model, width), model, density);
  } else drawPlaceholder(c, width, deep, tokens);
  c.restore();
  if (isDark(tokens.paper)) outline(c, width, deep, model);
  if (height >= deep + (TICK + MARK_SIZE) * k) drawTheory(c, run, model, width, deep);
  else {drawTicks(
      c,
      theoryMarks(run, model.surface).map(({ eta }) => along(eta, model, width)),
      deep,
      Math.min(TICK * k, height - deep),
      model,
    );}
}

/**
 * Where an η lies along the strip.
 * @param {number} eta
 * @param {Model} model
 * @param {number} width
 */
function along(eta, { etaAxis: [low, high] }, width) {
  return (Math.log(eta / low) / Math.log(high / low)) * width;
}

/**
 * @param {Run} run
 * @param {Model} model
 * @param {number} width
 */
function needleAt({ eta }, model, width) {
  return Math.max(0, Math.min(width, along(eta, model, width)));
}

// ---- outcomes

/**
 * Stretches of one outcome; each η stands for what is nearer to it than to its neighbours.
 * @param {Run} run
 * @param {Uint8Array} strip
 * @param {Model} model
 * @param {number} width
 * @returns {Segment[]}
 */
function segmentsOf({ stripEtas }, strip, model, width) {
  /** @type {Segment[]} */
  const segments = [];
  let from = 0;
  for (let i = 0; i < strip.length; i++) {
    const isLast = i === strip.length - 1;
    if (!isLast && strip[i + 1] === strip[i]) continue;
    const to = isLast ? width : along(Math.sqrt(stripEtas[i]) * Math.sqrt(stripEtas[i + 1]), model, width);
    segments.push({ kind: model.kinds[strip[i]], from, to });
    from = to;
  }
  return segments;
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Segment[]} segments
 * @param {number} deep
 * @param {number} needle
 * @param {Model} model
 * @param {number} density
 */
function drawSegments(c, segments, deep, needle, model, density) {
  const { tokens, k } = model, snap = (/** @type {number} */ x) => Math.round(x * density) / density;
  segments.forEach(({ kind, from, to }, i) => {
    const [fill, text] = tokens.outcomes[kind], left = snap(from), gap = i < segments.length - 1 ? GAP : 0;
    // A gap must not swallow the narrowest segments.
    const span = Math.max(snap(to) - left - gap, 1 / density);
    c.fillStyle = fill;
    c.fillRect(left, 0, span, deep);
    const hatch = hatchPattern(c, kind, text, density);
    if (hatch) {
      c.globalAlpha = HATCH_ALPHA;
      c.fillStyle = hatch;
      c.fillRect(left, 0, span, deep);
      c.globalAlpha = 1;
    }
    if (span >= LETTER_ROOM * k) drawLetter(c, kind, left, left + span, deep, needle, model);
  });
}

/**
 * An outcome's letter on a plain patch in the middle of its segment, or beside the needle if that stands there.
 * @param {CanvasRenderingContext2D} c
 * @param {string} kind
 * @param {number} from
 * @param {number} to
 * @param {number} deep
 * @param {number} needle
 * @param {Model} model
 */
function drawLetter(c, kind, from, to, deep, needle, { tokens, words, k }) {
  const [fill, text] = tokens.outcomes[kind], half = (PATCH * k) / 2, clear = half + NEEDLE_ROOM * k;
  const places = [(from + to) / 2, needle - clear, needle + clear];
  const middle = places.find((x) =>
    Math.abs(x - needle) >= clear - 0.01 && x - half >= from - 0.5 && x + half <= to + 0.5
  );
  if (middle === undefined) return;
  c.fillStyle = fill;
  c.fillRect(middle - half, 0, 2 * half, deep);
  const style = { size: LETTER_SIZE * k, weight: 700, color: text };
  drawText(c, words[kind].letter, middle, deep / 2 + 0.36 * style.size, { ...style, align: "center" });
}

/**
 * Quiet bars while the outcomes are not known yet.
 * @param {CanvasRenderingContext2D} c
 * @param {number} width
 * @param {number} deep
 * @param {import("./types.js").Tokens} tokens
 */
function drawPlaceholder(c, width, deep, tokens) {
  c.fillStyle = tokens.wash;
  c.fillRect(0, 0, width, deep);
  c.fillStyle = tokens.rule;
  for (let i = 1; i < PLACEHOLDER_BARS; i++) c.fillRect((i * width) / PLACEHOLDER_BARS, 0, 1, deep);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {number} width
 * @param {number} deep
 * @param {Model} model
 */
function outline(c, width, deep, { tokens, k }) {
  c.beginPath();
  c.roundRect(0.5, 0.5, width - 1, deep - 1, RADIUS * k);
  c.strokeStyle = tokens.line;
  c.globalAlpha = OUTLINE_ALPHA;
  c.lineWidth = 1;
  c.stroke();
  c.globalAlpha = 1;
}

// ---- theory

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Run} run
 * @param {Model} model
 * @param {number} width
 * @param {number} deep
 */
function drawTheory(c, run, model, width, deep) {
  const { tokens, k } = model, size = MARK_SIZE * k, baseline = deep + MARK_BASELINE * k;
  const note = noTheoryNote(run, model.surface);
  if (note) {
    const words = note.find((text) => textWidth(text, size) <= width);
    if (words) drawText(c, words, 0, baseline, { size, color: tokens.ink2 });
  }
  const known = theoryMarks(run, model.surface).map((mark) => ({ ...mark, x: along(mark.eta, model, width) }));
  const marks = merged(known, width, k);
  drawTicks(c, marks.map(({ x }) => x), deep, TICK * k, model);
  // From the right, so that of labels that would touch the limit's stays.
  let free = width + MARK_GAP * k;
  for (const { x, label } of marks.reverse()) {
    const left = note ? undefined : labelLeft(x, textWidth(label, size), free - MARK_GAP * k, k);
    if (left === undefined) continue;
    drawText(c, label, left, baseline, { size, color: tokens.ink2 });
    free = left;
  }
}

/**
 * Where a tick's label begins: to the right of the tick, below it or to the left of it, where there is room.
 * @param {number} x the tick's
 * @param {number} wide
 * @param {number} end of the room
 * @param {number} k
 */
function labelLeft(x, wide, end, k) {
  return [x - MARK_SIDE * k, x - wide / 2, x + MARK_SIDE * k - wide].find((left) => left >= 0 && left + wide <= end);
}

/**
 * The marks on the strip from left to right, those that cannot be told apart as one.
 * @param {(Mark & {x: number})[]} marks
 * @param {number} width
 * @param {number} k
 */
function merged(marks, width, k) {
  /** @type {{x: number, label: string}[]} */
  const apart = [];
  for (const { x, label } of marks.filter(({ x }) => x >= 0 && x <= width).sort((a, b) => a.x - b.x)) {
    const before = apart[apart.length - 1];
    if (before && x - before.x < SAME * k) before.label += ` ≈ ${label}`;
    else apart.push({ x, label });
  }
  return apart;
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {number[]} xs
 * @param {number} deep
 * @param {number} length
 * @param {Model} model
 */
function drawTicks(c, xs, deep, length, { tokens, k }) {
  c.fillStyle = tokens.ink;
  for (const x of xs) {
    if (Number.isFinite(x)) c.fillRect(x - 0.75 * k, deep + 1, 1.5 * k, Math.max(0, length - 1));
  }
}
