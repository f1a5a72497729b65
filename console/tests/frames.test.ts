/** The console's fold beside the server's own, on pairs that `tests/doors/server/console_frames.py` draws. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Picture, UpdateFrame } from "../src/lib/model";
import { updated } from "../src/lib/reducer";

interface Pair {
  before: Picture;
  update: UpdateFrame;
  after: Picture;
}
const pairs = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), "frames.json"), "utf8")) as Pair[];

it("comes from the first document to the second by what was told between, as the server's own does", () => {
  expect(pairs.length).toBeGreaterThan(20);
  for (const { before, update, after } of pairs) expect(updated(before, update)).toEqual(after);
});

it("changes nothing of the document it was given", () => {
  for (const { before, update } of pairs) {
    const kept = structuredClone(before);
    updated(before, update);
    expect(before).toEqual(kept);
  }
});
