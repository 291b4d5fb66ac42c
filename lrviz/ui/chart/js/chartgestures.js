/**
 * Hands on a chart: pointing, by mouse, finger or keyboard, and picking.
 */

/** A finger or a mouse that moved less has clicked. */
const CLICK = 5;
const LEAP = 10;

/**
 * What hands do.
 * @typedef {object} Acts
 * @property {(x: number, y: number, isHeld: boolean) => void} point in CSS pixels from the upper left corner
 * @property {(by: number) => void} step to the next places, or to the ends (±∞)
 * @property {() => void} leave
 * @property {() => void} pick
 * @property {() => void} play
 */

/**
 * @param {HTMLElement} element
 * @param {Acts} acts
 */
export function listen(element, acts) {
  /** @type {{x: number, y: number} | null} */
  let pressed = null;
  const point = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const { left, top } = element.getBoundingClientRect();
    acts.point(clientX - left, clientY - top, pressed !== null);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pressed = { x: event.clientX, y: event.clientY };
    point(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" || pressed) point(event);
  });
  element.addEventListener("pointerup", (event) => {
    const isClick = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < CLICK;
    pressed = null;
    // A finger only points: its place is picked by the button below.
    if (isClick && event.pointerType === "mouse") acts.pick();
  });
  element.addEventListener("pointercancel", () => (pressed = null));
  element.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") acts.leave();
  });
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) acts.step(event.shiftKey ? LEAP * by : by);
    else if (event.key === "Enter") acts.pick();
    else if (event.key === "Escape") acts.leave();
    else if (event.key === " ") acts.play();
    else return;
    event.preventDefault();
  });
}
