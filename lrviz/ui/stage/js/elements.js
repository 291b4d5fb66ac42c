/**
 * Making elements: with attributes and children, with icons, and with the letters of mathematics.
 */

const SVG = "http://www.w3.org/2000/svg";
const ICON_SIZE = 16;

/** @type {Record<string, string>} strokes on a grid of 16 × 16 */
const ICONS = {
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  reset: "M3.6 6.2A4.9 4.9 0 1 1 3.3 9.3M3.1 2.9v3.4h3.4",
  grow: "M2.8 6V2.8H6M10 2.8h3.2V6M13.2 10v3.2H10M6 13.2H2.8V10",
  shrink: "M6 2.8V6H2.8M13.2 6H10V2.8M10 13.2V10h3.2M2.8 10H6v3.2",
  back: "M11.5 3.8v8.4L5.8 8zM3.9 3.8v8.4",
  on: "M4.5 3.8v8.4L10.2 8zM12.1 3.8v8.4",
  play: "M5 2.8v10.4L13.2 8z",
  pause: "M4.2 3h2.6v10H4.2zM9.2 3h2.6v10H9.2z",
  loop:
    "M3 7.6A3.4 3.4 0 0 1 6.4 4.2h6.4M10.7 2.1l2.1 2.1-2.1 2.1M13 8.4a3.4 3.4 0 0 1-3.4 3.4H3.2M5.3 13.9l-2.1-2.1 2.1-2.1",
  copy:
    "M4 5h6.5a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM5.8 2.5h6.2a1.5 1.5 0 0 1 1.5 1.5v6.2",
  remove: "M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6",
  up: "M3.8 9.8 8 5.6l4.2 4.2",
  down: "M3.8 6.2 8 10.4l4.2-4.2",
  locked: "M4.2 7.2h7.6v6H4.2zM5.6 7.2V5.2a2.4 2.4 0 0 1 4.8 0v2",
  unlocked: "M4.2 7.2h7.6v6H4.2zM5.6 7.2V4.9a2.4 2.4 0 0 1 4.6-.9",
  save: "M8 2.8v7.4M4.9 7.3 8 10.4l3.1-3.1M3 13.2h10",
  tune: "M2.8 5h6.5M12.7 5h.5M2.8 11h.5M6.7 11h6.5M11 3.3v3.4M5 9.3v3.4",
};

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean>} [attributes] false leaves one out, true gives it no value
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A button that shows an icon; its name is also its tooltip.
 * @param {string} icon
 * @param {string} name
 * @param {() => void} press
 * @param {string} [className]
 */
export function iconButton(icon, name, press, className = "icon") {
  const button = make("button", { type: "button", class: className }, iconImage(icon));
  nameButton(button, name);
  button.addEventListener("click", press);
  return button;
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} name
 */
export function nameButton(button, name) {
  button.setAttribute("aria-label", name);
  button.title = name;
}

/** @param {string} name */
export function iconImage(name) {
  return strokedImage(ICON_SIZE, ICON_SIZE, [{ d: ICONS[name] }]);
}

/**
 * @param {number} width
 * @param {number} height
 * @param {Record<string, string>[]} paths their attributes
 */
export function strokedImage(width, height, paths) {
  const image = document.createElementNS(SVG, "svg");
  image.setAttribute("viewBox", `0 0 ${width} ${height}`);
  image.setAttribute("aria-hidden", "true");
  for (const attributes of paths) {
    const path = document.createElementNS(SVG, "path");
    for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
    image.append(path);
  }
  return image;
}

const RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";
const LOWERED = "₀₁₂₃₄₅₆₇₈₉";
const LETTERS = /([α-ω](?:max|min)?|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/u;

/**
 * A sentence's nodes: Greek letters slanted, raised digits raised.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function typeset(text) {
  return text.split(LETTERS).filter(Boolean).flatMap(/** @returns {(Node | string)[]} */ (part) => {
    if (RAISED.includes(part[0])) return [make("sup", {}, ordinary(part, RAISED, "−0123456789"))];
    return /^[α-ω]/u.test(part) ? symbolNodes(part.replace(/(max|min)$/, "_$1")) : [part];
  });
}

/**
 * The nodes of a symbol, such as β₁ or η_min.
 * @param {string} symbol
 * @returns {Node[]}
 */
export function symbolNodes(symbol) {
  const [, letter, index] = /** @type {RegExpMatchArray} */ (symbol.match(/^(.)_?(.*)$/u));
  const slanted = make("i", { class: "math" }, letter);
  return index ? [slanted, make("sub", {}, ordinary(index, LOWERED, "0123456789"))] : [slanted];
}

/**
 * @param {string} text
 * @param {string} special
 * @param {string} plain
 */
function ordinary(text, special, plain) {
  return [...text].map((letter) => plain[special.indexOf(letter)] ?? letter).join("");
}
