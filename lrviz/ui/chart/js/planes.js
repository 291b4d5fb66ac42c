/**
 * A chart's planes side by side, and what hands do on them.
 */
import { make } from "../../stage/js/elements.js";
import { listen } from "./chartgestures.js";
import { PlaneView } from "./plane.js";

/** @typedef {import("./given.js").Shown} Shown */
/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */

/** More planes than so many stand in two rows. */
const MOST_IN_A_ROW = 3;
/** What a plane's axes take of its width and height, in CSS pixels, and the most that one takes of the row. */
const ROOM = [60, 70], MOST_OF_ROW = "60%";
const EVEN = "minmax(0, 1fr)";

/**
 * How wide planes stand side by side, in CSS: one with equal units beside others only as wide as it is high.
 * @param {import("./given.js").GivenPlane[]} planes
 * @param {boolean} [isAlone] whether nothing else shares the row
 */
export function columnsOf(planes, isAlone = true) {
  if (planes.length > MOST_IN_A_ROW) return new Array(Math.ceil(planes.length / 2)).fill(EVEN);
  if (isAlone && planes.every(({ square }) => square)) return planes.map(() => EVEN);
  return planes.map(({ square, x, y }) => {
    if (!square) return EVEN;
    const ratio = (x.high - x.low) / (y.high - y.low);
    return `minmax(0, min(${MOST_OF_ROW}, calc((var(--high) - ${ROOM[1]}px) * ${ratio} + ${ROOM[0]}px)))`;
  });
}

/**
 * @typedef {object} PlaneActs
 * @property {(view: PlaneView | null) => void} look at what a plane has under the hand now
 * @property {(frame: number) => void} seek
 * @property {(by: number) => void} step
 * @property {() => void} play
 */

export class Planes {
  /** @param {PlaneActs} acts */
  constructor(acts) {
    this.acts = acts;
    this.element = make("div", { class: "planes" });
    /** @type {PlaneView[]} */
    this.views = [];
    /** @type {Shown | null} */
    this.shown = null;
    this.frame = 0;
  }

  /** @param {Shown} shown */
  take(shown) {
    const { planes } = shown.header.chart;
    this.shown = shown;
    if (this.views.length !== planes.length) {
      this.views = planes.map(() => this.listened(new PlaneView()));
      this.element.replaceChildren(...this.views.map(({ element }) => element));
    }
    this.views.forEach((view, i) => view.take(planes[i], shown, i));
    this.element.hidden = planes.length === 0;
    this.element.style.setProperty("--columns", columnsOf(planes).join(" "));
  }

  /** @param {PlaneView} view */
  listened(view) {
    const { acts } = this;
    listen(view.canvas, {
      point: (x, y) => {
        const spot = view.point(x, y);
        acts.look(spot && view);
        if (spot && spot.path >= 0) this.follow(view, spot.path, spot.index);
      },
      step: (by) => {
        if (this.shown && this.shown.header.chart.frames > 1) return acts.step(by);
        view.step(by);
        acts.look(view);
      },
      leave: () => {
        view.spot = null;
        acts.look(null);
      },
      pick: () => {},
      play: acts.play,
    });
    return view;
  }

  /**
   * Goes to the frame in which a path is nearest to one of its points; not where the whole path is another in each.
   * @param {PlaneView} view
   * @param {number} path
   * @param {number} index
   */
  follow({ given }, path, index) {
    const layer = given?.layers.filter(({ kind }) => kind === "path")[path], { shown, frame } = this;
    if (!layer || !shown || shown.arrays[layer.x].length > layer.length) return;
    const at = shown.arrays[layer.at];
    const cost = (/** @type {number} */ i) => Math.abs(at[i] - index) + Math.abs(i - frame) / (2 * at.length);
    const best = [...at.keys()].reduce((best, i) => cost(i) < cost(best) ? i : best);
    if (at[best] !== at[frame]) this.acts.seek(best);
  }

  /**
   * @param {number} frame
   * @param {Tokens} tokens
   */
  draw(frame, tokens) {
    this.frame = frame;
    for (const view of this.views) view.draw(frame, tokens);
  }

  /** Whether a ground is still to be drawn finer. */
  get isCoarse() {
    return this.views.some(({ isCoarse }) => isCoarse);
  }
}
