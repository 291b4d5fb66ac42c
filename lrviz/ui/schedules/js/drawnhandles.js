/**
 * The handles of a drawn schedule's points: one for each, to be dragged, or moved by the keyboard.
 */
import { make } from "../../stage/js/elements.js";
import { count, rounded } from "../../stage/js/numerals.js";
import { placeOf } from "./drawnpicture.js";

/** @typedef {import("./drawnpoints.js").Point} Point */
/** @typedef {import("./drawnpoints.js").Axes} Axes */
/** @typedef {import("./drawnpicture.js").Plot} Plot */

/**
 * What hands do to a point.
 * @typedef {object} Hands
 * @property {(i: number, steps: number, notches: number) => void} nudge by so many steps, and up by so many notches
 * @property {(i: number) => void} remove
 * @property {(i: number) => void} addAfter
 * @property {() => void} select one has the focus, or none has
 */

/** Shift goes so many times as far. */
const LEAP = 10;
/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Handles {
  /**
   * @param {HTMLElement} place that they lie in
   * @param {Hands} hands
   */
  constructor(place, hands) {
    this.place = place;
    this.hands = hands;
    /** @type {HTMLButtonElement[]} */
    this.elements = [];
    /** The one that had the focus last. */
    this.selected = 0;
  }

  /**
   * @param {Point[]} points
   * @param {Plot} plot
   * @param {Axes} axes
   * @param {string} whose
   */
  show(points, plot, axes, whose) {
    while (this.elements.length < points.length) this.more();
    for (const extra of this.elements.splice(points.length)) extra.remove();
    this.selected = Math.min(this.selected, points.length - 1);
    points.forEach((point, i) => {
      const element = this.elements[i], { x, y } = placeOf(plot, axes, point);
      const within = Math.max(0, Math.min(plot.bottom, y));
      element.style.transform = `translate(${x}px, ${within}px)`;
      element.setAttribute("aria-label", `Point ${i + 1} of ${points.length}${whose}`);
      element.setAttribute("aria-valuetext", `step ${count(point[0])}, η ${rounded(point[1])}`);
      element.setAttribute("aria-valuenow", String(point[1]));
      element.setAttribute("aria-valuemin", String(axes.up.low));
      element.setAttribute("aria-valuemax", String(axes.up.high));
      element.classList.toggle("selected", i === this.selected);
    });
  }

  more() {
    const element = make("button", { type: "button", class: "knot", role: "slider", "aria-roledescription": "point" });
    element.addEventListener("keydown", (event) => this.pressed(event, this.elements.indexOf(element)));
    element.addEventListener("focus", () => {
      this.selected = this.elements.indexOf(element);
      this.hands.select();
    });
    this.elements.push(element);
    this.place.append(element);
  }

  /** @param {number} i */
  focus(i) {
    this.selected = i;
    this.elements[i]?.focus({ preventScroll: true });
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} i
   */
  pressed(event, i) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key], far = event.shiftKey ? LEAP : 1;
    if (direction) this.hands.nudge(i, far * direction[0], far * direction[1]);
    else if (event.key === "Delete" || event.key === "Backspace") this.hands.remove(i);
    else if (event.key === "Enter" || event.key === "Insert") this.hands.addAfter(i);
    else return;
    event.preventDefault();
  }
}
