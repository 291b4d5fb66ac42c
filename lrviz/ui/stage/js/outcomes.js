/**
 * Outcomes in the text: the letter on its colour, and the sentence with its first words strong.
 */
import { make, typeset } from "./elements.js";

/** The words that carry a sentence: all up to a colon, or to where the numbers begin. */
const LEAD = /^.*?(?=:| at step | after |[,.])/;

/**
 * An outcome's letter on its colour.
 * @param {string} kind
 * @param {string} letter
 */
export function outcomeTile(kind, letter) {
  const tile = make("span", { class: "tile", "aria-hidden": "true" }, letter);
  tile.style.background = `var(--${kind})`;
  tile.style.color = `var(--${kind}-text)`;
  return tile;
}

/**
 * A sentence's nodes.
 * @param {string} sentence
 */
export function sentenceNodes(sentence) {
  const [lead] = sentence.match(LEAD) ?? [sentence];
  const end = sentence[lead.length] === ":" ? lead.length + 1 : lead.length;
  return [make("b", {}, ...typeset(sentence.slice(0, end))), ...typeset(sentence.slice(end))];
}
