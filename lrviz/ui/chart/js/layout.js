/**
 * Where the panels of a chart lie, how their axes are laid onto them, and where the labels of vertical lines stand.
 */
import { makeScale } from "../../stage/js/axes.js";
import { textWidth } from "../../stage/js/text.js";
import { slanted } from "./chartink.js";
import { layersIn } from "./given.js";
import { ticksOf } from "./ticks.js";

/** @typedef {import("./given.js").Shown} Shown */
/** @typedef {import("./given.js").Layer} Layer */
/** @typedef {import("./given.js").Mark} Mark */
/** @typedef {import("../../stage/js/axes.js").Scale} Scale */
/** @typedef {import("../../stage/js/axes.js").Tick} Tick */

/** A label above a panel: its row is counted upwards. One whose line lies outside has none, and points there.
 * @typedef {{mark: Mark, text: string, x: number, isInside: boolean, left: number, width: number, row: number}} Flag */
/**
 * @typedef {object} Laid
 * @property {string} title
 * @property {string} measure
 * @property {Layer[]} layers
 * @property {Scale} scale
 * @property {Tick[]} ticks
 * @property {Flag[]} flags
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {(x: number) => number} across
 * @property {(pixels: number) => number} x
 * @property {(y: number) => number} down
 */
/** @typedef {{panels: Laid[], across: Scale, ticks: Tick[], left: number, right: number, bottom: number}} Layout */

const RIGHT = 14, BETWEEN = 16, TICK_GAP = 8;
export const TICK_SIZE = 12.5;
export const LABEL_SIZE = 13;
export const TITLE_SIZE = 14.5;
/** Room for a panel's title, for a row of labels, and for the x axis's ticks and name. */
const TITLE_ROOM = 26, AXIS_ROOM = 42;
export const FLAG_ROOM = 17;
/** Ticks stand at least so far apart. */
const UP = 30, ACROSS = 70;
const FLAG_GAP = 9;

/**
 * @param {Shown} shown
 * @param {number} frame
 * @param {number} width
 * @param {number} height
 * @param {number[]} rows how many rows of labels each panel had at most; it is brought up to date
 * @returns {Layout}
 */
export function laidOut(shown, frame, width, height, rows) {
  const { x, panels } = shown.header.chart, across = scaleOf(x);
  const layers = panels.map((panel) => layersIn(panel, shown, frame)), scales = panels.map(({ y }) => scaleOf(y));
  const total = panels.reduce((sum, panel) => sum + panel.height, 0);
  const right = Math.max(width - RIGHT, 2);
  // How wide the labels are depends on the ticks, and how many ticks there are hardly on the rows of labels.
  const rough = (height - AXIS_ROOM - panels.length * (TITLE_ROOM + BETWEEN)) / total;
  const ticks = panels.map((panel, i) => ticksOf(scales[i], Math.max(2, Math.floor((panel.height * rough) / UP))));
  const left = Math.round(Math.min(
    right - 1,
    TICK_GAP + 4 + Math.max(24, ...ticks.flat().map(({ label }) => textWidth(label, TICK_SIZE))),
  ));
  const acrossAt = (/** @type {number} */ value) => left + across.share(value) * (right - left);
  const flags = layers.map((all) => flagged(all, acrossAt, left, right));
  flags.forEach((all, i) => (rows[i] = Math.max(rows[i] ?? 0, ...all.map(({ row }) => row + 1))));
  const room = height - AXIS_ROOM - panels.length * TITLE_ROOM - (panels.length - 1) * BETWEEN -
    FLAG_ROOM * rows.reduce((sum, count) => sum + count, 0);
  let free = 0;
  const laid = panels.map((panel, i) => {
    const top = Math.round(free + TITLE_ROOM + FLAG_ROOM * rows[i]);
    const bottom = Math.max(top + 1, Math.round(top + (panel.height / total) * room));
    free = bottom + BETWEEN;
    const down = (/** @type {number} */ value) => bottom - scales[i].share(value) * (bottom - top);
    const { title, y: { title: measure } } = panel;
    return {
      title,
      measure,
      layers: layers[i],
      scale: scales[i],
      ticks: ticks[i],
      flags: flags[i],
      left,
      right,
      top,
      bottom,
      across: acrossAt,
      x: (/** @type {number} */ pixels) => valueAt(across, (pixels - left) / (right - left)),
      down,
    };
  });
  const bottom = laid[laid.length - 1].bottom;
  return {
    panels: laid,
    across,
    ticks: ticksOf(across, Math.max(2, Math.floor((right - left) / ACROSS))),
    left,
    right,
    bottom,
  };
}

/**
 * @param {import("./given.js").GivenAxis} axis
 * @returns {Scale}
 */
function scaleOf({ scale, low, high, near }) {
  return makeScale(scale, low, high, near);
}

/**
 * The value at a share of a scale.
 * @param {Scale} scale
 * @param {number} share
 */
export function valueAt({ kind, low, high, near }, share) {
  if (kind === "log") return low * (high / low) ** share;
  if (kind === "linear") return low + share * (high - low);
  if (kind === "complement") return 1 - (1 - low) * ((1 - high) / (1 - low)) ** share;
  const [from, to] = [low, high].map((end) => Math.asinh(end / (2 * near)));
  return 2 * near * Math.sinh(from + share * (to - from));
}

/**
 * The labels of vertical lines in rows: from right to left each in a row above all that it would cover, so that no
 * line runs through another's label.
 * @param {Layer[]} layers
 * @param {(x: number) => number} across
 * @param {number} left
 * @param {number} right
 * @returns {Flag[]}
 */
function flagged(layers, across, left, right) {
  const marks = layers.filter((layer) => layer.kind === "mark" && layer.label !== "").map((
    mark,
  ) => /** @type {Mark} */ (mark));
  /** @type {Flag[]} */
  const flags = [];
  const placed = marks.map((mark) => ({ mark, x: across(mark.at) })).sort((a, b) => b.x - a.x);
  for (const { mark, x } of placed) {
    const isInside = x >= left - 1 && x <= right + 1, name = slanted(mark.label);
    const text = isInside ? name : x < left ? `← ${name}` : `${name} →`;
    const width = textWidth(text, LABEL_SIZE, 600), at = Math.max(left, Math.min(x, right - width));
    const under = flags.filter((other) =>
      other.left < at + width + FLAG_GAP && other.left + other.width + FLAG_GAP > at
    );
    flags.push({ mark, text, x, isInside, left: at, width, row: Math.max(-1, ...under.map(({ row }) => row)) + 1 });
  }
  return flags;
}
