/**
 * The model: the scene as it is at hand, and every change that a person can make to it.
 */
import { LiveRun } from "./liverun.js";

/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */
/** @typedef {import("./types.js").Tokens} Tokens */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./payload.js").Header} Header */
/** @typedef {import("./kernels.js").Program} Program */
/** What has changed: only what is looked at, a number, or which runs there are.
 * @typedef {"look" | "number" | "runs"} Change */

const STRIP_VALUES = 160;

export class StageModel {
  /** @param {(change: Change) => void} notify */
  constructor(notify) {
    this.notify = notify;
    /** @type {LiveRun[]} */
    this.runs = [];
    /** @type {NumberDeclaration[]} the surface's and the noise's */
    this.sharedNumbers = [];
    /** @type {NumberDeclaration[]} x and y */
    this.startNumbers = [];
    /** @type {Float64Array | undefined} */
    this.noise = undefined;
    this.steps = 1;
    this.nextId = 0;
    this.mostRuns = 1;
    this.isEtaShared = false;
    /** Grows with every change of what is computed. */
    this.version = 0;

    /** @type {number} where the time stands */
    this.cursor = 0;
    /** @type {number | null} the step that is pointed at */
    this.pointed = null;
    /** @type {View} */
    this.view = { x: 0, y: 0, span: 1 };
    /** Whether the view is the surface's own, which follows the size of the canvas. */
    this.isViewHome = true;
    this.hot = -1;
    /** @type {"" | "hover" | "drag" | "focus"} */
    this.startState = "";
    this.dragging = false;
    this.panelTab = 0;
    this.k = 1;

    /** @type {[number, number]} */
    this.etaAxis = [1e-5, 10];
    this.stripEtas = new Float64Array(0);
    /** @type {Header | null} */
    this.header = null;
    /** @type {"light" | "dark"} */
    this.theme = "light";
  }

  get surface() {
    return this.given.surface;
  }
  get words() {
    return this.given.words;
  }
  get dashes() {
    return this.given.dashes;
  }
  get markers() {
    return this.given.markers;
  }
  /** @returns {Tokens} */
  get tokens() {
    return this.given.themes[this.theme];
  }
  get kinds() {
    return this.runs[0].kernel.kinds;
  }
  get noisy() {
    return this.given.noise !== null;
  }
  get time() {
    return this.pointed ?? this.cursor;
  }
  /** @returns {[number, number]} */
  get start() {
    return [this.startNumbers[0].value, this.startNumbers[1].value];
  }
  get given() {
    return /** @type {Header} */ (this.header);
  }

  // ---- what Python says

  /**
   * Takes a payload. keep: whether what was changed here is newer than what it says.
   * @param {import("./payload.js").Payload} payload
   * @param {Program[]} programs
   * @param {boolean} keep
   */
  take({ header, noise }, programs, keep) {
    const before = this.header &&
      { surface: this.surface, steps: this.steps, numbers: this.allShared(), runs: this.runs };
    this.header = header;
    this.noise = noise;
    this.steps = header.steps;
    this.nextId = header.next_id;
    this.mostRuns = header.most_runs;
    this.startNumbers = header.start_numbers;
    this.sharedNumbers = [...header.surface.numbers, ...(header.noise?.numbers ?? [])];
    this.runs = header.runs.map((run) => new LiveRun(run, programs[run.program], header.sentences));
    if (before && keep && before.surface.key === header.surface.key) keepNumbers(this.allShared(), before.numbers);
    for (const run of this.runs) {
      const old = before?.runs.find(({ id }) => id === run.id);
      if (old && keep) run.keepValues(old);
      if (old) run.strip = old.strip; // until its own is there
    }
    this.cursor = before && this.cursor < before.steps ? Math.min(this.cursor, this.steps) : this.steps;
    if (before?.surface.key !== header.surface.key) this.isViewHome = true;
    this.arrange();
    this.renew();
  }

  /** What follows from which runs there are: their names, and the axis that all strips share. */
  arrange() {
    numbered(this.runs.map((run) => run.given.title)).forEach((name, i) => (this.runs[i].name = name));
    numbered(this.runs.map((run) => run.given.short)).forEach((name, i) => (this.runs[i].short = name));
    const softs = this.runs.map(({ etaNumber }) => etaNumber.soft);
    this.etaAxis = [Math.min(...softs.map(([low]) => low)), Math.max(...softs.map(([, high]) => high))];
    this.stripEtas = spacedLogarithmically(...this.etaAxis, STRIP_VALUES);
    for (const run of this.runs) run.stripEtas = this.stripEtas;
    if (this.hot >= this.runs.length) this.hot = -1;
  }

