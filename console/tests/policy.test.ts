/** What a strict content policy would block, and what a page of a watch must not do. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const files = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter((one) => one.isFile() && /\.(svelte|ts|css|html)$/.test(one.name) && !one.name.endsWith(".test.ts"))
  .map((one) => ({ name: one.name, text: readFileSync(join(one.parentPath, one.name), "utf8") }));

it("has no inline style attribute: a policy of style-src 'self' blocks it (style:name= is set by script, and is not)", () => {
  const found = files.filter(({ name, text }) => name.endsWith(".svelte") && /<[a-z][^>]*\sstyle="/i.test(text.replace(/<style[\s\S]*$/, "")));
  expect(found.map((one) => one.name)).toEqual([]);
});

it("never puts text into the page as markup", () => {
  const found = files.filter(({ name, text }) => /\{@html\b/.test(text) || (name.endsWith(".ts") && /\.innerHTML\s*=/.test(text)));
  expect(found.map((one) => one.name)).toEqual([]);
});

it("names no address outside the page's own", () => {
  const found = files.flatMap(({ name, text }) =>
    [...text.matchAll(/["'`(](?:https?:)?\/\/([\w.-]+)/g)]
      .filter((one) => !["127.0.0.1", "localhost", "www.w3.org"].includes(one[1]!))
      .map((one) => `${name}: ${one[0]}`),
  );
  expect(found).toEqual([]);
});

it("has no script and no style in the page itself", () => {
  const page = readFileSync(join(root, "index.html"), "utf8");
  expect(page.match(/<script(?![^>]*\bsrc=)/g)).toBeNull();
  expect(page.match(/<style|\sstyle=|\son\w+=/g)).toBeNull();
});
