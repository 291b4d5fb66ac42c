/**
 * The panels over time: pointing at a step shows it everywhere, dragging moves the time there.
 */
import { panelsText } from "./announce.js";
import { make, symbolNodes } from "./elements.js";
import { capturePointer } from "./gestures.js";
import { drawPanels, timeAt } from "./panels.js";

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./transport.js").Transport} Transport */

export class Timeline {
  /**
   * @param {StageModel} model
   * @param {Transport} transport
   */
  constructor(model, transport) {
    this.model = model;
    this.transport = transport;
    this.canvas = make("canvas", { role: "img" });
    this.tabs = [["loss"], [...symbolNodes("η"), ...symbolNodes("λ")], symbolNodes("η_t")].map((title, i) => {
      const tab = make("button", { type: "button", "aria-pressed": String(i === 0) }, ...title);
      tab.addEventListener("click", () => this.choose(i));
      return tab;
    });
    const tabs = make("div", { class: "tabs", role: "group", "aria-label": "Panel" }, ...this.tabs);
    this.element = make("div", { class: "panels" }, this.canvas, tabs);
    this.isDragged = false;
    this.described = -1;
    this.listen();
  }

  listen() {
    const { canvas, model } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      capturePointer(canvas, event.pointerId);
      this.isDragged = true;
      model.point(null);
      this.transport.seek(this.stepAt(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.isDragged) this.transport.seek(this.stepAt(event));
      else if (event.pointerType === "mouse" && !this.transport.isPlaying) model.point(this.stepAt(event));
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.isDragged = false));
    canvas.addEventListener("pointerleave", () => model.point(null));
  }

  /** @param {PointerEvent} event */
  stepAt({ clientX }) {
    return timeAt(this.canvas, this.model, clientX - this.canvas.getBoundingClientRect().left);
  }

  /** @param {number} panel which one a phone shows */
  choose(panel) {
    this.model.panelTab = panel;
    this.tabs.forEach((tab, i) => tab.setAttribute("aria-pressed", String(i === panel)));
    this.model.notify("look");
  }

  draw() {
    drawPanels(this.canvas, this.model);
  }

  /** @param {import("./announce.js").Announcer} announcer */
  show(announcer) {
    if (this.described === this.model.version) return;
    this.described = this.model.version;
    announcer.describe(this.canvas, panelsText(this.model));
  }
}
