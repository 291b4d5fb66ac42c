/**
 * The model: one run with all its steps taken apart, and the step that is shown.
 */
import { openParcel } from "../../stage/js/parcel.js";

/** @typedef {import("../../stage/js/types.js").View} View */
/** @typedef {import("../../stage/js/types.js").Run} Run */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */
/** @typedef {import("../../stage/js/types.js").NumberDeclaration} NumberDeclaration */
/** @typedef {import("../../stage/js/kernels.js").Program} Program */

/**
 * A value that a printed line has room for: one that stays the same, or a row of the table. axis: that of θ it is of.
 * @typedef {{fixed?: string, row?: number, axis?: number}} Hole
 */
/** @typedef {{label: string, print: string, result: number}} PrintedNumbers result: the hole of the left side */
/** @typedef {{name: string, part: string, letters: [string, string][], numbers: PrintedNumbers[]}} Line */
/** @typedef {{name: string, words: string, kind: string}} Part */
/**
 * @typedef {object} Own what the header has beside the scene
 * @property {number} step
 * @property {number} last how many steps there are
 * @property {string} sentence what became of the run
 * @property {Line[]} lines
 * @property {Hole[]} holes
 * @property {Part[]} parts
 * @property {string[]} state the symbols of what is remembered, as MathML
 * @property {{formula: string} | null} rate
 * @property {boolean | null} corrected whether it corrects its means; null where there is nothing to correct
 */
/** @typedef {import("../../stage/js/payload.js").Header & Own} Header */
/** @typedef {[number, number]} Pair x and y */

const SHORT_OTHER = { true: "without correction", false: "with correction" };

export class Dissected {
  /**
   * @param {Uint8Array} data
   */
  constructor(data) {
    const { header, arrays } = openParcel(data);
    this.header = /** @type {Header} */ (/** @type {unknown} */ (header));
    this.arrays = /** @type {Record<string, Float64Array>} */ (arrays);
    this.step = this.header.step;
    /** The line that is talked about, −1 for all. */
    this.line = -1;
    /** @type {Run[]} */
    this.runs = [];
    /** @type {View} */
    this.view = { x: 0, y: 0, span: 1 };
    this.k = 1;
    /** @type {"light" | "dark"} */
    this.theme = "light";
    this.hot = -1;
    /** @type {"" | "hover" | "drag" | "focus"} */
    this.startState = "";
    this.dragging = false;
    this.panelTab = 0;
  }

  // ---- as the stage's drawing modules ask for it

  get surface() {
    return this.header.surface;
  }
  get start() {
    return this.header.start;
  }
  get steps() {
    return this.header.last;
  }
  get time() {
    return this.step;
  }
  get words() {
    return this.header.words;
  }
  get dashes() {
    return [this.header.dashes[0], this.header.dashes[4]];
  }
  get markers() {
    return [this.header.markers[0], this.header.markers[4]];
  }
  get kinds() {
    return this.runs[0].kernel.kinds;
  }
  get noisy() {
    return this.header.noise !== null;
  }
  /** @returns {[number, number]} */
  get etaAxis() {
    return [1, 1];
  }
  /** The theme's colours; the second run is the one with its correction the other way round. @returns {Tokens} */
  get tokens() {
    const tokens = this.header.themes[this.theme];
    return { ...tokens, runs: [tokens.runs[0], tokens.runs[4]] };
  }
  /** The colours of arrows and letters. @returns {Record<string, string>} */
  get colors() {
    const [step, grad, memory, decay, other, rest] = this.header.themes[this.theme].runs;
    return { step, grad, memory, decay, xi: other, other, rest };
  }

  /** @param {Program} program */
  take({ kernel }) {
    const { header } = this, [given] = header.runs;
    const numbers = [
      ...header.start_numbers,
      ...header.surface.numbers,
      ...(header.noise?.numbers ?? []),
      ...given.numbers,
    ];
    const p = Float64Array.from(
      kernel.parameters,
      (path, i) => numbers.find((number) => number.path === path)?.value ?? kernel.defaults[i],
    );
    const run = (/** @type {string} */ name, /** @type {number} */ id, /** @type {Float64Array} */ theta) => ({
      id,
      name,
      short: name,
      kernel,
      p,
      path: pathOf(theta, this.arrays.loss, this.arrays.eta),
    });
    const runs = [run(given.short, 1, this.arrays.theta)];
    if (header.corrected !== null) {
      runs.push(run(SHORT_OTHER[`${header.corrected}`], 2, this.arrays["other theta"]));
    }
    this.runs = /** @type {Run[]} */ (/** @type {unknown[]} */ (runs));
  }

  // ---- the step that is shown

  /** @param {number} step */
  seek(step) {
    this.step = Math.max(Math.min(1, this.header.last), Math.min(this.header.last, step));
  }

  /**
   * A vector of the step.
   * @param {string} name of its array
   * @returns {Pair}
   */
  pair(name) {
    const at = 2 * (this.step - 1), numbers = this.arrays[name];
    return [numbers[at], numbers[at + 1]];
  }

  /**
   * θ before (0) or after (1) the step.
   * @param {0 | 1} after
   * @returns {Pair}
   */
  theta(after) {
    const at = 2 * (this.step - 1 + after), { theta } = this.arrays;
    return [theta[at], theta[at + 1]];
  }

  /** The step's part that comes from each thing, in the order in which they are laid one behind the other. */
  parts() {
    const parts = this.header.parts.map((part, i) => ({ ...part, by: this.pair(`part ${i}`) }));
    return parts.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  }

  /** @param {number} number of a hole */
  value(number) {
    const { row } = this.header.holes[number];
    return row === undefined ? NaN : this.arrays.holes[row * this.header.last + this.step - 1];
  }
}

/** What was there before comes first. */
const ORDER = ["memory", "grad", "xi", "decay", "rest"];

/**
 * @param {Float64Array} theta
 * @param {Float64Array} loss
 * @param {Float64Array} eta
 */
function pathOf(theta, loss, eta) {
  const rows = theta.length / 2;
  const x = Float64Array.from({ length: rows }, (_, i) => theta[2 * i]);
  const y = Float64Array.from({ length: rows }, (_, i) => theta[2 * i + 1]);
  const broken = x.findIndex(Number.isNaN);
  return { x, y, loss, eta, last: (broken < 0 ? rows : broken) - 1, kind: 0, step: 0, facts: {} };
}
