/**
 * Axes: round ticks on linear, logarithmic and two-sided logarithmic scales, and on those where the distance from 1 is
 * what matters; and how they are written.
 */
import { rounded } from "./numerals.js";

/** @typedef {"linear" | "log" | "symlog" | "complement"} ScaleKind */
/** @typedef {{value: number, label: string}} Tick */

/**
 * A scale maps [low, high] to 0…1; what lies outside goes on beyond, what it has no place for is NaN.
 * @typedef {object} Scale
 * @property {ScaleKind} kind
 * @property {number} low
 * @property {number} high
 * @property {number} near where a symlog scale turns from linear to logarithmic
 * @property {(value: number) => number} share
 */

/**
 * @param {ScaleKind} kind
 * @param {number} low
 * @param {number} high
 * @param {number} [near]
 * @returns {Scale}
 */
export function makeScale(kind, low, high, near = 1) {
  const bend = bends[kind];
  const from = bend(low, near), range = bend(high, near) - from;
  return { kind, low, high, near, share: (value) => (bend(value, near) - from) / range };
}

/** As many nines as a scale that counts from 1 has at most. */
const MOST_NINES = 8;

/** @type {Record<ScaleKind, (value: number, near: number) => number>} */
const bends = {
  linear: (value) => value,
  log: (value) => (value > 0 ? Math.log10(value) : NaN),
  symlog: (value, near) => Math.asinh(value / (2 * near)) / Math.LN10,
  complement: (value) => (value < 1 ? -Math.log10(1 - value) : NaN),
};

/**
 * About so many ticks at round values.
 * @param {Scale} scale
 * @param {number} most
 * @returns {Tick[]}
 */
export function scaleTicks(scale, most) {
  if (scale.kind === "log") return decadeTicks(scale, most);
  if (scale.kind === "symlog") return twoSidedTicks(scale, most);
  if (scale.kind === "complement") return complementTicks(scale, most);
  return roundValues(scale.low, scale.high, most).map((value) => ({ value, label: rounded(value, 6) }));
}

/**
 * Round values in an interval: multiples of 1, 2 or 5 times a power of ten.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 * @returns {number[]}
 */
export function roundValues(low, high, most) {
  const step = roundStep((high - low) / Math.max(1, most));
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i <= Math.floor(high / step + 1e-9) && values.length < 100; i++) {
    values.push(Number((i * step).toPrecision(12)));
  }
  return values;
}

/**
 * The smallest round number that is at least so large.
 * @param {number} least
 */
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((digit) => digit * power >= 0.999 * least) ?? 10);
}

/**
 * @param {Scale} scale
 * @param {number} most
 */
function decadeTicks(scale, most) {
  const from = Math.ceil(Math.log10(scale.low) - 1e-9), to = Math.floor(Math.log10(scale.high) + 1e-9);
  const every = Math.max(1, Math.ceil((to - from) / Math.max(1, most)));
  const ticks = [];
  for (let exponent = Math.ceil(from / every) * every; exponent <= to; exponent += every) {
    ticks.push({ value: 10 ** exponent, label: powerOfTen(exponent) });
  }
  return ticks;
}

/**
 * @param {Scale} scale
 * @param {number} most
 */
function twoSidedTicks(scale, most) {
  const largest = Math.ceil(Math.log10(Math.max(Math.abs(scale.low), Math.abs(scale.high))));
  const first = Math.ceil(Math.log10(scale.near));
  const decades = scale.share(10 ** largest) - scale.share(0);
  const every = Math.max(1, Math.ceil((largest - first) / Math.max(1, most * Math.max(decades, 0.5))));
  const ticks = [{ value: 0, label: "0" }];
  for (let exponent = largest; exponent >= first; exponent -= every) {
    ticks.push({ value: 10 ** exponent, label: powerOfTen(exponent) });
    ticks.push({ value: -(10 ** exponent), label: `−${powerOfTen(exponent)}` });
  }
  return ticks.filter(({ value }) => value >= scale.low && value <= scale.high);
}

/**
 * 0, 0.9, 0.99 and so on, and the values with 5 and 2 in place of 1 between them where there is room.
 * @param {Scale} scale
 * @param {number} most
 */
function complementTicks({ low, high, share }, most) {
  const nines = share(0.99) - share(0.9), digits = nines * most > 3 ? [5, 2, 1] : [1];
  const ticks = [{ value: 0, label: "0" }];
  for (let power = 1; power <= MOST_NINES; power++) {
    for (const digit of digits) {
      const value = Number((1 - digit * 10 ** -power).toPrecision(12));
      ticks.push({ value, label: rounded(value, power + 1) });
    }
  }
  return ticks.filter(({ value }) => value >= low && value <= high);
}

/** Powers of ten that are easier to read written out. */
const WRITTEN_OUT = new Map([[-1, "0.1"], [0, "1"], [1, "10"]]);

/**
 * @param {number} exponent
 * @returns {string}
 */
export function powerOfTen(exponent) {
  const raised = String(exponent).replace(/[-\d]/g, (digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]);
  return WRITTEN_OUT.get(exponent) ?? `10${raised}`;
}
