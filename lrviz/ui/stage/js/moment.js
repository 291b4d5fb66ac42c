/**
 * The moment that is shown: between two steps while the path is played, so that heads glide rather than jump.
 */

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./types.js").Path} Path */

/** A row of a path, and how far on the way to the next.
 * @typedef {{row: number, share: number}} Moment */

/** What is so near to a step is that step. */
const NEAR = 1e-6;

/**
 * The last step that has been reached: the one whose numbers are shown.
 * @param {Model} model
 */
export function stepShown({ time, steps }) {
  return Math.max(0, Math.min(steps, Math.floor(time + NEAR)));
}

/**
 * The row of a run's path that was reached last, and how far on the way to the next it is; a path that ended stays.
 * @param {Run} run
 * @param {Model} model
 * @returns {Moment}
 */
export function progress({ path }, model) {
  const step = stepShown(model), row = Math.max(0, Math.min(step, path.last));
  const share = row === step && step < path.last ? Math.max(0, model.time - step) : 0;
  return { row, share };
}

/**
 * Where a run is at the moment, in x and y.
 * @param {Run} run
 * @param {Model} model
 * @returns {[number, number]}
 */
export function position(run, model) {
  return run.path.last < 0 ? model.start : pointAt(run.path, progress(run, model));
}

/**
 * A point of a path, between two steps on the straight line from one to the other.
 * @param {Path} path
 * @param {Moment} moment
 * @returns {[number, number]}
 */
export function pointAt({ x, y }, { row, share }) {
  if (share === 0) return [x[row], y[row]];
  return [x[row] + share * (x[row + 1] - x[row]), y[row] + share * (y[row + 1] - y[row])];
}
