import { svelte } from "@sveltejs/vite-plugin-svelte";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const PRESSED = /\.(js|css|html|json|svg|wasm|xml|glb|txt)$/;
const CESIUM_STATIC = ["Assets", "ThirdParty", "Widgets", "Workers"];

/** Cesium's workers, imagery and styles are fetched at run time: they lie beside the page, and never come from the net. */
function cesiumStatic(): Plugin {
  return {
    name: "cesium-static",
    apply: "build",
    async closeBundle() {
      const built = join(here, "node_modules/cesium/Build/Cesium");
      for (const folder of CESIUM_STATIC) await cp(join(built, folder), join(dist, "cesium", folder), { recursive: true });
    },
  };
}

/** A .gz and a .br beside every text file, so that no server has to press them again. */
function pressed(): Plugin {
  return {
    name: "pressed",
    apply: "build",
    enforce: "post",
    closeBundle: {
      sequential: true,
      order: "post",
      async handler() {
        const entries = await readdir(dist, { recursive: true, withFileTypes: true });
        for (const entry of entries) {
          if (!entry.isFile() || !PRESSED.test(entry.name)) continue;
          const path = join(entry.parentPath, entry.name);
          const bytes = await readFile(path);
          if (bytes.length < 1024) continue;
          await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
          const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
          await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
        }
      },
    },
  };
}

const server = process.env["VEDETTE_SERVER"] ?? "http://127.0.0.1:8610";

export default defineConfig({
  plugins: [svelte(), cesiumStatic(), pressed()],
  define: { CESIUM_BASE_URL: JSON.stringify("/cesium/") },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  build: {
    target: "es2023",
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0, // nothing as data: addresses, so that the content policy can forbid them
    chunkSizeWarningLimit: 6000, // the globe is four megabytes, and comes only when asked for
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    port: 8650,
    strictPort: false,
    proxy: { "/api": { target: server, ws: true, changeOrigin: true } },
  },
  test: {
    environment: "node", // a file that needs a document says so in its first line: making one costs more than most tests
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
  },
});
