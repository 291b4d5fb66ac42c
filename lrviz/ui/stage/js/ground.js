/**
 * The ground of the contour: bands of colour and lines of equal loss, painted once and kept until something about the
 * surface, the view or the theme changes. While that goes on it is painted coarsely, and again when it has come to rest.
 */
import { channels, seeThrough } from "./paint.js";
import { relief } from "./heights.js";
import { slopeOf, traceIsolines } from "./isolines.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Tokens} Tokens */
/** @typedef {import("./heights.js").Relief} Relief */

/** @typedef {{path: Path2D, style: string, width: number}} Stroke */
/** @typedef {{x: number, y: number, merit: number}} LabelPlace */
/** A strong line's name, and the places where it may stand, best first.
 * @typedef {{text: string, halo: string, places: {x: number, y: number}[]}} LineLabel */

/** Changes that follow each other within so many milliseconds are one movement. */
const SETTLED = 140;
/** Sides of the grid's cells in CSS pixels, moving and at rest. */
const COARSE_CELL = 5, FINE_CELL = 2;
/** Side of the bands' pixels in CSS pixels while moving; at rest they are as fine as the screen. */
const COARSE_PIXEL = 2.5;
/** How finely the edge between two bands is blended. */
const BLENDS = 8;
/** Lines that are nearer to each other than the first, in CSS pixels, fade, and at the second they are gone. */
const CROWDED = 6, TOO_CROWDED = 1.2;
/** In so many grades, each of which is one stroke. */
const GRADES = 5;
const LINE_WIDTH = 0.8, STRONG_WIDTH = 1.15;
const MOST_PLACES = 150;
/** A label needs a line that keeps so far from its neighbours, in CSS pixels. */
const LABEL_SPACING = 5;

/** One contour's ground. */
export class Ground {
  /**
   * @param {(frame: Frame, model: Model, cell: number) => Relief} [survey] what there is to show
   * @param {(frame: Frame, model: Model, density: number) => string} [keyOf] everything that this depends on
   */
  constructor(survey = relief, keyOf = groundKey) {
    this.reliefOf = survey;
    this.keyOf = keyOf;
    this.bands = document.createElement("canvas");
    this.finished = document.createElement("canvas");
    /** @type {Stroke[]} */
    this.strokes = [];
    this.key = "";
    /** The bands' width and height in CSS pixels. */
    this.extent = [0, 0];
    this.coarse = false;
    this.changed = -Infinity;
    /** @type {LineLabel[]} */
    this.labels = [];
  }

  /**
   * Makes it anew if need be.
   * @param {Frame} frame
   * @param {Model} model
   * @param {number} density device pixels in a CSS pixel
   * @param {number} now in milliseconds
   */
  update(frame, model, density, now) {
    const key = this.keyOf(frame, model, density), moved = key !== this.key, settled = now - this.changed > SETTLED;
    if (moved || (this.coarse && settled)) {
      this.coarse = !settled;
      this.survey(frame, model, this.coarse ? 1 / COARSE_PIXEL : density);
      if (!this.coarse) this.finish(density);
    }
    if (moved) this.changed = now;
    this.key = key;
  }

  /**
   * @param {Frame} frame
   * @param {Model} model
   * @param {number} fineness pixels of the bands in a CSS pixel
   */
  survey(frame, model, fineness) {
    const { ramp, contour } = model.tokens;
    const perCell = Math.max(1, Math.round((this.coarse ? COARSE_CELL : FINE_CELL) * fineness));
    const land = this.reliefOf(frame, model, perCell / fineness), shades = bandShades(land, ramp);
    paintBands(
      this.bands,
      land,
      shades,
      perCell,
      Math.ceil(frame.width * fineness),
      Math.ceil(frame.height * fineness),
    );
    const { strokes, places } = linesOf(land, contour, frame);
    this.extent = [this.bands.width / fineness, this.bands.height / fineness];
    this.strokes = strokes;
    this.labels = lineLabels(land, shades, places);
  }

