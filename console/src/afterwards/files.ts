/** What a journal can be taken away as, and what the files are called. */

export const FORMATS = ["czml", "geojson", "kml", "csv", "parquet"] as const;
export type Format = (typeof FORMATS)[number];
export const TABLES = ["tracks", "objects", "areas", "events", "alerts", "sensors"] as const;
export type Table = (typeof TABLES)[number];

/** Whether a format holds one table of several. */
export const hasTables = (format: Format): boolean => format === "csv" || format === "parquet";

/** The name of the file, as the server gives it. */
export function nameOf(journal: string, format: Format | "html", table: Table = "tracks"): string {
  const stem = journal.replace(/\.sqlite$/, "");
  return format !== "html" && hasTables(format) ? `${stem}-${table}.${format}` : `${stem}.${format}`;
}

const KEPT_MS = 60_000; // a browser may read it after the click has returned

/** Hand a file to the person, as a download. */
export function save(body: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(body);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
