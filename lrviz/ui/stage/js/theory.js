/**
 * What theory says about a run's η: the rates at which something changes, or why there are none.
 */

/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./types.js").Surface} Surface */
/** @typedef {{eta: number, label: string}} Mark */

/** How near a limit must be to its formula for the formula to stand beside it. */
const AGREES = 1e-9;

/**
 * The rates to mark, where they are known.
 * @param {Run} run
 * @param {Surface} surface
 * @returns {Mark[]}
 */
export function theoryMarks(run, surface) {
  if (surface.beyond_theory) return [];
  const { mu, L, limit } = run.theory;
  const marks = [{ eta: limit, label: limitLabel(run) }];
  // 1/L and 2/(L + μ) are rates for a method that has a limit; without one they mean nothing.
  if (isRate(limit)) marks.push({ eta: 1 / L, label: "1/$L$" });
  if (isRate(limit) && run.optimizer === "gd" && mu > 0) marks.push({ eta: 2 / (L + mu), label: "2/($L$+$μ$)" });
  return marks.filter(({ eta }) => isRate(eta));
}

/** @param {number} eta */
function isRate(eta) {
  return eta > 0 && Number.isFinite(eta);
}

/**
 * The limit with its formula, where one is known and gives this value: weight decay, for one, changes it.
 * @param {Run} run
 */
function limitLabel({ optimizer, kernel, p, theory }) {
  const at = kernel.parameters.indexOf("optimizer.beta"), beta = at < 0 ? 0 : p[at];
  const formulas = /** @type {Record<string, [number, string]>} */ ({
    gd: [2, "2/$L$"],
    momentum: [2 * (1 + beta), "2(1+$β$)/$L$"],
    nesterov: [(2 * (1 + beta)) / (1 + 2 * beta), "2(1+$β$)/(1+2$β$)$L$"],
  });
  const [product, formula] = formulas[optimizer] ?? [NaN, ""];
  return Math.abs(theory.limit * theory.L - product) <= AGREES * product ? `limit ${formula}` : "limit";
}

/**
 * Why there is no limit, in words, the fullest first; null where there is one.
 * @param {Run} run
 * @param {Surface} surface
 * @returns {string[] | null}
 */
export function noTheoryNote({ noLimit, method, limits, theory }, surface) {
  const plain = "no closed-form limit";
  if (surface.beyond_theory) return [`no limit: ${surface.beyond_theory}`, "no limit here"];
  if (!Number.isFinite(limits)) return [`${plain}: ${method} ${noLimit}`, plain];
  if (Number.isFinite(theory.limit)) return null;
  if (surface.minima.length === 0) return ["no limit: this surface has no minimum", "no minimum, no limit"];
  return surface.smooth
    ? ["no limit: the minimum has no curvature", "no limit here"]
    : ["no limit: the minimum is a kink, without curvature", "no limit here"];
}
