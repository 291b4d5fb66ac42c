/**
 * A component's life: it is made once for its place on the page, updated with all that Streamlit sends, and ended.
 */

/**
 * @template Component
 * @typedef {{update: (component: Component) => void, end: () => void}} Mounted
 */

/** @type {WeakMap<HTMLElement | ShadowRoot, Mounted<any>>} */
const mounted = new WeakMap();

/**
 * Passes on what Streamlit calls a component with, and returns what ends it.
 * @template {{parentElement: HTMLElement | ShadowRoot}} Component
 * @param {Component} component
 * @param {(root: HTMLElement) => Mounted<Component>} make
 */
export function mount(component, make) {
  const { parentElement } = component;
  let present = mounted.get(parentElement);
  if (!present) {
    present = make(/** @type {HTMLElement} */ (parentElement.querySelector(".stage")));
    mounted.set(parentElement, present);
  }
  present.update(component);
  return () => {
    mounted.get(parentElement)?.end();
    mounted.delete(parentElement);
  };
}
