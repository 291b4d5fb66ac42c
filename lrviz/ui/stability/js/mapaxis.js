/**
 * One axis of the map: where a value lies on it, which cell is at a place, and the round values to be written beside it.
 */
import { powerOfTen, roundValues } from "../../stage/js/axes.js";
import { rounded } from "../../stage/js/numerals.js";
import { bent, straight } from "../../stage/js/scales.js";

/**
 * @typedef {object} GivenAxis
 * @property {string} parameter its name among the kernel's parameters
 * @property {string} symbol
 * @property {string} whose what it is a number of, "of the surface"
 * @property {"linear" | "log" | "complement"} scale
 * @property {number} low
 * @property {number} high
 */
/** @typedef {{value: number, label: string, isMajor: boolean}} Tick */

/** On a logarithmic axis of fewer decades the values between powers of ten are written too. */
const FEW_DECADES = 2.5;
const TICK_DIGITS = 4;

export class MapAxis {
  /**
   * @param {GivenAxis} given
   * @param {Float64Array} values the cells'
   */
  constructor(given, values) {
    this.given = given;
    this.scale = given.scale;
    this.values = values;
    this.from = bent(this, given.low);
    this.range = bent(this, given.high) - this.from;
    this.edges = this.cellEdges();
  }

  get cells() {
    return this.values.length;
  }

  /** Where a value lies, from 0 to 1; beyond for one outside. @param {number} value */
  share(value) {
    return (bent(this, value) - this.from) / this.range;
  }

  /** @param {number} share */
  value(share) {
    return straight(this, this.from + share * this.range);
  }

  /** The cell at a place; the nearest for one outside. @param {number} share */
  cellAt(share) {
    let cell = 0;
    while (cell < this.cells - 1 && share >= this.edges[cell + 1]) cell++;
    return cell;
  }

  /** The cell that stands for a value; −1 for one outside. @param {number} value */
  cellOf(value) {
    const share = this.share(value);
    return share >= 0 && share <= 1 ? this.cellAt(share) : -1;
  }

  /** Each cell reaches to the middle between its value and the next. */
  cellEdges() {
    const edges = new Float64Array(this.cells + 1);
    edges[this.cells] = 1;
    for (let i = 1; i < this.cells; i++) edges[i] = (this.share(this.values[i - 1]) + this.share(this.values[i])) / 2;
    return edges;
  }

  /**
   * Round values, the major ones first; whoever writes them leaves out those for which there is no room.
   * @param {number} most about so many
   * @returns {Tick[]}
   */
  ticks(most) {
    const { low, high } = this.given;
    if (this.scale === "log") return this.logTicks(most);
    if (this.scale === "complement") return this.complementTicks();
    return roundValues(low, high, most).map((value) => ({ value, label: rounded(value, TICK_DIGITS), isMajor: true }));
  }

  /** @param {number} most */
  logTicks(most) {
    const { low, high } = this.given, first = Math.floor(Math.log10(low)), last = Math.floor(Math.log10(high));
    const every = Math.max(1, Math.ceil((last - first) / Math.max(1, most)));
    const ticks = [];
    for (let exponent = first; exponent <= last; exponent++) {
      for (const digit of [1, 2, 5]) {
        const value = Number(`${digit}e${exponent}`), isMajor = digit === 1 && exponent % every === 0;
        if (!isMajor && Math.log10(high / low) > FEW_DECADES) continue;
        const label = digit === 1 ? powerOfTen(exponent) : rounded(value);
        ticks.push({ value, label, isMajor });
      }
    }
    return sorted(this.inside(ticks));
  }

  complementTicks() {
    const ticks = [{ value: 0, label: "0", isMajor: true }];
    for (let power = 1; power <= 8; power++) {
      for (const digit of [5, 2, 1]) {
        const value = Number((1 - digit * 10 ** -power).toPrecision(12));
        ticks.push({ value, label: rounded(value, power + 1), isMajor: digit === 1 });
      }
    }
    return sorted(this.inside(ticks));
  }

  /** @param {Tick[]} ticks */
  inside(ticks) {
    return ticks.filter(({ value }) => value >= this.given.low && value <= this.given.high);
  }
}

/** @param {Tick[]} ticks */
function sorted(ticks) {
  return ticks.sort((a, b) => Number(b.isMajor) - Number(a.isMajor));
}

/**
 * A symbol as the markup of text on a canvas: β₁ and η_min have an index.
 * @param {string} symbol
 */
export function symbolMarkup(symbol) {
  const [, letter, index] = /** @type {RegExpMatchArray} */ (symbol.match(/^(.)_?(.*)$/u));
  const plain = [...index].map((sign) => "0123456789"["₀₁₂₃₄₅₆₇₈₉".indexOf(sign)] ?? sign).join("");
  return plain ? `$${letter}_{${plain}}$` : `$${letter}$`;
}
