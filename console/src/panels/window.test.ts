import { describe, expect, it } from "vitest";
import { moved, scrollTo, windowOf } from "./window";

describe("windowOf", () => {
  it("draws what is on screen and a little more", () => {
    expect(windowOf(1000, 200, 20, 30_000, 5)).toEqual({ first: 45, end: 65, above: 900, below: (30_000 - 65) * 20 });
  });
  it("keeps the whole height, wherever one scrolls, and covers the screen", () => {
    for (const count of [1, 7, 100, 30_000]) {
      for (const height of [0, 55, 333, 900]) {
        for (let step = -1; step <= 12; step++) {
          const scroll = (step / 10) * Math.max(0, count * 24 - height);
          const seen = windowOf(scroll, height, 24, count, 3);
          expect(seen.above + (seen.end - seen.first) * 24 + seen.below).toBe(count * 24);
          const top = Math.min(Math.max(0, scroll), Math.max(0, count * 24 - height));
          expect(seen.above).toBeLessThanOrEqual(top);
          expect(seen.end * 24).toBeGreaterThanOrEqual(Math.min(count * 24, top + height));
        }
      }
    }
  });
  it("never draws more than the screen needs", () => {
    const seen = windowOf(312_345, 600, 24, 30_000);
    expect(seen.end - seen.first).toBeLessThanOrEqual(600 / 24 + 2 + 16);
  });
  it("of nothing draws nothing", () => {
    expect(windowOf(50, 200, 20, 0)).toEqual({ first: 0, end: 0, above: 0, below: 0 });
  });
});

describe("scrollTo", () => {
  it("moves as little as can be", () => {
    expect(scrollTo(10, 100, 200, 20)).toBe(100); // already seen
    expect(scrollTo(2, 100, 200, 20)).toBe(40);
    expect(scrollTo(30, 100, 200, 20)).toBe(420);
    expect(scrollTo(30, 100, 200, 20, 24)).toBe(444);
  });
});

describe("moved", () => {
  it("stays inside the list", () => {
    expect(moved("ArrowDown", 9, 10, 5)).toBe(9);
    expect(moved("ArrowUp", 0, 10, 5)).toBe(0);
    expect(moved("ArrowDown", -1, 10, 5)).toBe(0);
    expect(moved("PageDown", 2, 10, 5)).toBe(7);
    expect(moved("End", 2, 10, 5)).toBe(9);
    expect(moved("x", 2, 10, 5)).toBeNull();
    expect(moved("Home", 2, 0, 5)).toBeNull();
  });
});
