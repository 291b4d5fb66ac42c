/**
 * Below the map: what its colours mean and how much of it each has, what theory's line is, and what is coloured.
 */
import { make, typeset } from "../../stage/js/elements.js";
import { count, rounded } from "../../stage/js/numerals.js";
import { outcomeTile } from "../../stage/js/outcomes.js";
import { stepsColour } from "./mapimage.js";

/** @typedef {import("./mapmodel.js").MapModel} MapModel */
/** @typedef {import("./mapmodel.js").Colour} Colour */

/** Of the ramp so many colours are shown. */
const RAMP_COLOURS = 9;
/** @type {[Colour, string][]} */
const COLOURS = [["outcome", "outcome"], ["steps", "steps to converge"]];

export class MapKey {
  /**
   * @param {MapModel} model
   * @param {(colour: Colour) => void} choose
   */
  constructor(model, choose) {
    this.model = model;
    this.shown = "";
    this.kinds = make("span", { class: "kinds" });
    this.line = make("span", { class: "line-note" });
    this.buttons = COLOURS.map(([colour, words]) => {
      const button = make("button", { type: "button", "aria-pressed": "false" }, words);
      button.addEventListener("click", () => choose(colour));
      return { colour, button };
    });
    const choice = make("div", { class: "speed", role: "group", "aria-label": "Colour by" });
    choice.append(...this.buttons.map(({ button }) => button));
    this.element = make("div", { class: "key map-key" }, make("div", {}, this.kinds, this.line), choice);
  }

  show() {
    const { given, stage } = this.model, shown = [given.id, given.colour, given.given.line, stage.theme].join();
    if (shown === this.shown) return;
    this.shown = shown;
    this.kinds.replaceChildren(...this.ramp(), ...this.shares());
    const { line, exact, has_line } = given.given;
    const swatch = make("i", { class: exact ? "swatch" : "swatch dashed", "aria-hidden": "true" });
    this.line.replaceChildren(...(has_line ? [swatch] : []), ...typeset(line));
    for (const { colour, button } of this.buttons) button.setAttribute("aria-pressed", String(colour === given.colour));
  }

  /** The kinds on the map, the most frequent first, each with its share. */
  shares() {
    const { given, stage: { words } } = this.model, all = given.outcome.length;
    const present = [...given.counts].filter(([, cells]) => cells > 0).sort(([, a], [, b]) => b - a);
    return present.map(([kind, cells]) => {
      const share = make("b", {}, `${rounded((100 * cells) / all, 2)} %`);
      const item = make("span", { class: "kind" }, outcomeTile(kind, words[kind].letter), `${kind} `, share);
      item.title = words[kind].meaning;
      return item;
    });
  }

  /** The colours of the steps. */
  ramp() {
    const { given, stage: { tokens } } = this.model, { fewest, most } = given;
    if (given.colour !== "steps" || most < fewest) return [];
    const colours = Array.from({ length: RAMP_COLOURS }, (_, i) => {
      const steps = (fewest + 1) * ((most + 1) / (fewest + 1)) ** (i / (RAMP_COLOURS - 1)) - 1;
      return stepsColour(given, steps, tokens);
    });
    const bar = make("i", { class: "ramp", "aria-hidden": "true" });
    bar.style.background = `linear-gradient(to right, ${colours.join()})`;
    return [make("span", { class: "kind" }, `${count(fewest)} `, bar, ` ${count(most)} steps to converge`)];
  }
}
