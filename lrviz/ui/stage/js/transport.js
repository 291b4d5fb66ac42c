/**
 * Time in the hand: play and pause, single steps, a loop, the speed, and the scrub below the panels.
 */
import { iconButton, iconImage, make, nameButton } from "./elements.js";
import { stepShown } from "./moment.js";
import { count } from "./numerals.js";
import { gutters } from "./panels.js";

/** @typedef {import("./model.js").StageModel} StageModel */

const SPEEDS = [10, 30, 60, 120];
const FIRST_SPEED = 60;
const LEAP = 10;
/** Time does not run on while the page was hidden. */
const LONGEST_FRAME = 250;
/** Milliseconds between two jumps for those who want less motion. */
const CALM_JUMP = 100;

export class Transport {
  /** @param {StageModel} model */
  constructor(model) {
    this.model = model;
    this.isPlaying = false;
    this.isLooping = false;
    this.speed = FIRST_SPEED;
    /** When the time was moved last. */
    this.movedAt = 0;
    this.shown = "";
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.scrub = make("input", {
      type: "range",
      class: "slider scrub-slider",
      min: 0,
      max: 1,
      step: 1,
      "aria-label": "Step",
    });
    this.rail = make("div", { class: "rail" }, make("i"));
    this.scrubBox = make("div", { class: "scrub" }, this.rail, make("div", { class: "stem" }), this.scrub);
    this.buttons = this.build();
    this.listen();
  }

  build() {
    this.back = iconButton("back", "One step back", () => this.step(-1));
    this.on = iconButton("on", "One step on", () => this.step(1));
    this.play = iconButton("play", "Play", () => this.toggle(), "play");
    this.loop = iconButton("loop", "Loop", () => this.setLoop(!this.isLooping));
    this.loop.setAttribute("aria-pressed", "false");
    this.now = make("b");
    this.total = make("span", { class: "total" });
    const steps = make("span", { class: "count" }, make("span", { class: "word" }, "step "), this.now, this.total);
    return make("div", { class: "buttons" }, this.back, this.play, this.on, this.loop, steps, this.buildSpeeds());
  }

  buildSpeeds() {
    this.speeds = SPEEDS.map((speed) => {
      const button = make("button", { type: "button", "aria-pressed": speed === FIRST_SPEED }, String(speed));
      button.setAttribute("aria-pressed", String(speed === FIRST_SPEED));
      button.setAttribute("aria-label", `${speed} steps a second`);
      button.addEventListener("click", () => this.setSpeed(speed));
      return button;
    });
    const unit = make("span", { class: "unit", "aria-hidden": "true" }, "steps/s");
    return make("div", { class: "speed", role: "group", "aria-label": "Speed" }, ...this.speeds, unit);
  }

  listen() {
    this.scrub.addEventListener("input", () => this.seek(this.scrub.valueAsNumber));
    this.scrub.addEventListener("keydown", (event) => {
      const forward = event.key === "ArrowRight" || event.key === "ArrowUp";
      if (!forward && event.key !== "ArrowLeft" && event.key !== "ArrowDown") return;
      event.preventDefault();
      this.step((forward ? 1 : -1) * (event.shiftKey ? LEAP : 1));
    });
  }

  /** @param {number} time */
  seek(time) {
    this.pause();
    this.model.seek(time);
  }

  /** @param {number} by */
  step(by) {
    this.seek(stepShown(this.model) + by);
  }

  toggle() {
    if (this.isPlaying) return this.pause();
    this.isPlaying = true;
    this.movedAt = performance.now();
    if (this.model.cursor >= this.model.steps) this.model.cursor = 0;
    this.showState();
    this.model.notify("look");
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.showState();
    this.model.seek(Math.floor(this.model.cursor));
  }

  showState() {
    this.play?.replaceChildren(iconImage(this.isPlaying ? "pause" : "play"));
    if (this.play) nameButton(this.play, this.isPlaying ? "Pause" : "Play");
  }

  /** @param {boolean} isLooping */
  setLoop(isLooping) {
    this.isLooping = isLooping;
    this.loop?.setAttribute("aria-pressed", String(isLooping));
  }

  /** @param {number} speed steps a second */
  setSpeed(speed) {
    this.speed = speed;
    this.speeds?.forEach((button, i) => button.setAttribute("aria-pressed", String(SPEEDS[i] === speed)));
  }

  /** Moves the time on. @param {number} now in milliseconds */
  advance(now) {
    if (!this.isPlaying) return;
    const { model } = this, passed = Math.max(0, now - this.movedAt);
    if (this.calm.matches && passed < CALM_JUMP) return model.notify("look");
    this.movedAt = now;
    const time = model.cursor + (Math.min(passed, LONGEST_FRAME) / 1000) * this.speed;
    if (time < model.steps) return model.seek(time);
    if (this.isLooping) return model.seek(0);
    model.seek(model.steps);
    this.pause();
  }

  /**
   * Shows the time. height: that of the panels, on which the place of their time axis depends.
   * @param {number} height
   */
  show(height) {
    const { model } = this, step = stepShown(model);
    const { left, right } = gutters(model, height);
    const state = [model.time, model.steps, left, right].join();
    if (state === this.shown) return;
    this.shown = state;
    this.scrub.max = String(model.steps);
    this.scrub.value = String(step);
    this.scrub.setAttribute("aria-valuetext", `${count(step)} of ${count(model.steps)}`);
    this.scrubBox.style.setProperty("--at", String(model.time / model.steps));
    this.scrubBox.style.setProperty("--left", `${left}px`);
    this.scrubBox.style.setProperty("--right", `${right}px`);
    if (this.now) this.now.textContent = count(step);
    if (this.total) this.total.textContent = ` of ${count(model.steps)}`;
  }
}
