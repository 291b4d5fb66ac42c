/**
 * The rate of each coordinate as a bar that begins at η: to the right the coordinate is faster than η, to the left slower.
 */
import { make, symbolNodes } from "../../stage/js/elements.js";
import { rounded } from "../../stage/js/numerals.js";

/** @typedef {import("./dissected.js").Dissected} Dissected */

/** The bars reach so many decades to each side, at least and at most. */
const FEWEST_DECADES = 1, MOST_DECADES = 9;
const IN_EFFECT =
  "<math><mfrac><mrow><mi>Δ</mi><mi>θ</mi></mrow><mrow><mo>−</mo><mi class='part-grad'>g</mi></mrow></mfrac></math>";

export class Rates {
  constructor() {
    this.body = make("tbody");
    const [eta] = symbolNodes("η");
    const caption = make("caption", {}, make("b", {}, "Rate of each coordinate"), ", beside ", eta);
    this.element = make("table", { class: "rates" }, caption, this.body);
    this.decades = FEWEST_DECADES;
    /** @type {{array: string, axis: number, bar: HTMLElement, value: HTMLElement, times: HTMLElement}[]} */
    this.rows = [];
    this.shown = -1;
  }

  /** @param {Dissected} model */
  arrange(model) {
    const { rate } = model.header;
    const blocks = [
      ...(rate ? [{ array: "rate", math: `<math>${rate.formula}</math>`, words: "what divides it" }] : []),
      {
        array: "secant",
        math: IN_EFFECT,
        words: "in effect",
      },
    ];
    this.rows = [];
    this.decades = decadesOf(model, blocks[0].array);
    this.body.replaceChildren(...blocks.flatMap((block) => this.block(block)));
    this.element.style.setProperty("--decades", String(this.decades));
    this.shown = -1;
  }

  /** @param {{array: string, math: string, words: string}} block */
  block({ array, math, words }) {
    return [0, 1].map((axis) => {
      const bar = make("i"), value = make("td"), times = make("td", { class: "times" });
      this.rows.push({ array, axis, bar, value, times });
      const formula = make("th", { class: "formula", rowspan: 2, scope: "rowgroup", title: words });
      formula.innerHTML = math; // printed by the server, or by this file
      const name = make("th", { scope: "row" }, make("span", { class: "math" }, "xy"[axis]));
      return make("tr", {}, ...(axis === 0 ? [formula] : []), name, make("td", { class: "bar" }, bar), value, times);
    });
  }

  /** @param {Dissected} model */
  show(model) {
    if (model.step === this.shown || model.steps < 1) return;
    this.shown = model.step;
    const eta = model.arrays.eta[model.step - 1];
    for (const { array, axis, bar, value, times } of this.rows) {
      const rate = model.pair(array)[axis], ratio = rate / eta, decades = Math.log10(Math.abs(ratio));
      const share = Math.max(-1, Math.min(1, decades / this.decades)), isShown = Number.isFinite(decades);
      bar.hidden = !isShown;
      bar.className = ratio < 0 ? "against" : "";
      bar.style.left = `${50 + 50 * Math.min(0, share)}%`;
      bar.style.width = `${50 * Math.abs(share)}%`;
      value.textContent = isShown ? rounded(rate) : "–";
      times.textContent = isShown ? `${rounded(ratio)} × η` : "no gradient";
    }
  }
}

/**
 * How many decades away from η the rates come in the run.
 * @param {Dissected} model
 * @param {string} array
 */
function decadesOf({ arrays }, array) {
  let most = FEWEST_DECADES;
  arrays[array].forEach((rate, i) => {
    const decades = Math.abs(Math.log10(Math.abs(rate) / arrays.eta[i >> 1]));
    if (Number.isFinite(decades)) most = Math.max(most, decades);
  });
  return Math.min(MOST_DECADES, Math.ceil(most));
}
