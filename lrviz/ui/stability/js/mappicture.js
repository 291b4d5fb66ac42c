/**
 * The map as a picture: as it is drawn, with its key and its scene below.
 */
import { rounded } from "../../stage/js/numerals.js";
import { drawText, textWidth } from "../../stage/js/text.js";

/** @typedef {import("./mapmodel.js").MapModel} MapModel */

/** Sizes in CSS pixels. */
const MARGIN = 12, ROW = 24, TEXT = 14, TILE = 17;

/**
 * @param {HTMLCanvasElement} plane
 * @param {MapModel} model
 */
export function savePicture(plane, model) {
  const canvas = pictureOf(plane, model);
  canvas.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `lrviz-map-${model.stage.surface.slug}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

/**
 * @param {HTMLCanvasElement} plane
 * @param {MapModel} model
 */
export function pictureOf(plane, model) {
  const { given, stage: { tokens, words, surface, steps }, run } = model, density = plane.width / plane.clientWidth;
  const width = plane.clientWidth + 2 * MARGIN, foot = plane.clientHeight + MARGIN;
  const shares = [...given.counts].filter(([, cells]) => cells).sort(([, a], [, b]) => b - a);
  const lines = wrapped(
    shares.map(([kind, cells]) => ({ kind, text: `${kind} ${rounded((100 * cells) / given.outcome.length, 2)} %` })),
    width,
  );
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * density);
  canvas.height = Math.round((foot + (lines.length + 1) * ROW + MARGIN) * density);
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  c.scale(density, density);
  c.fillStyle = tokens.paper;
  c.fillRect(0, 0, width, canvas.height);
  c.drawImage(plane, MARGIN, MARGIN, plane.clientWidth, plane.clientHeight);
  lines.forEach((line, i) => {
    const y = foot + (i + 0.7) * ROW;
    for (const { kind, text, x } of line) {
      const [fill, color] = tokens.outcomes[kind];
      c.fillStyle = fill;
      c.fillRect(x, y - 13, TILE, TILE);
      const letter = { size: 12, weight: 700, color };
      drawText(c, words[kind].letter, x + TILE / 2, y, { ...letter, align: "center" });
      drawText(c, text, x + TILE + 6, y, { size: TEXT, color: tokens.ink });
    }
  });
  const caption = `${run.name} on ${surface.title}, ${steps} steps`;
  drawText(c, caption, MARGIN, foot + (lines.length + 0.7) * ROW, { size: TEXT, color: tokens.ink2 });
  return canvas;
}

/**
 * The key's items in lines, each with its place.
 * @param {{kind: string, text: string}[]} items
 * @param {number} width
 */
function wrapped(items, width) {
  /** @type {{kind: string, text: string, x: number}[][]} */
  const lines = [[]];
  let x = MARGIN;
  for (const item of items) {
    const wide = TILE + 6 + textWidth(item.text, TEXT) + 18;
    if (x + wide > width && x > MARGIN) {
      lines.push([]);
      x = MARGIN;
    }
    lines[lines.length - 1].push({ ...item, x });
    x += wide;
  }
  return lines;
}
