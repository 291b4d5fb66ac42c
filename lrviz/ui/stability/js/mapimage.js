/**
 * The map's cells, painted once and kept until something about the map, its size or the theme changes.
 */
import { channels, hatchPattern } from "../../stage/js/paint.js";

/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** @typedef {import("./mapmodel.js").OutcomeMap} OutcomeMap */
/** @typedef {import("./mapdraw.js").Plot} Plot */

const HATCH_ALPHA = 0.3;
/** How far the colour of the most steps is on the way to that of a run that is still descending, which it is not. */
const SLOWEST = 0.72;
/** Where the steps are in colour, the other outcomes step back. */
const QUIET_SHARE = 0.35, QUIET_HATCH_ALPHA = 0.24;

export class MapImage {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.key = "";
  }

  /**
   * @param {OutcomeMap} map
   * @param {Plot} plot
   * @param {Tokens} tokens
   * @param {number} density
   */
  update(map, plot, tokens, density) {
    const key = [map.id, map.colour, plot.width, plot.height, tokens.paper, density].join();
    if (key === this.key) return;
    this.key = key;
    this.canvas.width = Math.round(plot.width * density);
    this.canvas.height = Math.round(plot.height * density);
    const c = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: false }));
    c.fillStyle = tokens.paper;
    c.fillRect(0, 0, this.canvas.width, this.canvas.height);
    c.scale(density, density);
    const isBySteps = map.colour === "steps";
    for (const [number, name] of map.kinds.entries()) {
      const area = areaOf(map, number, plot, density);
      if (!area) continue;
      const [fill, text] = tokens.outcomes[name], isQuiet = isBySteps && name !== "converged";
      c.fillStyle = isQuiet ? mixed(fill, tokens.paper, QUIET_SHARE) : fill;
      c.fill(area);
      const hatch = hatchPattern(c, name, text, density);
      if (!hatch) continue;
      c.globalAlpha = isQuiet ? QUIET_HATCH_ALPHA : HATCH_ALPHA;
      c.fillStyle = hatch;
      c.fill(area);
      c.globalAlpha = 1;
    }
    if (isBySteps) paintSteps(c, map, plot, tokens, density);
  }
}

/**
 * The cells of one kind as rectangles, those above each other as one; null where there is none.
 * @param {OutcomeMap} map
 * @param {number} kind
 * @param {Plot} plot
 * @param {number} density
 */
function areaOf({ outcome, across, up }, kind, plot, density) {
  const area = new Path2D(), rows = up.cells;
  let isEmpty = true;
  for (let column = 0; column < across.cells; column++) {
    const [left, right] = spanAcross(across.edges, column, column + 1, plot, density);
    for (let row = 0; row < rows;) {
      if (outcome[column * rows + row] !== kind) {
        row++;
        continue;
      }
      const first = row;
      while (row < rows && outcome[column * rows + row] === kind) row++;
      const [top, bottom] = spanUp(up.edges, first, row, plot, density);
      area.rect(left, top, right - left, bottom - top);
      isEmpty = false;
    }
  }
  return isEmpty ? null : area;
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {OutcomeMap} map
 * @param {Plot} plot
 * @param {Tokens} tokens
 * @param {number} density
 */
function paintSteps(c, map, plot, tokens, density) {
  const { steps, across, up } = map, rows = up.cells;
  for (let at = 0; at < steps.length; at++) {
    if (steps[at] === map.never) continue;
    const column = Math.floor(at / rows), row = at % rows;
    const [left, right] = spanAcross(across.edges, column, column + 1, plot, density);
    const [top, bottom] = spanUp(up.edges, row, row + 1, plot, density);
    c.fillStyle = stepsColour(map, steps[at], tokens);
    c.fillRect(left, top, right - left, bottom - top);
  }
}

/**
 * The colour of a number of steps: the fewer, the stronger.
 * @param {OutcomeMap} map
 * @param {number} steps
 * @param {Tokens} tokens
 */
export function stepsColour({ fewest, most }, steps, tokens) {
  const share = most > fewest ? Math.log((steps + 1) / (fewest + 1)) / Math.log((most + 1) / (fewest + 1)) : 0;
  return mixed(tokens.outcomes.converged[0], tokens.outcomes.descending[0], SLOWEST * share);
}

/**
 * @param {string} a
 * @param {string} b
 * @param {number} share of b
 */
function mixed(a, b, share) {
  const other = channels(b);
  return `rgb(${channels(a).map((value, i) => Math.round(value + share * (other[i] - value))).join()})`;
}

/**
 * From where to where cells reach, on whole pixels of the screen: so no seam is left between neighbours.
 * @param {Float64Array} edges
 * @param {number} from
 * @param {number} to
 * @param {{width: number}} plot
 * @param {number} density
 */
export function spanAcross(edges, from, to, { width }, density) {
  return [edges[from], edges[to]].map((edge) => Math.round(edge * width * density) / density);
}

/**
 * @param {Float64Array} edges
 * @param {number} from
 * @param {number} to
 * @param {{height: number}} plot
 * @param {number} density
 */
export function spanUp(edges, from, to, { height }, density) {
  return [edges[to], edges[from]].map((edge) => Math.round((1 - edge) * height * density) / density);
}
