/**
 * Where x may be, on a problem with a constraint.
 */

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Model} Model */

const ALPHA = 0.12, WIDTH = 1.3, DASH = [6, 4];

/**
 * The ends of the segment that x is held in, as dashed lines, and what is beyond them washed.
 * @param {CanvasRenderingContext2D} c
 * @param {Model} model
 * @param {Frame} frame
 */
export function drawBounds(c, { surface, tokens, k }, frame) {
  if (!surface.bounds) return;
  const within = (/** @type {number} */ x) => Math.min(Math.max(frame.across(x), frame.left), frame.right);
  const [low, high] = surface.bounds.map(within);
  c.save();
  c.fillStyle = c.strokeStyle = tokens.ink;
  c.globalAlpha = ALPHA;
  c.fillRect(frame.left, frame.top, low - frame.left, frame.height);
  c.fillRect(high, frame.top, frame.right - high, frame.height);
  c.globalAlpha = 1;
  c.lineWidth = WIDTH * k;
  c.setLineDash(DASH.map((length) => length * k));
  c.beginPath();
  for (const x of [low, high].filter((x) => x > frame.left && x < frame.right)) {
    c.moveTo(x, frame.top);
    c.lineTo(x, frame.bottom);
  }
  c.stroke();
  c.restore();
}
