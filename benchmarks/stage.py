"""How the stage keeps up with a hand: draws a second while η and the start are dragged, and how soon the page follows.

.venv/bin/python -m benchmarks.stage

Two runs of 300 steps on Rosenbrock, with their strips, driven at 60 Hz from inside the page for 5 seconds each.
"""

import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import MISSING, find
from tests.conftest import FLAGS, serving

SCENE = "/?surface=rosenbrock&steps=300&run=adam+eta+0.05&run=momentum+eta+0.001"
SECONDS, RELEASES, VISITS = 5, 15, 5

# Times every animation frame's callbacks, counts the draws, times the strips, and finds elements in shadow roots.
WATCH = """
window.deep = (root, selector) => {
  const found = root.querySelector(selector);
  if (found) return found;
  for (const element of root.querySelectorAll("*")) {
    const inner = element.shadowRoot && deep(element.shadowRoot, selector);
    if (inner) return inner;
  }
};
window.watched = { draws: [], script: [], event: 0, asked: new Map(), shown: new Map(), behind: [] };
// How far behind the strips are: from when one was asked for until the next one takes its place.
window.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data: { run, request } }) => {
      const now = performance.now();
      if (watched.shown.has(run)) watched.behind.push(now - watched.shown.get(run));
      watched.shown.set(run, watched.asked.get(request));
    });
  }
  postMessage(message) {
    if (message.request) watched.asked.set(message.request, performance.now());
    super.postMessage(message);
  }
};
addEventListener("lrviz:draw", () => watched.draws.push(performance.now()));
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => request((now) => {
  const draws = watched.draws.length, began = performance.now();
  callback(now);
  if (watched.draws.length > draws) {
    watched.script.push(performance.now() - began + watched.event);
    watched.event = 0;
  }
});
"""

DRIVE = """async ([what, seconds]) => {
  const slider = deep(document, "input[aria-label='η of run 1']"), canvas = deep(document, "canvas[data-frame]");
  const box = canvas.getBoundingClientRect();
  const pointer = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, pointerType: "mouse", isPrimary: true, button: 0, buttons: type === "pointerup" ? 0 : 1,
    clientX: x, clientY: y, bubbles: true, composed: true, cancelable: true,
  }));
  const x = box.left + Number(canvas.dataset.startX), y = box.top + Number(canvas.dataset.startY);
  const low = Number(slider.min), high = Number(slider.max);
  watched.draws = [];
  watched.script = [];
  watched.behind = [];
  watched.shown.clear();
  const frames = [];
  if (what === "start") pointer("pointerdown", x, y);
  const began = performance.now();
  await new Promise((done) => {
    const frame = (now) => {
      frames.push(now);
      const share = 0.5 - 0.5 * Math.cos((now - began) / 700);
      const before = performance.now();
      if (what === "start") {
        pointer("pointermove", x + 120 * Math.sin((now - began) / 500), y + 60 * share);
      } else {
        slider.value = String(low + (high - low) * (0.2 + 0.4 * share));
        slider.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
      }
      watched.event = performance.now() - before;
      if (now - began < 1000 * seconds) setTimeout(() => requestAnimationFrame(frame), 0);
      else done();
    };
    requestAnimationFrame(frame);
  });
  if (what === "start") pointer("pointerup", x, y);
  else slider.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
  const { draws, script, behind } = watched;
  return { draws: draws.length, script, behind, seconds: (performance.now() - began) / 1000,
           frames: frames.slice(1).map((now, i) => now - frames[i]) };
}"""


