/**
 * The stage: it puts its parts together, and passes on what Python sends and what hands do.
 */
import { Announcer, StatusLine } from "./announce.js";
import { Edits } from "./edits.js";
import { make } from "./elements.js";
import { KernelShelf } from "./kernels.js";
import { StageModel } from "./model.js";
import { mount } from "./mount.js";
import { readPayload } from "./payload.js";
import { Picture } from "./picture.js";
import { Place } from "./place.js";
import { Presenter } from "./present.js";
import { Rows } from "./rows.js";
import { Strips } from "./strips.js";
import { applyTokens, ThemeProbe } from "./theme.js";
import { Timeline } from "./timeline.js";
import { Transport } from "./transport.js";

/**
 * What Streamlit hands to a component, at first and whenever its data changes.
 * @typedef {object} Component
 * @property {Uint8Array} data
 * @property {HTMLElement | ShadowRoot} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 */
/** @typedef {import("./payload.js").Payload} Payload */

/** On these a press of the space bar has its own meaning. */
const HAS_OWN_SPACE = "input[type=text], button:not(.handle)";

/**
 * Milliseconds between two requests for strips: paths follow every frame, strips every other one. Where strips take
 * long, the pauses are longer: a worker that never rests takes the processor from the picture.
 */
const SHORTEST_PAUSE = 30, LONGEST_PAUSE = 300, PAUSE_PER_WORK = 2;

/** @param {Component} component */
export default function (component) {
  return mount(component, (root) => new Stage(root));
}

