/**
 * What all drawing stands on: canvases as fine as the screen, the runs' markers and dashes, stars, arrows and hatches.
 */

/**
 * Makes a canvas as fine as the screen, clears it, and returns a context that measures in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @returns {{c: CanvasRenderingContext2D, width: number, height: number, density: number}}
 */
export function clearedCanvas(canvas) {
  const density = globalThis.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  const across = Math.max(1, Math.round(width * density)), down = Math.max(1, Math.round(height * density));
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  c.setTransform(1, 0, 0, 1, 0, 0);
  c.globalAlpha = 1;
  c.clearRect(0, 0, across, down);
  c.setTransform(density, 0, 0, density, 0, 0);
  return { c, width, height, density };
}

/**
 * A run's dashes at a scale.
 * @param {number[]} dash
 * @param {number} k
 */
export function scaledDash(dash, k) {
  return k === 1 ? dash : dash.map((length) => length * k);
}

/** How far markers of one area reach from their middle, by shape, next to a circle. */
const REACH = { square: 0.89, "triangle-up": 1.25, "triangle-down": 1.25, diamond: 1.22, x: 1.06 };

/**
 * Adds a marker's outline to a path.
 * @param {CanvasRenderingContext2D | Path2D} path
 * @param {string} shape one of the model's markers
 * @param {number} x
 * @param {number} y
 * @param {number} radius of the circle that looks as large
 */
