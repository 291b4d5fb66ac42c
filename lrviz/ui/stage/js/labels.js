/**
 * Where labels go: beside what they name, not over a path, another label or the edge.
 */

/** Side of the cells, in CSS pixels, in which paths are remembered. */
const CELL = 5;
const DIRECTIONS = 16;
const MOST_ROWS = 8;
/** Labels keep so far from the sides of the picture, in CSS pixels. */
const EDGE = 4;
const COST = { outside: 1e4, box: 500, anchor: 900, path: 9, steep: 0.4, left: 0.25, turning: 14 };

/** @typedef {import("./types.js").Box} Box */
/** Where labels may stand. @typedef {Box & {width: number, height: number}} Frame */

/** What is already drawn in the picture, for labels to keep away from. */
export class Crowd {
  /** @param {Frame} frame */
  constructor(frame) {
    this.frame = frame;
    this.columns = Math.max(1, Math.ceil(frame.width / CELL));
    this.rows = Math.max(1, Math.ceil(frame.height / CELL));
    this.cells = new Uint8Array(this.columns * this.rows);
    /** @type {Box[]} */
    this.boxes = [];
  }

  /**
   * Remembers a stretch of a path.
   * @param {number} ax
   * @param {number} ay
   * @param {number} bx
   * @param {number} by
   */
  addSegment(ax, ay, bx, by) {
    const steps = Math.min(1000, Math.ceil(Math.max(Math.abs(bx - ax), Math.abs(by - ay)) / CELL)) || 1;
    for (let i = 0; i <= steps; i++) {
      const column = Math.floor((ax + ((bx - ax) * i) / steps - this.frame.left) / CELL);
      const row = Math.floor((ay + ((by - ay) * i) / steps - this.frame.top) / CELL);
      if (column >= 0 && column < this.columns && row >= 0 && row < this.rows) {
        this.cells[row * this.columns + column] = 1;
      }
    }
  }

  /** @param {Box} box */
  addBox(box) {
    this.boxes.push(box);
  }

  /**
   * How many remembered cells a box covers.
   * @param {Box} box
   */
  covered(box) {
    const { left, top } = this.frame;
    const from = Math.max(0, Math.floor((box.left - left) / CELL));
    const to = Math.min(this.columns - 1, Math.floor((box.right - left) / CELL));
    const below = Math.min(this.rows - 1, Math.floor((box.bottom - top) / CELL));
    let count = 0;
    for (let row = Math.max(0, Math.floor((box.top - top) / CELL)); row <= below; row++) {
      for (let column = from; column <= to; column++) count += this.cells[row * this.columns + column];
    }
    return count;
  }

  /**
   * How many boxes a box meets.
   * @param {Box} box
   */
  met(box) {
    return this.boxes.filter((other) => overlap(box, other)).length;
  }

  /**
   * Whether a box lies in the picture and meets nothing.
   * @param {Box} box
   */
  isFree(box) {
    return within(box, this.frame) && this.met(box) === 0 && this.covered(box) === 0;
  }
}

/**
 * @typedef {object} Place
 * @property {Box} box
 * @property {number} direction one of 16, counted clockwise from the right
 */

/**
 * The cheapest of 16 places around an anchor, and remembers it in the crowd.
 * @param {Crowd} crowd
 * @param {{x: number, y: number, clearance: number}} anchor the middle of what is named, and how far to keep from it
 * @param {{width: number, height: number}} size
 * @param {number} [previous] the direction of the last picture, which is kept unless another is much better
 * @returns {Place}
 */
export function placeLabel(crowd, anchor, size, previous) {
  let best = { box: boxInDirection(crowd.frame, anchor, size, 0), direction: 0 }, least = Infinity;
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const box = boxInDirection(crowd.frame, anchor, size, direction);
    const cost = placeCost(crowd, anchor, box, direction) - (direction === previous ? COST.turning : 0);
    if (cost < least) [best, least] = [{ box, direction }, cost];
  }
  const box = steppedAside(crowd, best.box);
  crowd.addBox(box);
  return { box, direction: best.direction };
}

/**
 * A box moved up or down until it meets no other: where several labels crowd into one corner they stand as a list.
 * @param {Crowd} crowd
 * @param {Box} box
 * @returns {Box}
 */
function steppedAside(crowd, box) {
  const row = box.bottom - box.top, middle = (crowd.frame.top + crowd.frame.bottom) / 2;
  const inward = (box.top + box.bottom) / 2 > middle ? -1 : 1;
  const moved = (/** @type {number} */ rows) => ({
    ...box,
    top: box.top + rows * row,
    bottom: box.bottom + rows * row,
  });
  for (let rows = 0; rows < MOST_ROWS; rows++) {
    const free = moved(inward * rows);
    if (crowd.met(free) === 0) return free;
  }
  return box;
}

/**
 * @param {Frame} frame
 * @param {{x: number, y: number, clearance: number}} anchor
 * @param {{width: number, height: number}} size
 * @param {number} direction
 * @returns {Box}
 */
function boxInDirection(frame, { x, y, clearance }, { width, height }, direction) {
  const angle = (direction * 2 * Math.PI) / DIRECTIONS;
  // The middle moves on a rounded square, so that labels at the sides stand level with what they name.
  const wanted = x + squared(Math.cos(angle)) * (clearance + width / 2);
  const middle = Math.max(frame.left + width / 2 + EDGE, Math.min(frame.right - width / 2 - EDGE, wanted));
  const level = y + squared(Math.sin(angle)) * (0.8 * clearance + height / 2);
  return { left: middle - width / 2, right: middle + width / 2, top: level - height / 2, bottom: level + height / 2 };
}

/** @param {number} share */
function squared(share) {
  return Math.max(-1, Math.min(1, 1.4 * share));
}

/**
 * @param {Crowd} crowd
 * @param {{x: number, y: number, clearance: number}} anchor
 * @param {Box} box
 * @param {number} direction
 */
function placeCost(crowd, anchor, box, direction) {
  const angle = (direction * 2 * Math.PI) / DIRECTIONS, near = 0.6 * anchor.clearance;
  const own = { left: anchor.x - near, right: anchor.x + near, top: anchor.y - near, bottom: anchor.y + near };
  return (
    (within(box, crowd.frame) ? 0 : COST.outside) +
    COST.box * crowd.met(box) +
    (overlap(box, own) ? COST.anchor : 0) +
    COST.path * crowd.covered(box) +
    COST.steep * Math.abs(Math.sin(angle)) +
    COST.left * (1 - Math.cos(angle))
  );
}

/**
 * @param {Box} a
 * @param {Box} b
 */
function overlap(a, b) {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}

/**
 * @param {Box} box
 * @param {Box} frame
 */
function within(box, frame) {
  return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
}

/**
 * Moves heights apart until neighbours are at least a gap from each other, all between two bounds, in their order.
 * @param {number[]} wanted
 * @param {number} gap
 * @param {number} top
 * @param {number} bottom
 * @returns {number[]} in the order of `wanted`
 */
export function spread(wanted, gap, top, bottom) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const tight = order.length > 1 ? Math.min(gap, (bottom - top) / (order.length - 1)) : gap;
  const placed = [...wanted];
  let free = top;
  for (const i of order) {
    placed[i] = Math.max(placed[i], free);
    free = placed[i] + tight;
  }
  free = bottom;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i], free);
    free = placed[i] - tight;
  }
  return placed;
}
