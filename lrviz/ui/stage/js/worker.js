/**
 * Computes outcome strips, in a worker or in slices on the page: for each run the outcome's kind at many values of η.
 *
 * The latest request of a run wins. But one that is at work is not dropped before it has told something: during a drag
 * requests come faster than strips are done, and a strip that is 50 ms old is better than none.
 */

/**
 * @typedef {object} StripRequest
 * @property {number} run
 * @property {number} request tells the requests of a run apart
 * @property {string} url where the kernel is
 * @property {Float64Array} p
 * @property {number} index of η in p
 * @property {Float64Array} etas
 * @property {number} steps
 */
/** @typedef {{run: number, request: number, kinds: Uint8Array, spent: number}} StripAnswer spent: milliseconds at work */
/**
 * @typedef {object} Job
 * @property {StripRequest} asked
 * @property {number[]} order the indices of η, the coarse ones first
 * @property {number} done
 * @property {Uint8Array} kinds
 * @property {number} spent milliseconds at work
 * @property {boolean} told whether a coarse answer is out
 */
/** @typedef {(p: Float64Array, i: number, us: Float64Array, j: number, vs: number[], steps: number,
 *   noise?: Float64Array) => Uint8Array} KernelMap */

/** The coarse pass takes every eighth value. */
const COARSE = 8;
/** A strip that will be done within so many milliseconds is told once, not twice. */
const SOON = 40;
/** How many steps are made between two looks at the clock. */
const STEPS_AT_ONCE = 2000;

export class StripServer {
  /**
   * @param {(answer: StripAnswer) => void} tell
   * @param {(work: () => void) => void} later runs the work after what else is waiting
   * @param {number} slice milliseconds of work in one go
   */
  constructor(tell, later, slice) {
    this.tell = tell;
    this.later = later;
    this.slice = slice;
    /** @type {Float64Array | undefined} */
    this.noise = undefined;
    /** @type {Map<number, Job>} the job of each run that is at work; they take turns */
    this.jobs = new Map();
    /** @type {Map<number, StripRequest>} what each run wants next */
    this.waiting = new Map();
    this.busy = false;
  }

  /** @param {{noise: Float64Array | undefined} | {forget: number} | StripRequest} message */
  receive(message) {
    if ("noise" in message) {
      this.noise = message.noise;
    } else if ("forget" in message) {
      this.jobs.delete(message.forget);
      this.waiting.delete(message.forget);
    } else {
      this.waiting.set(message.run, message);
      this.goOn();
    }
  }

  goOn() {
    if (this.busy) return;
    this.busy = true;
    this.later(() => this.turn());
  }

  async turn() {
    this.begin();
    const job = this.jobs.values().next().value;
    if (job) {
      this.jobs.delete(job.asked.run);
      const isOpen = await this.work(job).catch(() => false); // its kernel is gone, and so is the run
      if (isOpen && !this.jobs.has(job.asked.run)) this.jobs.set(job.asked.run, job);
    }
    this.busy = false;
    if (this.jobs.size || this.waiting.size) this.goOn();
  }

  begin() {
    for (const [run, asked] of this.waiting) {
      const job = this.jobs.get(run);
      if (job && !job.told) continue;
      this.waiting.delete(run);
      this.jobs.set(run, newJob(asked));
    }
  }

  /**
   * One slice of a job; whether there is more to do.
   * @param {Job} job
   */
  async work(job) {
    const { url, p, index, etas, steps } = job.asked;
    const map = /** @type {{map: KernelMap}} */ (await import(url)).map;
    const began = performance.now();
    const chunk = Math.max(1, Math.floor(STEPS_AT_ONCE / steps));
    while (job.done < etas.length && performance.now() - began < this.slice) {
      // The coarse pass ends on its own, so that what is told of it is nothing but it.
      const until = job.done < coarseCount(etas.length) ? coarseCount(etas.length) : etas.length;
      const places = job.order.slice(job.done, Math.min(until, job.done + chunk));
      const kinds = map(p, index, Float64Array.from(places, (place) => etas[place]), -1, [0], steps, this.noise);
      places.forEach((place, k) => (job.kinds[place] = kinds[k]));
      job.done += places.length;
    }
    job.spent += performance.now() - began;
    return this.report(job);
  }

  /** @param {Job} job */
  report(job) {
    const { asked: { run, request, etas }, spent } = job;
    if (job.done >= etas.length) {
      this.tell({ run, request, kinds: job.kinds, spent });
      return false;
    }
    const isSlow = spent * (etas.length / job.done) > SOON;
    if (!job.told && isSlow && job.done >= coarseCount(etas.length)) {
      job.told = true;
      const kinds = job.kinds.map((_, place) => job.kinds[nearestCoarse(place, etas.length)]);
      this.tell({ run, request, kinds, spent });
    }
    return true;
  }
}

/**
 * @param {StripRequest} asked
 * @returns {Job}
 */
function newJob(asked) {
  const places = [...asked.etas.keys()];
  const isCoarse = (/** @type {number} */ place) => place % COARSE === COARSE / 2;
  const order = [...places.filter(isCoarse), ...places.filter((place) => !isCoarse(place))];
  return { asked, order, done: 0, kinds: new Uint8Array(places.length), spent: 0, told: false };
}

/** @param {number} length */
function coarseCount(length) {
  return Math.floor((length + COARSE / 2 - 1) / COARSE);
}

/**
 * @param {number} place
 * @param {number} length
 */
function nearestCoarse(place, length) {
  return Math.min(Math.floor(place / COARSE), coarseCount(length) - 1) * COARSE + COARSE / 2;
}

const WORKER_SLICE = 8;

if (typeof document === "undefined") {
  // A message to oneself comes after those that are waiting, and sooner than any timer.
  const { port1, port2 } = new MessageChannel();
  /** @type {() => void} */
  let work = () => {};
  port1.onmessage = () => work();
  const server = new StripServer((answer) => postMessage(answer), (next) => {
    work = next;
    port2.postMessage(null);
  }, WORKER_SLICE);
  addEventListener("message", ({ data }) => server.receive(data));
}
