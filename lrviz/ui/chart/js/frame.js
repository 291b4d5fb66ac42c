/**
 * What stands around a chart's panels: grids, ticks, titles, and the labels of vertical lines.
 */
import { drawText, textWidth } from "../../stage/js/text.js";
import { ink, letters, slanted } from "./chartink.js";
import { stroke } from "./layers.js";
import { FLAG_ROOM, LABEL_SIZE, TICK_SIZE, TITLE_SIZE } from "./layout.js";
import { minorTicks } from "./ticks.js";

/** @typedef {import("./layout.js").Laid} Laid */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */

/** Ticks that stand nearer to each other would be read as one. */
const TICK_APART = 1.25 * TICK_SIZE;
const MINOR = 4, TICK_DOWN = 17, NAME_DOWN = 36;
export const BOLD = 700;
export const TITLE_GAP = 10;
const TITLE_UP = 11, FLAG_BASE = 5;

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Layout} layout
 * @param {Tokens} tokens
 */
export function drawGrids(c, { panels, across, ticks, left, right }, tokens) {
  const rule = { color: tokens.rule, width: 1, dash: [] };
  for (const panel of panels) {
    for (const { value } of ticks) {
      const x = Math.round(panel.across(value)) + 0.5;
      if (x >= left && x <= right + 1) stroke(c, x, panel.top, x, panel.bottom, rule);
    }
    for (const { y, label } of apart(panel)) {
      stroke(c, left, y, right, y, rule);
      drawText(c, label, left - 7, y + 4, { size: TICK_SIZE, color: tokens.ink2, align: "right" });
    }
    stroke(c, left, panel.bottom + 0.5, right, panel.bottom + 0.5, { ...rule, color: tokens.rail });
  }
  const { bottom, across: at } = panels[panels.length - 1];
  for (const value of minorTicks(across)) {
    stroke(c, at(value), bottom, at(value), bottom + MINOR, { ...rule, color: tokens.rail });
  }
}

/**
 * A panel's ticks, without those that would touch one that is nearer to zero.
 * @param {Laid} panel
 */
function apart({ ticks, down, top, bottom }) {
  /** @type {{y: number, label: string}[]} */
  const kept = [];
  for (const { value, label } of ticks.toSorted((a, b) => Math.abs(a.value) - Math.abs(b.value))) {
    const y = Math.round(down(value)) + 0.5;
    if (y < top - 1 || y > bottom + 1 || kept.some((other) => Math.abs(other.y - y) < TICK_APART)) continue;
    kept.push({ y, label });
  }
  return kept;
}

/**
 * The numbers along x, and what they are.
 * @param {CanvasRenderingContext2D} c
 * @param {Layout} layout
 * @param {string} title
 * @param {Tokens} tokens
 */
export function drawAcross(c, { panels, ticks, left, right, bottom }, title, tokens) {
  const style = { size: TICK_SIZE, color: tokens.ink2 }, { across } = panels[0];
  let free = 0;
  for (const { value, label } of ticks) {
    const half = textWidth(label, TICK_SIZE) / 2, at = Math.max(half, Math.min(across(value), right + 14 - half));
    if (at - half < free) continue;
    drawText(c, label, at, bottom + TICK_DOWN, { ...style, align: "center" });
    free = at + half + 8;
  }
  drawText(c, slanted(title), (left + right) / 2, bottom + NAME_DOWN, {
    size: LABEL_SIZE,
    color: tokens.ink,
    align: "center",
  });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Laid} panel
 * @param {number} rows of labels between the title and the panel
 * @param {Tokens} tokens
 * @param {number} [room] how wide it may be
 */
export function drawTitle(c, { title, measure, right, top }, rows, tokens, room = right) {
  const y = top - TITLE_UP - FLAG_ROOM * rows, name = slanted(title);
  const wide = textWidth(name, TITLE_SIZE, BOLD), size = TITLE_SIZE * Math.min(1, room / wide);
  drawText(c, name, 0, y, { size, weight: BOLD, color: tokens.ink });
  const used = title ? wide + TITLE_GAP : 0;
  if (measure === title || used + textWidth(slanted(measure), LABEL_SIZE) > room) return;
  drawText(c, slanted(measure), used, y, { size: LABEL_SIZE, color: tokens.ink2 });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Laid} panel
 * @param {Tokens} tokens
 */
export function drawFlags(c, { flags, top }, tokens) {
  for (const { mark: { colour, dash }, x, row, isInside } of flags) {
    const color = ink(tokens, colour);
    if (isInside) stroke(c, x, top - FLAG_ROOM * row - FLAG_BASE + 2, x, top, { color, width: 1.6, dash });
  }
  for (const { mark, text, left, row } of flags) {
    const style = { size: LABEL_SIZE, weight: 600, color: letters(tokens, mark.colour), halo: tokens.paper };
    drawText(c, text, left, top - FLAG_ROOM * row - FLAG_BASE, style);
  }
}
