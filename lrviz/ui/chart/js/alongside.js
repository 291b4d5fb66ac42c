/**
 * The run beside the panels: the one whose η is pointed at, run anew by its kernel whenever that moves.
 */
import { contourText } from "../../stage/js/announce.js";
import { drawContour, fittedView } from "../../stage/js/contour.js";
import { make, typeset } from "../../stage/js/elements.js";
import { KernelShelf } from "../../stage/js/kernels.js";
import { StageModel } from "../../stage/js/model.js";
import { rounded } from "../../stage/js/numerals.js";
import { outcomeTile, sentenceNodes } from "../../stage/js/outcomes.js";
import { drawPanels } from "../../stage/js/panels.js";

/** @typedef {import("./given.js").Shown} Shown */
/** @typedef {import("../../stage/js/types.js").NumberDeclaration} NumberDeclaration */

export class Alongside {
  constructor() {
    this.model = new StageModel(() => {});
    this.shelf = new KernelShelf();
    this.contour = make("canvas", { role: "img" });
    this.panels = make("canvas", { role: "img" });
    this.value = make("span", { class: "rate" });
    this.name = make("span", { class: "name" });
    this.sentence = make("p", { class: "sentence" });
    this.told = "";
    const head = make("div", { class: "values" }, this.value, this.name);
    this.element = make(
      "div",
      { class: "alongside" },
      make("div", { class: "told" }, head, this.sentence),
      make("div", { class: "contour" }, this.contour),
      make("div", { class: "panels" }, this.panels),
    );
    /** @type {NumberDeclaration | null} the run's other number that is set by pointing */
    this.second = null;
    /** @type {[number, number | null]} the scene's own η and second number */
    this.own = [NaN, null];
  }

  get run() {
    return this.model.runs[0];
  }

  /**
   * Whether the run may have a value of one of its numbers.
   * @param {NumberDeclaration | null} number
   * @param {number | null} value
   * @returns {value is number}
   */
  may(number, value) {
    if (!number || value === null || !Number.isFinite(value)) return false;
    const { low, high, low_open, high_open } = number;
    return (low === null || value > low || (value === low && !low_open)) &&
      (high === null || value < high || (value === high && !high_open));
  }

  /**
   * Takes a scene; after it the run may be shown.
   * @param {Shown} shown
   */
  async take({ header, arrays }) {
    const programs = await Promise.all(header.programs.map((text) => this.shelf.load(text)));
    return () => {
      this.model.take({ header, noise: arrays.z }, programs, false);
      this.shelf.keepOnly(header.programs);
      this.second = this.run.numbers.find(({ path }) => path === header.chart.second) ?? null;
      this.own = [this.run.eta, this.second && this.second.value];
    };
  }

  /**
   * Shows the run at an η and a second number; at the scene's own where they are none of its.
   * @param {number | null} eta
   * @param {number | null} other
   * @param {"light" | "dark"} theme
   * @param {string} whose what the run is
   * @returns {boolean} whether it should be drawn again soon, finer
   */
  draw(eta, other, theme, whose) {
    const { model, run, contour, own, second } = this;
    const isIts = this.may(run.etaNumber, eta), rate = isIts ? eta : own[0];
    const more = this.may(second, other) ? other : own[1];
    model.theme = theme;
    if (run.eta !== rate || run.isStale || (second && more !== null && second.value !== more)) {
      run.etaNumber.value = rate;
      if (second && more !== null) second.value = more;
      model.renew();
      model.recompute();
    }
    model.view = fittedView(model.surface.box, contour.clientWidth, contour.clientHeight, 1);
    const isCoarse = drawContour(contour, model);
    if (this.panels.clientHeight > 0) drawPanels(this.panels, model);
    this.say(isIts ? whose : "as it is set");
    return isCoarse;
  }

  /** @param {string} whose */
  say(whose) {
    const { run, model, second } = this, also = second ? `, ${second.symbol} = ${rounded(second.value)}` : "";
    const text = `${run.eta}${also} ${run.sentence} ${whose}`;
    if (text === this.told) return;
    this.told = text;
    this.value.replaceChildren(...typeset(`η = ${rounded(run.eta)}${also}`));
    this.name.textContent = whose;
    this.sentence.replaceChildren(
      outcomeTile(run.kindName, model.words[run.kindName].letter),
      ...sentenceNodes(run.sentence),
    );
    this.sentence.title = run.sentence;
  }

  /** @param {import("../../stage/js/announce.js").Announcer} announcer */
  describe(announcer) {
    announcer.describe(this.contour, contourText(this.model));
    const { path, name } = this.run;
    announcer.describe(
      this.panels,
      `Loss of ${name} over ${this.model.steps} steps, from ${rounded(path.loss[0])} to ${
        rounded(path.loss[path.last])
      }.`,
    );
  }

  /** The run as it was drawn. */
  report() {
    const { name, eta, theta, path: { loss, step }, kindName: kind, sentence } = this.run;
    return { name, eta, theta, loss, outcome: { kind, step, sentence } };
  }

  end() {
    this.shelf.keepOnly([]);
  }
}
