import { describe, expect, it } from "vitest";
import { FORMATS, hasTables, nameOf } from "./files";

describe("what a journal is taken away as", () => {
  it("is called as the server calls it", () => {
    expect(nameOf("night.sqlite", "html")).toBe("night.html");
    expect(nameOf("night.sqlite", "czml", "areas")).toBe("night.czml");
    expect(nameOf("night.sqlite", "csv", "areas")).toBe("night-areas.csv");
    expect(nameOf("night.sqlite", "parquet")).toBe("night-tracks.parquet");
    expect(FORMATS.filter(hasTables)).toEqual(["csv", "parquet"]);
  });
});
