/**
 * A run's numbers beside η: a few that matter most are in sight, the others come on demand.
 */
import { NumberControl, numberLine } from "./controls.js";
import { make } from "./elements.js";

/** @typedef {import("./liverun.js").LiveRun} LiveRun */
/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */

/** How many are always in sight. */
const IN_SIGHT = 2;
/** A number below this size is as good as off. */
const OFF = 1e-3;

export class OtherNumbers {
  /**
   * @param {LiveRun} run
   * @param {(path: string, value: number) => void} put
   */
  constructor(run, put) {
    const numbers = sortedByUse(run);
    this.inSight = Math.min(IN_SIGHT, numbers.filter(isInUse).length);
    /** @type {NumberControl[]} */
    this.controls = numbers.map((number) => new NumberControl(number, "", (value) => put(number.path, value)));
    this.element = make("div", { class: "others" });
    if (this.inSight === 0) this.element.append(make("span", { class: "none" }, "none"));
    this.controls.forEach((control, i) => this.element.append(numberLine(control, i < this.inSight ? "" : "more")));
  }

  /** The symbols of those that come on demand. */
  get more() {
    return this.controls.slice(this.inSight).map(({ number }) => spokenSymbol(number));
  }

  /**
   * Takes the same numbers as they are declared now.
   * @param {LiveRun} run
   * @param {number} index of the run
   */
  bind({ numbers }, index) {
    for (const control of this.controls) {
      control.bind(/** @type {NumberDeclaration} */ (numbers.find(({ path }) => path === control.number.path)));
      control.rename(`${spokenSymbol(control.number)} of run ${index + 1}`);
    }
  }

  show() {
    for (const control of this.controls) control.show();
  }
}

/** A number's symbol as it is spoken. @param {NumberDeclaration} number */
export function spokenSymbol({ symbol }) {
  return symbol.replace("_", " ");
}

/**
 * The run's numbers but for η: those that are in use first, and of these first what remembers, as β does.
 * @param {LiveRun} run
 */
function sortedByUse({ numbers, etaNumber }) {
  const rank = (/** @type {NumberDeclaration} */ number) =>
    (isInUse(number) ? 0 : 2) + (number.scale === "complement" ? 0 : 1);
  return numbers.filter((number) => number !== etaNumber).sort((a, b) => rank(a) - rank(b));
}

/** Whether a number does anything, or was set by somebody. @param {NumberDeclaration} number */
function isInUse(number) {
  return Math.abs(number.default) >= OFF || number.value !== number.default;
}
