/**
 * What all runs share: where they start, and the surface's and the noise's own numbers.
 */
import { fieldBox, NumberControl, numberLine } from "./controls.js";
import { make } from "./elements.js";
import { spokenSymbol } from "./others.js";

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */

export class Place {
  /** @param {StageModel} model */
  constructor(model) {
    this.model = model;
    /** @type {NumberControl[]} */
    this.controls = [];
    this.shape = "";
    this.element = make("div", { class: "place", role: "group", "aria-label": "Start, surface and noise" });
  }

  /** Makes controls for the numbers that there are. */
  arrange() {
    const { startNumbers, sharedNumbers } = this.model, numbers = [...startNumbers, ...sharedNumbers];
    const shape = numbers.map(({ path, owner }) => owner + path).join();
    if (shape === this.shape) {
      numbers.forEach((number, i) => this.controls[i].bind(number));
      return;
    }
    this.shape = shape;
    const start = startNumbers.map((number, axis) => this.startControl(number, axis));
    const shared = sharedNumbers.map((number) => this.sharedControl(number));
    this.controls = [...start, ...shared];
    this.element.replaceChildren(
      make("div", { class: "start" }, "start", ...start.flatMap((control) => [letter(control), fieldBox(control)])),
      ...shared.map((control) => numberLine(control, "")),
    );
  }

  /**
   * @param {NumberDeclaration} number
   * @param {number} axis 0 is x, 1 is y
   */
  startControl(number, axis) {
    const control = new NumberControl(number, "", (value) => {
      const [x, y] = this.model.start;
      this.model.setStart(axis === 0 ? value : x, axis === 1 ? value : y);
    });
    control.field.setAttribute("aria-label", `Start ${number.name}`);
    return control;
  }

  /** @param {NumberDeclaration} number */
  sharedControl(number) {
    const { path } = number, whose = path.startsWith("noise.") ? "the noise" : "the surface";
    return new NumberControl(number, `${spokenSymbol(number)} of ${whose}`, (value) => {
      const own = /** @type {NumberDeclaration} */ (this.model.sharedNumbers.find((other) => other.path === path));
      this.model.setNumber(null, own, value);
    });
  }

  show() {
    for (const control of this.controls) control.show();
  }
}

/** @param {NumberControl} control */
function letter({ number }) {
  return make("i", { class: "math" }, number.symbol);
}
