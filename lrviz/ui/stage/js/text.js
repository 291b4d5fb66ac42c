/**
 * Text on a canvas: mathematical letters in a serif italic, raised and lowered parts, and a halo.
 *
 * Between dollar signs stands mathematics, as in TeX but far smaller: "$η_t$·$λ_{max}$($θ_t$)". Raised digits (10⁻³) are
 * drawn as digits of the same typeface, raised, which few typefaces have themselves.
 */

const SANS = '"Source Sans", "Source Sans 3", "Source Sans Pro", "Helvetica Neue", Arial, sans-serif';
const SERIF = '"STIX Two Text", "STIX Two Math", Cambria, "Times New Roman", Tinos, serif';
const RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";
const PLAIN = "−0123456789";
const SCRIPT_SIZE = 0.74;
const RAISE = 0.36;
const LOWER = 0.2;
const MOST_CACHED = 1500;
/** Light text on dark ground needs a halo as wide as dark text on light ground: it is part of the type size. */
const HALO = 0.28;

/**
 * @typedef {object} TextStyle
 * @property {number} size in CSS pixels
 * @property {string} color
 * @property {number} [weight]
 * @property {"left" | "center" | "right"} [align]
 * @property {string} [halo] the halo's colour; none if left out
 */
/** @typedef {{text: string, font: string, x: number, y: number}} Glyphs one stretch of text in one font */
/** @typedef {{glyphs: Glyphs[], width: number}} Line */
/** @typedef {{text: string, math: boolean, shift: "" | "^" | "_"}} Stretch */

/** @type {Map<string, Line>} */
const setLines = new Map();
/** @type {CanvasRenderingContext2D | null} */
let ruler = null;

/**
 * Draws one line of text with its baseline at y.
 * @param {CanvasRenderingContext2D} c
 * @param {string} markup
 * @param {number} x
 * @param {number} y
 * @param {TextStyle} style
 */
export function drawText(c, markup, x, y, style) {
  const line = setLine(markup, style.size, style.weight ?? 400);
  const left = style.align === "right" ? x - line.width : style.align === "center" ? x - line.width / 2 : x;
  c.textAlign = "left";
  c.textBaseline = "alphabetic";
  if (style.halo) {
    c.strokeStyle = style.halo;
    c.lineWidth = HALO * style.size;
    c.lineJoin = "round";
    c.setLineDash([]);
    for (const part of line.glyphs) {
      c.font = part.font;
      c.strokeText(part.text, left + part.x, y + part.y);
    }
  }
  c.fillStyle = style.color;
  for (const part of line.glyphs) {
    c.font = part.font;
    c.fillText(part.text, left + part.x, y + part.y);
  }
}

/**
 * How wide a line of text is, in CSS pixels.
 * @param {string} markup
 * @param {number} size
 * @param {number} [weight]
 */
export function textWidth(markup, size, weight = 400) {
  return setLine(markup, size, weight).width;
}

/**
 * @param {string} markup
 * @param {number} size
 * @param {number} weight
 * @returns {Line}
 */
function setLine(markup, size, weight) {
  const key = `${size}|${weight}|${markup}`;
  let line = setLines.get(key);
  if (!line) {
    line = typeset(markup, size, weight);
    if (setLines.size >= MOST_CACHED) setLines.clear();
    setLines.set(key, line);
  }
  return line;
}

/**
 * @param {string} markup
 * @param {number} size
 * @param {number} weight
 * @returns {Line}
 */
function typeset(markup, size, weight) {
  const measuring = rulerContext();
  let width = 0;
  const glyphs = stretches(markup).map(({ text, math, shift }) => {
    const drawn = shift ? SCRIPT_SIZE * size : size;
    const font = math ? `italic ${weight} ${1.06 * drawn}px ${SERIF}` : `${weight} ${drawn}px ${SANS}`;
    measuring.font = font;
    const x = width;
    width += measuring.measureText(text).width;
    return { text, font, x, y: shift === "^" ? -RAISE * size : shift === "_" ? LOWER * size : 0 };
  });
  return { glyphs, width };
}

/**
 * A context to measure with. What it measured is forgotten when a typeface has arrived.
 * @returns {CanvasRenderingContext2D}
 */
function rulerContext() {
  if (!ruler) {
    ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    document.fonts?.addEventListener("loadingdone", () => setLines.clear());
  }
  return ruler;
}

/**
 * The stretches of a markup that have one font and height each.
 * @param {string} markup
 * @returns {Stretch[]}
 */
function stretches(markup) {
  return markup.split("$").flatMap((part, i) => (i % 2 ? mathStretches(part) : plainStretches(part)));
}

/**
 * @param {string} part
 * @returns {Stretch[]}
 */
function plainStretches(part) {
  return (part.match(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[^⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g) ?? []).map((text) =>
    RAISED.includes(text[0]) ? { text: lowered(text), math: false, shift: "^" } : { text, math: false, shift: "" }
  );
}

/**
 * @param {string} part
 * @returns {Stretch[]}
 */
function mathStretches(part) {
  return [...part.matchAll(/([_^]?)(?:\{([^}]*)\}|([^_^{}]))/g)].map(([, shift, group, letter]) => ({
    text: group ?? letter,
    // Digits and brackets stand upright in mathematics, letters are slanted.
    math: /\p{L}/u.test(group ?? letter),
    shift: /** @type {"" | "^" | "_"} */ (shift),
  }));
}

/** @param {string} digits */
function lowered(digits) {
  return [...digits].map((digit) => PLAIN[RAISED.indexOf(digit)]).join("");
}
