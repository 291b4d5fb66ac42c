/**
 * The anatomy of a step: it puts its parts together, and tells Python which step is shown.
 */
import { Dissected } from "./dissected.js";
import { degreesBetween, lengthOf } from "./figures.js";
import { Ledger } from "./ledger.js";
import { Lens } from "./lens.js";
import { Lines } from "./lines.js";
import { Rates } from "./rates.js";
import { placeOfKey, Stepper } from "./stepper.js";
import { Whole } from "./whole.js";
import { Announcer } from "../../stage/js/announce.js";
import { make } from "../../stage/js/elements.js";
import { KernelShelf } from "../../stage/js/kernels.js";
import { mount } from "../../stage/js/mount.js";
import { count, point, rounded } from "../../stage/js/numerals.js";
import { Presenter } from "../../stage/js/present.js";
import { applyTokens, ThemeProbe } from "../../stage/js/theme.js";

/** @typedef {import("../../stage/js/stage.js").Component} Component */

/** Milliseconds after the last step before Python is told, so that a key held down is one step in the address. */
const RESTS = 350;

/** @param {Component} component */
export default function (component) {
  return mount(component, (root) => new Anatomy(root));
}

class Anatomy {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.closing = new AbortController();
    /** @type {Component["setStateValue"]} */
    this.setStateValue = () => {};
    /** @type {Dissected | null} */
    this.model = null;
    /** @type {Dissected | null} the latest, whose kernel is on its way */
    this.coming = null;
    this.isFrameDue = false;
    this.telling = 0;
    this.k = 1;
    this.shelf = new KernelShelf();
    this.announcer = new Announcer();
    this.probe = new ThemeProbe(() => this.paint());
    this.presenter = new Presenter(root, (k) => this.scale(k), this.closing.signal);
    this.wholeCanvas = make("canvas", { role: "img" });
    this.lensCanvas = make("canvas", { role: "img", "data-frame": 0 });
    this.whole = new Whole(this.wholeCanvas);
    this.lens = new Lens(this.lensCanvas);
    this.lines = new Lines((line) => this.talkAbout(line));
    this.rates = new Rates();
    this.ledger = new Ledger();
    this.stepper = new Stepper({
      to: (step) => this.seek(step),
      by: (steps) => this.seek((this.model?.step ?? 1) + steps),
      line: (by) => this.talkAbout((this.model?.line ?? -1) + by),
      all: () => this.talkAbout(-1),
    });
    this.words = make("p", { class: "words" });
    this.other = make("p", { class: "other" });
    this.status = make("p", { class: "unseen", role: "status" });
    this.sheet = make("div", { class: "sheet", hidden: true });
    this.build();
    this.listen();
  }

  build() {
    const { root, stepper, presenter, lines, rates, ledger, words, other, status } = this;
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", "The step");
    root.tabIndex = 0;
    stepper.element.append(presenter.button);
    const pictures = make(
      "div",
      { class: "pictures" },
      make("div", { class: "picture whole" }, this.wholeCanvas),
      make("div", { class: "picture lens" }, this.lensCanvas),
    );
    this.sheet.append(
      stepper.element,
      words,
      pictures,
      lines.element,
      make("div", { class: "tables" }, rates.element, ledger.element),
      other,
    );
    root.replaceChildren(this.probe.element, this.sheet, status);
  }

  listen() {
    const { root, closing: { signal } } = this;
    document.addEventListener("keydown", (event) => {
      const place = placeOfKey(event, root);
      if (place !== "elsewhere" && this.stepper.pressed(event, place === "inside")) event.preventDefault();
    }, { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint(), { signal });
    document.fonts.addEventListener("loadingdone", () => this.requestFrame(), { signal });
    this.resizes = new ResizeObserver(() => this.requestFrame());
    for (const sized of [root, this.wholeCanvas, this.lensCanvas]) this.resizes.observe(sized);
  }

  // ---- what Python sends

  /** @param {Component} component */
  async update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    const model = new Dissected(data);
    if (model.header.edition === this.coming?.header.edition) return;
    this.coming = model;
    const [program] = await Promise.all(model.header.programs.map((text) => this.shelf.load(text)));
    if (model !== this.coming || this.closing.signal.aborted) return;
    model.take(program);
    model.k = this.k;
    this.shelf.keepOnly(model.header.programs);
    this.model = model;
    this.lines.arrange(model);
    this.rates.arrange(model);
    this.ledger.arrange(model);
    this.sheet.hidden = false;
    clearTimeout(this.telling);
    this.paint();
  }

  // ---- what changes here

  /** @param {number} step */
  seek(step) {
    const { model } = this, before = model?.step;
    model?.seek(step);
    if (!model || model.step === before) return;
    this.requestFrame();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      this.setStateValue("at", { edition: model.header.edition, step: model.step });
    }, RESTS);
  }

  /** Shows the lines up to one; all where there is no such. @param {number} line */
  talkAbout(line) {
    const { model } = this;
    if (!model) return;
    const isOne = line >= 0 && line < model.header.lines.length && line !== model.line;
    model.line = isOne ? line : -1;
    this.requestFrame();
  }

  /** @param {number} k */
  scale(k) {
    this.k = k;
    if (this.model) this.model.k = k;
    this.root.style.setProperty("--k", String(k));
    this.requestFrame();
  }

  /** Takes on the page's theme. */
  paint() {
    const { model, root } = this;
    if (!model) return;
    model.theme = this.probe.read();
    applyTokens(root, model.header.themes[model.theme]);
    for (const [part, color] of Object.entries(model.colors)) root.style.setProperty(`--part-${part}`, color);
    this.requestFrame();
  }

  // ---- frames

  requestFrame() {
    if (this.isFrameDue || !this.model || this.closing.signal.aborted) return;
    this.isFrameDue = true;
    requestAnimationFrame(() => this.frame());
  }

  frame() {
    const { model } = this;
    this.isFrameDue = false;
    if (!model || this.closing.signal.aborted) return;
    const isCoarse = this.whole.draw(model, this.lensCanvas), isLensCoarse = this.lens.draw(model);
    this.stepper.show(model.step, model.steps);
    this.lines.show(model);
    this.rates.show(model);
    this.ledger.show(model);
    this.say(model);
    if (isCoarse || isLensCoarse) this.requestFrame();
  }

  /** @param {Dissected} model */
  say(model) {
    const told = model.steps < 1 ? noStep(model) : stepWords(model), other = model.steps < 1 ? "" : otherWords(model);
    this.words.textContent = told;
    this.other.textContent = other;
    this.other.hidden = !other;
    this.announcer.say(this.status, told);
    this.announcer.describe(
      this.wholeCanvas,
      `Contours of ${model.surface.title}, the path so far, and the step. ${told}`,
    );
    this.announcer.describe(this.lensCanvas, `The step, enlarged: ${partsWords(model)}`);
    this.lensCanvas.dataset.frame = String(Number(this.lensCanvas.dataset.frame) + 1);
    const detail = { step: model.step, theta: model.steps < 1 ? null : model.theta(1) };
    this.lensCanvas.dispatchEvent(new CustomEvent("lrviz:step", { bubbles: true, composed: true, detail }));
  }

  end() {
    this.closing.abort();
    clearTimeout(this.telling);
    this.resizes?.disconnect();
    this.announcer.end();
    this.shelf.keepOnly([]);
  }
}

