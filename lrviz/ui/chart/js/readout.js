/**
 * The readout: what is at the place that is pointed at, in words, and what can be done there.
 */
import { make, typeset } from "../../stage/js/elements.js";
import { rounded } from "../../stage/js/numerals.js";

/** @typedef {import("./crosshair.js").Value} Value */
/** @typedef {import("./given.js").GivenChart} GivenChart */

export class Readout {
  /** @param {() => void} pick */
  constructor(pick) {
    this.words = make("span");
    this.button = make("button", { type: "button", class: "pick", hidden: true });
    this.button.addEventListener("click", pick);
    this.element = make("div", { class: "readout" }, this.words, this.button);
    this.isTouched = matchMedia("(pointer: coarse)");
    this.shown = "";
  }

  /**
   * @param {GivenChart} chart
   * @param {string | null} lead the place that is pointed at
   * @param {Value[]} values
   * @param {boolean} isPickable
   * @returns {string} what it says
   */
  show({ pick }, lead, values, isPickable) {
    const parts = lead === null
      ? [{ text: this.hint(pick), colour: "ink2" }]
      : [{ text: lead, colour: "ink" }, ...told(values)];
    const text = parts.map(({ text }) => text).join("; ");
    this.button.hidden = !pick;
    this.button.disabled = !isPickable;
    if (text === this.shown) return text;
    this.shown = text;
    this.button.replaceChildren(...typeset(pick && pick[0].toUpperCase() + pick.slice(1)));
    this.words.replaceChildren(...parts.map(({ text, colour }, i) => {
      const part = make(lead !== null && i === 0 ? "b" : "span", {}, ...typeset(text));
      part.style.color = /^run\d$/.test(colour) ? `var(--${colour.replace("run", "run-")})` : `var(--${colour})`;
      return part;
    }));
    return text;
  }

  /**
   * What can be done.
   * @param {string} pick
   */
  hint(pick) {
    if (this.isTouched.matches) return `Touch the chart to read it${pick && `; the button here will ${pick}`}.`;
    return `Point at the chart to read it${pick && `; click, or press Enter, to ${pick}`}.`;
  }
}

/**
 * Values in words; what is said of several of them is said once.
 * @param {Value[]} values
 */
function told(values) {
  /** @type {Set<string>} */
  const said = new Set();
  return values.filter(({ name }) => name).map((value) => {
    const { name, text, colour } = value, number = numberOf(value), more = said.has(text) ? "" : text;
    said.add(text);
    const isInk = /^run\d$/.test(colour) || colour === "ink2";
    return {
      text: `${name}${number && ` ${number}`}${more && `: ${more.replace(/\.$/, "")}`}`,
      colour: isInk ? colour : "ink",
    };
  });
}

/** @param {Value} value */
function numberOf({ value, low, isRead }) {
  if (Number.isNaN(value)) return "";
  if (value === Infinity) return "blew up";
  return `${isRead ? "≈ " : ""}${Number.isNaN(low) ? "" : `${rounded(low)} to `}${rounded(value)}`;
}
