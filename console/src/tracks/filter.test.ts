import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FILTER_COLUMNS, filterOf } from "./filter";
import type { Picture, TrackedObject } from "../lib/model";
import { type Row, rowOf, sorted } from "./rows";

const EMPTY: Row = {
  id: "", kind: "track", name: "", class: "", p: null, phase: "", evidence: "", alt: null, speed: null, lat: null, lon: null,
  sigma: null, age: null, launch: null, impact: null, togo: null, sensors: [], notices: [], marks: [], looks: null,
};
const rows: Row[] = [
  { ...EMPTY, id: "O1", name: "O1", class: "short-range-ballistic", p: 0.98, phase: "boost", alt: 45, speed: 2271, sensors: ["ir-east", "radar-north"], marks: ["stale"] },
  { ...EMPTY, id: "O2", name: "O2", class: "space-launch", p: 0.4, phase: "coast", alt: 173, speed: 1800, sensors: ["ir-west"], notices: ["N-2031-014"], impact: 5 },
  { ...EMPTY, id: "O10", name: "O10", class: "other", phase: "unknown", alt: null, sensors: [] },
  { ...EMPTY, id: "25544", kind: "catalogue", name: "ISS (ZARYA)", class: "payload", alt: 418, speed: 7350 },
];
const passing = (text: string) => rows.filter(filterOf(text).test).map((row) => row.id);

describe("filterOf", () => {
  it("finds plain words anywhere, all of them", () => {
    expect(passing("")).toEqual(["O1", "O2", "O10", "25544"]);
    expect(passing("RANGE boost")).toEqual(["O1"]);
    expect(passing('"iss (z"')).toEqual(["25544"]);
    expect(passing("n-2031")).toEqual(["O2"]);
  });
  it("asks single columns, one of several, not that", () => {
    expect(passing("phase:boost|coast")).toEqual(["O1", "O2"]);
    expect(passing("-class:other kind:track")).toEqual(["O1", "O2"]);
    expect(passing("id=o1")).toEqual(["O1"]);
    expect(passing("id:o1")).toEqual(["O1", "O10"]);
    expect(passing("sensor:radar is:stale")).toEqual(["O1"]);
  });
  it("compares figures in the units of the head; what has none does not pass", () => {
    expect(passing("alt>100")).toEqual(["O2", "25544"]);
    expect(passing("alt:40..200 speed>=2271")).toEqual(["O1"]);
    expect(passing("alt:..100")).toEqual(["O1"]);
    expect(passing("p>90")).toEqual(["O1"]);
    expect(passing("-has:alt")).toEqual(["O10"]);
    expect(passing("has:impact")).toEqual(["O2"]);
  });
  it("says what it cannot understand, and then hides nothing", () => {
    for (const [text, key] of [["hight>3", "column"], ["alt>high", "number"], ['"open', "quote"], ["has:wings", "column"], ["alt>", "number"]]) {
      const filter = filterOf(text!);
      expect(filter.trouble?.key, text).toBe(key);
      expect(rows.every(filter.test)).toBe(true);
    }
  });
});

describe("the guide", () => {
  const guide = readFileSync("../docs/guides/console-panels.md", "utf8");
  it("shows filters that are understood, and names every column", () => {
    const table = guide.split("| text | rows that |")[1]!.split("\n\n")[0]!;
    const examples = [...table.matchAll(/^\| (.*?) \|(?= [a-z])/gm)].flatMap((row) => [...row[1]!.matchAll(/`([^`]+)`/g)].map((one) => one[1]!.replace("\\|", "|")));
    expect(examples.length).toBeGreaterThan(7);
    for (const example of examples) expect(filterOf(example).trouble, example).toBeNull();
    const named = guide.split("Columns: ")[1]!.split(". A filter")[0]!;
    for (const column of FILTER_COLUMNS) expect(named).toMatch(new RegExp(`\\b${column}\\b`));
  });
});

describe("the class of a row", () => {
  const object = (name: string, p: number) => ({ id: "O1", class: name, probabilities: { [name]: p }, quality: [], sensors: [] }) as unknown as TrackedObject;
  const picture = (name: string) =>
    ({ t_now_utc: null, candidates: [{ object_id: "O1", explanations: [{ name, probability: 0.33 }], notices: [], marks: [] }] }) as unknown as Picture;
  it("is what its alert says until a flight has been fitted, and then the flight's own", () => {
    expect(rowOf(object("other", 1), picture("submarine-launched-ballistic"))).toMatchObject({ class: "submarine-launched-ballistic", p: 0.33 });
    expect(rowOf(object("short-range-ballistic", 0.98), picture("submarine-launched-ballistic"))).toMatchObject({ class: "short-range-ballistic", p: 0.98 });
    expect(rowOf(object("other", 1), { t_now_utc: null, candidates: [] } as unknown as Picture)).toMatchObject({ class: "other", p: 1 });
  });
});

describe("sorted", () => {
  it("puts figures in order, and what has none last both ways", () => {
    expect(sorted(rows, "alt", false).map((row) => row.id)).toEqual(["O1", "O2", "25544", "O10"]);
    expect(sorted(rows, "alt", true).map((row) => row.id)).toEqual(["25544", "O2", "O1", "O10"]);
  });
  it("counts numbers in names as numbers", () => {
    expect(sorted(rows.slice(0, 3), "id", false).map((row) => row.id)).toEqual(["O1", "O2", "O10"]);
  });
  it("sorts thirty thousand rows without losing one", () => {
    const many = Array.from({ length: 30_000 }, (_, i) => ({ ...EMPTY, id: `O${i}`, alt: (i * 7919) % 30_011 }));
    const inOrder = sorted(many, "alt", true);
    expect(inOrder.length).toBe(30_000);
    expect(inOrder.every((row, i) => i === 0 || inOrder[i - 1]!.alt! >= row.alt!)).toBe(true);
  });
});
