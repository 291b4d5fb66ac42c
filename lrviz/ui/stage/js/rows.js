/**
 * The runs' rows, one below the other, with the axis that their sliders share above and the key of outcomes below.
 */
import { powerOfTen } from "./axes.js";
import { iconImage, make, symbolNodes, typeset } from "./elements.js";
import { OutcomeKey } from "./key.js";
import { Row, rowShape } from "./row.js";

/** @typedef {import("./model.js").StageModel} StageModel */
/** @typedef {import("./liverun.js").LiveRun} LiveRun */
/** @typedef {import("./announce.js").Announcer} Announcer */

/** From so many runs on, rows are lower. */
const COMPACT_FROM = 4;

export class Rows {
  /**
   * @param {StageModel} model
   * @param {Announcer} announcer
   */
  constructor(model, announcer) {
    this.model = model;
    this.announcer = announcer;
    /** @type {Map<number, Row>} by the run's id */
    this.rows = new Map();
    this.axis = make("div", { class: "axis", "aria-hidden": "true" });
    this.lock = make("button", { type: "button", class: "lock", "aria-pressed": "false" });
    this.lock.title = "Move the η of all runs together";
    this.lock.addEventListener("click", () => this.lockEta(!model.isEtaShared));
    this.head = make(
      "div",
      { class: "columns row-head" },
      make("span", {}, "run, and what became of it"),
      make("span", { class: "rate-title" }, "rate"),
      this.axis,
      make("span", {}, "other numbers"),
      this.lock,
    );
    this.list = make("div", { class: "run-list", role: "list", "aria-label": "Runs" });
    this.key = new OutcomeKey(model);
    this.element = make("div", { class: "rows" }, this.head, this.list, this.key.element);
    this.lockEta(false);
  }

  /** @param {boolean} isShared */
  lockEta(isShared) {
    this.model.isEtaShared = isShared;
    this.lock.setAttribute("aria-pressed", String(isShared));
    this.lock.replaceChildren(
      iconImage(isShared ? "locked" : "unlocked"),
      make("span", {}, "same ", ...symbolNodes("η")),
    );
  }

  /** Makes, moves and removes rows until there is one for each run, in order. */
  arrange() {
    const { runs } = this.model, focused = this.focused();
    const kept = new Set(runs.map(({ id }) => id));
    for (const [id, row] of this.rows) {
      if (!kept.has(id)) this.drop(id, row);
    }
    runs.forEach((run, index) => this.place(run, index));
    this.element.classList.toggle("compact", runs.length >= COMPACT_FROM);
    this.lock.hidden = runs.length === 1;
    this.drawAxis();
    this.key.arrange();
    if (focused?.isConnected) focused.focus(); // moving an element takes the focus from it
  }

  /**
   * @param {LiveRun} run
   * @param {number} index
   */
  place(run, index) {
    let row = this.rows.get(run.id);
    if (row && row.shape !== rowShape(run)) {
      this.drop(run.id, row);
      row = undefined;
    }
    if (!row) {
      row = new Row(this.model, run, this);
      this.rows.set(run.id, row);
    }
    row.bind(run, index);
    if (this.list.children[index] !== row.element) {
      this.list.insertBefore(row.element, this.list.children[index] ?? null);
    }
  }

  /**
   * @param {number} id
   * @param {Row} row
   */
  drop(id, row) {
    this.announcer.forget(row.status);
    row.element.remove();
    this.rows.delete(id);
  }

  /** @returns {HTMLElement | null} */
  focused() {
    const root = /** @type {Document | ShadowRoot} */ (this.list.getRootNode());
    const focused = /** @type {HTMLElement | null} */ (root.activeElement);
    return focused && this.list.contains(focused) ? focused : null;
  }

  drawAxis() {
    const [low, high] = this.model.etaAxis.map(Math.log10);
    const labels = [];
    for (let exponent = Math.ceil(low); exponent <= high; exponent++) {
      const label = make("span", {}, ...typeset(powerOfTen(exponent)));
      label.style.left = `${(100 * (exponent - low)) / (high - low)}%`;
      labels.push(label);
    }
    this.axis.replaceChildren(...labels);
  }

  // ---- what its buttons do

  /** @param {LiveRun} run */
  duplicate(run) {
    const twin = this.model.duplicate(run);
    if (twin) this.rows.get(twin.id)?.eta.slider.focus();
  }

  /** @param {LiveRun} run */
  remove(run) {
    const index = this.model.runs.indexOf(run);
    this.model.remove(run);
    const next = this.model.runs[Math.min(index, this.model.runs.length - 1)];
    this.rows.get(next.id)?.focus();
  }

  // ---- each frame

  drawStrips() {
    for (const row of this.rows.values()) row.drawStrip();
  }

  show() {
    for (const row of this.rows.values()) row.show(this.announcer);
    this.key.show();
  }
}
