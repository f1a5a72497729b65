import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chance, grouped, groupOf, leadingOf, odds } from "./causes";

const why = (name: string, probability: number) => ({ name, probability, reasons_for: [], reasons_against: [] });

describe("groups of causes", () => {
  it("know every cause that the engine can name, as reports/explanations.py groups them", () => {
    const source = readFileSync("../src/vedette/reports/explanations.py", "utf8");
    const value = new Map([...source.matchAll(/^ {4}([A-Z_]+) = "([a-z-]+)"/gm)].map((one) => [one[1]!, one[2]!]));
    const set = (name: string) => [...source.split(`${name} = frozenset({`)[1]!.split("})")[0]!.matchAll(/Cause\.([A-Z_]+)/g)].map((one) => value.get(one[1]!)!);
    expect(value.size).toBeGreaterThan(20);
    const [threats, launches, natural, faults] = ["THREATS", "LAUNCHES", "NATURAL", "FAULTS"].map(set) as [string[], string[], string[], string[]];
    for (const name of threats) expect(groupOf(name), name).toBe("threat");
    for (const name of launches.filter((one) => !threats.includes(one))) expect(groupOf(name), name).toBe("launch");
    for (const name of natural) expect(groupOf(name), name).toBe("nature");
    for (const name of [...faults, "jamming"]) expect(groupOf(name), name).toBe("fault");
    const placed = new Set([...threats, ...launches, ...natural, ...faults, "jamming", "unknown"]);
    expect([...value.values()].filter((one) => !placed.has(one))).toEqual([]);
  });
  it("sum to what the explanations sum to, and hide no new name", () => {
    const all = [why("glint", 0.5), why("glide", 0.3), why("fire-or-flare", 0.1), why("something-new", 0.1)];
    const sums = grouped(all);
    expect(sums.reduce((sum, one) => sum + one.probability, 0)).toBeCloseTo(1, 12);
    expect(sums.find((one) => one.group === "nature")!.members.map((one) => one.name)).toEqual(["glint", "fire-or-flare"]);
    expect(sums.find((one) => one.group === "unknown")!.members).toHaveLength(1);
    expect(leadingOf(all, "threat", "launch")!.name).toBe("glide");
    expect(leadingOf([], "nature")).toBeNull();
  });
  it("never say certain or impossible", () => {
    expect([0, 1e-6, 0.00004, 0.004, 0.05, 0.5, 0.996, 0.99998, 1].map(chance)).toEqual(["<0.001 %", "<0.001 %", "0.004 %", "0.40 %", "5.0 %", "50 %", "99.6 %", ">99.9 %", ">99.9 %"]);
  });
  it("tell odds", () => {
    expect(odds(0.9957)).toBe("232 : 1");
    expect(odds(0.25)).toBe("1 : 3");
    expect(odds(1)).toBeNull();
  });
});
