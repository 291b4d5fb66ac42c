/**
 * What the dots and the lines are; of theory's lines only those that are drawn, and otherwise why there are none.
 */
import { make, strokedImage } from "../../stage/js/elements.js";
import { DEVIATIONS, END_DASH, ERRORS, THEORY_DASH } from "./swarm.js";

/** @typedef {import("./cloud.js").Shown} Shown */

const WIDTH = 34, HEIGHT = 12;

export class Legend {
  constructor() {
    this.element = make("div", { class: "legend" });
  }

  /** @param {Shown} shown */
  show({ arrays, header: { cloud } }) {
    const parts = [
      make("span", {}, make("i", { class: "dot" }), "one seed each"),
      make("span", {}, sample("measured", []), `measured: mean, ${DEVIATIONS} σ, ± ${ERRORS} errors`),
    ];
    if (arrays.expected_mean) parts.push(make("span", {}, sample("theory", THEORY_DASH), "theory at this step"));
    if (cloud.settled) parts.push(make("span", {}, sample("theory", END_DASH), "theory in the end"));
    if (cloud.reason) parts.push(make("span", { class: "reason" }, `No line of theory: ${cloud.reason}.`));
    this.element.replaceChildren(...parts);
  }
}

/**
 * @param {string} name
 * @param {number[]} dash
 */
function sample(name, dash) {
  const line = { d: `M0 ${HEIGHT / 2}H${WIDTH}`, "stroke-dasharray": dash.join(" ") };
  const image = strokedImage(WIDTH, HEIGHT, [line]);
  image.setAttribute("class", `sample ${name}`);
  return image;
}
