import { describe, expect, it } from "vitest";
import { circle, greatCircle, type LonLat } from "./geodesics";
import { densified, holds, splitLine, splitRing, unrolled } from "./rings";

/** Square degrees on the flat map. */
const flat = (ring: LonLat[]) =>
  Math.abs(ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length]![1] - ring[(i + 1) % ring.length]![0] * y, 0)) / 2;
const area = (parts: LonLat[][]) => parts.reduce((sum, part) => sum + flat(part), 0);

describe("a ring on the flat map", () => {
  it("stays as it is away from the date line", () => {
    const ring: LonLat[] = [[0, 0], [10, 0], [10, 10], [0, 10]];
    expect(splitRing(ring)).toEqual([ring]);
  });
  it("over the date line becomes two parts of the same area, each on its side", () => {
    const ring: LonLat[] = [[175, 0], [-175, 0], [-175, 10], [175, 10]];
    const parts = splitRing(ring);
    expect(parts).toHaveLength(2);
    expect(area(parts)).toBeCloseTo(100, 9);
    for (const part of parts) {
      const lons = part.map((p) => p[0]);
      expect(Math.max(...lons) - Math.min(...lons)).toBeLessThanOrEqual(5);
    }
  });
  it("round a pole is closed over it", () => {
    const cap: LonLat[] = Array.from({ length: 36 }, (_, i) => [-180 + 10 * i, 80]);
    expect(unrolled(cap).turns).toBe(1);
    expect(area(splitRing(cap))).toBeCloseTo(3600, 6);
    expect(area(splitRing([...cap].reverse()))).toBeCloseTo(3600, 6);
    expect(area(splitRing(cap, -90))).toBeCloseTo(360 * 170, 6);
    const south: LonLat[] = cap.map(([lon]) => [lon, -70]);
    expect(area(splitRing(south))).toBeCloseTo(360 * 20, 6);
  });
  it("of a circle that only just holds the pole, holds it, and of one that just misses, does not", () => {
    expect(holds(circle([30, 89], 120), [-100, 89.9])).toBe(true);
    expect(holds(circle([30, 89], 100), [-150, 89.9])).toBe(false);
    expect(holds(circle([30, 89], 100), [30, 89])).toBe(true);
  });
  it("turned round the Earth covers the same area wherever it begins", () => {
    for (const turn of [0, 33, 90, 171.5, 180, 181, 270, 359.9]) {
      const ring = circle([turn, 10], 1500);
      expect(area(splitRing(ring)), `turned by ${turn}`).toBeCloseTo(area(splitRing(circle([0, 10], 1500))), 6);
    }
  });
  it("of fewer than three corners is nothing", () => {
    expect(splitRing([[0, 0], [1, 1]])).toEqual([]);
  });
});

describe("a line on the flat map", () => {
  it("is cut at the date line, both ways", () => {
    expect(splitLine([[170, 0], [-170, 10]])).toEqual([[[170, 0], [180, 5]], [[-180, 5], [-170, 10]]]);
    expect(splitLine([[-170, 0], [170, 10]])).toEqual([[[-170, 0], [-180, 5]], [[180, 5], [170, 10]]]);
  });
  it("stays whole elsewhere", () => {
    expect(splitLine([[0, 0], [10, 10], [20, 0]])).toHaveLength(1);
  });
});

it("long edges get the corners of their great circles", () => {
  const ring = densified([[0, 0], [90, 0], [0, 89]], (a, b) => greatCircle(a, b, 5));
  expect(ring.length).toBeGreaterThan(45);
});
