/**
 * The payload: what Python sends, read back from its bytes.
 */

/** @typedef {import("./types.js").NumberDeclaration} NumberDeclaration */

/**
 * @typedef {object} GivenRun
 * @property {number} id
 * @property {string} title
 * @property {string} short
 * @property {string} optimizer
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
 * @property {number} z how many standard normal numbers follow
 */
/** @typedef {{header: Header, noise: Float64Array | undefined}} Payload */

const LENGTH_BYTES = 4;
const ALIGNMENT = 8;

/**
 * @param {Uint8Array} bytes
 * @returns {Payload}
 */
export function readPayload(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getUint32(0, true);
  const end = LENGTH_BYTES + length;
  const header = /** @type {Header} */ (JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, end))));
  if (!header.z) return { header, noise: undefined };
  const from = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
  // The bytes may begin anywhere in their buffer; floats must begin at a multiple of eight, which a copy does.
  const copy = bytes.slice(from, from + ALIGNMENT * header.z);
  return { header, noise: new Float64Array(copy.buffer) };
}
