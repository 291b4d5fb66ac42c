/**
 * What only planes have: paths with their heads, points, and lines that divide them.
 */
import { cutToBounds, isWithin } from "../../stage/js/clip.js";
import { departure, drawBeside, pointOut } from "../../stage/js/landmarks.js";
import { rounded } from "../../stage/js/numerals.js";
import { addMarker, addStar, drawMarker } from "../../stage/js/paint.js";
import { drawPaths, tracePath } from "../../stage/js/paths.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { ink, letters, slanted } from "./chartink.js";
import { runOf } from "./given.js";
import { valueAt } from "./layout.js";

/** @typedef {import("./given.js").Path} Path */
/** @typedef {import("./given.js").Points} Points */
/** @typedef {import("./given.js").Divide} Divide */
/** @typedef {import("./given.js").Header} Header */
/** @typedef {import("./planelayout.js").LaidPlane} LaidPlane */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** @typedef {import("../../stage/js/labels.js").Crowd} Crowd */

/** The width of the stage's paths, to which all else about them is in proportion. */
const WIDTH = 2.6;
const HEAD = 7, CASING = 2.2, CLEARANCE = 12, NAME = 14, BOLD = 700;
const KEY = 13, KEY_SIZE = 4.6, SIGN = 15, KEY_GAP = 13;
const DIVIDE = 2.4, DIVIDE_CASING = 5, POINT_CASING = 1.3, HOLLOW = 1.7;
/** Half the thickness of a plus's arms, for a reach of 1. */
const ARM = 0.32;
/** A dividing line is drawn in so many straight pieces, for axes that are not linear. */
const PIECES = 48;

/**
 * @param {CanvasRenderingContext2D} c
 * @param {LaidPlane} plane
 * @param {Tokens} tokens
 * @param {Header} header
 * @param {Crowd} crowd
 */
export function drawTrajectories(c, plane, tokens, header, crowd) {
  const paths = plane.layers.filter((layer) => layer.kind === "path" && layer.last >= 0).map((
    layer,
  ) => /** @type {Path} */ (layer));
  for (const width of new Set(paths.map((path) => path.width).sort((a, b) => a - b))) {
    const same = paths.filter((path) => path.width === width);
    const model = {
      k: width / WIDTH,
      hot: -1,
      steps: Math.max(...same.map(({ last }) => last)),
      tokens: { ...tokens, runs: same.map(({ colour }) => ink(tokens, colour)) },
      dashes: same.map(({ dash }) => dash),
      markers: same.map(({ colour }) => markerOf(colour, header)),
    };
    drawPaths(c, same.map((path, i) => tracePath(asRun(path), i, asTimed(path), plane, crowd)), asModel(model));
  }
}

/**
 * The heads of paths with their names, or arrows towards those out of sight.
 * @param {CanvasRenderingContext2D} c
 * @param {LaidPlane} plane
 * @param {Tokens} tokens
 * @param {Header} header
 * @param {{crowd: Crowd, directions: Map<string, number>, isSquare: boolean}} place
 */
export function drawHeads(c, plane, tokens, header, { crowd, directions, isSquare }) {
  const paths = plane.layers.filter((layer) => layer.kind === "path").map((layer) => /** @type {Path} */ (layer));
  const heads = paths.filter(({ last }) => last >= 0).map((path, i) => ({ path, key: `${i} ${path.name}` }));
  for (const { path } of heads) {
    const [x, y] = headOf(path, plane), r = HEAD * path.width / WIDTH;
    if (!path.hasHead || !isWithin(x, y, plane)) continue;
    const look = { fill: ink(tokens, path.colour), casing: tokens.halo, width: CASING };
    drawMarker(c, markerOf(path.colour, header), x, y, r, look);
    crowd.addBox({ left: x - r, right: x + r, top: y - r, bottom: y + r });
  }
  for (const { path, key } of heads) {
    if (!path.isLabelled) continue;
    const [x, y] = headOf(path, plane), { colour, name } = path;
    const style = { size: NAME, weight: BOLD, color: ink(tokens, colour), halo: tokens.halo };
    const words = slanted(path.at > path.last ? `${name} blew up` : name);
    if (isWithin(x, y, plane)) {
      if (words) drawBeside(c, words, { x, y, clearance: CLEARANCE, key }, style, crowd, directions);
      continue;
    }
    const away = isSquare && path.at <= path.last ? ` ${rounded(distance(path, plane), 2)} away` : "";
    const scene = { model: asModel({ tokens, k: 1 }), crowd, directions };
    pointOut(c, { ...departure(asRun(path), asTimed(path), plane), key }, `${words}${away}`, style, scene);
  }
}

