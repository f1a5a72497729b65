import { describe, expect, it } from "vitest";
import { HOME, type Place, read, write } from "./url";

describe("the address", () => {
  it("is empty at home", () => {
    expect(write(HOME)).toBe("");
    expect(read("")).toEqual(HOME);
  });

  it("gives back all that it was given", () => {
    const place: Place = {
      layout: "board",
      projection: "globe",
      dock: "health",
      graphics: "lite",
      t_ms: Date.UTC(2031, 3, 1, 12, 1, 47, 250),
      journal: "watch-2031 é.sqlite",
      speed: 30,
      isPlaying: true,
      selection: { kind: "alert", id: "EXERCISE-2be0ad2d-O1" },
      filters: { text: "O1 é & =", classes: ["glide", "satellite"], phases: ["boost"], isLostShown: false },
    };
    expect(read(write(place))).toEqual(place);
  });

  it("keeps names with odd letters whole", () => {
    for (const id of ["a:b", "a b", "x&y=z", "a~b", "ü/漢"]) {
      expect(read(write({ ...HOME, selection: { kind: "sensor", id } })).selection).toEqual({ kind: "sensor", id });
    }
  });

  it("reads nonsense as home", () => {
    expect(read("?layout=cinema&view=9&t=yesterday&sel=person:7&speed=-4&gfx=ultra")).toEqual(HOME);
  });
});
