/**
 * The cloud in words: what is seen at a moment, in numbers with their errors.
 */
import { count, point, rounded } from "../../stage/js/numerals.js";

/** @typedef {import("./cloud.js").Shown} Shown */

/** Digits of a measured number and of its error. */
const DIGITS = 3, ERROR_DIGITS = 2;

/** @param {Shown} shown */
export function summaryText({ header: { cloud, surface, runs } }) {
  return `Contours of ${surface.title} with ${count(cloud.seeds)} seeds of ${runs[0].title} as dots.`;
}

/**
 * @param {Shown} shown
 * @param {number} frame
 */
export function momentText({ arrays, header: { cloud } }, frame) {
  const { frames, alive, mean, width, width_error, loss, loss_error, expected_width, expected_loss } = arrays;
  const gone = cloud.seeds - alive[frame], step = `At step ${count(frames[frame])}`;
  if (gone > 0) return `${step}, ${count(gone)} of ${count(cloud.seeds)} seeds have blown up: no mean is left to tell.`;
  const middle = point([mean[2 * frame], mean[2 * frame + 1]]);
  const wide = beside(width[frame], width_error[frame], expected_width?.[frame]);
  const high = beside(loss[frame], loss_error[frame], expected_loss?.[frame]);
  return `${step} the cloud is around ${middle}. Width ${wide}. Mean loss ${cloud.above} ${high}.`.replace("  ", " ");
}

/**
 * @param {number} value
 * @param {number} error
 * @param {number | undefined} theory
 */
function beside(value, error, theory) {
  const said = theory === undefined ? "" : `; theory ${rounded(theory, DIGITS)}`;
  return `${measured(value, error)}${said}`;
}

/**
 * @param {number} value
 * @param {number} error
 */
export function measured(value, error) {
  return `${rounded(value, DIGITS)} ± ${rounded(error, ERROR_DIGITS)}`;
}
