/**
 * The table of the step: θ, the gradient and what is remembered, before and after.
 */
import { make } from "../../stage/js/elements.js";
import { rounded } from "../../stage/js/numerals.js";
import { DIGITS, thetaDigits } from "./figures.js";

/** @typedef {import("./dissected.js").Dissected} Dissected */
/** @typedef {{array: string, wide: boolean, isState: boolean, cells: HTMLElement[]}} Row */

const THETA = "<msub><mi>θ</mi><mi>t</mi></msub>";
const GRADIENT = "<msub><mi class='part-grad'>g</mi><mi>t</mi></msub>";

export class Ledger {
  constructor() {
    this.body = make("tbody");
    const head = ["", "x", "y"].map((axis) =>
      make("th", { scope: "col" }, axis ? make("span", { class: "math" }, axis) : "")
    );
    const caption = make("caption", {}, make("b", {}, "What the step changed"));
    this.element = make("table", { class: "ledger" }, caption, make("thead", {}, make("tr", {}, ...head)), this.body);
    /** @type {Row[]} */
    this.rows = [];
    this.shown = -1;
  }

  /** @param {Dissected} model */
  arrange({ header }) {
    const states = header.state.map((symbol, i) => ({ symbol, array: `state ${i}` }));
    const entries = [{ symbol: THETA, array: "theta" }, { symbol: GRADIENT, array: "gradient" }, ...states];
    this.rows = [];
    this.body.replaceChildren(...entries.map(({ symbol, array }) => {
      const isState = array !== "gradient", wide = header.arrays[array].shape.length > 1;
      const cells = wide ? [make("td"), make("td")] : [make("td", { colspan: 2 })];
      this.rows.push({ array, wide, isState, cells });
      const name = make("th", { scope: "row" });
      name.innerHTML = `<math>${symbol}</math>`; // printed by the server, or by this file
      return make("tr", {}, name, ...cells);
    }));
    this.shown = -1;
  }

  /** @param {Dissected} model */
  show(model) {
    if (model.step === this.shown || model.steps < 1) return;
    this.shown = model.step;
    for (const { array, wide, isState, cells } of this.rows) {
      cells.forEach((cell, axis) => {
        const digits = array === "theta" ? thetaDigits(model, axis) : DIGITS, numbers = model.arrays[array];
        const at = (/** @type {number} */ row) => rounded(numbers[wide ? 2 * row + axis : row], digits);
        const before = model.step - 1;
        cell.textContent = isState ? `${at(before)} → ${at(model.step)}` : at(before);
      });
    }
  }
}
