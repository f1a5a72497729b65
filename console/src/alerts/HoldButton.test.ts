// @vitest-environment happy-dom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import HoldButton from "./HoldButton.svelte";

let count = 0;
let app: Record<string, unknown>;
let button: HTMLButtonElement;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "requestAnimationFrame", "cancelAnimationFrame"] });
  vi.advanceTimersByTime(1000);
  count = 0;
  app = mount(HoldButton, { target: document.body, props: { label: "Cancel", testid: "hold", onheld: () => count++ } });
  flushSync();
  button = document.querySelector("button")!;
});
afterEach(() => {
  void unmount(app);
  vi.useRealTimers();
});
const key = (type: string, more = {}) => button.dispatchEvent(new KeyboardEvent(type, { key: "Enter", bubbles: true, cancelable: true, ...more }));

it("acts when a key is held for a second, once, however often the key repeats", () => {
  key("keydown");
  for (let i = 0; i < 20; i++) {
    vi.advanceTimersByTime(50);
    key("keydown", { repeat: true });
  }
  expect(count).toBe(1);
  vi.advanceTimersByTime(5000);
  key("keyup");
  expect(count).toBe(1);
});

it("does nothing when it is let go too soon, or the focus is lost", () => {
  key("keydown");
  vi.advanceTimersByTime(800);
  key("keyup");
  vi.advanceTimersByTime(5000);
  key("keydown");
  vi.advanceTimersByTime(500);
  button.dispatchEvent(new FocusEvent("blur"));
  vi.advanceTimersByTime(5000);
  expect(count).toBe(0);
});

it("acts by a pointer that stays, and not by one that slips off", () => {
  button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  vi.advanceTimersByTime(600);
  button.dispatchEvent(new PointerEvent("pointerleave", { bubbles: true }));
  vi.advanceTimersByTime(2000);
  expect(count).toBe(0);
  button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  vi.advanceTimersByTime(1000);
  expect(count).toBe(1);
});

it("takes two clicks from a device that cannot hold", () => {
  button.click();
  flushSync();
  expect([count, button.textContent?.trim()]).toEqual([0, "Press again to confirm"]);
  button.click();
  expect(count).toBe(1);
});
