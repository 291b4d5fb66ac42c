/**
 * The regions of a map: where in each of them a letter has the most room.
 */

/** @typedef {{kind: number, across: number, up: number, room: number}} Spot
 * a cell, and within how many cells around it, itself counted, all are of its region */

/**
 * For each region of cells of one kind, the one deepest inside.
 * @param {Uint8Array} kinds row by row, the second axis running fastest
 * @param {number} columns cells along the first axis
 * @param {number} rows cells along the second
 * @param {number} least regions with less room than this are left out
 * @returns {Spot[]}
 */
export function regionSpots(kinds, columns, rows, least) {
  const depth = depths(kinds, columns, rows), seen = new Uint8Array(kinds.length);
  /** @type {Spot[]} */
  const spots = [];
  for (let first = 0; first < kinds.length; first++) {
    if (seen[first]) continue;
    const region = filled(kinds, columns, rows, first, seen);
    const room = region.reduce((most, at) => Math.max(most, depth[at]), 0);
    if (room < least) continue;
    const middle = middleOf(region.filter((at) => depth[at] === room), rows);
    spots.push({ kind: kinds[first], across: Math.floor(middle / rows), up: middle % rows, room });
  }
  return spots;
}

/**
 * How far each cell is from the nearest one of another kind, or from the outside, in cells.
 * @param {Uint8Array} kinds
 * @param {number} columns
 * @param {number} rows
 */
function depths(kinds, columns, rows) {
  const depth = new Uint16Array(kinds.length);
  /** @type {number[]} */
  let layer = [];
  for (let at = 0; at < kinds.length; at++) {
    const isEdge = neighbours(at, columns, rows).some((other) => other < 0 || kinds[other] !== kinds[at]);
    if (!isEdge) continue;
    depth[at] = 1;
    layer.push(at);
  }
  for (let distance = 2; layer.length; distance++) {
    /** @type {number[]} */
    const next = [];
    for (const at of layer) {
      for (const other of neighbours(at, columns, rows)) {
        if (other < 0 || depth[other]) continue;
        depth[other] = distance;
        next.push(other);
      }
    }
    layer = next;
  }
  return depth;
}

/**
 * All cells of the region of one.
 * @param {Uint8Array} kinds
 * @param {number} columns
 * @param {number} rows
 * @param {number} first
 * @param {Uint8Array} seen
 */
function filled(kinds, columns, rows, first, seen) {
  const region = [first];
  seen[first] = 1;
  for (let i = 0; i < region.length; i++) {
    for (const other of neighbours(region[i], columns, rows)) {
      if (other < 0 || seen[other] || kinds[other] !== kinds[first]) continue;
      seen[other] = 1;
      region.push(other);
    }
  }
  return region;
}

/**
 * The four cells beside one; −1 for what lies outside.
 * @param {number} at
 * @param {number} columns
 * @param {number} rows
 */
function neighbours(at, columns, rows) {
  const across = Math.floor(at / rows), up = at % rows;
  return [
    across > 0 ? at - rows : -1,
    across < columns - 1 ? at + rows : -1,
    up > 0 ? at - 1 : -1,
    up < rows - 1 ? at + 1 : -1,
  ];
}

/**
 * Of several cells the one nearest to their middle.
 * @param {number[]} cells
 * @param {number} rows
 */
function middleOf(cells, rows) {
  const across = cells.reduce((sum, at) => sum + Math.floor(at / rows), 0) / cells.length;
  const up = cells.reduce((sum, at) => sum + (at % rows), 0) / cells.length;
  const distance = (/** @type {number} */ at) => Math.hypot(Math.floor(at / rows) - across, (at % rows) - up);
  return cells.reduce((best, at) => (distance(at) < distance(best) ? at : best));
}
