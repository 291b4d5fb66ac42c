/**
 * The dots of a cloud on the plane, and the ellipses: that of the dots with its sampling error, and those of theory.
 */
import { seeThrough } from "../../stage/js/paint.js";

/** @typedef {import("./cloud.js").Shown} Shown */
/** @typedef {import("../../stage/js/types.js").Frame} Place */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** @typedef {[[number, number], [number, number]]} Box */
/** Mean x and y, covariance xx, xy and yy. @typedef {[number, number, number, number, number]} Ellipse */

/** Ellipses are drawn at so many standard deviations; a normal cloud has 86 % of its dots inside. */
export const DEVIATIONS = 2;
/** Of a sampling error so many are shown, on both sides. */
export const ERRORS = 2;
const DOT = 2.1, DOT_ALPHA = 0.55, BAND_ALPHA = 0.22;
const CORNERS = 96;
export const THEORY_DASH = [9, 3.5];
export const END_DASH = [2, 3.2];
/** A view close up shows so many standard deviations. */
const CLOSE = 4.5;
const MARGIN = 0.12;

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Shown} shown
 * @param {number} frame
 * @param {Place} place
 * @param {Tokens} tokens
 */
export function drawSwarm(c, shown, frame, place, tokens) {
  const { arrays, header: { cloud } } = shown, [measured, theory] = tokens.runs;
  drawDots(c, arrays.clouds, frame, cloud.seeds, place, seeThrough(measured, DOT_ALPHA));
  const own = ellipseOf(arrays.mean, arrays.covariance, frame);
  const error = (ERRORS * arrays.width_error[frame]) / arrays.width[frame];
  c.beginPath();
  addEllipse(c, own, DEVIATIONS * (1 + error), place);
  addEllipse(c, own, DEVIATIONS * Math.max(0, 1 - error), place);
  c.fillStyle = seeThrough(measured, BAND_ALPHA);
  c.fill("evenodd");
  strokeEllipse(c, own, place, tokens.halo, measured, [], 2.4);
  const { expected_mean: mean, expected_covariance: covariance } = arrays;
  if (!mean || !covariance) return;
  const { rest, settled } = cloud;
  if (rest && settled) strokeEllipse(c, [...rest, ...settled], place, tokens.halo, theory, END_DASH, 1.8);
  strokeEllipse(c, ellipseOf(mean, covariance, frame), place, tokens.halo, theory, THEORY_DASH, 2.2);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Float32Array} clouds
 * @param {number} frame
 * @param {number} seeds
 * @param {Place} place
 * @param {string} color
 */
function drawDots(c, clouds, frame, seeds, place, color) {
  const at = 2 * seeds * frame;
  c.beginPath();
  for (let i = 0; i < seeds; i++) {
    const x = place.across(clouds[at + i]), y = place.down(clouds[at + seeds + i]);
    if (!(x > place.left - DOT && x < place.right + DOT && y > place.top - DOT && y < place.bottom + DOT)) continue;
    c.moveTo(x + DOT, y);
    c.arc(x, y, DOT, 0, 2 * Math.PI);
  }
  c.fillStyle = color;
  c.fill();
}

/**
 * @param {Float64Array} mean
 * @param {Float64Array} covariance
 * @param {number} frame
 * @returns {Ellipse}
 */
function ellipseOf(mean, covariance, frame) {
  const [xx, xy, yy] = covariance.subarray(3 * frame, 3 * frame + 3);
  return [mean[2 * frame], mean[2 * frame + 1], xx, xy, yy];
}

/**
 * Adds the outline at so many standard deviations to the path; none where something is not finite.
 * @param {CanvasRenderingContext2D} c
 * @param {Ellipse} ellipse
 * @param {number} deviations
 * @param {Place} place
 */
function addEllipse(c, [x, y, xx, xy, yy], deviations, place) {
  if (![x, y, xx, xy, yy, deviations].every(Number.isFinite)) return;
  // The lower triangle L with L·Lᵀ = Σ turns a circle into the ellipse.
  const a = Math.sqrt(Math.max(xx, 0)), b = a > 0 ? xy / a : 0, d = Math.sqrt(Math.max(yy - b * b, 0));
  for (let i = 0; i <= CORNERS; i++) {
    const u = deviations * Math.cos((2 * Math.PI * i) / CORNERS),
      v = deviations * Math.sin((2 * Math.PI * i) / CORNERS);
    const across = place.across(x + a * u), down = place.down(y + b * u + d * v);
    if (i === 0) c.moveTo(across, down);
    else c.lineTo(across, down);
  }
  c.closePath();
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Ellipse} ellipse
 * @param {Place} place
 * @param {string} halo
 * @param {string} color
 * @param {number[]} dash
 * @param {number} width
 */
function strokeEllipse(c, ellipse, place, halo, color, dash, width) {
  c.beginPath();
  addEllipse(c, ellipse, DEVIATIONS, place);
  c.setLineDash([]);
  c.strokeStyle = seeThrough(halo, 0.8);
  c.lineWidth = width + 2.4;
  c.stroke();
  c.setLineDash(dash);
  c.strokeStyle = color;
  c.lineWidth = width;
  c.stroke();
  c.setLineDash([]);
}

// ---- what is in view

/**
 * The last cloud; the whole surface where it has blown up.
 * @param {Shown} shown
 * @returns {Box}
 */
export function closeBox({ arrays, header: { surface } }) {
  const last = arrays.frames.length - 1, [x, y, xx, , yy] = ellipseOf(arrays.mean, arrays.covariance, last);
  const [[left, right]] = surface.box, least = 1e-6 * (right - left);
  const across = Math.max(CLOSE * Math.sqrt(xx), least), up = Math.max(CLOSE * Math.sqrt(yy), least);
  if (![x, y, across, up].every(Number.isFinite) || across > 10 * (right - left)) return surface.box;
  return [[x - across, x + across], [y - up, y + up]];
}

/**
 * The start and the last cloud.
 * @param {Shown} shown
 * @returns {Box}
 */
export function wayBox(shown) {
  const { start } = shown.header, [[left, right], [bottom, top]] = closeBox(shown);
  const [low, high] = [Math.min(left, start[0]), Math.max(right, start[0])];
  const [under, over] = [Math.min(bottom, start[1]), Math.max(top, start[1])];
  const across = MARGIN * (high - low), up = MARGIN * (over - under);
  return [[low - across, high + across], [under - up, over + up]];
}