  // ---- what follows

  /** Computes the paths that are no longer true. */
  recompute() {
    const shared = { numbers: this.allShared(), steps: this.steps, noise: this.noise };
    for (const run of this.runs) if (run.isStale) run.compute(shared);
  }

  allShared() {
    return [...this.startNumbers, ...this.sharedNumbers];
  }

  /** All that is computed has to be computed anew. */
  renew() {
    this.version++;
    for (const run of this.runs) run.isStale = run.isStripStale = true;
  }

  // ---- what a person changes

  /**
   * @param {LiveRun | null} run whose number it is; null where all runs share it
   * @param {NumberDeclaration} number
   * @param {number} value
   */
  setNumber(run, number, value) {
    if (!run) {
      if (number.value === value) return;
      number.value = value;
      this.renew();
    } else if (number === run.etaNumber) {
      for (const other of this.isEtaShared ? this.runs : [run]) setEta(other, value);
    } else if (number.value !== value) {
      number.value = value;
      run.isStale = run.isStripStale = true;
    }
    this.version++;
    this.notify("number");
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  setStart(x, y) {
    const [first, second] = this.startNumbers;
    if (first.value === x && second.value === y) return;
    first.value = x;
    second.value = y;
    this.renew();
    this.notify("number");
  }

  /** @param {LiveRun} run */
  duplicate(run) {
    if (this.runs.length >= this.mostRuns) return null;
    const twin = run.copy(this.nextId++);
    this.runs.splice(this.runs.indexOf(run) + 1, 0, twin);
    this.restructured();
    return twin;
  }

  /** @param {LiveRun} run */
  remove(run) {
    if (this.runs.length === 1) return;
    this.runs.splice(this.runs.indexOf(run), 1);
    this.restructured();
  }

  /**
   * Moves a run up (−1) or down (1).
   * @param {LiveRun} run
   * @param {number} by
   */
  move(run, by) {
    const from = this.runs.indexOf(run), to = from + by;
    if (to < 0 || to >= this.runs.length) return;
    this.runs.splice(from, 1);
    this.runs.splice(to, 0, run);
    this.restructured();
  }

  restructured() {
    this.arrange();
    this.version++;
    this.notify("runs");
  }

  // ---- what a person looks at

  /** @param {number} time */
  seek(time) {
    this.cursor = Math.max(0, Math.min(this.steps, time));
    this.notify("look");
  }

  /** @param {number | null} step */
  point(step) {
    if (this.pointed === step) return;
    this.pointed = step;
    this.notify("look");
  }

  /** @param {number} index of a run, or −1 */
  warm(index) {
    if (this.hot === index) return;
    this.hot = index;
    this.notify("look");
  }

  /** @param {"" | "hover" | "drag" | "focus"} state */
  markStart(state) {
    if (this.startState === state) return;
    this.startState = state;
    this.notify("look");
  }

  /** @param {View} view */
  look(view) {
    this.view = view;
    this.isViewHome = false;
    this.notify("look");
  }

  lookHome() {
    this.isViewHome = true;
    this.notify("look");
  }
}

/**
 * @param {LiveRun} run
 * @param {number} value
 */
function setEta(run, value) {
  if (run.etaNumber.value === value) return;
  run.etaNumber.value = value;
  run.isStale = true;
}

/**
 * @param {NumberDeclaration[]} numbers
 * @param {NumberDeclaration[]} before
 */
function keepNumbers(numbers, before) {
  for (const number of numbers) number.value = before.find(({ path }) => path === number.path)?.value ?? number.value;
}

/**
 * Names, of which those that come more than once are numbered.
 * @param {string[]} names
 */
function numbered(names) {
  return names.map((name, i) => {
    if (names.indexOf(name) === names.lastIndexOf(name)) return name;
    return `${name} ${names.slice(0, i + 1).filter((other) => other === name).length}`;
  });
}

/**
 * The middles of so many equal pieces of a logarithmic axis.
 * @param {number} low
 * @param {number} high
 * @param {number} pieces
 */
function spacedLogarithmically(low, high, pieces) {
  return Float64Array.from({ length: pieces }, (_, i) => low * (high / low) ** ((i + 0.5) / pieces));
}
