/** What hands make of the points of a drawn schedule: `node tests/drawing.mjs` throws where it is not as it should be. */
import assert from "node:assert/strict";
import { added, axesOf, moved, rateAt, tidied, valueAt, widestGap } from "../lrviz/ui/schedules/js/drawnpoints.js";

const points = [[0, 0.02], [20, 0.1], [60, 0.05], [120, 0.002]];

// A point goes where it is dragged, but never past its neighbours nor below what is legal, and its rate is tidy.
assert.deepEqual(moved(points, 1, 30.4, 0.123456, false)[1], [30, 0.123]);
assert.deepEqual(moved(points, 1, -50, 0.1, false)[1], [1, 0.1]);
assert.deepEqual(moved(points, 1, 500, 0.1, false)[1], [59, 0.1]);
assert.deepEqual(moved(points, 0, -50, 0.1, false)[0], [0, 0.1]);
assert.deepEqual(moved(points, 3, 1e12, 0.1, false)[3], [1e9, 0.1]);
assert.deepEqual(moved(points, 3, 120, -1, false)[3], [120, 0]);
assert.deepEqual(moved(points, 3, 120, 0, true)[3], [120, 1e-12]);
assert.deepEqual(moved([[5, 1]], 0, 5, 0, false), [[5, 1e-12]]);
assert.deepEqual(moved([[5, 1], [6, 0]], 0, 5, 1e99, false)[0], [5, 1e12]);
assert.equal(points[1][1], 0.1, "the points themselves stay as they are");

// Between points the rate is straight, on the axis that there is.
assert.equal(rateAt(points, 10, false), 0.06);
assert.ok(Math.abs(rateAt(points, 10, true) - Math.sqrt(0.02 * 0.1)) < 1e-15);
assert.equal(rateAt(points, 999, false), 0.002);
assert.equal(rateAt([[7, 1], [9, 2]], 3, false), 1);

// A new point has a step of its own, in order.
assert.deepEqual(added(points, 40.2, 0.0777777), {
  points: [...points.slice(0, 2), [40, 0.0778], ...points.slice(2)],
  at: 2,
});
assert.equal(added(points, 60.3, 1), null);
assert.equal(added(points, 200, 1).at, 4);
assert.equal(added([[5, 1]], 0, 1).at, 0);

// The widest gap is halved; one at an end of the axis is closed there.
assert.equal(widestGap(points, 120), 90);
assert.equal(widestGap([[0, 1]], 120), 120);
assert.equal(widestGap([[100, 1], [110, 1]], 120), 0);
assert.equal(widestGap([[0, 1], [1, 1], [2, 1]], 2), null);

// A place on an axis is a value, and the axis holds all points and room above them.
for (const logarithmic of [false, true]) {
  const { across, up } = axesOf(points, 100, logarithmic);
  assert.equal(across.high, 120);
  for (const [t, eta] of points) {
    assert.ok(up.share(eta) >= 0 && up.share(eta) < 1);
    assert.equal(tidied(valueAt(up, up.share(eta))), eta);
    assert.equal(Math.round(valueAt(across, across.share(t))), t);
  }
  assert.equal(tidied(valueAt(up, 2)), tidied(up.high));
}
