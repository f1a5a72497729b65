/**
 * The filter of the track table, a small language that reads as it is said.
 *
 *     short boost            both words occur anywhere in the row
 *     phase:boost|coast      the column says one of them (a part of the word is enough)
 *     alt>100 speed<2500     figures, in the units of the head: > < >= <= =, and alt:100..200
 *     is:stale has:impact    a mark; a column that has a value
 *     -class:other           not that
 *     "near miss"            words with a space between
 */
import type { Row } from "./rows";

export interface Filter {
  test(row: Row): boolean;
  /** Why the text cannot be used: the key of a sentence and the part that it is about; null when it can. */
  trouble: { key: "column" | "number" | "quote"; part: string } | null;
}

const NUMBERS = ["p", "alt", "speed", "lat", "lon", "sigma", "age", "togo", "looks"] as const;
const TEXTS = ["id", "name", "class", "phase", "evidence", "sensors", "notices", "marks", "kind"] as const;
const MEANS: Record<string, string> = {
  sensor: "sensors", notice: "notices", mark: "marks", is: "marks", altitude: "alt", probability: "p", object: "id",
  ago: "age", σ: "sigma",
};
export const FILTER_COLUMNS: readonly string[] = [...TEXTS, ...NUMBERS];

type Test = (row: Row) => boolean;
const EVERYTHING: Filter = { test: () => true, trouble: null };

/** The filter that a text says; one that cannot be understood lets every row pass, and says why. */
export function filterOf(text: string): Filter {
  const parts = words(text);
  if (parts === null) return { ...EVERYTHING, trouble: { key: "quote", part: text } };
  const tests: Test[] = [];
  for (const part of parts) {
    const isNot = part.startsWith("-") && part.length > 1;
    const made = oneTest(isNot ? part.slice(1) : part);
    if ("key" in made) return { ...EVERYTHING, trouble: made };
    tests.push(isNot ? (row) => !made.test(row) : made.test);
  }
  return { test: (row) => tests.every((test) => test(row)), trouble: null };
}

/** Words of a text; quotes keep spaces together. Null when a quote is never closed. */
function words(text: string): string[] | null {
  const out: string[] = [];
  let word = "";
  let isQuoted = false;
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (/\s/.test(letter) && !isQuoted) {
      if (word) out.push(word);
      word = "";
    } else word += letter;
  }
  if (isQuoted) return null;
  return word ? [...out, word] : out;
}

function oneTest(part: string): { test: Test } | { key: "column" | "number"; part: string } {
  const found = /^([\p{L}_]+)(:|>=|<=|>|<|=)(.*)$/u.exec(part);
  if (!found) return { test: anywhere(part) };
  const [, said = "", sign = "", value = ""] = found;
  const name = MEANS[said.toLowerCase()] ?? said.toLowerCase();
  if (name === "has" && sign === ":") return has(value);
  if ((NUMBERS as readonly string[]).includes(name)) return figure(name as (typeof NUMBERS)[number], sign, value, part);
  if (!(TEXTS as readonly string[]).includes(name) || (sign !== ":" && sign !== "=")) return { key: "column", part: said };
  const asked = value.toLowerCase().split("|").filter(Boolean);
  const isWhole = sign === "=";
  return {
    test: (row) => {
      const held = [row[name as (typeof TEXTS)[number]]].flat().map((one) => one.toLowerCase());
      return asked.some((one) => held.some((it) => (isWhole ? it === one : it.includes(one))));
    },
  };
}

function has(column: string): { test: Test } | { key: "column"; part: string } {
  const name = MEANS[column.toLowerCase()] ?? column.toLowerCase();
  if (![...FILTER_COLUMNS, "launch", "impact"].includes(name)) return { key: "column", part: column };
  return {
    test: (row) => {
      const it = row[name as keyof Row];
      return Array.isArray(it) ? it.length > 0 : it !== null && it !== "";
    },
  };
}

function figure(
  name: (typeof NUMBERS)[number], sign: string, value: string, part: string,
): { test: Test } | { key: "number"; part: string } {
  const read = (text: string) => (text.trim() === "" ? Number.NaN : Number(text.replace("−", "-").replace(/[\s\u202f,]/g, "")));
  const held = (row: Row) => (name === "p" && row.p !== null ? 100 * row.p : row[name]);
  if (sign === ":" && value.includes("..")) {
    const [a = "", b = ""] = value.split("..");
    const [low, high] = [a === "" ? -Infinity : read(a), b === "" ? Infinity : read(b)];
    if (Number.isNaN(low) || Number.isNaN(high)) return { key: "number", part };
    return { test: (row) => ((it) => it !== null && it >= low && it <= high)(held(row)) };
  }
  const limit = read(value);
  if (Number.isNaN(limit)) return { key: "number", part };
  const holds: Record<string, (it: number) => boolean> = {
    ">": (it) => it > limit, "<": (it) => it < limit, ">=": (it) => it >= limit, "<=": (it) => it <= limit,
    "=": (it) => it === limit, ":": (it) => it === limit,
  };
  const test = holds[sign]!;
  return { test: (row) => ((it) => it !== null && test(it))(held(row)) };
}

function anywhere(part: string): Test {
  const asked = part.toLowerCase();
  return (row) =>
    row.id.toLowerCase().includes(asked) || row.name.toLowerCase().includes(asked) ||
    row.class.toLowerCase().includes(asked) || row.phase.toLowerCase().includes(asked) ||
    row.evidence.includes(asked) || row.sensors.some((one) => one.toLowerCase().includes(asked)) ||
    row.notices.some((one) => one.toLowerCase().includes(asked)) || row.marks.some((one) => one.includes(asked));
}
