/**
 * What a chart is told: its axes, panels and layers as Python packed them, and how they are in one frame.
 */

/** @typedef {import("../../stage/js/axes.js").ScaleKind} ScaleKind */
/** @typedef {import("../../stage/js/payload.js").Header} SceneHeader */
/** @typedef {import("../../stage/js/parcel.js").Numbers} Numbers */

/** @typedef {{title: string, scale: ScaleKind, low: number, high: number, near: number}} GivenAxis */
/**
 * A layer with its numbers' names in place of the numbers.
 * @typedef {object} GivenLayer
 * @property {"line" | "band" | "dots" | "mark" | "level" | "zone" | "path" | "points" | "divide"} kind
 * @property {string} colour
 * @property {string} name
 * @property {string} label
 * @property {string} text
 * @property {number[] | null} dash null for that of the run of its colour
 * @property {number} width
 * @property {boolean} is_labelled
 * @property {string} marker
 * @property {boolean} hollow
 * @property {string[]} texts
 * @property {string} x
 * @property {string} y
 * @property {string} low
 * @property {string} high
 * @property {string} since
 * @property {string} at
 * @property {string} ends
 * @property {number} length of a path and of points
 * @property {boolean} head
 * @property {number} size
 * @property {string} a
 * @property {string} b
 * @property {string} c
 */
/** @typedef {{title: string, height: number, y: GivenAxis, layers: GivenLayer[]}} GivenPanel */
/** @typedef {{name: string, scale: "log" | "linear", low: number, high: number, floor: number | null, x: string, y: string,
 *   values: string}} GivenField */
/** @typedef {{title: string, x: GivenAxis, y: GivenAxis, square: boolean, field: GivenField | null,
 *   layers: GivenLayer[]}} GivenPlane */
/**
 * @typedef {object} GivenChart
 * @property {string} id tells charts apart
 * @property {GivenAxis} x
 * @property {GivenPanel[]} panels
 * @property {GivenPlane[]} planes
 * @property {string | null} frame_x the name of the places of frames along x
 * @property {string} alt
 * @property {number} frames
 * @property {number} frame
 * @property {string[]} says
 * @property {string} frame_name
 * @property {number} first
 * @property {string} pick
 * @property {(number | null)[]} rates
 * @property {string} second the path of a number along the last panel's y
 * @property {(number | null)[]} seconds
 * @property {boolean} peeks whether pointing shows the run there
 * @property {boolean} has_run
 * @property {boolean} tells_frame
 */
/** @typedef {SceneHeader & {chart: GivenChart}} Header */
/** @typedef {{header: Header, arrays: Record<string, Float64Array>}} Shown */

/** @typedef {{kind: "line", colour: string, name: string, dash: number[], width: number, isLabelled: boolean,
 *   x: Float64Array, y: Float64Array}} Line */
/** @typedef {{kind: "band", colour: string, name: string, x: Float64Array, low: Float64Array, high: Float64Array}} Band */
/** @typedef {{kind: "dots", colour: string, name: string, marker: string, isHollow: boolean, texts: string[],
 *   x: Float64Array, y: Float64Array, isThere: boolean[], isNew: boolean[]}} Dots */
/** @typedef {{kind: "mark", colour: string, label: string, text: string, dash: number[], at: number}} Mark */
/** @typedef {{kind: "level", colour: string, label: string, dash: number[], at: number}} Level */
/** @typedef {{kind: "zone", colour: string, label: string, low: number, high: number}} Zone */
/** at: the point that it has come to, beyond `last` where it blew up before; last: its last finite point.
 * @typedef {{kind: "path", colour: string, name: string, dash: number[], width: number, hasHead: boolean,
 *   isLabelled: boolean, x: Float64Array, y: Float64Array, at: number, last: number}} Path */
/** @typedef {{kind: "points", colour: string, name: string, marker: string, isHollow: boolean, size: number,
 *   texts: string[], x: Float64Array, y: Float64Array}} Points */
/** @typedef {{kind: "divide", colour: string, name: string, dash: number[], a: number, b: number, c: number}} Divide */
/** @typedef {Line | Band | Dots | Mark | Level | Zone | Path | Points | Divide} Layer */

