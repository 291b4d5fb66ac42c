/**
 * Basins of attraction, on a map over the start of a surface with several minima: which of them each run comes to.
 *
 * The map knows only what becomes of each run. So the runs that converged are made once more, a few in each frame.
 */

/** @typedef {import("./mapmodel.js").MapModel} MapModel */
/** @typedef {import("./mapdraw.js").Plot} Plot */

/** Milliseconds of each frame that they may take, and how many runs between two looks at the clock. */
const SLICE = 6, AT_ONCE = 8;
const NO_BASIN = 255;

export class Basins {
  constructor() {
    /** The map that they are of. */
    this.id = "";
    this.done = 0;
    /** For each cell the minimum that its run came to, by its place among the surface's. */
    this.ends = new Uint8Array(0);
  }

  /**
   * Whether there is anything to tell.
   * @param {MapModel} model
   */
  static areIn({ given, stage: { surface } }) {
    const { length } = surface.minima;
    return given.isOverStart && surface.isolated_minima && length > 1 && length < NO_BASIN;
  }

  /**
   * Goes on for a slice; whether something is new.
   * @param {MapModel} model
   */
  advance(model) {
    const { given } = model;
    if (!Basins.areIn(model)) return false;
    if (this.id !== given.id) {
      this.id = given.id;
      this.done = 0;
      this.ends = new Uint8Array(given.outcome.length).fill(NO_BASIN);
    }
    if (this.isComplete) return false;
    const began = performance.now();
    while (!this.isComplete && performance.now() - began < SLICE) this.some(model);
    return true;
  }

  get isComplete() {
    return this.done === this.ends.length;
  }

  /** @param {MapModel} model */
  some({ given, run, stage: { steps, noise, surface } }) {
    const { kernel } = run, p = Float64Array.from(run.p), rows = given.up.cells;
    const x = kernel.parameters.indexOf(given.across.given.parameter);
    const y = kernel.parameters.indexOf(given.up.given.parameter);
    const until = Math.min(this.ends.length, this.done + AT_ONCE);
    for (; this.done < until; this.done++) {
      if (given.steps[this.done] === given.never) continue;
      p[x] = given.across.values[Math.floor(this.done / rows)];
      p[y] = given.up.values[this.done % rows];
      const path = kernel.simulate(p, steps, noise);
      this.ends[this.done] = nearest(surface.minima, path.x[path.last], path.y[path.last]);
    }
  }

  /**
   * The borders between basins, along the sides of cells.
   * @param {MapModel} model
   * @param {Plot} plot
   */
  borders({ given }, { left, bottom, width, height }) {
    const path = new Path2D(), { ends } = this, columns = given.across.cells, rows = given.up.cells;
    const across = (/** @type {number} */ i) => Math.round(left + given.across.edges[i] * width);
    const up = (/** @type {number} */ i) => Math.round(bottom - given.up.edges[i] * height);
    const differ = (/** @type {number} */ a, /** @type {number} */ b) =>
      ends[a] !== ends[b] && ends[a] !== NO_BASIN && ends[b] !== NO_BASIN;
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        const at = column * rows + row;
        if (column + 1 < columns && differ(at, at + rows)) {
          path.moveTo(across(column + 1), up(row));
          path.lineTo(across(column + 1), up(row + 1));
        }
        if (row + 1 < rows && differ(at, at + 1)) {
          path.moveTo(across(column), up(row + 1));
          path.lineTo(across(column + 1), up(row + 1));
        }
      }
    }
    return path;
  }
}

/**
 * @param {[number, number][]} minima
 * @param {number} x
 * @param {number} y
 */
function nearest(minima, x, y) {
  let best = 0;
  minima.forEach((minimum, i) => {
    if (distance(minimum, x, y) < distance(minima[best], x, y)) best = i;
  });
  return best;
}

/**
 * @param {[number, number]} place
 * @param {number} x
 * @param {number} y
 */
function distance([a, b], x, y) {
  return Math.hypot(a - x, b - y);
}
