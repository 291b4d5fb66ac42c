/**
 * The picture of the plane with what lies on it: the handle of the start for the keyboard, and the buttons of the view.
 */
import { contourText } from "./announce.js";
import { drawContour, fittedView, geometry } from "./contour.js";
import { iconButton, make } from "./elements.js";
import { ContourGestures } from "./gestures.js";
import { StartHandle } from "./starthandle.js";
import { ZOOM_STEP, zoomed } from "./zoom.js";

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./edits.js").Edits} Edits */

export class Picture {
  /**
   * @param {StageModel} model
   * @param {Edits} edits
   * @param {HTMLButtonElement} present
   */
  constructor(model, edits, present) {
    this.model = model;
    this.canvas = make("canvas", { role: "img", tabindex: 0, "data-frame": 0 });
    this.start = new StartHandle(model, () => this.frame());
    const tools = make(
      "div",
      { class: "tools", role: "group", "aria-label": "View" },
      iconButton("plus", "Zoom in", () => this.zoom(ZOOM_STEP), "icon zoom"),
      iconButton("minus", "Zoom out", () => this.zoom(1 / ZOOM_STEP), "icon zoom"),
      iconButton("reset", "Reset the view", () => model.lookHome()),
      present,
    );
    this.element = make("div", { class: "contour" }, this.canvas, this.start.element, tools);
    this.gestures = new ContourGestures(this.canvas, model, edits, this.start, () => this.frame());
    this.element.addEventListener("keydown", (event) => this.pressed(event));
    /** The canvas's size in the last frame. */
    this.width = this.height = 0;
    this.described = -1;
  }

  frame() {
    return geometry(this.model, this.width, this.height);
  }

  /** @param {number} factor */
  zoom(factor) {
    this.model.look(zoomed(this.model, this.frame(), factor));
  }

  /** @param {KeyboardEvent} event */
  pressed({ key, ctrlKey, metaKey, altKey, target }) {
    if (ctrlKey || metaKey || altKey) return;
    if (target !== this.canvas && target !== this.start.element) return;
    if (key === "+" || key === "=") this.zoom(ZOOM_STEP);
    else if (key === "-" || key === "−") this.zoom(1 / ZOOM_STEP);
    else if (key === "0") this.model.lookHome();
  }

  /** Fits the view to the canvas: the surface's own view anew, one that was chosen by its width. */
  fit() {
    const { model, canvas } = this, width = canvas.clientWidth;
    if (this.width && width) model.view = { ...model.view, span: (model.view.span * this.width) / width };
    this.width = width;
    this.height = canvas.clientHeight;
    if (model.isViewHome) model.view = fittedView(model.surface.box, width, this.height, model.k);
  }

  /** Draws; whether it should be drawn again soon, finer. */
  draw() {
    this.fit();
    this.gestures.locate();
    return drawContour(this.canvas, this.model);
  }

  /** @param {import("./announce.js").Announcer} announcer */
  show(announcer) {
    const frame = this.frame(), [x, y] = this.model.start, { dataset } = this.canvas;
    dataset.frame = String(Number(dataset.frame) + 1);
    dataset.startX = String(frame.across(x));
    dataset.startY = String(frame.down(y));
    this.start.show(frame);
    if (this.described === this.model.version) return;
    this.described = this.model.version;
    announcer.describe(this.canvas, contourText(this.model));
  }
}
