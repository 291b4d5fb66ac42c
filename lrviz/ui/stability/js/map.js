/**
 * The map with the run of one of its cells beside it: puts the parts together, and passes on what Python sends and hands do.
 */
import { Announcer } from "../../stage/js/announce.js";
import { drawContour, fittedView } from "../../stage/js/contour.js";
import { iconButton, make, symbolNodes, typeset } from "../../stage/js/elements.js";
import { KernelShelf } from "../../stage/js/kernels.js";
import { mount } from "../../stage/js/mount.js";
import { count, rounded } from "../../stage/js/numerals.js";
import { outcomeTile, sentenceNodes } from "../../stage/js/outcomes.js";
import { drawPanels } from "../../stage/js/panels.js";
import { openParcel } from "../../stage/js/parcel.js";
import { applyTokens, ThemeProbe } from "../../stage/js/theme.js";
import { Basins } from "./basins.js";
import { drawMap, found, plotOf } from "./mapdraw.js";
import { MapGestures } from "./mapgestures.js";
import { MapImage } from "./mapimage.js";
import { MapKey } from "./mapkey.js";
import { MapModel } from "./mapmodel.js";
import { savePicture } from "./mappicture.js";
import { zoomedAxes } from "./mapzoom.js";

/**
 * What Streamlit hands to a component, at first and whenever its data changes.
 * @typedef {object} Component
 * @property {Uint8Array} data
 * @property {HTMLElement | ShadowRoot} parentElement
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */
/** @typedef {{header: import("./mapmodel.js").Header, arrays: import("./mapmodel.js").Arrays}} Payload */

/** @param {Component} component */
export default function (component) {
  return mount(component, (root) => new MapStage(root));
}

