/**
 * Draws the map: its cells, a letter in each region, theory's line, the kept run, the cell that is pointed at, and axes.
 */
import { Crowd, placeLabel } from "../../stage/js/labels.js";
import { point } from "../../stage/js/numerals.js";
import { addStar, cased, clearedCanvas, drawArrow } from "../../stage/js/paint.js";
import { drawPaths, tracePath } from "../../stage/js/paths.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { Basins } from "./basins.js";
import { limitLine } from "./limitline.js";
import { drawAxes } from "./mapframe.js";
import { spanAcross, spanUp } from "./mapimage.js";
import { regionSpots } from "./regions.js";

/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** @typedef {import("./mapmodel.js").MapModel} MapModel */
/** @typedef {import("./mapimage.js").MapImage} MapImage */
/** Where the cells lie on the canvas, in CSS pixels.
 * @typedef {{left: number, top: number, width: number, height: number, right: number, bottom: number}} Plot */
/** What lies on the cells. @typedef {object} Found
 * @property {string} key
 * @property {Path2D | null} borders between basins
 * @property {import("./regions.js").Spot[]} basins where they are named
 * @property {import("./limitline.js").Line[]} lines
 * @property {import("./regions.js").Spot[]} spots
 */

/** Sizes in CSS pixels. */
const ROOM = { left: 48, right: 9, top: 27, bottom: 44 };
const LETTER_TEXT = 13.5, LETTER_PATCH = 18, LETTER_ROOM = 13, LABEL_TEXT = 14;
const LINE = 2, LINE_CASING = 5.5, LINE_DASH = [7, 4.5];
/** A line of fewer points has no name; the name stands at this share of it. */
const SHORT = 6, LABEL_AT = 0.62;
const HAIR = 1, HAIR_CASING = 3, CELL_LINE = 2, LEAST_CELL = 9;
const PIN = 7.5, PIN_CROSS = 3.5, PIN_LINE = 2.2, STAR = 8.5, ARROW = 18;
const BORDER = 1.2, BASIN_TEXT = 13.5, BASIN_ROOM = 30, SMALL_STAR = 6;

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Plot}
 */
export function plotOf(canvas) {
  const { left, top } = ROOM;
  const right = Math.max(left + 1, canvas.clientWidth - ROOM.right);
  const bottom = Math.max(top + 1, canvas.clientHeight - ROOM.bottom);
  return { left, top, right, bottom, width: right - left, height: bottom - top };
}

/**
 * What lies on a map of a size, found once for each.
 * @param {Found | null} before
 * @param {MapModel} model
 * @param {Basins} basins
 * @param {Plot} plot
 * @returns {Found}
 */
