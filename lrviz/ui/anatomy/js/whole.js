/**
 * The whole picture: the path so far on the contour, the arrows at θ, and where the lens looks.
 */
import { arrowsOf, drawArrows } from "./arrows.js";
import { drawContour, fittedView, geometry } from "../../stage/js/contour.js";
import { Crowd } from "../../stage/js/labels.js";
import { lensView } from "./lens.js";

/** @typedef {import("./dissected.js").Dissected} Dissected */
/** @typedef {import("../../stage/js/types.js").Frame} Frame */
/** @typedef {import("../../stage/js/types.js").View} View */

/** How much of the picture's smaller side the gradient's arrow takes at most. */
const GRADIENT = 0.2;
/** A lens that would be seen larger than this share of the picture needs no box. */
const LARGEST_BOX = 0.6;

export class Whole {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
  }

  /**
   * Draws; whether it should be drawn again soon, finer.
   * @param {Dissected} model
   * @param {HTMLCanvasElement} lens
   */
  draw(model, lens) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    model.view = fittedView(model.surface.box, width, height, model.k);
    const isCoarse = drawContour(this.canvas, /** @type {any} */ (model));
    const c = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    if (model.steps < 1) return isCoarse;
    const frame = geometry(/** @type {any} */ (model), width, height);
    c.save();
    c.beginPath();
    c.rect(frame.left, frame.top, frame.width, frame.height);
    c.clip();
    const arrows = arrowsOf(model, frame, GRADIENT * Math.min(width, height));
    const main = arrows.filter(({ kind }) => kind === "grad" || kind === "step");
    drawArrows(c, main.map((arrow) => ({ ...arrow, words: "" })), model, new Crowd(frame));
    drawLensBox(c, frame, lensView(model, lens.clientWidth, lens.clientHeight), lens, model);
    c.restore();
    return isCoarse;
  }
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Frame} frame
 * @param {View} view
 * @param {HTMLCanvasElement} lens
 * @param {Dissected} model
 */
function drawLensBox(c, frame, { x, y, span }, { clientWidth, clientHeight }, { tokens, k }) {
  const width = (clientWidth * span) / frame.span, height = (clientHeight * span) / frame.span;
  if (width > LARGEST_BOX * frame.width || height > LARGEST_BOX * frame.height) return;
  c.setLineDash([]);
  for (const [color, thickness] of /** @type {const} */ ([[tokens.halo, 4], [tokens.ink, 1.5]])) {
    c.strokeStyle = color;
    c.lineWidth = thickness * k;
    c.strokeRect(frame.across(x) - width / 2, frame.down(y) - height / 2, width, height);
  }
}
