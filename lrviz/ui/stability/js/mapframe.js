/**
 * The frame of the map: its edge, the ticks beside it, and the axes' names. The values of the run that is shown stand bold
 * in place of the ticks that they would touch.
 */
import { rounded } from "../../stage/js/numerals.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { symbolMarkup } from "./mapaxis.js";

/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** @typedef {import("./mapaxis.js").MapAxis} MapAxis */
/** @typedef {import("./mapdraw.js").Plot} Plot */
/** @typedef {import("./mapmodel.js").MapModel} MapModel */

/** Sizes in CSS pixels. */
const TICK = 5, TICK_TEXT = 12.5, TICK_DISTANCE = 62, NAME_TEXT = 17, WHOSE_TEXT = 13, VALUE_TEXT = 13;
const EDGE_ALPHA = 0.6;

/**
 * @param {CanvasRenderingContext2D} c
 * @param {MapModel} model
 * @param {Plot} plot
 * @param {number} width the canvas's
 */
export function drawAxes(c, { given, values, stage: { tokens } }, plot, width) {
  const { left, right, top, bottom } = plot, quiet = { size: TICK_TEXT, color: tokens.ink2 };
  c.lineWidth = 1;
  c.strokeStyle = tokens.rail;
  c.globalAlpha = EDGE_ALPHA;
  c.strokeRect(left - 0.5, top - 0.5, plot.width + 1, plot.height + 1);
  c.globalAlpha = 1;
  c.beginPath();
  const bold = { size: VALUE_TEXT, weight: 700, color: tokens.ink };
  const now = values.map((value) => rounded(value));
  /** @type {[number, number][]} stretches along the axis that are taken */
  let taken = [];
  const free = (/** @type {number} */ from, /** @type {number} */ to) =>
    taken.every(([start, end]) => to < start || from > end) && taken.push([from, to]);
  const here = given.across.share(values[0]),
    x = left + here * plot.width,
    half = textWidth(now[0], VALUE_TEXT, 700) / 2;
  if (here >= 0 && here <= 1) {
    const middle = Math.max(half, Math.min(width - half, x));
    free(middle - half - 6, middle + half + 6);
    drawText(c, now[0], middle, bottom + 18, { ...bold, align: "center" });
  }
  for (const { value, label } of given.across.ticks(plot.width / TICK_DISTANCE)) {
    const tick = Math.round(left + given.across.share(value) * plot.width) + 0.5,
      wide = textWidth(label, TICK_TEXT) / 2;
    c.moveTo(tick, bottom);
    c.lineTo(tick, bottom + TICK);
    const middle = Math.min(tick, width - wide);
    if (free(middle - wide - 4, middle + wide + 4)) {
      drawText(c, label, middle, bottom + 18, { ...quiet, align: "center" });
    }
  }
  taken = [];
  const level = given.up.share(values[1]), y = bottom - level * plot.height;
  if (level >= 0 && level <= 1) {
    free(y - 11, y + 11);
    drawText(c, now[1], left - 7, y + 4.5, { ...bold, align: "right" });
  }
  for (const { value, label } of given.up.ticks(plot.height / TICK_DISTANCE)) {
    const tick = Math.round(bottom - given.up.share(value) * plot.height) + 0.5;
    c.moveTo(left, tick);
    c.lineTo(left - TICK, tick);
    if (free(tick - 9, tick + 9)) drawText(c, label, left - 8, tick + 4.5, { ...quiet, align: "right" });
  }
  c.strokeStyle = tokens.rail;
  c.stroke();
  drawName(c, given.across, right, bottom + 37, "right", tokens);
  drawName(c, given.up, 4, top - 9, "left", tokens);
}

/**
 * An axis' symbol, and what it is a number of.
 * @param {CanvasRenderingContext2D} c
 * @param {MapAxis} axis
 * @param {number} x
 * @param {number} y
 * @param {"left" | "right"} align
 * @param {Tokens} tokens
 */
function drawName(c, { given: { symbol, whose } }, x, y, align, tokens) {
  const markup = symbolMarkup(symbol), wide = textWidth(markup, NAME_TEXT), gap = 6;
  const rest = textWidth(whose, WHOSE_TEXT), start = align === "left" ? x : x - wide - gap - rest;
  drawText(c, markup, start, y, { size: NAME_TEXT, color: tokens.ink });
  drawText(c, whose, start + wide + gap, y, { size: WHOSE_TEXT, color: tokens.ink2 });
}
