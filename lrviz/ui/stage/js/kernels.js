/**
 * The kernels: modules that Python wrote, imported as files of their own. Their text is code, and a page that forbids
 * evaluating text still imports it from a blob: address.
 */

/** @typedef {import("./types.js").Kernel} Kernel */
/** @typedef {{kernel: Kernel, url: string}} Program a kernel, and where a worker finds it */

export class KernelShelf {
  constructor() {
    /** @type {Map<string, {url: string, program: Promise<Program>}>} by text */
    this.shelf = new Map();
  }

  /**
   * @param {string} text
   * @returns {Promise<Program>}
   */
  load(text) {
    let entry = this.shelf.get(text);
    if (!entry) {
      const url = scriptUrl(text);
      entry = { url, program: import(url).then((kernel) => ({ kernel, url })) };
      this.shelf.set(text, entry);
    }
    return entry.program;
  }

  /**
   * Gives up all other kernels.
   * @param {string[]} texts
   */
  keepOnly(texts) {
    for (const [text, { url }] of this.shelf) {
      if (texts.includes(text)) continue;
      URL.revokeObjectURL(url);
      this.shelf.delete(text);
    }
  }
}

/**
 * The address of a script's text.
 * @param {string} text
 */
export function scriptUrl(text) {
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
