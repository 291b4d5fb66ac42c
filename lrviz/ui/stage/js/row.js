/**
 * A run's row: its name and what became of it, η with its outcome strip, its other numbers, and what can be done with it.
 */
import { RunActions } from "./actions.js";
import { chipImage } from "./chip.js";
import { fieldBox, NumberControl } from "./controls.js";
import { make, nameButton, symbolNodes } from "./elements.js";
import { OtherNumbers } from "./others.js";
import { outcomeTile, sentenceNodes } from "./outcomes.js";
import { sliderEnds, toSpot } from "./scales.js";
import { drawStrip } from "./strip.js";

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./liverun.js").LiveRun} LiveRun */
/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */
/** @typedef {import("./announce.js").Announcer} Announcer */
/**
 * What a row asks for, which concerns others too.
 * @typedef {{duplicate: (run: LiveRun) => void, remove: (run: LiveRun) => void}} Owner
 */

export class Row {
  /**
   * @param {StageModel} model
   * @param {LiveRun} run
   * @param {Owner} owner
   */
  constructor(model, run, owner) {
    this.model = model;
    this.run = run;
    this.owner = owner;
    this.index = 0;
    this.shape = rowShape(run);
    /** What the strip was drawn for. */
    this.drawn = "";
    /** The sentence that is shown. */
    this.told = "";
    this.eta = new NumberControl(run.etaNumber, "η", (value) => model.setNumber(this.run, this.run.etaNumber, value));
    this.eta.slider.classList.add("eta-slider");
    this.others = new OtherNumbers(run, (path, value) => this.put(path, value));
    this.actions = new RunActions((action) => this.act(action));
    this.chip = make("span", { class: "chip" });
    this.name = make("span", { class: "name" });
    this.sentence = make("p", { class: "sentence", "aria-hidden": "true" });
    this.status = make("p", { class: "unseen", role: "status" });
    this.strip = make("canvas", { class: "strip", "aria-hidden": "true" });
    this.etaBox = this.buildEta();
    this.element = this.build();
    this.listen();
  }

  buildEta() {
    const rail = make("div", { class: "rail" }), needle = make("div", { class: "needle" });
    return make("div", { class: "eta" }, rail, this.strip, needle, this.eta.slider);
  }

  build() {
    const { schedule, schedule_title } = this.run.given, title = make("div", { class: "title" }, this.chip, this.name);
    if (schedule !== "constant") title.append(make("span", { class: "schedule" }, schedule_title.toLowerCase()));
    this.actions.tune.setAttribute("aria-expanded", "false");
    this.actions.tune.hidden = this.others.controls.length === 0;
    this.actions.tune.classList.toggle("has-more", this.others.more.length > 0);
    return make(
      "div",
      { class: "run columns", role: "listitem" },
      make("div", { class: "who" }, title, this.sentence, this.status),
      make("div", { class: "rate" }, make("span", {}, ...symbolNodes("η")), fieldBox(this.eta)),
      this.etaBox,
      this.others.element,
      this.actions.element,
    );
  }

  listen() {
    this.element.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") this.model.warm(this.index);
    });
    this.element.addEventListener("pointerleave", () => this.model.warm(-1));
  }

  /**
   * Takes a run, which is the row's own as it is now, and its place.
   * @param {LiveRun} run
   * @param {number} index
   */
  bind(run, index) {
    const { model, element, others, actions } = this;
    this.run = run;
    this.index = index;
    this.told = "";
    this.eta.bind(run.etaNumber);
    this.eta.rename(`η of run ${index + 1}`);
    others.bind(run, index);
    actions.arrange(index, { count: model.runs.length, most: model.mostRuns });
    nameButton(actions.tune, [`Other numbers of run ${index + 1}`, ...others.more].join(", "));
    this.chip.replaceChildren(chipImage(model.markers[index], model.dashes[index]));
    this.name.textContent = run.name;
    element.style.setProperty("--run", `var(--run-${index})`);
    element.setAttribute("aria-label", `Run ${index + 1}, ${run.name}`);
  }

  /**
   * @param {string} path
   * @param {number} value
   */
  put(path, value) {
    const number = /** @type {NumberDeclaration} */ (this.run.numbers.find((other) => other.path === path));
    this.model.setNumber(this.run, number, value);
  }

  /** @param {import("./actions.js").Action} action */
  act(action) {
    if (action === "copy") this.owner.duplicate(this.run);
    else if (action === "remove") this.owner.remove(this.run);
    else if (action === "tune") this.unfold();
    else this.model.move(this.run, action === "up" ? -1 : 1);
  }

  unfold() {
    const isOpen = this.element.classList.toggle("open");
    this.actions.tune.setAttribute("aria-expanded", String(isOpen));
  }

  focus() {
    (this.actions.cross.disabled ? this.eta.slider : this.actions.cross).focus();
  }

  // ---- each frame

  /** Draws the strip, if anything about it is new. */
  drawStrip() {
    const { model, run, strip } = this;
    const shown = [model.version, run.stripAnswered, model.theme, model.k, strip.clientWidth, strip.clientHeight]
      .join();
    if (shown === this.drawn) return;
    this.drawn = shown;
    drawStrip(strip, run, model);
  }

  /** @param {Announcer} announcer */
  show(announcer) {
    const { run } = this;
    this.eta.show(run.kindName);
    this.others.show();
    this.etaBox.style.setProperty("--at", String(shareOf(run.etaNumber)));
    if (run.sentence === this.told) return;
    this.told = run.sentence;
    const tile = outcomeTile(run.kindName, this.model.words[run.kindName].letter);
    this.sentence.replaceChildren(tile, ...sentenceNodes(run.sentence));
    this.sentence.title = run.sentence;
    announcer.say(this.status, `${run.name}: ${run.sentence}`);
  }
}

/** What a row is made for; where it differs, another row is needed. @param {LiveRun} run */
export function rowShape({ given, numbers }) {
  return [given.title, given.schedule_title, ...numbers.map(({ path, interval }) => path + interval)].join();
}

/** How far along its slider a number's value lies, from 0 to 1. @param {NumberDeclaration} number */
function shareOf(number) {
  const [low, high] = sliderEnds(number);
  return (toSpot(number, number.value) - low) / (high - low);
}
