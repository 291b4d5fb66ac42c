/**
 * Lines of equal height on a grid, by marching squares.
 */

/**
 * Heights at the corners of square cells, row by row from the top; a line runs wherever the height is a whole number.
 * @typedef {object} Grid
 * @property {Float32Array} heights
 * @property {number} columns of corners
 * @property {number} rows of corners
 * @property {number} cell side of a cell in CSS pixels
 */

/** More lines than so many in one cell cannot be told apart. */
const MOST_LEVELS = 6;

/**
 * Calls back for each straight stretch of each line, in pixels from the grid's corner.
 * @param {Grid} grid
 * @param {(level: number, ax: number, ay: number, bx: number, by: number, slope: number) => void} onSegment
 *   slope: how many lines there are to a pixel
 */
export function traceIsolines({ heights, columns, rows, cell }, onSegment) {
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const at = row * columns + column;
      const a = heights[at], b = heights[at + 1], c = heights[at + columns + 1], d = heights[at + columns];
      const from = Math.ceil(Math.min(a, b, c, d)), to = Math.floor(Math.max(a, b, c, d));
      if (from > to || to - from >= MOST_LEVELS) continue;
      const slope = slopeOf(a, b, c, d) / cell;
      for (let level = from; level <= to; level++) {
        crossCell(
          level,
          a,
          b,
          c,
          d,
          (ax, ay, bx, by) =>
            onSegment(level, (column + ax) * cell, (row + ay) * cell, (column + bx) * cell, (row + by) * cell, slope),
        );
      }
    }
  }
}

/**
 * The slope across a cell with corners a, b above and d, c below, for a side of 1.
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 */
export function slopeOf(a, b, c, d) {
  const across = (b + c - a - d) / 2, down = (c + d - a - b) / 2;
  return Math.sqrt(across * across + down * down);
}

/**
 * The one or two stretches of a level's line through a cell of side 1.
 * @param {number} level
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 * @param {(ax: number, ay: number, bx: number, by: number) => void} onStretch
 */
function crossCell(level, a, b, c, d, onStretch) {
  const above = Number(a >= level) | (Number(b >= level) << 1) | (Number(c >= level) << 2) | (Number(d >= level) << 3);
  if (above === 0 || above === 15) return;
  const top = (level - a) / (b - a), right = (level - b) / (c - b);
  const bottom = (level - d) / (c - d), left = (level - a) / (d - a);
  // A saddle inside the cell joins the corners that are on the same side as its middle.
  const joined = above === 5 || above === 10 ? (a + b + c + d) / 4 >= level : false;
  switch (above > 7 ? 15 - above : above) {
    case 1:
      return onStretch(0, left, top, 0);
    case 2:
      return onStretch(top, 0, 1, right);
    case 3:
      return onStretch(0, left, 1, right);
    case 4:
      return onStretch(1, right, bottom, 1);
    case 6:
      return onStretch(top, 0, bottom, 1);
    case 7:
      return onStretch(0, left, bottom, 1);
    case 5:
      if (joined === (above === 5)) {
        onStretch(0, left, bottom, 1);
        onStretch(top, 0, 1, right);
      } else {
        onStretch(0, left, top, 0);
        onStretch(bottom, 1, 1, right);
      }
  }
}
