/**
 * What hands do on the map: point at a cell, keep its run, and go from cell to cell by the keyboard.
 */
import { plotOf, spotOf } from "./mapdraw.js";

/** @typedef {import("./mapmodel.js").MapModel} MapModel */
/** @typedef {import("./mapmodel.js").Cell} Cell */

/** A finger so near to the kept run, in CSS pixels, takes hold of it; elsewhere it may scroll the page. */
const GRIP = 44;
/** With shift an arrow goes so many cells. */
const STRIDE = 8;

export class MapGestures {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {MapModel} model
   * @param {() => void} keep
   */
  constructor(canvas, model, keep) {
    this.canvas = canvas;
    this.model = model;
    this.keep = keep;
    /** The pointer that is down on the map. @type {number | null} */
    this.down = null;
    canvas.addEventListener("pointerdown", (event) => this.pressed(event));
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    canvas.addEventListener("pointerup", (event) => this.released(event));
    canvas.addEventListener("pointercancel", () => this.left());
    canvas.addEventListener("pointerleave", ({ pointerId }) => pointerId !== this.down && this.left());
    canvas.addEventListener("touchstart", (event) => this.touched(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.typed(event));
    canvas.addEventListener("blur", () => this.left());
  }

  /** @param {PointerEvent} event */
  pressed(event) {
    if (event.button !== 0 || !this.model.map) return;
    const cell = this.cellAt(event);
    if (!cell) return;
    this.down = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.point(cell);
  }

  /** @param {PointerEvent} event */
  moved(event) {
    if (!this.model.map || (event.pointerType === "touch" && event.pointerId !== this.down)) return;
    this.point(this.cellAt(event, event.pointerId === this.down));
  }

  /** @param {PointerEvent} event */
  released({ pointerId }) {
    if (pointerId !== this.down) return;
    this.down = null;
    if (this.model.pointed) this.keep();
  }

  left() {
    this.down = null;
    if (this.model.map) this.point(null);
  }

  /** @param {TouchEvent} event */
  touched(event) {
    if (!this.model.map || event.touches.length !== 1) return;
    const { map, kept } = this.model, spot = map && spotOf(map, kept, plotOf(this.canvas));
    const { left, top } = this.canvas.getBoundingClientRect(), [{ clientX, clientY }] = event.touches;
    if (spot && Math.hypot(clientX - left - spot[0], clientY - top - spot[1]) < GRIP) event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    if (!this.model.map || event.ctrlKey || event.metaKey || event.altKey) return;
    const { across: columns, up: rows } = this.model.map, many = event.shiftKey ? STRIDE : 1;
    /** @type {Record<string, [number, number]>} */
    const moves = {
      ArrowLeft: [-many, 0],
      ArrowRight: [many, 0],
      ArrowUp: [0, many],
      ArrowDown: [0, -many],
      Home: [-columns.cells, 0],
      End: [columns.cells, 0],
      PageUp: [0, STRIDE],
      PageDown: [0, -STRIDE],
    };
    const move = moves[event.key];
    if (move) {
      const { across, up } = this.model.cell ?? { across: columns.cells >> 1, up: rows.cells >> 1 };
      this.point({ across: within(across + move[0], columns.cells), up: within(up + move[1], rows.cells) });
    } else if (event.key === "Enter" || event.key === " ") {
      if (this.model.pointed) this.keep();
    } else if (event.key === "Escape") this.point(null);
    else return;
    event.preventDefault();
  }

  /** @param {Cell | null} cell */
  point(cell) {
    this.model.stage.dragging = cell !== null;
    this.model.point(cell);
  }

  /**
   * The cell under a pointer; null beside the map, but for one that is held and leads to the nearest.
   * @param {PointerEvent} event
   * @param {boolean} [held]
   * @returns {Cell | null}
   */
  cellAt({ clientX, clientY }, held = false) {
    const box = this.canvas.getBoundingClientRect(), plot = plotOf(this.canvas), { map } = this.model;
    const across = (clientX - box.left - plot.left) / plot.width, up = (plot.bottom - clientY + box.top) / plot.height;
    const isInside = across >= 0 && across <= 1 && up >= 0 && up <= 1;
    return map && (isInside || held) ? { across: map.across.cellAt(across), up: map.up.cellAt(up) } : null;
  }
}

/**
 * @param {number} cell
 * @param {number} cells
 */
function within(cell, cells) {
  return Math.max(0, Math.min(cells - 1, cell));
}
