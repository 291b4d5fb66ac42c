/**
 * A chart's colours, and its labels as the stage's text sets them.
 */

/** @typedef {import("../../stage/js/types.js").Tokens} Tokens */

const GREEK = /([α-ωΑ-Ω])(?:_?(max|min)|([₀-₉]))?/gu;

/**
 * A colour by its name.
 * @param {Tokens} tokens
 * @param {string} name
 * @returns {string}
 */
export function ink(tokens, name) {
  if (name.startsWith("run")) return tokens.runs[Number(name.slice(3)) % tokens.runs.length] ?? tokens.ink;
  if (tokens.outcomes[name]) return tokens.outcomes[name][0];
  return name === "ink2" || name === "rule" ? tokens[name] : tokens.ink;
}

/**
 * The colour of text about something of a colour: what fills an area is too pale for letters.
 * @param {Tokens} tokens
 * @param {string} name
 */
export function letters(tokens, name) {
  return tokens.outcomes[name] || name === "rule" ? tokens.ink2 : ink(tokens, name);
}

/**
 * A label with its Greek letters as mathematics; one that says itself what is mathematics stays as it is.
 * @param {string} label
 */
export function slanted(label) {
  if (label.includes("$")) return label;
  return label.replace(GREEK, (_, letter, word, digit) => `$${letter}${word ? `_{${word}}` : digit ?? ""}$`);
}
