/**
 * The stage on the whole screen, with larger type, for a projector.
 */
import { iconButton, iconImage, nameButton } from "./elements.js";

/** How much larger everything is. */
const PROJECTED = 1.3;
const IN = "Present on the whole screen", OUT = "Leave the whole screen";

export class Presenter {
  /**
   * @param {HTMLElement} root
   * @param {(k: number) => void} scale is called with the scale of type when it changes
   * @param {AbortSignal} signal
   */
  constructor(root, scale, signal) {
    this.root = root;
    this.scale = scale;
    this.isOn = false;
    this.button = iconButton("grow", IN, () => (this.isOn ? this.leave() : this.enter()));
    document.addEventListener("fullscreenchange", () => this.set(this.isFullScreen()), { signal });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOn) this.leave();
    });
  }

  isFullScreen() {
    return /** @type {Document | ShadowRoot} */ (this.root.getRootNode()).fullscreenElement === this.root;
  }

  async enter() {
    try {
      await this.root.requestFullscreen();
    } catch { // refused, as in a frame: then the page is filled
    }
    this.set(true);
  }

  leave() {
    if (this.isFullScreen()) document.exitFullscreen();
    this.set(false);
  }

  /** @param {boolean} isOn */
  set(isOn) {
    if (isOn === this.isOn) return;
    this.isOn = isOn;
    this.root.classList.toggle("presenting", isOn);
    this.button.replaceChildren(iconImage(isOn ? "shrink" : "grow"));
    nameButton(this.button, isOn ? OUT : IN);
    this.scale(isOn ? PROJECTED : 1);
  }
}
