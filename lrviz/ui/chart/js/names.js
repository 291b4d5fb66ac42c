/**
 * Names beside what they name: of lines, of levels and of washed stretches, where nothing else is.
 */
import { Crowd } from "../../stage/js/labels.js";
import { drawText, textWidth } from "../../stage/js/text.js";
import { letters, slanted } from "./chartink.js";
import { reaching, spotOf } from "./layers.js";
import { LABEL_SIZE } from "./layout.js";
import { isGroup, piecesOf } from "./planelayers.js";

/** @typedef {import("./layout.js").Laid} Laid */
/** @typedef {import("../../stage/js/types.js").Box} Box */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** A place for a name, how much it is worth less than the best, and by what it is known again. @typedef {{x: number, y: number, at: number, cost: number, key: string}} Place */

const WEIGHT = 650, HIGH = 16, GAP = 5, DOT = 6;
const ANCHORS = 40, ROWS = 4, STEP = 4;
const COST = { path: 9, box: 500, end: 60, turning: 30, shared: 50, row: 30 };

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Laid} panel
 * @param {Tokens} tokens
 * @param {Map<string, string>} before where each name stood in the last picture
 * @param {Crowd} [crowd] what is drawn besides
 */
export function drawNames(c, panel, tokens, before, crowd = emptyCrowd(panel)) {
  const { layers } = panel;
  for (const layer of layers) remember(layer, panel, crowd);
  for (const layer of layers) {
    const name = nameOf(layer);
    if (!name) continue;
    const text = slanted(name), wide = textWidth(text, LABEL_SIZE, WEIGHT);
    const places = layer.kind === "line"
      ? apart(placesFor(layer, panel, wide), layer, panel)
      : placesFor(layer, panel, wide);
    const place = cheapest(places, wide, crowd, before.get(name));
    if (!place) continue;
    before.set(name, place.key);
    crowd.addBox(boxAt(place, wide));
    const color = letters(tokens, layer.colour);
    const style = { size: LABEL_SIZE, weight: WEIGHT, color, halo: tokens.paper };
    drawText(c, text, place.x, place.y + 0.76 * HIGH, style);
  }
}

/** @param {Laid} panel */
export function emptyCrowd({ left, right, top, bottom }) {
  return new Crowd({ left, right, top, bottom, width: right - left, height: bottom - top });
}

/** @param {import("./given.js").Layer} layer */
function nameOf(layer) {
  if (layer.kind === "line") return layer.isLabelled ? layer.name : "";
  if (layer.kind === "band" || layer.kind === "mark" || layer.kind === "path") return "";
  if (layer.kind === "points" || layer.kind === "divide") return isGroup(layer) ? "" : layer.name;
  return layer.kind === "dots" ? layer.isThere.some(Boolean) && layer.name : layer.label;
}

/**
 * Lets names keep away from a layer.
 * @param {import("./given.js").Layer} layer
 * @param {Laid} panel
 * @param {Crowd} crowd
 */
function remember(layer, panel, crowd) {
  const { across, top, bottom, left, right } = panel, down = reaching(panel);
  const inside = (/** @type {number} */ y) => Math.max(top - 20, Math.min(bottom + 20, y));
  if (layer.kind === "line") {
    for (let i = 1; i < layer.x.length; i++) {
      const from = down(layer.y[i - 1]), to = down(layer.y[i]);
      if (!Number.isFinite(layer.y[i - 1]) || !Number.isFinite(layer.y[i])) continue;
      crowd.addSegment(across(layer.x[i - 1]), inside(from), across(layer.x[i]), inside(to));
    }
  } else if (layer.kind === "mark") crowd.addSegment(across(layer.at), top, across(layer.at), bottom);
  else if (layer.kind === "level") crowd.addSegment(left, down(layer.at), right, down(layer.at));
  else if (layer.kind === "dots") {
    layer.x.forEach((value, i) => {
      if (!layer.isThere[i] || Number.isNaN(layer.y[i])) return;
      const x = across(value), { y } = spotOf(panel, layer.y[i]);
      for (const dy of [-DOT, 0, DOT]) crowd.addSegment(x - DOT, y + dy, x + DOT, y + dy);
    });
  } else if (layer.kind === "points") {
    layer.x.forEach((value, i) => {
      const x = across(value), y = panel.down(layer.y[i]), r = layer.size;
      if (Number.isFinite(x + y)) crowd.addSegment(x - r, y, x + r, y);
    });
  }
}

/**
 * Where a layer's name may stand, seen from its upper left corner.
 * @param {import("./given.js").Layer} layer
 * @param {Laid} panel
 * @param {number} wide
 * @returns {Place[]}
 */
