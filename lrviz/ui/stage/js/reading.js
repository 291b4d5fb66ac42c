/**
 * Numbers as a person types them, and as a field shows them.
 */

/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const FIELD_DIGITS = 5;
const LONGEST_QUOTE = 40;

/**
 * The number that someone typed, or a sentence about why it is none that can run.
 * @param {NumberDeclaration} number
 * @param {string} text
 * @returns {{value: number, problem: ""} | {value: null, problem: string}}
 */
export function readNumber(number, text) {
  const written = text.trim().replaceAll("−", "-");
  const who = `${number.owner}.${number.name} (${number.symbol})`;
  if (!DECIMAL.test(written)) {
    return { value: null, problem: `${who} = ${quoted(text)} is not a number; it takes one in ${number.interval}.` };
  }
  const value = Number(written);
  if (!isInside(number, value)) {
    return { value: null, problem: `${who} = ${exactText(value)} is outside ${number.interval}.` };
  }
  if (number.kind === "whole" && !Number.isInteger(value)) {
    return { value: null, problem: `${who} = ${exactText(value)} is not a whole number in ${number.interval}.` };
  }
  return { value, problem: "" };
}

/**
 * The shortest text that reads back as this very number.
 * @param {number} value
 */
export function exactText(value) {
  return String(value).replace("e+", "e").replaceAll("-", "−").replace("Infinity", "∞");
}

/**
 * A number as a field shows it while nobody writes in it.
 * @param {number} value
 */
export function fieldText(value) {
  return exactText(Number(value.toPrecision(FIELD_DIGITS)));
}

/**
 * @param {NumberDeclaration} number
 * @param {number} value
 */
function isInside({ low, high, low_open, high_open }, value) {
  if (!Number.isFinite(value)) return false;
  const above = low === null || (low_open ? value > low : value >= low);
  const below = high === null || (high_open ? value < high : value <= high);
  return above && below;
}

/** @param {string} text */
function quoted(text) {
  return `“${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text}”`;
}
