/**
 * The payload: what Python sends, read back from its bytes.
 */
import { openParcel } from "./parcel.js";

/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */

/**
 * @typedef {object} GivenRun
 * @property {number} id
 * @property {string} title
 * @property {string} short
 * @property {string} method the optimizer's short name
 * @property {string} optimizer
 * @property {string} no_limit why theory has no closed limit for it, to be said after its name
 * @property {string} schedule
 * @property {string} schedule_title
 * @property {NumberDeclaration[]} numbers
 * @property {number} program index into the programs
 */
/**
 * @typedef {object} Header
 * @property {number} edition
 * @property {number} count the last edit of the stage that these values contain
 * @property {number} next_id
 * @property {boolean} tells_when_drawn whether Python waits to hear that the first picture stands
 * @property {number} most_runs
 * @property {import("./types.js").Surface} surface
 * @property {[number, number]} start
 * @property {[NumberDeclaration, NumberDeclaration]} start_numbers
 * @property {number} steps
 * @property {{title: string, numbers: NumberDeclaration[]} | null} noise
 * @property {GivenRun[]} runs
 * @property {string[]} programs
 * @property {Record<string, [string, string][]>} sentences
 * @property {Record<string, {letter: string, meaning: string}>} words
 * @property {{light: import("./types.js").Tokens, dark: import("./types.js").Tokens}} themes
 * @property {number[][]} dashes
 * @property {string[]} markers
 * @property {Record<string, import("./parcel.js").Place>} arrays
 */
/** @typedef {{header: Header, noise: Float64Array | undefined}} Payload */

/**
 * @param {Uint8Array} bytes
 * @returns {Payload}
 */
export function readPayload(bytes) {
  const { header, arrays } = /** @type {{header: Header, arrays: {z?: Float64Array}}} */ (openParcel(bytes));
  return { header, noise: arrays.z };
}
