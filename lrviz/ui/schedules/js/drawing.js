/**
 * A schedule drawn by hand: points that are dragged, added and removed, by pointer, finger or keyboard.
 */
import { Announcer } from "../../stage/js/announce.js";
import { iconButton, make } from "../../stage/js/elements.js";
import { mount } from "../../stage/js/mount.js";
import { count, rounded } from "../../stage/js/numerals.js";
import { openParcel } from "../../stage/js/parcel.js";
import { applyTokens, ThemeProbe } from "../../stage/js/theme.js";
import { Handles } from "./drawnhandles.js";
import { drawPicture, placeOf, plotOf } from "./drawnpicture.js";
import { added, axesOf, moved, rateAt, valueAt, widestGap } from "./drawnpoints.js";

/** @typedef {import("./drawnpoints.js").Point} Point */

/**
 * @typedef {object} Header
 * @property {number} run its number, from 0
 * @property {number} count the last drawing sent that this one contains
 * @property {Point[]} points
 * @property {boolean} logarithmic
 * @property {number} steps of the budget
 * @property {number} most points
 * @property {{light: import("../../stage/js/types.js").Tokens, dark: import("../../stage/js/types.js").Tokens}} themes
 * @property {number[][]} dashes
 * @property {Record<string, import("../../stage/js/parcel.js").Place>} arrays
 */
/** @typedef {{data: Uint8Array, parentElement: HTMLElement | ShadowRoot,
 *   setTriggerValue: (name: string, value: unknown) => void}} Component */

/** A hand so near to a point, in CSS pixels, takes hold of it; a finger is thicker. */
const GRIP = 16, FINGER = 28;
/** Milliseconds after which keys count as released, and between two drawings that are sent during a drag. */
const AFTER_KEYS = 500, WHILE_HELD = 500;
/** A notch of the keyboard: a share of the axis, or a factor where that is logarithmic. */
const NOTCH = 0.01, FACTOR = 1.05;

/** @param {Component} component */
export default function (component) {
  return mount(component, (root) => new Drawing(root));
}

