import { describe, expect, it } from "vitest";
import { ofCount, ofMean, whole } from "./verdict";

describe("ofCount", () => {
  it("finds 181 of 200 honest, 160 overconfident, 199 too cautious", () => {
    const of = (held: number) => ofCount({ probability: 0.9, held, of: 200 }).verdict;
    expect([of(181), of(160), of(199)]).toEqual(["good", "overconfident", "cautious"]);
    expect(ofCount({ probability: 0.9, held: 181, of: 200 }).band).toEqual([171, 188]);
  });
  it("says nothing of a few", () => {
    expect(ofCount({ probability: 0.9, held: 3, of: 7 }).verdict).toBe("unknown");
  });
});

describe("ofMean", () => {
  it("reads the band of the server, or makes it from the degrees of freedom", () => {
    expect(ofMean(1.05, 200).verdict).toBe("good");
    expect(ofMean(1.5, 200).verdict).toBe("overconfident");
    expect(ofMean(0.6, 200).verdict).toBe("cautious");
    expect(ofMean(0.6, 200, [0.5, 1.5]).verdict).toBe("good");
    expect(ofMean(null, 200).verdict).toBe("unknown");
  });
});

it("the whole is as good as its worst known part", () => {
  expect(whole(["good", "unknown", "cautious"])).toBe("cautious");
  expect(whole(["good", "overconfident", "cautious"])).toBe("overconfident");
  expect(whole(["unknown"])).toBe("unknown");
});
