/**
 * Where a plane lies on its canvas: as a chart's only panel, over an x axis of its own.
 */
import { laidOut, valueAt } from "./layout.js";
import { ticksOf } from "./ticks.js";

/** @typedef {import("./given.js").GivenPlane} GivenPlane */
/** @typedef {import("./given.js").Shown} Shown */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./layout.js").Laid} Laid */
/** @typedef {import("../../stage/js/types.js").Frame} Frame */
/** A panel, and what the stage's drawing takes for its picture. @typedef {Laid & Frame} LaidPlane */

/** How often the size of a plane with equal units is mended: the room that its ticks need depends on it. */
const MENDINGS = 3;
/** Ticks stand at least so far apart: nearer than in panels, which are wider. */
const ACROSS = 48;

/**
 * What is shown, as if the plane were all.
 * @param {GivenPlane} plane
 * @param {Shown} shown
 * @returns {Shown}
 */
export function alone({ title, x, y, layers }, { header, arrays }) {
  return { arrays, header: { ...header, chart: { ...header.chart, x, panels: [{ title, height: 1, y, layers }] } } };
}

/**
 * @param {GivenPlane} given
 * @param {Shown} shown the plane alone
 * @param {number} frame
 * @param {[number, number]} size
 * @param {number[]} rows as of `laidOut`
 * @returns {{layout: Layout, plane: LaidPlane}}
 */
export function laidPlane({ square, x, y }, shown, frame, [width, height], rows) {
  let layout = laidOut(shown, frame, width, height, rows);
  const ratio = (x.high - x.low) / (y.high - y.low);
  for (let i = 0; square && i < MENDINGS; i++) {
    const [{ left, right, top, bottom }] = layout.panels, across = right - left, down = bottom - top;
    if (across > down * ratio) width -= across - down * ratio;
    else height -= down - across / ratio;
    layout = laidOut(shown, frame, width, height, rows);
  }
  const [laid] = layout.panels, { left, right, top, bottom, scale } = laid;
  const plane = {
    ...laid,
    width: right - left,
    height: bottom - top,
    span: 1,
    k: 1,
    y: (/** @type {number} */ pixels) => valueAt(scale, (bottom - pixels) / (bottom - top)),
  };
  const ticks = ticksOf(layout.across, Math.max(2, Math.floor(plane.width / ACROSS)));
  return { layout: { ...layout, ticks }, plane };
}
