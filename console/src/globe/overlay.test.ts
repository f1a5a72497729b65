import { expect, it } from "vitest";
import { isBehindEarth } from "./overlay";

const eye = { x: 20_000_000, y: 0, z: 0 };
it("a place on this side is in sight, its antipode is not", () => {
  expect(isBehindEarth(eye, { x: 6_378_137, y: 0, z: 0 })).toBe(false);
  expect(isBehindEarth(eye, { x: -6_378_137, y: 0, z: 0 })).toBe(true);
});
it("a satellite high above the limb is in sight from behind the Earth's middle", () => {
  expect(isBehindEarth(eye, { x: -5_000_000, y: 42_000_000, z: 0 })).toBe(false);
  expect(isBehindEarth(eye, { x: -42_000_000, y: 0, z: 0 })).toBe(true);
});
