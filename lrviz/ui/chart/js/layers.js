/**
 * The layers of a panel: lines, bands, dots, marks, levels and washed stretches.
 */
import { addMarker, cased, drawArrow, hatchPattern, isDark, seeThrough } from "../../stage/js/paint.js";
import { ink } from "./chartink.js";

/** @typedef {import("./layout.js").Laid} Laid */
/** @typedef {import("./given.js").Layer} Layer */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */

const BAND_ALPHA = 0.18, ZONE_LIGHT = 0.16, ZONE_DARK = 0.24, HATCH_ALPHA = 0.16;
const DOT = 4.2, NEW_DOT = 6.2, CASING = 1.6, HOLLOW = 1.8;
const ARROW = 9, ARROW_ROOM = 3, STEM = 2;
const MARK = 1.6, LEVEL = 1.4;
/** Lines go on so far beyond the panel, where they are not seen. */
const BEYOND = 1e4;

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Laid} panel
 * @param {Tokens} tokens
 * @param {number} density
 */
export function drawLayers(c, panel, tokens, density) {
  const { layers, left, right, top, bottom } = panel;
  c.save();
  c.beginPath();
  c.rect(left, top - 1, right - left + 1, bottom - top + 2);
  c.clip();
  for (const layer of layers) if (layer.kind === "zone") drawZone(c, layer, panel, tokens, density);
  for (const layer of layers) if (layer.kind === "band") drawBand(c, layer, panel, tokens);
  for (const layer of layers) {
    if (layer.kind === "mark") drawMark(c, layer, panel, tokens);
    if (layer.kind === "level") drawLevel(c, layer, panel, tokens);
  }
  for (const layer of layers) if (layer.kind === "line") drawLine(c, layer, panel, tokens);
  c.restore();
  // Dots on the edge are whole.
  for (const layer of layers) if (layer.kind === "dots") drawDots(c, layer, panel, tokens);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("./given.js").Zone} zone
 * @param {Laid} panel
 * @param {Tokens} tokens
 * @param {number} density
 */
function drawZone(c, { colour, low, high }, { across, top, bottom }, tokens, density) {
  const from = across(low), wide = across(high) - from;
  c.fillStyle = ink(tokens, colour);
  c.globalAlpha = isDark(tokens.paper) ? ZONE_DARK : ZONE_LIGHT;
  c.fillRect(from, top, wide, bottom - top);
  c.globalAlpha = 1;
  const pattern = tokens.outcomes[colour] && hatchPattern(c, colour, tokens.outcomes[colour][1], density);
  if (!pattern) return;
  c.globalAlpha = HATCH_ALPHA;
  c.fillStyle = pattern;
  c.fillRect(from, top, wide, bottom - top);
  c.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("./given.js").Band} band
 * @param {Laid} panel
 * @param {Tokens} tokens
 */
function drawBand(c, { x, low, high, colour }, panel, tokens) {
  const { across } = panel, down = reaching(panel);
  c.fillStyle = seeThrough(ink(tokens, colour), BAND_ALPHA);
  for (let from = 0; from < x.length; from++) {
    let to = from;
    while (to < x.length && !Number.isNaN(down(low[to])) && !Number.isNaN(down(high[to]))) to++;
    c.beginPath();
    for (let i = from; i < to; i++) c.lineTo(across(x[i]), down(high[i]));
    for (let i = to - 1; i >= from; i--) c.lineTo(across(x[i]), down(low[i]));
    c.closePath();
    c.fill();
    from = Math.max(from, to);
  }
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("./given.js").Line} line
 * @param {Laid} panel
 * @param {Tokens} tokens
 */
