/**
 * A run's sign: a piece of its line with its marker, as they are in the picture.
 */
import { strokedImage } from "./elements.js";
import { addMarker } from "./paint.js";

const WIDTH = 46, HEIGHT = 18, MARKER = 5;

/**
 * @param {string} marker
 * @param {number[]} dash
 */
export function chipImage(marker, dash) {
  const outline = new Outline();
  addMarker(/** @type {Path2D} */ (/** @type {unknown} */ (outline)), marker, WIDTH / 2, HEIGHT / 2, MARKER);
  const image = strokedImage(WIDTH, HEIGHT, [
    { d: `M0 ${HEIGHT / 2}H${WIDTH}`, class: "dash", "stroke-dasharray": dash.join(" ") || "none" },
    { d: outline.text, class: "mark" },
  ]);
  return image;
}

/** Writes down as SVG what is drawn on it as on a canvas. */
class Outline {
  constructor() {
    this.text = "";
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  moveTo(x, y) {
    this.text += `M${x} ${y}`;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  lineTo(x, y) {
    this.text += `L${x} ${y}`;
  }

  /**
   * A whole circle; markers have no other arcs.
   * @param {number} x
   * @param {number} y
   * @param {number} r
   */
  arc(x, y, r) {
    this.text += `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  }

  closePath() {
    this.text += "Z";
  }
}
