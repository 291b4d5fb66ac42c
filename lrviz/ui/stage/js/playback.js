/**
 * Time in the hand: frames are played, stepped through and scrubbed.
 */
import { iconButton, iconImage, make, nameButton } from "./elements.js";
import { count } from "./numerals.js";

/** All frames are played in so many seconds, but no slower than so many frames a second. */
const SECONDS = 6, SLOWEST = 12;
/** Frames a second for those who want less motion. */
const CALM = 5;
const LEAP = 10;
/** Milliseconds after the last key until a step counts as chosen. */
const SETTLED = 350;

export class Playback {
  /**
   * @param {() => void} changed
   * @param {(frame: number) => void} chosen is told of a frame on which a hand came to rest
   * @param {string} [name] what a frame shows
   * @param {number} [slowest] frames a second
   */
  constructor(changed, chosen, name = "step", slowest = SLOWEST) {
    this.changed = changed;
    this.chosen = chosen;
    this.slowest = slowest;
    /** @type {Int32Array} */
    this.steps = new Int32Array(1);
    /** @type {string[] | null} what each frame is called, where that is not its step */
    this.labels = null;
    /** Whether the last frame is how far one has to go. */
    this.isCounted = true;
    this.frame = 0;
    this.isPlaying = false;
    this.movedAt = 0;
    this.timer = 0;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.back = iconButton("back", "One frame back", () => this.step(-1));
    this.on = iconButton("on", "One frame on", () => this.step(1));
    this.play = iconButton("play", "Play", () => this.toggle(), "play");
    this.now = make("b");
    this.total = make("span", { class: "total" });
    this.word = make("span", { class: "word" });
    const steps = make("span", { class: "count" }, this.word, this.now, this.total);
    this.buttons = make("div", { class: "buttons" }, this.back, this.play, this.on, steps);
    this.scrub = make("input", { type: "range", class: "slider scrub-slider", min: 0, step: 1 });
    this.rail = make("div", { class: "rail" }, make("i"));
    this.scrubBox = make("div", { class: "scrub" }, this.rail, make("div", { class: "stem" }), this.scrub);
    this.scrub.addEventListener("input", () => this.seek(this.scrub.valueAsNumber));
    this.scrub.addEventListener("change", () => this.settle());
    this.scrub.addEventListener("keydown", (event) => this.pressed(event));
    this.call(name);
  }

  /** @param {string} name what a frame shows */
  call(name) {
    this.name = name;
    this.word.textContent = `${name} `;
    this.scrub.setAttribute("aria-label", name[0].toUpperCase() + name.slice(1));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key === " ") {
      event.preventDefault();
      return this.toggle();
    }
    const forward = event.key === "ArrowRight" || event.key === "ArrowUp";
    if (!forward && event.key !== "ArrowLeft" && event.key !== "ArrowDown") return;
    event.preventDefault();
    this.step((forward ? 1 : -1) * (event.shiftKey ? LEAP : 1));
  }

  /**
   * @param {Int32Array} steps of each frame
   * @param {number} step to show
   * @param {boolean} isSame whether these are the frames that were shown before
   */
  take(steps, step, isSame) {
    this.steps = steps;
    this.scrub.max = String(steps.length - 1);
    if (!isSame) this.pause();
    this.frame = this.nearest(step);
  }

  /** The frame nearest to a step. @param {number} step */
  nearest(step) {
    let best = 0;
    this.steps.forEach((other, i) => {
      if (Math.abs(other - step) < Math.abs(this.steps[best] - step)) best = i;
    });
    return best;
  }

  /** @param {number} frame */
  seek(frame) {
    this.pause();
    this.frame = Math.max(0, Math.min(this.steps.length - 1, frame));
    this.changed();
  }

  /** @param {number} step */
  seekStep(step) {
    this.seek(this.nearest(step));
  }

  /** @param {number} by */
  step(by) {
    this.seek(this.frame + by);
    this.settle();
  }

  /** Says, when nothing more follows, which frame was chosen. */
  settle() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.chosen(this.frame), SETTLED);
  }

  toggle() {
    if (this.isPlaying) {
      this.pause();
      return this.settle();
    }
    this.isPlaying = true;
    this.movedAt = performance.now();
    if (this.frame === this.steps.length - 1) this.frame = 0;
    this.showState();
    this.changed();
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.showState();
  }

  showState() {
    this.play.replaceChildren(iconImage(this.isPlaying ? "pause" : "play"));
    nameButton(this.play, this.isPlaying ? "Pause" : "Play");
  }

  /** Moves the time on. @param {number} now in milliseconds */
  advance(now) {
    if (!this.isPlaying) return;
    const pace = this.calm.matches ? CALM : Math.max(this.slowest, this.steps.length / SECONDS);
    const frames = Math.floor(((now - this.movedAt) / 1000) * pace);
    if (frames < 1) return;
    this.movedAt = now;
    // What was hidden for a while goes on where it was.
    this.frame = Math.min(this.steps.length - 1, this.frame + Math.min(frames, LEAP));
    if (this.frame < this.steps.length - 1) return;
    this.pause();
    this.settle();
  }

  /** @param {{left: number, right: number}} gutters of the time axis above */
  show({ left, right }) {
    const last = this.steps.length - 1, now = this.labels?.[this.frame] ?? count(this.steps[this.frame]);
    const of = this.isCounted ? ` of ${this.labels?.[last] ?? count(this.steps[last])}` : "";
    this.scrub.value = String(this.frame);
    this.scrub.setAttribute("aria-valuetext", `${this.name} ${now}${of}`);
    this.scrubBox.style.setProperty("--at", String(last ? this.frame / last : 0));
    this.scrubBox.style.setProperty("--left", `${left}px`);
    this.scrubBox.style.setProperty("--right", `${right}px`);
    this.now.textContent = now;
    this.total.textContent = of;
  }

  end() {
    clearTimeout(this.timer);
  }
}
