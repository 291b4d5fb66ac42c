/**
 * A chart: puts its parts together, and passes on what Python sends and hands do.
 */
import { Announcer } from "../../stage/js/announce.js";
import { make, typeset } from "../../stage/js/elements.js";
import { mount } from "../../stage/js/mount.js";
import { count, rounded } from "../../stage/js/numerals.js";
import { clearedCanvas } from "../../stage/js/paint.js";
import { openParcel } from "../../stage/js/parcel.js";
import { Playback } from "../../stage/js/playback.js";
import { applyTokens, ThemeProbe } from "../../stage/js/theme.js";
import { Alongside } from "./alongside.js";
import { listen } from "./chartgestures.js";
import { drawCrosshair, drawCursor, frameAt, planeSpot, snapped, stops, valuesAt } from "./crosshair.js";
import { drawAcross, drawFlags, drawGrids, drawTitle } from "./frame.js";
import { drawLayers } from "./layers.js";
import { laidOut } from "./layout.js";
import { drawNames } from "./names.js";
import { columnsOf, Planes } from "./planes.js";
import { Readout } from "./readout.js";

/** @typedef {import("./given.js").Shown} Shown */
/**
 * What Streamlit hands to a component, at first and whenever its data changes.
 * @typedef {object} Component
 * @property {Uint8Array} data
 * @property {HTMLElement | ShadowRoot} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** Frames a second at least while they are played: each of them is to be read. */
const PACE = 2;

/** @param {Component} component */
export default function (component) {
  return mount(component, (root) => new Chart(root));
}

