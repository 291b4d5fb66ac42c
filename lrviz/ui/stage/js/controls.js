/**
 * A number in the hand: a slider and a field that always agree. The field takes what lies beyond the slider's ends.
 */
import { make, symbolNodes } from "./elements.js";
import { rounded } from "./numerals.js";
import { exactText, fieldText, readNumber } from "./reading.js";
import { endValue, fromSpot, sliderEnds, stepped, toSpot } from "./scales.js";

/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */

/** How many ticks shift or a page key goes. */
const LEAP = 10;
const SPOKEN_DIGITS = 4;
/** @type {Record<string, number>} */
const KEY_TICKS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: LEAP, PageDown: -LEAP };

let problems = 0;

export class NumberControl {
  /**
   * @param {NumberDeclaration} number
   * @param {string} name by which the slider is called
   * @param {(value: number) => void} put called with each value that a hand chooses
   */
  constructor(number, name, put) {
    this.number = number;
    this.put = put;
    /** What the elements show, so that nothing is written twice. */
    this.shown = { value: NaN, spoken: "" };
    /** Whether the field holds what was typed and not taken. */
    this.isTyped = false;
    const [low, high] = sliderEnds(number), id = `problem-${++problems}`;
    this.slider = make("input", { type: "range", class: "slider", min: low, max: high, step: "any" });
    this.field = make("input", {
      type: "text",
      class: "field",
      autocomplete: "off",
      spellcheck: "false",
      // The keypad of decimals has no minus on some phones.
      inputmode: number.low === null || number.low < 0 ? "text" : "decimal",
      "aria-describedby": id,
    });
    this.problem = make("p", { class: "problem", id, role: "alert", hidden: true });
    this.rename(name);
    this.listen();
  }

  /** @param {string} name */
  rename(name) {
    this.slider.setAttribute("aria-label", name);
    this.field.setAttribute("aria-label", `${name}, number`);
    this.slider.title = `${this.number.name.replaceAll("_", " ")}: ${this.number.help}`;
    this.field.title = this.number.interval;
  }

  /** Takes the same number as it is declared now. @param {NumberDeclaration} number */
  bind(number) {
    this.number = number;
  }

  /**
   * Shows the number's value. more: what else its slider says.
   * @param {string} [more]
   */
  show(more = "") {
    const { value } = this.number, spoken = `${rounded(value, SPOKEN_DIGITS)}${more && `, ${more}`}`;
    if (spoken !== this.shown.spoken) this.slider.setAttribute("aria-valuetext", spoken);
    if (value !== this.shown.value) {
      this.slider.value = String(toSpot(this.number, value));
      this.takeBack();
    }
    this.shown = { value, spoken };
  }

  /** The field's text is again that of the value. */
  takeBack() {
    this.isTyped = false;
    this.field.value = this.isWritingIn() ? exactText(this.number.value) : fieldText(this.number.value);
    this.complain("");
  }

  /** @param {string} problem a sentence, or nothing */
  complain(problem) {
    if (this.problem.textContent === problem) return;
    this.problem.textContent = problem;
    this.problem.hidden = !problem;
    if (problem) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }

  isWritingIn() {
    return /** @type {Document | ShadowRoot} */ (this.field.getRootNode()).activeElement === this.field;
  }

  listen() {
    const { slider, field } = this;
    slider.addEventListener("input", () => this.put(fromSpot(this.number, slider.valueAsNumber)));
    slider.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("focus", () => {
      if (!this.isTyped) this.takeBack();
    });
    field.addEventListener("change", () => this.commit());
    field.addEventListener("blur", () => {
      if (!this.isTyped) this.takeBack();
    });
    field.addEventListener("input", () => {
      this.isTyped = true;
      if (!this.problem.hidden) this.complain(readNumber(this.number, field.value).problem);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.commit();
      else if (event.key === "Escape" && this.isTyped) this.takeBack();
      else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.pressed(event);
      else return;
      event.stopPropagation();
    });
  }

  /** Takes what was typed, or says why not; then it stays in the field. */
  commit() {
    if (!this.isTyped) return;
    const { value, problem } = readNumber(this.number, this.field.value);
    this.complain(problem);
    if (value === null) return;
    this.isTyped = false;
    this.put(value);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const value = this.valueAfter(event);
    if (value === null) return;
    event.preventDefault();
    this.put(value);
  }

  /** @param {KeyboardEvent} event */
  valueAfter({ key, shiftKey, ctrlKey, metaKey, altKey }) {
    if (ctrlKey || metaKey || altKey) return null;
    if (key === "Home") return endValue(this.number, "low");
    if (key === "End") return endValue(this.number, "high");
    const ticks = KEY_TICKS[key];
    return ticks
      ? stepped(this.number, this.number.value, shiftKey && Math.abs(ticks) === 1 ? LEAP * ticks : ticks)
      : null;
  }
}

/**
 * A line with a number's symbol, its slider and its field.
 * @param {NumberControl} control
 * @param {string} className
 */
export function numberLine(control, className) {
  const symbol = make("span", { class: "symbol", title: control.number.help }, ...symbolNodes(control.number.symbol));
  const track = make("div", { class: "track" }, make("div", { class: "rail" }), control.slider);
  return make("div", { class: `number ${className}` }, symbol, track, fieldBox(control));
}

/** A field, and below it what is wrong with it. @param {NumberControl} control */
export function fieldBox({ field, problem }) {
  return make("div", { class: "field-box" }, field, problem);
}
