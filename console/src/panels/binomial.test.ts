import { describe, expect, it } from "vitest";
import { chiSquareBand, chiSquareGate95, countBand } from "./binomial";

describe("countBand", () => {
  it("agrees with scipy.stats.binom.interval(0.95, n, p)", () => {
    expect(countBand(200, 0.9)).toEqual([171, 188]);
    expect(countBand(10, 0.5)).toEqual([2, 8]);
    expect(countBand(1000, 0.5)).toEqual([469, 531]);
    expect(countBand(7, 0.99)).toEqual([6, 7]);
  });
  it("holds the ends", () => {
    expect(countBand(0, 0.9)).toEqual([0, 0]);
    expect(countBand(5, 1)).toEqual([5, 5]);
    expect(countBand(5, 0)).toEqual([0, 0]);
  });
});

describe("chi-square", () => {
  it("agrees with the tables (0.025, 0.975 of 100: 74.222, 129.561; 0.95 of 30: 43.773)", () => {
    const [low, high] = chiSquareBand(100)!;
    expect(low).toBeCloseTo(0.74222, 3);
    expect(high).toBeCloseTo(1.29561, 3);
    expect(chiSquareGate95(30)).toBeCloseTo(43.773, 1);
    expect(chiSquareGate95(2)).toBeCloseTo(5.991, 3);
    expect(chiSquareBand(0)).toBeNull();
  });
});