  /**
   * Bands and lines in one picture, which is then only copied.
   * @param {number} density
   */
  finish(density) {
    this.finished.width = this.bands.width;
    this.finished.height = this.bands.height;
    const c = /** @type {CanvasRenderingContext2D} */ (this.finished.getContext("2d", { alpha: false }));
    c.drawImage(this.bands, 0, 0);
    c.scale(density, density);
    strokeLines(c, this.strokes);
  }

  /**
   * @param {CanvasRenderingContext2D} c
   * @param {Frame} frame
   */
  draw(c, { left, top }) {
    c.drawImage(this.coarse ? this.bands : this.finished, left, top, this.extent[0], this.extent[1]);
    if (!this.coarse) return;
    c.save();
    c.translate(left, top);
    strokeLines(c, this.strokes);
    c.restore();
  }
}

/**
 * Everything that the ground depends on.
 * @param {Frame} frame
 * @param {Model} model
 * @param {number} density
 */
function groundKey({ left, top, width, height }, { surface, view, runs, tokens }, density) {
  const { kernel, p } = runs[0];
  const numbers = kernel.parameters.map((path, i) => (path.startsWith("surface.") ? p[i] : ""));
  return [surface.key, ...numbers, view.x, view.y, view.span, left, top, width, height, density, ...tokens.ramp]
    .join();
}

// ---- bands

/**
 * The colours of the bands, from the lowest, each with its blends into the next.
 * @typedef {{first: number, packed: Uint32Array, names: string[]}} Shades
 */

/**
 * @param {Relief} land
 * @param {string[]} ramp
 * @returns {Shades}
 */
function bandShades({ low, high }, ramp) {
  const first = Math.floor(low), bands = Math.floor(high) - first + 1;
  const colours = Array.from({ length: bands }, (_, band) => rampColour(ramp, band / Math.max(1, bands - 1)));
  const packed = new Uint32Array(bands * BLENDS + 1).map((_, i) => {
    const band = Math.floor(i / BLENDS), next = Math.min(band + 1, bands - 1);
    const [red, green, blue] = mixed(colours[Math.min(band, bands - 1)], colours[next], (i % BLENDS) / BLENDS);
    return 0xff000000 | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red);
  });
  return { first, packed, names: colours.map((colour) => `rgb(${colour.map(Math.round).join()})`) };
}

/**
 * @param {string[]} ramp
 * @param {number} share from 0, the first colour, to 1, the last
 */
function rampColour(ramp, share) {
  const at = share * (ramp.length - 1), i = Math.min(ramp.length - 2, Math.floor(at));
  return mixed(channels(ramp[i]), channels(ramp[i + 1]), at - i);
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} share of b
 */
function mixed(a, b, share) {
  return a.map((value, i) => value + share * (b[i] - value));
}

/**
 * Colours each pixel by the band that its interpolated height is in; over one pixel, bands blend at their edge.
 * @param {HTMLCanvasElement} canvas
 * @param {Relief} land
 * @param {Shades} shades
 * @param {number} perCell pixels along the side of a grid cell
 * @param {number} width
 * @param {number} height
 */
function paintBands(canvas, land, shades, perCell, width, height) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const image = new ImageData(width, height), pixels = new Uint32Array(image.data.buffer);
  const { heights, columns } = land.grid, { packed } = shades;
  // Counted from the band below the lowest, all levels are positive: then cutting off the fraction rounds down.
  const base = shades.first - 1, scale = 1 / perCell;
  for (let y = 0, pixel = 0; y < height; y++) {
    const row = Math.floor(y / perCell), down = (y - row * perCell + 0.5) * scale;
    for (let x = 0, at = row * columns; x < width; at++) {
      const a = heights[at], b = heights[at + 1], d = heights[at + columns], e = heights[at + columns + 1];
      const left = a + (d - a) * down, rise = (b + (e - b) * down - left) * scale;
      const blur = Math.max(1e-6, slopeOf(a, b, e, d) * scale), blends = BLENDS / blur;
      let level = left - base + (rise - blur) / 2;
      for (const end = Math.min(width, x + perCell); x < end; x++, level += rise) {
        const band = level | 0, blended = (level - band) * blends;
        // At a band's lower edge the colour is still that of the band below.
        const shade = ((band - 2) * BLENDS + (blended < BLENDS ? blended : BLENDS)) | 0;
        pixels[pixel++] = packed[shade > 0 ? shade : 0];
      }
    }
  }
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false, willReadFrequently: true }))
    .putImageData(image, 0, 0);
}