export function found(before, model, basins, plot) {
  const { given, run } = model, isMapped = Basins.areIn(model) && basins.id === given.id && basins.isComplete;
  const key = [given.id, plot.width, plot.height, isMapped].join();
  if (before?.key === key) return before;
  const { cells: columns } = given.across, { cells: rows } = given.up;
  const cell = Math.min(plot.width / columns, plot.height / rows);
  return {
    key,
    spots: regionSpots(given.outcome, columns, rows, LETTER_ROOM / cell),
    lines: limitLine(given, run, plot.width, plot.height),
    borders: isMapped ? basins.borders(model, plot) : null,
    basins: isMapped ? regionSpots(basins.ends, columns, rows, BASIN_ROOM / cell) : [],
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {MapModel} model
 * @param {MapImage} image
 * @param {Found} things
 */
export function drawMap(canvas, model, image, things) {
  const { c, density } = clearedCanvas(canvas), plot = plotOf(canvas), { tokens } = model.stage;
  image.update(model.given, plot, tokens, density);
  c.save();
  c.beginPath();
  c.rect(plot.left, plot.top, plot.width, plot.height);
  c.clip();
  c.drawImage(image.canvas, plot.left, plot.top, plot.width, plot.height);
  drawLetters(c, model, plot, things);
  drawBasins(c, model, plot, things);
  drawTheory(c, model, plot, things);
  drawPathOnMap(c, model, plot);
  drawCrosshair(c, model, plot, density);
  c.restore();
  drawKept(c, model, plot);
  drawAxes(c, model, plot, canvas.clientWidth);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {MapModel} model
 * @param {Plot} plot
 * @param {Found} things
 */
function drawLetters(c, { given, stage: { tokens, words } }, plot, { spots }) {
  for (const { kind, across, up } of spots) {
    const name = given.kinds[kind];
    if (!name || (given.colour === "steps" && name === "converged")) continue;
    const [fill, color] = tokens.outcomes[name], half = LETTER_PATCH / 2;
    const [x, y] = middleOf(given, across, up, plot);
    c.beginPath();
    c.roundRect(x - half, y - half, 2 * half, 2 * half, 4);
    c.fillStyle = fill;
    c.fill();
    const style = { size: LETTER_TEXT, weight: 700, color };
    drawText(c, words[name].letter, x, y + 0.36 * LETTER_TEXT, { ...style, align: "center" });
  }
}

/**
 * The borders between basins, and in each the minimum that it leads to.
 * @param {CanvasRenderingContext2D} c
 * @param {MapModel} model
 * @param {Plot} plot
 * @param {Found} things
 */
function drawBasins(c, { given, stage: { tokens, surface } }, plot, { borders, basins }) {
  if (borders) strokeTwice(c, borders, BORDER, BORDER + 1.6, tokens);
  const style = { size: BASIN_TEXT, weight: 650, color: tokens.ink, halo: tokens.halo };
  for (const { kind, across, up } of basins) {
    if (!surface.minima[kind]) continue;
    const [x, y] = middleOf(given, across, up, plot);
    drawText(c, `to ${point(surface.minima[kind])}`, x, y - 11, { ...style, align: "center" });
  }
}

/**
 * On a map of the plane the path of the run that is shown, and the minima.
 * @param {CanvasRenderingContext2D} c
 * @param {MapModel} model
 * @param {Plot} plot
 */
function drawPathOnMap(c, { given, run, stage }, plot) {
  if (!given.isOverStart) return;
  const { left, bottom, width, height } = plot, { across, up } = given;
  const frame = {
    ...plot,
    span: across.range / width,
    k: 1,
    across: (/** @type {number} */ x) => left + across.share(x) * width,
    down: (/** @type {number} */ y) => bottom - up.share(y) * height,
    x: (/** @type {number} */ pixels) => across.value((pixels - left) / width),
    y: (/** @type {number} */ pixels) => up.value((bottom - pixels) / height),
  };
  drawPaths(c, [tracePath(run, 0, stage, frame, new Crowd(plot))], stage);
  c.beginPath();
  for (const [x, y] of stage.surface.minima) addStar(c, frame.across(x), frame.down(y), SMALL_STAR);
  cased(c, { fill: stage.tokens.ink, casing: stage.tokens.halo, width: 1.6 });
}

/**
 * @param {import("./mapmodel.js").OutcomeMap} map
 * @param {number} across
 * @param {number} up
 * @param {Plot} plot
 * @returns {[number, number]}
 */
function middleOf(map, across, up, plot) {
  const share = (/** @type {Float64Array} */ edges, /** @type {number} */ i) => (edges[i] + edges[i + 1]) / 2;
  return [
    plot.left + share(map.across.edges, across) * plot.width,
    plot.bottom - share(map.up.edges, up) * plot.height,
  ];
}

/**
 * Theory's line with its name, dashed where it is only a hint, and the best that theory knows as a star.
 * @param {CanvasRenderingContext2D} c
 * @param {MapModel} model
 * @param {Plot} plot
 * @param {Found} things
 */
function drawTheory(c, { given, stage: { tokens } }, plot, { lines }) {
  const crowd = new Crowd(plot), { exact, best } = given.given;
  const placed = lines.map((line) =>
    line.map(([x, y]) => /** @type {[number, number]} */ ([x + plot.left, y + plot.top]))
  );
  for (const line of placed) {
    for (let i = 1; i < line.length; i++) crowd.addSegment(...line[i - 1], ...line[i]);
  }
  strokeLines(c, placed, exact, tokens);
  const star = best && spotOf(given, best.values, plot);
  if (star) {
    c.beginPath();
    addStar(c, ...star, STAR);
    cased(c, { fill: tokens.ink, casing: tokens.halo, width: 2.2 });
    crowd.addBox({ left: star[0] - STAR, right: star[0] + STAR, top: star[1] - STAR, bottom: star[1] + STAR });
  }
  const [line] = placed;
  if (line?.length > SHORT) name(c, "limit", line[Math.floor(LABEL_AT * line.length)], crowd, tokens);
  if (best && star) name(c, best.label, star, crowd, tokens);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("./limitline.js").Line[]} lines
 * @param {boolean} exact
 * @param {Tokens} tokens
 */
function strokeLines(c, lines, exact, tokens) {
  const path = new Path2D();
  for (const line of lines) line.forEach(([x, y], i) => i ? path.lineTo(x, y) : path.moveTo(x, y));
  c.lineJoin = "round";
  c.lineCap = "butt";
  c.setLineDash([]);
  c.strokeStyle = tokens.halo;
  c.lineWidth = LINE_CASING;
  c.stroke(path);
  c.setLineDash(exact ? [] : LINE_DASH);
  c.strokeStyle = tokens.ink;
  c.lineWidth = LINE;
  c.stroke(path);
  c.setLineDash([]);
}

/**
 * Writes beside a place what it is.
 * @param {CanvasRenderingContext2D} c
 * @param {string} words
 * @param {[number, number]} place
 * @param {Crowd} crowd
 * @param {Tokens} tokens
 */
function name(c, words, [x, y], crowd, tokens) {
  const style = { size: LABEL_TEXT, weight: 650, color: tokens.ink, halo: tokens.halo };
  const size = { width: textWidth(words, LABEL_TEXT, 650) + 4, height: 1.15 * LABEL_TEXT };
  const { box } = placeLabel(crowd, { x, y, clearance: 11 }, size);
  drawText(c, words, box.left + 2, (box.top + box.bottom) / 2 + 0.36 * LABEL_TEXT, style);
}

/**
 * Where two values lie on the canvas; null outside the map.
 * @param {import("./mapmodel.js").OutcomeMap} map
 * @param {[number, number]} values
 * @param {Plot} plot
 * @returns {[number, number] | null}
 */
export function spotOf(map, [first, second], plot) {
  const across = map.across.share(first), up = map.up.share(second);
  if (!(across >= 0 && across <= 1 && up >= 0 && up <= 1)) return null;
  return [plot.left + across * plot.width, plot.bottom - up * plot.height];
}

// ---- the run that is looked at, and the one that is kept

/**
 * Hairlines through the cell that is pointed at, and a frame around it.
 * @param {CanvasRenderingContext2D} c
 * @param {MapModel} model
 * @param {Plot} plot
 * @param {number} density
 */
function drawCrosshair(c, { given, pointed, stage: { tokens } }, plot, density) {
  if (!pointed) return;
  const [left, right] = spanAcross(given.across.edges, pointed.across, pointed.across + 1, plot, density);
  const [top, bottom] = spanUp(given.up.edges, pointed.up, pointed.up + 1, plot, density);
  const x = Math.floor(plot.left + (left + right) / 2) + 0.5, y = Math.floor(plot.top + (top + bottom) / 2) + 0.5;
  const half = Math.round(Math.max(right - left, bottom - top, LEAST_CELL) / 2);
  const hair = new Path2D();
  for (const side of [-1, 1]) {
    hair.moveTo(x, y + side * half);
    hair.lineTo(x, side < 0 ? plot.top : plot.bottom);
    hair.moveTo(x + side * half, y);
    hair.lineTo(side < 0 ? plot.left : plot.right, y);
  }
  strokeTwice(c, hair, HAIR, HAIR_CASING, tokens);
  const frame = new Path2D();
  frame.rect(x - half, y - half, 2 * half, 2 * half);
  strokeTwice(c, frame, CELL_LINE, CELL_LINE + 3, tokens);
}

/**
 * The kept run as a ring with a cross, or an arrow at the edge that points to it.
 * @param {CanvasRenderingContext2D} c
 * @param {MapModel} model
 * @param {Plot} plot
 */
function drawKept(c, { given, kept, stage: { tokens } }, plot) {
  const at = spotOf(given, kept, plot);
  if (!at) return drawOutside(c, given, kept, plot, tokens);
  const [x, y] = at, ring = new Path2D();
  ring.arc(x, y, PIN, 0, 2 * Math.PI);
  c.fillStyle = tokens.paper;
  c.fill(ring);
  ring.moveTo(x - PIN_CROSS, y);
  ring.lineTo(x + PIN_CROSS, y);
  ring.moveTo(x, y - PIN_CROSS);
  ring.lineTo(x, y + PIN_CROSS);
  strokeTwice(c, ring, PIN_LINE, 2.4 * PIN_LINE, tokens);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("./mapmodel.js").OutcomeMap} map
 * @param {[number, number]} values
 * @param {Plot} plot
 * @param {Tokens} tokens
 */
function drawOutside(c, map, [first, second], plot, tokens) {
  const across = inRange(map.across.share(first)), up = inRange(map.up.share(second));
  const x = plot.left + inside(across) * plot.width, y = plot.bottom - inside(up) * plot.height;
  const along = across - inside(across), upward = up - inside(up), length = Math.hypot(along, upward) || 1;
  drawArrow(c, [x, y], [along / length, -upward / length], ARROW, {
    fill: tokens.ink,
    casing: tokens.halo,
    width: 2.2,
  });
}

/** A share that can be drawn. @param {number} share */
function inRange(share) {
  return Math.max(-9, Math.min(9, Number.isNaN(share) ? -9 : share));
}

/** @param {number} share */
function inside(share) {
  return Math.max(0, Math.min(1, share));
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Path2D} path
 * @param {number} width
 * @param {number} casing
 * @param {Tokens} tokens
 */
function strokeTwice(c, path, width, casing, tokens) {
  c.setLineDash([]);
  c.lineCap = "round";
  c.lineJoin = "round";
  c.strokeStyle = tokens.halo;
  c.lineWidth = casing;
  c.stroke(path);
  c.strokeStyle = tokens.ink;
  c.lineWidth = width;
  c.stroke(path);
  c.lineCap = "butt";
}
