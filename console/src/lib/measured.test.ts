import { afterEach, expect, it } from "vitest";
import { measured } from "./measured";

afterEach(() => performance.clearMeasures());

it("tells how long each took, and does not keep them for ever", () => {
  let done = 0;
  for (let i = 0; i < 9000; i++) measured("drawing", () => done++);
  expect(done).toBe(9000);
  const kept = performance.getEntriesByName("drawing");
  expect(kept.length).toBe(1000); // of the last four thousand
  expect(kept.every((one) => one.duration >= 0)).toBe(true);
});