def share(values: Sequence[float], part: float) -> float:
    """The value below which so large a part of the values lies."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def drag(page: Page, what: str) -> None:
    told = page.evaluate(DRIVE, [what, SECONDS])
    frames, script, behind = told["frames"], told["script"], told["behind"]
    print(
        f"dragging {what:5}: {told['draws'] / told['seconds']:.1f} draws a second;"
        f" frame p50 {share(frames, 0.5):.1f} p95 {share(frames, 0.95):.1f} ms;"
        f" script a draw p50 {share(script, 0.5):.1f} p95 {share(script, 0.95):.1f} ms"
    )
    if behind:
        print(f"    strips are behind by at most p50 {share(behind, 0.5):.0f} p95 {share(behind, 0.95):.0f} ms")


class Wire:
    """Stands between browser and server, and counts the bytes that pass: only there are they compressed."""

    def __init__(self, address: str) -> None:
        self.bytes = 0
        self.target = ("127.0.0.1", int(address.rpartition(":")[2]))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self.listener.accept()
            far = socket.create_connection(self.target)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=[source, sink], daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
                self.bytes += len(data)
            sink.shutdown(socket.SHUT_WR)


def follow(page: Page, wire: Wire) -> None:
    """From a release to the new address and the new table, and the bytes on the wire for it."""
    page.goto(wire.address + SCENE)
    slider = page.get_by_label("η of run 1", exact=True).first
    slider.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)
    times, sizes = [], []
    for _ in range(RELEASES):
        before = wire.bytes
        times.append(page.evaluate(RELEASE, page.url))
        page.wait_for_timeout(700)
        sizes.append(wire.bytes - before)
    print(f"release to address and table: p50 {statistics.median(times):.0f} p95 {share(times, 0.95):.0f} ms")
    print(f"on the wire for it: p50 {statistics.median(sizes):.0f} bytes")


RELEASE = """async (url) => {
  const slider = deep(document, "input[aria-label='η of run 1']");
  const shown = () => [...document.querySelectorAll("table")].at(-1)?.innerText;
  const first = shown();
  slider.value = String(Number(slider.value) + (Number(slider.max) - Number(slider.min)) / 200);
  slider.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  const began = performance.now();
  slider.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
  while (location.href === url || shown() === first) {
    if (performance.now() - began > 5000) throw new Error("the page did not follow within 5 s");
    await new Promise((done) => setTimeout(done, 2));
  }
  return performance.now() - began;
}"""


def until_drawn(page: Page) -> None:
    while not page.evaluate("watched.draws.length"):  # Playwright's own way to wait would need unsafe-eval
        page.wait_for_timeout(10)


def arrive(browser: Browser, address: str) -> float:
    """Seconds from a new visitor's request to the first picture."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    began = time.perf_counter()
    page.goto("/", wait_until="commit")
    page.locator("canvas[data-frame]").first.wait_for(timeout=60_000)
    until_drawn(page)
    took = time.perf_counter() - began
    context.close()
    return took


def arrive_at_nothing(browser: Browser, address: str) -> float:
    """The same for an app that shows a word: what Streamlit itself takes."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    began = time.perf_counter()
    page.goto("/", wait_until="commit")
    page.get_by_text("nothing").wait_for()
    took = time.perf_counter() - began
    context.close()
    return took


@contextmanager
def nothing() -> Iterator[Callable[[Browser], float]]:
    """An empty app beside ours, warm; the seconds that it takes to show itself to a browser's new visitor."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "app.py").write_text("import streamlit as st\n\nst.write('nothing')\n")
        with serving(Path(folder)) as address:
            yield partial(arrive_at_nothing, address=address)


def visits(browser: Browser, address: str) -> None:
    with nothing() as empty:
        empty(browser)
        pairs = [(arrive(browser, address), empty(browser)) for _ in range(VISITS)]
    ours, least = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"a new visitor of a warm server: {ours:.1f} s, {ours / least:.1f} times an empty app's {least:.1f} s")


def main() -> None:
    chromium = find() or sys.exit(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        began = time.perf_counter()
        with serving() as address:
            arrive(browser, address)
            print(f"process start to first picture: {time.perf_counter() - began:.1f} s")
            visits(browser, address)
            context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
            context.add_init_script(WATCH)
            page = context.new_page()
            page.goto(SCENE)
            until_drawn(page)
            page.wait_for_timeout(2000)
            for what in ("η", "start"):
                drag(page, what)
            follow(context.new_page(), Wire(address))
        browser.close()


if __name__ == "__main__":
    main()
