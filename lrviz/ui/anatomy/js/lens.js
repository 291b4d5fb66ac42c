/**
 * The lens: the surroundings of the step, enlarged until it can be seen, with its arrows.
 */
import { arrowsOf, drawArrows } from "./arrows.js";
import { Ground } from "../../stage/js/ground.js";
import { Crowd } from "../../stage/js/labels.js";
import { rounded } from "../../stage/js/numerals.js";
import { addMarker, cased, clearedCanvas } from "../../stage/js/paint.js";
import { drawText, textWidth } from "../../stage/js/text.js";

/** @typedef {import("./dissected.js").Dissected} Dissected */
/** @typedef {import("../../stage/js/types.js").Frame} Frame */
/** @typedef {import("../../stage/js/types.js").View} View */

/** How much of the lens's width or height the step and its parts take at most. */
const FILLED = 0.5;
/** How much of it the gradient's arrow takes at most. */
const GRADIENT = 0.3;
const BAR = 0.22, BAR_SIZE = 13, BAR_MARGIN = 14, BAR_END = 4;
const POINT = 5;

export class Lens {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.ground = new Ground();
  }

  /**
   * Draws; whether it should be drawn again soon, finer.
   * @param {Dissected} model
   */
  draw(model) {
    const { c, width, height, density } = clearedCanvas(this.canvas);
    if (model.steps < 1) return false;
    const view = lensView(model, width, height), frame = lensFrame(view, width, height, model.k);
    this.ground.update(frame, /** @type {any} */ ({ ...plain(model), view }), density, performance.now());
    this.ground.draw(c, frame);
    const crowd = new Crowd(frame);
    drawScaleBar(c, frame, model, crowd);
    drawArrows(c, arrowsOf(model, frame, GRADIENT * Math.min(width, height)), model, crowd);
    drawEnds(c, frame, model);
    return this.ground.coarse;
  }
}

/** What the ground asks for. @param {Dissected} model */
function plain({ surface, runs, tokens }) {
  return { surface, runs, tokens };
}

/**
 * The middle of the step, and a round enlargement in which all of it is seen: it changes by jumps, not with each step.
 * @param {Dissected} model
 * @param {number} width
 * @param {number} height
 * @returns {View}
 */
export function lensView(model, width, height) {
  const ends = [model.theta(0), model.theta(1)];
  let [x, y] = model.theta(0);
  for (const { by } of model.parts()) ends.push([x += by[0], y += by[1]]);
  const xs = ends.map(([at]) => at), ys = ends.map(([, at]) => at);
  const across = Math.max(...xs) - Math.min(...xs), down = Math.max(...ys) - Math.min(...ys);
  const least = Math.max(across / (FILLED * width), down / (FILLED * height)), [[left, right]] = model.surface.box;
  const span = roundUp(least > 0 && Number.isFinite(least) ? least : (right - left) / width / 1000);
  return { x: (Math.max(...xs) + Math.min(...xs)) / 2, y: (Math.max(...ys) + Math.min(...ys)) / 2, span };
}

/** The next round number. @param {number} least */
function roundUp(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 1.5, 2, 3, 5, 7].find((digit) => digit * power >= least) ?? 10);
}

/**
 * The plane laid onto all of the canvas.
 * @param {View} view
 * @param {number} width
 * @param {number} height
 * @param {number} k
 * @returns {Frame}
 */
function lensFrame({ x, y, span }, width, height, k) {
  return {
    left: 0,
    top: 0,
    right: width,
    bottom: height,
    width,
    height,
    span,
    k,
    across: (at) => width / 2 + (at - x) / span,
    down: (at) => height / 2 - (at - y) / span,
    x: (pixels) => x + (pixels - width / 2) * span,
    y: (pixels) => y - (pixels - height / 2) * span,
  };
}

/**
 * θ before and after.
 * @param {CanvasRenderingContext2D} c
 * @param {Frame} frame
 * @param {Dissected} model
 */
function drawEnds(c, frame, { theta, step, arrays, colors, tokens, k, header }) {
  const from = theta.call({ step, arrays }, 0);
  c.beginPath();
  addMarker(c, header.markers[0], frame.across(from[0]), frame.down(from[1]), POINT * k);
  cased(c, { fill: colors.step, casing: tokens.halo, width: 2 * k });
}

/**
 * A length to compare with.
 * @param {CanvasRenderingContext2D} c
 * @param {Frame} frame
 * @param {Dissected} model
 * @param {Crowd} crowd
 */
function drawScaleBar(c, { bottom, width, span }, { tokens, k }, crowd) {
  const most = BAR * width * span, power = 10 ** Math.floor(Math.log10(most));
  const length = Number((([5, 2].find((digit) => digit * power <= most) ?? 1) * power).toPrecision(1));
  const size = BAR_SIZE * k, left = BAR_MARGIN * k, right = left + length / span, y = bottom - BAR_MARGIN * k;
  const end = BAR_END * k;
  for (const [color, thickness] of /** @type {const} */ ([[tokens.halo, 5], [tokens.ink, 1.8]])) {
    c.beginPath();
    c.moveTo(left, y - end);
    c.lineTo(left, y);
    c.lineTo(right, y);
    c.lineTo(right, y - end);
    c.strokeStyle = color;
    c.lineWidth = thickness * k;
    c.stroke();
  }
  const words = rounded(length);
  drawText(c, words, left, y - 2 * end, { size, color: tokens.ink, halo: tokens.halo });
  crowd.addBox({
    left,
    right: Math.max(right, left + textWidth(words, size)),
    top: y - size - 2 * end,
    bottom: y + end,
  });
}
