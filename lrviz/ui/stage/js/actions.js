/**
 * What can be done with a run: show more of its numbers, copy it, take it away, move it up and down.
 */
import { iconButton, make, nameButton } from "./elements.js";

/** @typedef {"tune" | "copy" | "remove" | "up" | "down"} Action */

export class RunActions {
  /** @param {(action: Action) => void} act */
  constructor(act) {
    this.tune = iconButton("tune", "", () => act("tune"), "icon tune");
    this.copy = iconButton("copy", "", () => act("copy"));
    this.cross = iconButton("remove", "", () => act("remove"));
    this.up = iconButton("up", "", () => act("up"), "icon move");
    this.down = iconButton("down", "", () => act("down"), "icon move");
    this.element = make("div", { class: "actions" }, this.tune, this.copy, this.cross, this.up, this.down);
  }

  /**
   * Says which run it is about, and what cannot be done with it.
   * @param {number} index
   * @param {{count: number, most: number}} runs
   */
  arrange(index, { count, most }) {
    const run = `run ${index + 1}`;
    nameButton(this.copy, `Duplicate ${run}`);
    nameButton(this.cross, `Remove ${run}`);
    nameButton(this.up, `Move ${run} up`);
    nameButton(this.down, `Move ${run} down`);
    this.copy.disabled = count >= most;
    this.cross.disabled = count === 1;
    this.up.disabled = index === 0;
    this.down.disabled = index === count - 1;
    this.up.hidden = this.down.hidden = count === 1;
  }
}