class MapStage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.closing = new AbortController();
    /** @type {Component["setTriggerValue"]} */
    this.send = () => {};
    /** @type {Payload | null} the latest */
    this.payload = null;
    this.isFrameDue = false;
    this.shelf = new KernelShelf();
    this.announcer = new Announcer();
    this.model = new MapModel(() => this.requestFrame());
    this.image = new MapImage();
    this.basins = new Basins();
    /** @type {import("./mapdraw.js").Found | null} */
    this.things = null;
    this.probe = new ThemeProbe(() => this.paint());
    this.key = new MapKey(this.model, (colour) => this.colour(colour));
    this.plane = make("canvas", { class: "plane-canvas", role: "application", tabindex: 0, "data-frame": 0 });
    this.plane.setAttribute("aria-roledescription", "outcome map");
    this.contour = make("canvas", { role: "img" });
    this.panels = make("canvas", { role: "img" });
    this.values = make("p", { class: "values" });
    this.sentence = make("p", { class: "sentence" });
    this.status = make("p", { class: "unseen", role: "status" });
    this.grid = make("div", { class: "map-grid", hidden: true });
    new MapGestures(this.plane, this.model, () => this.keep());
    this.build();
    this.listen();
  }

  build() {
    const { root, plane, contour, panels, key } = this;
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", "Outcome map");
    const tools = make(
      "div",
      { class: "tools", role: "group", "aria-label": "Map" },
      iconButton("plus", "Zoom in on the run that is kept", () => this.zoom(1 / 2), "icon zoom"),
      iconButton("minus", "Zoom out", () => this.zoom(2), "icon zoom"),
      iconButton("reset", "Reset the axes", () => this.send("said", { axes: null })),
      iconButton("save", "Save the map as a picture (PNG)", () => savePicture(this.plane, this.model)),
    );
    this.grid.append(
      make("div", { class: "plane" }, plane, tools),
      make("div", { class: "told" }, this.values, this.sentence),
      make("div", { class: "contour" }, contour),
      make("div", { class: "panels" }, panels),
      key.element,
      this.status,
    );
    root.replaceChildren(this.probe.element, this.grid);
  }

  listen() {
    const { signal } = this.closing;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint(), { signal });
    document.fonts.addEventListener("loadingdone", () => this.requestFrame(), { signal });
    this.resizes = new ResizeObserver(() => this.requestFrame());
    for (const sized of [this.root, this.plane, this.contour, this.panels]) this.resizes.observe(sized);
  }

  // ---- what Python sends

  /** @param {Component} component */
  async update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const payload = /** @type {Payload} */ (/** @type {unknown} */ (openParcel(data)));
    this.payload = payload;
    const programs = await Promise.all(payload.header.programs.map((text) => this.shelf.load(text)));
    if (payload !== this.payload || this.closing.signal.aborted) return;
    this.model.take(payload, programs);
    this.shelf.keepOnly(payload.header.programs);
    this.grid.hidden = false;
    this.paint();
  }

  // ---- what hands do

  keep() {
    const [across, up] = this.model.keep();
    this.send("said", { keep: [across, up], map: this.model.given.id });
    this.requestFrame();
  }

  /** @param {import("./mapmodel.js").Colour} colour */
  colour(colour) {
    this.model.given.colour = colour;
    this.send("said", { colour });
    this.requestFrame();
  }

  /** @param {number} factor */
  zoom(factor) {
    const { given, values } = this.model;
    this.send("said", { axes: zoomedAxes(given, values, factor), map: given.id });
  }

  // ---- frames

  /** Takes on the page's theme. */
  paint() {
    const { stage } = this.model;
    if (!stage.header) return;
    stage.theme = this.probe.read();
    applyTokens(this.root, stage.tokens);
    this.requestFrame();
  }

  requestFrame() {
    if (this.isFrameDue || !this.model.map || this.closing.signal.aborted) return;
    this.isFrameDue = true;
    requestAnimationFrame(() => this.frame());
  }

  frame() {
    this.isFrameDue = false;
    if (this.closing.signal.aborted || this.plane.clientWidth === 0) return;
    const { model, plane, contour } = this, { stage } = model;
    stage.view = fittedView(stage.surface.box, contour.clientWidth, contour.clientHeight, 1);
    const isSurveying = this.basins.advance(model);
    this.things = found(this.things, model, this.basins, plotOf(plane));
    drawMap(plane, model, this.image, this.things);
    const isCoarse = drawContour(contour, stage);
    drawPanels(this.panels, stage);
    this.show();
    this.tell();
    if (isCoarse || isSurveying) this.requestFrame();
  }

  show() {
    const { model, announcer } = this, { run, given, values } = model, { letter } = model.stage.words[run.kindName];
    const axes = [given.across, given.up];
    this.values.replaceChildren(
      ...axes.flatMap(({ given: { symbol } }, i) => [
        ...(i ? [", "] : []),
        ...symbolNodes(symbol),
        ` = `,
        ...typeset(rounded(values[i])),
      ]),
      make("span", { class: "hint" }, model.pointed ? "click to keep" : "kept"),
    );
    this.sentence.replaceChildren(outcomeTile(run.kindName, letter), ...sentenceNodes(run.sentence));
    this.sentence.title = run.sentence;
    const named = axes.map(({ given: { symbol } }, i) => `${symbol} = ${rounded(values[i])}`).join(", ");
    announcer.say(this.status, `${named}: ${run.sentence}`);
    announcer.describe(this.plane, planeText(model));
    const end = `${run.name}: ${run.sentence}`;
    announcer.describe(this.contour, `Contours of ${model.stage.surface.title} with the path. ${end}`);
    announcer.describe(
      this.panels,
      `Loss over ${count(model.stage.steps)} steps, from ${rounded(run.path.loss[0])} to ${
        rounded(run.path.loss[run.path.last])
      }.`,
    );
    this.key.show();
  }

  /** Says what was drawn. */
  tell() {
    const { model, plane } = this, { run, cell } = model, plot = plotOf(plane);
    plane.dataset.frame = String(Number(plane.dataset.frame) + 1);
    plane.dataset.plot = [plot.left, plot.top, plot.width, plot.height].join(" ");
    const detail = {
      cell: model.pointed,
      values: model.values,
      kept: model.kept,
      mapped: cell && model.given.kindAt(cell),
      cells: [model.given.across.cells, model.given.up.cells],
      runs: [{
        name: run.name,
        eta: run.eta,
        theta: run.theta,
        loss: run.path.loss,
        outcome: { kind: run.kindName, step: run.path.step, sentence: run.sentence },
      }],
    };
    plane.dispatchEvent(new CustomEvent("lrviz:draw", { bubbles: true, composed: true, detail }));
  }

  end() {
    this.closing.abort();
    this.resizes?.disconnect();
    this.announcer.end();
    this.shelf.keepOnly([]);
  }
}

/**
 * What the map shows, in words.
 * @param {MapModel} model
 */
function planeText({ given }) {
  const [across, up] = [given.across, given.up].map(({ given: { symbol, whose, low, high } }) =>
    `${symbol} ${whose} from ${rounded(low)} to ${rounded(high)}`
  );
  const shares = [...given.counts].filter(([, cells]) => cells).sort(([, a], [, b]) => b - a).map(([kind, cells]) =>
    `${kind} ${rounded((100 * cells) / given.outcome.length, 2)} %`
  );
  return `Outcome for ${across} and ${up}: ${shares.join(", ")}. Arrow keys go from cell to cell, Enter keeps the run.`;
}
