/**
 * One plane on a canvas of its own: drawn, and read where it is pointed at.
 */
import { labelLines } from "../../stage/js/contour.js";
import { isWithin } from "../../stage/js/clip.js";
import { make } from "../../stage/js/elements.js";
import { rounded } from "../../stage/js/numerals.js";
import { clearedCanvas } from "../../stage/js/paint.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { slanted } from "./chartink.js";
import { Field } from "./field.js";
import { BOLD, drawAcross, drawFlags, drawGrids, drawTitle, TITLE_GAP } from "./frame.js";
import { drawLayers, stroke } from "./layers.js";
import { FLAG_ROOM, LABEL_SIZE, TITLE_SIZE } from "./layout.js";
import { drawNames, emptyCrowd } from "./names.js";
import { drawDivides, drawHeads, drawKey, drawPoints, drawTrajectories, headOf } from "./planelayers.js";
import { alone, laidPlane } from "./planelayout.js";

/** @typedef {import("./given.js").Shown} Shown */
/** @typedef {import("./given.js").GivenPlane} GivenPlane */
/** @typedef {import("./crosshair.js").Value} Value */
/** @typedef {import("./planelayout.js").LaidPlane} LaidPlane */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** What is meant by a place: its values, what is said of it, and the point of a path that it is.
 * @typedef {{x: number, y: number, name: string, colour: string, text: string, path: number, index: number}} Spot */

/** A point so near, in CSS pixels, is meant. */
const NEAR = 10, NEAR_PATH = 14;
const TIDY = 4, KEY_UP = 6;
const HAIR = 1, HAIR_ALPHA = 0.55, RING = 8;
/** A field's own edge is drawn so strongly. */
const EDGE_ALPHA = 0.6;

export class PlaneView {
  constructor() {
    this.canvas = make("canvas", { class: "hand", role: "application", tabindex: 0 });
    this.canvas.setAttribute("aria-roledescription", "plane");
    this.element = make("div", { class: "plane" }, this.canvas);
    /** @type {LaidPlane | null} as it was drawn last */
    this.laid = null;
    /** @type {Spot | null} what is pointed at */
    this.spot = null;
    this.isCoarse = false;
    this.hasKey = false;
    /** @type {Field | null} */
    this.field = null;
    /** How many rows of labels are above it at least. */
    this.rows = 0;
    /** @type {Map<string, string>} where names stood */
    this.places = new Map();
    /** @type {Map<string, number>} and on which side of their heads those of paths */
    this.directions = new Map();
    /** @type {Map<string, {x: number, y: number}[]>} and those of lines of equal height */
    this.lineLabels = new Map();
  }

  /**
   * @param {GivenPlane} given
   * @param {Shown} shown
   * @param {number} index
   */
  take(given, shown, index) {
    const id = `${shown.header.chart.id} ${index}`;
    this.given = given;
    this.shown = alone(given, shown);
    this.field = given.field && new Field(given.field, shown.arrays, id);
    this.spot = null;
    this.hasKey = given.layers.some(({ kind, name, length }) => kind === "points" && name && length > 1);
    // Above the key's row there is one for each label that may stand below it.
    this.rows = this.hasKey ? 1 + given.layers.filter(({ kind, label }) => kind === "mark" && label).length : 0;
    for (const before of [this.places, this.directions, this.lineLabels]) before.clear();
  }

