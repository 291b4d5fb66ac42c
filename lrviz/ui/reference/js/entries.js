// The list of all entries: searched while one types, a table for each kind.

/** What Python says of an entry.
 * @typedef {{key: string, kind: string, title: string, summary: string, code: string, text: string, proof: string,
 *   against: string, words: string}} Entry */
/** @typedef {{kind: string, title: string, columns: string[]}} Kind */
/** @typedef {{kinds: Kind[], entries: Entry[]}} Told */
/** @typedef {{parentElement: HTMLElement | ShadowRoot, data: Told,
 *   setTriggerValue: (name: string, value: unknown) => void}} Component */

/** What was sought last, for one who comes back from an entry. */
const sought = { text: "", kind: "" };

/**
 * An element with a class and a text.
 * @param {string} tag
 * @param {string} name
 * @param {string} text
 * @returns {HTMLElement}
 */
function made(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

/**
 * The entries in which each of the words is found.
 * @param {Entry[]} entries
 * @param {string} text
 * @param {string} kind
 * @returns {Entry[]}
 */
export function found(entries, text, kind) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => (!kind || entry.kind === kind) && words.every((word) => entry.words.includes(word)));
}

/**
 * A call, which may be broken where its parts meet.
 * @param {string} text
 */
function call(text) {
  const code = made("code");
  for (const part of text.split(/(?<=[(.])/)) code.append(part, document.createElement("wbr"));
  return code;
}

/**
 * A row of a table.
 * @param {Entry} entry
 * @param {(key: string) => void} open
 * @param {number} columns
 */
function row(entry, open, columns) {
  const line = made("tr"), head = made("th"), link = made("a", "", entry.title);
  head.setAttribute("scope", "row");
  link.setAttribute("href", `?entry=${encodeURIComponent(entry.key)}`);
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
    event.preventDefault();
    open(entry.key);
  };
  head.append(link, made("p", "", entry.summary));
  const same = made("td", "same");
  same.append(entry.code ? call(entry.code) : made("span", "", entry.text));
  line.append(head, same);
  if (columns > 2) {
    const proof = made("td", "proof");
    proof.append(made("b", "", entry.proof), made("span", "", entry.against));
    line.append(proof);
  }
  return line;
}

/**
 * @param {Kind} kind
 * @param {Entry[]} entries
 * @param {(key: string) => void} open
 */
function table(kind, entries, open) {
  const section = made("section"), grid = made("table"), head = made("tr"), body = made("tbody");
  section.append(made("h2", "", kind.title), grid);
  for (const title of kind.columns) head.append(made("th", "", title));
  for (const cell of head.children) cell.setAttribute("scope", "col");
  const top = made("thead");
  top.append(head);
  body.append(...entries.map((entry) => row(entry, open, kind.columns.length)));
  grid.append(top, body);
  return section;
}

/** The list, built anew when Python tells another. @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector(".entries"));
  const told = JSON.stringify(data);
  if (root.dataset.told === told) return;
  root.dataset.told = told;

  const field = /** @type {HTMLInputElement} */ (made("input"));
  field.type = "search";
  field.placeholder = "Search: warm-up, Nesterov, keras, 2015 …";
  field.setAttribute("aria-label", "Search the reference");
  field.value = sought.text;
  const chips = made("div", "chips"), status = made("p", "status"), lists = made("div");
  chips.setAttribute("role", "group");
  chips.setAttribute("aria-label", "Kinds");
  status.setAttribute("role", "status");

  /** @param {string} key */
  const open = (key) => {
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    setTriggerValue("open", key);
  };
  const show = () => {
    const hits = found(data.entries, sought.text, sought.kind);
    const kinds = data.kinds.map((
      kind,
    ) => /** @type {const} */ ([kind, hits.filter((entry) => entry.kind === kind.kind)]));
    lists.replaceChildren(...kinds.filter(([, some]) => some.length).map(([kind, some]) => table(kind, some, open)));
    const all = hits.length === data.entries.length ? "" : ` of ${data.entries.length}`;
    status.textContent = hits.length ? `${hits.length}${all} entries` : "Nothing here is called that.";
    for (const chip of chips.children) {
      chip.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (chip).dataset.kind === sought.kind));
    }
  };
  for (const [kind, title] of [["", "All"], ...data.kinds.map((kind) => [kind.kind, kind.title])]) {
    const count = data.entries.filter((entry) => !kind || entry.kind === kind).length;
    const chip = made("button", "", title);
    chip.append(" ", made("span", "", String(count)));
    chip.setAttribute("type", "button");
    chip.dataset.kind = kind;
    chip.onclick = () => {
      sought.kind = kind;
      show();
    };
    chips.append(chip);
  }
  field.oninput = () => {
    sought.text = field.value;
    show();
  };
  field.onkeydown = (event) => {
    const [first] = found(data.entries, sought.text, sought.kind);
    if (event.key === "Enter" && sought.text && first) open(first.key);
  };
  const bar = made("div", "bar");
  bar.append(field, chips);
  root.replaceChildren(bar, status, lists);
  show();
}
