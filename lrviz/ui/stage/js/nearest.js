/**
 * Which run's path is pointed at.
 */

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./types.js").Frame} Frame */

/**
 * The index of the run whose path comes nearest to a place, if any comes near enough; otherwise −1.
 * @param {StageModel} model
 * @param {Frame} frame
 * @param {{x: number, y: number}} place in CSS pixels
 * @param {number} reach
 */
export function nearestRun(model, frame, place, reach) {
  let nearest = -1, least = reach * reach;
  model.runs.forEach(({ path }, index) => {
    let fromX = frame.across(path.x[0]) - place.x, fromY = frame.down(path.y[0]) - place.y;
    for (let row = 1; row <= path.last; row++) {
      const toX = frame.across(path.x[row]) - place.x, toY = frame.down(path.y[row]) - place.y;
      const distance = squaredDistance(fromX, fromY, toX, toY);
      if (distance < least) [nearest, least] = [index, distance];
      [fromX, fromY] = [toX, toY];
    }
  });
  return nearest;
}

/**
 * From the origin to a line between two points.
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 */
function squaredDistance(ax, ay, bx, by) {
  const dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
  const share = length > 0 ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length)) : 0;
  const x = ax + share * dx, y = ay + share * dy;
  return x * x + y * y;
}
