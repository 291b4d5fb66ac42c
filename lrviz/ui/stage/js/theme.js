/**
 * Light or dark: as the page around the stage is, which may change at any time.
 */
import { make } from "./elements.js";
import { channels } from "./paint.js";

/** @typedef {import("./types.js").Tokens} Tokens */

const MIDDLE = 128;

/** A colour that follows the page's ground; when it changes, so has the theme. */
export class ThemeProbe {
  /** @param {() => void} changed */
  constructor(changed) {
    this.element = make("div", { class: "theme-probe" });
    // The page's colours are custom properties, which tell nobody that they change; but a transition begins.
    this.element.addEventListener("transitionrun", changed);
    this.element.addEventListener("transitionend", changed);
  }

  /** @returns {"light" | "dark"} */
  read() {
    const parts = getComputedStyle(this.element).color.match(/[\d.]+/g) ?? [];
    const [red, green, blue] = parts.map(Number);
    return (red + green + blue) / 3 < MIDDLE ? "dark" : "light";
  }
}

/**
 * Sets a theme's colours as custom properties.
 * @param {HTMLElement} root
 * @param {Tokens} tokens
 */
export function applyTokens(root, tokens) {
  const { style } = root;
  for (const [name, value] of Object.entries(tokens)) {
    if (typeof value === "string") style.setProperty(`--${name}`, value);
  }
  tokens.runs.forEach((color, i) => style.setProperty(`--run-${i}`, color));
  for (const [kind, [fill, text]] of Object.entries(tokens.outcomes)) {
    style.setProperty(`--${kind}`, fill);
    style.setProperty(`--${kind}-text`, text);
  }
  style.colorScheme = channels(tokens.paper)[0] < MIDDLE ? "dark" : "light";
}