/**
 * A panel's layers in a frame.
 * @param {GivenPanel} panel
 * @param {Shown} shown
 * @param {number} frame
 * @returns {Layer[]}
 */
export function layersIn({ layers }, { arrays, header }, frame) {
  const dots = layers.filter(({ kind }) => kind === "dots").flatMap(({ since }) => [...arrays[since]]);
  const newest = Math.max(...dots.filter((first) => first <= frame));
  return layers.map((layer) => layerIn(layer, arrays, frame, newest, header)).filter((layer) => layer !== null);
}

/**
 * @param {GivenLayer} layer
 * @param {Record<string, Float64Array>} arrays
 * @param {number} frame
 * @param {number} newest the frame in which the panel's newest dots came
 * @param {Header} header
 * @returns {Layer | null} none where it is not in this frame
 */
function layerIn(layer, arrays, frame, newest, header) {
  const { kind, colour, name, label, text } = layer, x = arrays[layer.x];
  const dash = layer.dash ?? header.dashes[runOf(colour)] ?? [];
  if (kind === "path" || kind === "points" || kind === "divide") return onPlane(layer, arrays, frame, dash);
  const row = (/** @type {string} */ values) => rowOf(arrays[values], x.length, frame);
  if (kind === "line") {
    return { kind, colour, name, dash, width: layer.width, isLabelled: layer.is_labelled, x, y: row(layer.y) };
  }
  if (kind === "band") return { kind, colour, name, x, low: row(layer.low), high: row(layer.high) };
  if (kind === "dots") {
    const since = [...arrays[layer.since]], isThere = since.map((first) => first <= frame);
    // Where all are there from the beginning, none of them is new.
    const isNew = since.map((first) => first === newest && (first > 0 || since.some((other) => other !== first)));
    return {
      kind,
      colour,
      name,
      marker: layer.marker,
      isHollow: layer.hollow,
      texts: layer.texts,
      x,
      y: arrays[layer.y],
      isThere,
      isNew,
    };
  }
  if (kind === "zone") {
    const [low, high] = arrays[layer.ends], { x: axis } = header.chart;
    if (!(low < axis.high && high > axis.low)) return null;
    return { kind, colour, label, low: Math.max(low, axis.low), high: Math.min(high, axis.high) };
  }
  const at = inFrame(arrays[layer.at], frame);
  if (!Number.isFinite(at)) return null;
  return kind === "mark" ? { kind, colour, label, text, dash, at } : { kind, colour, label, dash, at };
}

/**
 * @param {GivenLayer} layer
 * @param {Record<string, Float64Array>} arrays
 * @param {number} frame
 * @param {number[]} dash
 * @returns {Path | Points | Divide | null}
 */
function onPlane(layer, arrays, frame, dash) {
  const { kind, colour, name, length } = layer;
  if (kind === "divide") {
    const [a, b, c] = [layer.a, layer.b, layer.c].map((values) => inFrame(arrays[values], frame));
    return Number.isFinite(a + b + c) && (a || b) ? { kind, colour, name, dash, a, b, c } : null;
  }
  const [x, y] = [layer.x, layer.y].map((values) => rowOf(arrays[values], length, frame));
  if (kind === "points") {
    const { marker, hollow: isHollow, size, texts } = layer;
    return { kind, colour, name, marker, isHollow, size, texts, x, y };
  }
  const blown = x.findIndex((value, i) => !Number.isFinite(value + y[i])), last = blown < 0 ? length - 1 : blown - 1;
  const { width, head: hasHead, is_labelled: isLabelled } = layer, at = arrays[layer.at][frame];
  return { kind: "path", colour, name, dash, width, hasHead, isLabelled, x, y, at, last };
}

/**
 * Which run has a colour; −1 for none.
 * @param {string} colour
 */
export function runOf(colour) {
  return colour.startsWith("run") ? Number(colour.slice(3)) : -1;
}

/**
 * @param {Float64Array} values one for all frames or for each
 * @param {number} frame
 */
function inFrame(values, frame) {
  return values[values.length > 1 ? frame : 0];
}

/**
 * The numbers of a frame, where there is a row for each.
 * @param {Float64Array} values
 * @param {number} length
 * @param {number} frame
 */
function rowOf(values, length, frame) {
  return values.length > length ? values.subarray(frame * length, (frame + 1) * length) : values;
}
