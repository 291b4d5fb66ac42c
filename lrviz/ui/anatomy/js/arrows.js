/**
 * Arrows on a picture of the plane: the gradient, on a scale of its own, and the step with the parts that it is the sum of.
 */
import { cutToBounds } from "../../stage/js/clip.js";
import { drawArrow } from "../../stage/js/paint.js";
import { placeLabel } from "../../stage/js/labels.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { rounded } from "../../stage/js/numerals.js";
import { lengthOf } from "./figures.js";

/** @typedef {import("./dissected.js").Dissected} Dissected */
/** @typedef {import("./dissected.js").Pair} Pair */
/** @typedef {import("../../stage/js/types.js").Frame} Frame */
/** @typedef {import("../../stage/js/labels.js").Crowd} Crowd */

/**
 * An arrow in pixels. kind: by which its colour is found; words: beside it, none if empty.
 * @typedef {{from: Pair, to: Pair, kind: string, words: string, dash?: number[], width: number}} Arrow
 */

const HEAD = 15, LABEL_SIZE = 15.5, BOLD = 650;
const WIDTH = 3.2, STEP_WIDTH = 4.6;
/** A shorter step is a dot, a shorter part is not seen. */
const SHORTEST = 2.5;
const DASH = [6, 4];
/** Parts that are nearer to the step's arrow than this, in pixels, are moved so far to its side. */
const ASIDE = 11;
/** An arrow that leads out of the picture ends so far from its edge. */
const EDGE = 6;

/**
 * The arrows of the step that is shown; only those whose line has come.
 * @param {Dissected} model
 * @param {Frame} frame
 * @param {number} gradientPixels how long the gradient's arrow is at most
 * @returns {Arrow[]}
 */
export function arrowsOf(model, frame, gradientPixels) {
  const at = (/** @type {Pair} */ [x, y]) => /** @type {Pair} */ ([frame.across(x), frame.down(y)]);
  const here = model.theta(0), from = at(here);
  /** @type {Arrow[]} */
  const arrows = [];
  const scale = gradientScale(model, frame, gradientPixels), [gx, gy] = model.pair("gradient");
  if (scale > 0) {
    const to = at([here[0] - scale * gx, here[1] - scale * gy]);
    arrows.push({ from, to, kind: "grad", words: `$−g_t$ × ${rounded(scale)}`, dash: [2, 3.2], width: WIDTH });
  }
  if (!isReached(model, model.header.lines.length - 1)) return arrows;
  const end = at(model.theta(1));
  arrows.push(...partArrows(model, from, end, at));
  if (model.header.corrected !== null) {
    const [dx, dy] = model.pair("other update"), words = model.header.corrected ? "uncorrected" : "corrected";
    arrows.push({ from, to: at([here[0] + dx, here[1] + dy]), kind: "other", words, dash: DASH, width: WIDTH });
  }
  arrows.push({ from, to: end, kind: "step", words: "step", width: STEP_WIDTH });
  return arrows;
}

/**
 * The parts, one behind the other from θ to where the step ends; beside the step's arrow where that would hide them.
 * @param {Dissected} model
 * @param {Pair} from
 * @param {Pair} end
 * @param {(place: Pair) => Pair} at
 * @returns {Arrow[]}
 */
function partArrows(model, from, end, at) {
  const parts = model.parts().filter(({ by }) => by[0] !== 0 || by[1] !== 0), places = [model.theta(0)];
  if (parts.length < 2) return [];
  for (const { by } of parts) {
    const [x, y] = places[places.length - 1];
    places.push([x + by[0], y + by[1]]);
  }
  const pixels = places.map(at), length = Math.hypot(end[0] - from[0], end[1] - from[1]) || 1;
  /** @type {Pair} across the step, of length 1 */
  const across = [(end[1] - from[1]) / length, (from[0] - end[0]) / length];
  const away = pixels.map(([x, y]) => (x - from[0]) * across[0] + (y - from[1]) * across[1]);
  const largest = away.reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0);
  const aside = Math.abs(largest) < ASIDE * model.k ? (largest < 0 ? -1 : 1) * ASIDE * model.k : 0;
  const moved = pixels.map(([x, y]) => /** @type {Pair} */ ([x + aside * across[0], y + aside * across[1]]));
  const chain = parts.map(({ kind, words }, i) => ({ from: moved[i], to: moved[i + 1], kind, words, width: WIDTH }));
  return chain.filter(({ from: [ax, ay], to: [bx, by] }) => Math.hypot(bx - ax, by - ay) >= SHORTEST);
}