/** @param {Dissected} model */
function noStep({ header }) {
  return `There is no step to take apart. ${header.sentence}`;
}

/** @param {Dissected} model */
function stepWords(model) {
  const { step, arrays: { loss } } = model, update = model.pair("update"), [gx, gy] = model.pair("gradient");
  const off = degreesBetween(update, [-gx, -gy]);
  const turned = Number.isNaN(off) ? "" : `, ${rounded(off, 2)}° off the downhill direction`;
  const from = loss[step - 1], to = loss[step], way = to < from ? "falls" : to > from ? "rises" : "stays";
  return `The step is ${rounded(lengthOf(update))} long${turned}. ` +
    `The loss ${way}${to === from ? ` at ${rounded(to)}` : ` from ${rounded(from)} to ${rounded(to)}`}.`;
}

/** What the other kind of bias correction would make of this step. @param {Dissected} model */
function otherWords(model) {
  const { corrected } = model.header;
  if (corrected === null) return "";
  const own = lengthOf(model.pair("update")), other = lengthOf(model.pair("other update"));
  return `${corrected ? "Without" : "With"} bias correction step ${count(model.step)}, from the same m and v, ` +
    `would be ${rounded(other)} long: ${rounded(other / own)} times as long.`;
}

/** @param {Dissected} model */
function partsWords(model) {
  if (model.steps < 1) return "there is none.";
  const parts = model.parts().map(({ words, by }) => `${words.replaceAll("$", "")} ${point(by)}`).join(", ");
  return `from ${point(model.theta(0))} to ${point(model.theta(1))}; gradient ${point(model.pair("gradient"))}; ` +
    `the step is the sum of: ${parts}.`;
}