function drawLine(c, { x, y, colour, dash, width }, panel, tokens) {
  const down = reaching(panel);
  c.beginPath();
  let isOn = false;
  for (let i = 0; i < x.length; i++) {
    const across = panel.across(x[i]), at = Number.isFinite(y[i]) ? down(y[i]) : NaN;
    const isThere = Number.isFinite(across) && Number.isFinite(at);
    if (isThere) c[isOn ? "lineTo" : "moveTo"](across, at);
    // A single value between two gaps is a dot.
    if (isThere && !isOn && !(i + 1 < x.length && Number.isFinite(down(y[i + 1])))) c.lineTo(across + 0.1, at);
    isOn = isThere;
  }
  c.setLineDash(dash);
  c.lineJoin = "round";
  c.lineCap = dash.length ? "butt" : "round";
  c.strokeStyle = ink(tokens, colour);
  c.lineWidth = width;
  c.stroke();
  c.setLineDash([]);
  c.lineCap = "butt";
}

/**
 * Values to pixels, of which those far outside are near enough to be drawn; on a logarithmic scale 0 is far below.
 * @param {Laid} panel
 * @returns {(value: number) => number}
 */
export function reaching({ down, scale, bottom }) {
  return (value) => {
    if (scale.kind === "log" && value <= 0) return bottom + BEYOND;
    return Math.max(-BEYOND, Math.min(bottom + BEYOND, down(value)));
  };
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("./given.js").Mark} mark
 * @param {Laid} panel
 * @param {Tokens} tokens
 */
function drawMark(c, { at, colour, dash }, { across, top, bottom }, tokens) {
  stroke(c, across(at), top, across(at), bottom, { color: ink(tokens, colour), width: MARK, dash });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("./given.js").Level} level
 * @param {Laid} panel
 * @param {Tokens} tokens
 */
function drawLevel(c, { at, colour, dash }, { down, left, right }, tokens) {
  stroke(c, left, down(at), right, down(at), { color: ink(tokens, colour), width: LEVEL, dash });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @param {{color: string, width: number, dash: number[]}} look
 */
export function stroke(c, ax, ay, bx, by, { color, width, dash }) {
  c.beginPath();
  c.moveTo(ax, ay);
  c.lineTo(bx, by);
  c.strokeStyle = color;
  c.lineWidth = width;
  c.setLineDash(dash);
  c.stroke();
  c.setLineDash([]);
}

/**
 * Where a dot stands: on its value, or as an arrow at the edge beyond which that lies.
 * @param {Laid} panel
 * @param {number} value
 * @returns {{y: number, way: -1 | 0 | 1}} way: up (−1), down (1), or neither
 */
export function spotOf(panel, value) {
  const { top, bottom, scale } = panel;
  if (value === Infinity || value > scale.high) return { y: top + ARROW_ROOM, way: -1 };
  if (value < scale.low) return { y: bottom - ARROW_ROOM, way: 1 };
  return { y: panel.down(value), way: 0 };
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("./given.js").Dots} dots
 * @param {Laid} panel
 * @param {Tokens} tokens
 */
function drawDots(c, { x, y, colour, marker, isHollow, isThere, isNew }, panel, tokens) {
  const color = ink(tokens, colour), order = [...x.keys()].filter((i) => isThere[i] && !Number.isNaN(y[i]));
  for (const i of [...order.filter((i) => !isNew[i]), ...order.filter((i) => isNew[i])]) {
    const at = panel.across(x[i]), { y: height, way } = spotOf(panel, y[i]), radius = isNew[i] ? NEW_DOT : DOT;
    if (!(at >= panel.left - 1 && at <= panel.right + 1)) continue;
    if (way) {
      const look = { fill: color, casing: tokens.halo, width: CASING }, long = isNew[i] ? 1.35 * ARROW : ARROW;
      const end = height - 1.9 * way * long;
      stroke(c, at, height, at, end, { color: tokens.halo, width: STEM + 2 * CASING, dash: [] });
      drawArrow(c, [at, height], [0, way], long, look);
      stroke(c, at, height - 0.5 * way * long, at, end, { color, width: STEM, dash: [] });
      continue;
    }
    c.beginPath();
    addMarker(c, marker, at, height, radius);
    if (isHollow) {
      cased(c, { fill: tokens.paper, casing: tokens.halo, width: CASING + HOLLOW });
      c.strokeStyle = color;
      c.lineWidth = HOLLOW;
      c.stroke();
    } else {
      cased(c, { fill: color, casing: tokens.halo, width: CASING });
    }
  }
}
