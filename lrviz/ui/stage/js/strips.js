/**
 * The outcome strips: asks for them in a worker, and takes what it answers.
 */
import { scriptUrl } from "./kernels.js";

/** @typedef {import("./liverun.js").LiveRun} LiveRun */
/** @typedef {import("./worker.js").StripAnswer} StripAnswer */
/** @typedef {(message: object) => void} Send */

/** Milliseconds of each frame that strips may take where there is no worker. */
const PAGE_SLICE = 4;

export class Strips {
  /** @param {(answer: StripAnswer) => void} take */
  constructor(take) {
    this.take = take;
    // @ts-ignore: the page's script begins with `const WORKER_SOURCE = "…"`, the text of worker.js
    this.url = scriptUrl(WORKER_SOURCE);
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {object[]} what was sent before an answer came, should the worker never start */
    this.unanswered = [];
    /** @type {Send} */
    this.send = this.start();
    /** @type {Float64Array | undefined} */
    this.noise = undefined;
    this.requests = 0;
  }

  /**
   * @param {LiveRun} run
   * @param {Float64Array} etas
   * @param {number} steps
   * @param {Float64Array | undefined} noise
   */
  want(run, etas, steps, noise) {
    if (noise !== this.noise) {
      this.noise = noise;
      this.send({ noise });
    }
    const request = ++this.requests;
    // Answers to what was asked before this run took its place are not about it.
    if (run.stripAnswered < 0) run.stripAnswered = request - 1;
    const index = run.kernel.parameters.indexOf("schedule.eta");
    this.send({ run: run.id, request, url: run.url, p: run.p.slice(), index, etas, steps });
  }

  /** @param {number} id of a run that is gone */
  forget(id) {
    this.send({ forget: id });
  }

  end() {
    this.worker?.terminate();
    this.send = () => {};
    URL.revokeObjectURL(this.url);
  }

  /** @returns {Send} */
  start() {
    try {
      const worker = new Worker(this.url, { type: "module" });
      worker.onmessage = ({ data }) => {
        this.unanswered = [];
        worker.onmessage = (event) => this.take(event.data);
        this.send = (message) => worker.postMessage(message);
        this.take(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        worker.terminate();
        this.worker = null;
        this.startOnPage();
      };
      this.worker = worker;
      return (message) => {
        this.unanswered.push(message);
        worker.postMessage(message);
      };
    } catch {
      this.startOnPage();
      return this.send;
    }
  }

  /** A page that allows no worker computes the strips itself, a little in each frame. */
  startOnPage() {
    this.send = (message) => this.unanswered.push(message);
    import(this.url).then(({ StripServer }) => {
      const nextFrame = (/** @type {() => void} */ work) => void requestAnimationFrame(work);
      const server = new StripServer(this.take, nextFrame, PAGE_SLICE);
      this.send = (message) => server.receive(message);
      for (const message of this.unanswered.splice(0)) server.receive(message);
    });
  }
}