/**
 * Whether a line is shown: all are while none is talked about.
 * @param {Dissected} model
 * @param {number} line
 */
function isReached(model, line) {
  return model.line < 0 || model.line >= line;
}

/**
 * By how much the gradient is multiplied to be drawn: a round number, so that its arrow is as long as it may be.
 * @param {Dissected} model
 * @param {Frame} frame
 * @param {number} pixels
 */
export function gradientScale(model, frame, pixels) {
  const most = (pixels * frame.span) / lengthOf(model.pair("gradient"));
  if (!(most > 0) || !Number.isFinite(most)) return 0;
  const power = 10 ** Math.floor(Math.log10(most));
  return Number((([7, 5, 3, 2].find((digit) => digit * power <= most) ?? 1) * power).toPrecision(1));
}

/**
 * Draws arrows, and then their words where there is room.
 * @param {CanvasRenderingContext2D} c
 * @param {Arrow[]} arrows
 * @param {Dissected} model
 * @param {Crowd} crowd
 */
export function drawArrows(c, arrows, model, crowd) {
  const seen = arrows.flatMap((arrow) => cut(arrow, crowd.frame));
  for (const arrow of seen) {
    drawShaft(c, arrow, model);
    crowd.addSegment(...arrow.from, ...arrow.to);
  }
  for (const arrow of seen) label(c, arrow, model, crowd);
}

/**
 * What of an arrow is in the picture.
 * @param {Arrow} arrow
 * @param {import("../../stage/js/types.js").Box} box
 * @returns {Arrow[]}
 */
function cut(arrow, { left, right, top, bottom }) {
  const bounds = { left: left + EDGE, right: right - EDGE, top: top + EDGE, bottom: bottom - EDGE };
  const piece = cutToBounds(...arrow.from, ...arrow.to, bounds);
  return piece ? [{ ...arrow, from: [piece[0], piece[1]], to: [piece[2], piece[3]] }] : [];
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Arrow} arrow
 * @param {Dissected} model
 */
function drawShaft(c, { from, to, kind, dash = [], width }, model) {
  const { k, tokens, colors } = model, color = colors[kind];
  const dx = to[0] - from[0], dy = to[1] - from[1], length = Math.hypot(dx, dy);
  if (length < SHORTEST) {
    c.beginPath();
    c.arc(to[0], to[1], width * k, 0, 2 * Math.PI);
    c.fillStyle = color;
    c.fill();
    return;
  }
  const head = Math.min(HEAD * k * (width > WIDTH ? 1.2 : 1), 0.6 * length), shaft = (length - 0.7 * head) / length;
  c.lineCap = "butt";
  for (
    const [style, thickness, dashes] of /** @type {const} */ ([[tokens.halo, width + 3, []], [color, width, dash]])
  ) {
    c.beginPath();
    c.moveTo(...from);
    c.lineTo(from[0] + shaft * dx, from[1] + shaft * dy);
    c.strokeStyle = style;
    c.lineWidth = thickness * k;
    c.setLineDash(dashes.map((part) => part * k));
    c.stroke();
  }
  c.setLineDash([]);
  drawArrow(c, to, [dx / length, dy / length], head, { fill: color, casing: tokens.halo, width: 1.5 * k });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Arrow} arrow
 * @param {Dissected} model
 * @param {Crowd} crowd
 */
function label(c, { from, to, kind, words }, model, crowd) {
  if (!words) return;
  const { k, tokens, colors } = model, size = LABEL_SIZE * k;
  const anchor = { x: 0.25 * from[0] + 0.75 * to[0], y: 0.25 * from[1] + 0.75 * to[1], clearance: 9 * k };
  const place = { width: textWidth(words, size, BOLD) + 4, height: 1.15 * size };
  const { box } = placeLabel(crowd, anchor, place);
  const style = { size, weight: BOLD, color: colors[kind], halo: tokens.halo };
  drawText(c, words, box.left + 2, (box.top + box.bottom) / 2 + 0.36 * size, style);
}