class Chart {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.closing = new AbortController();
    /** @type {Component | null} */
    this.component = null;
    /** @type {Shown | null} */
    this.shown = null;
    /** @type {Shown | null} the latest, which may still be waiting for its kernel */
    this.latest = null;
    /** @type {import("./layout.js").Layout | null} as it was drawn last */
    this.layout = null;
    /** @type {number | null} the place that is pointed at */
    this.x = null;
    /** @type {import("./plane.js").PlaneView | null} the plane that is pointed at */
    this.plane = null;
    /** @type {Float64Array | null} where frames are along x, where pointing there chooses them */
    this.frameX = null;
    /** @type {number | null} and along the last panel's y, where that is another number of the run */
    this.second = null;
    this.said = "";
    /** The frame that Python knows of. */
    this.told = 0;
    this.isFrameDue = false;
    /** Whether more than the crosshair has to be drawn. */
    this.isStale = true;
    /** @type {number[]} rows of labels above each panel */
    this.rows = [];
    /** @type {Map<string, string>[]} where names stood, by panel */
    this.places = [];
    this.announcer = new Announcer();
    this.probe = new ThemeProbe(() => this.renew());
    this.picture = make("canvas", { "aria-hidden": "true" });
    this.hand = make("canvas", { class: "hand", role: "application", tabindex: 0 });
    this.hand.setAttribute("aria-roledescription", "chart");
    this.playback = new Playback(() => this.renew(), (frame) => this.tell(frame), "frame", PACE);
    this.readout = new Readout(() => this.pick());
    this.planes = new Planes({
      look: (plane) => this.lookAt(plane),
      seek: (frame) => this.seek(frame),
      step: (by) => this.playback.step(by),
      play: () => this.playback.toggle(),
    });
    this.alongside = new Alongside();
    this.says = make("p", { class: "says" });
    this.status = make("p", { class: "unseen", role: "status" });
    this.build();
    this.listen();
  }

  build() {
    const { root, playback, readout, alongside, probe, planes } = this;
    this.plots = make("div", { class: "plots" }, this.picture, this.hand);
    this.time = make("div", { class: "time" }, playback.buttons, playback.scrubBox);
    this.grid = make(
      "div",
      { class: "chart-grid", hidden: true },
      planes.element,
      this.plots,
      readout.element,
      this.time,
      this.says,
      alongside.element,
      this.status,
    );
    root.setAttribute("role", "region");
    root.replaceChildren(probe.element, this.grid);
  }

  listen() {
    const { signal } = this.closing;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.renew(), { signal });
    document.fonts.addEventListener("loadingdone", () => this.renew(), { signal });
    this.resizes = new ResizeObserver(() => this.renew());
    const { picture, alongside, planes } = this;
    for (const sized of [picture, planes.element, alongside.contour, alongside.panels]) this.resizes.observe(sized);
    listen(this.hand, {
      point: (x, y, isHeld) => this.point(x, y, isHeld),
      step: (by) => this.step(by),
      leave: () => this.look(null),
      pick: () => this.pick(),
      play: () => this.playback.toggle(),
    });
  }

  // ---- what Python sends

  /** @param {Component} component */
  async update(component) {
    this.component = component;
    const shown = /** @type {Shown} */ (/** @type {unknown} */ (openParcel(component.data)));
    const { chart } = shown.header, before = this.latest?.header.chart;
    const isSame = before?.id === chart.id;
    this.latest = shown;
    if (isSame) {
      if (this.shown && chart.frame !== this.told) this.playback.seek(this.told = chart.frame);
      return;
    }
    const settle = chart.has_run ? await this.alongside.take(shown) : () => {};
    if (chart.id !== this.latest.header.chart.id || this.closing.signal.aborted) return;
    settle();
    this.take(this.latest);
  }

  /** @param {Shown} shown */
  take(shown) {
    const { chart } = shown.header, { playback, grid } = this;
    this.shown = shown;
    this.plane = null;
    this.frameX = chart.frame_x ? shown.arrays[chart.frame_x] : null;
    this.planes.take(shown);
    const titles = [...chart.planes, ...chart.panels].map(({ title }) => title);
    this.root.setAttribute("aria-label", `Chart: ${titles.join(", ")}`);
    this.rows = [];
    this.places = chart.panels.map(() => new Map());
    this.told = chart.frame;
    playback.call(chart.frame_name);
    const { frameX } = this, steps = Int32Array.from({ length: chart.frames }, (_, i) => chart.first + i);
    const isWhole = frameX?.every((x) => Number.isInteger(x));
    playback.take(frameX && isWhole ? Int32Array.from(frameX) : steps, 0, false);
    playback.labels = frameX && !isWhole ? Array.from(frameX, (x) => rounded(x)) : null;
    playback.isCounted = !playback.labels || chart.x.scale === "linear";
    playback.frame = chart.frame;
    if (this.time) this.time.hidden = chart.frames === 1;
    this.says.hidden = chart.says.length === 0;
    this.alongside.element.hidden = !chart.has_run;
    if (this.plots) this.plots.hidden = chart.panels.length === 0;
    grid?.classList.toggle("has-run", chart.has_run);
    grid?.classList.toggle("has-planes", chart.planes.length > 0);
    grid?.classList.toggle("is-beside", chart.planes.length === 1 && chart.panels.length > 0 && !chart.has_run);
    grid?.style.setProperty("--beside", columnsOf(chart.planes, false).join(" "));
    grid?.style.setProperty("--panels", String(chart.panels.reduce((sum, { height }) => sum + height, 0)));
    grid?.removeAttribute("hidden");
    this.renew();
  }

  // ---- what hands do

  /**
   * @param {number} x in CSS pixels
   * @param {number} y
   * @param {boolean} isHeld
   */
  point(x, y, isHeld) {
    if (!this.layout) return;
    if (this.frameX) {
      // What is playing goes on under a hand that only passes.
      if (isHeld || !this.playback.isPlaying) this.seek(frameAt(this.frameX, this.layout, x));
      return this.look(this.frameX[this.playback.frame]);
    }
    const { panels } = this.layout,
      plane = this.shown?.header.chart.second ? planeSpot(panels[panels.length - 1], x, y) : null;
    if (plane) this.look(...plane);
    else this.look(snapped(this.layout, x));
  }

  /**
   * @param {number | null} x
   * @param {number | null} [second]
   */
  look(x, second = this.secondAt(x)) {
    if (this.x === x && this.second === second) return;
    this.x = x;
    this.second = second;
    this.requestFrame();
  }

  /**
   * The second number of the one dot at an x.
   * @param {number | null} x
   */
  secondAt(x) {
    const plane = this.shown?.header.chart.second && this.layout
      ? this.layout.panels[this.layout.panels.length - 1]
      : null;
    if (!plane || x === null) return null;
    const found = plane.layers.flatMap((layer) =>
      layer.kind === "dots" ? [...layer.y].filter((_, i) => layer.x[i] === x && layer.isThere[i]) : []
    );
    return found.length === 1 ? found[0] : null;
  }

  /** @param {number} by */
  step(by) {
    if (this.frameX) {
      this.playback.step(by);
      return this.look(this.frameX[this.playback.frame]);
    }
    if (!this.layout) return;
    const { all } = stops(this.layout), { x } = this, last = all.length - 1;
    if (last < 0) return;
    const here = x === null
      ? (by > 0 ? -1 : last + 1)
      : by > 0
      ? all.findLastIndex((at) => at <= x)
      : all.findIndex((at) => at >= x);
    const from = here < 0 && by < 0 ? last + 1 : here;
    this.look(all[Math.max(0, Math.min(last, from + by))]);
  }

  pick() {
    const { second, frameX } = this, x = this.x ?? (frameX && frameX[this.playback.frame]);
    if (x === null || !this.shown?.header.chart.pick) return;
    this.component?.setTriggerValue("pick", second === null ? x : [x, second]);
  }

  /** @param {import("./plane.js").PlaneView | null} plane that is pointed at */
  lookAt(plane) {
    this.plane = plane;
    this.x = this.second = null;
    this.renew();
  }

  /** Goes to a frame at which a hand points. @param {number} frame */
  seek(frame) {
    if (frame === this.playback.frame) return;
    this.playback.seek(frame);
    this.playback.settle();
  }

  /** @param {number} frame */
  tell(frame) {
    if (frame === this.told) return;
    this.told = frame;
    if (this.shown?.header.chart.tells_frame) this.component?.setStateValue("frame", frame);
  }

  // ---- frames

  /** All has to be drawn anew. */
  renew() {
    this.isStale = true;
    this.requestFrame();
  }

  requestFrame() {
    if (this.isFrameDue || !this.shown || this.closing.signal.aborted) return;
    this.isFrameDue = true;
    requestAnimationFrame((now) => this.draw(now));
  }

  /** @param {number} now */
  draw(now) {
    this.isFrameDue = false;
    const { shown, playback } = this;
    if (!shown || this.closing.signal.aborted || this.root.clientWidth === 0) return;
    const before = playback.frame,
      theme = this.probe.read(),
      tokens = shown.header.themes[theme],
      { chart } = shown.header;
    playback.advance(now);
    if (this.isStale || before !== playback.frame) {
      applyTokens(this.root, tokens);
      this.layout = chart.panels.length ? this.drawPicture(shown, tokens) : null;
      this.planes.draw(playback.frame, tokens);
      playback.show({ left: 9, right: 9 });
    }
    this.isStale = this.planes.isCoarse;
    if (this.frameX && this.x !== null) this.x = this.frameX[playback.frame];
    const values = this.layout && this.x !== null ? valuesAt(this.layout, this.x) : [];
    if (this.layout) this.drawHand(this.layout, values, tokens);
    const isCoarse = chart.has_run && this.drawRun(chart, theme);
    this.say(shown, values);
    if (isCoarse || this.isStale || playback.isPlaying) this.requestFrame();
    this.announce(shown);
  }

  /**
   * @param {import("./layout.js").Layout} layout
   * @param {import("./crosshair.js").Value[]} values
   * @param {import("../../stage/js/types.js").Tokens} tokens
   */
  drawHand(layout, values, tokens) {
    const { hand, x, second, frameX, playback: { frame } } = this;
    if (frameX && x === null) drawCursor(hand, layout, frameX[frame], tokens);
    else drawCrosshair(hand, layout, x, second, values, tokens);
  }

  /**
   * @param {import("./given.js").GivenChart} chart
   * @param {"light" | "dark"} theme
   */
  drawRun({ rates, seconds, peeks, frames, frame_name, first }, theme) {
    const { alongside, x, second, playback: { frame } } = this,
      rate = rates[frame] ?? null,
      other = seconds[frame] ?? null;
    alongside.model.dragging = x !== null && peeks; // then its axes grow, and shrink when that ends
    if (x !== null && peeks) return alongside.draw(x, second ?? other, theme, "under the pointer");
    if (rate === null) return alongside.draw(null, other, theme, "as it is set");
    return alongside.draw(rate, other, theme, frames > 1 ? `${frame_name} ${count(first + frame)}` : "");
  }

  /**
   * @param {Shown} shown
   * @param {import("../../stage/js/types.js").Tokens} tokens
   */
  drawPicture(shown, tokens) {
    const { c, width, height, density } = clearedCanvas(this.picture);
    const layout = laidOut(shown, this.playback.frame, width, height, this.rows);
    drawGrids(c, layout, tokens);
    drawAcross(c, layout, shown.header.chart.x.title, tokens);
    layout.panels.forEach((panel, i) => {
      drawLayers(c, panel, tokens, density);
      drawFlags(c, panel, tokens);
      drawTitle(c, panel, this.rows[i], tokens);
      drawNames(c, panel, tokens, this.places[i]);
    });
    return layout;
  }

  /**
   * @param {Shown} shown
   * @param {import("./crosshair.js").Value[]} values
   */
  say({ header: { chart } }, values) {
    const { announcer, playback, says, status, hand, x, alongside, plane, planes } = this;
    const lead = plane ? plane.lead() : x === null ? null : `${chart.x.title} = ${rounded(x)}`;
    const read = this.readout.show(chart, lead, plane ? plane.values() : values, x !== null || this.frameX !== null);
    const sentence = chart.says[playback.frame] ?? "";
    if (this.said !== sentence) says.replaceChildren(...typeset(sentence));
    this.said = sentence;
    const run = chart.has_run ? alongside.run.sentence : "";
    announcer.say(status, lead === null ? sentence : `${read}. ${run}`);
    for (const view of planes.views) announcer.describe(view.canvas, `${view.words()} ${chart.alt} ${sentence}`);
    announcer.describe(
      hand,
      `${chart.alt} ${sentence} Arrow keys read it${chart.pick && `; Enter is to ${chart.pick}`}.`,
    );
    if (chart.has_run) alongside.describe(announcer);
  }

  /** Says what was drawn. @param {Shown} shown */
  announce({ header: { chart } }) {
    const { left = 0, right = 0, panels = [] } = this.layout ?? {};
    this.hand.dataset.plot = [left, right].join(" ");
    const detail = {
      frame: this.playback.frame,
      x: this.x,
      runs: chart.has_run ? [this.alongside.report()] : [],
      panels: panels.map(({ top, bottom }) => [top, bottom]),
      planes: this.planes.views.map((view) => ({ heads: view.heads(), spot: view.spot })),
    };
    this.hand.dispatchEvent(new CustomEvent("lrviz:draw", { bubbles: true, composed: true, detail }));
  }

  end() {
    this.closing.abort();
    this.resizes?.disconnect();
    this.announcer.end();
    this.playback.end();
    this.alongside.end();
  }
}