class Stage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.closing = new AbortController();
    /** @type {Component["setStateValue"]} */
    this.setStateValue = () => {};
    /** @type {Payload | null} the latest */
    this.payload = null;
    this.isFrameDue = false;
    this.hasToldOfDrawing = false;
    /** When strips were asked for last. */
    this.askedAt = -Infinity;
    this.looking = 0;
    this.shelf = new KernelShelf();
    this.announcer = new Announcer();
    this.model = new StageModel((change) => this.changed(change));
    this.edits = new Edits(this.model, (edit) => this.setStateValue("edit", edit));
    this.strips = new Strips((answer) => this.takeStrip(answer));
    this.presenter = new Presenter(root, (k) => this.scale(k), this.closing.signal);
    this.probe = new ThemeProbe(() => this.paint());
    this.rows = new Rows(this.model, this.announcer);
    this.place = new Place(this.model);
    this.picture = new Picture(this.model, this.edits, this.presenter.button);
    this.transport = new Transport(this.model);
    this.timeline = new Timeline(this.model, this.transport);
    this.status = new StatusLine(this.model);
    this.grid = make("div", { class: "grid", hidden: true });
    this.build();
    this.listen();
  }

  build() {
    const { rows, place, picture, timeline, transport, status, root } = this;
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", "Stage");
    const parts = [rows, place, picture, timeline].map(({ element }) => element);
    this.grid.append(...parts, transport.buttons, transport.scrubBox, status.element);
    root.replaceChildren(this.probe.element, this.grid);
  }

  listen() {
    const { root, edits, closing: { signal } } = this;
    root.addEventListener("pointerdown", ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === "range" && target !== this.transport.scrub) this.hold();
    });
    root.addEventListener("change", () => edits.settled());
    root.addEventListener("keydown", (event) => this.pressed(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint(), { signal });
    // Text that was measured in another typeface stands wrong once the page's own has come.
    document.fonts.addEventListener("loadingdone", () => this.redraw(), { signal });
    this.resizes = new ResizeObserver(() => this.requestFrame());
    for (const sized of [root, this.picture.canvas, this.timeline.canvas]) this.resizes.observe(sized);
  }

  /** A slider is held until the pointer is up again, wherever that may be. */
  hold() {
    const released = new AbortController(), { signal } = released;
    this.edits.hold();
    for (const end of ["pointerup", "pointercancel"]) {
      addEventListener(end, () => {
        released.abort();
        this.edits.release();
      }, { signal, capture: true });
    }
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey || target.matches(HAS_OWN_SPACE)) return;
    event.preventDefault();
    this.transport.toggle();
  }

  // ---- what Python sends

  /** @param {Component} component */
  async update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    const payload = readPayload(data);
    if (payload.header.edition === this.payload?.header.edition) return;
    this.payload = payload;
    const programs = await Promise.all(payload.header.programs.map((text) => this.shelf.load(text)));
    if (payload === this.payload && !this.closing.signal.aborted) this.take(payload, programs);
  }

  /**
   * @param {Payload} payload
   * @param {import("./kernels.js").Program[]} programs
   */
  take(payload, programs) {
    const { model, edits, shelf } = this, { header } = payload, before = model.runs;
    const keep = model.header !== null && edits.isAheadOf(header.count);
    model.take(payload, programs, keep);
    edits.take(header, keep);
    this.forgetAllBut(before);
    shelf.keepOnly(header.programs);
    this.grid.hidden = false;
    this.paint();
    this.arrange();
    this.requestFrame();
  }

  /** Strips of runs that are gone are not computed. @param {{id: number}[]} before */
  forgetAllBut(before) {
    for (const { id } of before) {
      if (!this.model.runs.some((run) => run.id === id)) this.strips.forget(id);
    }
  }

  arrange() {
    this.rows.arrange();
    this.place.arrange();
    this.status.arrange();
    this.root.style.setProperty("--runs", String(this.model.runs.length));
  }

  // ---- what changes here

  /** @param {import("./model.js").Change} change */
  changed(change) {
    if (change === "runs") this.arrange();
    if (change === "runs") this.edits.changedAtOnce();
    if (change === "number") this.edits.changed();
    this.requestFrame();
  }

  /** @param {import("./worker.js").StripAnswer} answer */
  takeStrip({ run: id, request, kinds, spent }) {
    const run = this.model.runs.find((other) => other.id === id);
    if (!run || request <= run.stripAnswered) return;
    run.strip = kinds;
    run.stripAnswered = request;
    run.stripCost = spent;
    this.requestFrame();
  }

  /** @param {number} k */
  scale(k) {
    this.model.k = k;
    this.root.style.setProperty("--k", String(k));
    this.requestFrame();
  }

  /** Draws all anew. */
  redraw() {
    this.model.version++;
    this.requestFrame();
  }

  /** Takes on the page's theme. */
  paint() {
    const { model } = this;
    if (!model.header) return;
    model.theme = this.probe.read();
    applyTokens(this.root, model.tokens);
    this.requestFrame();
  }

  // ---- frames

  requestFrame() {
    if (this.isFrameDue || !this.model.header || this.closing.signal.aborted) return;
    this.isFrameDue = true;
    requestAnimationFrame((now) => this.frame(now));
  }

  /** One frame: what is read from the page's layout comes before what changes it. @param {number} now */
  frame(now) {
    this.isFrameDue = false;
    if (this.closing.signal.aborted) return;
    this.transport.advance(now);
    this.model.recompute();
    this.wantStrips(now);
    const isCoarse = this.picture.draw();
    this.timeline.draw();
    this.rows.drawStrips();
    this.show();
    this.tell();
    this.tellOfFirst();
    if (isCoarse) this.requestFrame();
  }

  /** @param {number} now */
  wantStrips(now) {
    const { runs, stripEtas, steps, noise } = this.model, stale = runs.filter((run) => run.isStripStale);
    if (stale.length === 0) return;
    const work = runs.reduce((sum, { stripCost }) => sum + stripCost, 0);
    const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, PAUSE_PER_WORK * work));
    if (now - this.askedAt < pause) return this.lookAgain(pause - (now - this.askedAt));
    this.askedAt = now;
    for (const run of stale) {
      run.isStripStale = false;
      this.strips.want(run, stripEtas, steps, noise);
    }
  }

  /** Asks for a frame later, if none comes before. @param {number} milliseconds */
  lookAgain(milliseconds) {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.requestFrame(), milliseconds);
  }

  show() {
    const { announcer } = this, panelHeight = this.timeline.canvas.clientHeight;
    this.picture.show(announcer);
    this.timeline.show(announcer);
    this.transport.show(panelHeight);
    this.rows.show();
    this.place.show();
    this.status.show();
  }

  /** Says what was drawn. */
  tell() {
    const runs = this.model.runs.map((run) => ({
      name: run.name,
      eta: run.eta,
      get theta() {
        return run.theta;
      },
      loss: run.path.loss,
      outcome: { kind: run.kindName, step: run.path.step, sentence: run.sentence },
    }));
    const draw = new CustomEvent("lrviz:draw", { bubbles: true, composed: true, detail: { runs } });
    this.picture.canvas.dispatchEvent(draw);
  }

  tellOfFirst() {
    if (this.hasToldOfDrawing || !this.payload?.header.tells_when_drawn) return;
    this.hasToldOfDrawing = true;
    this.setStateValue("drawn", true);
  }

  end() {
    this.closing.abort();
    clearTimeout(this.looking);
    this.resizes?.disconnect();
    this.edits.end();
    this.announcer.end();
    this.strips.end();
    this.shelf.keepOnly([]);
  }
}
