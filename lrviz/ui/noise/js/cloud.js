/**
 * The cloud: hundreds of seeds of one run on the plane, and their width and loss over time, each beside theory.
 */
import { Announcer } from "../../stage/js/announce.js";
import { drawBounds } from "../../stage/js/bounds.js";
import { drawPlane, fittedView } from "../../stage/js/contour.js";
import { make } from "../../stage/js/elements.js";
import { KernelShelf } from "../../stage/js/kernels.js";
import { drawCriticalPoints, drawStart, labelStart } from "../../stage/js/landmarks.js";
import { mount } from "../../stage/js/mount.js";
import { openParcel } from "../../stage/js/parcel.js";
import { Playback } from "../../stage/js/playback.js";
import { applyTokens, ThemeProbe } from "../../stage/js/theme.js";
import { Legend } from "./legend.js";
import { closeBox, drawSwarm, wayBox } from "./swarm.js";
import { momentText, summaryText } from "./telling.js";
import { drawTrends, gutters, stepAt } from "./trends.js";

/** @typedef {import("../../stage/js/types.js").Model} Model */
/** @typedef {import("../../stage/js/payload.js").Header} SceneHeader */

/**
 * What is known of the cloud: of each frame its step, its dots (all x, then all y), and numbers. Of a covariance xx,
 * xy and yy. What theory says is missing where it says nothing.
 * @typedef {object} Clouds
 * @property {Int32Array} frames
 * @property {Float32Array} clouds
 * @property {Int32Array} alive
 * @property {Float64Array} mean
 * @property {Float64Array} covariance
 * @property {Float64Array} width
 * @property {Float64Array} width_error
 * @property {Float64Array} loss
 * @property {Float64Array} loss_error
 * @property {Float64Array} [expected_mean]
 * @property {Float64Array} [expected_covariance]
 * @property {Float64Array} [expected_width]
 * @property {Float64Array} [expected_loss]
 */
/**
 * @typedef {object} About
 * @property {string} id
 * @property {number} step
 * @property {number} seeds
 * @property {string} reason
 * @property {[number, number] | null} rest
 * @property {[number, number, number] | null} settled
 * @property {number | null} floor
 * @property {string} above
 */
/** @typedef {SceneHeader & {cloud: About}} Header */
/** @typedef {{header: Header, arrays: Clouds}} Shown */
/** @typedef {{data: Uint8Array, parentElement: HTMLElement | ShadowRoot,
 *   setStateValue: (name: string, value: unknown) => void}} Component */

const VIEWS = { whole: "Whole surface", way: "From the start", close: "Close up" };
/** @typedef {keyof typeof VIEWS} ViewName */

/** @param {Component} component */
export default function (component) {
  return mount(component, (root) => new Cloud(root));
}