function placesFor(layer, panel, wide) {
  const { across, left, right, top, bottom } = panel, down = reaching(panel), most = right - wide - 2;
  /** @type {Place[]} */
  const places = [];
  const beside = (
    /** @type {number} */ at,
    /** @type {number} */ y,
    /** @type {number} */ cost,
    /** @type {string} */ key,
  ) => {
    const x = Math.max(left + 3, Math.min(most, at - wide / 2));
    for (let row = 0; row < ROWS; row++) {
      const far = row * HIGH, more = cost + COST.row * row;
      places.push({ x, at, y: y - GAP - HIGH - far, cost: more, key: `${key} above ${row}` });
      places.push({ x, at, y: y + GAP + far, cost: more, key: `${key} below ${row}` });
    }
  };
  const aside = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ key) => {
    if (!(x >= left && x <= right && y >= top && y <= bottom)) return;
    places.push({ x: x + DOT + GAP, at: x, y: y - HIGH / 2, cost: 10, key: `${key} right` });
    places.push({ x: x - DOT - GAP - wide, at: x, y: y - HIGH / 2, cost: 12, key: `${key} left` });
    beside(x, y, 14, key);
  };
  if (layer.kind === "zone") {
    const from = across(layer.low), to = across(layer.high);
    if (to - from < wide + 8) return [];
    const x = (from + to - wide) / 2;
    for (let y = top + 4; y < bottom - HIGH; y += HIGH) {
      places.push({ x, at: x, y, cost: 0.1 * (y - top), key: `${Math.round(y - top)}` });
    }
  } else if (layer.kind === "level") {
    for (let i = 0; i <= ANCHORS; i++) {
      beside(right - (i / ANCHORS) * (right - left), down(layer.at), COST.end * (i / ANCHORS), `${i}`);
    }
  } else if (layer.kind === "line") {
    const seen = [...layer.x.keys()].filter((i) => {
      const x = across(layer.x[i]), y = down(layer.y[i]);
      return Number.isFinite(layer.y[i]) && x >= left && x <= right && y >= top && y <= bottom;
    });
    for (let n = 0; n <= ANCHORS && seen.length; n++) {
      const i = seen[Math.round((1 - n / ANCHORS) * (seen.length - 1))];
      beside(across(layer.x[i]), down(layer.y[i]), COST.end * (n / ANCHORS), `${n}`);
    }
  } else if (layer.kind === "dots") {
    layer.x.forEach((value, i) => {
      if (!layer.isThere[i] || Number.isNaN(layer.y[i])) return;
      aside(across(value), spotOf(panel, layer.y[i]).y, `${i}`);
    });
  } else if (layer.kind === "points") {
    const stride = Math.ceil(layer.x.length / ANCHORS);
    for (let i = 0; i < layer.x.length; i += stride) aside(across(layer.x[i]), panel.down(layer.y[i]), `${i}`);
  } else if (layer.kind === "divide") {
    for (const [ax, ay, bx, by] of piecesOf(layer, panel)) {
      for (let n = 1; n < ANCHORS; n++) {
        const share = n / ANCHORS;
        aside(ax + share * (bx - ax), ay + share * (by - ay), `${n}`);
      }
    }
  }
  return places;
}

/**
 * A line's places, of which those are dearer where another line runs so near that the name could be its.
 * @param {Place[]} places
 * @param {import("./given.js").Line} line
 * @param {Laid} panel
 */
function apart(places, line, panel) {
  const down = reaching(panel), { across } = panel;
  const others = panel.layers.filter((other) => other.kind === "line" && other !== line);
  return places.map((place) => {
    const own = down(valueNear(line, place.at, across));
    const isShared = others.some((other) => {
      const value = other.kind === "line" ? valueNear(other, place.at, across) : NaN;
      return Math.abs(down(value) - own) < HIGH;
    });
    return isShared ? { ...place, cost: place.cost + COST.shared } : place;
  });
}

/**
 * A line's value at the nearest of its points.
 * @param {import("./given.js").Line} line
 * @param {number} pixels
 * @param {(x: number) => number} across
 */
function valueNear({ x, y }, pixels, across) {
  let low = 0, high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (across(x[middle]) < pixels) low = middle;
    else high = middle;
  }
  const nearest = pixels - across(x[low]) < across(x[high]) - pixels ? low : high;
  return Math.abs(across(x[nearest]) - pixels) < HIGH ? y[nearest] : NaN;
}

/**
 * @param {Place[]} places
 * @param {number} wide
 * @param {Crowd} crowd
 * @param {string | undefined} before
 * @returns {Place | null} none where there is no room at all
 */
function cheapest(places, wide, crowd, before) {
  let best = null, least = Infinity;
  const { left, right, top, bottom } = crowd.frame;
  for (const place of places) {
    const box = boxAt(place, wide);
    if (box.left < left || box.right > right || box.top < top - 2 || box.bottom > bottom + 2) continue;
    const cost = place.cost + COST.path * crowd.covered(box) + COST.box * crowd.met(box) -
      (place.key === before ? COST.turning : 0);
    if (cost < least) [best, least] = [place, cost];
  }
  return best;
}

/**
 * @param {Place} place
 * @param {number} wide
 * @returns {Box}
 */
function boxAt({ x, y }, wide) {
  return { left: x - STEP / 2, right: x + wide + STEP / 2, top: y, bottom: y + HIGH };
}
