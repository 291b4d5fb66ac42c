/**
 * The place that is pointed at: a line through all panels, and on it the values of all that is drawn there.
 */
import { spread } from "../../stage/js/labels.js";
import { rounded } from "../../stage/js/numerals.js";
import { clearedCanvas, drawMarker } from "../../stage/js/paint.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { ink, letters } from "./chartink.js";
import { spotOf, stroke } from "./layers.js";
import { LABEL_SIZE, TICK_SIZE, valueAt } from "./layout.js";

/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./layout.js").Laid} Laid */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/**
 * A value at the place that is pointed at. isRead: whether it was read off a line between two of its points. ahead: the
 * line's value a little aside, where this one is written.
 * @typedef {{name: string, colour: string, value: number, ahead: number, low: number, isRead: boolean, text: string, isDot: boolean,
 *   panel: number}} Value
 */

/** A place so near, in CSS pixels, is meant. */
const NEAR = 9;
/** A dot or a mark is meant from so near, rather than the line beside it. */
const NEARER = 5;
const CROSSHAIR = 1.3;
/** A place that nothing else gives a number has one of so many digits: it will be written into addresses. */
const TIDY = 3;
const NUMBER = 17, BOLD = 700, GAP = 9, ROW = 15, SIDE = 90, MARKER = 4.6;
/** A value's baseline beside its line, which is looked at so far aside. */
const LEVEL = 4, ABOVE = -5, BELOW = 14, ASIDE = 34;

/**
 * The place that is meant by one in CSS pixels: a dot or a mark that is near, else the nearest at which a line was
 * computed, else the place itself; null outside the panels.
 * @param {Layout} layout
 * @param {number} pixels
 */
export function snapped(layout, pixels) {
  const { left, right, across, panels } = layout, { single, dense } = stops(layout);
  if (pixels < left - NEAR || pixels > right + NEAR) return null;
  const away = (/** @type {number} */ x) => Math.abs(panels[0].across(x) - pixels);
  for (const [places, reach] of /** @type {[number[], number][]} */ ([[single, NEARER], [dense, NEAR]])) {
    const near = places.filter((x) => away(x) < reach);
    if (near.length) return near.reduce((best, x) => away(x) < away(best) ? x : best);
  }
  const value = valueAt(across, Math.max(0, Math.min(1, (pixels - left) / (right - left))));
  return Math.max(across.low, Math.min(across.high, Number(value.toPrecision(TIDY))));
}

/**
 * The place on a panel's plane that is meant: a dot that is near, else the place itself; null beside the panel.
 * @param {Laid} panel
 * @param {number} x in CSS pixels
 * @param {number} y
 * @returns {[number, number] | null} the values along both axes
 */
export function planeSpot(panel, x, y) {
  const { left, right, top, bottom, scale, across, down, layers } = panel;
  if (x < left || x > right || y < top || y > bottom) return null;
  let best = null, least = NEAR;
  for (const layer of layers) {
    if (layer.kind !== "dots") continue;
    layer.x.forEach((value, i) => {
      const away = Math.hypot(across(value) - x, down(layer.y[i]) - y);
      if (layer.isThere[i] && away < least) {
        [best, least] = [/** @type {[number, number]} */ ([value, layer.y[i]]), away];
      }
    });
  }
  const tidy = (/** @type {number} */ value) => Number(value.toPrecision(TIDY));
  return best ?? [tidy(panel.x(x)), tidy(valueAt(scale, (bottom - y) / (bottom - top)))];
}

/** Places in their order: dots and marks, the points of lines, and all of these.
 * @typedef {{single: number[], dense: number[], all: number[]}} Stops */

/** @type {WeakMap<Layout, Stops>} */
const stopsOf = new WeakMap();

/**
 * The places at which something was computed.
 * @param {Layout} layout
 * @returns {Stops}
 */
export function stops(layout) {
  let found = stopsOf.get(layout);
  if (!found) stopsOf.set(layout, found = gathered(layout));
  return found;
}

/**
 * @param {Layout} layout
 * @returns {Stops}
 */
