/**
 * Ticks of a chart's axes, also where an axis is shorter than a decade.
 */
import { powerOfTen, roundValues, scaleTicks } from "../../stage/js/axes.js";
import { rounded } from "../../stage/js/numerals.js";

/** @typedef {import("../../stage/js/axes.js").Scale} Scale */
/** @typedef {import("../../stage/js/axes.js").Tick} Tick */

const DIGITS = [[1, 2, 5], [1, 3]];
const FEWEST = 3;

/**
 * About so many ticks at round values.
 * @param {Scale} scale
 * @param {number} most
 * @returns {Tick[]}
 */
export function ticksOf(scale, most) {
  if (scale.kind !== "log") return scaleTicks(scale, most);
  const decades = scaleTicks(scale, most);
  if (decades.length >= FEWEST) return decades;
  for (const digits of DIGITS) {
    const finer = between(scale, digits);
    if (finer.length >= FEWEST && finer.length <= Math.max(FEWEST, 1.5 * most)) return finer;
  }
  if (decades.length > 1) return decades;
  return roundValues(scale.low, scale.high, most).map((value) => ({ value, label: rounded(value, 6) }));
}

/**
 * Short ticks without labels: the digits between decades.
 * @param {Scale} scale
 * @returns {number[]}
 */
export function minorTicks(scale) {
  if (scale.kind !== "log") return [];
  return between(scale, [2, 3, 4, 5, 6, 7, 8, 9]).map(({ value }) => value);
}

/**
 * @param {Scale} scale
 * @param {number[]} digits
 * @returns {Tick[]}
 */
function between({ low, high }, digits) {
  const ticks = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
    for (const digit of digits) {
      const value = Number(`${digit}e${exponent}`);
      if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
      ticks.push({ value, label: digit === 1 ? powerOfTen(exponent) : rounded(value, 2) });
    }
  }
  return ticks;
}