class Cloud {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.closing = new AbortController();
    /** @type {Shown | null} */
    this.shown = null;
    /** @type {Shown | null} the latest, which may still be waiting for its kernel */
    this.latest = null;
    /** @type {Model | null} */
    this.model = null;
    /** @type {Component["setStateValue"]} */
    this.setStateValue = () => {};
    /** The step that was told last. */
    this.told = -1;
    /** @type {ViewName} */
    this.viewName = "way";
    this.isFrameDue = false;
    /** Whether Python was told that the first cloud is there. */
    this.isReady = false;
    this.shelf = new KernelShelf();
    this.announcer = new Announcer();
    this.probe = new ThemeProbe(() => this.requestFrame());
    this.plane = make("canvas", { role: "img" });
    this.trends = make("canvas", { role: "img" });
    this.legend = new Legend();
    this.playback = new Playback(() => this.requestFrame(), (frame) => this.tell(frame));
    this.moment = make("p", { class: "moment" });
    this.status = make("p", { class: "spoken", role: "status" });
    this.build();
    this.listen();
  }

  build() {
    const { root, plane, trends, legend, playback, moment, status, probe } = this;
    this.views = Object.entries(VIEWS).map(([name, label]) => {
      const button = make("button", { type: "button" }, label);
      button.addEventListener("click", () => this.look(/** @type {ViewName} */ (name)));
      return button;
    });
    const views = make(
      "div",
      { class: "speed views", role: "group", "aria-label": "Part of the plane" },
      ...this.views,
    );
    this.grid = make(
      "div",
      { class: "cloud-grid", hidden: true },
      make("div", { class: "above" }, legend.element, views),
      make("div", { class: "contour" }, plane),
      make("div", { class: "panels" }, trends),
      playback.buttons,
      playback.scrubBox,
      moment,
      status,
    );
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", "Cloud of seeds");
    root.replaceChildren(probe.element, this.grid);
    this.look(this.viewName);
  }

  listen() {
    const { closing: { signal }, plane, trends, playback } = this;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.requestFrame(), { signal });
    document.fonts.addEventListener("loadingdone", () => this.requestFrame(), { signal });
    this.resizes = new ResizeObserver(() => this.requestFrame());
    for (const canvas of [plane, trends]) this.resizes.observe(canvas);
    const seek = (/** @type {PointerEvent} */ event) => {
      if (this.shown) playback.seekStep(stepAt(this.shown, trends, event.offsetX));
    };
    trends.addEventListener("pointerdown", (event) => {
      trends.setPointerCapture(event.pointerId);
      seek(event);
    });
    trends.addEventListener("pointermove", (event) => {
      if (trends.hasPointerCapture(event.pointerId)) seek(event);
    });
    trends.addEventListener("pointerup", () => playback.settle());
  }

  /** @param {ViewName} name */
  look(name) {
    this.viewName = name;
    this.views?.forEach((button, i) => button.setAttribute("aria-pressed", String(Object.keys(VIEWS)[i] === name)));
    this.requestFrame();
  }

  /** @param {Component} component */
  async update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    const parcel = /** @type {Shown} */ (/** @type {unknown} */ (openParcel(data)));
    const { cloud, programs } = parcel.header, before = this.latest?.header.cloud;
    if (before?.id === cloud.id && before.step === cloud.step) return;
    this.latest = parcel;
    const { kernel } = await this.shelf.load(programs[0]);
    if (parcel !== this.latest || this.closing.signal.aborted) return;
    this.shelf.keepOnly(programs);
    this.take(parcel, kernel, before?.id === cloud.id);
  }

  /**
   * @param {Shown} parcel
   * @param {import("../../stage/js/types.js").Kernel} kernel
   * @param {boolean} isSame whether it is the cloud that is shown already
   */
  take(parcel, kernel, isSame) {
    const { surface, start, steps, cloud } = parcel.header, p = Float64Array.from(kernel.defaults);
    for (const { path, value } of surface.numbers) p[kernel.parameters.indexOf(path)] = value;
    this.shown = parcel;
    const run = { kernel, p };
    this.model =
      /** @type {Model} */ (/** @type {unknown} */ ({ surface, start, steps, runs: [run], startState: "", k: 1 }));
    this.playback.take(parcel.arrays.frames, cloud.step, isSame);
    this.legend.show(parcel);
    this.grid?.removeAttribute("hidden");
    this.requestFrame();
  }

  /** @param {number} frame */
  tell(frame) {
    const step = this.shown?.arrays.frames[frame] ?? 0;
    if (step === this.told) return;
    this.told = step;
    this.setStateValue("step", step);
  }

  requestFrame() {
    if (this.isFrameDue || !this.shown || this.closing.signal.aborted) return;
    this.isFrameDue = true;
    requestAnimationFrame((now) => this.draw(now));
  }

  /** @param {number} now */
  draw(now) {
    this.isFrameDue = false;
    const { shown, model, plane, trends, playback } = this;
    if (!shown || !model || this.closing.signal.aborted) return;
    playback.advance(now);
    model.tokens = shown.header.themes[this.probe.read()];
    applyTokens(this.root, model.tokens);
    model.view = fittedView(this.box(shown), plane.clientWidth, plane.clientHeight, model.k);
    const { frame } = playback;
    const isCoarse = drawPlane(plane, model, (c, place, crowd, directions) => {
      drawStart(c, model, place, crowd);
      drawSwarm(c, shown, frame, place, model.tokens);
      drawBounds(c, model, place);
      drawCriticalPoints(c, model, place, crowd);
      labelStart(c, model, place, crowd, directions);
    });
    drawTrends(trends, shown, frame, model.tokens);
    playback.show(gutters(trends));
    this.say(shown, frame);
    if (!this.isReady) this.setStateValue("ready", true);
    this.isReady = true;
    if (isCoarse || playback.isPlaying) this.requestFrame();
    plane.dispatchEvent(
      new CustomEvent("lrviz:draw", {
        bubbles: true,
        composed: true,
        detail: { frame, step: shown.arrays.frames[frame] },
      }),
    );
  }

  /** @param {Shown} shown */
  box(shown) {
    if (this.viewName === "whole") return shown.header.surface.box;
    return this.viewName === "close" ? closeBox(shown) : wayBox(shown);
  }

  /**
   * @param {Shown} shown
   * @param {number} frame
   */
  say(shown, frame) {
    const text = momentText(shown, frame);
    if (this.moment.textContent !== text) this.moment.textContent = text;
    this.announcer.say(this.status, text);
    this.announcer.describe(this.plane, `${summaryText(shown)} ${text}`);
    this.announcer.describe(this.trends, `Width and mean loss of the cloud over time. ${text}`);
  }

  end() {
    this.closing.abort();
    this.resizes?.disconnect();
    this.announcer.end();
    this.playback.end();
    this.shelf.keepOnly([]);
  }
}
