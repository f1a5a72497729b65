// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { bind, combination, conflicts, isBound, listen, perform, SHORTCUTS, type Shortcut } from "./keys";

const pressed = (key: string, more: Partial<KeyboardEventInit> = {}) =>
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });

describe("the registry of keys", () => {
  it("has no two shortcuts on one key", () => {
    expect(conflicts()).toEqual([]);
  });

  it("would find a conflict", () => {
    const twice: Shortcut[] = [
      { id: "one", keys: ["q"], group: "view" },
      { id: "two", keys: ["z", "q"], group: "view" },
    ];
    expect(conflicts(twice)).toEqual(["q: one and two"]);
  });

  it("spells every key as an event of that key is spelled", () => {
    for (const { keys } of SHORTCUTS) {
      for (const spelled of keys) {
        const parts = spelled.split("+");
        const key = parts.at(-1)!;
        const event = {
          key: key === "Space" ? " " : key,
          ctrlKey: parts.includes("Ctrl"),
          shiftKey: parts.includes("Shift"),
          altKey: parts.includes("Alt"),
          metaKey: false,
        };
        expect(combination(event)).toBe(spelled);
      }
    }
  });

  it("takes no key that a browser or a screen reader needs for itself", () => {
    const theirs = ["Tab", "Shift+Tab", "Enter", "Ctrl+C", "Ctrl+V", "Ctrl+F", "Ctrl+L", "Ctrl+R", "Ctrl+T", "Ctrl+W", "F5"];
    expect(SHORTCUTS.flatMap((one) => one.keys).filter((key) => theirs.includes(key))).toEqual([]);
  });
});

describe("listening", () => {
  let stop = () => {};
  afterEach(() => {
    stop();
    document.body.replaceChildren();
  });

  it("does what is bound, and tells the browser not to", () => {
    let count = 0;
    const unbind = bind("clock.live", () => count++);
    stop = listen(window, () => false);
    const event = pressed("l");
    document.body.dispatchEvent(event);
    expect([count, event.defaultPrevented]).toEqual([1, true]);
    unbind();
    expect(isBound("clock.live")).toBe(false);
    expect(perform("clock.live")).toBe(false);
  });

  it("keeps out of what is being typed, except for the palette", () => {
    const done: string[] = [];
    bind("alert.cancel", () => done.push("cancel"));
    bind("general.palette", () => done.push("palette"));
    stop = listen(window, () => false);
    const field = document.createElement("input");
    document.body.append(field);
    field.dispatchEvent(pressed("x"));
    field.dispatchEvent(pressed("k", { ctrlKey: true }));
    expect(done).toEqual(["palette"]);
  });

  it("leaves a button its own space bar", () => {
    let count = 0;
    bind("clock.toggle", () => count++);
    stop = listen(window, () => false);
    const button = document.createElement("button");
    document.body.append(button);
    button.dispatchEvent(pressed(" "));
    document.body.dispatchEvent(pressed(" "));
    expect(count).toBe(1);
  });

  it("does nothing behind a dialog but close it", () => {
    const done: string[] = [];
    bind("alert.acknowledge", () => done.push("acknowledge"));
    bind("general.clear", () => done.push("clear"));
    stop = listen(window, () => true);
    document.body.dispatchEvent(pressed("a"));
    document.body.dispatchEvent(pressed("Escape"));
    expect(done).toEqual(["clear"]);
  });

  it("refuses to bind what the registry does not know", () => {
    expect(() => bind("no.such", () => {})).toThrow(/registry/);
  });
});