function gathered({ panels, across }) {
  const single = new Set(), dense = new Set();
  for (const layer of panels.flatMap(({ layers }) => layers)) {
    if (layer.kind === "line") { for (const x of layer.x) dense.add(x); }
    if (layer.kind === "dots") layer.x.forEach((x, i) => layer.isThere[i] && single.add(x));
    if (layer.kind === "mark") single.add(layer.at);
  }
  const inOrder = (/** @type {Set<number>} */ places) =>
    [...places].filter((x) => x >= across.low && x <= across.high).sort((a, b) => a - b);
  return { single: inOrder(single), dense: inOrder(dense), all: inOrder(new Set([...single, ...dense])) };
}

/**
 * What is drawn at a place.
 * @param {Layout} layout
 * @param {number} x
 * @returns {Value[]}
 */
export function valuesAt({ panels, across, left, right }, x) {
  const at = panels[0].across(x), way = isWrittenLeft(at, right) ? -1 : 1;
  const aside = valueAt(across, (at + way * ASIDE - left) / (right - left));
  return panels.flatMap((panel, i) =>
    panel.layers.flatMap((layer) => valuesOf(layer, panel, x, aside).map((value) => ({ ...value, panel: i })))
  );
}

/**
 * @param {number} at
 * @param {number} right
 */
function isWrittenLeft(at, right) {
  return at > right - SIDE;
}

/**
 * @param {import("./given.js").Layer} layer
 * @param {Laid} panel
 * @param {number} x
 * @param {number} aside
 * @returns {Omit<Value, "panel">[]}
 */
function valuesOf(layer, panel, x, aside) {
  const { across } = panel;
  const { colour } = layer, bare = { colour, ahead: NaN, low: NaN, isRead: false, text: "", isDot: false };
  const away = (/** @type {number} */ value) => Math.abs(across(value) - across(x));
  if (layer.kind === "line") {
    const found = lineAt(layer.x, layer.y, x, panel);
    const ahead = found && lineAt(layer.x, layer.y, aside, panel);
    return found ? [{ ...bare, name: layer.name, ...found, ahead: ahead?.value ?? NaN }] : [];
  }
  if (layer.kind === "band" && layer.name) {
    const high = lineAt(layer.x, layer.high, x, panel), low = lineAt(layer.x, layer.low, x, panel);
    return high && low ? [{ ...bare, name: layer.name, ...high, low: low.value }] : [];
  }
  if (layer.kind === "dots") {
    const near = [...layer.x.keys()].filter((i) => layer.isThere[i] && away(layer.x[i]) < 0.5);
    return near.map((i) => ({ ...bare, name: layer.name, value: layer.y[i], text: layer.texts[i] ?? "", isDot: true }));
  }
  if (layer.kind === "zone" && x >= layer.low && x <= layer.high) return [{ ...bare, name: layer.label, value: NaN }];
  if (layer.kind === "mark" && away(layer.at) < NEARER) {
    return [{ ...bare, name: layer.label, value: NaN, text: layer.text }];
  }
  return [];
}

/**
 * A line's value at a place: one of its own, or read off between two.
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 * @param {number} x
 * @param {Laid} panel
 * @returns {{value: number, isRead: boolean} | null}
 */
function lineAt(xs, ys, x, { across, scale }) {
  let after = 0;
  while (after < xs.length && xs[after] < x) after++;
  if (xs[after] === x) return Number.isNaN(ys[after]) ? null : { value: ys[after], isRead: false };
  if (after === 0 || after === xs.length) return null;
  const [from, to] = [ys[after - 1], ys[after]];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return null;
  const share = (across(x) - across(xs[after - 1])) / (across(xs[after]) - across(xs[after - 1]));
  const value = valueAt(scale, scale.share(from) + share * (scale.share(to) - scale.share(from)));
  return Number.isNaN(value) ? null : { value, isRead: true };
}

/**
 * The frame that is nearest to a place in CSS pixels.
 * @param {Float64Array} places of the frames along x
 * @param {Layout} layout
 * @param {number} pixels
 */
export function frameAt(places, { panels: [{ across }] }, pixels) {
  const away = (/** @type {number} */ i) => Math.abs(across(places[i]) - pixels);
  return [...places.keys()].reduce((best, i) => away(i) < away(best) ? i : best);
}

/**
 * The place of the frame that is shown, while nobody points.
 * @param {HTMLCanvasElement} canvas
 * @param {Layout} layout
 * @param {number} x
 * @param {Tokens} tokens
 */
