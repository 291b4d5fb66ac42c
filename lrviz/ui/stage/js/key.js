/**
 * The key below the rows: which outcomes the strips show, and on demand what each of all kinds means.
 */
import { make, typeset } from "./elements.js";
import { outcomeTile } from "./outcomes.js";

/** @typedef {import("./model.js").StageModel} StageModel */

export class OutcomeKey {
  /** @param {StageModel} model */
  constructor(model) {
    this.model = model;
    this.present = make("span", { class: "kinds" });
    this.shown = "";
    this.opener = make("button", { type: "button", class: "link", "aria-expanded": "false" });
    this.opener.addEventListener("click", () => this.toggle());
    this.note = make("span", { class: "note" });
    this.meanings = make("ul", { class: "meanings", hidden: true });
    const line = make("div", { class: "key-line" }, make("span", {}, "strip:"), this.present, this.opener, this.note);
    this.element = make("div", { class: "key" }, line, this.meanings);
  }

  /** Takes the words and the surface of a payload. */
  arrange() {
    const { words, surface } = this.model;
    this.meanings.replaceChildren(
      ...Object.entries(words).map(([kind, { letter, meaning }]) =>
        make("li", {}, outcomeTile(kind, letter), make("b", {}, kind), `: ${meaning}`)
      ),
    );
    const local = `L, μ: curvatures at the nearest minimum (local${surface.smooth ? "" : "; a kink has none"})`;
    this.note.replaceChildren(
      ...(surface.constant_hessian ? [] : [make("i", { class: "math" }, "L"), ...typeset(local.slice(1))]),
    );
    this.label();
  }

  toggle() {
    this.meanings.hidden = !this.meanings.hidden;
    this.opener.setAttribute("aria-expanded", String(!this.meanings.hidden));
    this.label();
  }

  label() {
    const kinds = Object.keys(this.model.words).length;
    this.opener.textContent = this.meanings.hidden ? `all ${kinds} kinds` : "fewer";
  }

  /** Names the kinds that the strips and the runs show. */
  show() {
    const { words, runs, kinds } = this.model, seen = new Set(runs.map(({ kindName }) => kindName));
    for (const { strip } of runs) strip?.forEach((kind) => seen.add(kinds[kind]));
    const present = Object.keys(words).filter((kind) => seen.has(kind));
    if (present.join() === this.shown) return;
    this.shown = present.join();
    this.present.replaceChildren(
      ...present.map((kind) => make("span", { class: "kind" }, outcomeTile(kind, words[kind].letter), kind)),
    );
  }
}
