import { describe, expect, it } from "vitest";
import { onLine, packed, ticks } from "./axis";

const t = (text: string) => Date.parse(text);

describe("ticks", () => {
  it("stand at round UTC instants", () => {
    const found = ticks(t("2031-04-01T11:55:12Z"), t("2031-04-02T11:55:12Z"), 8);
    expect(found.map((one) => one.label)).toEqual(["12:00Z", "15:00Z", "18:00Z", "21:00Z", "00:00Z", "03:00Z", "06:00Z", "09:00Z"]);
  });
  it("show seconds when they are needed, and never crowd", () => {
    expect(ticks(t("2031-04-01T12:00:01Z"), t("2031-04-01T12:00:31Z"), 4).map((one) => one.label)).toEqual([
      "12:00:10Z",
      "12:00:20Z",
      "12:00:30Z",
    ]);
    for (let span_s = 3; span_s < 4e6; span_s *= 1.7) expect(ticks(0, span_s * 1000, 6).length).toBeLessThanOrEqual(7);
    expect(ticks(5, 5)).toEqual([]);
  });
});

describe("packed", () => {
  const bars = (...pairs: [number, number][]) => pairs.map(([from_ms, to_ms]) => ({ from_ms, to_ms }));
  it("puts what overlaps below one another and what does not in one row", () => {
    expect(packed(bars([0, 10], [2, 4], [5, 8], [11, 12]))).toEqual([0, 1, 1, 0]);
  });
  it("covers no bar and uses as few rows as are open at once", () => {
    let seed = 7;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 30; round++) {
      const some = Array.from({ length: 25 }, () => {
        const from_ms = random() * 100;
        return { from_ms, to_ms: from_ms + 0.1 + random() * 20 };
      });
      const rows = packed(some);
      let deepest = 0;
      some.forEach((a, i) => {
        deepest = Math.max(deepest, some.filter((b) => b.from_ms <= a.from_ms && b.to_ms > a.from_ms).length);
        some.forEach((b, j) => {
          if (i < j && rows[i] === rows[j]) expect(a.to_ms <= b.from_ms || b.to_ms <= a.from_ms).toBe(true);
        });
      });
      expect(Math.max(...rows) + 1).toBe(deepest);
    }
  });
});

describe("onLine", () => {
  it("cuts at the ends, and leaves out what is not on it", () => {
    expect(onLine({ from_ms: -50, to_ms: 50 }, 0, 100)).toEqual({ start: 0, width: 0.5 });
    expect(onLine({ from_ms: 150, to_ms: 160 }, 0, 100)).toBeNull();
    expect(onLine({ from_ms: 99.9, to_ms: 400 }, 0, 100, 0.01)).toEqual({ start: 0.99, width: 0.01 });
  });
});
