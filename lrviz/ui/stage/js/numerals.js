/** Numbers as text, sign for sign as `lrviz/numerals.py` writes them. */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SEPARABLE = /\B(?=(\d{3})+$)/g;

/**
 * A number to read: 3 significant digits, thousands separated, a true minus, powers of ten as 2.1 × 10⁻⁶.
 * @param {number} value
 * @param {number} [digits]
 * @returns {string}
 */
export function rounded(value, digits = 3) {
  if (Number.isNaN(value)) return "undefined";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}∞`;
  if (size === 0) return "0";
  const text = significant(size, digits);
  const [mantissa, power] = text.split("e");
  const exponent = Number(power);
  if (exponent > -4 && exponent < 6) {
    const [whole, part] = withoutZeros(Number(text).toFixed(Math.max(digits - 1 - exponent, 0))).split(".");
    return sign + whole.replace(SEPARABLE, ",") + (part ? `.${part}` : "");
  }
  const ten = "10" + String(exponent).replace("-", "⁻").replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  const factor = withoutZeros(mantissa);
  return sign + (factor === "1" ? ten : `${factor} × ${ten}`);
}

/**
 * A whole number with its thousands separated.
 * @param {number} value
 * @returns {string}
 */
export function count(value) {
  return String(value).replace(SEPARABLE, ",");
}

/**
 * A position as (x, y), rounded.
 * @param {Iterable<number>} coordinates
 * @returns {string}
 */
export function point(coordinates) {
  return `(${Array.from(coordinates, (c) => rounded(c)).join(", ")})`;
}

/**
 * So many digits and a power of ten. Of two that are equally near the even one, as in Python; toExponential takes the
 * larger.
 * @param {number} size positive and finite
 * @param {number} digits
 */
function significant(size, digits) {
  const exact = size.toExponential(100); // what follows a half shows long before the hundredth digit
  const kept = digits > 1 ? digits + 1 : 1; // with the point
  const [rest, power] = exact.slice(digits + 1).split("e");
  const stays = /^50*$/.test(rest) && Number(exact[kept - 1]) % 2 === 0;
  return stays ? `${exact.slice(0, kept)}e${power}` : size.toExponential(digits - 1);
}

/** @param {string} text */
function withoutZeros(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
