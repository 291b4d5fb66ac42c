/**
 * One run as it is at hand: its numbers, and what follows from them.
 */
import { sentence } from "./sentences.js";

/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */
/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./payload.js").GivenRun} GivenRun */
/** @typedef {import("./kernels.js").Program} Program */

const ETA = "schedule.eta";

/** What a run shares with all others. @typedef {{numbers: NumberDeclaration[], steps: number, noise?: Float64Array}} Shared */

export class LiveRun {
  /**
   * @param {GivenRun} given
   * @param {Program} program
   * @param {Record<string, [string, string][]>} sentences
   */
  constructor(given, program, sentences) {
    this.given = given;
    this.program = program;
    this.sentences = sentences;
    this.id = given.id;
    /** The run that it was copied from; itself where it is no copy. */
    this.of = given.id;
    this.name = given.title;
    this.short = given.short;
    this.method = given.method;
    this.optimizer = given.optimizer;
    this.noLimit = given.no_limit;
    this.kernel = program.kernel;
    this.url = program.url;
    this.numbers = given.numbers.map((number) => ({ ...number }));
    this.etaNumber = /** @type {NumberDeclaration} */ (this.numbers.find(({ path }) => path === ETA));
    this.p = Float64Array.from(program.kernel.defaults);
    /** @type {Path} */
    this.path = emptyPath();
    this.kindName = "";
    this.sentence = "";
    this.theory = { mu: NaN, L: NaN, limit: NaN };
    this.limits = NaN;
    /** @type {Uint8Array | null} */
    this.strip = null;
    this.stripEtas = new Float64Array(0);
    /** The latest request for the strip that was answered. */
    this.stripAnswered = -1;
    /** Milliseconds of work in that answer. */
    this.stripCost = 0;
    this.isStale = true;
    this.isStripStale = true;
    /** @type {Float64Array | null} */
    this.curvatures = null;
    /** @type {Float64Array | null} */
    this.points = null;
  }

  get eta() {
    return this.etaNumber.value;
  }

  /** A copy that goes its own way. @param {number} id */
  copy(id) {
    const given = { ...this.given, id, numbers: this.numbers };
    const twin = new LiveRun(given, this.program, this.sentences);
    twin.of = this.id;
    twin.strip = this.strip;
    twin.stripEtas = this.stripEtas;
    return twin;
  }

  /**
   * Takes all values but the declarations from how the run was before, where it still has such numbers.
   * @param {LiveRun} before
   */
  keepValues(before) {
    for (const number of this.numbers) {
      const old = before.numbers.find(({ path }) => path === number.path);
      if (old) number.value = old.value;
    }
  }

  /** @param {Shared} shared */
  compute({ numbers, steps, noise }) {
    const { kernel, p } = this;
    kernel.parameters.forEach((path, i) => {
      const number = this.numbers.find((own) => own.path === path) ?? numbers.find((other) => other.path === path);
      if (number) p[i] = number.value;
    });
    this.path = kernel.simulate(p, steps, noise);
    this.kindName = this.kernel.kinds[this.path.kind];
    this.sentence = sentence(this.sentences, this.kindName, this.path.facts);
    this.theory = kernel.theory(p);
    this.limits = kernel.limit(p, 1);
    this.curvatures = null;
    this.points = null;
    this.isStale = false;
  }

  /** λmax(θ_t) of each row; computed where somebody looks. */
  get curvature() {
    if (!this.curvatures) {
      const { x, y, last } = this.path, { kernel, p } = this;
      this.curvatures = new Float64Array(x.length).fill(NaN);
      for (let row = 0; row <= last; row++) this.curvatures[row] = kernel.curvature(p, x[row], y[row])[1];
    }
    return this.curvatures;
  }

  /** The path as x₀, y₀, x₁, y₁, … */
  get theta() {
    if (!this.points) {
      const { x, y } = this.path;
      this.points = new Float64Array(2 * x.length);
      for (let row = 0; row < x.length; row++) {
        this.points[2 * row] = x[row];
        this.points[2 * row + 1] = y[row];
      }
    }
    return this.points;
  }
}

/** @returns {Path} */
function emptyPath() {
  const none = new Float64Array(1);
  return { x: none, y: none, loss: none, eta: none, last: 0, kind: 0, step: 0, facts: {} };
}