export function drawCursor(canvas, layout, x, tokens) {
  const { c } = clearedCanvas(canvas);
  for (const panel of layout.panels) {
    const { top, bottom } = panel, at = panel.across(x);
    stroke(c, at, top, at, bottom, { color: tokens.ink, width: CROSSHAIR, dash: [] });
    for (const { value, low, isDot, colour } of valuesAt({ ...layout, panels: [panel] }, x)) {
      const { y, way } = spotOf(panel, value);
      if (isDot || way || !Number.isNaN(low) || Number.isNaN(value)) continue;
      drawMarker(c, "circle", at, y, MARKER, { fill: ink(tokens, colour), casing: tokens.paper, width: 1.6 });
    }
  }
  drawPlace(c, layout, x, tokens);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Layout} layout
 * @param {number | null} x
 * @param {number | null} second along the last panel's y
 * @param {Value[]} values
 * @param {Tokens} tokens
 */
export function drawCrosshair(canvas, layout, x, second, values, tokens) {
  const { c } = clearedCanvas(canvas), { panels, left, right } = layout;
  if (x === null) return;
  const at = panels[0].across(x), { ink: color } = tokens;
  for (const { top, bottom } of panels) stroke(c, at, top, at, bottom, { color, width: CROSSHAIR, dash: [] });
  const plane = panels[panels.length - 1], level = second === null ? NaN : plane.down(second);
  if (!Number.isNaN(level)) stroke(c, left, level, right, level, { color, width: CROSSHAIR, dash: [] });
  panels.forEach((panel, i) => drawValues(c, panel, at, values.filter((value) => value.panel === i), tokens));
  drawPlace(c, layout, x, tokens);
}

/**
 * A place as a number below the axis.
 * @param {CanvasRenderingContext2D} c
 * @param {Layout} layout
 * @param {number} x
 * @param {Tokens} tokens
 */
function drawPlace(c, layout, x, { ink: color, paper }) {
  const { panels, left, right, bottom } = layout, at = panels[0].across(x);
  stroke(c, at, bottom, at, bottom + 5, { color, width: CROSSHAIR, dash: [] });
  const text = rounded(x), half = textWidth(text, LABEL_SIZE, BOLD) / 2;
  const middle = Math.max(left - 20 + half, Math.min(right + 12 - half, at));
  c.fillStyle = paper;
  c.fillRect(middle - half - 7, bottom + 5, 2 * half + 14, NUMBER);
  for (const { value, label } of layout.ticks) { // a number that it would cut in two goes as a whole
    const tick = panels[0].across(value), wide = textWidth(label, TICK_SIZE) / 2 + 2;
    if (Math.abs(tick - middle) < half + wide + 5) c.fillRect(tick - wide, bottom + 5, 2 * wide, NUMBER);
  }
  drawText(c, text, middle, bottom + 18, { size: LABEL_SIZE, weight: BOLD, color, align: "center" });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Laid} panel
 * @param {number} at
 * @param {Value[]} values
 * @param {Tokens} tokens
 */
function drawValues(c, panel, at, values, tokens) {
  const { right, top, bottom } = panel, isLeft = isWrittenLeft(at, right);
  const shown = values.filter(({ value, low }) => !Number.isNaN(value) && Number.isNaN(low));
  const spots = shown.map(({ value }) => spotOf(panel, value));
  // Beside the line and not on it: above, or below where the line rises.
  const wanted = shown.map(({ ahead }, i) =>
    spots[i].y + (Number.isNaN(ahead) ? LEVEL : spotOf(panel, ahead).y < spots[i].y - 2 ? BELOW : ABOVE)
  );
  const heights = spread(wanted, ROW, top + 9, bottom - 3);
  shown.forEach(({ value, colour, isRead, isDot }, i) => {
    const look = { fill: ink(tokens, colour), casing: tokens.paper, width: 1.6 };
    if (!spots[i].way && !isDot) drawMarker(c, "circle", at, spots[i].y, MARKER, look);
    const text = value === Infinity ? "blew up" : `${isRead ? "≈ " : ""}${rounded(value)}`;
    const style = { size: LABEL_SIZE, weight: BOLD, color: letters(tokens, colour), halo: tokens.paper };
    const wide = textWidth(text, LABEL_SIZE, BOLD), x = isLeft ? at - GAP - wide : at + GAP;
    c.fillStyle = tokens.glass; // a name may be there
    c.fillRect(x - 3, heights[i] - 11, wide + 6, ROW - 1);
    drawText(c, text, x, heights[i], style);
  });
}
