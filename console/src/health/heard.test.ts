import { describe, expect, it } from "vitest";
import { freshness, HeardLog, limit_s } from "./heard";

const source = (sensor_id: string, s: number) =>
  ({ sensor_id, t_heard_utc: new Date(1e12 + 1000 * s).toISOString() }) as Parameters<HeardLog["take"]>[0][number];
const T = 1e9;

describe("HeardLog", () => {
  it("finds the usual pause and the gaps", () => {
    const log = new HeardLog();
    for (const s of [0, 4, 8, 12, 16, 60, 64]) log.take([source("r", s)]);
    const { usual_s, gaps, t_s } = log.of("r", T + 66);
    expect(usual_s).toBe(4);
    expect(gaps).toEqual([[T + 16, T + 60]]);
    expect(t_s).toHaveLength(7);
  });
  it("counts the silence that still lasts, and knows nothing that came later", () => {
    const log = new HeardLog();
    for (const s of [0, 1, 2, 3, 4]) log.take([source("r", s)]);
    expect(log.of("r", T + 40).gaps).toEqual([[T + 4, T + 40]]);
    expect(log.of("r", T + 2.5).t_s).toHaveLength(3);
    expect(log.of("r", T + 5).gaps).toEqual([]);
    expect(log.of("nobody", T).usual_s).toBeNull();
  });
  it("takes no instant twice and none that goes back", () => {
    const log = new HeardLog();
    for (const s of [5, 5, 3, 6]) log.take([source("r", s)]);
    expect(log.of("r", T + 9).t_s).toEqual([T + 5, T + 6]);
  });
});

describe("freshness", () => {
  it("waits for three usual pauses, never less than five seconds", () => {
    expect(limit_s(1)).toBe(5);
    expect(limit_s(10)).toBe(30);
    expect([2, 31, 70].map((s) => freshness(s, 10))).toEqual(["fresh", "late", "quiet"]);
    expect(freshness(null, 10)).toBe("unknown");
  });
});
