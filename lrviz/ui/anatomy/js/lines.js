/**
 * The lines of the step: with letters, and below them with the numbers of the step, x and y. Stepping on only fills holes.
 */
import { make } from "../../stage/js/elements.js";
import { holeText } from "./figures.js";

/** @typedef {import("./dissected.js").Dissected} Dissected */
/** @typedef {import("./dissected.js").Line} Line */

export class Lines {
  /** @param {(line: number) => void} choose */
  constructor(choose) {
    this.choose = choose;
    this.element = make("ol", { class: "lines", "aria-label": "The step, line by line" });
    /** @type {{element: Element, hole: number, isAfter: boolean}[]} */
    this.holes = [];
    this.shown = "";
  }

  /** Makes the lines of a run. @param {Dissected} model */
  arrange(model) {
    this.element.replaceChildren(...model.header.lines.map((line, i) => this.line(line, i)));
    this.holes = [...this.element.querySelectorAll("[data-hole]")].map((element) => ({
      element,
      hole: Number(element.getAttribute("data-hole")),
      isAfter: element.hasAttribute("data-after"),
    }));
    this.shown = "";
  }

  /**
   * @param {Line} line
   * @param {number} index
   */
  line({ name, part, letters, numbers }, index) {
    const spoken = letters.map(([left, right]) => `<p class="letters">${math(`${left}<mo>=</mo>${right}`)}</p>`);
    const counted = numbers.map(({ label, print, result }) =>
      `<p class="numbers"><span class="label">${label}</span>` +
      `${math(`${print && `${print}<mo>=</mo>`}<mn class="result" data-hole="${result}"></mn>`)}</p>`
    );
    const of = part ? ` of-${part}` : "", kind = numbers.length === 1 ? " single" : "";
    const item = make("li", { "data-line": name, class: `line${of}${kind}` });
    // All of this was printed by the server, from the recorded step.
    item.innerHTML = `${spoken.join("")}<div class="counted">${counted.join("")}</div>`;
    item.addEventListener("click", () => this.choose(index));
    return item;
  }

  /** @param {Dissected} model */
  show(model) {
    const state = `${model.step} ${model.line}`;
    if (state === this.shown) return;
    this.shown = state;
    for (const { element, hole, isAfter } of this.holes) {
      const text = holeText(model, hole);
      element.textContent = isAfter && text.startsWith("−") ? `(${text})` : text;
    }
    [...this.element.children].forEach((item, i) => {
      item.classList.toggle("to-come", model.line >= 0 && i > model.line);
      if (i !== model.line) return item.removeAttribute("aria-current");
      item.setAttribute("aria-current", "step");
      item.scrollIntoView({ block: "nearest" });
    });
  }
}

/** @param {string} inside */
function math(inside) {
  return `<math displaystyle="true"><mrow>${inside}</mrow></math>`;
}
