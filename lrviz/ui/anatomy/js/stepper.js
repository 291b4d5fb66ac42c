/**
 * Step by step through the run: buttons, a slider, and keys, which also lead from line to line.
 */
import { iconButton, make } from "../../stage/js/elements.js";
import { count } from "../../stage/js/numerals.js";

const LEAP = 10;
/** On these, keys have their own meaning. */
const HAS_OWN_KEYS = "input:not([type=range]), textarea, select, [contenteditable], [role=combobox], [role=listbox]";

/** @typedef {{to: (step: number) => void, by: (steps: number) => void, line: (by: number) => void, all: () => void}} Moves */

export class Stepper {
  /** @param {Moves} moves */
  constructor(moves) {
    this.moves = moves;
    this.back = iconButton("back", "One step back", () => moves.by(-1));
    this.on = iconButton("on", "One step on", () => moves.by(1));
    this.slider = make("input", { type: "range", class: "stepping", min: 1, max: 1, step: 1, "aria-label": "Step" });
    this.slider.addEventListener("input", () => moves.to(this.slider.valueAsNumber));
    this.now = make("b");
    this.total = make("span", { class: "total" });
    const steps = make("span", { class: "count" }, "step ", this.now, this.total);
    this.element = make("div", { class: "stepper" }, this.back, this.on, steps, this.slider);
  }

  /**
   * What a key does; whether it does something.
   * @param {KeyboardEvent} event
   * @param {boolean} isInside whether the focus is in the component
   */
  pressed({ key, shiftKey, ctrlKey, metaKey, altKey }, isInside) {
    const { moves } = this;
    if (ctrlKey || metaKey || altKey) return false;
    if (key === "ArrowRight") moves.by(shiftKey ? LEAP : 1);
    else if (key === "ArrowLeft") moves.by(shiftKey ? -LEAP : -1);
    else if (!isInside) return false; // elsewhere these scroll the page
    else if (key === "ArrowDown") moves.line(1);
    else if (key === "ArrowUp") moves.line(-1);
    else if (key === "Escape") moves.all();
    else if (key === "Home") moves.to(1);
    else if (key === "End") moves.to(Infinity);
    else return false;
    return true;
  }

  /**
   * @param {number} step
   * @param {number} last
   */
  show(step, last) {
    this.slider.max = String(Math.max(1, last));
    this.slider.value = String(step);
    this.slider.disabled = last < 2;
    this.slider.setAttribute("aria-valuetext", `${count(step)} of ${count(last)}`);
    this.slider.style.setProperty("--at", String(last > 1 ? (step - 1) / (last - 1) : 0));
    this.now.textContent = count(step);
    this.total.textContent = ` of ${count(last)}`;
  }
}

/**
 * Whether a key pressed here is for us: nothing else on the page has the focus, or what has it is ours.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} root
 */
export function placeOfKey(event, root) {
  const [target] = event.composedPath();
  if (target instanceof Element && target.matches(HAS_OWN_KEYS)) return "elsewhere";
  if (event.composedPath().includes(root)) return "inside";
  return target === document.body ? "page" : "elsewhere";
}