export function addMarker(path, shape, x, y, radius) {
  if (shape === "circle") {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const r = radius * (REACH[/** @type {keyof typeof REACH} */ (shape)] ?? 1);
  const corners = MARKER_CORNERS[shape] ?? MARKER_CORNERS.square;
  corners.forEach(([across, down], i) => {
    if (i === 0) path.moveTo(x + r * across, y + r * down);
    else path.lineTo(x + r * across, y + r * down);
  });
  path.closePath();
}

const SIN60 = Math.sqrt(3) / 2;
/** Half the thickness of the cross's arms. */
const ARM = 0.36;
/** @type {Record<string, [number, number][]>} corners of each marker, for a reach of 1 */
const MARKER_CORNERS = {
  square: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  "triangle-up": [[0, -1], [SIN60, 0.5], [-SIN60, 0.5]],
  "triangle-down": [[0, 1], [-SIN60, -0.5], [SIN60, -0.5]],
  diamond: [[0, -1], [0.82, 0], [0, 1], [-0.82, 0]],
  x: crossCorners(ARM),
};

/**
 * A slanted cross with arms so thick.
 * @param {number} a
 * @returns {[number, number][]}
 */
function crossCorners(a) {
  /** @type {[number, number][]} */
  const quarter = [[0, -a], [1 - a, -1], [1, a - 1]];
  const turned = (/** @type {[number, number]} */ [x, y], /** @type {number} */ n) => {
    for (let i = 0; i < n; i++) [x, y] = [-y, x];
    return /** @type {[number, number]} */ ([x, y]);
  };
  return [0, 1, 2, 3].flatMap((n) => quarter.map((corner) => turned(corner, n)));
}

/**
 * One marker with a casing around it.
 * @param {CanvasRenderingContext2D} c
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {{fill: string, casing: string, width: number}} look
 */
export function drawMarker(c, shape, x, y, radius, look) {
  c.beginPath();
  addMarker(c, shape, x, y, radius);
  cased(c, look);
}

/**
 * Strokes the current path with twice a casing's width and fills it.
 * @param {CanvasRenderingContext2D} c
 * @param {{fill: string, casing: string, width: number}} look
 */
export function cased(c, { fill, casing, width }) {
  c.setLineDash([]);
  c.lineJoin = "round";
  c.strokeStyle = casing;
  c.lineWidth = 2 * width;
  c.stroke();
  c.fillStyle = fill;
  c.fill();
}

const STAR_INNER = 0.42;

/**
 * Adds a five-pointed star's outline to a path.
 * @param {CanvasRenderingContext2D | Path2D} path
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function addStar(path, x, y, radius) {
  for (let i = 0; i < 10; i++) {
    const angle = -Math.PI / 2 + (i * Math.PI) / 5, r = i % 2 ? STAR_INNER * radius : radius;
    path[i ? "lineTo" : "moveTo"](x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  path.closePath();
}

/**
 * An arrowhead with its tip at a place, pointing along (dx, dy), which has length 1.
 * @param {CanvasRenderingContext2D} c
 * @param {[number, number]} tip
 * @param {[number, number]} direction
 * @param {number} length
 * @param {{fill: string, casing: string, width: number}} look
 */
export function drawArrow(c, [x, y], [dx, dy], length, look) {
  const back = length, notch = 0.74 * length, half = 0.47 * length;
  c.beginPath();
  c.moveTo(x, y);
  c.lineTo(x - back * dx - half * dy, y - back * dy + half * dx);
  c.lineTo(x - notch * dx, y - notch * dy);
  c.lineTo(x - back * dx + half * dy, y - back * dy - half * dx);
  c.closePath();
  cased(c, look);
}

/** @typedef {{tile: number, draw: (c: CanvasRenderingContext2D, tile: number) => void}} Hatch */
/** @type {Record<string, Hatch>} what marks each outcome beside its colour; the others are plain */
const HATCHES = {
  oscillating: { tile: 4, draw: (c, n) => c.rect(0, 0, 1, n) },
  diverged: { tile: 5, draw: slant },
  escaped: { tile: 5, draw: backslant },
  saddle: {
    tile: 6,
    draw: (c, n) => {
      slant(c, n);
      backslant(c, n);
    },
  },
  stalled: { tile: 4, draw: (c, n) => c.rect(0, 1, n, 1) },
  wandering: {
    tile: 5,
    draw: (c, n) => {
      for (const [x, y] of [[n / 4, n / 4], [(3 * n) / 4, (3 * n) / 4]]) {
        c.moveTo(x, y);
        c.arc(x, y, 0.9, 0, 2 * Math.PI);
      }
    },
  },
};

/** Half the width of a slanted hatch line, measured along the side of its tile. */
const SLANT = 0.7;

/**
 * A line from the lower left to the upper right corner, with what of its neighbours reaches into the tile.
 * @param {CanvasRenderingContext2D} c
 * @param {number} n
 */
function slant(c, n) {
  for (const shift of [-n, 0, n]) {
    c.moveTo(shift - SLANT, n);
    c.lineTo(shift + SLANT, n);
    c.lineTo(shift + n + SLANT, 0);
    c.lineTo(shift + n - SLANT, 0);
    c.closePath();
  }
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {number} n
 */
function backslant(c, n) {
  c.save();
  c.translate(n, 0);
  c.scale(-1, 1);
  slant(c, n);
  c.restore();
}

/** @type {Map<string, CanvasPattern | null>} */
const hatchPatterns = new Map();

/**
 * The pattern of an outcome's kind in a colour, to be filled over the kind's colour; null where it is plain.
 * @param {CanvasRenderingContext2D} c
 * @param {string} kind
 * @param {string} color
 * @param {number} density device pixels in a CSS pixel
 */
export function hatchPattern(c, kind, color, density) {
  const hatch = HATCHES[kind];
  if (!hatch) return null;
  const key = `${kind}|${color}|${density}`;
  let pattern = hatchPatterns.get(key);
  if (pattern === undefined) {
    pattern = tiled(c, hatch, color, density);
    hatchPatterns.set(key, pattern);
  }
  return pattern;
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Hatch} hatch
 * @param {string} color
 * @param {number} density
 */
function tiled(c, hatch, color, density) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(hatch.tile * density);
  const tile = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  tile.scale(canvas.width / hatch.tile, canvas.height / hatch.tile);
  tile.beginPath();
  hatch.draw(tile, hatch.tile);
  tile.fillStyle = color;
  tile.fill();
  const pattern = c.createPattern(canvas, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(hatch.tile / canvas.width));
  return pattern;
}

/**
 * A hexadecimal colour's red, green and blue, 0 to 255.
 * @param {string} color
 * @returns {[number, number, number]}
 */
export function channels(color) {
  const packed = parseInt(color.slice(1, 7), 16);
  return [packed >> 16, (packed >> 8) & 255, packed & 255];
}

/**
 * A colour with an opacity.
 * @param {string} color
 * @param {number} alpha
 */
export function seeThrough(color, alpha) {
  const [red, green, blue] = channels(color);
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

/**
 * Whether a page of this colour is dark.
 * @param {string} paper
 */
export function isDark(paper) {
  return Math.max(...channels(paper)) < 128;
}
