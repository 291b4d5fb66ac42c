/**
 * A plane's field: its values between the points at which they were computed, and its ground.
 */
import { Ground } from "../../stage/js/ground.js";
import { shaped } from "../../stage/js/heights.js";

/** @typedef {import("./given.js").GivenField} GivenField */
/** @typedef {import("../../stage/js/heights.js").Relief} Relief */
/** @typedef {import("../../stage/js/types.js").Frame} Frame */
/** Between which of its points a place lies, and how far on the way. @typedef {{i: number, share: number}} Between */

export class Field {
  /**
   * @param {GivenField} given
   * @param {Record<string, Float64Array>} arrays
   * @param {string} id tells fields apart
   */
  constructor(given, arrays, id) {
    this.given = given;
    this.x = arrays[given.x];
    this.y = arrays[given.y];
    this.values = arrays[given.values];
    this.ground = new Ground(
      (frame, _, cell) => this.relief(frame, cell),
      (frame, { tokens }, density) =>
        [id, frame.left, frame.top, frame.width, frame.height, density, ...tokens.ramp].join(),
    );
  }

  /**
   * The value at a place, by cubic convolution (Keys 1981), which is exact for quadratics; NaN outside.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const { x: xs, y: ys } = this;
    if (!(x >= xs[0] && x <= xs[xs.length - 1] && y >= ys[0] && y <= ys[ys.length - 1])) return NaN;
    return this.between(locate(xs, x), locate(ys, y));
  }

  /**
   * @param {Between} across
   * @param {Between} up
   */
  between({ i, share }, { i: j, share: rise }) {
    const { values, x: { length }, y: { length: rows } } = this;
    const line = (/** @type {number} */ row) => {
      const at = row * length + i;
      return curved(
        i > 0 ? values[at - 1] : NaN,
        values[at],
        values[at + 1],
        i + 2 < length ? values[at + 2] : NaN,
        share,
      );
    };
    const value = curved(j > 0 ? line(j - 1) : NaN, line(j), line(j + 1), j + 2 < rows ? line(j + 2) : NaN, rise);
    return Number.isNaN(value) ? Infinity : value;
  }

  /**
   * @param {Frame} frame
   * @param {number} cell
   * @returns {Relief}
   */
  relief(frame, cell) {
    const columns = Math.ceil(frame.width / cell) + 1, rows = Math.ceil(frame.height / cell) + 1;
    const losses = new Float64Array(columns * rows), { given: { scale, low, high, floor } } = this;
    const across = Array.from({ length: columns }, (_, i) => locate(this.x, frame.x(frame.left + i * cell)));
    for (let row = 0, at = 0; row < rows; row++) {
      const up = locate(this.y, frame.y(frame.top + row * cell));
      for (const place of across) losses[at++] = this.between(place, up);
    }
    const grid = { heights: new Float32Array(losses.length), columns, rows, cell };
    return shaped(grid, losses, low < high ? { low, high } : null, scale === "log" ? low : null, floor ?? undefined);
  }
}

/**
 * Where a place lies among rising values; one outside lies at the end.
 * @param {Float64Array} values
 * @param {number} value
 * @returns {Between}
 */
function locate(values, value) {
  let low = 0, high = values.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle;
    else high = middle;
  }
  const share = (value - values[low]) / (values[high] - values[low]);
  return { i: low, share: Math.max(0, Math.min(1, share)) };
}

/**
 * The cubic between b and c of four evenly spaced values. It may leave what lies between them by no more than a parabola
 * of the lesser of its two curvatures would: beside a wall a valley's floor does not swing.
 * @param {number} a NaN where there is none
 * @param {number} b
 * @param {number} c
 * @param {number} d NaN where there is none
 * @param {number} t
 */
function curved(a, b, c, d, t) {
  const before = a - 2 * b + c, after = b - 2 * c + d;
  // At an edge the curvature goes on as it is.
  const bends = Number.isFinite(before) ? Number.isFinite(after) ? [before, after] : [before, before] : [after, after];
  if (!Number.isFinite(bends[0])) return b + t * (c - b);
  const [first, last] = bends, line = b + t * (c - b), s = t * (1 - t);
  const value = line - (s / 2) * (first * (1 - t) + last * t);
  const room = first * last > 0 ? Math.min(Math.abs(first), Math.abs(last)) / 8 : 0;
  return Math.max(Math.min(b, c) - room, Math.min(Math.max(b, c) + room, value));
}