  /**
   * @param {number} frame
   * @param {Tokens} tokens
   */
  draw(frame, tokens) {
    const { canvas, given, shown, field, spot } = this;
    if (!given || !shown) return;
    const { c, width, height, density } = clearedCanvas(canvas), isLong = isTooLong(given, width);
    const rows = [this.rows + Number(isLong)];
    const { layout, plane } = laidPlane(given, shown, frame, [width, height], rows);
    const { header } = shown, crowd = emptyCrowd(plane), { directions, places } = this;
    this.laid = plane;
    drawGrids(c, layout, tokens);
    drawAcross(c, layout, given.x.title, tokens);
    c.save();
    c.beginPath();
    c.rect(plane.left, plane.top, plane.width, plane.height);
    c.clip();
    if (field) this.drawGround(c, plane, tokens, density);
    c.restore();
    drawLayers(c, plane, tokens, density);
    c.save();
    c.beginPath();
    c.rect(plane.left, plane.top, plane.width, plane.height);
    c.clip();
    drawDivides(c, plane, tokens, crowd);
    drawPoints(c, plane, tokens);
    drawTrajectories(c, plane, tokens, header, crowd);
    drawHeads(c, plane, tokens, header, { crowd, directions, isSquare: given.square });
    drawNames(c, plane, tokens, places, crowd);
    if (field) {
      const look = /** @type {import("../../stage/js/types.js").Model} */ ({ tokens, k: 1 });
      labelLines(c, field.ground, crowd, look, this.lineLabels);
    }
    if (spot) drawSpot(c, plane, spot, tokens);
    c.restore();
    drawFlags(c, plane, tokens);
    drawTitle(c, plane, rows[0], tokens, width);
    const below = plane.top - FLAG_ROOM * (rows[0] - 1) - KEY_UP, style = { size: LABEL_SIZE, color: tokens.ink2 };
    if (isLong) drawText(c, slanted(given.y.title), 0, below - KEY_UP, style);
    if (this.hasKey) drawKey(c, plane.layers, plane.left, below + FLAG_ROOM * Number(isLong), tokens);
    this.isCoarse = field?.ground.coarse ?? false;
  }

  /**
   * @param {CanvasRenderingContext2D} c
   * @param {LaidPlane} plane
   * @param {Tokens} tokens
   * @param {number} density
   */
  drawGround(c, plane, tokens, density) {
    const { x, y, ground } = /** @type {Field} */ (this.field), model = { tokens };
    const [left, right] = [plane.across(x[0]), plane.across(x[x.length - 1])];
    const [bottom, top] = [plane.down(y[0]), plane.down(y[y.length - 1])];
    // Beyond the field nothing is known.
    c.beginPath();
    c.rect(left, top, right - left, bottom - top);
    c.save();
    c.clip();
    ground.update(plane, /** @type {import("../../stage/js/types.js").Model} */ (model), density, performance.now());
    ground.draw(c, plane);
    c.restore();
    c.globalAlpha = EDGE_ALPHA;
    c.strokeStyle = tokens.rail;
    c.lineWidth = 1;
    c.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
    c.globalAlpha = 1;
  }

  // ---- what is read

  /**
   * Points at a place in CSS pixels: at a point of something that is near, else at the place itself.
   * @param {number} x
   * @param {number} y
   * @returns {Spot | null}
   */
  point(x, y) {
    const { laid } = this;
    this.spot = laid && isWithin(x, y, laid) ? nearest(laid, x, y) ?? bare(laid, x, y) : null;
    return this.spot;
  }

  /** Goes on to the next thing that is drawn. @param {number} by */
  step(by) {
    if (!this.laid) return;
    const all = things(this.laid), here = all.findIndex(({ x, y }) => x === this.spot?.x && y === this.spot?.y);
    const from = here < 0 && by < 0 ? all.length : here;
    this.spot = all[Math.max(0, Math.min(all.length - 1, from + by))] ?? null;
  }

  /** The place that is pointed at, in words; none where there is none. */
  lead() {
    const { given, spot } = this;
    return given && spot ? `${given.x.title} = ${rounded(spot.x)}, ${given.y.title} = ${rounded(spot.y)}` : null;
  }

  /** @returns {Value[]} */
  values() {
    const { spot, field, given } = this, bare = { ahead: NaN, low: NaN, isDot: false, panel: 0 };
    if (!spot) return [];
    const height = field ? field.at(spot.x, spot.y) : NaN;
    const there = { ...bare, name: spot.name, colour: spot.colour, value: NaN, isRead: false, text: spot.text };
    const read = { ...bare, name: given?.field?.name ?? "", colour: "ink", value: height, isRead: true, text: "" };
    return [...(spot.name ? [there] : []), ...(Number.isNaN(height) ? [] : [read])];
  }