/**
 * Where a path is, in pixels.
 * @param {Path} path
 * @param {LaidPlane} plane
 * @returns {[number, number]}
 */
export function headOf({ x, y, at, last }, { across, down }) {
  const i = Math.min(at, last);
  return [across(x[i]), down(y[i])];
}

/**
 * How far from the picture a path is, in the unit of its axes.
 * @param {Path} path
 * @param {LaidPlane} plane
 */
function distance({ x, y, at, last }, plane) {
  const i = Math.min(at, last), { left, right, top, bottom } = plane;
  const beyond = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.max(low - value, 0, value - high);
  return Math.hypot(beyond(x[i], plane.x(left), plane.x(right)), beyond(y[i], plane.y(bottom), plane.y(top)));
}

/**
 * @param {string} colour
 * @param {Header} header
 */
function markerOf(colour, { markers }) {
  return markers[runOf(colour)] ?? "circle";
}

/**
 * A path as the stage's drawing takes a run.
 * @param {Path} path
 */
function asRun({ x, y, last }) {
  return /** @type {import("../../stage/js/types.js").Run} */ (/** @type {unknown} */ ({ path: { x, y, last } }));
}

/**
 * The time at which a path is, as the stage's drawing takes it.
 * @param {Path} path
 */
function asTimed({ at, last }) {
  return asModel({ time: Math.min(at, last), steps: last });
}

/**
 * The stage's drawing is handed only what it reads.
 * @param {object} parts
 */
function asModel(parts) {
  return /** @type {import("../../stage/js/types.js").Model} */ (parts);
}

// ---- points

/**
 * @param {CanvasRenderingContext2D} c
 * @param {LaidPlane} plane
 * @param {Tokens} tokens
 */
export function drawPoints(c, plane, tokens) {
  for (const layer of plane.layers) {
    if (layer.kind !== "points") continue;
    const { x, y, marker, size, isHollow, colour } = layer, color = letters(tokens, colour), outline = new Path2D();
    x.forEach((value, i) => {
      const [at, height] = [plane.across(value), plane.down(y[i])];
      if (isWithin(at, height, plane)) addShape(outline, marker, at, height, size);
    });
    fill(c, outline, color, isHollow, tokens);
  }
}

/**
 * Whether points are many, which no name can stand beside: the key above the plane has it, with their marker.
 * @param {import("./given.js").Layer} layer
 */
export function isGroup(layer) {
  return layer.kind === "points" && layer.name !== "" && layer.x.length > 1;
}

/**
 * What the markers of groups of points mean, in a row.
 * @param {CanvasRenderingContext2D} c
 * @param {import("./given.js").Layer[]} layers
 * @param {number} x
 * @param {number} y the letters' baseline
 * @param {Tokens} tokens
 */
export function drawKey(c, layers, x, y, tokens) {
  for (const layer of layers.filter(isGroup)) {
    const { name, marker, isHollow, colour } = /** @type {Points} */ (layer);
    const outline = new Path2D(), text = slanted(name);
    addShape(outline, marker, x + KEY_SIZE, y - 0.33 * KEY, KEY_SIZE);
    fill(c, outline, letters(tokens, colour), isHollow, tokens);
    drawText(c, text, x + SIGN, y, { size: KEY, color: tokens.ink });
    x += SIGN + textWidth(text, KEY) + KEY_GAP;
  }
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Path2D} outline
 * @param {string} color
 * @param {boolean} isHollow
 * @param {Tokens} tokens
 */
