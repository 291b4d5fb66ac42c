/**
 * Other ranges for the axes: nearer or farther around the run that is shown.
 */
import { bent, straight, withoutTail } from "../../stage/js/scales.js";

/** @typedef {import("./mapmodel.js").OutcomeMap} OutcomeMap */
/** @typedef {import("./mapaxis.js").MapAxis} MapAxis */

const DIGITS = 3;

/**
 * @param {OutcomeMap} map
 * @param {[number, number]} values
 * @param {number} factor below 1 nearer, above farther
 * @returns {[number, number][]} low and high of each axis
 */
export function zoomedAxes({ across, up }, values, factor) {
  return [across, up].map((axis, i) => {
    const share = axis.share(values[i]), middle = share >= 0 && share <= 1 ? share : 0.5;
    const from = middle - factor * middle, to = middle + factor * (1 - middle);
    return [tidy(axis, from), tidy(axis, to)];
  });
}

/**
 * A round value at a place, with so many digits that two ends stay apart.
 * @param {MapAxis} axis
 * @param {number} share
 */
function tidy(axis, share) {
  const measure = axis.from + share * axis.range, value = straight(axis, measure);
  if (axis.scale === "log") return Number(value.toPrecision(DIGITS));
  if (axis.scale === "complement") return withoutTail(1 - Number((1 - value).toPrecision(DIGITS)));
  const place = 10 ** Math.floor(Math.log10(Math.abs(straight(axis, axis.from + axis.range) - axis.given.low) / 1000));
  const rounded = withoutTail(Math.round(value / place) * place);
  return Number.isFinite(bent(axis, rounded)) ? rounded : value;
}
