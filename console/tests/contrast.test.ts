/** Every token of every theme against the grounds it is drawn on: WCAG 2.2, 1.4.3 (text 4.5:1) and 1.4.11 (3:1). */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "../src/lib/theme.css"), "utf8");
const TEXT = 4.5;
const SIGN = 3; // edges of controls, lines and symbols

function themeOf(name: string): Record<string, string> {
  const block = new RegExp(`data-theme="${name}"\\]\\s*\\{([^}]*)\\}`).exec(css)?.[1];
  if (!block) throw new Error(`no theme ${name}`);
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/gi)].map((found) => [found[1]!, found[2]!]));
}

/** Relative luminance of `#rrggbb` (WCAG 2.2, definition). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["bg", "surface", "raised"];
const PAIRS: [text: string, grounds: string[], least: number][] = [
  ["text", [...GROUNDS, "hover", "chosen", "critical-ground", "serious-ground"], TEXT],
  ["muted", [...GROUNDS, "hover", "chosen", "critical-ground", "serious-ground"], TEXT],
  ["faint", [...GROUNDS, "chosen"], TEXT],
  ["accent", GROUNDS, TEXT],
  ["on-accent", ["accent"], TEXT],
  ["on-danger", ["danger"], TEXT],
  ...["critical", "serious", "caution", "normal", "standby", "off"].map((one) => [one, GROUNDS, TEXT] as [string, string[], number]),
  ["critical", ["critical-ground"], TEXT],
  ["serious", ["serious-ground", "critical-ground"], TEXT],
  ["on-mode", ["mode-REAL", "mode-EXERCISE", "mode-TEST", "mode-SIMULATED", "mode-none"], TEXT],
  ["line-strong", GROUNDS, SIGN],
  ["focus", [...GROUNDS, "chosen"], SIGN],
  ["track", ["sea", "land"], SIGN],
  ["sensor", ["sea", "land"], SIGN],
  ["area-50", ["sea", "land"], SIGN],
];

describe.each(["dark", "light", "red"])("the %s theme", (name) => {
  const theme = themeOf(name);
  it.each(PAIRS)("tells %s from %s by at least %d", (text, grounds, least) => {
    const short = grounds
      .map((ground) => ({ ground, ratio: contrast(theme[text]!, theme[ground]!) }))
      .filter((one) => one.ratio < least)
      .map((one) => `${text} ${theme[text]} on ${one.ground} ${theme[one.ground]}: ${one.ratio.toFixed(2)}`);
    expect(short).toEqual([]);
  });
});

describe("the measure itself", () => {
  it("gives the extremes that WCAG states", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 9);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2); // the well-known grey just short of AA
  });
});