class Drawing {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.closing = new AbortController();
    /** @type {Component["setTriggerValue"]} */
    this.send = () => {};
    /** @type {Header | null} */
    this.header = null;
    /** @type {Point[]} */
    this.points = [];
    /** As they were when a hand took hold of them. @type {Point[]} */
    this.before = [];
    this.axes = axesOf([[0, 1]], 1, false);
    this.count = 0;
    /** Whether what is shown has not been sent yet. */
    this.isPending = false;
    this.timer = 0;
    this.lastSent = -Infinity;
    /** The point that a pointer holds. @type {{pointer: number, i: number, told: boolean} | null} */
    this.held = null;
    this.isFrameDue = false;
    this.announcer = new Announcer();
    this.probe = new ThemeProbe(() => this.requestFrame());
    this.canvas = make("canvas", { role: "img", "data-frame": 0 });
    this.plot = make("div", { class: "drawn-plot" }, this.canvas);
    this.status = make("p", { class: "unseen", role: "status" });
    this.told = make("span", { class: "drawn-told" });
    this.handles = new Handles(this.plot, {
      nudge: (i, steps, notches) => this.nudge(i, steps, notches),
      remove: (i) => this.remove(i),
      addAfter: (i) => this.addAfter(i),
      select: () => this.requestFrame(),
    });
    this.add = iconButton("plus", "Add a point", () => this.addInGap());
    this.drop = iconButton("remove", "Remove the point", () => this.remove(this.handles.selected));
    this.build();
    this.listen();
  }

  build() {
    const help = "Drag a point; double-click adds one. By keyboard: arrows move it, with Shift ten times as far, " +
      "Enter adds one after it, Delete removes it.";
    const tools = make("div", { class: "drawn-tools" }, this.told, this.add, this.drop);
    this.root.setAttribute("role", "group");
    this.root.replaceChildren(
      this.probe.element,
      tools,
      this.plot,
      make("p", { class: "drawn-help" }, help),
      this.status,
    );
  }

  listen() {
    const { signal } = this.closing, { plot } = this;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.requestFrame(), { signal });
    document.fonts.addEventListener("loadingdone", () => this.requestFrame(), { signal });
    this.resizes = new ResizeObserver(() => this.requestFrame());
    this.resizes.observe(plot);
    plot.addEventListener("pointerdown", (event) => this.pressed(event));
    plot.addEventListener("pointermove", (event) => this.dragged(event));
    plot.addEventListener("pointerup", (event) => this.released(event));
    plot.addEventListener("pointercancel", () => this.letGo(this.before));
    plot.addEventListener("dblclick", (event) => this.addAt(event));
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.held) this.letGo(this.before);
    });
    this.root.addEventListener("focusout", () => this.flush());
  }

  // ---- what Python sends, and is sent

  /** @param {Component} component */
  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const { header } = /** @type {{header: Header}} */ (openParcel(data));
    const isFirst = !this.header;
    this.header = header;
    // What hands have done since is newer.
    if (isFirst || (!this.isPending && !this.held && header.count >= this.count)) {
      this.count = header.count;
      this.points = this.before = header.points;
      this.rescale();
    }
    this.requestFrame();
  }

  /** Sends the drawing, when hands have let go of it. */
  flush() {
    clearTimeout(this.timer);
    if (!this.isPending || this.held) return;
    this.isPending = false;
    this.before = this.points;
    this.rescale();
    this.tell(false);
    this.requestFrame();
  }

  /** @param {boolean} held whether the hand is still down, so that more will follow */
  tell(held) {
    this.lastSent = performance.now();
    this.send("drawn", { count: ++this.count, points: this.points, held });
  }

  /**
   * Takes other points, and sends them by and by.
   * @param {Point[]} points
   * @param {number} wait milliseconds
   */
  put(points, wait) {
    this.points = points;
    this.isPending = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
    this.requestFrame();
  }

  rescale() {
    const { header, points } = this;
    if (header) this.axes = axesOf(points, header.steps, header.logarithmic);
  }

  // ---- by pointer

  /** @param {PointerEvent} event */
  pressed(event) {
    if (event.button !== 0 || !this.header || this.held) return;
    const i = this.near(event, event.pointerType === "touch" ? FINGER : GRIP);
    if (i < 0) return;
    event.preventDefault(); // of selecting text, and of the focus, which goes to the point
    this.flush();
    this.held = { pointer: event.pointerId, i, told: false };
    this.lastSent = performance.now();
    this.before = this.points;
    this.plot.setPointerCapture(event.pointerId);
    this.handles.focus(i);
    this.requestFrame();
  }

  /** @param {PointerEvent} event */
  dragged(event) {
    if (event.pointerId !== this.held?.pointer || !this.header) return;
    const [t, eta] = this.valuesAt(event);
    this.points = moved(this.points, this.held.i, t, eta, this.header.logarithmic);
    if (this.lastSent + WHILE_HELD <= performance.now()) {
      this.held.told = true;
      this.tell(true);
    }
    this.requestFrame();
  }

  /** @param {PointerEvent} event */
  released(event) {
    if (event.pointerId === this.held?.pointer) this.letGo(this.points);
  }

  /** @param {Point[]} points what the hand leaves behind */
  letGo(points) {
    if (!this.held) return;
    const hasMoved = points.some(([t, eta], i) => t !== this.before[i][0] || eta !== this.before[i][1]);
    this.isPending = hasMoved || this.held.told;
    this.held = null;
    this.points = points;
    this.flush();
    this.requestFrame();
  }

  /** @param {MouseEvent} event */
  addAt(event) {
    if (this.near(event, GRIP) < 0) this.addPoint(...this.valuesAt(event));
  }

  /**
   * The nearest point within a distance, else −1.
   * @param {MouseEvent} event
   * @param {number} reach
   */
  near(event, reach) {
    const [x, y] = this.placeIn(event), plot = plotOf(this.canvas);
    const distances = this.points.map((point) => {
      const at = placeOf(plot, this.axes, point);
      return Math.hypot(at.x - x, at.y - y);
    });
    const least = Math.min(...distances);
    return least <= reach ? distances.indexOf(least) : -1;
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  valuesAt(event) {
    const [x, y] = this.placeIn(event), { left, width, bottom, height } = plotOf(this.canvas);
    return [valueAt(this.axes.across, (x - left) / width), valueAt(this.axes.up, (bottom - y) / height)];
  }

  /** @param {MouseEvent} event */
  placeIn({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  // ---- by keyboard and button

  /**
   * @param {number} i
   * @param {number} steps
   * @param {number} notches
   */
  nudge(i, steps, notches) {
    if (!this.header || this.held) return;
    const { logarithmic } = this.header, [t, eta] = this.points[i];
    const rate = logarithmic ? eta * FACTOR ** notches : eta + notches * NOTCH * this.axes.up.high;
    this.put(moved(this.points, i, t + steps, rate, logarithmic), AFTER_KEYS);
  }

  /** @param {number} i */
  remove(i) {
    const rest = this.points.filter((_, j) => j !== i);
    if (this.held || !rest.some(([, eta]) => eta > 0)) return;
    const hadFocus = this.plot.contains(/** @type {ShadowRoot} */ (this.root.getRootNode()).activeElement);
    const [t] = this.points[i];
    this.put(rest, AFTER_KEYS);
    this.frame();
    if (hadFocus) this.handles.focus(Math.min(i, rest.length - 1));
    this.announcer.say(this.status, `The point at step ${count(t)} is removed; ${rest.length} are left.`);
  }

  /** @param {number} i */
  addAfter(i) {
    const { across } = this.axes, [t] = this.points[i], next = this.points[i + 1]?.[0] ?? across.high;
    this.addOnCurve(Math.round((t + next) / 2));
  }

  addInGap() {
    const t = widestGap(this.points, this.axes.across.high);
    if (t !== null) this.addOnCurve(t);
  }

  /** @param {number} t */
  addOnCurve(t) {
    if (this.header) this.addPoint(t, rateAt(this.points, t, this.header.logarithmic));
  }

  /**
   * @param {number} t
   * @param {number} eta
   */
  addPoint(t, eta) {
    if (!this.header || this.held || this.points.length >= this.header.most) return;
    const one = added(this.points, t, eta);
    if (!one) return;
    this.put(one.points, AFTER_KEYS);
    this.frame();
    this.handles.focus(one.at);
  }

  // ---- frames

  requestFrame() {
    if (this.isFrameDue || !this.header || this.closing.signal.aborted) return;
    this.isFrameDue = true;
    requestAnimationFrame(() => this.frame());
  }

  frame() {
    this.isFrameDue = false;
    const { header, canvas, points, before, axes, handles } = this;
    if (!header || this.closing.signal.aborted || canvas.clientWidth === 0) return;
    const tokens = header.themes[this.probe.read()], color = tokens.runs[header.run];
    applyTokens(this.root, tokens);
    this.root.style.setProperty("--run", color);
    this.root.setAttribute("aria-label", `Drawing of run ${header.run + 1}`);
    drawPicture(canvas, { points, before, axes, color, dash: header.dashes[header.run], tokens });
    handles.show(points, plotOf(canvas), axes, ` of run ${header.run + 1}`);
    this.add.disabled = points.length >= header.most;
    this.drop.disabled = points.length < 2;
    const [t, eta] = points[handles.selected];
    this.told.textContent = `point ${handles.selected + 1} of ${points.length}: step ${count(t)}, η = ${rounded(eta)}`;
    const all = points.map(([step, rate]) => `${rounded(rate)} at step ${count(step)}`).join(", ");
    this.announcer.describe(canvas, `The rate through ${points.length} points: ${all}.`);
    canvas.dataset.frame = String(Number(canvas.dataset.frame) + 1);
  }

  end() {
    clearTimeout(this.timer);
    this.closing.abort();
    this.resizes?.disconnect();
    this.announcer.end();
  }
}
