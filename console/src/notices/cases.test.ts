import { describe, expect, it } from "vitest";
import { type Case, casesOf, inOrder, laidOut, standing, together, withSeen } from "./cases";

const H = 3_600_000;
const T0 = Date.UTC(2031, 3, 1, 12);
const made = (id: string, state: string, ...windows: [number, number][]): Case => ({
  id, state, is_cancelled: false, history: [], shortfalls: [], doubts: [],
  notice: { id, kind: "pre-launch", party: "Northland", mode: "SIMULATED", windows: windows.map(([a, b]) => ({ from_utc: new Date(T0 + a * H).toISOString(), to_utc: new Date(T0 + b * H).toISOString() })) },
});

describe("laidOut", () => {
  const cases = [made("A", "open", [-1, 2], [16, 18]), made("B", "expected", [1, 5]), made("C", "expected", [30, 31]), made("D", "expected", [4, 4.001])];
  const { windows, rows } = laidOut(cases, T0, T0 + 24 * H);
  it("shows the windows of the span, cut at its ends", () => {
    expect(windows.map((one) => one.case.id)).toEqual(["A", "A", "B", "D"]);
    expect(windows[0]!.start).toBe(0);
    expect(windows[0]!.width).toBeCloseTo(2 / 24, 12);
    expect(windows.every((one) => one.start >= 0 && one.start + one.width <= 1 + 1e-12)).toBe(true);
  });
  it("covers none with another", () => {
    expect(rows).toBe(2);
    for (const a of windows) for (const b of windows) {
      if (a !== b && a.row === b.row) expect(a.start + a.width <= b.start || b.start + b.width <= a.start).toBe(true);
    }
  });
});

describe("order and standing", () => {
  it("puts excess before what is open, and sooner before later", () => {
    const cases = [made("late", "expected", [9, 10]), made("soon", "expected", [2, 3]), made("open", "open", [-1, 1]), made("excess", "excess", [-3, -2])];
    expect(inOrder(cases, T0).map((one) => one.id)).toEqual(["excess", "open", "soon", "late"]);
  });
  it("says how long until a window opens or closes", () => {
    const bar = { from_ms: T0, to_ms: T0 + H };
    expect(standing(bar, T0 - 60_000)).toEqual({ state: "ahead", s: 60 });
    expect(standing(bar, T0 + H / 2)).toEqual({ state: "open", s: 1800 });
    expect(standing(bar, T0 + 2 * H)).toEqual({ state: "past", s: 3600 });
  });
});

describe("what is known of a case", () => {
  it("takes the newest state that the picture told, but not that of another object", () => {
    const told = (state: string, notice: string) => ({ kind: "notice", data: { state, notice } }) as unknown as Parameters<typeof withSeen>[1][number];
    const cases = withSeen([made("A", "open"), made("B", "open")], [told("matched", "A"), told("excess", "A"), told("unnotified", "B")]);
    expect(cases.map((one) => one.state)).toEqual(["excess", "open"]);
  });
  it("adds who would see it, and loses no case", () => {
    const seen = { ...made("A", "open"), visibility: [] };
    expect(together([made("A", "open"), made("far", "expected")], [seen, made("new", "open")]).map((one) => [one.id, one.visibility])).toEqual([["A", []], ["far", undefined], ["new", undefined]]);
  });
});

describe("casesOf", () => {
  it("reads cases, lists and bare notices", () => {
    expect(casesOf({ cases: [made("A", "open")] })[0]!.state).toBe("open");
    expect(casesOf([{ id: "N", kind: "exercise", party: "P", mode: "TEST" }])[0]!.notice.party).toBe("P");
    expect(casesOf(null)).toEqual([]);
  });
});
