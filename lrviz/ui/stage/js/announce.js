/**
 * Words for those who do not see the picture: sentences that are told when they have settled, and what a canvas shows.
 */
import { make, typeset } from "./elements.js";
import { stepShown } from "./moment.js";
import { count, point, rounded } from "./numerals.js";

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./liverun.js").LiveRun} LiveRun */

/** Milliseconds for which a sentence must stay as it is before it is told; so each is told at most once a second. */
const SETTLED = 1000;

export class Announcer {
  constructor() {
    /** @type {Map<Element, {text: string, timer: number}>} what each element is about to say */
    this.waiting = new Map();
  }

  /**
   * Lets a status say something as soon as it has settled; the first time at once.
   * @param {Element} element
   * @param {string} text
   */
  say(element, text) {
    if (!element.textContent) element.textContent = text;
    this.afterwards(element, text, () => (element.textContent = text));
  }

  /**
   * Describes a picture when it has settled.
   * @param {Element} element
   * @param {string} text
   */
  describe(element, text) {
    if (!element.hasAttribute("aria-label")) element.setAttribute("aria-label", text);
    this.afterwards(element, text, () => element.setAttribute("aria-label", text));
  }

  /** @param {Element} element that is gone */
  forget(element) {
    clearTimeout(this.waiting.get(element)?.timer);
    this.waiting.delete(element);
  }

  end() {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
  }

  /**
   * @param {Element} element
   * @param {string} text
   * @param {() => void} act
   */
  afterwards(element, text, act) {
    const before = this.waiting.get(element);
    if (before?.text === text) return;
    clearTimeout(before?.timer);
    this.waiting.set(element, { text, timer: setTimeout(act, SETTLED) });
  }
}

/** Where all runs are at the step that is shown, in numbers. */
export class StatusLine {
  /** @param {StageModel} model */
  constructor(model) {
    this.model = model;
    this.step = make("span");
    /** @type {{name: HTMLElement, rest: HTMLElement}[]} */
    this.places = [];
    this.element = make("div", { class: "status" });
    this.shown = "";
  }

  /** Makes a place for each run. */
  arrange() {
    this.places = this.model.runs.map(() => ({ name: make("b"), rest: make("span") }));
    this.element.replaceChildren(this.step, ...this.places.map(({ name, rest }) => make("span", {}, name, rest)));
    this.shown = "";
  }

  show() {
    const { model } = this, step = stepShown(model);
    const state = `${step} ${model.version}`;
    if (state === this.shown) return;
    this.shown = state;
    this.step.textContent = `At step ${count(step)}`;
    model.runs.forEach((run, i) => {
      this.places[i].name.textContent = run.short;
      this.places[i].rest.replaceChildren(" ", ...typeset(placeText(run, step)));
    });
  }
}

/**
 * @param {LiveRun} run
 * @param {number} step
 */
function placeText({ path }, step) {
  if (step > path.last) return `beyond all bounds since step ${count(path.last + 1)}`;
  return `at ${point([path.x[step], path.y[step]])}, loss ${rounded(path.loss[step])}`;
}

/**
 * What the picture of the plane shows.
 * @param {StageModel} model
 */
export function contourText(model) {
  const paths = model.runs.map(({ name, path, kindName }) =>
    `${name} goes to ${point([path.x[path.last], path.y[path.last]])}, ${kindName}`
  );
  const ends = model.surface.bounds?.map((end) => rounded(end));
  const held = ends ? ` Each step ends between x = ${ends[0]} and x = ${ends[1]}.` : "";
  return `Contours of ${model.surface.title}, and the paths from ${point(model.start)}: ${paths.join("; ")}.${held}`;
}

/**
 * What the panels show.
 * @param {StageModel} model
 */
export function panelsText(model) {
  const losses = model.runs.map(({ name, path }) =>
    `${name} from ${rounded(path.loss[0])} to ${rounded(path.loss[path.last])}`
  );
  return `Loss, sharpness and learning rate over ${count(model.steps)} steps. Loss: ${losses.join("; ")}.`;
}
