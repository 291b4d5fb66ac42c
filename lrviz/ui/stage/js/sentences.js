/** Prints the phrases of `lrviz/sentences.py`, which says how they are written. */

import { count, point, rounded } from "./numerals.js";

/** @typedef {Record<string, [condition: string, text: string][]>} Phrases */
/** @typedef {Record<string, number | boolean>} Facts */

const HOLE = /\{(\w+):?([^}]*)\}|\[(\w+)\]/g;

/**
 * A phrase with its facts in place; the phrase of a kind's name is its sentence.
 * @param {Phrases} phrases
 * @param {string} name
 * @param {Facts} facts
 * @returns {string}
 */
export function sentence(phrases, name, facts) {
  const choice = phrases[name].find(([condition]) => holds(condition, facts));
  if (!choice) return "";
  return choice[1].replace(
    HOLE,
    (_, fact, form, phrase) => phrase ? sentence(phrases, phrase, facts) : told(fact, form, facts),
  );
}

/**
 * @param {string} condition
 * @param {Facts} facts
 */
function holds(condition, facts) {
  const names = condition ? condition.split(" and ") : [];
  return names.every((name) => name.startsWith("not ") ? !facts[name.slice(4)] : facts[name]);
}

/**
 * @param {string} name
 * @param {string} form
 * @param {Facts} facts
 */
function told(name, form, facts) {
  const value = Number(facts[name]);
  const [kind, ...more] = form.split(" ");
  const rest = more.join(" ");
  if (kind === "point") return point([Number(facts[`${name}_x`]), Number(facts[`${name}_y`])]);
  if (kind === "count") return rest ? `${count(value)} ${rest}${value === 1 ? "" : "s"}` : count(value);
  if (kind === "beside") {
    const other = Number(facts[rest]);
    let digits = 3;
    while (digits < 13 && rounded(value, digits) === rounded(other, digits)) digits += 1;
    return rounded(value, digits);
  }
  return rounded(value, kind ? Number(kind) : 3);
}
