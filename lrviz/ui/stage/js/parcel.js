/**
 * What Python sends, read back from its bytes: a header, and arrays of numbers.
 */

const LENGTH_BYTES = 4;
const ALIGNMENT = 8;
const TYPES = { Float64Array, Float32Array, Int32Array, Uint16Array, Uint8Array };

/** @typedef {Float64Array | Float32Array | Int32Array | Uint16Array | Uint8Array} Numbers */
/** @typedef {{at: number, type: keyof typeof TYPES, shape: number[]}} Place */

/**
 * @template {{arrays: Record<string, Place>}} Header
 * @param {Uint8Array} bytes
 * @returns {{header: Header, arrays: Record<string, Numbers>}} an array's shape stands in `header.arrays`
 */
export function openParcel(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getUint32(0, true);
  const end = LENGTH_BYTES + length;
  const header = /** @type {Header} */ (JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, end))));
  // The bytes may begin anywhere in their buffer; numbers must begin at a multiple of eight, which a copy does.
  const { buffer } = bytes.slice(Math.ceil(end / ALIGNMENT) * ALIGNMENT);
  /** @type {Record<string, Numbers>} */
  const arrays = {};
  for (const [name, { at, type, shape }] of Object.entries(header.arrays)) {
    arrays[name] = new TYPES[type](buffer, at, shape.reduce((size, side) => size * side, 1));
  }
  return { header, arrays };
}
