/**
 * The hand on the picture: it drags the start, moves and zooms the view, and points at paths.
 */
import { nearestRun } from "./nearest.js";
import { withoutTail } from "./scales.js";
import { pinched, wheelFactor, zoomed } from "./zoom.js";

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./edits.js").Edits} Edits */
/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {{x: number, y: number}} Place in CSS pixels from the canvas's corner */

/** The start can be grabbed so far from its middle. */
const GRAB = 22;
/** A path is pointed at so near to it. */
const NEAR = 10;

export class ContourGestures {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {StageModel} model
   * @param {Edits} edits
   * @param {import("./starthandle.js").StartHandle} handle takes the focus when the start is grabbed
   * @param {() => Frame} frame
   */
  constructor(canvas, model, edits, handle, frame) {
    this.canvas = canvas;
    this.model = model;
    this.edits = edits;
    this.handle = handle;
    this.frame = frame;
    /** Where the canvas is on the page. */
    this.corner = { left: 0, top: 0 };
    /** @type {Map<number, Place>} the pointers that are down */
    this.pointers = new Map();
    /** Which pointer has the start, and how far from its middle it took hold. @type {{id: number, x: number, y: number} | null} */
    this.grabbed = null;
    this.listen();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      canvas.addEventListener(end, (event) => this.up(event));
    }
    canvas.addEventListener("pointerleave", () => this.left());
    canvas.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    canvas.addEventListener("dblclick", (event) => {
      if (!this.isAtStart(this.placeOf(event))) this.model.lookHome();
    });
    // A finger on the start drags it, two fingers zoom, any other scrolls the page: only here is it still open.
    canvas.addEventListener("touchstart", (event) => {
      if (event.touches.length > 1 || this.isAtStart(this.placeOf(event.touches[0]))) event.preventDefault();
    }, { passive: false });
  }

  /** Looks where the canvas is. During a drag this is done once a frame: between frames the page would be laid out anew. */
  locate() {
    this.corner = this.canvas.getBoundingClientRect();
  }

  /** @param {{clientX: number, clientY: number}} event */
  placeOf({ clientX, clientY }) {
    if (this.pointers.size === 0) this.locate();
    return { x: clientX - this.corner.left, y: clientY - this.corner.top };
  }

  /** @param {Place} place */
  isAtStart({ x, y }) {
    const frame = this.frame(), [startX, startY] = this.model.start;
    return Math.hypot(frame.across(startX) - x, frame.down(startY) - y) <= GRAB * this.model.k;
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0) return;
    const place = this.placeOf(event);
    this.pointers.set(event.pointerId, place);
    capturePointer(this.canvas, event.pointerId);
    if (this.pointers.size === 1 && this.isAtStart(place)) this.grab(event, place);
    else if (event.pointerType === "mouse") this.canvas.style.cursor = "grabbing";
  }

  /**
   * @param {PointerEvent} event
   * @param {Place} place
   */
  grab(event, place) {
    const frame = this.frame(), [startX, startY] = this.model.start;
    this.grabbed = { id: event.pointerId, x: frame.across(startX) - place.x, y: frame.down(startY) - place.y };
    event.preventDefault(); // or the canvas would take the focus
    this.handle.takeFocus();
    this.canvas.style.cursor = "grabbing";
    this.model.warm(-1);
    this.edits.hold();
    this.model.markStart("drag");
  }

  /** @param {PointerEvent} event */
  moved(event) {
    const place = this.placeOf(event), before = this.pointers.get(event.pointerId);
    if (!before) return this.hover(event, place);
    if (this.grabbed?.id === event.pointerId) this.dragStart(place, this.grabbed);
    else if (this.pointers.size === 2) this.pinch(event.pointerId, before, place);
    else if (event.pointerType === "mouse") this.pan(before, place);
    this.pointers.set(event.pointerId, place);
  }

  /**
   * @param {Place} place
   * @param {Place} hold
   */
  dragStart(place, hold) {
    const frame = this.frame();
    this.model.setStart(onGrid(frame.x(place.x + hold.x), frame.span), onGrid(frame.y(place.y + hold.y), frame.span));
  }

  /**
   * @param {Place} from
   * @param {Place} to
   */
  pan(from, to) {
    const { x, y, span } = this.model.view;
    this.model.look({ x: x - (to.x - from.x) * span, y: y + (to.y - from.y) * span, span });
  }

  /**
   * @param {number} id
   * @param {Place} from
   * @param {Place} to
   */
  pinch(id, from, to) {
    const [other] = [...this.pointers].filter(([pointer]) => pointer !== id).map(([, place]) => place);
    this.model.look(pinched(this.model, this.frame(), [from, other], [to, other]));
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.pointers.delete(event.pointerId);
    this.canvas.style.cursor = "";
    if (this.grabbed?.id !== event.pointerId) return;
    this.grabbed = null;
    this.model.markStart(event.pointerType === "mouse" && this.isAtStart(this.placeOf(event)) ? "hover" : "");
    this.edits.release();
  }

  /**
   * @param {PointerEvent} event
   * @param {Place} place
   */
  hover(event, place) {
    if (event.pointerType !== "mouse") return;
    const atStart = this.isAtStart(place);
    this.canvas.style.cursor = atStart ? "grab" : "";
    this.model.markStart(atStart ? "hover" : "");
    this.model.warm(atStart ? -1 : nearestRun(this.model, this.frame(), place, NEAR * this.model.k));
  }

  left() {
    if (this.pointers.size) return;
    this.model.markStart("");
    this.model.warm(-1);
  }

  /** A plain wheel scrolls the page, unless the picture has the focus. @param {WheelEvent} event */
  wheeled(event) {
    const root = /** @type {Document | ShadowRoot} */ (this.canvas.getRootNode());
    if (!event.ctrlKey && !event.metaKey && root.activeElement !== this.canvas) return;
    event.preventDefault();
    this.model.look(zoomed(this.model, this.frame(), wheelFactor(event), this.placeOf(event)));
  }
}

/**
 * Lets an element have all that a pointer does, even outside.
 * @param {Element} element
 * @param {number} id
 */
export function capturePointer(element, id) {
  try {
    element.setPointerCapture(id);
  } catch { // the pointer is gone already
  }
}

/**
 * A coordinate at the decimals that the eye can tell apart.
 * @param {number} value
 * @param {number} span units of a pixel
 */
function onGrid(value, span) {
  const grid = 10 ** Math.floor(Math.log10(span));
  const snapped = withoutTail(Math.round(value / grid) * grid);
  return Number.isFinite(snapped) ? snapped : value;
}