// ---- lines

/**
 * The lines, fainter where they crowd, and where the strong ones may be labelled.
 * @param {Relief} land
 * @param {Tokens["contour"]} look
 * @param {Frame} frame
 * @returns {{strokes: Stroke[], places: Map<number, LabelPlace[]>}}
 */
function linesOf(land, look, frame) {
  const plain = graded(look.color, look.alpha, LINE_WIDTH);
  const strong = graded(look.color, look.decade_alpha, STRONG_WIDTH);
  /** @type {Map<number, LabelPlace[]>} */
  const places = new Map();
  traceIsolines(land.grid, (level, ax, ay, bx, by, slope) => {
    const isStrong = level % land.emphasis === 0, gap = (isStrong ? land.emphasis : 1) / slope;
    const grade = Math.ceil((GRADES * (gap - TOO_CROWDED)) / (CROWDED - TOO_CROWDED));
    if (grade < 1) return;
    const { path } = (isStrong ? strong : plain)[Math.min(grade, GRADES) - 1];
    path.moveTo(ax, ay);
    path.lineTo(bx, by);
    if (isStrong && 1 / slope > LABEL_SPACING) remember(places, level, labelPlace(ax, ay, bx, by, frame));
  });
  return { strokes: [...plain, ...strong], places };
}

/**
 * Strokes from the faintest to one of full opacity.
 * @param {string} color
 * @param {number} alpha
 * @param {number} width
 * @returns {Stroke[]}
 */
function graded(color, alpha, width) {
  return Array.from({ length: GRADES }, (_, i) => ({
    path: new Path2D(),
    style: seeThrough(color, (alpha * (i + 1)) / GRADES),
    width,
  }));
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Stroke[]} strokes
 */
function strokeLines(c, strokes) {
  c.lineCap = "butt";
  c.setLineDash([]);
  for (const { path, style, width } of strokes) {
    c.strokeStyle = style;
    c.lineWidth = width;
    c.stroke(path);
  }
}

/**
 * @param {Map<number, LabelPlace[]>} places
 * @param {number} level
 * @param {LabelPlace} place
 */
function remember(places, level, place) {
  const found = places.get(level);
  if (found) found.push(place);
  else places.set(level, [place]);
}

/**
 * @param {Relief} land
 * @param {Shades} shades
 * @param {Map<number, LabelPlace[]>} places
 * @returns {LineLabel[]} from the lowest
 */
function lineLabels(land, { names, first }, places) {
  return [...places].sort(([a], [b]) => a - b).map(([level, found]) => ({
    text: land.label(level),
    halo: names[Math.min(names.length - 1, Math.max(0, level - first))],
    places: bestPlaces(found),
  }));
}

/**
 * A place on a line: the better, the more level the line and the higher it stands there.
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @param {Frame} frame
 */
function labelPlace(ax, ay, bx, by, frame) {
  const x = (ax + bx) / 2, y = (ay + by) / 2;
  const level = Math.abs(bx - ax) / (Math.hypot(bx - ax, by - ay) || 1);
  const central = 1 - Math.abs((2 * x) / frame.width - 1);
  return { x: frame.left + x, y: frame.top + y, merit: level + 0.25 * (1 - y / frame.height) + 0.1 * central };
}

/**
 * The best of many places, thinned over the whole line.
 * @param {LabelPlace[]} found
 */
function bestPlaces(found) {
  const stride = Math.max(1, Math.floor(found.length / MOST_PLACES));
  return found.filter((_, i) => i % stride === 0).sort((a, b) => b.merit - a.merit);
}
