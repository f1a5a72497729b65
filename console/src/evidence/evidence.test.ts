// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { locale } from "../lib/i18n";
import { gapsOf, lanesOf } from "./lanes";
import type { LookRow } from "./model";
import { honestyOf, positiveLines, probabilityLines, residualLines, thinned } from "./series";
import { aboutObject, type Difference, differenceWords } from "./whatif";

const at = (s: number) => new Date(Date.UTC(2031, 3, 1, 12, 0, 0) + 1000 * s).toISOString();
const look = (s: number, sensor_id: string, more: Partial<LookRow> = {}): LookRow => ({
  t_utc: at(s), t_plus_s: s, sensor_id, kind: "radar", found: true, values: {}, delay_s: 0.4, residual_sigmas: {}, nis: null, dof: null,
  overtaken: false, ...more,
});

describe("probabilityLines", () => {
  const moments: { t_utc: string; t_plus_s: number; probabilities: Record<string, number> }[] = [
    { t_utc: at(0), t_plus_s: 0, probabilities: { a: 0.5, b: 0.3, c: 0.15, d: 0.05 } },
    { t_utc: at(10), t_plus_s: 10, probabilities: { a: 0.1, b: 0.85, d: 0.05 } },
  ];
  it("keeps those that were ever most probable and sums the rest, so that nothing is hidden", () => {
    const { t, lines } = probabilityLines(moments, 2);
    expect(t[1]! - t[0]!).toBe(10);
    expect(lines.map((one) => one.id)).toEqual(["b", "a", "rest"]);
    for (let i = 0; i < 2; i++) expect(lines.reduce((sum, one) => sum + one.values[i]!, 0)).toBeCloseTo(1, 12);
  });
  it("falls back on seconds after lift-off, and leaves out what has no time", () => {
    const { t } = probabilityLines([{ t_utc: null, t_plus_s: 4, probabilities: { a: 1 } }, { t_utc: null, t_plus_s: null, probabilities: {} }]);
    expect(t).toEqual([4]);
  });
});

describe("residuals", () => {
  const looks = [look(0, "r"), look(1, "r", { nis: 6, dof: 3 }), look(2, "i", { nis: 1, dof: 2 }), look(3, "r", { nis: 30, dof: 3 })];
  it("are told per number, a line a sensor", () => {
    const { t, lines } = residualLines(looks);
    expect(t).toHaveLength(3);
    expect(lines).toEqual([
      { id: "r", values: [2, null, 10] },
      { id: "i", values: [null, 0.5, null] },
    ]);
  });
  it("are judged against the chi-square band and gates", () => {
    const found = honestyOf(looks)!;
    expect(found.looks).toBe(3);
    expect(found.inside).toBe(2); // 30 of 3 lies outside 7.81
    expect(found.mean).toBeCloseTo(37 / 8, 12);
    expect(found.verdict).toBe("overconfident");
    expect(honestyOf([look(0, "r")])).toBeNull();
    expect(honestyOf(Array.from({ length: 60 }, (_, i) => look(i, "r", { nis: 0.9, dof: 3 })))!.verdict).toBe("cautious");
  });
});

describe("lanes", () => {
  it("stand in the order of the first sighting, silences and late looks apart", () => {
    const lanes = lanesOf([
      look(0, "late", { found: false }), look(1, "first"), look(2, "late"), look(3, "late", { overtaken: true }),
    ]);
    expect(lanes.map((one) => one.sensor_id)).toEqual(["first", "late"]);
    expect([lanes[1]!.found.length, lanes[1]!.late.length, lanes[1]!.vain.length]).toEqual([1, 1, 1]);
  });
  it("show a gap where a sensor paused for more than three times as long as usual", () => {
    expect(gapsOf([0, 4, 8, 12, 40, 44])).toEqual([[12, 40]]);
    expect(gapsOf([0, 4, 8, 12, 16])).toEqual([]);
    expect(gapsOf([0, 100])).toEqual([]);
  });
});

describe("what-if in words", () => {
  const of = (text: string, data: Difference["data"], subject: Difference["subject"] = "object"): Difference => ({ subject, id: "O1", other_id: "O1", text, data });
  it("says later and larger as worse, with the figures", () => {
    locale.language = "en";
    expect(differenceWords(of("confirmed 24 s later", { what: "confirmed", later_s: 24.4 }))).toEqual({ text: "confirmed 24 s later", mood: "worse" });
    const larger = differenceWords(of("90 % impact area 2.0 times larger at the end (2.1 km², was 1.1 km²)", { area_90_km2: 2.1, was_km2: 1.1, times: 1.95 }));
    expect(larger.mood).toBe("worse");
    expect(larger.text).toBe("90 % impact area 1.9 times larger at the end (1.1 km² → 2.1 km²)".replace("1.9", (1.95).toFixed(1)));
    expect(differenceWords(of("rests on ir-east alone", { sensors: "ir-east" })).text).toContain("ir-east");
  });
  it("speaks other languages, and keeps the server's words where it has none", () => {
    locale.language = "fr";
    expect(differenceWords(of("never confirmed", { rung: "confirmed" })).text).not.toMatch(/never/);
    expect(differenceWords(of("something quite new", {})).text).toBe("something quite new");
    locale.language = "en";
  });
  it("puts what is about the object first", () => {
    const found = { change: { without: ["x"], without_notices: [], policy: null }, as_it_is: { objects: [], alerts: [] }, as_asked: { objects: [], alerts: [] }, pairs: {}, differences: [of("a", {}), { ...of("b", {}), id: "O10" }, { ...of("launch alert 3 s later", { later_s: 3 }, "alert"), id: "O1-launch" }] };
    const { mine, others } = aboutObject(found, "O1");
    expect([mine.length, others.length]).toEqual([2, 1]);
  });
});

describe("thinning and logarithms", () => {
  it("keeps both ends", () => {
    const all = { t: Array.from({ length: 1000 }, (_, i) => i), lines: [{ id: "a", values: Array.from({ length: 1000 }, (_, i) => i) }] };
    const few = thinned(all, 50);
    expect([few.t.length, few.t[0], few.t.at(-1), few.lines[0]!.values.at(-1)]).toEqual([50, 0, 999, 999]);
  });
  it("leaves out what a logarithm cannot draw", () => {
    const { lines } = positiveLines([{ t_utc: at(0), t_plus_s: 0, v: 0 }, { t_utc: at(1), t_plus_s: 1, v: 3 }], { v: (one) => one.v, w: () => null });
    expect(lines).toEqual([{ id: "v", values: [null, 3] }]);
  });
});