function fill(c, outline, color, isHollow, { halo, paper }) {
  c.setLineDash([]);
  c.lineJoin = "round";
  c.strokeStyle = halo;
  c.lineWidth = 2 * POINT_CASING + (isHollow ? HOLLOW : 0);
  c.stroke(outline);
  c.fillStyle = isHollow ? paper : color;
  c.fill(outline);
  if (!isHollow) return;
  c.strokeStyle = color;
  c.lineWidth = HOLLOW;
  c.stroke(outline);
}

/**
 * @param {Path2D} outline
 * @param {string} marker
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function addShape(outline, marker, x, y, radius) {
  if (marker === "star") return addStar(outline, x, y, 1.5 * radius);
  if (marker !== "plus") return addMarker(outline, marker, x, y, radius);
  const r = 1.35 * radius, a = ARM * r;
  const corners = [[-a, -r], [a, -r], [a, -a], [r, -a], [r, a], [a, a], [a, r], [-a, r], [-a, a], [-r, a], [-r, -a], [
    -a,
    -a,
  ]];
  corners.forEach(([across, down], i) => outline[i ? "lineTo" : "moveTo"](x + across, y + down));
  outline.closePath();
}

// ---- dividing lines

/**
 * @param {CanvasRenderingContext2D} c
 * @param {LaidPlane} plane
 * @param {Tokens} tokens
 * @param {Crowd} crowd
 */
export function drawDivides(c, plane, tokens, crowd) {
  const lines = plane.layers.filter((layer) => layer.kind === "divide").map((layer) => {
    const { colour, dash } = /** @type {Divide} */ (layer), outline = new Path2D();
    let end = NaN;
    for (const [ax, ay, bx, by] of piecesOf(/** @type {Divide} */ (layer), plane)) {
      if (ax !== end) outline.moveTo(ax, ay); // else the dashes go on
      outline.lineTo(bx, by);
      end = bx;
      crowd.addSegment(ax, ay, bx, by);
    }
    return { outline, dash, color: ink(tokens, colour) };
  });
  c.setLineDash([]);
  c.lineCap = "butt";
  c.strokeStyle = tokens.halo;
  c.lineWidth = DIVIDE_CASING;
  for (const { outline } of lines) c.stroke(outline);
  c.lineWidth = DIVIDE;
  for (const { outline, dash, color } of lines) {
    c.strokeStyle = color;
    c.setLineDash(dash);
    c.stroke(outline);
  }
  c.setLineDash([]);
}

/**
 * A dividing line's visible pieces, in pixels; on linear axes one.
 * @param {Divide} line
 * @param {import("./layout.js").Laid} plane
 * @returns {[number, number, number, number][]}
 */
export function piecesOf({ a, b, c }, plane) {
  const { left, right, across, down, scale } = plane;
  const wide = plane.x(right) - plane.x(left), high = scale.high - scale.low;
  const isFlat = Math.abs(a) * wide <= Math.abs(b) * high;
  const points = Array.from({ length: PIECES + 1 }, (_, i) => {
    const share = i / PIECES;
    if (isFlat) {
      const x = plane.x(left + share * (right - left));
      return [across(x), down(-(a * x + c) / b)];
    }
    const y = valueAt(scale, share);
    return [across(-(b * y + c) / a), down(y)];
  });
  const ends = isStraight(points) ? [points[0], points[PIECES]] : points;
  return ends.slice(1).map(([x, y], i) => cutToBounds(ends[i][0], ends[i][1], x, y, plane))
    .filter((piece) => piece !== null);
}

/**
 * Whether points lie on one straight line, to a tenth of a pixel.
 * @param {number[][]} points evenly along one of the axes
 */
function isStraight(points) {
  const [fromX, fromY] = points[0], last = points.length - 1, [toX, toY] = points[last];
  return [1, 2].every((third) => {
    const share = (third * PIECES) / 3 / last, [x, y] = points[(third * PIECES) / 3];
    const [wantedX, wantedY] = [fromX + share * (toX - fromX), fromY + share * (toY - fromY)];
    return Math.abs(x - wantedX) < 0.1 && Math.abs(y - wantedY) < 0.1;
  });
}
