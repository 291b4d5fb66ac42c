/**
 * Edits: what goes back to Python. While a hand is down, at most two a second; when it lets go, at once.
 */

/** @typedef {import("./model.js").StageModel} StageModel */

/** Milliseconds between two edits during a drag. */
const WHILE_HELD = 500;
/** Milliseconds after which keys count as released. */
const AFTER_KEYS = 250;

export class Edits {
  /**
   * @param {StageModel} model
   * @param {(edit: object) => void} send
   */
  constructor(model, send) {
    this.model = model;
    this.send = send;
    this.edition = -1;
    this.count = 0;
    this.hands = 0;
    /** Whether something has changed since the last edit. */
    this.isPending = false;
    /** Whether Python was told that a hand is down. */
    this.wasHeld = false;
    this.timer = 0;
    this.lastSent = -Infinity;
  }

  /** Whether what was changed here is newer than a payload that contains edits up to this one. @param {number} count */
  isAheadOf(count) {
    return this.isPending || this.count > count;
  }

  /**
   * Answers a payload that was taken.
   * @param {{edition: number, count: number}} header
   * @param {boolean} kept whether its numbers gave way to newer ones
   */
  take({ edition, count }, kept) {
    this.edition = edition;
    this.count = Math.max(this.count, count);
    if (kept) this.changed();
    else this.isPending = false;
  }

  /** Something was changed by hand. */
  changed() {
    this.isPending = true;
    if (this.hands === 0) this.after(AFTER_KEYS, true);
    else if (!this.timer) this.after(Math.max(0, this.lastSent + WHILE_HELD - performance.now()), false);
  }

  /** Something was changed that is done with. */
  changedAtOnce() {
    this.isPending = true;
    if (this.hands === 0) this.flush();
  }

  /** A key or a field was let go. */
  settled() {
    if (this.hands === 0 && this.isPending) this.flush();
  }

  hold() {
    this.hands++;
    if (this.hands === 1 && this.isPending) this.flush();
    this.model.dragging = true;
  }

  release() {
    this.hands = Math.max(0, this.hands - 1);
    if (this.hands > 0) return;
    this.model.dragging = false;
    this.model.notify("look");
    if (this.isPending || this.wasHeld) this.flush();
  }

  end() {
    clearTimeout(this.timer);
  }

  /**
   * @param {number} milliseconds
   * @param {boolean} anew whether a wait that has begun begins again
   */
  after(milliseconds, anew) {
    if (anew) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.isPending && !this.wasHeld) return;
    this.isPending = false;
    this.wasHeld = this.hands > 0;
    this.lastSent = performance.now();
    this.count++;
    const { model, edition, count, wasHeld: held } = this;
    this.send({
      edition,
      count,
      held,
      start: model.start,
      numbers: valuesOf(model.sharedNumbers),
      runs: model.runs.map(({ id, of, numbers }) => ({ id, of, numbers: valuesOf(numbers) })),
    });
  }
}

/** @param {import("./types.js").NumberDeclaration[]} numbers */
function valuesOf(numbers) {
  return Object.fromEntries(numbers.map(({ path, value }) => [path, value]));
}