  /** What it shows in its frame, for those who do not see it. */
  words() {
    const { given, laid } = this;
    if (!given || !laid) return "";
    const heads = laid.layers.filter((layer) => layer.kind === "path" && layer.isLabelled && layer.last >= 0);
    const where = heads.map((layer) => {
      const { name, x, y, at, last } = /** @type {import("./given.js").Path} */ (layer), i = Math.min(at, last);
      return `${name} ${at > last ? "blew up after" : "at"} (${rounded(x[i])}, ${rounded(y[i])})`;
    });
    return `${given.title}: ${given.y.title} over ${given.x.title}. ${where.join("; ")}${where.length ? "." : ""}`;
  }

  /** Where the heads of paths are, in pixels. */
  heads() {
    const { laid } = this;
    if (!laid) return [];
    return laid.layers.flatMap((layer) => layer.kind === "path" && layer.last >= 0 ? [headOf(layer, laid)] : []);
  }
}

/**
 * Whether the name of the y axis has no room beside the title.
 * @param {GivenPlane} given
 * @param {number} width
 */
function isTooLong({ title, y }, width) {
  return textWidth(slanted(title), TITLE_SIZE, BOLD) + TITLE_GAP + textWidth(slanted(y.title), LABEL_SIZE) > width;
}

/**
 * @param {LaidPlane} plane
 * @param {number} x
 * @param {number} y
 * @returns {Spot}
 */
function bare(plane, x, y) {
  const tidy = (/** @type {number} */ value) => Number(value.toPrecision(TIDY));
  return { x: tidy(plane.x(x)), y: tidy(plane.y(y)), name: "", colour: "ink", text: "", path: -1, index: -1 };
}

/**
 * The points of all that is drawn, later layers last.
 * @param {LaidPlane} plane
 * @returns {Spot[]}
 */
function things({ layers, across, down }) {
  let path = -1;
  return layers.flatMap((layer) => {
    if (layer.kind === "path") path++;
    if (layer.kind !== "path" && layer.kind !== "points" && layer.kind !== "dots") return [];
    const { x, y, name, colour } = layer, texts = layer.kind === "path" ? [] : layer.texts;
    const isThere = (/** @type {number} */ i) => layer.kind !== "dots" || layer.isThere[i];
    const own = layer.kind === "path" ? path : -1;
    return [...x.keys()].filter((i) => isThere(i) && Number.isFinite(across(x[i]) + down(y[i]))).map((i) => ({
      x: x[i],
      y: y[i],
      name,
      colour,
      text: texts[i] ?? "",
      path: own,
      index: i,
    }));
  });
}

/**
 * @param {LaidPlane} plane
 * @param {number} x in CSS pixels
 * @param {number} y
 */
function nearest(plane, x, y) {
  let best = null, least = 1;
  for (const thing of things(plane)) {
    const reach = thing.path < 0 ? NEAR : NEAR_PATH;
    const away = Math.hypot(plane.across(thing.x) - x, plane.down(thing.y) - y) / reach;
    if (away < least) [best, least] = [thing, away];
  }
  return best;
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {LaidPlane} plane
 * @param {Spot} spot
 * @param {Tokens} tokens
 */
function drawSpot(c, plane, spot, { ink: color, halo }) {
  const x = plane.across(spot.x), y = plane.down(spot.y), look = { color, width: HAIR, dash: [] };
  c.globalAlpha = HAIR_ALPHA;
  stroke(c, plane.left, y, plane.right, y, look);
  stroke(c, x, plane.top, x, plane.bottom, look);
  c.globalAlpha = 1;
  if (!spot.name) return;
  for (const [style, width] of /** @type {[string, number][]} */ ([[halo, 4], [color, 1.8]])) {
    c.beginPath();
    c.arc(x, y, RING, 0, 2 * Math.PI);
    c.strokeStyle = style;
    c.lineWidth = width;
    c.stroke();
  }
}
