import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const src = join(dirname(fileURLToPath(import.meta.url)), "../src");
const LANGUAGES = ["en", "fr", "ru", "zh"] as const;
const words = (folder: string, language: string) =>
  JSON.parse(readFileSync(join(src, folder, `messages.${language}.json`), "utf8")) as Record<string, string>;
const entries = readdirSync(src, { recursive: true, withFileTypes: true });
const folders = entries.filter((one) => one.name === "messages.en.json").map((one) => one.parentPath.slice(src.length + 1));
const sources = entries
  .filter((one) => one.isFile() && /\.(svelte|ts)$/.test(one.name) && !one.name.endsWith(".test.ts"))
  .map((one) => ({ name: one.name, text: readFileSync(join(one.parentPath, one.name), "utf8").replace(/\/\*[\s\S]*?\*\//g, "") }));
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]!).sort();

describe.each(folders)("the words of %s", (folder) => {
  it.each(LANGUAGES)("hold every key in %s, none empty", (language) => {
    const [mine, english] = [words(folder, language), words(folder, "en")];
    expect(Object.keys(mine).sort()).toEqual(Object.keys(english).sort());
    expect(Object.entries(mine).filter(([, text]) => !text.trim())).toEqual([]);
  });

  it.each(LANGUAGES)("fill the same holes in %s", (language) => {
    const [mine, english] = [words(folder, language), words(folder, "en")];
    // A language may say a small number in words; it may not ask for what it is not given
    const strange = Object.keys(english).filter((key) => holes(mine[key] ?? "").some((hole) => hole !== "n" && !holes(english[key]!).includes(hole)));
    expect(strange).toEqual([]);
  });
});

describe("every key that the sources ask for", () => {
  const known = new Set(folders.flatMap((folder) => Object.keys(words(folder, "en")).map((key) => `${folder}.${key}`)));

  it("is in the files", () => {
    const missing: string[] = [];
    for (const { name, text } of sources) {
      for (const found of text.matchAll(/\bt\(\s*"([a-z]+\.[\w.-]+)"/g)) if (!known.has(found[1]!)) missing.push(`${name}: ${found[1]}`);
      for (const found of text.matchAll(/\btn\(\s*"([a-z]+\.[\w.-]+)"/g)) {
        if (!known.has(`${found[1]}.other`)) missing.push(`${name}: ${found[1]}.other`);
      }
    }
    expect(missing).toEqual([]);
  });
});
