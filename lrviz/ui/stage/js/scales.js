/**
 * Sliders and their numbers: where on a slider a value lies, which value a place stands for, and the values at which
 * the keyboard stops. A slider measures in the declared scale, so that its middle is the middle of what one tries.
 */
import { roundValues } from "./axes.js";

const TICKS_PER_DECADE = 20;
const LINEAR_TICKS = 60;
/** How many values of a linear slider the mouse can tell apart, at least. */
const LINEAR_PLACES = 500;
const DIGITS = 3;
/** Enough digits to hide the rounding of binary fractions, few enough to show none of it. */
const CLEAN_DIGITS = 12;
/** How far left of the least power of ten a logarithmic slider has its zero, in decades. */
const ZERO_GAP = 0.3;
/** What counts as being on a tick, in ticks: a tidy value may be a little beside its own. */
const ON_TICK = 0.05;

/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */

/**
 * The ends of a number's slider, in its own measure.
 * @param {NumberDeclaration} number
 * @returns {[number, number]}
 */
export function sliderEnds(number) {
  const [low, high] = number.soft.map((value) => bent(number, value));
  return [hasZero(number) ? low - ZERO_GAP : low, high];
}

/**
 * Where a value lies on the slider; beyond the ends the thumb rests there.
 * @param {NumberDeclaration} number
 * @param {number} value
 */
export function toSpot(number, value) {
  const [low, high] = sliderEnds(number);
  const spot = bent(number, value);
  return Math.min(high, Math.max(low, Number.isNaN(spot) ? low : spot));
}

/**
 * The tidy value for a place on the slider.
 * @param {NumberDeclaration} number
 * @param {number} spot
 */
export function fromSpot(number, spot) {
  const [low, high] = number.soft;
  if (hasZero(number) && spot < bent(number, low) - ZERO_GAP / 2) return 0;
  return Math.min(high, Math.max(low, tidy(number, straight(number, spot))));
}

/**
 * The value so many ticks further; the first tick leads to the next one on the grid.
 * @param {NumberDeclaration} number
 * @param {number} value
 * @param {number} ticks
 */
export function stepped(number, value, ticks) {
  const [low, high] = number.soft;
  if (ticks === 0 || (ticks > 0 && value >= high) || (ticks < 0 && value < low)) return value;
  if (ticks > 0 && value < low) return low;
  if (ticks < 0 && value > high) return high;
  const grid = tickSize(number);
  const place = bent(number, value) / grid;
  const next = ticks > 0 ? Math.floor(place + ON_TICK) : Math.ceil(place - ON_TICK);
  let target = tidy(number, straight(number, (next + ticks) * grid));
  if (number.kind === "whole" && (target - value) * ticks <= 0) target = value + Math.sign(ticks);
  if (target < low && hasZero(number)) return value > low ? low : 0;
  return Math.min(high, Math.max(low, target));
}

/**
 * The ends of a number's slider as values, for a key that leads there.
 * @param {NumberDeclaration} number
 * @param {"low" | "high"} end
 */
export function endValue(number, end) {
  return end === "high" ? number.soft[1] : hasZero(number) ? 0 : number.soft[0];
}

/**
 * A value without the tail of its binary fraction.
 * @param {number} value
 */
export function withoutTail(value) {
  return Number(value.toPrecision(CLEAN_DIGITS));
}

/** @param {NumberDeclaration} number */
function hasZero(number) {
  return number.scale === "log" && number.low === 0 && !number.low_open;
}

/** @param {NumberDeclaration} number */
function tickSize(number) {
  if (number.scale !== "linear") return 1 / TICKS_PER_DECADE;
  return roundValues(0, number.soft[1] - number.soft[0], LINEAR_TICKS)[1];
}

/**
 * A value in the measure of its scale, in which equal distances look equal.
 * @param {{scale: NumberDeclaration["scale"]}} number
 * @param {number} value
 */
export function bent(number, value) {
  if (number.scale === "log") return value > 0 ? Math.log10(value) : -Infinity;
  if (number.scale === "complement") return value < 1 ? -Math.log10(1 - value) : Infinity;
  return value;
}

/**
 * The value at a place in the measure of its scale.
 * @param {{scale: NumberDeclaration["scale"]}} number
 * @param {number} spot
 */
export function straight(number, spot) {
  if (number.scale === "log") return 10 ** spot;
  if (number.scale === "complement") return 1 - 10 ** -spot;
  return spot;
}

/**
 * A value as one would write it: three digits, counted from 1 where the distance from 1 is what matters.
 * @param {NumberDeclaration} number
 * @param {number} value
 */
function tidy(number, value) {
  if (number.kind === "whole") return Math.round(value);
  if (number.scale === "log") return Number(value.toPrecision(DIGITS));
  if (number.scale === "complement") return withoutTail(1 - Number((1 - value).toPrecision(DIGITS)));
  const place = 10 ** Math.floor(Math.log10((number.soft[1] - number.soft[0]) / LINEAR_PLACES));
  return withoutTail(Math.round(value / place) * place);
}
