/**
 * The map, and the run of the cell that is looked at: the one pointed at, else the one that was kept.
 */
import { StageModel } from "../../stage/js/model.js";
import { MapAxis } from "./mapaxis.js";

/** @typedef {import("../../stage/js/payload.js").Header} StageHeader */
/** @typedef {import("../../stage/js/kernels.js").Program} Program */
/** @typedef {import("../../stage/js/types.js").NumberDeclaration} NumberDeclaration */
/** @typedef {"outcome" | "steps"} Colour */
/** @typedef {{across: number, up: number}} Cell */

/** The number of steps of a run that did not converge, as it is sent. */
const NEVER = 65535;

/**
 * @typedef {object} GivenMap
 * @property {string} id tells maps apart
 * @property {[import("./mapaxis.js").GivenAxis, import("./mapaxis.js").GivenAxis]} axes
 * @property {Colour} colour
 * @property {string[]} kinds
 * @property {string} line what theory's line is, or why there is none
 * @property {boolean} has_line
 * @property {boolean} exact whether the line holds for this run, and is not only local
 * @property {{label: string, values: [number, number]} | null} best
 */
/** @typedef {StageHeader & {map: GivenMap}} Header */
/** @typedef {{across: Float64Array, up: Float64Array, outcome: Uint8Array, steps: Uint16Array, z?: Float64Array}} Arrays */

/** A map as it was sent. */
export class OutcomeMap {
  /**
   * @param {GivenMap} given
   * @param {Arrays} arrays
   */
  constructor(given, { across, up, outcome, steps }) {
    this.given = given;
    this.id = given.id;
    this.kinds = given.kinds;
    this.colour = given.colour;
    this.across = new MapAxis(given.axes[0], across);
    this.up = new MapAxis(given.axes[1], up);
    this.outcome = outcome;
    this.steps = steps;
    this.never = NEVER;
    /** The fewest and the most steps that a run took to converge; 0 and −1 where none did. */
    this.fewest = 0;
    this.most = -1;
    this.counts = new Map(given.kinds.map((kind) => [kind, 0]));
    this.survey();
  }

  /** Whether the axes are x and y of the start, so that the map is a map of the plane. */
  get isOverStart() {
    return this.across.given.parameter === "start_x" && this.up.given.parameter === "start_y";
  }

  survey() {
    const converged = this.steps.filter((steps) => steps !== NEVER);
    if (converged.length) {
      this.fewest = converged.reduce((least, steps) => Math.min(least, steps));
      this.most = converged.reduce((most, steps) => Math.max(most, steps));
    }
    for (const kind of this.outcome) {
      const name = this.kinds[kind]; // none where a cell is missing
      if (name) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }
  }

  /** @param {Cell} cell */
  place({ across, up }) {
    return across * this.up.cells + up;
  }

  /** @param {Cell} cell */
  kindAt(cell) {
    return this.kinds[this.outcome[this.place(cell)]] ?? "";
  }

  /** @param {Cell} cell @returns {[number, number]} */
  valuesAt({ across, up }) {
    return [this.across.values[across], this.up.values[up]];
  }
}

/** The map and the run beside it. */
export class MapModel {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    /** What the pictures of the run show: a stage with a single run. */
    this.stage = new StageModel(changed);
    /** @type {OutcomeMap | null} */
    this.map = null;
    /** @type {Cell | null} */
    this.pointed = null;
    /** @type {[number, number]} the kept run's values along the axes */
    this.kept = [NaN, NaN];
  }

  get run() {
    return this.stage.runs[0];
  }

  get given() {
    return /** @type {OutcomeMap} */ (this.map);
  }

  /** The values along the axes of the run that is shown. @returns {[number, number]} */
  get values() {
    return this.pointed ? this.given.valuesAt(this.pointed) : this.kept;
  }

  /** The cell that is looked at; null where the kept run lies outside the map. @returns {Cell | null} */
  get cell() {
    return this.pointed ?? this.keptCell;
  }

  get keptCell() {
    return this.cellOf(this.kept);
  }

  /** The cell that stands for two values; null outside the map. @param {[number, number]} values @returns {Cell | null} */
  cellOf(values) {
    const [across, up] = [this.given.across, this.given.up].map((axis, i) => axis.cellOf(values[i]));
    return across < 0 || up < 0 ? null : { across, up };
  }

  /**
   * @param {{header: Header, arrays: Arrays}} payload
   * @param {Program[]} programs
   */
  take({ header, arrays }, programs) {
    if (this.map?.id !== header.map.id) {
      const looked = this.map && this.pointed && header.map.axes.every(({ parameter }, i) =>
        parameter === this.given.given.axes[i].parameter
      ) && this.values;
      this.map = new OutcomeMap(header.map, arrays);
      this.pointed = looked ? this.cellOf(looked) : null;
    }
    this.given.given = header.map;
    this.given.colour = header.map.colour;
    this.stage.take({ header, noise: arrays.z }, programs, false);
    this.kept = /** @type {[number, number]} */ (this.numbers().map(({ value }) => value));
    this.show();
  }

  /** The declarations of the numbers along the axes. */
  numbers() {
    const { given, stage, run } = this, all = [...stage.allShared(), ...run.numbers];
    return [given.across, given.up].map((
      axis,
    ) => /** @type {NumberDeclaration} */ (all.find(({ path }) => path === axis.given.parameter)));
  }

  /** Looks at a cell, or back at the kept run. @param {Cell | null} cell */
  point(cell) {
    if (cell?.across === this.pointed?.across && cell?.up === this.pointed?.up) return;
    this.pointed = cell;
    this.show();
  }

  /** Keeps the run of the cell that is pointed at. */
  keep() {
    if (this.pointed) this.kept = this.given.valuesAt(this.pointed);
    return this.kept;
  }

  /** Gives the shown run its values along the axes. */
  show() {
    const { values } = this;
    this.numbers().forEach((number, i) => (number.value = values[i]));
    this.stage.renew();
    this.stage.recompute();
    this.changed();
  }
}
