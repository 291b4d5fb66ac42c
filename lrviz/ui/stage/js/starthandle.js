/**
 * The start for the keyboard: arrows move it by tidy ticks. The pointer takes hold of it on the canvas below.
 */
import { roundValues } from "./axes.js";
import { make } from "./elements.js";
import { withoutTail } from "./scales.js";

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./types.js").Frame} Frame */

/** A stretch of so many pixels has about so many ticks. */
const STRETCH = 100, TICKS = 20;
/** How many ticks shift goes. */
const LEAP = 10;
/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class StartHandle {
  /**
   * @param {StageModel} model
   * @param {() => Frame} frame
   */
  constructor(model, frame) {
    this.model = model;
    this.frame = frame;
    this.element = make("button", {
      type: "button",
      class: "handle",
      "aria-label": "Start point; arrow keys move it",
    });
    this.element.addEventListener("keydown", (event) => this.pressed(event));
    this.element.addEventListener("focus", () => {
      if (this.element.matches(":focus-visible:not(.by-pointer)")) model.markStart("focus");
    });
    this.element.addEventListener("blur", () => {
      this.element.classList.remove("by-pointer");
      model.markStart("");
    });
  }

  /** Takes the focus for a pointer, which needs no ring to see where it is. */
  takeFocus() {
    this.element.classList.add("by-pointer");
    this.element.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const direction = DIRECTIONS[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const tick = roundValues(0, STRETCH * this.frame().span, TICKS)[1], ticks = event.shiftKey ? LEAP : 1;
    const [x, y] = this.model.start.map((value, i) => value + direction[i] * ticks * tick);
    this.element.classList.remove("by-pointer");
    this.model.markStart("focus");
    this.model.setStart(direction[0] ? onTicks(x, tick) : x, direction[1] ? onTicks(y, tick) : y);
  }

  /** Follows the start. @param {Frame} frame */
  show({ across, down, left, right, top, bottom }) {
    const [x, y] = this.model.start;
    const within = (/** @type {number} */ place, /** @type {number} */ low, /** @type {number} */ high) =>
      Math.max(low, Math.min(high, Number.isNaN(place) ? low : place));
    this.element.style.transform = `translate(${within(across(x), left, right)}px, ${within(down(y), top, bottom)}px)`;
  }
}

/**
 * The nearest multiple of a tick; numbers too large to have any stay as they are.
 * @param {number} value
 * @param {number} tick
 */
function onTicks(value, tick) {
  const snapped = withoutTail(Math.round(value / tick) * tick);
  return Number.isFinite(snapped) ? snapped : value;
}
